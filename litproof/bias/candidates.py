"""Candidate regularisers on the limits of several flows: stationary there, excluded there, or selecting nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from time import perf_counter

from litproof.algebra.balls import dyadic
from litproof.algebra.linear import rank
from litproof.bias.family import Candidate, applicable
from litproof.bias.scales import Trend, trends
from litproof.errors import Inconclusive, InputError
from litproof.formula.evaluate import evaluate
from litproof.formula.interpolators import interpolators
from litproof.formula.jets import NotDefined
from litproof.formula.sameness import same_function
from litproof.formula.setting import CONDITION, Setting
from litproof.formula.stationarity import Shape, limit_point, working_precision
from litproof.formula.stationary_point import NOTHING, Stationarity, stationary_point
from litproof.markup import grid, listing
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.parallel import WorkerDied, completed
from litproof.problem import Problem
from litproof.results import Measurement

ENOUGH = 3
"""Fewer conditions than this, and nothing is concluded."""
CONSTANT = "has the same value on a family of interpolators near the limit"

_EXTRA_DIGITS = (10, 40, 120)
_SEGMENTS = 6
"""Directions drawn in which a constant value is looked for."""
_MOST_AXES = 12
"""Of so many directions two are tried together, as the entries (i, j) and (j, i) of a matrix."""
_ORDER = {"consistent": 0, "selects nothing": 1, "undecided": 2, "excluded": 3}


@dataclass(frozen=True)
class Tested:
    """A candidate against all flows.

    Attributes
    ----------
    candidate : the regulariser.
    verdict : "consistent" (all limits are stationary points to the digits asked for), "excluded", "undecided", or
        "selects nothing" (it has one value on a family of interpolators near a limit, or on all).
    margin : for excluded ones, how many times 10^-digits away the stationary points are at least.
    reason : what was found at the flow that decides.
    same : names of candidates that are the same function here.
    trends : how the excess changes with alpha, one a series of problems that differ in alpha alone.
    """

    candidate: Candidate
    verdict: str
    margin: float = 0.0
    reason: str = ""
    same: tuple[str, ...] = ()
    trends: tuple[Trend, ...] = ()


@dataclass(frozen=True)
class Study:
    """What came out.

    Attributes
    ----------
    tested : consistent candidates first, excluded ones last.
    inapplicable : (candidate, why) pairs.
    flows : names of the problems, without repetitions.
    conditions : directions of interpolators of each flow.
    digits : as asked for.
    conclusion : "one", "several", "none", "undecided" (none, but some are not decided) or "too few conditions".
    seconds : time used.
    """

    tested: tuple[Tested, ...]
    inapplicable: tuple[tuple[Candidate, str], ...]
    flows: tuple[str, ...]
    conditions: tuple[int, ...]
    digits: int
    conclusion: str
    seconds: float

    @property
    def consistent(self) -> tuple[Tested, ...]:
        """The candidates that survive."""
        return tuple(entry for entry in self.tested if entry.verdict == "consistent")

    def __str__(self) -> str:
        names = ((entry.candidate.name, f"{entry.verdict}: {entry.reason}") for entry in self.tested)
        return listing((*names, ("conclusion", self.conclusion)))

    def _repr_html_(self) -> str:
        rows = ((entry.candidate.name, entry.verdict, entry.reason) for entry in self.tested)
        return grid(("candidate", "verdict", "at the limit"), (*rows, ("conclusion", self.conclusion, "")))


def draw_problems(problem: Problem, number: int, seed: int) -> tuple[Problem, ...]:
    """The same network and start with other inputs and targets; sensors stay, as they may have to commute."""
    rng = Random(f"data sets {seed}")
    problems = []
    for k in range(1, number + 1):
        X = problem.X
        while not isinstance(problem.network, MatrixSensing):
            X = tuple(
                tuple(Fraction(rng.randint(-6, 6), rng.randint(1, 4)) for _ in row) for row in problem.X
            )
            if rank(X) == len(X):
                break
        y = tuple(Fraction(rng.choice((-1, 1)) * rng.randint(4, 12), 8) for _ in problem.y)
        problems.append(
            replace(problem, X=X, y=y, name=f"{problem.name or 'problem'}, data set {k} of seed {seed}")
        )
    return tuple(problems)


def compare_regularisers(
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
    candidates : see `family.regularisers`.
    digits : to which the limit must be a stationary point of a candidate on the interpolators.
    jobs : worker processes for the flows.
    progress : called with (flows finished, flows).

    Raises
    ------
    InputError : problems of different networks, a classification problem, n >= d.
    Inconclusive : a flow does not reach zero loss.

    Examples
    --------
    >>> from litproof import problem_from_mapping
    >>> from litproof.bias.family import regularisers
    >>> problem = problem_from_mapping({
    ...     "schema": 1,
    ...     "network": {"kind": "diagonal", "depth": 2},
    ...     "task": {"kind": "regression"},
    ...     "data": {"X": [["1", "2", "-1", "3"]], "y": ["1"]},
    ...     "init": {"scale": "1/2", "v": [["1", "1/2", "2", "1"], ["0", "0", "0", "0"]]},
    ... })
    >>> tested = compare_regularisers([problem], regularisers(depth=2), digits=12)
    >>> tested.conclusion, [entry.candidate.name for entry in tested.consistent]
    ('one', ['Q_2'])
    """
    started = perf_counter()
    distinct = _distinct(problems)
    settings = [Setting(problem, CONDITION) for problem in distinct]
    faults = [(candidate, applicable(candidate, settings)) for candidate in candidates]
    limits = measure(settings, digits, jobs, progress)
    flows = list(zip(settings, limits, strict=True))
    entries = [_judged(candidate, flows, digits) for candidate, fault in faults if not fault]
    merged = _merged(entries, settings[0])
    merged.sort(key=lambda entry: (_ORDER[entry.verdict], entry.margin))
    conditions = tuple(_conditions(setting) for setting in settings)
    return Study(
        tested=tuple(replace(entry, trends=trends(entry.candidate, flows)) for entry in merged),
        inapplicable=tuple((candidate, fault) for candidate, fault in faults if fault),
        flows=tuple(problem.name or f"problem {k}" for k, problem in enumerate(distinct, start=1)),
        conditions=conditions,
        digits=digits,
        conclusion=_conclusion(merged, sum(conditions)),
        seconds=perf_counter() - started,
    )


