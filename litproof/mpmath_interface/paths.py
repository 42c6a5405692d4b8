"""Right-hand sides for mpmath, and paths at times asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from litproof.errors import HypothesisError, Inconclusive, InputError
from litproof.exact_numbers import exact_number
from litproof.flow.equations import Flow
from litproof.flow.motion import loss_expression
from litproof.flow.program import split
from litproof.integrate.permission import ask
from litproof.mpmath_interface.lazy_series import exp
from litproof.mpmath_interface.taylor import step
from litproof.precision import digits_to_bits, mp_precision
from litproof.problem import Number, Problem
from litproof.sympy_interface.equations import gradient_flow

GUARD = 8
"""Digits beyond those asked for: the errors of a few thousand steps, and what the path may amplify them by."""

MOST_STEPS = 20_000

Path = tuple[tuple[Any, tuple[tuple[Any, ...], ...]], ...]
"""(t, layers v_1..v_L) for each time, all mpmath numbers."""


@dataclass(frozen=True)
class Equations:
    """The flow of one problem as functions of all parameters, for mpmath numbers and for power series of them.

    sympy differentiates the linear coefficients; the chain rule through the predictions x_i^T beta and the derivatives
    r_i of the loss by them is written out here, so that each prediction is computed once.
    """

    problem: Problem

    @cached_property
    def _flow(self) -> Flow:
        return gradient_flow(self.problem)

    @cached_property
    def coefficients(self) -> Callable[[Sequence[Any]], list[Any]]:
        """v -> beta."""
        return _compiled([self._flow.symbols], self._flow.coefficients)

    @cached_property
    def _pulled(self) -> Callable[[Sequence[Any], Sequence[Any]], list[Any]]:
        """(v, g) -> -sum_z g_z d beta_z/dv."""
        beta = self._flow.coefficients
        g = sp.symbols(f"g0:{len(beta)}", real=True)
        rates = [
            -sp.Add(*(a * sp.diff(b, v) for a, b in zip(g, beta, strict=True))) for v in self._flow.symbols
        ]
        return _compiled([self._flow.symbols, g], rates)

    def predictions(self, v: Sequence[Any]) -> list[Any]:
        """f_i = x_i^T beta(v)."""
        beta = self.coefficients(v)
        return [_combined(row, beta) for row in self.problem.X]

    def velocity(self, v: Sequence[Any]) -> list[Any]:
        """v' = -sum_i w_i r_i grad f_i."""
        f, targets = self.predictions(v), [number(y) for y in self.problem.y]
        if self.problem.loss is not None:
            r = [self.slope(a, y) for a, y in zip(f, targets, strict=True)]
        elif self.problem.task == "regression":
            r = [a - y for a, y in zip(f, targets, strict=True)]
        else:
            r = [-y * exp(-y * a) for a, y in zip(f, targets, strict=True)]
        if self.problem.weights:
            r = [number(w) * entry for w, entry in zip(self.problem.weights, r, strict=True)]
        return self._pulled(v, [_combined(column, r) for column in zip(*self.problem.X, strict=True)])

    @cached_property
    def slope(self) -> Callable[[Any, Any], Any]:
        """(f, y) -> d loss / d f, written in exponentials, which have series here.

        Raises HypothesisError for a loss with other functions.
        """
        symbol, loss = loss_expression(self.problem)
        slope = sp.diff(loss, symbol).rewrite(sp.exp)
        strange = [e for e in slope.atoms(sp.Function) if not isinstance(e, sp.exp)]
        strange += [e for e in slope.atoms(sp.Pow) if not e.exp.is_Integer and e.base is not sp.E]
        if strange:
            raise HypothesisError(f"the mpmath engine knows losses in exp, not {strange[0]}")
        function = sp.lambdify([symbol], slope, modules=[{"exp": exp}, "mpmath"])
        if self.problem.task == "regression":
            return lambda f, y: function(f - y)
        return lambda f, y: y * function(y * f)

    def loss(self, v: Sequence[Any]) -> Any:
        """The exponential loss sum_i exp(-y_i f_i)."""
        f = self.predictions(v)
        return sum((exp(-number(y) * a) for a, y in zip(f, self.problem.y, strict=True)), mpf(0))


