"""Who may integrate: every integrator asks here first, so that a prediction cannot be a run of the flow.

Both marks are context variables: they belong to the thread (and to the worker process) that set them, are nested
safely, and nothing of them remains afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from litproof.errors import LitproofError

_refused: ContextVar[str] = ContextVar("litproof_no_integration", default="")
_watched: ContextVar["Runs | None"] = ContextVar("litproof_runs", default=None)


class IntegrationRefused(LitproofError):
    """An integrator was called where nothing may be integrated; the message says by whom."""


class Runs:
    """How many runs of an integrator were begun.

    Attributes
    ----------
    count : of them, so far.
    """

    def __init__(self) -> None:
        self.count = 0


@contextmanager
def no_integration(who: str) -> Iterator[None]:
    """Make every integrator refuse inside the block; `who` is named in the message, e.g. "a prediction"."""
    token = _refused.set(who)
    try:
        yield
    finally:
        _refused.reset(token)


@contextmanager
def runs_counted() -> Iterator[Runs]:
    """Count the runs that integrators begin inside the block, in this thread."""
    runs = Runs()
    token = _watched.set(runs)
    try:
        yield runs
    finally:
        _watched.reset(token)


def ask(integrator: str) -> None:
    """Called by every integrator before it begins.

    Raises
    ------
    IntegrationRefused : inside `no_integration`.
    """
    if who := _refused.get():
        raise IntegrationRefused(f"{who} must not integrate, but it calls litproof's {integrator}")
    if (runs := _watched.get()) is not None:
        runs.count += 1
