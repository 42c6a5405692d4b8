"""What is found at one point of a sweep, as one row of a table."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from litproof.claims.catalogue import claim_of, load_file
from litproof.claims.judge import describe, judge
from litproof.claims.store import fingerprint
from litproof.claims.types import Instance, Status
from litproof.errors import Inconclusive
from litproof.limits.estimate import Disagreement
from litproof.limits.find import find_limit
from litproof.problem import Problem
from litproof.problem_file import write_problem
from litproof.sweep.grid import Combination, Point
from litproof.sweep.rows import Row


@dataclass(frozen=True)
class Task:
    """What is done at every point.

    Attributes
    ----------
    digits : asked for. claims : ids. origins : the claim files of those that are not in the catalogue.
    """

    digits: int
    claims: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


def find_row(task: Task, point: Point | Combination) -> tuple[str, Row]:
    """Where the flow goes, and the status of each claim that applies; never raises for what the flow does.

    Returns
    -------
    The name under which the row is kept, and the row: status ("found", "inconclusive", "disagreement", "error"),
    evidence, digits, seconds, residual, clock, reason, ``beta_1``.. or ``direction_1``.. as decimal strings, and
    ``ID status``, ``ID digits`` a claim. The values of the point are not in it: another grid may write them otherwise.
    """
    started = perf_counter()
    problem = point.problem
    for origin in task.origins:
        load_file(origin)
    row = _limit(problem, task.digits)
    for id in task.claims:
        row |= _claim(id, problem, task.digits)
    row["seconds"] = round(perf_counter() - started, 3)
    return key_of_point(task, problem), row


def key_of_point(task: Task, problem: Problem) -> str:
    """Name under which a row is kept: the problem itself, digits, claims, their files and the source of litproof."""
    texts = (Path(origin).read_text("utf-8") for origin in task.origins)
    parts = (fingerprint(), write_problem(problem), task.digits, *task.claims, *texts)
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


def lost() -> Row:
    """The row of a point whose worker process died."""
    return _failed("error", "its worker process died (out of memory?); run again with fewer --jobs")


def _limit(problem: Problem, digits: int) -> Row:
    try:
        limit = find_limit(problem, digits)
    except Inconclusive as error:
        return _failed("inconclusive", str(error))
    except Disagreement as error:
        return _failed("disagreement", str(error))
    except Exception as error:
        return _failed("error", describe(error))
    name = "beta" if limit.task == "regression" else "direction"
    return {
        "status": "found",
        "evidence": str(limit.evidence),
        "digits": limit.digits,
        "seconds": 0.0,
        "residual": limit.residual,
        "clock": limit.followed_to,
        "reason": "",
        **{f"{name}_{index}": decimal for index, decimal in enumerate(limit.decimals, start=1)},
    }


def _failed(status: str, reason: str) -> Row:
    return {
        "status": status,
        "evidence": None,
        "digits": None,
        "seconds": 0.0,
        "residual": None,
        "clock": None,
        "reason": reason,
    }


def _claim(id: str, problem: Problem, digits: int) -> Row:
    result = judge(claim_of(id), Instance(problem.name, problem), digits)
    if result.status is Status.HYPOTHESIS_VIOLATED:
        return {f"{id} status": "does not apply", f"{id} digits": None}
    return {f"{id} status": str(result.status), f"{id} digits": result.digits}
