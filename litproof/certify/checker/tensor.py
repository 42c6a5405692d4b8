"""Networks given by their data tensor: linear coefficients beta_z as polynomials in the parameters v."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate
from typing import Any

from litproof.certify.checker.exact import Certificate, integer, listing, rational, require

Monomial = tuple[int, ...]
"""The parameters that are multiplied, in order, repeated for powers."""
Polynomial = dict[Monomial, Fraction]


def add_product(total: Polynomial, left: Polynomial, right: Polynomial, factor: int = 1) -> None:
    """total += factor * left * right."""
    for p, a in left.items():
        for q, b in right.items():
            key = tuple(sorted(p + q))
            total[key] = total.get(key, Fraction(0)) + factor * a * b


def derivatives(polynomial: Polynomial) -> dict[int, Polynomial]:
    """The partial derivatives that are not 0, by parameter."""
    out: dict[int, Polynomial] = {}
    for monomial, value in polynomial.items():
        for place, power in Counter(monomial).items():
            rest = list(monomial)
            rest.remove(place)
            out.setdefault(place, {})[tuple(rest)] = value * power
    return out


def read_tensor(certificate: Certificate) -> tuple[list[int], list[Polynomial]]:
    """(k_1, ..., k_L) and beta_1, ..., beta_d as polynomials, from entries [[z, j_1, ..., j_L], value].

    Parameters are numbered from 0 through all layers.
    """
    sizes = [certificate["input_dim"], *listing(certificate["shapes"], "shapes")]
    d, *shapes = [integer(size, 1, 10**4, "a size of the tensor") for size in sizes]
    beta: list[Polynomial] = [{} for _ in range(d)]
    before = [0, *accumulate(shapes)]
    for entry in listing(certificate["tensor"], "tensor"):
        place, value = listing(entry, "a tensor entry [[z, j_1, ..., j_L], value]", 2)
        places = zip(listing(place, "a tensor index", len(sizes)), (d, *shapes), strict=True)
        z, *index = (integer(i, 0, size - 1, "a tensor index") for i, size in places)
        monomial = tuple(first + j for first, j in zip(before, index, strict=False))
        require(monomial not in beta[z], "a tensor index stands twice")
        beta[z][monomial] = rational(value)
    require(any(any(entries.values()) for entries in beta), "the tensor is zero")
    return shapes, beta


def read_polynomials(certificate: Certificate) -> tuple[list[int], list[Polynomial]]:
    """(k_1, .., k_L) and beta_1, .., beta_d from polynomials [[coefficient, exponents], ..] in all parameters."""
    d = integer(certificate["input_dim"], 1, 10**4, "input_dim")
    shapes = [integer(k, 1, 10**4, "a size") for k in listing(certificate["shapes"], "shapes")]
    beta = [read_polynomial(terms, sum(shapes)) for terms in listing(certificate["beta"], "beta", d)]
    require(
        any(places for polynomial in beta for places in polynomial), "beta does not depend on the parameters"
    )
    return shapes, beta


def read_polynomial(terms: Any, variables: int) -> Polynomial:
    """[[coefficient, [exponents]], ...] with each monomial once, of degree at most 1000."""
    out: Polynomial = {}
    for term in listing(terms, "a quantity"):
        coefficient, powers = listing(term, "a term [coefficient, exponents]", 2)
        exponents = [
            integer(power, 0, 1000, "an exponent") for power in listing(powers, "exponents", variables)
        ]
        require(sum(exponents) <= 1000, "a monomial has degree over 1000")
        monomial = tuple(p for p, power in enumerate(exponents) for _ in range(power))
        require(monomial not in out, "a monomial stands twice")
        out[monomial] = rational(coefficient)
    return out


def values_of(beta: Iterable[Polynomial]) -> list[Fraction]:
    """All coefficients."""
    return [value for polynomial in beta for value in polynomial.values()]
