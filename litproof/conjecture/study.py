"""Flows measured, candidates tested on their limits, and what may be concluded from how many conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import perf_counter

from litproof.algebra.balls import ball
from litproof.conjecture.family import Candidate, applicable
from litproof.conjecture.scales import Trend, trends
from litproof.errors import Inconclusive, InputError
from litproof.formula.jets import NotDefined
from litproof.formula.sameness import same_function
from litproof.formula.setting import CONDITION, Setting
from litproof.formula.stationarity import (
    Stationarity,
    at_point,
    limit_point,
    null_basis,
    stationarity,
    working_precision,
)
from litproof.parallel import WorkerDied, completed
from litproof.problem import Problem
from litproof.results import Measurement

ENOUGH = 3
"""Fewer independent conditions than this, and nothing is concluded."""

_EXTRA_DIGITS = (10, 40, 120)
_RANK_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Tested:
    """A candidate against all flows.

    Attributes
    ----------
    candidate : the regulariser.
    verdict : "consistent", "excluded", "undecided" (not known to all digits, or not differentiable at a limit) or
        "vacuous" (stationary everywhere on the interpolators, so it says nothing).
    digits : to how many digits the worst flow meets the condition.
    excluded_by : how many digits beyond that the measurement sees the failure; 0 unless excluded.
    reason : for undecided ones.
    same : names of candidates that are the same function here.
    trends : how the failure changes with alpha, one a series of problems that differ in alpha alone.
    """

    candidate: Candidate
    verdict: str
    digits: float
    excluded_by: float = 0.0
    reason: str = ""
    same: tuple[str, ...] = ()
    trends: tuple[Trend, ...] = ()


@dataclass(frozen=True)
class Study:
    """What came out.

    Attributes
    ----------
    tested : consistent candidates first, then by the digits to which the condition is met.
    inapplicable : (candidate, why) pairs.
    flows : names of the problems, without repetitions.
    conditions : equations d - n (m - n in rho) of each flow.
    informative : how many independent ones of these the excluded candidates show each flow to test.
    digits : as asked for.
    conclusion : "one", "several", "none", "undecided" (none, but some are not decided) or "too few conditions".
    seconds : time used.
    """

    tested: tuple[Tested, ...]
    inapplicable: tuple[tuple[Candidate, str], ...]
    flows: tuple[str, ...]
    conditions: tuple[int, ...]
    informative: tuple[int, ...]
    digits: int
    conclusion: str
    seconds: float

    @property
    def consistent(self) -> tuple[Tested, ...]:
        """The candidates that survive."""
        return tuple(entry for entry in self.tested if entry.verdict == "consistent")


@dataclass(frozen=True)
class Flow:
    """One problem with its measured limit."""

    setting: Setting
    limit: Measurement

    @property
    def problem(self) -> Problem:
        """The problem."""
        return self.setting.problem


def study(
    problems: Sequence[Problem],
    candidates: Sequence[Candidate],
    digits: int = 30,
    *,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Study:
    """Test candidates on the limits of the flows of several problems with one network.

    Parameters
    ----------
    problems : regression problems, n < d, the same network; repetitions are dropped.
    candidates : see `family.family`.
    digits : digits to which a candidate must meet the stationarity condition.
    jobs : worker processes for the flows.
    progress : called with (flows finished, flows).

    Raises
    ------
    InputError : problems of different networks, a classification problem, n >= d.
    Inconclusive : a flow does not reach zero loss.

    Examples
    --------
    >>> from litproof import problem_from_mapping
    >>> from litproof.conjecture.family import family
    >>> problem = problem_from_mapping({
    ...     "schema": 1,
    ...     "network": {"kind": "diagonal", "depth": 2},
    ...     "task": {"kind": "regression"},
    ...     "data": {"X": [["1", "2", "-1", "3"]], "y": ["1"]},
    ...     "init": {"scale": "1/2", "v": [["1", "1/2", "2", "1"], ["0", "0", "0", "0"]]},
    ... })
    >>> found = study([problem], family(depth=2), digits=12)
    >>> found.conclusion, [entry.candidate.name for entry in found.consistent]
    ('one', ['Q_2'])
    """
    started = perf_counter()
    distinct = _distinct(problems)
    settings = [Setting(problem, CONDITION) for problem in distinct]
    faults = [(candidate, applicable(candidate, settings)) for candidate in candidates]
    usable = [candidate for candidate, fault in faults if not fault]
    flows = measure(settings, digits, jobs, progress)
    table = {candidate: [_tested(candidate, flow, digits) for flow in flows] for candidate in usable}
    entries = [_judge(candidate, flows, found, digits) for candidate, found in table.items()]
    excluded = {entry.candidate for entry in entries if entry.verdict == "excluded"}
    conditions = [_conditions(flow) for flow in flows]
    informative = [
        min(conditions[f], _rank([table[c][f] for c in usable if c in excluded])) for f in range(len(flows))
    ]
    merged = _merged(entries, settings[0])
    merged.sort(key=lambda entry: (entry.verdict != "consistent", -entry.digits))
    limits = [(flow.setting, flow.limit) for flow in flows]
    shown = [replace(entry, trends=trends(entry.candidate, limits)) for entry in merged]
    return Study(
        tested=tuple(shown),
        inapplicable=tuple((candidate, fault) for candidate, fault in faults if fault),
        flows=tuple(flow.problem.name or f"problem {k}" for k, flow in enumerate(flows, start=1)),
        conditions=tuple(conditions),
        informative=tuple(informative),
        digits=digits,
        conclusion=_conclusion(shown, sum(informative)),
        seconds=perf_counter() - started,
    )


def _distinct(problems: Sequence[Problem]) -> list[Problem]:
    found: list[Problem] = []
    for problem in problems:
        if problem.task != "regression":
            raise InputError(
                f"expected a regression problem, got {problem.task}", key="task.kind", source=problem.name
            )
        problem = problem.independent
        n, d = len(problem.X), problem.network.input_dim
        if n >= d:
            raise InputError(
                f"expected fewer independent points than inputs, got n = {n}, d = {d}",
                key="data.X",
                source=problem.name,
            )
        if found and problem.network != found[0].network:
            raise InputError(
                f"expected the network of {found[0].name or 'the first problem'}, got another one",
                key="network",
                source=problem.name,
            )
        if all(replace(problem, name="") != replace(other, name="") for other in found):
            found.append(problem)
    if not found:
        raise InputError("expected at least one problem")
    return found


def measure(
    settings: Sequence[Setting], digits: int, jobs: int, progress: Callable[[int, int], None] | None = None
) -> list[Flow]:
    """Follow every flow to its limit; Inconclusive when one does not reach zero loss."""
    found: list[Measurement | None] = [None] * len(settings)
    calls = [(setting.problem, digits + _EXTRA_DIGITS[0]) for setting in settings]
    for done, (position, limit) in enumerate(completed(_follow, calls, jobs), start=1):
        name = settings[position].problem.name or f"problem {position + 1}"
        if isinstance(limit, WorkerDied):
            raise Inconclusive(f"{name}: a worker process died; run again with fewer --jobs")
        if not limit.converged:
            raise Inconclusive(f"{name}: {limit.reason}")
        found[position] = limit
        if progress:
            progress(done, len(settings))
    return [Flow(setting, limit) for setting, limit in zip(settings, found, strict=True) if limit is not None]


def _follow(problem: Problem, digits: int) -> Measurement:
    from litproof.integrate.training.follow import follow_any

    return follow_any(problem, digits)


def _tested(candidate: Candidate, flow: Flow, digits: int) -> Stationarity:
    """The condition at the limit; measured again with more digits where a candidate near to it needs them."""
    found = stationarity(candidate.tree, flow.setting, flow.limit)
    for extra in _EXTRA_DIGITS[1:]:
        if found.fault or found.noise < -digits or found.lower_log > -digits:
            break
        limit = _follow(flow.problem, digits + extra)
        if not limit.converged:
            break
        found = stationarity(candidate.tree, flow.setting, limit)
    return found


def _judge(candidate: Candidate, flows: Sequence[Flow], found: Sequence[Stationarity], digits: int) -> Tested:
    faults = [entry.fault for entry in found if entry.fault]
    met = min((-entry.upper_log for entry in found if not entry.fault), default=0.0)
    met = max(0.0, min(float(digits), met))
    failure = max((entry.lower_log for entry in found if not entry.fault), default=float("-inf"))
    if failure > -digits:
        return Tested(candidate, "excluded", met, digits + min(failure, 0.0))
    if faults:
        return Tested(candidate, "undecided", met, reason=faults[0])
    if met < digits:
        return Tested(candidate, "undecided", met, reason=f"known to {int(met)} digits only")
    if all(_vacuous(candidate, flow) for flow in flows):
        return Tested(candidate, "vacuous", met, reason="stationary at every interpolator")
    return Tested(candidate, "consistent", met)


def _vacuous(candidate: Candidate, flow: Flow) -> bool:
    """Whether the condition also holds at an interpolator some way off the limit."""
    tree = candidate.tree
    with working_precision(flow.limit):
        point = limit_point(tree, flow.setting, flow.limit)
        basis = null_basis(flow.setting.design(point.basis), len(point.coordinates))
        moved = list(point.coordinates)
        size = max(abs(entry) for entry in moved)
        for k, vector in enumerate(basis, start=1):
            step = size * ball(Fraction(k, 7 * len(basis)))
            moved = [entry + step * v for entry, v in zip(moved, vector, strict=True)]
        try:
            found = at_point(tree, replace(point, coordinates=tuple(moved)))
        except NotDefined:
            return False
    return not found.fault and found.upper_log < -10


def _conditions(flow: Flow) -> int:
    try:
        size = max(flow.problem.network.input_dim, flow.setting.components)
    except InputError:
        size = flow.problem.network.input_dim
    if flow.setting.commuting is not None:
        size = flow.setting.components
    return size - len(flow.problem.X)


def _rank(found: Sequence[Stationarity]) -> int:
    """Number of independent directions in which candidates fail, all in one basis (the one most of them use)."""
    import numpy as np

    best = 0
    for size in {len(entry.residual) for entry in found}:
        rows = [list(map(float, entry.residual)) for entry in found if len(entry.residual) == size]
        rows = [row for row in rows if any(row)]
        if rows and size:
            matrix = np.array([[value / max(map(abs, row)) for value in row] for row in rows])
            best = max(best, int(np.linalg.matrix_rank(matrix, tol=_RANK_TOLERANCE)))
    return best


def _merged(entries: Sequence[Tested], setting: Setting) -> list[Tested]:
    """Candidates that are one function on these problems become one entry."""
    kept: list[Tested] = []
    for entry in entries:
        for position, other in enumerate(kept):
            alike = entry.verdict == other.verdict and abs(entry.digits - other.digits) < 0.01
            if alike and same_function(entry.candidate.tree, other.candidate.tree, setting):
                kept[position] = replace(other, same=(*other.same, entry.candidate.name))
                break
        else:
            kept.append(entry)
    return kept


def _conclusion(tested: Sequence[Tested], informative: int) -> str:
    consistent = sum(entry.verdict == "consistent" for entry in tested)
    if informative < ENOUGH:
        return "too few conditions"
    if not consistent and any(entry.verdict == "undecided" for entry in tested):
        return "undecided"
    return {0: "none", 1: "one"}.get(consistent, "several")
