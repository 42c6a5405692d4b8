"""Sparse polynomials over Q, kept small on purpose: what the search for conserved quantities needs.

A polynomial is a dict {monomial: coefficient} without zeros; a monomial is the sorted tuple of its variable
numbers with repetition, so theta_0^2 theta_3 is (0, 0, 3). Coefficients are int where possible, Fraction
otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import TypeAlias

Monomial: TypeAlias = tuple[int, ...]
Coefficient: TypeAlias = int | Fraction
Sparse: TypeAlias = dict[Monomial, Coefficient]


def add_scaled(target: Sparse, other: Mapping[Monomial, Coefficient], factor: Coefficient) -> None:
    """target += factor * other, in place, dropping terms that cancel."""
    for monomial, coefficient in other.items():
        value = target.get(monomial, 0) + factor * coefficient
        if value:
            target[monomial] = value
        else:
            target.pop(monomial, None)


def multiply(left: Mapping[Monomial, Coefficient], right: Mapping[Monomial, Coefficient]) -> Sparse:
    """The product."""
    product: Sparse = {}
    for m, a in left.items():
        for n, b in right.items():
            key = tuple(sorted(m + n))
            product[key] = product.get(key, 0) + a * b
    return {monomial: coefficient for monomial, coefficient in product.items() if coefficient}


def partials(monomial: Monomial) -> Iterator[tuple[int, int, Monomial]]:
    """(i, e, rest) for every variable i of the monomial, with d monomial / d theta_i = e * rest."""
    previous = -1
    for position, i in enumerate(monomial):
        if i != previous:
            yield i, monomial.count(i), monomial[:position] + monomial[position + 1 :]
            previous = i


def primitive(polynomial: Mapping[Monomial, Coefficient]) -> dict[Monomial, int]:
    """The multiple with coprime integer coefficients whose first monomial in sorted order is positive."""
    fractions = {monomial: Fraction(c) for monomial, c in polynomial.items() if c}
    if not fractions:
        return {}
    scale = lcm(*(c.denominator for c in fractions.values()))
    integers = {m: int(c * scale) for m, c in fractions.items()}
    content = reduce(gcd, integers.values())
    leading = min(integers)
    if integers[leading] < 0:
        content = -content
    return {m: integers[m] // content for m in sorted(integers)}


def power_text(monomial: Monomial, names: tuple[str, ...], power: str, times: str) -> str:
    """A monomial in words; `power` formats exponents, e.g. '**{}'."""
    parts = []
    for i in dict.fromkeys(monomial):
        exponent = monomial.count(i)
        parts.append(names[i] + (power.format(exponent) if exponent > 1 else ""))
    return times.join(parts)


def to_text(
    polynomial: Mapping[Monomial, Coefficient], names: tuple[str, ...], power: str = "**{}", times: str = "*"
) -> str:
    """The polynomial as text that sympy reads back, or as LaTeX (power '^{{{}}}', times ' ')."""
    pieces: list[str] = []
    for monomial, coefficient in sorted(polynomial.items(), key=lambda item: (len(item[0]), item[0])):
        body = power_text(monomial, names, power, times)
        size = abs(coefficient)
        term = body if body and size == 1 else f"{size}{times}{body}" if body else str(size)
        sign = "-" if coefficient < 0 else "+"
        pieces.append(f" {sign} {term}" if pieces else (f"-{term}" if coefficient < 0 else term))
    return "".join(pieces) or "0"


def degree(polynomial: Iterable[Monomial]) -> int:
    """Largest total degree of the monomials (0 for none)."""
    return max((len(monomial) for monomial in polynomial), default=0)
