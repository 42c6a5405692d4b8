"""Results for a person at a terminal: one table of claims, the limit, and the progress bar."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from litproof.claims.types import InstanceResult, Status, Verdict
from litproof.claims.verification import Report
from litproof.text import visible

COLOURS = {
    Status.VERIFIED: "green",
    Status.INCONCLUSIVE: "yellow",
    Status.HYPOTHESIS_VIOLATED: "yellow",
    Status.REFUTED: "bold red",
    Status.ERROR: "bold red",
}
BELOW = "verified, below what is asked"
_PLAIN_WIDTH = 120
_HEADINGS = ("claim", "status", "evidence", "instances", "digits", "mutants rejected", "seconds")


def print_report(report: Report) -> None:
    """Print the table of verdicts, then reasons for whatever is not verified, then a summary line."""
    console = Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH, highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in _HEADINGS[:3]:
        table.add_column(heading, no_wrap=True)
    for heading in _HEADINGS[3:]:
        table.add_column(heading, justify="right", no_wrap=True)
    rows = [_row(report, verdict) for verdict in report.verdicts]
    for row in rows:
        table.add_row(*row)
    if table.__rich_measure__(console, console.options.update(max_width=10**4)).maximum <= console.width:
        console.print(table)
    else:
        for row in rows:
            console.print(_stacked(row))
    for verdict in report.verdicts:
        if reason := verdict.details.get("reason"):
            console.print(Text(visible(f"{verdict.claim}: {verdict.outcome}: {reason}")))
        if unproved := verdict.details.get("unproved"):
            console.print(Text(visible(f"{verdict.claim}: {verdict.evidence}, not proved: {unproved}")))
        if report.falls_short(verdict):
            remark = f"evidence {verdict.evidence}, below {report.required}"
            console.print(Text(visible(f"{verdict.claim}: {remark}")))
    console.print(Text(summary(report)))


def _stacked(row: tuple[str | Text, ...]) -> Text:
    """A row for a narrow terminal: the claim, and everything else below it, indented; nothing is cut."""
    claim, status, evidence, *counts = row
    named = (f"{name} {count}" for name, count in zip(_HEADINGS[3:], counts, strict=True) if count != "-")
    rest = [", ".join(named)] if evidence == "-" else [str(evidence), ", ".join(named)]
    return Text.assemble(claim, "\n  ", status, *(f", {line}" for line in rest))


def _row(report: Report, verdict: Verdict) -> tuple[str | Text, ...]:
    settled = verdict.status is Status.VERIFIED and verdict.as_expected
    refuted = verdict.status is Status.REFUTED and verdict.as_expected
    return (
        Text(visible(verdict.claim)),
        Text(_status(report, verdict), _colour(report, verdict)),
        str(verdict.evidence) if settled or refuted else "-",
        str(len(verdict.instances)),
        str(verdict.digits) if settled else "-",
        f"{verdict.rejected}/{verdict.tried}",
        f"{verdict.seconds:.1f}",
    )


def _status(report: Report, verdict: Verdict) -> str:
    return BELOW if report.falls_short(verdict) else verdict.outcome


def _colour(report: Report, verdict: Verdict) -> str:
    if report.falls_short(verdict) or (verdict.status is Status.VERIFIED and not verdict.as_expected):
        return COLOURS[Status.REFUTED]
    return COLOURS[Status.VERIFIED if verdict.as_expected else verdict.status]


def summary(report: Report) -> str:
    """One line: how many claims came out how, with which digits, seed and time."""
    counts = dict.fromkeys([*map(str, Status), BELOW], 0)
    for verdict in report.verdicts:
        status = _status(report, verdict)
        counts[status] = counts.get(status, 0) + 1
    counted = (
        ", ".join(f"{count} {status}" for status, count in counts.items() if count) or "nothing finished"
    )
    ending = "" if report.complete else ", interrupted"
    return f"{counted} ({report.digits} digits, seed {report.seed}, {report.seconds:.1f} s{ending})"


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