def _distinct(problems: Sequence[Problem]) -> list[Problem]:
    distinct: list[Problem] = []
    for problem in problems:
        if problem.task != "regression":
            raise InputError(
                f"expected a regression problem, got {problem.task}", key="task.kind", source=problem.name
            )
        problem = problem.independent
        n, d = len(problem.X), problem.network.input_dim
        if n >= d:
            message = f"expected fewer independent points than inputs, got n = {n}, d = {d}"
            raise InputError(message, key="data.X", source=problem.name)
        if distinct and problem.network != distinct[0].network:
            message = f"expected the network of {distinct[0].name or 'the first problem'}, got another one"
            raise InputError(message, key="network", source=problem.name)
        if all(replace(problem, name="") != replace(other, name="") for other in distinct):
            distinct.append(problem)
    if not distinct:
        raise InputError("expected at least one problem")
    return distinct


def measure(
    settings: Sequence[Setting], digits: int, jobs: int, progress: Callable[[int, int], None] | None = None
) -> list[Measurement]:
    """Follow every flow to its limit; Inconclusive when one does not reach zero loss."""
    measured: dict[int, Measurement] = {}
    calls = [(setting.problem, digits + _EXTRA_DIGITS[0]) for setting in settings]
    for done, (position, limit) in enumerate(completed(_follow, calls, jobs), start=1):
        name = settings[position].problem.name or f"problem {position + 1}"
        if isinstance(limit, WorkerDied):
            raise Inconclusive(f"{name}: a worker process died; run again with fewer --jobs")
        if not limit.converged:
            raise Inconclusive(f"{name}: {limit.reason}")
        measured[position] = limit
        if progress:
            progress(done, len(settings))
    return [measured[position] for position in range(len(settings))]


def _follow(problem: Problem, digits: int) -> Measurement:
    from litproof.integrate.training.follow import follow_any

    return follow_any(problem, digits)


