"""One drawn problem, and what became of the claim there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litproof.claims.catalogue import claim_of
from litproof.claims.drawing.aim import Aim, draw
from litproof.claims.judge import judge
from litproof.claims.types import Claim, Instance, InstanceResult, Status
from litproof.integrate.budget import allowance
from litproof.problem import Problem

NOT_DRAWN = "not drawn"
"""Outcome where no problem that was drawn meets the hypotheses."""

FAILURES = (str(Status.REFUTED), str(Status.ERROR))


@dataclass(frozen=True)
class Trial:
    """Outcome of problem `number`.

    Attributes
    ----------
    outcome : a `Status` as text, or `NOT_DRAWN`.
    attempts : draws that the problem took. failed : how often which hypothesis failed among them.
    network : kind and depth, for the table.
    """

    number: int
    outcome: str
    detail: str
    attempts: int
    failed: Mapping[str, int]
    network: str = ""
    seconds: float = 0.0

    @property
    def fault(self) -> str:
        """What two failures have in common that have the same cause: the outcome, and the words without the numbers."""
        return self.outcome if self.outcome == Status.REFUTED else f"{self.outcome} {fault_of(self.detail)}"


@dataclass(frozen=True)
class Task:
    """What a worker needs to know besides the number.

    Attributes
    ----------
    claim, origin : id, and the user's claim file ("" for the catalogue).
    digits, operations : asked for, and allowed to the integrators for one problem.
    """

    claim: str
    origin: str
    aim: Aim
    seed: int
    digits: int
    operations: float


def fault_of(detail: str) -> str:
    """The first words of a message, without numbers."""
    return re.sub(r"[-+\d./^e]*\d[-+\d./^e]*", "#", detail)[:60]


def try_number(task: Task, number: int) -> Trial:
    """Draw problem `number` and judge the claim there (the function that worker processes run)."""
    claim = claim_of(task.claim, task.origin)
    drawn = draw(claim, task.aim, task.seed, number)
    if drawn.problem is None:
        return Trial(number, NOT_DRAWN, "", drawn.attempts, drawn.failed)
    result = judged(claim, drawn.problem, task.digits, task.operations)
    return Trial(
        number,
        str(result.status),
        result.detail,
        drawn.attempts,
        drawn.failed,
        kind_of(drawn.problem),
        round(result.seconds, 3),
    )


def judged(claim: Claim, problem: Problem, digits: int, operations: float) -> InstanceResult:
    """The claim on one problem, without mutants and proofs, within an allowance of operations."""
    with allowance(operations):
        return judge(claim, Instance(problem.name, problem), digits, mutants=False, proof=False)


def kind_of(problem: Problem) -> str:
    """Kind and depth of a problem's network."""
    depth = getattr(problem.network, "depth", None)
    return problem.network.kind + (f", L = {depth}" if depth else "")


def to_json(trial: Trial) -> dict[str, Any]:
    """As a line of the results file."""
    return {**vars(trial), "failed": dict(trial.failed)}


def from_json(data: Any) -> Trial:
    """Inverse of `to_json`; KeyError, TypeError or ValueError for anything else."""
    return Trial(
        int(data["number"]),
        str(data["outcome"]),
        str(data["detail"]),
        int(data["attempts"]),
        {str(name): int(count) for name, count in data["failed"].items()},
        str(data["network"]),
        float(data["seconds"]),
    )
