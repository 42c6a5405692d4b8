"""`falsify`: many drawn problems for one claim, what became of them, and the smallest on which it fails."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

from litproof.claims.catalogue import catalogue, claim_of
from litproof.claims.drawing.aim import draw, take_aim
from litproof.claims.falsify.log import Log
from litproof.claims.falsify.shrink import Shrunk, shrink, smallest_first
from litproof.claims.falsify.trial import FAILURES, NOT_DRAWN, Task, Trial, try_number
from litproof.claims.types import Claim, Status
from litproof.deadline import together
from litproof.integrate.budget import SECOND
from litproof.parallel import WorkerDied, streamed
from litproof.problem import Problem

OPERATIONS = 10 * SECOND
"""What the integrators may spend on one problem, unless something else is asked for."""

LOST = "lost"
"""Outcome where a problem ended its worker process, twice; it is not kept, and tried again by the next run."""

FIRST = 10
"""Problems that are tried before the others: where none of them can be drawn, none is."""

MOST_SHRUNK = 3
"""Faults of different kinds that are shrunk."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Counterexample:
    """A failure.

    Attributes
    ----------
    number : of the drawn problem. fault : what failures of the same kind have in common.
    shrunk : the smallest problem found from it; None where the search was interrupted before.
    problem, outcome, detail : the shrunk one, or the drawn one.
    """

    number: int
    fault: str
    problem: Problem
    outcome: str
    detail: str
    shrunk: Shrunk | None = None


@dataclass
class Falsification:
    """What a search search.

    Attributes
    ----------
    asked : problems asked for; `tried` : those that were drawn and judged, or could not be drawn.
    outcomes : how often each. networks : (network, outcome) -> count. attempts, failed : draws, and hypotheses that
        failed among them.
    faults : kind of failure -> the numbers of the first problems that show it.
    first : number of the first problem on which the claim fails, None for none.
    examples : outcome -> details of the first problems that are neither verified nor failures.
    """

    claim: str
    origin: str
    asked: int
    seed: int
    digits: int
    operations: float
    outcomes: Counter[str] = field(default_factory=Counter)
    networks: Counter[tuple[str, str]] = field(default_factory=Counter)
    attempts: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[Trial]] = field(default_factory=dict)
    first: int | None = None
    examples: dict[str, Trial] = field(default_factory=dict)
    counterexamples: list[Counterexample] = field(default_factory=list)
    seconds: float = 0.0
    complete: bool = True

    @property
    def tried(self) -> int:
        """Problems with an outcome."""
        return self.outcomes.total()

    @property
    def drawn(self) -> int:
        """Problems that meet the hypotheses."""
        return self.tried - self.outcomes[NOT_DRAWN]

    @property
    def acceptance(self) -> float:
        """Share of the draws that meet the hypotheses."""
        return self.drawn / self.attempts if self.attempts else 0.0

    def exit_code(self) -> int:
        """1 a counterexample or an error, 3 nothing tested, something undecided or not finished, 0 all verified."""
        if any(self.outcomes[outcome] for outcome in FAILURES):
            return 1
        settled = self.complete and self.drawn and self.outcomes[Status.VERIFIED] == self.drawn
        return 0 if settled else 3

    def count(self, trial: Trial) -> None:
        """Add one outcome."""
        self.outcomes[trial.outcome] += 1
        self.attempts += trial.attempts
        self.failed.update(trial.failed)
        if trial.network:
            self.networks[trial.network, trial.outcome] += 1
        if trial.outcome in FAILURES:
            same = self.faults.setdefault(trial.fault, [])
            same.append(trial)
            same.sort(key=lambda entry: entry.number)
            del same[_KEPT:]
            self.first = trial.number if self.first is None else min(self.first, trial.number)
        elif trial.outcome != Status.VERIFIED:
            kept = self.examples.get(trial.outcome)
            if kept is None or trial.number < kept.number:
                self.examples[trial.outcome] = trial


_KEPT = 20
"""Problems of one kind of failure among which the smallest is shrunk."""


class Stopped(KeyboardInterrupt):
    """Ctrl-C during a search; `search` holds what was finished."""

    def __init__(self, search: Falsification) -> None:
        self.search = search
        super().__init__("interrupted")


