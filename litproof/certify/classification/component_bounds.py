"""Bounds for steps of `component_steps`: weights near exponentials, suprema of polynomials, blocks of curvatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from heapq import nlargest
from math import comb, inf, isfinite, prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from litproof.algebra.balls import Ball, ball
from litproof.integrate.ball_rings import absolute_sum, largest, product, products_of_others

if TYPE_CHECKING:
    from flint import arb_poly

SERIES = 64
"""Terms of the power series of a weight."""
_NARROW = 40.0
"""Range of log w_i on a step up to which w_i is expanded; beyond it is left out."""
_LOW = 48
"""Powers of u that are expanded in Chebyshev polynomials: those of the collocation's error among them."""
_ROUNDED = 1e-13
"""What doubles may have lost, of the sum of the moduli: 48 products, whose second factors add up to 1, and 100 terms,
each 2^-53 at most."""
_LEAST = 1e-300
"""For what doubles cannot hold."""
_NEWTON = 6
"""Corrections of an eigenvalue; the bound holds for any vector."""
_PIECES = 32


@dataclass(frozen=True)
class Weight:
    """w(u) > 0 near x(u) = exp(-p(u)) on -1 <= u <= 1, p a given polynomial.

    Attributes
    ----------
    terms : coefficients of w. off : upper bound of |w - x|. divergence : of w log(w / x) - w + x.
    """

    terms: list[Ball]
    off: Ball
    divergence: Ball


def weight(level: Sequence[Ball], fine: float) -> Weight:
    """Near exp(-p(u)), p with the given coefficients; 0 where p moves too far.

    fine : coefficients that add up to less, relative to its size, are left out.
    The coefficients of the exponential are at most those of exp(sum_k |p_k| u^k), which add up to exp(sum_k |p_k|):
    what the first of them leave bounds the rest.
    """
    from flint import arb, arb_poly, arb_series

    moduli = [abs(x).upper() for x in level[1:]]
    range_of = sum(moduli, arb(0))
    if not range_of < _NARROW:
        polynomial, least = arb_poly(list(level)), arb("inf")
        for piece in pieces():
            least = least.min(polynomial(piece).lower())
        top = (-least).exp().upper()
        return Weight([arb(0)], top, top)
    size, zero = (-level[0]).exp(), arb(0)
    series = arb_series([zero, *(-x for x in level[1:SERIES])], prec=SERIES).exp().coeffs()
    above = arb_series([zero, *moduli[: SERIES - 1]], prec=SERIES).exp().coeffs()
    rest = (range_of.exp() - sum(above, zero)).nonnegative_part()
    while len(series) > 1 and abs(series[-1]) < fine:
        rest += abs(series.pop())
    terms = [size * x for x in series]
    around = (size * rest + sum((x.rad() for x in terms), zero)).upper()
    first = (terms[0].mid() + around).upper()
    off = (first - terms[0].mid() + around).upper()
    terms = [first, *(x.mid() for x in terms[1:])]
    least = (-level[0] - range_of).exp().lower()
    divergence = (off**2 / least).min(absolute_sum(terms) * (1 + off / least).log()).upper()
    return Weight(terms, off, divergence)


def pieces() -> list[Ball]:
    """Balls that cover -1 <= u <= 1."""
    from flint import arb

    return [arb((2 * k + 1 - _PIECES) / _PIECES, 1 / _PIECES) for k in range(_PIECES)]


def suprema(polynomials: Sequence[arb_poly]) -> list[Ball]:
    """Upper bounds of polynomials on -1 <= u <= 1, in doubles.

    The sum of the moduli of Chebyshev coefficients, where that of powers would be larger by up to 2.4 to the degree;
    high powers, which are small, are taken as they are.
    """
    from flint import arb

    low = np.zeros((len(polynomials), _LOW))
    moduli = np.zeros(len(polynomials))
    for k, polynomial in enumerate(polynomials):
        middles = [float(x) for x in polynomial.coeffs()]
        low[k, : len(middles)] = middles[:_LOW]
        moduli[k] = sum(map(abs, middles))
    with np.errstate(all="ignore"):
        chebyshev = np.abs(low @ _chebyshev(_LOW)).sum(axis=1)
        high = moduli - np.abs(low).sum(axis=1)
        bounds = (chebyshev + high + _ROUNDED * moduli) * (1 + _ROUNDED)
    # at 1 the radii of all coefficients add up
    return [
        (_upper(bound) + p(arb(1)).rad()).upper()
        for bound, p in zip(bounds.tolist(), polynomials, strict=True)
    ]


def _upper(bound: float) -> Ball:
    from flint import arb

    return arb(bound) + arb(_LEAST) if isfinite(bound) else arb(inf)


@lru_cache(maxsize=1)
def _chebyshev(size: int) -> NDArray[np.float64]:
    """u^k = 2^(1-k) sum_i binomial(k, (k - i) / 2) T_i over i = k, k - 2, .., with half of the term of i = 0."""
    return np.array(
        [
            [
                comb(k, (k - i) // 2) / 2**k * (2 - (i == 0)) if (k - i) % 2 == 0 <= k - i else 0.0
                for i in range(size)
            ]
            for k in range(size)
        ]
    )


def block_radius(bars: Sequence[Ball]) -> Ball:
    """Upper bound of the eigenvalues of symmetric matrices with entries up to prod_{g != l, h} bars_g, 0 for l = h.

    The spectral radius of a matrix M >= 0 is at most the largest (M x)_l / x_l, for any x > 0 (Collatz and Wielandt).
    """
    from flint import arb

    doubles = [float(x) for x in bars]
    if not all(map(isfinite, doubles)):
        return arb(inf)
    others = products_of_others(bars)
    if min(doubles) <= 0:
        L = len(bars)
        pairs = [[x for g, x in enumerate(bars) if g not in (l, h)] for l in range(L) for h in range(l)]
        return (largest([product(rest) for rest in pairs]) * (L - 1)).upper()
    x = [ball(1) * entry for entry in _perron(doubles)]
    shares = [a / b for a, b in zip(x, bars, strict=True)]
    total = sum(shares, ball(0))
    return largest([(total - s) * p / a for s, p, a in zip(shares, others, x, strict=True)])


def _perron(bars: Sequence[float]) -> list[float]:
    """About the eigenvector of a block, entries P / (b_l b_h), for its largest eigenvalue.

    With q_l = P / b_l^2 that is where sum_l q_l / (value + q_l) = 1, met by Newton's method from below; the eigenvector
    has the entries 1 / (b_l (value + q_l)).
    """
    scale = max(bars)
    b = [max(x / scale, 1e-100) for x in bars]
    P = prod(b)
    q = [P / x**2 for x in b]
    first, second = nlargest(2, q)
    value = (first * second) ** 0.5
    for _ in range(_NEWTON):
        f, slope = sum(x / (value + x) for x in q) - 1, sum(x / (value + x) ** 2 for x in q)
        value += max(f, 0.0) / slope
    return [1 / (x * (value + y)) for x, y in zip(b, q, strict=True)]


def speed(entries: Sequence[Ball]) -> Ball:
    """|d eta / d tau| of a component with these layers."""
    squares = [x * x for x in products_of_others(entries)]
    total: Ball = sum(squares[1:], start=squares[0]).sqrt()
    return total


def spread(column: Sequence[Ball]) -> Ball:
    """Upper bound of the largest entry less the smallest."""
    top, low = reduce(lambda a, b: a.max(b), column), reduce(lambda a, b: a.min(b), column)
    bound: Ball = (top - low).upper()
    return bound