def _stationarity(candidate: Candidate, setting: Setting, limit: Measurement, digits: int) -> Stationarity:
    """Judged again with more digits of the limit where these may decide."""
    stationarity = stationary_point(candidate.tree, setting, limit, digits)
    for extra in _EXTRA_DIGITS[1:]:
        if not stationarity.imprecise:
            break
        limit = _follow(setting.problem, digits + extra)
        if not limit.converged:
            break
        stationarity = stationary_point(candidate.tree, setting, limit, digits)
    return stationarity


def _judged(candidate: Candidate, flows: Sequence[tuple[Setting, Measurement]], digits: int) -> Tested:
    """The worst flow decides: one that excludes, then one that is undecided, then one on which nothing is selected."""
    worst = Tested(candidate, "consistent")
    for setting, limit in flows:
        stationarity = _stationarity(candidate, setting, limit, digits)
        if stationarity.answer is False:
            return Tested(candidate, "excluded", stationarity.margin, stationarity.reason)
        if stationarity.answer is None:
            verdict = "selects nothing" if stationarity.reason == NOTHING else "undecided"
            now = Tested(candidate, verdict, reason=stationarity.reason)
        elif stationarity.shape is not Shape.MINIMUM and is_constant(candidate, setting, limit, digits):
            now = Tested(candidate, "selects nothing", reason=CONSTANT)
        else:
            now = Tested(candidate, "consistent", reason=stationarity.reason)
        if worst.verdict == "consistent" or (worst.verdict, now.verdict) == ("selects nothing", "undecided"):
            worst = now
    return worst


def is_constant(candidate: Candidate, setting: Setting, limit: Measurement, digits: int) -> bool:
    """Whether, on a segment of interpolators through the limit, the value stays the same to twice the digits.

    The segments are those along the interpolators' own directions and some drawn ones, of a thousandth of the limit's
    size: a strictly convex function changes by the square of that.
    """
    with working_precision(replace(limit, digits=2 * digits + 40)):
        point = limit_point(candidate.tree, setting, replace(limit, error=Fraction(0)))
        space = interpolators(point, digits)
        largest = max(abs(dyadic(entry)) for entry in point.coordinates)
        size, rng = space.dimension, Random(0)
        axes = [[Fraction(int(k == i)) for k in range(size)] for i in range(size)]
        pairs = [
            [a + t * b for a, b in zip(axes[k], axes[i], strict=True)]
            for k in range(min(size, _MOST_AXES))
            for i in range(k)
            for t in (1, -1)
        ]
        drawn = [[Fraction(rng.randint(-9, 9), 9) for _ in range(size)] for _ in range(_SEGMENTS)]
        tiny = Fraction(1, 10 ** max(8, digits - 2))
        for direction in axes + pairs + drawn:
            if not any(direction):
                continue
            try:
                values = [
                    evaluate(candidate.tree, space.moved([t * largest / 1000 * w for w in direction])).ball
                    for t in (-1, 0, 1)
                ]
            except NotDefined:
                continue
            changes = [dyadic(abs(value - values[1]).abs_upper()) for value in (values[0], values[2])]
            if max(changes) <= tiny * dyadic(abs(values[1]).abs_upper()):
                return True
    return False


def _conditions(setting: Setting) -> int:
    try:
        size = max(setting.problem.network.input_dim, setting.components)
    except InputError:
        size = setting.problem.network.input_dim
    if setting.commuting is not None:
        size = setting.components
    return size - len(setting.problem.X)


def _merged(entries: Sequence[Tested], setting: Setting) -> list[Tested]:
    """Candidates that are one function on these problems become one entry."""
    kept: list[Tested] = []
    for entry in entries:
        for position, other in enumerate(kept):
            if entry.verdict == other.verdict and same_function(
                entry.candidate.tree, other.candidate.tree, setting
            ):
                kept[position] = replace(other, same=(*other.same, entry.candidate.name))
                break
        else:
            kept.append(entry)
    return kept


def _conclusion(tested: Sequence[Tested], conditions: int) -> str:
    consistent = sum(entry.verdict == "consistent" for entry in tested)
    if conditions < ENOUGH:
        return "too few conditions"
    if not consistent and any(entry.verdict == "undecided" for entry in tested):
        return "undecided"
    return {0: "none", 1: "one"}.get(consistent, "several")
