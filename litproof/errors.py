"""The exceptions that litproof raises on purpose. A refuted theorem is a result, not an exception."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum


class Outcome(Enum):
    """How the search for a limit ended; `advice` says what to try next.

    Examples
    --------
    >>> Outcome.BUDGET.advice
    'allow more with --seconds, ask for fewer digits, or start at a larger scale: small starts leave slowly'
    """

    CONVERGED = ("converged", "")
    AT_REST = (
        "the flow rests above zero loss, at a saddle or a local minimum",
        "start elsewhere: no layer zero, or another scale; or ask whether the parameters can fit the data at all",
    )
    UNREACHABLE = (
        "theory proves that the flow cannot fit: a sign or a component that it needs cannot change",
        "give the components that the data need the right sign at the start, with no two layers zero in one of them",
    )
    BUDGET = (
        "a budget was used up",
        "allow more with --seconds, ask for fewer digits, or start at a larger scale: small starts leave slowly",
    )

    def __init__(self, description: str, advice: str) -> None:
        self.description, self.advice = description, advice


class LitproofError(Exception):
    """Base of all errors that the command line turns into one line and an exit code."""

    exit_code = 2


class InputError(LitproofError):
    """Bad input: what is wrong, where, and what was expected.

    Parameters
    ----------
    message : what is wrong and what was expected, one line.
    key : dotted key in the problem file, e.g. ``data.X`` (empty: the file as a whole).
    source : file name (empty: a Python object).
    traceback : of an exception in a person's own code that this reports, as text.
    """

    def __init__(self, message: str, *, key: str = "", source: str = "", traceback: str = "") -> None:
        self.message, self.key, self.source, self.traceback = message, key, source, traceback
        super().__init__(": ".join(part for part in (source, key, message) if part))


class HypothesisError(LitproofError):
    """A prediction was asked for where its hypotheses do not hold; the message names the hypothesis."""


class Unreachable(HypothesisError):
    """Theory proves that the flow cannot reach zero loss from this start; the message holds the proof."""


class Inconclusive(LitproofError):
    """A budget was used up, or the flow does not reach zero loss; the message says what was seen.

    Parameters
    ----------
    message : what was seen, one line.
    outcome : how the search ended, where that is known; its advice is printed after the message.
    """

    exit_code = 3

    def __init__(self, message: str, *, outcome: Outcome | None = None) -> None:
        self.outcome = outcome
        super().__init__(message)

    def __reduce__(self) -> tuple[Callable[..., Inconclusive], tuple[str, Outcome | None]]:
        """With the outcome, on its way from another process."""
        return (_inconclusive, (str(self), self.outcome))


def _inconclusive(message: str, outcome: Outcome | None) -> Inconclusive:
    return Inconclusive(message, outcome=outcome)
