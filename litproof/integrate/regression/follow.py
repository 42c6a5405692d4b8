"""Where the regression flow goes, followed in its original parameters, and its path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import ceil, inf, log, log10
from typing import Any, Literal

from litproof.deadline import OutOfTime
from litproof.decimals import decimal, decimal_log, decimal_root, power_of_ten
from litproof.errors import Inconclusive, InputError
from litproof.flow.folding import fold_coefficients
from litproof.flow.invariant_subspace import trace_kept_flow
from litproof.flow.program import Operators, Program, split
from litproof.flow.trace import trace_flow, trace_gradient
from litproof.integrate.arithmetic import FixedPoint, Scalars
from litproof.integrate.budget import Budget, collocation_cost, taylor_cost
from litproof.integrate.regression import collocation, taylor
from litproof.integrate.regression.error_estimate import ErrorTracker
from litproof.integrate.regression.remaining import Jump, jump_to_limit
from litproof.integrate.regression.spanned import State, follow_in_span
from litproof.integrate.regression.taylor import Piece, StationaryPoint
from litproof.integrate.watch import keep, keeping, tell, thinned
from litproof.precision import digits_to_bits
from litproof.problem import Problem
from litproof.results import Measurement

Method = Literal["taylor", "collocation"]
Integrator = Callable[..., Iterator[Piece]]

_LN10 = log(10.0)
_GUARD = 10
_POINTS = 4
"""Points of a recorded path within one step."""
_LONG, _LEAST_POINTS = 1000.0, 5
"""Factor in time over which growth is looked at, and steps that must lie in it."""
_SLOWEST, _ROUGH = 0.02, 0.7
"""Least exponents that count as growth and decay; sizes are known to a factor of two."""
_SPARE_BITS = 40
_ATTEMPTS = 3
_PILOT, _PILOT_FROM = 20, 60
"""With more digits than the second, a run with the first tells by how much the path amplifies errors."""
_STUCK_ATTEMPTS = 2
_MAX_STEPS = {"collocation": 600, "taylor": 4000}


def _integrator(method: str) -> Integrator:
    if method == "taylor":
        return taylor.integrate
    if method == "collocation":
        return collocation.integrate
    raise ValueError(f"method must be 'taylor' or 'collocation', got {method!r}")


@dataclass
class _Run:
    """What one run at one precision saw.

    Attributes
    ----------
    time, state : the last point of the path that the precision resolves: its velocity exceeds its error.
    jump : the limit, once it is known.
    error : log10 of the estimated integration error of the parameters.
    log10_unit : log10 of what significant digits of the limit are counted from.
    steps, size : intervals or steps, and the largest number of nodes or order among them.
    sizes : (log t, log of the loss, log of max |v|) after every step, the last two good to a factor of about two.
    stuck : the velocity fell below the integration error and no limit of zero loss was in sight.
    gave_up : what ended the run early, in words. work : decimal digits of the numbers.
    """

    time: Fraction = Fraction(0)
    state: tuple[Fraction, ...] = ()
    jump: Jump | None = None
    error: float = 0.0
    log10_unit: float = 0.0
    steps: int = 0
    size: int = 0
    stuck: bool = False
    gave_up: str = ""
    work: int = 0
    sizes: list[tuple[float, float, float]] = field(default_factory=list)

    @property
    def growth(self) -> tuple[float, float] | None:
        """(a, b) where over the last factor of _LONG in time max |v| ~ t^a grew and the loss ~ t^-b fell all along."""
        end = self.sizes[-1][0] if self.sizes else 0.0
        stretch = [point for point in self.sizes if point[0] >= end - log(_LONG)]
        if len(stretch) < _LEAST_POINTS or self.sizes[0][0] > end - log(_LONG):
            return None
        _, losses, sizes = zip(*stretch, strict=True)
        span = end - stretch[0][0]
        a, b = (sizes[-1] - sizes[0]) / span, (losses[0] - losses[-1]) / span
        steady = all(x >= y for x, y in pairwise(losses)) and all(x <= y + _ROUGH for x, y in pairwise(sizes))
        return (a, b) if steady and a > _SLOWEST and b > _SLOWEST else None


@dataclass(frozen=True)
class _Budget:
    """Steps of one run, and operations of all, after which a run gives up."""

    steps: int
    operations: Budget

    def used_up(self, steps: int) -> str:
        """What is used up, in words; empty while nothing is."""
        if steps >= self.steps:
            return f"budget of {steps} steps used up"
        if self.operations.used_up:
            return f"budget of {self.operations.operations:.2g} operations used up"
        return ""


def follow_to_limit(
    problem: Problem,
    digits: int,
    *,
    method: Method = "collocation",
    max_steps: int | None = None,
    operations: float = inf,
    record: list[State] | None = None,
) -> Measurement:
    """Follow the regression flow to its limit beta(infinity), to `digits` significant digits of max |beta|.

    The flow v' = -grad_v loss runs in the original parameters; no conserved quantity and no prediction is
    used. It ends where `remaining.jump_to_limit` bounds the distance to the limit. Integration error is
    estimated as the sum of local errors, each times exp of the integral of the largest eigenvalue of the
    flow's Jacobian (its logarithmic norm); when that is too large the run is repeated with more digits.

    Parameters
    ----------
    problem : a regression problem.
    digits : significant decimal digits of max |beta|.
    method : "collocation" (long intervals, implicit) or "taylor" (explicit).
    max_steps : budget of intervals or steps; 600 intervals or 4000 steps unless given.
    operations : budget of all runs together, see `integrate.budget`; looked at between steps.
    record : takes (t, parameters) of points along the last run.

    Returns
    -------
    Measurement
        converged False with a reason for a saddle, a sign that cannot change, or a budget used up.

    Raises
    ------
    InputError : the task is not regression.

    Examples
    --------
    >>> from litproof import example_problem
    >>> problem = example_problem("regression")
    >>> flow = follow_to_limit(problem, 15)
    >>> [round(float(b), 12) for b in flow.value], flow.error < Fraction(1, 10**15)
    ([0.141843875899, 0.42907806205], True)
    """
    _require_regression(problem)
    if record is None and keeping():
        record = []
    run = partial(_to_limit, method=method, max_steps=max_steps, operations=operations)
    given = problem.independent
    # Numbers that were rounded lie in no subspace any more.
    rounded = partial(run, trace=_trace_all)
    measurement = follow_in_span(given, digits, rounded, record) or run(given, digits, record)
    if measurement.at_rest and (folded := fold_coefficients(problem)) is not None:
        measurement = run(folded.independent, digits, record)
    shapes, coefficients = problem.network.shapes, problem.network.coefficients
    keep(problem, "t", lambda: ((t, coefficients(split(v, shapes))) for t, v in thinned(record or [])))
    return measurement


def _to_limit(
    problem: Problem,
    digits: int,
    record: list[State] | None,
    *,
    method: Method,
    max_steps: int | None,
    operations: float,
    trace: Callable[[Problem], Program] = trace_kept_flow,
) -> Measurement:
    budget = _Budget(_MAX_STEPS[method] if max_steps is None else max_steps, Budget(operations))
    flow, gradient = trace(problem), trace_gradient(problem.network)
    start = [q for layer in problem.v0 for q in layer]
    exact = flow.run(Operators(), start)
    speed = max(abs(exact[a]) for a in flow.outputs["velocity"])
    description = _method_text(method)
    if not speed:
        run = _Run(state=tuple(start), stuck=True)
        if record is not None:
            record[:] = [(Fraction(0), run.state)]
        if not any(exact[a] for a in flow.outputs["residual"]):
            run.jump = Jump(
                run.state, tuple(exact[a] for a in flow.outputs["beta"]), Fraction(0), Fraction(0), 0.0
            )
            run.error = -inf
        return _measurement(problem, flow, run, digits, description)
    extra = _GUARD + max(0, ceil(-decimal_log(speed)))
    if digits > _PILOT_FROM:
        pilot = _follow(problem, flow, gradient, start, _PILOT, _PILOT + extra, method, budget)
        if pilot.jump is not None:
            extra += max(0, _missing_digits(pilot, _PILOT) + 1)
    run, stuck = _Run(), 0
    for _ in range(_ATTEMPTS):
        run = _follow(problem, flow, gradient, start, digits, digits + extra, method, budget, record)
        missing = _missing_digits(run, digits)
        if run.jump is not None and missing <= 0:
            break
        if run.jump is None and not run.stuck:
            break
        if run.stuck:
            stuck += 1
            if stuck == _STUCK_ATTEMPTS:
                break
        extra += extra + 30 if run.stuck else max(missing, 10) + 3
    return _measurement(problem, flow, run, digits, description)


def _trace_all(problem: Problem) -> Program:
    return trace_flow(problem.network, problem.X, problem.y, weights=problem.row_weights)


def _method_text(method: str) -> str:
    return f"{method} in the original parameters"


def _clock(time: Fraction) -> str:
    return f"t = {decimal(time)}"


def _settled(log10_unit: float, residual: float) -> float:
    """Digits to which X beta = y holds."""
    return max(0.0, log10_unit - residual / _LN10)


def _within(piece: Piece) -> list[Fraction]:
    """Times within a piece, its end included."""
    return [piece.start + (piece.end - piece.start) * Fraction(k, _POINTS) for k in range(1, _POINTS + 1)]


def _require_regression(problem: Problem) -> None:
    if problem.task != "regression":
        message = f"expected a regression problem, got task {problem.task!r}"
        raise InputError(message, key="task.kind", source=problem.name)
    problem.require_plain("this integrator")


def _missing_digits(run: _Run, digits: int) -> int:
    """Digits by which the error exceeds 10^-(digits + 3) units."""
    if run.jump is None:
        return 1
    if run.error == -inf:
        return 0
    target = -digits - 3 + run.log10_unit
    return ceil(run.error + log10(run.jump.sensitivity + 1e-300) - target)


def _log10_unit(problem: Problem, beta: Sequence[Fraction]) -> float:
    """log10 of what digits are counted from: max |beta|, or 1 where X beta = y has no other solution than 0."""
    square = len(problem.X) == len(problem.X[0])
    return 0.0 if square and not any(problem.y) else decimal_log(max(map(abs, beta)))


def _follow(
    problem: Problem,
    flow: Program,
    gradient: Program,
    start: list[Fraction],
    digits: int,
    work: int,
    method: str,
    budget: _Budget,
    record: list[State] | None = None,
) -> _Run:
    """One run at `work` decimal digits."""
    if record is not None:
        record[:] = [(Fraction(0), tuple(start))]
    arithmetic = FixedPoint(digits_to_bits(work) + _SPARE_BITS)
    scalars = Scalars(arithmetic)
    run, tracker = _Run(state=tuple(start), work=work), ErrorTracker(flow, start)
    cost = collocation_cost if method == "collocation" else taylor_cost
    try:
        for piece in _integrator(method)(flow, arithmetic, start, float(work)):
            run.steps += 1
            budget.operations.spend(cost(flow, piece.size))
            run.size = max(run.size, piece.size)
            state = tuple(arithmetic.fraction(x) for x in piece.state)
            if record is not None:
                record += [(t, tuple(map(arithmetic.fraction, piece.at(t)))) for t in _within(piece)]
            tracker.add(piece, state)
            atoms = flow.run(scalars, piece.state)
            residual = max(arithmetic.log_size(atoms[a]) for a in flow.outputs["residual"])
            tell(
                "following the flow", partial(_clock, piece.end), partial(_settled, run.log10_unit, residual)
            )
            near = residual < -(digits / 2 + 2) * _LN10
            if near:
                jump = jump_to_limit(
                    gradient, problem.X, problem.y, state, arithmetic.bits, problem.row_weights
                )
                unit = _log10_unit(problem, jump.beta) if jump else -inf
                if jump and decimal_log(jump.distance) < unit - digits - 5:
                    run.time, run.state, run.jump, run.log10_unit = piece.end, state, jump, unit
                    break
            if near or piece.growth is not None or run.steps % 16 == 0:
                speed = max(arithmetic.log_size(atoms[a]) for a in flow.outputs["velocity"])
                error = tracker.log_error()
                if error > min(speed, 0.0):
                    run.stuck = True
                    break
            run.time, run.state = piece.end, state
            run.sizes.append(
                (
                    decimal_log(piece.end) * _LN10,
                    2 * residual,
                    max(arithmetic.log_size(x) for x in piece.state),
                )
            )
            run.gave_up = budget.used_up(run.steps)
            if run.gave_up:
                break
    except StationaryPoint:
        run.stuck = True
    except Inconclusive as lost:
        run.gave_up = str(lost)
    except OutOfTime as cut:
        run.gave_up = str(cut)
        cut.partial = _measurement(problem, flow, run, digits, _method_text(method))
        raise
    run.error = tracker.log_error() / _LN10
    return run


def _measurement(problem: Problem, flow: Program, run: _Run, digits: int, method: str) -> Measurement:
    shapes = problem.network.shapes
    clock = {"t": decimal(run.time)}
    details: dict[str, object] = {"steps": run.steps, "largest size": run.size, "working digits": run.work}
    if run.jump is not None and _missing_digits(run, digits) <= 0:
        jump = run.jump
        integration = power_of_ten(run.error + log10(jump.sensitivity + 1e-300))
        details |= {
            "bound of the remaining distance": decimal(jump.distance),
            "integration error": decimal(integration),
            "error of the parameters": jump.distance / Fraction(jump.sensitivity + 1e-300)
            + power_of_ten(run.error),
        }
        return Measurement(
            value=jump.beta,
            parameters=split(jump.parameters, shapes),
            error=jump.distance + integration,
            residual=jump.residual,
            clock=clock,
            digits=digits,
            method=method,
            details=details,
        )
    atoms = flow.run(Operators(), run.state)
    residual = [atoms[a] for a in flow.outputs["residual"]]
    speed = sum((atoms[a] ** 2 for a in flow.outputs["velocity"]), Fraction(0))
    loss = sum((r * r for r in residual), Fraction(0)) / 2
    grows = ""
    if run.growth is not None:
        a, b = run.growth
        grows = f"; the parameters grow like t^{a:.2g} while the loss falls like t^-{b:.2g}: no finite limit in sight"
    state = f"loss {decimal(loss)}, gradient norm {decimal_root(speed)} at t = {clock['t']}"
    if run.gave_up:
        reason = f"{run.gave_up} before the loss came close to zero{grows} ({state})"
    elif run.steps == 0:
        reason = (
            f"the flow does not move: the gradient vanishes at the start, but the loss does not ({state})"
        )
    elif run.stuck and run.error > 0:
        reason = f"the path amplifies errors beyond any use ({state})"
    elif run.stuck:
        reason = (
            f"the flow cannot be told from one that stays where the loss is not zero: its velocity fell below the "
            f"integration error of about 10^{run.error:.0f} ({state})"
        )
    else:
        reason = f"the path amplifies rounding errors beyond the precision tried ({state})"
    return Measurement(
        value=tuple(atoms[a] for a in flow.outputs["beta"]),
        parameters=split(run.state, shapes),
        error=Fraction(10) ** 300,
        residual=max(map(abs, residual)),
        clock=clock,
        digits=digits,
        method=method,
        converged=False,
        reason=reason,
        details=details,
        at_rest=not run.gave_up and (run.steps == 0 or run.stuck),
    )


def trajectory(
    problem: Problem,
    times: Sequence[Fraction],
    digits: int,
    *,
    method: Method = "collocation",
    max_steps: int = 4000,
) -> tuple[tuple[Fraction, tuple[tuple[Fraction, ...], ...]], ...]:
    """The path of the regression flow: (t, layers v_1..v_L) for each of the times asked for, in their order.

    Parameters
    ----------
    times : exact, nonnegative, any order.
    digits : decimal digits after the point.

    Raises
    ------
    InputError : a negative time, or a task other than regression.
    Inconclusive : the step budget ends before the last time.
    """
    _require_regression(problem)
    if any(t < 0 for t in times):
        raise InputError(f"expected times >= 0, got {min(times)}", source=problem.name)
    flow = trace_kept_flow(problem)
    start = [q for layer in problem.v0 for q in layer]
    arithmetic = FixedPoint(digits_to_bits(digits + _GUARD) + _SPARE_BITS)
    states: dict[Fraction, tuple[Fraction, ...]] = {t: tuple(start) for t in times if t == 0}
    waiting = sorted(set(times) - set(states))
    state: tuple[Any, ...] = tuple(arithmetic.number(q) for q in start)
    pieces = _integrator(method)(flow, arithmetic, start, float(digits + _GUARD))
    steps = 0
    try:
        while waiting:
            if steps == max_steps:
                raise Inconclusive(
                    f"budget of {max_steps} steps used up before t = {waiting[0]}; ask for earlier times"
                )
            piece = next(pieces)
            steps, state = steps + 1, piece.state
            while waiting and waiting[0] <= piece.end:
                time = waiting.pop(0)
                states[time] = tuple(arithmetic.fraction(x) for x in piece.at(time))
    except StationaryPoint:
        states |= {time: tuple(arithmetic.fraction(x) for x in state) for time in waiting}
    path = tuple((t, split(states[t], problem.network.shapes)) for t in times)
    keep(problem, "t", lambda: ((t, problem.network.coefficients(layers)) for t, layers in path))
    return path
