"""What a person at a terminal sees while a command runs: bars that count, and one line that changes.

Claims are not imported here: commands that need none start in half the time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from litproof.text import visible

if TYPE_CHECKING:
    from litproof.claims.types import InstanceResult


@contextmanager
def counting_bar(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar with the time left, on standard error; None (no bar) when that is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda finished, total: bar.update(task, completed=finished, total=total)


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, InstanceResult], None] | None]:
    """A bar on standard error while a run lasts; None (no bar) when that is not a terminal."""
    with counting_bar("instances") as counted:
        yield None if counted is None else lambda finished, total, _: counted(finished, total)


@contextmanager
def live_line(start: str) -> Iterator[Callable[[str], None]]:
    """A line on standard error that says what is going on; nothing when that is not a terminal.

    What comes in between two redraws is never printed, so that it may be told as often as there is news.
    """
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    console = Console(stderr=True, highlight=False)
    with console.status(Text(start), refresh_per_second=4) as status:

        def show(text: str) -> None:
            line = Text(visible(text))
            line.truncate(max(console.width - 3, 10), overflow="ellipsis")
            status.update(line)

        yield show


def in_a_line(phase: str, clock: str, digits: float | None) -> str:
    """What an integrator tells (`integrate.watch.tell`), in a line.

    Examples
    --------
    >>> in_a_line("following the flow", "t = 12.5", 7.25)
    'following the flow: t = 12.5, about 7 digits'
    """
    known = f", about {digits:.0f} digits" if digits is not None else ""
    return f"{phase}: {clock}{known}" if clock else phase
