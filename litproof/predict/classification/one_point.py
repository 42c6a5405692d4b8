"""K4: two layers, one data point, any M. The layers align with the top singular pair of M(x)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.algebra.balls import Ball, ball
from litproof.errors import HypothesisError
from litproof.networks.point_matrix import point_matrix
from litproof.networks.svd import SingularBalls, singular_form
from litproof.precision import ball_precision
from litproof.predict.classification.directions import unit_ball, working_bits
from litproof.predict.regression.two_layer import coefficients_in_balls
from litproof.problem import Problem
from litproof.results import Prediction


def one_point_direction(problem: Problem, digits: int) -> Prediction:
    """The limit of beta/||beta||_2 and of both layers, from any start.

    eta_1 + y eta_2 grows like exp(s nu) in each singular component, so v_1 -> U_1 e and v_2 -> y U_2 e up to
    scale, e the start of eta_1 + y eta_2 on the largest singular value where it is not 0 (K4 asks for a gap,
    which makes that the largest of all). details: "v" (unit layers), "multiplicity", "exponent".

    Raises HypothesisError when M(x) = 0 or when eta_1 + y eta_2 = 0 in every component.
    """
    form = singular_form(point_matrix(problem.layered, problem.X[0]))
    if not form.rank:
        raise HypothesisError("M(x) = 0: the network does not see the point")
    side = 0 if problem.y[0] > 0 else 1
    growing = [j for j, flags in enumerate(form.cancellations(*problem.v0)) if not flags[side]]
    if not growing:
        raise HypothesisError("eta_1 + y eta_2 = 0 in every singular component: the loss cannot fall below 1")
    bits = working_bits(digits)
    svd = form.balls(bits)
    with ball_precision(bits):
        top = max((svd.s[j] for j in growing), key=float)
        places = [j for j in growing if svd.s[j].overlaps(top)]
        layers = _aligned(svd, problem, places)
        value = unit_ball(coefficients_in_balls(problem.layered, layers))
        v = tuple(unit_ball(layer) for layer in layers)
        others = [s for j, s in enumerate(svd.s) if j in growing and not s.overlaps(top)]
        rate = float(1 - max(others, key=float) / top) / 2 if others else 0.5
    details = {"multiplicity": len(places), "exponent": rate, "unique": True, "v": v}
    return Prediction(value, digits, "top singular pair of M(x) (K4)", details)


def _aligned(svd: SingularBalls, problem: Problem, places: Sequence[int]) -> tuple[list[Ball], list[Ball]]:
    """(U_1 e, y U_2 e), e = eta_1 + y eta_2 at the start on `places`, 0 elsewhere."""
    y = ball(problem.y[0])
    first, second = ([ball(x) for x in layer] for layer in problem.v0)
    e = []
    for j in places:
        eta_1 = sum((row[j] * x for row, x in zip(svd.U1, first, strict=True)), ball(0))
        eta_2 = sum((row[j] * x for row, x in zip(svd.U2, second, strict=True)), ball(0))
        e.append(eta_1 + y * eta_2)
    v_1, v_2 = (
        [sum((row[j] * x for j, x in zip(places, e, strict=True)), ball(0)) for row in U]
        for U in (svd.U1, svd.U2)
    )
    return v_1, [y * entry for entry in v_2]


def short_filter_direction(x: Sequence[Fraction], y: Fraction, size: int) -> tuple[Fraction, ...]:
    """K4 in closed form, unnormalised.

    Filter size 1 gives y x; size 2 gives y (2x +- (left shift + right shift of x)) for d >= 3.
    HypothesisError for other sizes, d < 3 with size 2, and x orthogonal to its shift.
    """
    d = len(x)
    if size == 1:
        return tuple(y * entry for entry in x)
    if size != 2 or d < 3:
        raise HypothesisError("the closed form is for filters of size 1, or size 2 with d >= 3")
    left = [x[(i + 1) % d] for i in range(d)]
    right = [x[(i - 1) % d] for i in range(d)]
    overlap = sum((p * q for p, q in zip(x, left, strict=True)), Fraction(0))
    if overlap == 0:
        raise HypothesisError("x is orthogonal to its shift: the largest singular value is double")
    side = 1 if overlap > 0 else -1
    return tuple(y * (2 * c + side * (p + q)) for c, p, q in zip(x, left, right, strict=True))
