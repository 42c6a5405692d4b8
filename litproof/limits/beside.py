"""The flow beside a proof: followed where that takes a few seconds by its sizes, or where it was asked for."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import inf

from litproof.deadline import OutOfTime
from litproof.integrate.budget import SECOND
from litproof.integrate.estimate import FEW_SECONDS, classification_run, regression_run
from litproof.problem import Problem
from litproof.results import Measurement

NOT_FOLLOWED = "proved, not followed (--follow follows the flow)"

INTERRUPTED = "interrupted"
"""By a person: the key of the details of a flow that says so."""

FOLLOWED_DIGITS = 100
"""Digits to which a flow is followed whose limit is proved without it."""

_OPERATIONS = 12 * SECOND
_STEPS, _MAX_STEPS = 300, 4000
"""Budgets of a flow that was not asked for; steps of one that was."""


def regression_beside(problem: Problem, digits: int, *, follow: bool) -> Measurement | None:
    """The flow of a regression problem whose limit is proved; None where it is not followed."""
    from litproof.integrate.regression.follow import follow_to_limit

    digits = min(digits, FOLLOWED_DIGITS)
    if not follow and regression_run(problem, digits) > FEW_SECONDS:
        return None
    operations = inf if follow else _OPERATIONS
    return _seen(lambda: follow_to_limit(problem, digits, operations=operations), problem, digits)


def training_beside(problem: Problem, digits: int, *, follow: bool) -> Measurement | None:
    """The motion of a problem with a loss of its own whose limit is proved; None where it is not followed."""
    from litproof.integrate.training.follow import follow_training

    if not follow and regression_run(problem, digits) > FEW_SECONDS:
        return None
    return _seen(lambda: follow_training(problem, digits), problem, digits)


def classification_beside(
    problem: Problem, digits: int, sharper: Callable[[Measurement], float | None], *, follow: bool
) -> Measurement | None:
    """The flow of a classification problem whose limit is proved; None where it is not followed.

    sharper : from what was seen, how far stage equations are to be solved in a second run; None for no second run.
    """
    from litproof.integrate.classification.follow import follow_direction

    digits = min(digits, FOLLOWED_DIGITS)
    if not follow and classification_run(problem, digits) > FEW_SECONDS:
        return None
    steps = _MAX_STEPS if follow else _STEPS

    def run() -> Measurement:
        flow = follow_direction(problem, digits, max_steps=steps)
        newton = sharper(flow)
        return flow if newton is None else follow_direction(problem, digits, newton=newton, max_steps=steps)

    return _seen(run, problem, digits)


def _seen(run: Callable[[], Measurement], problem: Problem, digits: int) -> Measurement:
    """What a flow saw, also of one that the clock or a person cut off: the proof stands without it."""
    try:
        return run()
    except KeyboardInterrupt as cut:
        partial = getattr(cut, "partial", None)
        seen = partial if isinstance(partial, Measurement) else _nothing(problem, digits, str(cut))
        return seen if isinstance(cut, OutOfTime) else replace(seen, details={INTERRUPTED: True})


def _nothing(problem: Problem, digits: int, reason: str) -> Measurement:
    """A flow that was cut off before it saw anything."""
    zero = (Fraction(0),) * problem.network.input_dim
    return Measurement(
        value=zero,
        parameters=problem.v0,
        error=Fraction(1),
        residual=Fraction(0),
        clock={},
        digits=digits,
        method="the flow",
        converged=False,
        reason=reason or INTERRUPTED,
    )
