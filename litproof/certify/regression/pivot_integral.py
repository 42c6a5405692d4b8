"""tau as a function of the pivot z on balls (theory R5): sgn int_{z(0)}^z du / prod_{l != p} sqrt(u^2 + c_l).

The prediction goes the other way, from tau to z; here every value is a direct evaluation, with no equation
to solve.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, ball, sign
from litproof.predict.regression.coordinates import Coordinate, Kind
from litproof.predict.regression.potentials import s_of_q

if TYPE_CHECKING:
    from flint import acb


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
    """int_start^end du / (u^power prod sqrt(u^2 + c)), by flint's proved adaptive Gauss-Legendre rule."""
    from flint import acb

    roots = [gap.sqrt() for gap in gaps]

    def integrand(u: acb, analytic: bool) -> acb:
        if analytic:
            return _bound(u, roots, power)
        square, product = u * u, acb(1)
        for gap in gaps:
            product *= square + gap
        return 1 / (product.sqrt() * u**power)

    low, high = start.mid(), end.mid()
    value: Ball = _integral(integrand, acb(low), acb(high)).real
    if not start.is_exact():
        value -= (start - low) * integrand(acb(start), False).real
    if not end.is_exact():
        value += (end - high) * integrand(acb(end), False).real
    return value


def _integral(integrand: Callable[[acb, bool], acb], low: acb, high: acb) -> acb:
    from flint import acb

    return acb.integral(integrand, low, high)


def _bound(u: acb, roots: Sequence[Ball], power: int) -> acb:
    """A ball around 0 that holds 1/(u^power prod sqrt(u^2 + r^2)) on the box u; no number where it may have a cut.

    The branch that is positive on the real line is analytic off the cuts i y, |y| >= r, and off 0 when power > 0; its
    modulus is that of u^-power prod (u - i r)^(-1/2) (u + i r)^(-1/2), bounded by the distances from the box to the
    branch points. (Box arithmetic on the product would see a cut long before there is one.)
    """
    from flint import acb, arb

    across, along = abs(u.real), abs(u.imag)
    if not (across > 0 or all(along < root for root in roots)):
        return acb("nan")
    x = across.abs_lower()
    fourth_power = arb(u.abs_lower()) ** (4 * power)
    for root in roots:
        for gap in (root - along, root + along):
            fourth_power *= x * x + arb(gap.abs_lower()) ** 2
    size = arb(fourth_power.lower()).root(4)
    if not size > 0:
        return acb("nan")
    reach = arb(0, (1 / size).upper())
    return acb(reach, reach)
