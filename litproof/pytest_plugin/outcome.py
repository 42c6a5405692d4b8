"""What one claim came to in one test item, in a form that travels between processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

PROPERTY = "litproof"
"""Name of the property of a test report (and of a JUnit test case) that holds an outcome."""


@dataclass(frozen=True)
class Outcome:
    """One claim on some of its instances: status, the weakest evidence and the fewest digits among them.

    Attributes
    ----------
    expected : the status that its author expects.
    instances, of : how many instances this is about, and how many the claim has.
    mutants : by name, what became of them on these instances: "rejected", or the first other outcome that counts.
    """

    claim: str
    file: str
    status: str
    expected: str
    evidence: str
    digits: int
    instances: int
    of: int
    mutants: Mapping[str, str]
    seconds: float

    @property
    def as_expected(self) -> bool:
        """Whether it came out as its author expects."""
        return self.status == self.expected

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Outcome:
        """Inverse of `to_json`."""
        return Outcome(**data)

    def row(self, *, passed: bool) -> tuple[str, ...]:
        """Entries of the summary table; a claim that is verified, but not as well as asked, says so."""
        settled = self.status == "verified" == self.expected
        status = self.status
        if self.expected != "verified":
            status = f"{self.status}, {'as' if self.as_expected else f'not {self.expected} as'} expected"
        elif settled and not passed:
            status = "verified, below what is asked"
        rejected = sum(outcome == "rejected" for outcome in self.mutants.values())
        return (
            self.claim,
            status,
            self.evidence if settled else "-",
            str(self.instances) if self.instances == self.of else f"{self.instances} of {self.of}",
            str(self.digits) if settled else "-",
            f"{rejected}/{len(self.mutants)}",
            f"{self.seconds:.1f}",
        )


def mutant_outcomes(outcomes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By name what became of mutants, given as (name, outcome); those that say nothing anywhere are left out."""
    by_mutant: dict[str, str] = {}
    for name, outcome in outcomes:
        if outcome not in ("vacuous", "inapplicable") and by_mutant.get(name, "rejected") == "rejected":
            by_mutant[name] = outcome
    return by_mutant


def merged(outcomes: Sequence[Outcome], order: Mapping[str, int]) -> Outcome:
    """Outcomes of one claim on different instances as one: the instance furthest from what is expected decides.

    Parameters
    ----------
    order : severity of statuses and strength of evidence by their words.
    """
    worst = max(outcomes, key=lambda o: -1 if o.as_expected else order[o.status])
    return Outcome(
        claim=worst.claim,
        file=worst.file,
        status=worst.status,
        expected=worst.expected,
        evidence=min((o.evidence for o in outcomes), key=order.__getitem__),
        digits=min(o.digits for o in outcomes),
        instances=min(worst.of, sum(o.instances for o in outcomes)),
        of=worst.of,
        mutants=mutant_outcomes(entry for o in outcomes for entry in o.mutants.items()),
        seconds=sum(o.seconds for o in outcomes),
    )
