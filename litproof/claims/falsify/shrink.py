"""The smallest problem near a given one on which a claim fails in the same way."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from litproof.claims.drawing.aim import first_failing
from litproof.claims.drawing.problems import as_read
from litproof.claims.falsify.smaller import size_of, smaller_problems
from litproof.claims.falsify.trial import fault_of, judged
from litproof.claims.types import Claim, InstanceResult, Status
from litproof.errors import InputError
from litproof.problem import Problem

MOST_JUDGED = 400
"""Problems on which the claim is judged before the smallest so far is taken."""


@dataclass(frozen=True)
class Shrunk:
    """What a failure shrinks to.

    Attributes
    ----------
    problem, result : the smallest found, and the claim there.
    judged : how many problems the claim was judged on.
    complete : whether nothing smaller is left to try.
    """

    problem: Problem
    result: InstanceResult
    judged: int
    complete: bool


def same_failure(first: InstanceResult, second: InstanceResult) -> bool:
    """Whether two failures are of one kind: both refuted, or errors whose messages differ in numbers only."""
    if first.status is not second.status:
        return False
    return first.status is Status.REFUTED or fault_of(first.detail) == fault_of(second.detail)


def shrink(
    claim: Claim,
    problem: Problem,
    digits: int,
    operations: float,
    progress: Callable[[int, int], None] | None = None,
) -> Shrunk:
    """Take smaller problems one after the other while the hypotheses hold and the failure stays the same.

    Deterministic: candidates come in a fixed order, and the search goes on from each that fails.
    """
    best, result, count = problem, judged(claim, problem, digits, operations), 1
    tried: set[str] = set()
    improved = True
    while improved and count < MOST_JUDGED:
        improved = False
        for candidate in smaller_problems(best):
            if count >= MOST_JUDGED:
                break
            mark = repr(candidate)
            if mark in tried:
                continue
            tried.add(mark)
            try:
                candidate = as_read(replace(candidate, name=problem.name))
            except InputError:
                continue  # no file may hold it
            if first_failing(claim, candidate)[1]:
                continue
            count += 1
            if progress:
                progress(count, MOST_JUDGED)
            second = judged(claim, candidate, digits, operations)
            if same_failure(result, second):
                best, result, improved = candidate, second, True
                break
    return Shrunk(best, result, count, count < MOST_JUDGED)


def smallest_first(problems: list[tuple[int, Problem]]) -> list[tuple[int, Problem]]:
    """(number, problem) in the order of size, then of number."""
    return sorted(problems, key=lambda entry: (size_of(entry[1]), entry[0]))
