"""Looking on while integrators run: paths kept for pictures, and a word now and then for a person who waits.

Both are context variables, so that nothing of them remains afterwards; without a listener they cost nothing, and no
result depends on them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeVar

from litproof.problem import Problem

POINTS = 80
"""Points of a kept path, at most: more than a picture shows."""

Clock = Literal["t", "steps", "log10 kappa"]
Points = Iterable[tuple[Fraction, Sequence[Fraction]]]
Listener = Callable[[str, str, float | None], None]
"""Called with (what is done, where it is on its clock, digits reached so far or None)."""

_kept: ContextVar["list[FollowedPath] | None"] = ContextVar("litproof_paths", default=None)
_listener: ContextVar[Listener | None] = ContextVar("litproof_listener", default=None)
T = TypeVar("T")


@dataclass(frozen=True)
class FollowedPath:
    """Points of one run of an integrator.

    Attributes
    ----------
    problem : what was followed.
    clock : what the first entries of the points are.
    points : (clock, beta) for regression, (log10 kappa, beta/||beta||) for classification.
    """

    problem: Problem
    clock: Clock
    points: tuple[tuple[Fraction, tuple[Fraction, ...]], ...]


@contextmanager
def paths_kept(wanted: bool = True) -> Iterator[list[FollowedPath]]:
    """Keep the paths of runs inside the block, in this thread, in the order in which they end (if they are wanted)."""
    paths: list[FollowedPath] = []
    token = _kept.set(paths if wanted else None)
    try:
        yield paths
    finally:
        _kept.reset(token)


def keeping() -> bool:
    """Whether paths are kept here."""
    return _kept.get() is not None


def keep(problem: Problem, clock: Clock, points: Callable[[], Points]) -> None:
    """Keep a path where paths are kept; `points` is not called elsewhere."""
    if (paths := _kept.get()) is not None:
        made = tuple((x, tuple(values)) for x, values in points())
        paths.append(FollowedPath(problem, clock, made))


def thinned(points: Sequence[T]) -> Sequence[T]:
    """At most POINTS of them, evenly spread, the first and the last among them."""
    if len(points) <= POINTS:
        return points
    return [points[round(k * (len(points) - 1) / (POINTS - 1))] for k in range(POINTS)]


@contextmanager
def listened(listener: Listener) -> Iterator[None]:
    """Tell `listener` how far integrators are inside the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(phase: str, clock: Callable[[], str], digits: Callable[[], float | None] = lambda: None) -> None:
    """Say how far a run is; nothing is computed where nobody listens."""
    if (listener := _listener.get()) is not None:
        listener(phase, clock(), digits())
