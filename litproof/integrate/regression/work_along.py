"""The path of the regression flow with the accumulated residual and the work done along it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.errors import Inconclusive
from litproof.flow.program import split
from litproof.flow.trace import trace_work
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression import taylor
from litproof.precision import digits_to_bits
from litproof.problem import Problem

_GUARD = 10
_SPARE_BITS = 40


@dataclass(frozen=True)
class WorkPoint:
    """The flow at one time.

    Attributes
    ----------
    time : t.
    layers : v_1..v_L, shapes (k_l,).
    nu : -int_0^t r, shape (n,).
    work : int_0^t f . r, with f = X beta.
    """

    time: Fraction
    layers: tuple[tuple[Fraction, ...], ...]
    nu: tuple[Fraction, ...]
    work: Fraction


def work_along(
    problem: Problem, times: Sequence[Fraction], digits: float, *, max_steps: int = 20000
) -> tuple[WorkPoint, ...]:
    """The flow in its original parameters at ascending positive times, `digits` digits after the point, by Taylor.

    Raises
    ------
    Inconclusive : the step budget ends before the last time.
    """
    program = trace_work(problem.network, problem.X, problem.y, problem.row_weights)
    n = len(problem.X)
    start = [*(q for layer in problem.v0 for q in layer), *(Fraction(0),) * (n + 1)]
    arithmetic = FixedPoint(digits_to_bits(digits + _GUARD) + _SPARE_BITS)
    waiting, points = list(times), []
    for steps, piece in enumerate(taylor.integrate(program, arithmetic, start, digits + _GUARD)):
        while waiting and waiting[0] <= piece.end:
            time = waiting.pop(0)
            state = [arithmetic.fraction(x) for x in piece.at(time)]
            layers = split(state[: -n - 1], problem.network.shapes)
            points.append(WorkPoint(time, layers, tuple(state[-n - 1 : -1]), state[-1]))
        if not waiting:
            return tuple(points)
        if steps >= max_steps:
            raise Inconclusive(f"budget of {max_steps} steps used up before t = {float(waiting[0]):.4g}")
    raise AssertionError("the integrator never stops by itself")
