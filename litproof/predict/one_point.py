"""K4: two layers, one data point, any M. The layers align with the top singular pair of M(x)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.errors import HypothesisError
from litproof.networks.svd import SingularBalls, point_matrix, singular_form
from litproof.precision import ball_precision
from litproof.predict.balls import Ball, ball
from litproof.predict.directions import unit_ball, working_bits
from litproof.predict.two_layer import coefficients_in_balls
from litproof.problem import Problem
from litproof.results import Prediction


def one_point_direction(problem: Problem, digits: int) -> Prediction:
    """The limit of beta/||beta||_2: v_1 -> U_1 e, v_2 -> y U_2 e, e on the largest singular value.

    Raises HypothesisError when M(x) = 0, when a component starts with eta_1^2 = eta_2^2 (K4 asks for a
    gap), or when the largest singular value is multiple and the direction depends on e.
    """
    form = singular_form(point_matrix(problem.network, problem.X[0]))
    if not form.rank:
        raise HypothesisError("M(x) = 0: the network does not see the point")
    if any(any(pair) for pair in form.cancellations(*problem.v0)):
        raise HypothesisError("a singular component starts with eta_1^2 = eta_2^2 (expected a gap, K4)")
    bits = working_bits(digits)
    svd = form.balls(bits)
    with ball_precision(bits):
        top = max(svd.s, key=float)
        places = [j for j, s in enumerate(svd.s) if s.overlaps(top)]
        if len(places) > 1 and not _isotropic(problem, svd, places):
            raise HypothesisError(
                f"the largest singular value of M(x) has multiplicity {len(places)}: "
                "the direction depends on the start"
            )
        beta = _product(problem, svd, places[0], places[0])
        y = ball(problem.y[0])
        second = max((s for s in svd.s if not s.overlaps(top)), key=float, default=None)
        rate = 0.5 if second is None else float(1 - second / top) / 2
        value = unit_ball([y * entry for entry in beta])
    words = "top singular pair of M(x) (K4)"
    return Prediction(value, digits, words, {"multiplicity": len(places), "exponent": rate, "unique": True})


def _product(problem: Problem, svd: SingularBalls, a: int, b: int) -> list[Ball]:
    """Coefficients of the network with v_1 = left vector a, v_2 = right vector b."""
    layers = ([row[a] for row in svd.U1], [row[b] for row in svd.U2])
    return coefficients_in_balls(problem.network, layers)


def _isotropic(problem: Problem, svd: SingularBalls, places: Sequence[int]) -> bool:
    """Whether beta(U_1 e, U_2 e) has one direction for all e on `places` (seen in balls, not proved)."""
    first = _product(problem, svd, places[0], places[0])
    for a in places:
        for b in places:
            pair = [
                p + q for p, q in zip(_product(problem, svd, a, b), _product(problem, svd, b, a), strict=True)
            ]
            goal = [2 * x if a == b else 0 * x for x in first]
            if not all(p.overlaps(g) for p, g in zip(pair, goal, strict=True)):
                return False
    return True


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
