"""int_0^x u^e prod_l (u^2 + b_l)^{-1/2} du by Gauss-Legendre quadrature with a proved error bound.

The integrand is analytic off the two rays u = +-i y, y >= sqrt(b_min). On a segment of midpoint m and half length h, with
rho the parameter of an ellipse with the segment's ends as foci on which |f| <= B, the N-point rule errs by at most
(64/15) h B rho^{-2N} / (1 - rho^{-2}) (Rabinowitz 1969; Trefethen, SIAM Review 50 (2008) 67, theorem 4.5).
The ellipse through a branch point has parameter rho_l; the distance between confocal ellipses rho < rho_l is
h (rho_l - rho)(1 - 1/(rho rho_l))/2, which bounds every factor |u -+ i sqrt(b_l)| from below.
"""

from __future__ import annotations

import cmath
from functools import lru_cache
from math import ceil, log

from litproof.precision import ball_precision
from litproof.predict.balls import Ball, magnitude

_GROWTH = 3
_ELLIPSE = 0.8
_SAFETY = 1 - 1e-9


def radical_integral(x: Ball, e: int, b: tuple[Ball, ...]) -> Ball:
    """A ball around int_0^x u^e prod_l (u^2 + b_l)^{-1/2} du.

    Parameters
    ----------
    x : ball of non-negative numbers.
    e : integer >= 0.
    b : positive balls, at least one.
    """
    from flint import arb, ctx

    end = x.mid()
    total = arb(0)
    if end > 0:
        bits = int(ctx.prec)
        with ball_precision(32):
            smallest = min((entry.mid() for entry in b), key=float_order)
            right = smallest.sqrt().mid()
        with ball_precision(bits + 10):
            left = arb(0)
            while left < end:
                right = end if not right < end else right
                total += _segment(left, right, e, b, bits)
                left, right = right, (_GROWTH * right).mid()
    if not x.is_exact():
        total += arb(0, x.rad() * abs(integrand(x, e, b)).upper())
    return +total


def float_order(value: Ball) -> tuple[int, float]:
    """A sort key for positive numbers of any size."""
    exponent = magnitude(value)
    from flint import arb

    return exponent, float((value * arb(2) ** (-exponent)).mid())


def integrand(u: Ball, e: int, b: tuple[Ball, ...]) -> Ball:
    """u^e prod_l (u^2 + b_l)^{-1/2}."""
    square = u * u
    product = square + b[0]
    for entry in b[1:]:
        product *= square + entry
    value = product.rsqrt()
    return value if e == 0 else value * u if e == 1 else value * u**e


def _segment(left: Ball, right: Ball, e: int, b: tuple[Ball, ...], bits: int) -> Ball:
    """The integral over [left, right], ends exact."""
    from flint import arb

    middle, half = (left + right) / 2, (right - left) / 2
    with ball_precision(64):
        centre = float(middle / half)
        parameters = [_ellipse_parameter(centre, float((entry.sqrt() / half).mid())) for entry in b]
        rho = 1 + _ELLIPSE * (min(parameters) - 1)
        nodes = 8 * ceil((bits + 16 + 4 * len(b)) * log(2) / (16 * log(rho)))
        ball_rho = arb(rho)
        bound = ((middle + half * (ball_rho + 1 / ball_rho) / 2) ** e) * half
        for parameter in parameters:
            bound /= half * (arb(parameter) - ball_rho) * (1 - 1 / (ball_rho * arb(parameter))) / 2
        error = (bound * arb(64) / 15 / (ball_rho ** (2 * nodes) * (1 - 1 / (ball_rho * ball_rho)))).upper()
    total = arb(0)
    for node, weight in _gauss_legendre(nodes, bits + 10):
        shift = half * node
        total += weight * (integrand(middle + shift, e, b) + integrand(middle - shift, e, b))
    return half * total + arb(0, error)


def _ellipse_parameter(centre: float, height: float) -> float:
    """A lower bound of the rho of the ellipse with foci -1, 1 through -centre + i height."""
    w = complex(-centre, height)
    root = cmath.sqrt(w - 1) * cmath.sqrt(w + 1)
    return max(abs(w + root), abs(w - root)) * _SAFETY


@lru_cache(maxsize=64)
def _gauss_legendre(count: int, bits: int) -> tuple[tuple[Ball, Ball], ...]:
    """Positive nodes and weights of the `count`-point rule (count even)."""
    from flint import arb

    with ball_precision(bits):
        return tuple(arb.legendre_p_root(count, k, weight=True) for k in range(count // 2))
