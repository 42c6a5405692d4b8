r"""Real odeco networks of depth L >= 3: a region that the flow is proved never to leave, with one possible limit.

Reduced coordinates eta_lj, rho_j = prod_l eta_lj, margins m_i = a_i . rho, a_i = y_i S x_i, clock T = int F dt,
u = sum_i p_i a_i, so that d eta_lj/dT = u_j prod_{k != l} eta_kj. A candidate is a *vertex*: a support J and |J|
different rows a_iJ that form an invertible A; I are the points with these rows on J; s = A^{-1} 1, Q = sum_j
|s_j|^(2/L), g* = (L Q)^(-L/2). Let N = sum of eta_lj^2 over all l and the j in J only, t_1 a time with kappa > zeta,
and for all t >= t_1

    sum_{i not in I} p_i <= tau,    sum_{k off J} U_k |rho_k| <= zeta,    U_k = max_I |a_ik| + tau max_i |a_ik|    (off)

(or, with nothing asked of the shares, U_k = max_i |a_ik|; both are tried).

1. *A margin on J that never falls*: (kappa - zeta)/N^(L/2). In the clock T, by Cauchy and Schwarz in each
   component and over J, dkappa/dT = |grad kappa|^2 >= (L sum_J u_j rho_j)^2/N, while dN/dT = 2 L sum_J u_j
   rho_j and, by (off), sum_J u_j rho_j = sum_i p_i m_i - sum_off u_k rho_k >= kappa - zeta. With J everything
   and zeta = 0 this is K0.
2. *Off J little happens.* By 1, N grows at least as dN/dT = 2 L (kappa - zeta)(t_1) (N/N(t_1))^(L/2), so no
   more than T_left = N(t_1)/(L (L-2) (kappa - zeta)(t_1)) of the clock is left; on it the moduli of the layers
   in component k stay below the solution of dy_l/dT = U_k prod_{h != l} y_h from their values at t_1 (its right
   side grows with every y), which is bounded in steps by Picard's test; R_k bounds its product. Checked: sum_k
   U_k R_k <= zeta.
3. *Region.* With x = rho/(g* N^(L/2)) on J and lam = (kappa - zeta)(t_1)/(g* N(t_1)^(L/2)): m_i >= kappa and 1
   give a_iJ . x >= lam for i in I and all t >= t_1; N >= L sum_J |rho_j|^(2/L) gives sum_J |x_j|^(2/L) <= Q.
   With delta_i = a_iJ . x - lam >= 0: x = lam s + A^{-1} delta.
4. *Box* B: 0 <= delta_i <= D_i. Let alpha = A^{-T} v, v_j = (2/L) sgn(s_j) |x_j|^(2/L - 1), the slopes of q =
   sum_J |x_j|^(2/L) in delta, and excess = Q (1 - lam^(2/L)). Checked in balls over all of B: (a) sgn(s_j) x_j
   > 0;  (b) alpha_i > 0, alpha_i D_i > excess, D_i >= 1 - lam;  (c) a_iJ . x > 1 for i not in I; and at t_1 (d)
   delta_i < D_i. By (b) and the mean value theorem q >= lam^(2/L) Q + sum_i alpha_i delta_i is above Q where
   some delta_i = D_i: x(t), which is continuous, stays in B. The smallest a_iJ . x over I is at most 1, or else
   q > q(delta = 1 - lam) = Q. So kappa <= g* N^(L/2) + zeta, and with b_i > 1 the least a_iJ . x on B and Z =
   sum_k max_i |a_ik| R_k, a point i not in I has p_i = exp(kappa - m_i) <= exp(-(b_i - 1) g* N(t_1)^(L/2) +
   zeta + Z). Checked: (e) these add up to less than tau. All of 1 to 4 holds up to the first time at which
   (off) or the box fails. There is none: (d), (e) and q > Q on the faces are strict. In (off) sum_k U_k R_k = zeta is
   allowed, but less than T_left of the clock has passed, so each |rho_k| is below R_k, strictly, or R_k = 0 and
   component k, with two layers at 0, rests there: the sum is below zeta, or it is 0 for ever.
5. *One limit.* Components off J stay bounded by 2, and N -> inf. A limit point of the direction of eta is
   stationary (see `direction`) and 0 off J: u_j prod_{k != l} eta_kj = c eta_lj makes |eta_lj| the same for all
   l in J, so q(x) = Q there and u_j on J is a positive multiple of v_j. By (c) only points of I have a share;
   the shares of equal rows added up are a positive multiple of alpha, so all of I is active: A x is a multiple
   of 1, and x = s. Hence beta/|beta| tends to S^T s/|S^T s|.

1 and the stationarity of limit points are after Lyu and Li (ICLR 2020), proved again here and in `direction`.
Not covered: limits that are no vertex (fewer active points than components on, or saddles), multipliers that are 0 or
nearly so, and flows whose direction settles only at a kappa that `validated` does not reach (its explicit steps are
about five times as many as kappa where several points are active).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import log, prod
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, ball, column
from litproof.certify.classification.direction import enclose_vector
from litproof.certify.classification.off_support import off_support
from litproof.certify.classification.validated import Point, climb
from litproof.certify.classification.vertex import (
    Vertex,
    dot,
    ones,
    reduced,
    require_strict,
    slopes_at,
    vertex_near,
)
from litproof.certify.regression.enclosure import Enclosure
from litproof.errors import HypothesisError
from litproof.integrate.budget import Budget
from litproof.networks.base import Layers
from litproof.precision import ball_precision
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

_BITS = 128
_ROOMS = (1.03, 1.2, 2)
"""Sizes of the box that are tried, relative to what the excess and the flow's own place need."""
_TAU = Fraction(1, 1000)
_FORECAST = 0.2
"""Share of the budget after which it is judged whether the rest can be enough."""
_SPACING = 1.02
"""The conditions are looked at again when kappa has grown by this factor."""


