"""Where a problem is so special that a false formula is true there, by symmetries of its data and of its start.

The flow never leaves an invariant subspace V, nor the start plus the span of its velocities on V. From that alone may
follow the limit, where the beta there hold one interpolator only: a formula that has the symmetries says no more than
they do. And a quantity that does not change there says nothing of the flow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from random import Random

from litproof.algebra.linear import combination, dot, rank, row_echelon
from litproof.claims.hypotheses import initial_velocity
from litproof.claims.types import Answer, Compare
from litproof.dynamics import Mirror, WeightDecay
from litproof.flow.invariant_subspace import invariant_subspace
from litproof.flow.program import Operators, split
from litproof.flow.trace import trace_flow, trace_gradient
from litproof.problem import Problem
from litproof.results import Measurement, Prediction

Vector = tuple[Fraction, ...]

_SPARE = 5
"""Points beyond the dimension from which a span is read: all of them are in a smaller one with probability 0 nearly."""


def true_by_symmetry(compare: Compare) -> Callable[[Prediction, Prediction, Measurement], bool]:
    """For `Mutant.vacuous`: whether a statement about the limit holds, where symmetries leave one interpolator."""

    def vacuous(false: Prediction, prediction: Prediction, measurement: Measurement) -> bool:
        if not limit_by_symmetry(prediction.details["problem"]):
            return False
        return compare(false, measurement, prediction.digits).answer is Answer.HOLDS

    return vacuous


@lru_cache(maxsize=32)
def limit_by_symmetry(problem: Problem) -> bool:
    """Whether the beta that the flow can reach, moving as it does within its invariant subspace, hold one interpolator.

    Their differences span a space that meets the kernel of X in 0.
    """
    directions = moving_directions(problem)
    if directions is None:
        return False
    network = problem.network
    points = near_start(problem, directions, network.input_dim + _SPARE)
    first, *others = [network.coefficients(split(point, network.shapes)) for point in points]
    changes = [[Fraction(a - b) for a, b in zip(beta, first, strict=True)] for beta in others]
    return rank(changes) == rank([[dot(row, change) for row in problem.X] for change in changes])


@lru_cache(maxsize=32)
def moving_directions(problem: Problem) -> tuple[Vector, ...] | None:
    """Directions d_1..d_r such that the path stays in the start plus their span; None where that is not known.

    Of the squared loss: the span of all velocities within the invariant subspace, in row echelon form; with weight
    decay, which moves along the parameters themselves, of the start as well.
    """
    if problem.loss is not None or isinstance(problem.dynamics, Mirror) or not _polynomial(problem):
        return None
    plain = replace(problem, dynamics=None)
    start = [entry for layer in problem.v0 for entry in layer]
    along = [start] if isinstance(problem.dynamics, WeightDecay) else []
    size = len(start)
    subspace = invariant_subspace(plain)
    everywhere = [tuple(Fraction(int(i == j)) for j in range(size)) for i in range(size)]
    points = _points(subspace.basis if subspace else everywhere, size + _SPARE)
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


def _polynomial(problem: Problem) -> bool:
    return problem.task == "regression" and trace_gradient(problem.network).is_polynomial


def _points(basis: Sequence[Sequence[Fraction]], count: int) -> list[Vector]:
    rng = Random(0)
    return [combination([Fraction(rng.randint(-999, 999)) for _ in basis], basis) for _ in range(count)]
