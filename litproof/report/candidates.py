"""What `litproof bias --family` found, for a person and for programs."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

from litproof.bias.candidates import ENOUGH, Study, Tested
from litproof.bias.scales import Trend
from litproof.report.terminal import plain_console
from litproof.text import visible

_SHOWN = 12
_LEAST_ORDER = 0.3


def print_study(study: Study, *, everything: bool = False) -> None:
    """Print the ranking, the conclusion and the regularisers that are approached as alpha changes.

    Parameters
    ----------
    everything : all candidates, not only the nearest twelve.
    """
    console = plain_console()
    table = Table(box=None, pad_edge=False)
    table.add_column("candidate")
    table.add_column("verdict", no_wrap=True)
    table.add_column("at the limit")
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
        entry.verdict,
        entry.reason,
    )


def conclusions(study: Study) -> list[str]:
    """The conclusion and its grounds, one sentence a line."""
    total, flows = sum(study.conditions), len(study.flows)
    lines = [
        f"{total} conditions tested by {flows} flow{'s' * (flows != 1)} "
        f"(interpolating directions: {', '.join(map(str, study.conditions))}); {study.digits} digits."
    ]
    match study.conclusion:
        case "too few conditions":
            lines.append(
                f"Nothing is concluded: fewer than {ENOUGH} conditions. Add data sets (each has d - n)."
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
    idle = [entry.candidate.name for entry in study.tested if entry.verdict == "selects nothing"]
    if idle:
        lines.append(
            f"Constant on a family of interpolators near a limit, so that they select nothing: {', '.join(idle)}."
        )
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
                lines.append(
                    f"Approached as alpha -> {end}: {entry.candidate.name} (excess over the minimum {worst:.1e} "
                    f"at alpha = {weakest.alphas[last]:g}, like alpha^{weakest.order:.2f})."
                )
    return lines


def _steep(trend: Trend) -> bool:
    return trend.order is not None and abs(trend.order) >= _LEAST_ORDER


def study_content(study: Study) -> dict[str, Any]:
    """The part `candidates` of `bias --json`."""
    return {
        "digits": study.digits,
        "conclusion": study.conclusion,
        "flows": [
            {"name": name, "conditions": conditions}
            for name, conditions in zip(study.flows, study.conditions, strict=True)
        ],
        "candidates": [
            {
                "name": entry.candidate.name,
                "formula": entry.candidate.text,
                "verdict": entry.verdict,
                "margin": entry.margin,
                "reason": entry.reason,
                "same": list(entry.same),
                "trends": [
                    {
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