def falsify(
    claim: str | Claim,
    *,
    origin: str = "",
    instances: int = 1000,
    digits: int = 20,
    seed: int = 0,
    operations: float = OPERATIONS,
    jobs: int = 1,
    scheduler: str | None = None,
    resume: str | Path | None = None,
    progress: Progress | None = None,
    shrinking: Progress | None = None,
) -> Falsification:
    """Try to break a claim on drawn problems that meet its hypotheses.

    Parameters
    ----------
    claim : id of the catalogue or of a claim in the file `origin`, or a `Claim`.
    instances : how many problems; number i of a seed is the same however many there are and wherever it runs.
    digits : significant digits. operations : allowance of the integrators for one problem (`integrate.budget`).
    jobs : worker processes, when there is no `scheduler` (address of a Dask cluster).
    resume : results file; what stands there already is not done again.
    progress : called with (finished, total); `shrinking` with (problems judged, the most there may be).

    Raises
    ------
    InputError : a results file of something else. Stopped : on Ctrl-C, with what was finished.

    Examples
    --------
    >>> search = falsify("network/odeco-form", instances=5, digits=10)
    >>> dict(search.outcomes), search.exit_code()
    ({'verified': 5}, 0)
    """
    started = perf_counter()
    subject = claim if isinstance(claim, Claim) else claim_of(claim, origin)
    task = Task(subject.id, origin, take_aim(subject, seed), seed, digits, operations)
    search = Falsification(subject.id, origin, instances, seed, digits, operations)
    log = Log(Path(resume), task) if resume is not None else None
    here = not origin and subject.id not in catalogue()
    try:
        done = bytearray(instances)
        for trial in log.trials() if log else ():
            if trial.number < instances and not done[trial.number]:
                done[trial.number] = 1
                search.count(trial)
        for numbers in (range(min(FIRST, instances)), range(FIRST, instances)):
            if numbers.start and not search.drawn:
                break
            waiting = (number for number in numbers if not done[number])
            for trial in _trials(task, waiting, 1 if here else jobs, scheduler):
                with together():
                    search.count(trial)
                    if log and trial.outcome != LOST:
                        log.add(trial)
                if progress:
                    progress(search.tried, instances)
        search.counterexamples = _counterexamples(subject, task, search)
        for position, example in enumerate(search.counterexamples):
            search.counterexamples[position] = _shrunk(subject, task, example, shrinking)
    except KeyboardInterrupt:
        if not search.counterexamples:
            search.counterexamples = _counterexamples(subject, task, search)
        search.complete, search.seconds = False, perf_counter() - started
        raise Stopped(search) from None
    finally:
        if log:
            log.close()
    search.seconds = perf_counter() - started
    return search


def _trials(task: Task, numbers: Iterator[int], jobs: int, scheduler: str | None) -> Iterator[Trial]:
    """Trials in the order in which they finish."""
    asked: dict[int, int] = {}

    def arguments() -> Iterator[tuple[Task, int]]:
        for position, number in enumerate(numbers):
            asked[position] = number
            yield task, number

    if scheduler is None:
        results = streamed(try_number, arguments(), jobs)
    else:
        from litproof.claims.cluster import completed_on_cluster

        results = completed_on_cluster(try_number, arguments(), scheduler)
    for position, result in results:
        number = asked.pop(position)
        lost = isinstance(result, WorkerDied)
        yield (
            Trial(number, LOST, "its worker process died, twice (out of memory?)", 0, {}) if lost else result
        )


def _counterexamples(claim: Claim, task: Task, search: Falsification) -> list[Counterexample]:
    """The smallest problem of each kind of failure, as drawn."""
    examples = []
    for trials in sorted(search.faults.values(), key=lambda trials: trials[0].number)[:MOST_SHRUNK]:
        drawn = {trial.number: draw(claim, task.aim, task.seed, trial.number).problem for trial in trials}
        number, problem = smallest_first(
            [(k, problem) for k, problem in drawn.items() if problem is not None]
        )[0]
        trial = next(trial for trial in trials if trial.number == number)
        examples.append(Counterexample(number, trial.fault, problem, trial.outcome, trial.detail))
    return examples


def _shrunk(claim: Claim, task: Task, example: Counterexample, progress: Progress | None) -> Counterexample:
    shrunk = shrink(claim, example.problem, task.digits, task.operations, progress)
    result = shrunk.result
    return replace(
        example, problem=shrunk.problem, outcome=str(result.status), detail=result.detail, shrunk=shrunk
    )
