"""`verify`: from names, problem files and claim files to verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Literal

from litproof.claims.catalogue import catalogue, claim_of, load_file, matching
from litproof.claims.drawing.aim import instances_of
from litproof.claims.formulas.user_file import is_claim_file
from litproof.claims.judge import hypotheses_of
from litproof.claims.kernel import kernel_record
from litproof.claims.runner import Interrupted, Progress, Task, gather, run
from litproof.claims.store import Store
from litproof.claims.types import Answer, Claim, Instance, Status, Verdict
from litproof.errors import InputError
from litproof.markup import grid
from litproof.problem import Problem
from litproof.results import Evidence

SecondEngine = Literal["none", "one", "all"]

DIGITS = range(4, 1001)
"""Digits that may be asked for."""


@dataclass(frozen=True)
class Report:
    """What a run found.

    Attributes
    ----------
    verdicts : one a claim, in the order of the catalogue (or of the arguments).
    digits, seed : as asked for.
    seconds : wall time.
    notes : remarks for the person, e.g. how many claims do not apply to a problem.
    complete : False when the run was interrupted; claims with unfinished instances are then left out.
    tasks : what was run, claim by claim, in the order of the verdicts' instances.
    mutants : whether the false variants were tried.
    inapplicable : (problem, claim, reason) where claims were looked for and a hypothesis fails.
    required : evidence that a verified claim must have.
    own_instances : whether claims ran on instances of their own, and not on problems that were named.
    """

    verdicts: tuple[Verdict, ...]
    digits: int
    seed: int
    seconds: float
    notes: tuple[str, ...] = ()
    complete: bool = True
    tasks: tuple[Task, ...] = ()
    mutants: bool = True
    inapplicable: tuple[tuple[str, str, str], ...] = ()
    required: Evidence = Evidence.NUMERIC
    own_instances: bool = True

    def falls_short(self, verdict: Verdict) -> bool:
        """Whether a claim is verified, but with less evidence than required."""
        return verdict.status is Status.VERIFIED and verdict.evidence < self.required

    @property
    def tracebacks(self) -> tuple[str, ...]:
        """Tracebacks of exceptions in the claims' own functions, each once, with the claim and the first instance."""
        texts: dict[str, str] = {}
        for verdict in self.verdicts:
            for result in verdict.instances:
                if result.traceback:
                    texts.setdefault(result.traceback, f"{verdict.claim}, {result.label}")
        return tuple(f"{where}:\n{trace}" for trace, where in texts.items())

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.verdicts)) or "nothing finished"

    def _repr_html_(self) -> str:
        header = ("claim", "status", "evidence", "digits", "instances", "mutants rejected")
        rows = (
            (v.claim, v.outcome, v.evidence, v.digits, len(v.instances), f"{v.rejected}/{v.tried}")
            for v in self.verdicts
        )
        return grid(header, rows)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Claims that have no verdict, because the run was interrupted."""
        settled = {verdict.claim for verdict in self.verdicts}
        return tuple(dict.fromkeys(task.claim for task in self.tasks if task.claim not in settled))

    def exit_code(self) -> int:
        """0 all as expected with the evidence required, 1 refuted, defective or below it, 3 inconclusive.

        A violated hypothesis says nothing about the claim and counts as inconclusive; so does what is not finished. A
        claim that is expected to be refuted and is verified counts as a claim that is refuted.
        """
        wrong = {v.status for v in self.verdicts if not v.as_expected}
        decided = {Status.VERIFIED, Status.REFUTED, Status.ERROR}
        if wrong & decided or any(map(self.falls_short, self.verdicts)):
            return 1
        settled = bool(self.verdicts) and not wrong and self.complete
        return 0 if settled else 3


@dataclass(frozen=True)
class Plan:
    """What is to be run: tasks in order, remarks, whether claims run on instances of their own, what says nothing."""

    tasks: tuple[Task, ...]
    notes: tuple[str, ...]
    own_instances: bool
    inapplicable: tuple[tuple[str, str, str], ...] = ()


def verify(
    *targets: str | Path | Claim | Problem,
    digits: int = 30,
    jobs: int = 1,
    mutants: bool = True,
    seed: int = 0,
    resume: str | Path | None = None,
    progress: Progress | None = None,
    quick: bool = False,
    second_engine: SecondEngine = "none",
    required: Evidence = Evidence.NUMERIC,
    pictures: bool = False,
) -> Report:
    """Try claims, and their mutants, and say what came out.

    Parameters
    ----------
    targets : ids or patterns of the catalogue (``"ykm/*"``), claim files (``.py``, or ``.toml`` with a key
        ``claim``), problem files (``.toml``, ``.json``), or `Claim` and `Problem` objects. Nothing: the whole
        catalogue on its own instances. Claims and problems: these claims on these problems. Problems alone: every
        claim whose hypotheses hold there.
    digits : significant decimal digits, 4 to 1000.
    jobs : worker processes (started afresh, so a script that asks for more than one needs the usual
        ``if __name__ == "__main__"``).
    mutants : whether the false variants are tried too.
    seed : seeds the instances that are drawn at random.
    resume : directory where finished results are kept and found again.
    progress : called with (finished, total, newest result).
    quick : one instance a claim.
    second_engine : on which instances the flow is followed by mpmath as well (`mpmath_interface.second_opinion`):
        "none", "one" (the smallest of each claim; of problems given, each once) or "all".
    required : evidence that a verified claim must have for an exit code of 0.
    pictures : keep of each run what its pictures show (for the HTML report).

    Raises
    ------
    InputError : an unknown claim, a wrong file, digits out of range.
    litproof.claims.verification.Stopped : on Ctrl-C, with what was finished in ``.report``.

    Examples
    --------
    >>> report = verify("network/odeco-form", digits=15)
    >>> [(verdict.claim, str(verdict.status), verdict.rejected == verdict.tried) for verdict in report.verdicts]
    [('network/odeco-form', 'verified', True)]
    """
    if digits not in DIGITS:
        raise InputError(f"digits must lie between {DIGITS.start} and {DIGITS.stop - 1}, got {digits}")
    started = perf_counter()
    made = plan(targets, seed)
    if quick and made.own_instances:
        made = replace(
            made,
            tasks=tuple({(task.claim, task.origin): task for task in reversed(made.tasks)}.values())[::-1],
        )
    marked = with_second_engine(made, second_engine)
    made = replace(made, tasks=tuple(replace(task, pictures=pictures) for task in marked))
    store = Store(Path(resume)) if resume is not None else None
    report = Report(
        (),
        digits,
        seed,
        0.0,
        made.notes,
        tasks=made.tasks,
        mutants=mutants,
        inapplicable=made.inapplicable,
        required=required,
        own_instances=made.own_instances,
    )
    every_mutant = made.own_instances and mutants and not quick
    try:
        results = run(made.tasks, digits, jobs=jobs, mutants=mutants, store=store, progress=progress)
    except Interrupted as stop:
        verdicts = gather(made.tasks, stop.results, every_mutant=every_mutant)
        seconds = perf_counter() - started
        raise Stopped(replace(report, verdicts=verdicts, seconds=seconds, complete=False)) from None
    verdicts = gather(made.tasks, results, every_mutant=every_mutant)
    notes = (*made.notes, *(remarks(made.tasks, verdicts) if mutants else ("mutants not tried",)))
    if (about := kernel_record().note) and any(verdict.claim in catalogue() for verdict in verdicts):
        notes = (*notes, f"kernel proofs {about}")
    return replace(report, verdicts=verdicts, notes=notes, seconds=perf_counter() - started)


def with_second_engine(plan: Plan, where: SecondEngine) -> tuple[Task, ...]:
    """The tasks, those marked on which the second engine runs."""
    if where == "all":
        return tuple(replace(task, second_engine=True) for task in plan.tasks)
    chosen: dict[object, Task] = {}
    for task in plan.tasks if where == "one" else ():
        key: object = (task.claim, task.origin) if plan.own_instances else task.instance.label
        if key not in chosen or (plan.own_instances and _size(task) < _size(chosen[key])):
            chosen[key] = task
    marked = set(map(id, chosen.values()))
    return tuple(replace(task, second_engine=id(task) in marked) for task in plan.tasks)


def _size(task: Task) -> tuple[int, int]:
    problem = task.instance.problem
    return sum(problem.network.shapes), len(problem.X)


def remarks(tasks: Sequence[Task], verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """For every claim that came without mutants, which were made for it and which of those it accepts.

    Also names claims none of whose mutants say anything on the problems given.
    """
    origins = {task.claim: task.origin for task in tasks}
    lines = []
    for verdict in verdicts:
        claim = claim_of(verdict.claim, origins[verdict.claim])
        if verdict.status is Status.VERIFIED and not verdict.rejected:
            lines.append(
                f"{claim.id}: no mutant says anything on these problems, so the check is not shown able to fail here"
            )
        if claim.automatic and verdict.status is not Status.REFUTED:
            made = "; ".join(mutant.name for mutant in claim.mutants)
            lines.append(f"{claim.id} came without mutants; made automatically: {made}")
            for result in verdict.instances:
                accepted = [mutant.name for mutant in result.mutants if mutant.outcome == "accepted"]
                if accepted:
                    lines.append(
                        f"{claim.id} is not told apart on {result.label} from: {'; '.join(accepted)}"
                    )
    return tuple(lines)


class Stopped(KeyboardInterrupt):
    """Ctrl-C during `verify`; `report` holds the verdicts that were finished."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__("interrupted")


