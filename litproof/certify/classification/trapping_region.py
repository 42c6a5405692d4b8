"""Real odeco networks of depth L >= 3: a region that the flow is proved never to leave, with one possible limit.

A candidate is a vertex: a support J and |J| different rows that form an invertible A on it, s = A^{-1} 1; I are the
points whose margin at s is 1, Q = sum_j |s_j|^(2/L), g* = (L Q)^(-L/2), N the squared norm of the layers on J. Letters,
the five inequalities (a) to (e) that are checked on one enclosed point of the flow, what they prove and what they do
not cover: `derivations/bodies/lemma-trapping-region.tex` (`litproof derive A8`), after Lyu and Li (ICLR 2020). The way
into the region: `component_steps`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from math import inf, log, prod
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, ball, column
from litproof.certify.classification.component_steps import BITS, Place, climb_components, step_cost
from litproof.certify.classification.direction import enclose_vector
from litproof.certify.classification.off_support import least_zeta, off_support, pulls_off
from litproof.certify.classification.vertex import (
    Choice,
    Vertex,
    choices_at,
    dot,
    ones,
    slopes_at,
    strict_vertex,
)
from litproof.certify.regression.enclosure import Enclosure
from litproof.errors import HypothesisError
from litproof.integrate.ball_rings import largest
from litproof.integrate.budget import Budget
from litproof.precision import ball_precision
from litproof.predict.classification.vertices import Margins, margin_problem
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

_ROOMS = (1.03, 1.2, 2)
"""Sizes of the box that are tried, relative to what the excess and the flow's own place need."""
_TAU = Fraction(1, 1000)
_STEPS = 40
"""What a way into a region takes at least, but for the simplest ones."""
_MOST = 1000
"""What a way takes at most: hard ones take 350, and a flow that comes to rest never ends."""
_SMALL = Fraction(3, 4)
"""Power of kappa below which margins of components off the support are far out."""
_OFTEN = 1.2
"""Growth of kappa between two attempts."""
_SEEN, _REACH = 1e9, 1e20
"""kappa at which a flow near a strict vertex shows it, or moves towards one, and as far as which it is followed."""
_LONG, _MOVED = 100, 1e-4
"""Growth of kappa on which a flow that is not at rest moves by more than that part of the largest component."""


def trap_direction(problem: Problem, digits: int, *, operations: float) -> Enclosure:
    """Proven bounds of the limit of beta/|beta|_2, half-widths below 10^-digits of the largest entry.

    Parameters
    ----------
    operations : budget of the climb into the region, see `integrate.budget`.

    Raises
    ------
    HypothesisError : no real odeco form of depth 3 or more, the flow does not come near a strict vertex, or no region
        was closed within the budget.
    """
    form = problem.odeco
    if form is None or not form.is_real or problem.layered.depth < 3:
        raise HypothesisError("a region is known for real odeco networks of depth 3 and more")
    margins = margin_problem(problem, form)
    if _STEPS * step_cost(len(margins.rows), form.rank, margins.depth) > operations:
        raise HypothesisError(
            f"the way into a region is not proved for {len(margins.rows)} points and {form.rank} components: "
            "it would take more than the budget"
        )
    known: dict[Choice, Vertex | str] = {}
    obstacle, kappa, tried = "the loss was not brought below 1", 0.0, 1 / _OFTEN
    seen, before = 0.0, [inf] * form.rank
    for place in islice(climb_components(margins, problem.v0, Budget(operations)), _MOST):
        with ball_precision(BITS):
            kappa = float(place.kappa)
            if not kappa > _OFTEN * tried:
                continue
            tried = kappa
            corners, obstacle = _strict(margins, place, known)
            for corner in corners:
                if trapped(corner, place.eta, place.kappa):
                    method = (
                        f"vertex of the l_(2/{corner.depth}) margin problem in exact arithmetic; the flow is "
                        f"trapped around it from kappa = {kappa:.3g} on"
                    )
                    return enclose_vector(corner.coefficients, digits, method)
            if kappa > _SEEN:
                near = [corner for corner in corners if _nearing(corner, place)]
                if corners and not near:
                    obstacle = "the limit is no vertex: more components on than active points"
                if kappa > _REACH or (near and not any(_within_reach(corner, place.eta) for corner in near)):
                    break
                if kappa > _LONG * seen:
                    top = max(abs(float(r)) for r in place.rho)
                    now = [float(r) / top for r in place.rho]
                    if not near and max(abs(a - b) for a, b in zip(now, before, strict=True)) < _MOVED:
                        break
                    seen, before = kappa, now
    raise HypothesisError(f"{obstacle} (followed with proved errors as far as kappa = {kappa:.3g})")


