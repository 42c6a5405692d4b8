"""tau as a function of the pivot z on balls (theory R5): sgn int_{z(0)}^z du / prod_{l != p} sqrt(u^2 + c_l).

The prediction goes the other way, from tau to z; here every value is a direct evaluation, with no equation
to solve.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log, sqrt

from litproof.algebra.balls import Ball, ball, sign
from litproof.precision import ball_precision
from litproof.predict.regression.coordinates import Coordinate, Kind
from litproof.predict.regression.potentials import s_of_q
from litproof.predict.regression.radical_integral import gauss_legendre, rounded_up

_LOW_BITS = 64
_SHORT = 1.5
"""A piece is short when its branch points are this many times further from its middle than its ends."""
_ROOM = 0.9
"""Share of the distance to them that the disc of a rule takes."""
_WIDEST = 8.0
_MOST_PIECES = 20_000
"""Scales 2^-5000 apart; beyond, the ends are no numbers."""


def separation(coordinate: Coordinate, z: Ball) -> Ball:
    """A ball around tau(z) at flint's current precision.

    Raises ValueError for a coordinate that never moves, or when z reaches a sign that the pivot cannot take.
    """
    kind, start, L = coordinate.kind, ball(coordinate.start), coordinate.depth
    if kind is Kind.FROZEN:
        raise ValueError("a coordinate with two layers at zero never moves")
    side = sign(coordinate.start)
    if kind in (Kind.TIED, Kind.HALF) and not side * z > 0:
        raise ValueError("the pivot keeps its sign")
    gaps = [ball(gap) for gap in coordinate.gaps if sign(gap) > 0]
    if kind is Kind.LINEAR:
        x = z - start
    elif kind is Kind.EQUAL:
        a = gaps[0].sqrt()
        x = (s_of_q(z / a, L) - s_of_q(start / a, L)) / a ** (L - 2)
    elif kind is Kind.TIED and L == 2:
        x = side * (z / start).log()
    elif kind is Kind.TIED:
        x = side * (abs(start) ** (2 - L) - abs(z) ** (2 - L)) / (L - 2)
    elif L == 3 and kind is Kind.HALF:
        root = gaps[0].sqrt()
        x = side * ((root / abs(start)).asinh() - (root / abs(z)).asinh()) / root
    elif L == 3:
        x = carlson(z, gaps) - carlson(start, gaps)
    else:
        x = quadrature(start, z, gaps, L - 1 - len(gaps))
        x = side * x if kind is Kind.HALF and (L - 1 - len(gaps)) % 2 else x
    return coordinate.orientation * x


def carlson(z: Ball, gaps: Sequence[Ball]) -> Ball:
    """int_0^z du / sqrt((u^2 + a)(u^2 + b)) = z (a b)^{-1/2} R_F(1, 1 + z^2/a, 1 + z^2/b), DLMF 19.25.5."""
    from flint import acb

    a, b = gaps
    square = z * z
    value: Ball = z * (a * b).rsqrt() * acb.elliptic_rf(acb(1), acb(1 + square / a), acb(1 + square / b)).real
    return value


def quadrature(start: Ball, end: Ball, gaps: Sequence[Ball], power: int) -> Ball:
    """int_start^end du / (u^power prod sqrt(u^2 + c)), by Gauss-Legendre rules with proved errors.

    Pieces are halved until each is short beside its distance from the branch points +-i sqrt(c), and from 0 when
    power > 0, so that scales far apart cost only the logarithm of their ratio.

    Raises ArithmeticError where that takes too many pieces.
    """
    from flint import arb

    low, high = start.mid(), end.mid()
    total, waiting, pieces = arb(0), [(low, high)], 0
    while waiting:
        pieces += 1
        if pieces > _MOST_PIECES:
            raise ArithmeticError("the integral needs too many pieces")
        left, right = waiting.pop()
        if left == right:
            continue
        middle = ((left + right) / 2).mid()
        reach = _reach(middle, (right - left) / 2, gaps, power)
        if reach is None:
            waiting += [(left, middle), (middle, right)]
        else:
            total += _rule(middle, (right - left) / 2, reach, gaps, power)
    for limit, middle, side in ((start, low, -1), (end, high, 1)):
        if not limit.is_exact():
            total += side * (limit - middle) * _integrand(limit, gaps, power)
    return +total


def _integrand(u: Ball, gaps: Sequence[Ball], power: int) -> Ball:
    square, product = u * u, u**power if power else 1
    root = square + gaps[0]
    for gap in gaps[1:]:
        root *= square + gap
    return root.rsqrt() / product


def _reach(middle: Ball, half: Ball, gaps: Sequence[Ball], power: int) -> float | None:
    """A > 1 such that the disc of radius A |half| around `middle` is clear of branch points; None for a long piece."""
    with ball_precision(_LOW_BITS):
        nearest = [middle * middle] if power else [middle * middle + gap for gap in gaps]
        ratio = min(float((square.lower() / (half * half)).lower()) for square in nearest)
        return min(_ROOM * sqrt(ratio), _WIDEST) if ratio > _SHORT**2 else None


def _rule(middle: Ball, half: Ball, reach: float, gaps: Sequence[Ball], power: int) -> Ball:
    """The integral over middle +- half.

    Write f for the integrand as a function of x = (u - middle)/half. The ellipse with foci -1 and 1 and half axes
    (rho +- 1/rho)/2 lies in the disc |x| <= A = (rho + 1/rho)/2, where |f| is at most M: every factor u -+ i sqrt(c) of
    u^2 + c is at least |middle - i sqrt(c)| - A |half|. So the Chebyshev coefficients of f are at most 2 M rho^-k. An
    N-point rule, N >= 2, integrates degrees below 2 N, and T_k beyond with an error of at most 2 + 2/(k^2 - 1) <= 32/15
    (none for odd k): together at most (64/15) M rho^(-2 N) / (1 - rho^-2).
    """
    from flint import arb, ctx

    bits = int(ctx.prec)
    with ball_precision(_LOW_BITS):
        radius, size = arb(reach) * abs(half), arb(1)
        distances = [(middle * middle + gap).sqrt() - radius for gap in gaps]
        distances += [abs(middle) - radius] * power
        if not all(distance > 0 for distance in distances):
            raise ArithmeticError("the disc of a rule holds a branch point")
        for distance in distances:
            size *= distance
        rho = arb(reach) + (arb(reach) ** 2 - 1).sqrt()
    nodes = rounded_up(2 * ceil((bits + 16) * log(2) / (4 * log(float(rho.lower())))) + 4)
    total = arb(0)
    for node, weight in gauss_legendre(nodes, rounded_up(bits + 16)):
        shift = half * node
        total += weight * (_integrand(middle + shift, gaps, power) + _integrand(middle - shift, gaps, power))
    with ball_precision(_LOW_BITS):
        error = (arb(64) / 15 / size / (rho ** (2 * nodes) * (1 - 1 / rho**2))).upper()
    return half * (total + arb(0, error))
