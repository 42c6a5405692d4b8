"""Flows with any loss, momentum, weight decay or a mirror map, followed to their limit and along their path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import exp, inf, log
from typing import Any

import sympy as sp

from litproof.decimals import decimal
from litproof.dynamics import Mirror, Momentum, WeightDecay
from litproof.errors import Inconclusive, InputError
from litproof.flow.lift import beta_at
from litproof.flow.motion import Motion, phases, slope_expression, trace_clocked_motion
from litproof.flow.program import split
from litproof.flow.trace import trace_gradient
from litproof.integrate.arithmetic import FixedPoint, Scalars
from litproof.integrate.regression import taylor
from litproof.integrate.regression.taylor import StationaryPoint
from litproof.integrate.training.jump import Landings, Settling
from litproof.integrate.watch import keep, keeping, tell, thinned
from litproof.precision import digits_to_bits
from litproof.problem import Problem
from litproof.results import Measurement

_LN10 = log(10.0)
_GUARD = 10
_SPARE_BITS = 40
MOST_STEPS = 4000
_BLOWN_UP = 12
"""Decimal orders of growth after which parameters are taken to grow beyond all bounds in finite time."""
"""Steps of one run."""

_COLLAPSED = Fraction(1, 10**12)
"""Steps shorter than this part of the time: a function of the flow has a pole there."""

Layers = tuple[tuple[Fraction, ...], ...]
Track = list[tuple[Fraction, tuple[Fraction, ...]]]
"""(t, beta) on the way."""

_LATEST = Fraction(10**300)
"""Times beyond what a double holds count as this one."""


def rests_above_zero(problem: Problem) -> bool:
    """Whether the motion may come to rest, rightly, where residuals are not 0."""
    if isinstance(problem.dynamics, WeightDecay) and problem.dynamics.until is None:
        return True
    return bool(slope_at_zero(problem) != 0) or problem.task == "classification"


def slope_at_zero(problem: Problem) -> sp.Expr:
    """ell'(0)."""
    symbol, slope = slope_expression(problem)
    return slope.subs(symbol, 0)


def is_flat(problem: Problem) -> bool:
    """Whether ell''(0) = 0: residuals then decay like a power of the time, and slopes faster than residuals."""
    symbol, slope = slope_expression(problem)
    return bool(sp.diff(slope, symbol).subs(symbol, 0) == 0)


@dataclass
class _Endpoint:
    """The end of one run."""

    time: Fraction
    theta: tuple[Fraction, ...]
    beta: tuple[Fraction, ...]
    left: float
    steps: int
    reason: str = ""
    rests: bool = False


