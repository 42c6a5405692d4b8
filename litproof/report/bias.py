"""What `litproof bias` found, for a person and for programs."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from litproof.bias.candidates import Study
from litproof.bias.gap import Gap
from litproof.bias.mirror_limit import MirrorLimit
from litproof.bias.verdict import NO_INDICATION, Verdict
from litproof.certify.certificates.format import decimal_bounds
from litproof.decimals import fixed, scientific
from litproof.problem_file import write_problem
from litproof.report.candidates import study_content
from litproof.text import to_json

SCHEMA = 1


def verdict_to_json(verdict: Verdict | None, study: Study | None = None, gaps: Sequence[Gap] = ()) -> str:
    """`bias --json`: the keys of schema 1; without a verdict (other losses and dynamics) the candidates alone."""
    candidates = study_content(study) if study is not None else None
    if verdict is None:
        return to_json({"schema": SCHEMA, "verdict": None, "candidates": candidates})
    pair, function, brackets = verdict.pair, verdict.regulariser, verdict.closure
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "verdict": verdict.answer,
        "evidence": str(verdict.evidence),
        "lie_dimension": brackets.lie_dimension if brackets else None,
        "reachable": brackets.reachable if brackets else None,
        "closed": brackets.closed if brackets else None,
        "pair": [tomllib.loads(write_problem(p)) for p in (pair.first, pair.second)] if pair else None,
        "transform": _texts(pair.transform) if pair else None,
        "limits": [_texts(box) for box in pair.enclosures] if pair else None,
        "gap": scientific(pair.gap) if pair else None,
        "potential": (function.formula or None) if function else None,
        "name": function.name if function else None,
        "starts": function.starts if function else None,
        "minimiser": _minimiser(verdict.minimiser) if verdict.minimiser else None,
        "candidates": candidates,
        "gaps": [_gap(gap) for gap in gaps] or None,
        "rests_on": list(verdict.rests_on),
        "seconds": round(verdict.seconds, 3),
    }
    return to_json(content)


def _minimiser(found: MirrorLimit) -> dict[str, Any]:
    """All numbers as bounds [low, high]."""
    point, digits = found.point, found.digits
    groups = {"beta": point.beta, "gradient": point.gradient, "multipliers": point.multipliers}
    return {
        "digits": digits,
        **{name: decimal_bounds(group, digits) for name, group in groups.items()},
        "value": decimal_bounds([point.value], digits)[0],
        "factor": decimal_bounds([point.factor], digits)[0],
        "straight": found.straight,
    }


def _minimiser_lines(found: MirrorLimit) -> list[str]:
    def middles(group: Sequence[tuple[Fraction, Fraction]]) -> str:
        return ", ".join(fixed((low + high) / 2, min(found.digits, 12)) for low, high in group)

    point = found.point
    return [
        f"  at the limit, enclosed to {found.digits} digits (at the start Q = 0, grad Q = 0, g = 1):",
        f"    beta   = ({middles(point.beta)})",
        f"    Q      = {middles([point.value])},  g = {middles([point.factor])}",
        f"    grad Q = ({middles(point.gradient)}) = X^T nu",
        f"    nu     = ({middles(point.multipliers)})",
    ]


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "scale": str(gap.scale),
        "relative": gap.size,
        "proved": gap.proved,
        "transform": _texts(gap.transform) if gap.transform else None,
        "compared": gap.compared,
    }


def gap_lines(gaps: Sequence[Gap]) -> list[str]:
    """Largest relative difference of the limits of pairs, a line a scale."""
    lines = ["largest difference of the limits of a pair, over the largest entry of the limit:"]
    for gap in gaps:
        bound = f"at least {gap.proved:.3e}, proved" if gap.proved else f"{gap.size:.3e}, not proved"
        rows = "; ".join(" ".join(map(str, row)) for row in gap.transform or ())
        known = f"{bound}, T = [{rows}]" if gap.transform else f"none in {gap.compared} pairs"
        lines.append(f"  alpha = {gap.scale!s:>8}: {known if gap.compared else 'no pair came to its limits'}")
    return lines


def _texts(rows: Sequence[Sequence[Fraction]]) -> list[list[str]]:
    return [[str(entry) for entry in row] for row in rows]


def verdict_lines(verdict: Verdict) -> list[str]:
    """The verdict, the pair or the function, and what it rests on."""
    lines = [f"verdict: {verdict.answer} ({verdict.evidence})"]
    if verdict.pair is not None:
        lines.append("no function of beta and of the start has these two limits as its unique minimisers:")
        for problem, box in zip(
            (verdict.pair.first, verdict.pair.second), verdict.pair.enclosures, strict=True
        ):
            X = "; ".join(" ".join(map(str, row)) for row in problem.X)
            middle = ", ".join(fixed((low + high) / 2, 8) for low, high in box)
            if problem is verdict.pair.first:
                start = "; ".join(" ".join(map(str, layer)) for layer in problem.v)
                lines.append(f"  start: alpha = {problem.scale}, v = [{start}]")
            lines.append(f"  X = [{X}], y = [{' '.join(map(str, problem.y))}]: beta = ({middle})")
        lines.append(f"  gap: {scientific(verdict.pair.gap)}")
    if verdict.regulariser is not None:
        lines.append(f"potential: {verdict.regulariser.name}")
        if verdict.regulariser.formula:
            lines.append(f"  {verdict.regulariser.formula}")
        lines.append(f"  for: {verdict.regulariser.starts}")
    if verdict.minimiser is not None:
        lines += _minimiser_lines(verdict.minimiser)
    lines += [f"rests on: {reason}" for reason in verdict.rests_on]
    lines.append(f"indication: {verdict.closure.description if verdict.closure else NO_INDICATION}")
    return lines