def plan(targets: Sequence[str | Path | Claim | Problem], seed: int) -> Plan:
    """Read the targets; raises InputError before anything is run."""
    claims: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for target in (str(target) if isinstance(target, Path) else target for target in targets):
        if isinstance(target, Claim):
            claims.append((target.id, ""))
        elif isinstance(target, Problem):
            problems.append(target)
        elif target.endswith((".toml", ".json")) and not is_claim_file(target):
            problems.append(_read(target))
        elif target.endswith((".py", ".toml", ".json")):
            claims += [(id, target) for id in load_file(target)]
        else:
            claims += [(id, "") for id in matching(target)]
    claims = list(dict.fromkeys(claims))
    tasks: list[Task] = []
    if not problems:
        for id, origin in claims or [(id, "") for id in catalogue()]:
            instances = instances_of(claim_of(id, origin), seed)
            if not instances:
                raise InputError(f"claim {id!r} has no instances of its own; give it a problem file")
            tasks += [Task(id, instance, origin) for instance in instances]
        return Plan(tuple(tasks), (), True)
    own = [Instance(problem.name or f"problem {n}", problem) for n, problem in enumerate(problems, 1)]
    if claims:
        tasks = [Task(id, instance, origin) for id, origin in claims for instance in own]
        return Plan(tuple(tasks), (), False)
    inapplicable: list[tuple[str, str, str]] = []
    for id, claim in catalogue().items():
        fitting = [entry for entry in own if hypotheses_of(claim, entry.problem).answer is Answer.HOLDS]
        tasks += [Task(id, instance) for instance in fitting]
        inapplicable += [
            (entry.label, id, hypotheses_of(claim, entry.problem).detail)
            for entry in own
            if entry not in fitting
        ]
    notes = [_do_not_apply(entry.label, inapplicable) for entry in own]
    return Plan(tuple(tasks), tuple(filter(None, notes)), False, tuple(inapplicable))


def _do_not_apply(label: str, inapplicable: Sequence[tuple[str, str, str]]) -> str:
    """One line for a problem, however many claims say nothing about it."""
    claims = [claim for problem, claim, _ in inapplicable if problem == label]
    if not claims:
        return ""
    return (
        f"{label}: {len(claims)} of {len(catalogue())} claims do not apply; `litproof verify CLAIM PROBLEM` says why, "
        f"as for {claims[0]}"
    )


def _read(path: str) -> Problem:
    from litproof.problem_file import read_problem

    return read_problem(path)
