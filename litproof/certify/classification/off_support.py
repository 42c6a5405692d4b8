"""Components off the support of a vertex: how far they can still go (letters and proof: `litproof derive A8`)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.algebra.balls import Ball, ball
from litproof.certify.classification.vertex import Vertex
from litproof.integrate.ball_rings import largest, product, products_of_others

_TRIES = 12
_MORE = 1.05
_PIECES, _PICARD, _SLACK = 8, 6, 1.3


def off_support(
    corner: Vertex, eta: Sequence[Sequence[Ball]], kappa: Ball, N: Ball, tau: Fraction | None
) -> tuple[Ball, Ball] | None:
    """zeta of (off) and Z, or None when no zeta was found."""
    from flint import arb

    L = corner.depth
    tops, pulls = pulls_off(corner, None), pulls_off(corner, tau)
    zeta = least_zeta(pulls, eta)
    for _ in range(_TRIES):
        if not kappa > zeta:
            return None
        left = N / (L * (L - 2) * (kappa - zeta))
        total = Z = arb(0)
        for k in corner.off:
            R = product_bound([abs(x).upper() for x in eta[k]], (pulls[k] * left).upper())
            if R is None:
                return None
            total, Z = total + pulls[k] * R, Z + tops[k] * R
        if total <= zeta:
            return zeta, Z
        zeta = (total * _MORE).upper()
    return None


def least_zeta(pulls: dict[int, Ball], eta: Sequence[Sequence[Ball]]) -> Ball:
    """What the components off the support add now: no zeta of (off) is smaller."""
    from flint import arb

    return sum((pull * abs(product(eta[k])) for k, pull in pulls.items()), arb(0)).upper()


def pulls_off(corner: Vertex, tau: Fraction | None) -> dict[int, Ball]:
    """U_k of the components off the support."""
    tops = {k: largest([ball(row[k]) for row in (*corner.active, *corner.others)]) for k in corner.off}
    if tau is None:
        return tops
    return {k: largest([ball(row[k]) for row in corner.active]) + ball(tau) * tops[k] for k in corner.off}


def product_bound(sizes: Sequence[Ball], time: Ball) -> Ball | None:
    """Upper bound of prod y_l at `time` where dy_l/dT = prod_{h != l} y_h; None when no bound is found."""
    y, h = list(sizes), time / _PIECES
    for _ in range(_PIECES):
        top = y
        for _ in range(_PICARD):
            top = [(a + _SLACK * h * b).upper() for a, b in zip(y, products_of_others(top), strict=True)]
        reached = [(a + h * b).upper() for a, b in zip(y, products_of_others(top), strict=True)]
        # Picard's test: the solution stays below `top` on this piece, hence ends below `reached`
        if not all(a <= b for a, b in zip(reached, top, strict=True)):
            return None
        y = reached
    bound: Ball = product(y)
    return bound
