"""The flow beside a proof: followed where that takes a few seconds by its sizes, or where it was asked for."""

from collections.abc import Callable
from math import inf

from litproof.deadline import OutOfTime
from litproof.integrate.budget import SECOND
from litproof.integrate.estimate import FEW_SECONDS, classification_run, regression_run
from litproof.problem import Problem
from litproof.results import Measurement

NOT_FOLLOWED = "proved, not followed (--follow follows the flow)"

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
    try:
        return follow_to_limit(problem, digits, operations=inf if follow else _OPERATIONS)
    except OutOfTime as cut:
        return _seen(cut)


def training_beside(problem: Problem, digits: int, *, follow: bool) -> Measurement | None:
    """The motion of a problem with a loss of its own whose limit is proved; None where it is not followed."""
    from litproof.integrate.training.follow import follow_training

    if not follow and regression_run(problem, digits) > FEW_SECONDS:
        return None
    return follow_training(problem, digits)


def classification_beside(
    problem: Problem, digits: int, newton: Callable[[], float], *, follow: bool
) -> Measurement | None:
    """The flow of a classification problem whose limit is proved; None where it is not followed."""
    from litproof.integrate.classification.follow import follow_direction

    digits = min(digits, FOLLOWED_DIGITS)
    if not follow and classification_run(problem, digits) > FEW_SECONDS:
        return None
    try:
        return follow_direction(problem, digits, newton=newton(), max_steps=_MAX_STEPS if follow else _STEPS)
    except OutOfTime as cut:
        return _seen(cut)


def _seen(cut: OutOfTime) -> Measurement | None:
    """What a flow that was cut off had seen; the proof stands without it."""
    return cut.partial if isinstance(cut.partial, Measurement) else None
