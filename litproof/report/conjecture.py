"""What `litproof conjecture` found, for a person and for programs."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from litproof.conjecture.scales import Trend
from litproof.conjecture.study import ENOUGH, Study, Tested
from litproof.text import to_json, visible

SCHEMA = 1
_PLAIN_WIDTH = 120
_SHOWN = 12
_LEAST_ORDER = 0.3


def print_study(study: Study, *, everything: bool = False) -> None:
    """Print the ranking, the conclusion and the regularisers that are approached as alpha changes.

    Parameters
    ----------
    everything : all candidates, not only the nearest twelve.
    """
    console = Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH, highlight=False)
    table = Table(box=None, pad_edge=False)
    table.add_column("candidate")
    table.add_column("verdict", no_wrap=True)
    table.add_column("digits met", justify="right", no_wrap=True)
    table.add_column("excluded by", justify="right", no_wrap=True)
    shown = study.tested if everything else study.tested[:_SHOWN]
    for entry in shown:
        table.add_row(*(Text(visible(cell)) for cell in _row(entry)))
    console.print(table)
    if len(shown) < len(study.tested):
        console.print(f"... and {len(study.tested) - len(shown)} more, further off (--all shows them)")
    for line in conclusions(study):
        console.print(Text(visible(line)), soft_wrap=True)


def _row(entry: Tested) -> tuple[str, ...]:
    names = " = ".join((entry.candidate.name, *entry.same))
    return (
        names
        if len(names) < 70
        else f"{entry.candidate.name} (and {len(entry.same)} that are the same here)",
        entry.verdict + (f": {entry.reason}" if entry.reason else ""),
        f"{entry.digits:.1f}",
        f"{entry.excluded_by:.1f} digits" if entry.verdict == "excluded" else "-",
    )


def conclusions(study: Study) -> list[str]:
    """The conclusion and its grounds, one sentence a line."""
    total, informative = sum(study.conditions), sum(study.informative)
    flows = len(study.flows)
    lines = [
        f"{total} conditions tested by {flows} flow{'s' * (flows != 1)} "
        f"(interpolating directions: {', '.join(map(str, study.conditions))}), "
        f"{informative} of them independent and failed by some candidate; {study.digits} digits."
    ]
    match study.conclusion:
        case "too few conditions":
            lines.append(
                f"Nothing is concluded: fewer than {ENOUGH} independent conditions. Add data sets (each has d - n)."
            )
        case "none":
            lines.append("None of these is stationary at the limits.")
        case "undecided":
            open_ones = ", ".join(
                entry.candidate.name for entry in study.tested if entry.verdict == "undecided"
            )
            lines.append(f"None of these is shown to be stationary at the limits; not decided: {open_ones}.")
        case "one":
            lines.append("One is consistent with all limits, the others are excluded:")
        case "several":
            lines.append("Several are consistent, these data do not tell them apart:")
    if study.conclusion in ("one", "several"):
        lines += [f"  {entry.candidate.name}: {entry.candidate.text}" for entry in study.consistent]
    lines += _approached(study)
    if study.inapplicable:
        reasons = "; ".join(dict.fromkeys(reason for _, reason in study.inapplicable))
        lines.append(f"Left out, without a meaning here: {len(study.inapplicable)} candidates ({reasons}).")
    return lines


def _approached(study: Study) -> list[str]:
    lines = []
    for end in ("0", "inf"):
        for entry in study.tested:
            trends = [trend for trend in entry.trends if len(trend.alphas) > 1]
            if trends and all(trend.approached == end and _steep(trend) for trend in trends):
                weakest = min(trends, key=lambda trend: abs(trend.order or 0.0))
                last = 0 if end == "0" else -1
                worst = max(trend.failures[last] for trend in trends)
                what = "excess over the minimum" if weakest.measure == "excess" else "failure"
                lines.append(
                    f"Approached as alpha -> {end}: {entry.candidate.name} ({what} {worst:.1e} at alpha = "
                    f"{weakest.alphas[last]:g}, like alpha^{weakest.order:.2f})."
                )
    return lines


def _steep(trend: Trend) -> bool:
    return trend.order is not None and abs(trend.order) >= _LEAST_ORDER


def study_to_json(study: Study) -> str:
    """`conjecture --json`."""
    content = {
        "schema": SCHEMA,
        "digits": study.digits,
        "conclusion": study.conclusion,
        "flows": [
            {"name": name, "conditions": conditions, "informative": informative}
            for name, conditions, informative in zip(
                study.flows, study.conditions, study.informative, strict=True
            )
        ],
        "candidates": [
            {
                "name": entry.candidate.name,
                "formula": entry.candidate.text,
                "verdict": entry.verdict,
                "digits": round(entry.digits, 2),
                "excluded_by": round(entry.excluded_by, 2),
                "reason": entry.reason,
                "same": list(entry.same),
                "trends": [
                    {
                        "measure": trend.measure,
                        "alphas": list(trend.alphas),
                        "failures": list(trend.failures),
                        "order": trend.order,
                        "approached": trend.approached,
                    }
                    for trend in entry.trends
                ],
            }
            for entry in study.tested
        ],
        "inapplicable": [
            {"name": candidate.name, "formula": candidate.text, "reason": reason}
            for candidate, reason in study.inapplicable
        ],
        "seconds": round(study.seconds, 3),
    }
    return to_json(content)
