"""What is found at one point of a sweep, as one row of a table."""

import threading
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from litproof.claims.catalogue import claim_of, load_file
from litproof.claims.judge import describe, judge
from litproof.claims.store import Store, fingerprint
from litproof.claims.types import Instance, Status
from litproof.errors import Inconclusive
from litproof.limits.estimate import Disagreement
from litproof.limits.find import find_limit
from litproof.problem import Problem
from litproof.problem_file import write_problem
from litproof.sweep.rows import Row

_ALONE = threading.Lock()
"""Precision contexts are global to a process: a cluster's worker with several threads takes turns."""


def find_row(
    problem: Problem,
    digits: int,
    claims: Sequence[str],
    store: Store | None = None,
    key: str = "",
    origins: Sequence[str] = (),
) -> Row:
    """Where the flow goes, and the status of each claim that applies; never raises for what the flow does.

    Returns
    -------
    Row : status ("found", "inconclusive", "disagreement", "error"), evidence, digits, seconds, residual, clock,
        reason, ``beta_1``.. or ``direction_1``.. as decimal strings, and ``ID status``, ``ID digits`` a claim.
    """
    with _ALONE:
        started = perf_counter()
        for origin in origins:
            load_file(origin)
        row = _limit(problem, digits)
        for id in claims:
            row |= _claim(id, problem, digits)
        row["seconds"] = round(perf_counter() - started, 3)
    if store and row["status"] != "error":
        store.write(key, row)
    return row


def key_of_point(problem: Problem, digits: int, claims: Sequence[str], origins: Sequence[str] = ()) -> str:
    """Name under which a row is kept: the problem itself, digits, claims, their files and the source of litproof."""
    texts = (Path(origin).read_text("utf-8") for origin in origins)
    parts = (fingerprint(), write_problem(problem), digits, *claims, *texts)
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
