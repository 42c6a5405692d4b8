"""int_0^x u^e prod_l (u^2 + b_l)^{-1/2} du by Gauss-Legendre quadrature with a proved error bound.

The integrand is analytic off the two rays u = +-i y, y >= sqrt(b_min). On a segment of midpoint m and half
length h, with rho the parameter of an ellipse with the segment's ends as foci on which |f| <= B, the N-point
rule errs by at most (64/15) h B rho^{-2N} / (1 - rho^{-2}) (Rabinowitz 1969; Trefethen, SIAM Review 50 (2008)
67, theorem 4.5). The ellipse through a branch point has parameter rho_l; the distance between confocal
ellipses rho < rho_l is h (rho_l - rho)(1 - 1/(rho rho_l))/2, which bounds every factor |u -+ i sqrt(b_l)|
from below.
"""

from __future__ import annotations

import cmath
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, log

from litproof.algebra.balls import Ball, magnitude
from litproof.precision import ball_precision

_GROWTH = 3
_ELLIPSE = 0.8
_SAFETY = 1 - 1e-9


@dataclass(frozen=True)
class RadicalIntegral:
    """The function x -> int_0^x u^e prod_l (u^2 + b_l)^{-1/2} du for x >= 0, with the values at knots kept.

    Attributes
    ----------
    e : integer >= 0.
    b : positive balls, at least one.
    bits : precision of the kept values; use the function at that precision or below.
    knots : exact points (growing by a factor) and the integral up to them; filled as needed.
    """

    e: int
    b: tuple[Ball, ...]
    bits: int
    knots: list[tuple[Ball, Ball]] = field(default_factory=list, compare=False, repr=False)

    def __call__(self, x: Ball) -> Ball:
        """A ball around the integral up to x, a ball of non-negative numbers."""
        from flint import arb, ctx

        end = x.mid()
        total = arb(0)
        if end > 0:
            bits = int(ctx.prec)
            left, total = self._knot_below(end)
            with ball_precision(bits + 10):
                if left < end:
                    total += _segment(left, end, self.e, self.b, bits)
        if not x.is_exact():
            total += arb(0, x.rad() * abs(integrand(x, self.e, self.b)).upper())
        return +total

    def _knot_below(self, end: Ball) -> tuple[Ball, Ball]:
        """The last knot (point, integral) that is not beyond `end`."""
        from flint import arb

        if not self.knots:
            with ball_precision(32):
                first = min((entry.mid() for entry in self.b), key=size_order).sqrt().mid()
            self.knots.append((arb(0), arb(0)))
            self._add(first)
        while (following := (_GROWTH * self.knots[-1][0]).mid()) <= end:
            self._add(following)
        return next(knot for knot in reversed(self.knots) if knot[0] <= end)

    def _add(self, right: Ball) -> None:
        left, total = self.knots[-1]
        with ball_precision(self.bits + 10):
            self.knots.append((right, total + _segment(left, right, self.e, self.b, self.bits)))


def size_order(value: Ball) -> tuple[int, float]:
    """A sort key for positive numbers of any size."""
    from flint import arb

    exponent = magnitude(value)
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
        nodes = rounded_up(8 * ceil((bits + 16 + 4 * len(b)) * log(2) / (16 * log(rho))))
        ball_rho = arb(rho)
        bound = ((middle + half * (ball_rho + 1 / ball_rho) / 2) ** e) * half
        for parameter in parameters:
            bound /= half * (arb(parameter) - ball_rho) * (1 - 1 / (ball_rho * arb(parameter))) / 2
        error = (bound * arb(64) / 15 / (ball_rho ** (2 * nodes) * (1 - 1 / (ball_rho * ball_rho)))).upper()
    total = arb(0)
    for node, weight in gauss_legendre(nodes, rounded_up(bits + 10)):
        shift = half * node
        total += weight * (integrand(middle + shift, e, b) + integrand(middle - shift, e, b))
    return half * total + arb(0, error)


def _ellipse_parameter(centre: float, height: float) -> float:
    """A lower bound of the rho of the ellipse with foci -1, 1 through -centre + i height."""
    w = complex(-centre, height)
    root = cmath.sqrt(w - 1) * cmath.sqrt(w + 1)
    return max(abs(w + root), abs(w - root)) * _SAFETY


def rounded_up(size: int) -> int:
    """The next integer of three binary digits and zeros: rules are dear, and so few different ones are needed."""
    unit = 1 << max(0, size.bit_length() - 3)
    return -(-size // unit) * unit


@lru_cache(maxsize=64)
def gauss_legendre(count: int, bits: int) -> tuple[tuple[Ball, Ball], ...]:
    """Positive nodes and weights of the `count`-point rule (count even)."""
    from flint import arb

    with ball_precision(bits):
        return tuple(arb.legendre_p_root(count, k, weight=True) for k in range(count // 2))
