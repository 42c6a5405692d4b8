"""What one claim came to in one test item, in a form that travels between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

PROPERTY = "litproof"
"""Name of the property of a test report (and of a JUnit test case) that holds an outcome."""


@dataclass(frozen=True)
class Outcome:
    """One claim: status, the weakest evidence and the fewest digits among its instances."""

    claim: str
    file: str
    status: str
    evidence: str
    digits: int
    instances: int
    tried: int
    rejected: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Outcome:
        """Inverse of `to_json`."""
        return Outcome(**data)

    def row(self, *, passed: bool) -> tuple[str, ...]:
        """Entries of the summary table; a claim that is verified, but not as well as asked, says so."""
        settled = self.status == "verified"
        return (
            self.claim,
            self.status if passed or not settled else "verified, below what is asked",
            self.evidence if settled else "-",
            str(self.instances),
            str(self.digits) if settled else "-",
            f"{self.rejected}/{self.tried}",
            f"{self.seconds:.1f}",
        )
