"""Calls in bundles that last about as long, so that handing small ones to a worker costs little beside the work.

Which calls share a bundle follows from how long they take; no result depends on it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from time import perf_counter
from typing import Any

Call = tuple[int, tuple[Any, ...]]
"""Position and arguments."""

MOST = 100
"""Calls of a bundle. Handing one over costs milliseconds, and a hundredth of that is small beside any call."""

_LATE = 2
"""How many times the time meant for a bundle it may last before the rest of its calls goes back."""


class Bundles:
    """Hands out calls in bundles that take about `seconds`; a call that takes longer is a bundle of its own.

    Calls are taken from their source when a bundle is. A bundle is at most twice as large as the one before, so that
    one quick call among slow ones does not make a large one.
    """

    def __init__(self, calls: Iterable[Call], seconds: float) -> None:
        self.seconds = seconds
        self._calls = iter(calls)
        self._returned: deque[Call] = deque()
        self._size = 1

    def take(self) -> list[Call]:
        """The next bundle; nothing where no calls are left."""
        bundle = [self._returned.popleft() for _ in range(min(self._size, len(self._returned)))]
        return [*bundle, *islice(self._calls, self._size - len(bundle))]

    def finished(self, bundle: Sequence[Call], count: int, seconds: float) -> None:
        """Its first `count` calls took so long; the others are handed out again, before new ones."""
        self._returned.extend(bundle[count:])
        fitting = int(count * self.seconds / max(seconds, 1e-9))
        self._size = max(1, min(fitting, 2 * self._size, MOST))


def run_bundle(
    function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], seconds: float
) -> tuple[list[Any], float]:
    """The results of the first calls, and the seconds that they took (what a worker runs).

    What is not begun after twice the seconds meant for the bundle is left out. So is a call that raises, if it is not
    the first: nothing that was found before is lost, and it raises when it comes first.
    """
    started = perf_counter()
    results: list[Any] = []
    for argument in arguments:
        if results and perf_counter() - started > _LATE * seconds:
            break
        try:
            results.append(function(*argument))
        except Exception:
            if not results:
                raise
            break
    return results, perf_counter() - started
