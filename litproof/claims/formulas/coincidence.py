"""Where a problem is so special that a false formula is true there, by symmetries of its data and of its start.

The flow never leaves an invariant subspace V, nor the start plus the span of its velocities on V. From that alone may
follow the limit, where the beta there hold one interpolator only: a formula that has the symmetries says no more than
they do. And a quantity that does not change there says nothing of the flow. Nor does a formula of a direction that is
rational, and known without the flow to fulfil claim and formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from random import Random

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.algebra.linear import combination, dot, identity, rank, row_echelon
from litproof.claims.formulas.judging import judge_moment
from litproof.claims.formulas.moments import ALONG, uses
from litproof.claims.formulas.path_points import exact_moment
from litproof.claims.formulas.relations import parts_of
from litproof.claims.hypotheses import initial_velocity
from litproof.claims.types import Answer, Compare
from litproof.dynamics import Mirror, WeightDecay
from litproof.flow.invariant_subspace import invariant_subspace
from litproof.flow.program import Operators, split
from litproof.flow.trace import trace_flow, trace_gradient
from litproof.formula.setting import Setting
from litproof.language.tree import names
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Measurement, Prediction

Vector = tuple[Fraction, ...]

_STATES = 4
_GUARD = 40
_SPARE = 5
"""Points beyond the dimension from which a span is read: all of them are in a smaller one with probability 0 nearly.
Also digits that a measured direction may lack."""
_TIMES = 3
"""How many times the digits of the flow exact numbers are tried with."""


def true_by_symmetry(compare: Compare) -> Callable[[Prediction, Prediction, Measurement], bool]:
    """For `Mutant.vacuous`: whether a statement about the limit holds where symmetries leave one only."""

    def vacuous(false: Prediction, prediction: Prediction, measurement: Measurement) -> bool:
        problem = prediction.details["problem"]
        if not (limit_by_symmetry(problem) or direction_by_symmetry(problem)):
            return False
        return compare(false, measurement, prediction.digits).answer is Answer.HOLDS

    return vacuous


def true_of_rational_direction(compare: Compare) -> Callable[[Prediction, Prediction, Measurement], bool]:
    """For `Mutant.vacuous`: whether claim and variant both hold, to many more digits, at one rational direction.

    The conditions are then checked at exact numbers, in which the flow has no part: these data have one limit that
    fulfils both.
    """

    def vacuous(false: Prediction, prediction: Prediction, measurement: Measurement) -> bool:
        problem, digits = prediction.details["problem"], _TIMES * prediction.digits
        if problem.task != "classification" or not measurement.converged:
            return False
        there = _at_rational_direction(measurement, digits)
        if there is None or any(map(_speaks_of_parameters, (prediction, false))):
            return False
        if compare(false, measurement, prediction.digits).answer is Answer.VIOLATED:
            return False
        return all(compare(one, there, digits).answer is Answer.HOLDS for one in (prediction, false))

    return vacuous


def true_of_direction(compare: Compare) -> Callable[[Prediction, Prediction, Measurement], bool]:
    """For `Mutant.vacuous`, of statements about a limit: true by symmetry, or of a rational direction."""
    checks = true_by_symmetry(compare), true_of_rational_direction(compare)

    def vacuous(false: Prediction, prediction: Prediction, measurement: Measurement) -> bool:
        return any(check(false, prediction, measurement) for check in checks)

    return vacuous


def _speaks_of_parameters(prediction: Prediction) -> bool:
    """Whether a statement is about more than the directions of beta and of the gradient by it."""
    if "relation" not in prediction.details:
        return False
    parts = parts_of(prediction.details["relation"], prediction.details["problem"])
    return any("v" in names(side) or uses(side, "rate") for p in parts for side in (p.left, p.right))


def _at_rational_direction(measurement: Measurement, digits: int) -> Measurement | None:
    """The measurement with a rational direction, and gradient, in place of its own; None where none is near."""
    beta = rational_direction(measurement.value, measurement.digits)
    if beta is None:
        return None
    unit = Fraction(1, 10 ** (_TIMES * digits))
    there = replace(measurement, value=beta, error=Fraction(0), digits=2 * digits)
    moments = []
    for moment in measurement.details.get("moments", ()):
        if moment.time is not None:
            return None
        gradient = moment.gradient and rational_direction(moment.gradient, measurement.digits)
        gradient = (
            moment.gradient if gradient is None else gradient
        )  # as measured: where beta is 0 it does not matter
        with ball_precision(digits_to_bits(2 * _TIMES * digits)):
            beta, gradient = (tuple(map(dyadic, _unit(v))) if v else () for v in (beta, gradient))
        radius = (unit,) * len(beta)
        moments.append(replace(moment, layers=(), beta=beta, beta_radius=radius, gradient=gradient))
    return replace(there, details={**measurement.details, "moments": tuple(moments)}) if moments else there


def _unit(vector: Sequence[Fraction]) -> list[Ball]:
    size = ball(sum((x * x for x in vector), Fraction(0))).sqrt()
    return [ball(x) / size for x in vector]


def rational_direction(vector: Sequence[Fraction], digits: int) -> Vector | None:
    """A vector of short rational numbers, the largest 1 or -1, with this direction; None where none is near enough.

    Examples
    --------
    >>> [str(x) for x in rational_direction((Fraction(6, 10), Fraction(-8, 10), Fraction(1, 10**31)), 30)]
    ['3/4', '-1', '0']
    """
    largest = max(map(abs, vector))
    if not largest:
        return None
    scaled = [x / largest for x in vector]
    short = [x.limit_denominator(10 ** (digits // 3)) for x in scaled]
    near = Fraction(1, 10 ** (digits - _SPARE))
    return tuple(short) if all(abs(a - b) <= near for a, b in zip(scaled, short, strict=True)) else None


def true_of_reachable_states(false: Prediction, prediction: Prediction, measurement: Measurement) -> bool:
    """For `Mutant.vacuous`: whether equations hold at states that have no more of the flow than its symmetries.

    States drawn at random from the start and the directions in which the flow moves, where these are not all.
    """
    relation, problem = false.details["relation"], prediction.details["problem"]
    directions = moving_directions(problem)
    parts = parts_of(relation, problem)
    if not directions or len(directions) == sum(problem.network.shapes) or any(p.sign != "=" for p in parts):
        return False
    digits = prediction.digits
    with ball_precision(digits_to_bits(2 * (digits + _GUARD))):
        for point in near_start(problem, directions, _STATES):
            moment = exact_moment(problem, Fraction(1), split(point, problem.network.shapes))
            judged = judge_moment(parts, Setting(problem, ALONG), moment, digits)
            if any(one.answer is not True for one in judged):
                return False
    return bool(parts)


@lru_cache(maxsize=32)
def direction_by_symmetry(problem: Problem) -> bool:
    """Whether the beta of the invariant subspace of a classification are multiples of one vector."""
    if problem.task != "classification":
        return False
    network, basis = problem.network, _invariant(problem)
    if basis is None:
        return False
    points = _points(basis, network.input_dim + _SPARE)
    return rank([list(map(Fraction, network.coefficients(split(p, network.shapes)))) for p in points]) <= 1


@lru_cache(maxsize=32)
def limit_by_symmetry(problem: Problem) -> bool:
    """Whether the beta that the flow can reach, moving as it does within its invariant subspace, hold one interpolator.

    Their differences span a space that meets the kernel of X in 0.
    """
    directions = moving_directions(problem)
    if directions is None or problem.task == "classification":
        return False
    network = problem.network
    points = near_start(problem, directions, network.input_dim + _SPARE)
    first, *others = [network.coefficients(split(point, network.shapes)) for point in points]
    changes = [[Fraction(a - b) for a, b in zip(beta, first, strict=True)] for beta in others]
    return rank(changes) == rank([[dot(row, change) for row in problem.X] for change in changes])


@lru_cache(maxsize=32)
def moving_directions(problem: Problem) -> tuple[Vector, ...] | None:
    """Directions d_1..d_r such that the path stays in the start plus their span; None where that is not known.

    Of classification the invariant subspace itself. Of the squared loss the span of all velocities within it, in row
    echelon form; with weight decay, which moves along the parameters themselves, of the start as well.
    """
    if problem.task == "classification":
        return _invariant(problem)
    if problem.loss is not None or isinstance(problem.dynamics, Mirror):
        return None
    if not trace_gradient(problem.network).is_polynomial:
        return None
    plain = replace(problem, dynamics=None)
    start = [entry for layer in problem.v0 for entry in layer]
    along = [start] if isinstance(problem.dynamics, WeightDecay) else []
    size = len(start)
    subspace = invariant_subspace(plain)
    points = _points(subspace.basis if subspace else identity(size), size + _SPARE)
    if not any(map(any, initial_velocity(plain))):
        points = []
    flow = trace_flow(problem.network, problem.X, problem.y, weights=problem.row_weights)
    reduced, _ = row_echelon([*along, *(flow.evaluate(Operators(), list(p), "velocity") for p in points)])
    return tuple(map(tuple, reduced))


def near_start(problem: Problem, directions: Sequence[Vector], count: int) -> list[Vector]:
    """Points of the start plus the span of `directions`, drawn at random."""
    start = tuple(entry for layer in problem.v0 for entry in layer)
    moves = _points(directions, count) if directions else [(Fraction(0),) * len(start)] * count
    size = max(map(abs, start), default=Fraction(0)) or Fraction(1)
    return [tuple(a + size * b / 1000 for a, b in zip(start, move, strict=True)) for move in moves]


def _invariant(problem: Problem) -> tuple[Vector, ...] | None:
    """The invariant subspace of a classification by gradient flow, which is the same for all losses."""
    plain = replace(problem, loss=None)
    subspace = None if problem.dynamics is not None else invariant_subspace(plain)
    return None if subspace is None else subspace.basis


def _points(basis: Sequence[Sequence[Fraction]], count: int) -> list[Vector]:
    rng = Random(0)
    return [combination([Fraction(rng.randint(-999, 999)) for _ in basis], basis) for _ in range(count)]