def _strict(problem: Margins, place: Place, known: dict[Choice, Vertex | str]) -> tuple[list[Vertex], str]:
    """The strict vertices that the place points to, and what stands in the way of a region.

    known : what was found out about each choice so far.
    """
    strict, obstacle = [], "the limit is no vertex: fewer components on than active points"
    for choice in choices_at(problem, place.rho, place.margins):
        if choice not in known:
            try:
                known[choice] = strict_vertex(problem, choice)
            except HypothesisError as error:
                known[choice] = str(error)
        found = known[choice]
        if isinstance(found, Vertex):
            strict.append(found)
        else:
            obstacle = found
    return strict, "a region around the limit is not closed" if strict else obstacle


def _nearing(corner: Vertex, place: Place) -> bool:
    """Whether components off the support are small; where they tend to a constant that is plain at kappa = `_SEEN`."""
    rows, least = (*corner.active, *corner.others), min(place.margins, key=float)
    return all(
        largest([ball(row[k]) for row in rows]) * abs(place.rho[k]) < least ** ball(_SMALL)
        for k in corner.off
    )


def _within_reach(corner: Vertex, eta: Sequence[Sequence[Ball]], kappa: float = _REACH) -> bool:
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


def trapped(corner: Vertex, eta: Sequence[Sequence[Ball]], kappa: Ball) -> bool:
    """Whether all that the module docstring asks for holds at a point of the orbit, at flint's current precision."""
    inverse = corner.inverse()
    if inverse is None or not kappa > 0:
        return False
    # what the components off the support can still add takes longer to bound than a box
    if (
        next(_closed_boxes(corner, inverse, eta, kappa - least_zeta(pulls_off(corner, _TAU), eta)), None)
        is None
    ):
        return False
    return any(_trapped(corner, inverse, eta, kappa, tau) for tau in (None, _TAU))


def _trapped(
    corner: Vertex, inverse: arb_mat, eta: Sequence[Sequence[Ball]], kappa: Ball, tau: Fraction | None
) -> bool:
    """The same for one tau; None asks nothing of the shares."""
    off = off_support(corner, eta, kappa, _mass(corner, eta), tau)
    if off is None:
        return False
    zeta, Z = off
    boxes = _closed_boxes(corner, inverse, eta, kappa - zeta)
    return any(_far(corner, box, unit, zeta + Z, tau) for box, unit in boxes)


def _mass(corner: Vertex, eta: Sequence[Sequence[Ball]]) -> Ball:
    """N."""
    from flint import arb

    return sum((x * x for j in corner.support for x in eta[j]), arb(0))


def _closed_boxes(
    corner: Vertex, inverse: arb_mat, eta: Sequence[Sequence[Ball]], h: Ball
) -> Iterator[tuple[list[Ball], Ball]]:
    """Boxes that meet (a), (b) and (d), with g* N^(L/2); h is kappa - zeta."""
    from flint import arb

    L, s = corner.depth, ones(inverse)
    slopes = slopes_at(inverse, s, s, L)
    N, Q = _mass(corner, eta), _quasinorm(s, L)
    unit = (N / (L * Q)) ** (arb(L) / 2)  # g* N^(L/2)
    lam = (h / unit).lower()
    if not 0 < lam < 1:
        return
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
        if _closed(inverse, s, box, L, lam, D):
            yield box, unit


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
