"""Running claims on instances, in this process or several, and gathering verdicts in a fixed order."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from litproof.claims.catalogue import catalogue, claim_of, load_file
from litproof.claims.judge import judge, no_mutant_rejected
from litproof.claims.kernel import kernel_record
from litproof.claims.store import Store, key_of
from litproof.claims.types import Claim, Instance, InstanceResult, Status, Verdict
from litproof.errors import HypothesisError
from litproof.integrate.budget import SECOND
from litproof.parallel import WorkerDied, completed
from litproof.results import Evidence

NOT_TRIED = "mutants not tried: a claim of your own is verified only when its false variants are rejected"

SECOND_DIGITS = 20
"""Digits to which the second engine follows limits: more than accidents share, in a few seconds each."""

SECOND_STEPS, SECOND_OPERATIONS = 300, 60 * SECOND
"""Its budget; where it ends first, nothing is said about that instance."""

Progress = Callable[[int, int, InstanceResult], None]
"""Called with (finished, total, newest result)."""


@dataclass(frozen=True)
class Task:
    """One claim on one instance; `origin` is the user's claim file, "" for the catalogue.

    With `second_engine` the flow of the instance is followed by mpmath as well, and both must agree. With `pictures`
    the result holds what the run saw on its way.
    """

    claim: str
    instance: Instance
    origin: str = ""
    second_engine: bool = False
    pictures: bool = False


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run; `results` holds what was finished."""

    def __init__(self, results: Sequence[InstanceResult | None]) -> None:
        self.results = tuple(results)
        super().__init__("interrupted")


def run(
    tasks: Sequence[Task],
    digits: int,
    *,
    jobs: int = 1,
    mutants: bool = True,
    store: Store | None = None,
    progress: Progress | None = None,
) -> list[InstanceResult]:
    """Judge all tasks; results come back in the order of `tasks`, whatever order they finish in.

    Raises
    ------
    Interrupted : on Ctrl-C, carrying the finished results (None for the others).
    """
    results: list[InstanceResult | None] = [None] * len(tasks)
    keys = [_key(task, digits, mutants) if store else "" for task in tasks]
    finished = 0

    def keep(position: int, result: InstanceResult) -> None:
        nonlocal finished
        results[position] = result
        finished += 1
        if progress:
            progress(finished, len(tasks), result)

    try:
        for position, key in enumerate(keys):
            if store and (known := store.load(key)) is not None:
                keep(position, known)
        waiting = [position for position, result in enumerate(results) if result is None]
        arguments = {
            position: (tasks[position], digits, mutants, store, keys[position]) for position in waiting
        }
        sent = {position: _packed(arguments[position]) for position in waiting} if jobs > 1 else {}
        elsewhere = [position for position in waiting if sent.get(position)]
        origins = tuple(dict.fromkeys(task.origin for task in tasks if task.origin))
        packed = [(origins, sent[position]) for position in elsewhere]
        for index, outcome in completed(work_elsewhere, packed, jobs):
            lost = isinstance(outcome, WorkerDied)
            keep(elsewhere[index], _lost(tasks[elsewhere[index]]) if lost else outcome)
        for position in waiting:
            if position not in elsewhere:
                keep(position, work(*arguments[position]))
    except KeyboardInterrupt:
        raise Interrupted(results) from None
    return [result for result in results if result is not None]


def _packed(arguments: tuple[Task, int, bool, Store | None, str]) -> bytes | None:
    """The arguments of `work` for another process; None for those that have to stay in this one.

    Stay: claims that exist here only (made in a script or a notebook), and what cannot be pickled.
    """
    task = arguments[0]
    if not task.origin and task.claim not in catalogue():
        return None
    try:
        return pickle.dumps(arguments)
    except (pickle.PicklingError, AttributeError, TypeError):
        return None


def work_elsewhere(origins: Sequence[str], packed: bytes) -> InstanceResult:
    """`work` in a worker process, where the claim files are imported before anything of theirs is unpickled."""
    for origin in origins:
        load_file(origin)
    return work(*pickle.loads(packed))


def work(task: Task, digits: int, mutants: bool, store: Store | None = None, key: str = "") -> InstanceResult:
    """Judge one task and keep the result before it is handed back (the function that worker processes run).

    Errors are not kept: they are tried again by the next run.
    """
    result = judge(
        claim_of(task.claim, task.origin), task.instance, digits, mutants=mutants, pictures=task.pictures
    )
    if task.second_engine and result.status is Status.VERIFIED:
        result = _with_second_engine(result, task.instance, digits)
    if store and result.status is not Status.ERROR:
        store.save(key, result)
    return result


def _with_second_engine(result: InstanceResult, instance: Instance, digits: int) -> InstanceResult:
    """The result with what the mpmath engine says of the same flow; a contradiction is a defect."""
    from litproof.mpmath_interface.second_opinion import second_opinion

    started = perf_counter()
    try:
        opinion = second_opinion(
            instance.problem, min(digits, SECOND_DIGITS), max_steps=SECOND_STEPS, operations=SECOND_OPERATIONS
        )
    except HypothesisError as error:
        return replace(result, second_engine=f"not tried: {error}")
    seconds = result.seconds + perf_counter() - started
    result = replace(result, second_engine=opinion.description, seconds=seconds)
    return (
        replace(result, status=Status.ERROR, detail=opinion.description)
        if opinion.agrees is False
        else result
    )