def follow_motion(
    problem: Problem, digits: int, *, more: int = 0, max_steps: int = MOST_STEPS
) -> Measurement:
    """Follow a regression problem's motion until beta is known to about `digits` digits of max |beta|.

    Parameters
    ----------
    more : further digits to work with: another order, other steps and other rounding, for a second opinion.

    Returns
    -------
    Measurement
        error : estimate of what is left of the path, no bound of the errors of integration (`more` shows these).
        converged False with a reason where the budget ends, or the motion rests above zero loss.

    Raises
    ------
    InputError : the task is not regression, or what `trace_motion` refuses.
    """
    if problem.task != "regression":
        raise InputError("expected a regression problem", key="task.kind", source=problem.name)
    track: Track = []
    endpoint = _run(problem, digits, digits + _GUARD + more, max_steps, track)
    keep(problem, "t", lambda: thinned([*track, (endpoint.time, endpoint.beta)]))
    residual = max(map(abs, problem.residual(endpoint.beta)))
    shown = decimal(residual)
    above = endpoint.rests and not endpoint.reason and residual > Fraction(1, 10 ** (digits // 2))
    if above and not (rests_above_zero(problem) or problem.has_dependent_rows):
        endpoint.reason = "it comes to rest above zero loss"
    return Measurement(
        value=endpoint.beta,
        parameters=split(endpoint.theta, problem.network.shapes),
        error=Fraction(endpoint.left) if endpoint.left < inf else Fraction(10) ** 300,
        residual=residual,
        clock={"t": decimal(endpoint.time)},
        digits=digits,
        method=f"Taylor method for {problem.training or 'gradient flow'} in the original parameters",
        converged=not endpoint.reason,
        reason=endpoint.reason and f"{endpoint.reason} (residual {shown} at t = {decimal(endpoint.time)})",
        details={"steps": endpoint.steps},
        at_rest=endpoint.rests and bool(endpoint.reason),
    )


def _arithmetic(problem: Problem, work: int) -> FixedPoint:
    """Bits for `work` digits of the slopes as well, which may be far smaller than the residuals."""
    return FixedPoint(digits_to_bits(work * (3 if is_flat(problem) else 1)) + _SPARE_BITS)


def _run(problem: Problem, digits: int, work: int, max_steps: int, track: Track) -> _Endpoint:
    clocked = _clocked(problem)
    arithmetic = FixedPoint(digits_to_bits(2 * work) + _SPARE_BITS) if clocked else _arithmetic(problem, work)
    theta = [q for layer in problem.v0 for q in layer]
    track.append((Fraction(0), beta_at(problem.network, problem.v0, digits, problem.name)))
    time = Fraction(0)
    *earlier, (motion, _) = [(clocked, False)] if clocked else phases(problem)
    steps = 0
    for before, _ in earlier:
        pieces = taylor.integrate(
            before.program, arithmetic, before.start(theta, 2 * work), float(work), end=Fraction(1)
        )
        try:
            for piece in pieces:
                steps += 1
                if steps > max_steps:
                    return _cut(problem, motion, arithmetic, theta, time, steps)
                theta = [arithmetic.fraction(x) for x in piece.state[: before.parameters]]
                if keeping():
                    moment = piece.end * _until(problem)
                    here = split(tuple(theta), problem.network.shapes)
                    track.append((moment, beta_at(problem.network, here, digits, problem.name)))
        except StationaryPoint:
            pass
        time = _until(problem)
    return _to_rest(problem, motion, arithmetic, theta, time, digits, work, max_steps - steps, track)


def _clocked(problem: Problem) -> Motion | None:
    """The motion over another time, where residuals decay like a power of t."""
    flat = is_flat(problem) and not problem.has_dependent_rows
    return trace_clocked_motion(problem) if flat else None


def _until(problem: Problem) -> Fraction:
    assert isinstance(problem.dynamics, WeightDecay)
    assert problem.dynamics.until is not None
    return problem.dynamics.until


def _to_rest(
    problem: Problem,
    motion: Motion,
    arithmetic: FixedPoint,
    theta: Sequence[Fraction],
    time: Fraction,
    digits: int,
    work: int,
    max_steps: int,
    track: Track,
) -> _Endpoint:
    program, size = motion.program, motion.parameters
    start = motion.start(theta, 2 * work)
    landings = Landings(trace_gradient(problem.network), problem.X, arithmetic.bits)
    jumps = not (
        isinstance(problem.dynamics, Mirror) or rests_above_zero(problem) or problem.has_dependent_rows
    )
    mass = problem.dynamics.mass if isinstance(problem.dynamics, Momentum) else Fraction(0)
    settling, scalars, steps = Settling(), Scalars(arithmetic), 0
    state: Sequence[Any] = [arithmetic.number(q) for q in start]
    now = time

    def beta_here(values: Sequence[Any]) -> tuple[Fraction, ...]:
        return tuple(arithmetic.fraction(values[a]) for a in program.outputs["beta"])

    try:
        for piece in taylor.integrate(program, arithmetic, start, float(work)):
            steps, state = steps + 1, piece.state
            clock = motion.clock
            now = clock.time(arithmetic.fraction(state[size])) if clock else time + piece.end
            values = program.run(scalars, state)
            beta = beta_here(values)
            track.append((now, beta))
            tell(f"following {problem.training or 'gradient flow'}", partial(_clock, now))
            goal = 10.0 ** -(digits + 3) * float(max(map(abs, beta)) or 1)
            here = tuple(arithmetic.fraction(x) for x in state[:size])
            residual = [values[a] for a in program.outputs["residual"]]
            near = max(map(arithmetic.log_size, residual))
            if jumps and landings.due(near):
                carried = [mass * arithmetic.fraction(x) for x in state[size : 2 * size]] if mass else []
                left = landings.tried(near, [arithmetic.fraction(x) for x in residual], here, carried)
                if left < goal and landings.last is not None:
                    end = landings.last
                    return _Endpoint(now, end.parameters, end.beta, left, steps)
            collapsed = not clock and piece.end - piece.start < now * _COLLAPSED
            if collapsed and (edge := _edge(motion, arithmetic, state)):
                return _Endpoint(now, here, beta, inf, steps, f"the flow ends at t = {decimal(now)}: {edge}")
            moving = program.outputs["velocity"][: size * 2 if mass else size]
            speed = max(arithmetic.log_size(values[a]) for a in moving)
            left = settling.remaining(float(min(piece.end, _LATEST)), speed)
            if left < log(goal):
                return _Endpoint(now, here, beta, exp(left), steps, rests=True)
            if steps >= max_steps:
                return _Endpoint(now, here, beta, inf, steps, f"budget of {max_steps} steps used up")
    except StationaryPoint:
        pass
    except Inconclusive as lost:
        values = program.run(scalars, state)
        here = tuple(arithmetic.fraction(x) for x in state[:size])
        return _Endpoint(now, here, beta_here(values), inf, steps, str(lost))
    values = program.run(scalars, state)
    here = tuple(arithmetic.fraction(x) for x in state[:size])
    return _Endpoint(now, here, beta_here(values), 0.0, steps, rests=True)


def _edge(motion: Motion, arithmetic: FixedPoint, state: Sequence[Any]) -> str:
    """Where the functions say that the flow leaves its domain: see `Lifted.edge`."""
    first = motion.parameters + motion.resting
    return motion.lifted.edge([arithmetic.log_size(x) for x in state[first:]])


def _clock(time: Fraction) -> str:
    return f"t = {decimal(time)}"


def _cut(
    problem: Problem,
    motion: Motion,
    arithmetic: FixedPoint,
    theta: Sequence[Fraction],
    time: Fraction,
    steps: int,
) -> _Endpoint:
    beta = beta_at(problem.network, split(tuple(theta), problem.network.shapes), 30)
    return _Endpoint(time, tuple(theta), beta, inf, steps, f"budget of {steps - 1} steps used up")


def motion_path(
    problem: Problem, times: Sequence[Fraction], digits: int, *, max_steps: int = MOST_STEPS
) -> tuple[tuple[Fraction, Layers], ...]:
    """The path of a problem's motion: (t, layers v_1..v_L) for each time asked for, in their order.

    Parameters
    ----------
    times : exact, nonnegative, any order. digits : decimal digits after the point.

    Raises
    ------
    InputError : a negative time. Inconclusive : the flow ends, or the budget of steps, before the last time.
    """
    states, size = _states_at(problem, times, digits, max_steps), sum(problem.network.shapes)
    path = tuple((t, split(states[t][:size], problem.network.shapes)) for t in times)
    keep(problem, "t", lambda: ((t, beta_at(problem.network, layers, digits)) for t, layers in path))
    return path


def momentum_path(
    problem: Problem, times: Sequence[Fraction], digits: int, *, max_steps: int = MOST_STEPS
) -> tuple[tuple[Fraction, Layers, Layers], ...]:
    """The path of a flow with momentum: (t, layers, their rates of change) for each time; see `motion_path`."""
    states, size = _states_at(problem, times, digits, max_steps), sum(problem.network.shapes)
    shapes = problem.network.shapes
    return tuple(
        (t, split(states[t][:size], shapes), split(states[t][size : 2 * size], shapes)) for t in times
    )


def _states_at(
    problem: Problem, times: Sequence[Fraction], digits: int, max_steps: int
) -> dict[Fraction, tuple[Fraction, ...]]:
    """Parameters, and what is carried beside them, at the times."""
    if any(t < 0 for t in times):
        raise InputError(f"expected times >= 0, got {min(times)}", source=problem.name)
    work = digits + _GUARD
    arithmetic = _arithmetic(problem, work)
    theta = [q for layer in problem.v0 for q in layer]
    states: dict[Fraction, tuple[Fraction, ...]] = {Fraction(0): (*theta, *(Fraction(0),) * len(theta))}
    offset, steps = Fraction(0), 0
    first = max(0.0, largest(arithmetic, [arithmetic.number(q) for q in theta]))
    for motion, ends in phases(problem):
        pace = _until(problem) if ends else Fraction(1)
        waiting = sorted(t for t in set(times) if t > offset and (not ends or t <= offset + pace))
        if not waiting and not ends:
            break
        start = motion.start(theta, 2 * work)
        pieces = taylor.integrate(
            motion.program, arithmetic, start, float(work), end=Fraction(1) if ends else None
        )
        state: tuple[Any, ...] = tuple(arithmetic.number(q) for q in start)
        try:
            for piece in pieces:
                steps, state = steps + 1, piece.state
                while waiting and waiting[0] <= offset + piece.end * pace:
                    moment = waiting.pop(0)
                    values = piece.at((moment - offset) / pace)
                    states[moment] = tuple(map(arithmetic.fraction, values))
                if not waiting and not ends:
                    break
                now = offset + piece.end * pace
                if piece.end - piece.start < now * _COLLAPSED and (edge := _edge(motion, arithmetic, state)):
                    raise Inconclusive(f"the flow ends at t = {decimal(now)}: {edge}")
                if largest(arithmetic, state[: motion.parameters]) > _BLOWN_UP + first:
                    raise Inconclusive(
                        f"the flow blows up: its parameters grow beyond 10^{_BLOWN_UP} times the start at "
                        f"t = {decimal(now)}; ask for earlier times"
                    )
                if steps > max_steps:
                    raise Inconclusive(
                        f"budget of {max_steps} steps used up at t = {decimal(now)}; ask for earlier times"
                    )
        except StationaryPoint:
            pass
        theta = [arithmetic.fraction(x) for x in state[: motion.parameters]]
        states |= {moment: tuple(map(arithmetic.fraction, state)) for moment in waiting}
        offset += pace
    return states


def largest(arithmetic: FixedPoint, values: Sequence[Any]) -> float:
    """log10 of the largest of some numbers."""
    return max(map(arithmetic.log_size, values)) / _LN10