def trap_direction(problem: Problem, digits: int, near: Layers, *, operations: float) -> Enclosure:
    """Proven bounds of the limit of beta/|beta|_2, half-widths below 10^-digits of the largest entry.

    Parameters
    ----------
    near : layers close to the limit, any scale; they choose support and active points, nothing else.
    operations : budget of the climb into the region, see `integrate.budget`.

    Raises
    ------
    HypothesisError : no real odeco form of depth 3 or more, the limit does not look like a vertex, or no region was
        closed within the budget.
    """
    form = problem.odeco
    if form is None or not form.is_real or problem.layered.depth < 3:
        raise HypothesisError("a region is known for real odeco networks of depth 3 and more")
    corner = vertex_near(problem, form, near)
    with ball_precision(_BITS):
        require_strict(corner)
    last, judged, budget = 0.0, False, Budget(operations)
    for point in climb(problem, budget):
        with ball_precision(_BITS):
            kappa = float(-point.loss.log())
            if kappa < _SPACING * last:
                continue
            last = kappa
            if not judged and budget.spent > _FORECAST * operations:
                judged, reach = True, 2 * kappa * operations / budget.spent
                if not _within_reach(corner, reduced(corner, point.theta, problem.network.shapes), reach):
                    raise HypothesisError(
                        f"a region around the limit does not close below kappa = {reach:.2g}"
                    )
            if trapped(corner, point, problem.network.shapes):
                method = (
                    f"vertex of the l_(2/{corner.depth}) margin problem in exact arithmetic; the flow is trapped "
                    f"around it from kappa = {kappa:.3g} on"
                )
                return enclose_vector(corner.coefficients, digits, method)
    raise HypothesisError(
        "the flow was not followed far enough within the budget to close a region around its limit"
    )


def _within_reach(corner: Vertex, eta: Sequence[Sequence[Ball]], kappa: float) -> bool:
    """Whether the conditions would hold with the flow at the vertex at that kappa and the rest where it is now.

    A forecast that only decides whether to go on: the multipliers' entropy is all that keeps kappa from the margin.
    """
    from flint import arb

    inverse = corner.inverse()
    if inverse is None:
        return False
    s = ones(inverse)
    slopes = [float(slope) for slope in slopes_at(inverse, s, s, corner.depth)]
    entropy = -sum(slope / sum(slopes) * log(slope / sum(slopes)) for slope in slopes)
    there = [list(entries) for entries in eta]
    for j, x in zip(corner.support, s, strict=True):
        modulus = (arb(kappa) * abs(x)) ** (arb(1) / corner.depth)
        there[j] = [modulus] * (corner.depth - 1) + [modulus * x.sgn()]
    level = arb(kappa) - arb(entropy) - arb(1) / 1000
    return any(_trapped(corner, inverse, there, level, tau) for tau in (None, _TAU))