def _lost(task: Task) -> InstanceResult:
    detail = "a worker process died before this was finished (out of memory?); run again with fewer --jobs"
    return InstanceResult(task.claim, task.instance.label, Status.ERROR, Evidence.NUMERIC, 0, detail, 0.0)


def _key(task: Task, digits: int, mutants: bool) -> str:
    text = ""
    if task.origin:
        with open(task.origin, encoding="utf-8") as stream:
            text = stream.read()
    return key_of(task.claim, task.instance, digits, mutants, text, task.second_engine, task.pictures)


def verdict_of(claim: Claim, results: Sequence[InstanceResult], *, every_mutant: bool) -> Verdict:
    """Sum up a claim: the worst status, the weakest evidence and fewest digits among its instances.

    Of a claim that is expected to be refuted, the worst instance is one that does not refute it.

    With `every_mutant` a mutant that no instance could tell from the truth makes the status "error": such a claim
    has not been shown able to fail. Nor has a person's own claim none of whose mutants is rejected, or whose mutants
    were not tried: it is inconclusive. A claim
    of the catalogue that is verified, and whose statement Coq's kernel has checked for all networks at once, has
    evidence *kernel*; `details` then says what its instances show by themselves. Where Coq has checked only a part
    of the statement, `details` says which part, and what is missing.
    """
    worst = max(results, key=lambda result: -1 if result.status is claim.expected else result.status.severity)
    verified = [result for result in results if result.status is Status.VERIFIED]
    outcomes: dict[str, set[str]] = {mutant.name: set() for mutant in claim.mutants}
    for result in results:
        for mutant in result.mutants:
            outcomes.setdefault(mutant.name, set()).add(mutant.outcome)
    decided = {name: outcome - {"vacuous", "inapplicable"} for name, outcome in outcomes.items()}
    tried = [name for name, outcome in decided.items() if outcome]
    rejected = [name for name, outcome in decided.items() if outcome == {"rejected"}]
    untried = [name for name in outcomes if name not in tried]
    status, detail = worst.status, f"{worst.label}: {worst.detail}"
    if every_mutant and not claim.automatic and status is Status.VERIFIED and untried:
        status, detail = Status.ERROR, f"no instance tells mutant {untried[0]!r} from the claim"
    catalogued = catalogue().get(claim.id) is claim
    tried_here = [mutant for result in results for mutant in result.mutants]
    able_to_fail = any(mutant.outcome == "rejected" for mutant in tried_here)
    if status is Status.VERIFIED and not able_to_fail and not catalogued:
        asked = bool(tried_here) or not claim.mutants
        detail = no_mutant_rejected(claim, tried_here) if asked else NOT_TRIED
        status = Status.INCONCLUSIVE
    shown = verified if status is Status.VERIFIED else results
    evidence = min(result.evidence for result in shown)
    details = {} if status is Status.VERIFIED else {"reason": detail}
    unproved = [result for result in results if result.unproved]
    if unproved and status is Status.VERIFIED:
        others = f"; likewise on {len(unproved) - 1} more" if len(unproved) > 1 else ""
        details["unproved"] = f"{unproved[0].unproved} ({unproved[0].label}{others})"
    opinions = [f"{result.label}: {result.second_engine}" for result in results if result.second_engine]
    if opinions:
        details["second engine"] = "; ".join(opinions)
    proof = kernel_record().proofs.get(claim.id)
    if proof and status is Status.VERIFIED and catalogued:
        details |= {"theorems": ", ".join(proof.theorems), "proved": proof.says, "missing": proof.missing}
        reductions = {result.reduction: result.label for result in results if result.reduction}
        if reductions:
            unchecked = "; ".join(f"{step} ({label})" for step, label in reductions.items())
            details["missing"] = "; ".join(filter(None, (proof.missing, f"the reduction to it: {unchecked}")))
        elif not proof.missing:
            details["instances"], evidence = str(evidence), Evidence.KERNEL
            details.pop("unproved", None)
    return Verdict(
        claim=claim.id,
        status=status,
        evidence=evidence,
        digits=min(result.digits for result in shown),
        instances=tuple(results),
        tried=len(tried),
        rejected=len(rejected),
        seconds=sum(result.seconds for result in results),
        details=details,
        expected=claim.expected,
    )


def gather(
    tasks: Sequence[Task], results: Sequence[InstanceResult | None], *, every_mutant: bool
) -> tuple[Verdict, ...]:
    """Verdicts in the order in which the claims first appear; a claim with an unfinished instance is left out."""
    by_claim: dict[tuple[str, str], list[InstanceResult | None]] = {}
    for task, result in zip(tasks, results, strict=True):
        by_claim.setdefault((task.claim, task.origin), []).append(result)
    verdicts = []
    for (claim, origin), entries in by_claim.items():
        finished = [result for result in entries if result is not None]
        if len(finished) == len(entries):
            verdicts.append(verdict_of(claim_of(claim, origin), finished, every_mutant=every_mutant))
    return tuple(verdicts)
