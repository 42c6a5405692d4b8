"""The baseline file: digits and evidence that each claim has reached before, and must not lose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from litproof.files import write_atomically
from litproof.pytest_plugin.outcome import Outcome
from litproof.results import Evidence

SCHEMA = 1


@dataclass(frozen=True)
class Entry:
    """What one claim reached; `file` is where it was collected, relative to the root of the tests."""

    digits: int
    evidence: Evidence
    file: str


@dataclass(frozen=True)
class Baseline:
    """Entries by claim."""

    entries: Mapping[str, Entry]

    @staticmethod
    def read(path: Path) -> Baseline:
        """Read a baseline file.

        Raises
        ------
        FileNotFoundError : there is none yet.
        ValueError : it is not a baseline file, in one line.
        """
        try:
            data = json.loads(path.read_text("utf-8"))
            if data["schema"] != SCHEMA:
                raise ValueError(f"schema {data['schema']!r}")
            return Baseline(
                {
                    str(id): Entry(int(e["digits"]), Evidence[e["evidence"].upper()], str(e["file"]))
                    for id, e in data["claims"].items()
                }
            )
        except FileNotFoundError:
            raise
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path} is no baseline file of schema {SCHEMA}: {error}") from None

    def loss(self, outcome: Outcome) -> str:
        """What a verified claim lost against the baseline, in words; "" for nothing (or a new claim)."""
        entry = self.entries.get(outcome.claim)
        if entry is None:
            return ""
        lost = []
        if outcome.digits < entry.digits:
            lost.append(f"{entry.digits} digits, now {outcome.digits}")
        if Evidence[outcome.evidence.upper()] < entry.evidence:
            lost.append(f"evidence {entry.evidence}, now {outcome.evidence}")
        return "; ".join(lost)

    def missing(self, file: str, claims: Iterable[str]) -> tuple[str, ...]:
        """Claims of the baseline that `file` held and holds no longer."""
        present = set(claims)
        return tuple(id for id, entry in self.entries.items() if entry.file == file and id not in present)

    def updated(self, outcomes: Iterable[Outcome]) -> Baseline:
        """The baseline with the entries of these verified claims replaced (their weakest where one ran twice).

        An entry is raised only where all instances of its claim ran.
        """
        fresh: dict[str, Entry] = {}
        for outcome in outcomes:
            digits, evidence = outcome.digits, Evidence[outcome.evidence.upper()]
            partial = None if outcome.instances == outcome.of else self.entries.get(outcome.claim)
            for known in filter(None, (fresh.get(outcome.claim), partial)):
                digits, evidence = min(digits, known.digits), min(evidence, known.evidence)
            fresh[outcome.claim] = Entry(digits, evidence, outcome.file)
        return Baseline({**self.entries, **fresh})

    def write(self, path: Path) -> None:
        """Write the file, claims in alphabetical order so that differences are easy to read."""
        claims = {
            id: {"digits": entry.digits, "evidence": str(entry.evidence), "file": entry.file}
            for id, entry in sorted(self.entries.items())
        }
        write_atomically(path, json.dumps({"schema": SCHEMA, "claims": claims}, indent=2) + "\n")