def trapped(corner: Vertex, point: Point, shapes: Sequence[int]) -> bool:
    """Whether all that the module docstring asks for holds at a point of the orbit, at flint's current precision."""
    inverse, kappa = corner.inverse(), -point.loss.log()
    if inverse is None or not kappa > 0:
        return False
    eta = reduced(corner, point.theta, shapes)
    return any(_trapped(corner, inverse, eta, kappa, tau) for tau in (None, _TAU))


def _trapped(
    corner: Vertex, inverse: arb_mat, eta: Sequence[Sequence[Ball]], kappa: Ball, tau: Fraction | None
) -> bool:
    """The same for one tau; None asks nothing of the shares."""
    from flint import arb

    L, s = corner.depth, ones(inverse)
    slopes = slopes_at(inverse, s, s, L)
    N = sum((x * x for j in corner.support for x in eta[j]), arb(0))
    off = off_support(corner, eta, kappa, N, tau)
    if off is None:
        return False
    zeta, Z = off
    Q = _quasinorm(s, L)
    unit = (N / (L * Q)) ** (arb(L) / 2)  # g* N^(L/2)
    lam = ((kappa - zeta) / unit).lower()
    if not 0 < lam < 1:
        return False
    excess = _excess(Q, lam, L)
    x = [prod(eta[j]) / unit for j in corner.support]
    deltas = [dot(row, x) - lam for row in corner.square]
    for room in _ROOMS:
        D = [
            (room * (excess / slope).max(delta)).max(1 - lam).upper()
            for slope, delta in zip(slopes, deltas, strict=True)
        ]
        if not all(delta < bound for delta, bound in zip(deltas, D, strict=True)):
            continue
        box = _box(inverse, s, lam, D)
        if _closed(inverse, s, box, L, lam, D) and _far(corner, box, unit, zeta + Z, tau):
            return True
    return False


def _box(inverse: arb_mat, s: Sequence[Ball], lam: Ball, D: Sequence[Ball]) -> list[Ball]:
    """All x of B."""
    from flint import arb

    delta = column([bound / 2 + arb(0, bound / 2) for bound in D])
    return [lam * a + b for a, b in zip(s, (inverse * delta).entries(), strict=True)]


def _quasinorm(s: Sequence[Ball], L: int) -> Ball:
    """Q of s."""
    from flint import arb

    return sum((abs(x) ** (arb(2) / L) for x in s), arb(0))


def _excess(Q: Ball, lam: Ball, L: int) -> Ball:
    """What q exceeds lam^(2/L) Q by at least on every face of the box."""
    from flint import arb

    return (Q * (1 - lam ** (arb(2) / L))).upper()


def _closed(
    inverse: arb_mat, s: Sequence[Ball], x: Sequence[Ball], L: int, lam: Ball, D: Sequence[Ball]
) -> bool:
    """Conditions (a) and (b) on the box x."""
    excess = _excess(_quasinorm(s, L), lam, L)
    if not all(a * value > 0 for a, value in zip(s, x, strict=True)):
        return False
    return all(
        slope > 0 and slope * bound > excess and bound >= 1 - lam
        for slope, bound in zip(slopes_at(inverse, s, x, L), D, strict=True)
    )


def _far(corner: Vertex, x: Sequence[Ball], unit: Ball, shift: Ball, tau: Fraction | None) -> bool:
    """Conditions (c) and (e)."""
    from flint import arb

    levels = [dot(corner.on(row), x).lower() - 1 for row in corner.others]
    if not all(level > 0 for level in levels):
        return False
    return tau is None or sum(((shift - level * unit).exp() for level in levels), arb(0)) < ball(tau)
