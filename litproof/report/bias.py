"""What `litproof bias` found, for a person and for programs."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from litproof.bias.candidates import Study
from litproof.bias.verdict import Verdict
from litproof.decimals import fixed, scientific
from litproof.problem_file import write_problem
from litproof.report.candidates import study_content
from litproof.text import to_json

SCHEMA = 1


def verdict_to_json(found: Verdict | None, study: Study | None = None) -> str:
    """`bias --json`: the keys of schema 1; without a verdict (other losses and dynamics) the candidates alone."""
    candidates = study_content(study) if study is not None else None
    if found is None:
        return to_json({"schema": SCHEMA, "verdict": None, "candidates": candidates})
    pair, function = found.pair, found.regulariser
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "verdict": found.answer,
        "evidence": str(found.evidence),
        "lie_dimension": found.closure.lie_dimension,
        "reachable": found.closure.reachable,
        "closed": found.closure.closed,
        "pair": [tomllib.loads(write_problem(p)) for p in (pair.first, pair.second)] if pair else None,
        "transform": _texts(pair.transform) if pair else None,
        "limits": [_texts(box) for box in pair.enclosures] if pair else None,
        "gap": scientific(pair.gap) if pair else None,
        "potential": (function.formula or None) if function else None,
        "name": function.name if function else None,
        "starts": function.starts if function else None,
        "candidates": candidates,
        "rests_on": list(found.rests_on),
        "seconds": round(found.seconds, 3),
    }
    return to_json(content)


def _texts(rows: Sequence[Sequence[Fraction]]) -> list[list[str]]:
    return [[str(entry) for entry in row] for row in rows]


def verdict_lines(found: Verdict) -> list[str]:
    """The verdict, the pair or the function, and what it rests on."""
    lines = [f"verdict: {found.answer} ({found.evidence})"]
    if found.pair is not None:
        lines.append("no function of beta and of the start has these two limits as its unique minimisers:")
        for problem, box in zip((found.pair.first, found.pair.second), found.pair.enclosures, strict=True):
            X = "; ".join(" ".join(map(str, row)) for row in problem.X)
            middle = ", ".join(fixed((low + high) / 2, 8) for low, high in box)
            if problem is found.pair.first:
                start = "; ".join(" ".join(map(str, layer)) for layer in problem.v)
                lines.append(f"  start: alpha = {problem.scale}, v = [{start}]")
            lines.append(f"  X = [{X}], y = [{' '.join(map(str, problem.y))}]: beta = ({middle})")
        lines.append(f"  gap: {scientific(found.pair.gap)}")
    if found.regulariser is not None:
        lines.append(f"potential: {found.regulariser.name}")
        if found.regulariser.formula:
            lines.append(f"  {found.regulariser.formula}")
        lines.append(f"  for: {found.regulariser.starts}")
    lines += [f"rests on: {words}" for words in found.rests_on]
    lines.append(f"indication: {found.closure.words}")
    return lines
