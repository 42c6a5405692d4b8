"""Gradient descent step by step: exact fractions as long as they are short, then many digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import exp, inf, log
from typing import Any

import gmpy2
import sympy as sp

from litproof.dynamics import GradientDescent
from litproof.errors import Inconclusive, InputError
from litproof.flow.motion import loss_expression, slope_expression
from litproof.flow.program import Operators, split
from litproof.flow.trace import trace_coefficients, trace_gradient
from litproof.integrate import permission
from litproof.integrate.budget import operations_of, spend_allowance
from litproof.integrate.classification.coordinates import to_real
from litproof.integrate.classification.reals import working_precision
from litproof.integrate.training.jump import Landings, Settling
from litproof.integrate.watch import keep, keeping, tell, thinned
from litproof.precision import digits_to_bits
from litproof.problem import Problem
from litproof.results import Measurement

_LN10 = log(10.0)
_GUARD = 12
MOST_STEPS = 300_000
EXACT_BITS = 4000
"""Numerators and denominators up to this length stay exact; each step multiplies it by the degree."""

DIVERGED = Fraction(10) ** 12
"""Parameters beyond this many times those of the start (or 1) do not come back: every further step multiplies them."""

Layers = tuple[tuple[Fraction, ...], ...]


class Diverged(Inconclusive):
    """The steps are too long; the message, and the attribute `step`, say at which step that showed."""

    exit_code = 2

    def __init__(self, message: str, step: int = 0) -> None:
        super().__init__(message)
        self.step = step


@dataclass(frozen=True)
class Point:
    """After `step` steps: theta (P), beta (d), residuals or margins (n), loss; exact while `exact`."""

    step: int
    theta: Sequence[Any]
    beta: Sequence[Any]
    residual: Sequence[Any]
    loss: Any
    exact: bool


def function_of(
    expression: sp.Expr, symbol: sp.Symbol, number: Callable[[Fraction], Any]
) -> Callable[[Any], Any]:
    """A sympy expression in one symbol as a function on gmpy2 reals; on fractions where it is a polynomial."""

    def build(e: sp.Expr) -> Callable[[Any], Any]:
        if e == symbol:
            return lambda x: x
        if e.is_Rational:
            value = number(Fraction(int(e.p), int(e.q)))
            return lambda x: value
        parts = [build(part) for part in e.args]
        if e.is_Add:
            return lambda x: sum((part(x) for part in parts[1:]), parts[0](x))
        if e.is_Mul:

            def product(x: Any) -> Any:
                total = parts[0](x)
                for part in parts[1:]:
                    total = total * part(x)
                return total

            return product
        if e.is_Pow:
            if e.exp.is_Integer:
                return lambda x: parts[0](x) ** int(e.exp)
            return lambda x: parts[0](x) ** parts[1](x)
        if e is sp.E:
            return lambda x: gmpy2.exp(number(Fraction(1)))
        if e is sp.pi:
            return lambda x: gmpy2.const_pi()
        return lambda x: getattr(gmpy2, e.func.__name__)(parts[0](x))

    return build(expression)


def descend(problem: Problem) -> Iterator[Point]:
    """The start and every step after it. Must run inside `working_precision`.

    Raises
    ------
    Diverged : parameters leave every bound; InputError : the dynamics is not gradient descent.
    """
    permission.ask("gradient descent")
    dynamics = problem.dynamics
    if not isinstance(dynamics, GradientDescent):
        raise InputError("expected gradient descent", key="dynamics.kind", source=problem.name)
    network = problem.network
    coefficients, gradient = trace_coefficients(network), trace_gradient(network)
    symbol, loss = loss_expression(problem)
    slope = slope_expression(problem)[1]
    outputs = getattr(network, "outputs", 1)
    exact = bool(slope.is_polynomial(symbol) and loss.is_polynomial(symbol) and coefficients.is_rational)
    theta: Sequence[Any] = [q for layer in problem.v0 for q in layer]
    largest = DIVERGED * max(1, *(abs(q) for q in theta))
    regression = problem.task == "regression"
    rising, before, step = 0, None, 0
    number: Callable[[Fraction], Any] = Fraction if exact else to_real
    while True:
        if number is to_real:
            theta = [to_real(x) if isinstance(x, Fraction) else x for x in theta]
        ring = Operators(number)
        X = [[number(x) for x in row] for row in problem.X]
        y = [number(t) for t in problem.y]
        weights, h = [number(w) for w in problem.row_weights], number(dynamics.step)
        value, rate = function_of(loss, symbol, number), function_of(slope, symbol, number)
        while True:
            spend_allowance(operations_of(coefficients) + operations_of(gradient))
            beta = coefficients.evaluate(ring, theta, "beta")
            f = [sum((a * b for a, b in zip(row, beta, strict=True)), number(Fraction(0))) for row in X]
            r = [a - t if regression else a * t for a, t in zip(f, y, strict=True)]
            now = sum((value(x) * w for x, w in zip(r, weights, strict=True)), number(Fraction(0)))
            rising = rising if before is not None and now > before else step
            before = now
            yield Point(step, theta, beta, r, now, number is Fraction)
            pull = [number(Fraction(0))] * network.input_dim
            for i in dynamics.batch(step, len(r), outputs):
                s = rate(r[i]) * weights[i] * (1 if regression else y[i])
                pull = [p + s * x for p, x in zip(pull, X[i], strict=True)]
            G = gradient.evaluate(ring, [*theta, *pull], "gradient")
            theta = [x - h * g for x, g in zip(theta, G, strict=True)]
            step += 1
            if not all(abs(x) < largest for x in theta):  # not a number counts as well
                raise Diverged(
                    f"gradient descent with the step {dynamics.step} diverges: the loss grows from step {rising} on, "
                    f"and at step {step} a parameter passes {float(largest):.0e}",
                    step,
                )
            if number is Fraction and _bits(theta) > EXACT_BITS:
                number, before = to_real, None
                break


def _bits(values: Sequence[Fraction]) -> int:
    return max(max(q.numerator.bit_length(), q.denominator.bit_length()) for q in values)


def _fraction(x: Any) -> Fraction:
    return x if isinstance(x, Fraction) else Fraction(*map(int, x.as_integer_ratio()))


def _log(x: Any) -> float:
    """Natural logarithm of |x|, -inf for 0."""
    if not x:
        return -inf
    if isinstance(x, Fraction):
        return log(abs(x.numerator)) - log(x.denominator)
    return float(gmpy2.log(abs(x)))


Track = list[tuple[Fraction, tuple[Fraction, ...]]]
_CLOSER = Fraction(21, 20)
"""Steps of a kept path grow by this factor."""


def follow_descent(
    problem: Problem, digits: int, *, more: int = 0, max_steps: int = MOST_STEPS
) -> Measurement:
    """Gradient descent on a regression problem until beta is known to about `digits` digits of max |beta|.

    Parameters
    ----------
    more : further digits to work with, for a second opinion on rounding.

    Returns
    -------
    Measurement : as `follow_motion`, the clock counts steps.

    Raises
    ------
    Diverged : see `descend`.
    """
    if problem.task != "regression":
        raise InputError("expected a regression problem", key="task.kind", source=problem.name)
    track: Track = []
    measurement = _to_limit(problem, digits, digits + _GUARD + more, max_steps, track)
    end = (Fraction(measurement.clock["steps"]), measurement.value)
    keep(problem, "steps", lambda: thinned([*track, end]))
    return measurement


def _to_limit(problem: Problem, digits: int, work: int, max_steps: int, track: Track) -> Measurement:
    dynamics = problem.dynamics
    assert isinstance(dynamics, GradientDescent)
    bits = digits_to_bits(work) + 40
    cycle = max(1, len(dynamics.order))
    gradient = trace_gradient(problem.network)
    symbol, slope = slope_expression(problem)
    jumps = slope.subs(symbol, 0) == 0 and not problem.has_dependent_rows
    with working_precision(bits):
        landings, settling = Landings(gradient, problem.X, bits), Settling()
        last: Sequence[Any] | None = None
        exact = 0
        for point in descend(problem):
            exact = point.step if point.exact else exact
            near = max(map(_log, point.residual))
            if keeping() and (not track or point.step >= _CLOSER * track[-1][0]):
                track.append((Fraction(point.step), tuple(map(_fraction, point.beta))))
            tell("descending", partial("step {}".format, point.step), partial(max, 0.0, -near / _LN10))
            size = max(max(map(_log, point.beta)), -1e6)
            goal = size - (digits + 3) * _LN10
            if jumps and landings.due(near):
                theta = tuple(map(_fraction, point.theta))
                left = landings.tried(near, tuple(map(_fraction, point.residual)), theta)
                if left < exp(goal) and landings.last is not None:
                    return _measured(
                        problem, landings.last.beta, landings.last.parameters, left, point, digits, exact
                    )
            if near == -inf:
                return _measured(
                    problem,
                    tuple(map(_fraction, point.beta)),
                    tuple(map(_fraction, point.theta)),
                    0.0,
                    point,
                    digits,
                    exact,
                )
            if point.step % cycle == 0:
                if last is not None:
                    move = max(_log(a - b) for a, b in zip(point.theta, last, strict=True))
                    left = settling.remaining(point.step / cycle, move)
                    if left < goal:
                        beta = tuple(map(_fraction, point.beta))
                        theta = tuple(map(_fraction, point.theta))
                        above = near > -digits / 2 * _LN10 and jumps
                        reason = "it comes to rest above zero loss" if above else ""
                        return _measured(problem, beta, theta, exp(left), point, digits, exact, reason)
                last = point.theta
            if point.step >= max_steps:
                beta, theta = tuple(map(_fraction, point.beta)), tuple(map(_fraction, point.theta))
                reason = f"it does not settle within {max_steps} steps"
                return _measured(problem, beta, theta, inf, point, digits, exact, reason)
    raise AssertionError("descent ends by itself only")


def _measured(
    problem: Problem,
    beta: tuple[Fraction, ...],
    theta: tuple[Fraction, ...],
    left: float,
    point: Point,
    digits: int,
    exact: int,
    reason: str = "",
) -> Measurement:
    residual = max(map(abs, problem.residual(beta)))
    return Measurement(
        value=beta,
        parameters=split(theta, problem.network.shapes),
        error=Fraction(left) if left < inf else Fraction(10) ** 300,
        residual=residual,
        clock={"steps": str(point.step)},
        digits=digits,
        method=f"gradient descent in the original parameters, {exact} steps of them exact",
        converged=not reason,
        reason=reason and f"{reason} (largest residual {float(residual):.3e} at step {point.step})",
        details={"steps": point.step, "exact steps": exact},
        at_rest="rest" in reason,
    )


def descent_path(problem: Problem, steps: Sequence[int], digits: int) -> tuple[tuple[int, Layers], ...]:
    """The parameters after so many steps each, good to `digits` digits after the point.

    Raises
    ------
    InputError : a negative number of steps. Diverged : see `descend`.
    """
    if not steps or min(steps) < 0:
        raise InputError("expected numbers of steps >= 0", source=problem.name)
    wanted, points = set(steps), {}
    with working_precision(digits_to_bits(digits + _GUARD) + 40):
        for point in descend(problem):
            if point.step in wanted:
                theta = tuple(map(_fraction, point.theta))
                points[point.step] = split(theta, problem.network.shapes)
            if point.step >= max(wanted):
                break
    return tuple((k, points[k]) for k in steps)
