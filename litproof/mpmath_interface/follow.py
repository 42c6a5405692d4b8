"""The second engine: limits of regression flows, directions of classification flows, in plain mpmath."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import Any

from mpmath import mp, mpf

from litproof.errors import Inconclusive, InputError
from litproof.exact_numbers import exact_number
from litproof.flow.program import split
from litproof.integrate.budget import Budget
from litproof.integrate.permission import ask
from litproof.mpmath_interface.paths import GUARD, Equations, number, starting_point
from litproof.mpmath_interface.taylor import order_of_a_step, step
from litproof.networks.ring import count_terms
from litproof.precision import digits_to_bits, mp_precision
from litproof.problem import Problem
from litproof.results import Measurement

MOST_STEPS = 3000
"""Enough for an explicit method where the fastest and the slowest rate differ by a factor of a few hundred."""


def follow_regression(
    problem: Problem, digits: int, *, max_steps: int = MOST_STEPS, operations: float = inf
) -> Measurement:
    """Follow a regression flow to its limit, to about `digits` digits of max |beta|, by the second engine.

    The flow is followed until what remains of the way of beta, as far as the state's velocity leads over the time in
    which it decays, is below 10^-(digits + 3) max |beta|. The error that is stated is that estimate and the tolerance
    of all steps, carried to beta: no bound.

    Raises
    ------
    InputError : the task is not regression.
    """
    if problem.task != "regression":
        raise InputError("expected a regression problem", key="task.kind", source=problem.name)
    ask("mpmath Taylor method")
    if problem.loss is None and problem.dynamics is None:
        problem = problem.independent  # the same flow, and at rest its residual vanishes
    budget, cost = Budget(operations), _cost_of_a_step(problem, digits + GUARD)
    equations = Equations(problem)
    function, coefficients = equations.velocity, equations.coefficients
    work = digits + GUARD
    with mp_precision(digits_to_bits(work + GUARD)):
        state, now, steps = starting_point(problem), mpf(0), 0
        velocity = function(state)
        speed, beta = _largest(velocity), coefficients(state)
        goal, remaining, reason = mpf(10) ** -(digits + 3), mp.inf, ""
        smallest = goal * max(1, _largest(beta))  # a limit of 0 has no size of its own
        while speed:
            if steps == max_steps or budget.used_up:
                reason = f"budget of {max_steps} steps and {operations:.2g} operations of the explicit method used up"
                break
            budget.spend(cost)
            taken = step(function, now, state, work)
            state, now, steps = taken.at(taken.end), taken.end, steps + 1
            velocity, beta = function(state), coefficients(state)
            before, speed = speed, _largest(velocity)
            if not speed or speed >= before:
                continue
            rate = mp.log(before / speed) / taken.length
            # parameters far larger than beta move it by more than they move themselves
            remaining = _distance(beta, coefficients(_moved(state, velocity, 1 / rate)))
            if remaining < goal * max(_largest(beta), smallest):
                break
        else:
            remaining = mpf(0)
        tolerance = mpf(10) ** -work
        per_step = _distance(beta, coefficients([entry + tolerance for entry in state]))
        residual = max(
            abs(f - number(y)) for f, y in zip(equations.predictions(state), problem.y, strict=True)
        )
        if not reason and residual > mp.sqrt(goal):
            reason = f"the flow comes to rest at a residual of {mp.nstr(residual, 3)}"
        return Measurement(
            value=tuple(map(exact_number, beta)),
            parameters=split(tuple(map(exact_number, state)), problem.network.shapes),
            error=exact_number(2 * remaining + steps * max(tolerance, per_step))
            if not reason
            else Fraction(10) ** 300,
            residual=exact_number(residual),
            clock={"t": mp.nstr(now, 8)},
            digits=digits,
            method="Taylor method in mpmath on the equations that sympy differentiated",
            converged=not reason,
            reason=reason,
            details={"steps": steps},
            at_rest="rest" in reason,
        )


def direction_at(
    problem: Problem, kappa: Any, digits: int, *, max_steps: int = MOST_STEPS, operations: float = inf
) -> tuple[Any, ...]:
    """beta/||beta||_2 where kappa = -log(loss) has reached the value given, as mpmath numbers, by the second engine.

    The clock is tau, dt = exp(kappa) dtau: then kappa rises at the rate ||U||^2, U the mean of the margins' gradients
    by the weights exp(-margin)/loss. An explicit method takes about kappa steps for each doubling of kappa.

    Raises
    ------
    InputError : the task is not classification.
    Inconclusive : the budget of steps ends first.
    """
    if problem.task != "classification":
        raise InputError("expected a classification problem", key="task.kind", source=problem.name)
    ask("mpmath Taylor method")
    budget, cost = Budget(operations), _cost_of_a_step(problem, digits + GUARD)
    equations = Equations(problem)

    def function(point: Any) -> list[Any]:
        loss = equations.loss(point)
        return [rate / loss for rate in equations.velocity(point)]

    work = digits + GUARD
    with mp_precision(digits_to_bits(work + GUARD)):
        goal = number(exact_number(kappa))
        state, now = starting_point(problem), mpf(0)

        def height(point: Any) -> Any:
            return -mp.log(equations.loss(point)) - goal

        for _ in range(max_steps):
            if budget.used_up:
                break
            budget.spend(cost)
            taken = step(function, now, state, work)
            if height(taken.at(taken.end)) >= 0:
                low, high = taken.start, taken.end
                for _ in range(mp.prec + 8):
                    middle = (low + high) / 2
                    low, high = (middle, high) if height(taken.at(middle)) < 0 else (low, middle)
                beta = equations.coefficients(taken.at(high))
                norm = mp.sqrt(mp.fdot(beta, beta))
                return tuple(entry / norm for entry in beta)
            state, now = taken.at(taken.end), taken.end
    used = f"budget of {max_steps} steps and {operations:.2g} operations of the explicit method used up"
    raise Inconclusive(f"{used} before kappa = {mp.nstr(goal, 6)}")


def _cost_of_a_step(problem: Problem, digits: int) -> float:
    """In the unit of `integrate.budget`: series products in mpmath take two operations a pair of coefficients."""
    network = problem.network
    products = count_terms(network) * len(network.shapes) + len(problem.X) * network.input_dim
    return 2.0 * products * order_of_a_step(digits) ** 2


def _moved(state: Any, velocity: Any, time: Any) -> list[Any]:
    return [entry + time * rate for entry, rate in zip(state, velocity, strict=True)]


def _distance(a: Any, b: Any) -> Any:
    return max(abs(x - y) for x, y in zip(a, b, strict=True))


def _largest(values: Any) -> Any:
    return max(abs(value) for value in values)
