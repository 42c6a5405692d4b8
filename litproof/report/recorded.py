"""What a recorded run of the catalogue found of each claim: its evidence, and what stood in the way of more.

`scripts/record_evidence.py` writes it from the report of `litproof verify --json`, of all instances or of one a claim.
A claim that was added since, and one of a person's own, has no record.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

RECORD = Path(__file__).parents[1] / "theorems" / "evidence.json"


@cache
def _record() -> dict[str, Any]:
    record: dict[str, Any] = json.loads(RECORD.read_text("utf-8"))
    return record


def recorded_evidence(id: str) -> tuple[str, str]:
    """(heading, words) of a claim of the catalogue; empty where no run was recorded."""
    record = _record()
    claim = record["claims"].get(id)
    if claim is None:
        return "", ""
    unproved = claim.get("not proved")
    words = f"{claim['evidence']}; not proved: {unproved}." if unproved else f"{claim['evidence']}."
    instances = "one instance" if claim["instances"] == 1 else f"{claim['instances']} instances"
    return f"Evidence in the recorded run ({record['digits']} digits, {instances})", words
