"""What following a flow typically takes, from sizes alone: the same answer on every machine, before anything is traced.

Both are meant for one decision, whether a flow whose limit is proved is followed beside the proof.
"""

from math import inf

from litproof.flow.data_span import data_span
from litproof.flow.trace import trace_gradient
from litproof.integrate.budget import SECOND, operations_of, sweeps_cost
from litproof.problem import Problem

FEW_SECONDS = 3 * SECOND

_DENSE = 1 / 20
"""Operations for the cube of the number of parameters: Jacobians in doubles and their eigenvalues."""

_INTERVALS = 6
_NODES_A_DIGIT, _NODES = 3, 20
"""Intervals and nodes of collocation on ordinary problems (2 to 40 inputs, depths 2 and 3, 20 to 100 digits)."""

_SHARE = 0.25
"""Share of the operations counted by `budget.collocation_cost`: not every interval has all nodes."""

_STEPS_A_DIGIT, _STEPS = 2, 25
_FEW_BITS = 64
"""To see how large a network is in the span of its data."""

_UNKNOWN, _PAIR = 2e-4 * SECOND, 1e-6 * SECOND
"""Radau on the same problems: steps, and operations a step for each unknown and for each pair of them."""


def regression_run(problem: Problem, digits: int) -> float:
    """Operations that following a regression flow takes, within a factor of 3 on ordinary problems.

    Infinite where the number of parameters alone rules it out.
    """
    if span := data_span(problem, _FEW_BITS):
        problem = span.problem
    dense = _DENSE * sum(problem.network.shapes) ** 3
    if dense > FEW_SECONDS:
        return inf  # nothing is traced
    one = operations_of(trace_gradient(problem.network)) + 2 * len(problem.X) * len(problem.X[0])
    return dense + _SHARE * _INTERVALS * sweeps_cost(one, _NODES_A_DIGIT * digits + _NODES)


def classification_run(problem: Problem, digits: int) -> float:
    """Operations that following a direction takes, within a factor of 3 on ordinary problems."""
    size = sum(problem.network.shapes) + len(problem.X)
    return (_STEPS_A_DIGIT * digits + _STEPS) * size * (_UNKNOWN + size * _PAIR)