def _compiled(arguments: Sequence[Any], expressions: Sequence[sp.Expr]) -> Callable[..., list[Any]]:
    function: Callable[..., list[Any]] = sp.lambdify(
        arguments, list(expressions), modules=["mpmath"], cse=True
    )
    return function


def _combined(weights: Sequence[Fraction], values: Sequence[Any]) -> Any:
    """sum_i weights_i values_i, zeros left out."""
    return sum((value * number(w) for w, value in zip(weights, values, strict=True) if w), mpf(0))


def number(q: Fraction) -> Any:
    """A fraction rounded to the precision in force."""
    return mpf(q.numerator) / q.denominator


def velocity(problem: Problem) -> Callable[[Any, Sequence[Any]], list[Any]]:
    """The right-hand side F(t, v) of the problem's gradient flow, for `mpmath.odefun`.

    v is the list of all parameters, layer after layer; numbers are those of the precision in force when it is called.

    Examples
    --------
    >>> from mpmath import mp, odefun
    >>> from litproof import example_problem
    >>> problem = example_problem("regression")
    >>> path = odefun(velocity(problem), 0, [mp.mpf(q.numerator) / q.denominator for v in problem.v0 for q in v])
    >>> print(mp.nstr(path(1)[0], 8))
    0.5547969
    """
    equations = Equations(problem)
    return lambda t, v: equations.velocity(v)


def starting_point(problem: Problem) -> list[Any]:
    """The parameters at time 0, layer after layer, rounded to the precision in force."""
    return [number(q) for layer in problem.v0 for q in layer]


def trajectory(problem: Problem, times: Sequence[Number], digits: int = 30) -> Path:
    """The path of the problem's own flow (squared or exponential loss, as its task says) at the times asked for.

    Parameters
    ----------
    times : exact numbers >= 0 (also of mpmath), any order.
    digits : decimal digits after the point, of every parameter.

    Returns
    -------
    (t, layers) for each time, in the order asked for, as mpmath numbers.

    Raises
    ------
    InputError : a time that is negative or not exact, or digits below 1.
    Inconclusive : the budget of steps ends before the last time.

    Examples
    --------
    >>> from mpmath import nstr
    >>> from litproof import example_problem
    >>> ((t, layers),) = trajectory(example_problem("classification"), ["1/2"], 20)
    >>> nstr(t), nstr(layers[0][1], 15)
    ('0.5', '0.64668233661604')
    """
    if digits < 1:
        raise InputError(f"expected at least one digit, got {digits}", key="digits")
    exact = []
    for time in times:
        try:
            exact.append(exact_number(time))
        except (TypeError, ValueError, ArithmeticError):
            message = f"expected exact times such as 1, '1/2' or mpf('0.1'), got {time!r:.40}"
            raise InputError(message, key="times") from None
        if exact[-1] < 0:
            raise InputError(f"expected times >= 0, got {time!r:.40}", key="times")
    ask("mpmath Taylor method")
    equations = Equations(problem)
    work = digits + GUARD
    with mp_precision(digits_to_bits(work + GUARD)):
        state, now = starting_point(problem), mpf(0)
        states: dict[Any, list[Any]] = {}
        steps = 0
        for time in sorted(set(exact)):
            goal = number(time)
            while now < goal:
                taken = step(equations.velocity, now, state, work)
                end = min(taken.end, goal)
                state, now, steps = taken.at(end), end, steps + 1
                if steps > MOST_STEPS:
                    raise Inconclusive(
                        f"{MOST_STEPS} steps used up at t = {mp.nstr(now, 6)}; ask for earlier times"
                    )
            states[time] = state
        shapes = problem.network.shapes
        return tuple((number(time), split(states[time], shapes)) for time in exact)
