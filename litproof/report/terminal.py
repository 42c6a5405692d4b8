"""Verdicts for a person at a terminal: one table of claims, reasons, a summary line."""

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from litproof.claims.types import Status, Verdict
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
_HEADINGS = ("claim", "status", "evidence", "instances", "digits", "mutants rejected", "seconds")


def plain_console() -> Console:
    """Standard output; 120 characters wide where that is no terminal."""
    return Console(width=None if sys.stdout.isatty() else 120, highlight=False)


def print_report(report: Report) -> None:
    """Print the table of verdicts, then reasons for whatever is not verified, then a summary line."""
    console = plain_console()
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
