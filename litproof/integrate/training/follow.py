"""One entry to all ways of training: the limit with an error that two runs agree on, and the path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil

from litproof.decimals import decimal_log
from litproof.dynamics import GradientDescent
from litproof.flow.lift import is_polynomial
from litproof.integrate.regression.follow import follow_to_limit
from litproof.integrate.training.descent import descent_path, follow_descent
from litproof.integrate.training.flows import Layers, follow_motion, motion_path
from litproof.problem import Problem
from litproof.results import Measurement

_MORE = 17
"""Further digits of the second run: another order, other steps, other rounding."""

_ATTEMPTS = 3

_FEW_STEPS = 250
"""Steps after which Taylor's method has lost nothing to collocation yet."""


def follow_training(problem: Problem, digits: int) -> Measurement:
    """The limit of a regression problem with any loss and dynamics, by two runs at two precisions.

    The error is what is left of the path and the difference of the two runs; where that exceeds 10^-digits of max
    |beta| both are repeated with more digits.

    Raises
    ------
    Diverged : gradient descent with steps that are too long. InputError : the task is not regression.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from litproof import example_problem
    >>> flow = follow_training(replace(example_problem("regression"), loss="log-cosh"), 12)
    >>> [round(float(b), 10) for b in flow.value]
    [0.1418438759, 0.4290780621]
    """
    follow = follow_descent if isinstance(problem.dynamics, GradientDescent) else follow_motion
    more = 0
    for _ in range(_ATTEMPTS):
        first = follow(problem, digits, more=more)
        if not first.converged:
            return first
        second = follow(problem, digits, more=more + _MORE)
        if not second.converged:
            return second
        gap = max(abs(a - b) for a, b in zip(first.value, second.value, strict=True))
        size = max(map(abs, first.value)) or Fraction(1)
        error = first.error + second.error + gap
        measurement = replace(
            second, error=error, method=f"{first.method}, twice, with {_MORE} digits more the second time"
        )
        if error * 10**digits <= size:
            break
        more += max(10, ceil(digits + decimal_log(error / size)) + 5)
    return measurement


def follow_any(problem: Problem, digits: int) -> Measurement:
    """The limit of any regression problem, by `follow_to_limit` or `follow_training`."""
    if problem.training or not is_polynomial(problem.network):
        return follow_training(problem, digits)
    return follow_to_limit(problem, digits)


def follow_quickly(problem: Problem, digits: int) -> Measurement:
    """The limit as `follow_any` has it, by Taylor's method where it arrives in few steps, in half the time.

    For many flows of one kind. Where it does not arrive, a mode is stiff, and collocation is far ahead.
    """
    if not problem.training and is_polynomial(problem.network):
        flow = follow_to_limit(problem, digits, method="taylor", max_steps=_FEW_STEPS)
        if flow.converged:
            return flow
    return follow_any(problem, digits)


def training_path(
    problem: Problem, times: Sequence[Fraction], digits: int
) -> tuple[tuple[Fraction, Layers], ...]:
    """(t, layers) at the times asked for; for gradient descent times are numbers of steps."""
    if isinstance(problem.dynamics, GradientDescent):
        path = descent_path(problem, [int(t) for t in times], digits)
        return tuple((Fraction(k), layers) for k, layers in path)
    return motion_path(problem, times, digits)
