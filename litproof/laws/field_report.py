"""What `litproof conserved` says of vector fields, and of networks with functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from litproof.laws.candidates import Candidate, decide
from litproof.laws.field_count import most_laws
from litproof.laws.field_laws import FieldLaws, find_field_laws
from litproof.laws.fields import Fields


@dataclass(frozen=True)
class FieldReport:
    """Laws, their number, and formulas that were tried.

    Attributes
    ----------
    kind : "field", or the kind of network or dynamics. most : bound of the number of independent laws of any kind, in
        theta and t where the fields have a drift; None where nothing is known.
    """

    kind: str
    laws: FieldLaws
    most: int | None
    candidates: tuple[Candidate, ...]
    seconds: float

    @property
    def rank(self) -> int:
        """Number of independent laws."""
        return len(self.laws.laws)

    @property
    def complete(self) -> bool | None:
        """Whether every conserved function is proved to be a function of those found; None where that is not known."""
        return True if self.most == self.rank else None if self.most is None else False

    @property
    def verdict(self) -> str:
        """One sentence on completeness."""
        if self.complete:
            return "complete: every conserved function is a function of these"
        more = (
            f"; {self.laws.unwritten} more have rates that are not written out" if self.laws.unwritten else ""
        )
        if self.most is None:
            return f"how many there are of any kind is not known for these functions{more}"
        least = f"at most {self.most - self.rank} further independent ones of any kind"
        return f"polynomials up to degree {self.laws.degree}, with factors in t; {least}{more}"

    def to_json(self) -> dict[str, Any]:
        """The mapping of `conserved --json` (schema 1)."""
        return {
            "schema": 1,
            "kind": self.kind,
            "parameters": len(self.laws.variables),
            "degree": self.laws.degree,
            "found": self.rank,
            "laws": self.most,
            "complete": self.complete,
            "verdict": self.verdict,
            "quantities": [
                {"name": f"law {k}", "polynomial": law.formula, "exact": True}
                for k, law in enumerate(self.laws.laws, 1)
            ],
            "candidates": [candidate.to_json() for candidate in self.candidates],
            "seconds": round(self.seconds, 4),
        }

    def lines(self) -> list[str]:
        """For a person."""
        return [
            *(f"law {k} = {law.formula}" for k, law in enumerate(self.laws.laws, 1)),
            f"{self.rank} independent: {self.verdict}",
        ]


def report_on(fields: Fields, kind: str, degree: int = 2, formulas: Sequence[str] = ()) -> FieldReport:
    """Search, count, and decide the formulas.

    Raises InputError for what is no formula; Inconclusive where the search is out of reach.
    """
    began = perf_counter()
    candidates = tuple(decide(fields, formula) for formula in formulas)
    laws = find_field_laws(fields, degree)
    return FieldReport(kind, laws, most_laws(fields), candidates, perf_counter() - began)
