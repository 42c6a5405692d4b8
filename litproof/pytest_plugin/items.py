"""Test items for claims: what is run, and what is printed when a claim fails."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from litproof.claims.catalogue import claim_of, load_file, module_name
from litproof.claims.drawing.aim import instances_of
from litproof.claims.runner import Task, run, verdict_of
from litproof.claims.store import Store
from litproof.claims.types import Claim, InstanceResult, Status, Verdict
from litproof.claims.verification import plan
from litproof.errors import InputError
from litproof.problem import Problem
from litproof.pytest_plugin.marks import marks_of, module_marks
from litproof.pytest_plugin.names import slugs
from litproof.pytest_plugin.outcome import PROPERTY, Outcome, mutant_outcomes
from litproof.pytest_plugin.settings import SETTINGS, Settings
from litproof.results import Evidence
from litproof.text import visible


class ClaimFailure(Exception):
    """A claim that is not verified, or not as well as asked; the message is all that is printed."""


class ClaimFile(pytest.File):
    """A file with claims, loaded through the same door as by `litproof verify FILE`."""

    def collect(self) -> Iterator[pytest.Item]:
        """The items of every claim, and one for claims of the baseline that the file has lost."""
        try:
            ids = load_file(str(self.path))
        except InputError as error:
            raise self.CollectError("\n".join(filter(None, (error.traceback, str(error))))) from None
        module = sys.modules.get(module_name(str(self.path.resolve())))
        names = vars(module) if module is not None and self.path.suffix == ".py" else {}
        add_marks(self, module_marks(names))
        marks = marks_of(names)
        for id in ids:
            yield from claim_items(self, id, claim_of(id), marks.get(id, ()))
        baseline = self.config.stash[SETTINGS].baseline
        if baseline and (missing := baseline.missing(self.nodeid, ids)):
            yield MissingItem.from_parent(self, name="baseline", missing=missing)


def claim_items(
    parent: pytest.Collector, name: str, claim: Claim, marks: Iterable[pytest.Mark]
) -> Iterator[pytest.Item]:
    """One item an instance, and one for mutants that need not be told from the claim by every instance."""
    settings = parent.config.stash[SETTINGS]
    tasks = [Task(claim.id, instance) for instance in instances_of(claim, settings.seed)]
    several = len(tasks) > 1 and settings.mutants and not claim.automatic
    together = several and claim.expected is Status.VERIFIED
    made: list[_Item] = []
    for task, label in zip(tasks, slugs(task.instance.label for task in tasks), strict=True):
        made.append(
            InstanceItem.from_parent(
                parent, name=f"{name}[{label}]", claim=claim, task=task, of=len(tasks), together=together
            )
        )
    if together:
        made.append(MutantsItem.from_parent(parent, name=f"{name}[mutants]", claim=claim, tasks=tasks))
    for item in made or [NoInstances.from_parent(parent, name=name, claim=claim)]:
        add_marks(item, marks)
        yield item


def add_marks(node: pytest.Item | pytest.Collector, marks: Iterable[pytest.Mark]) -> None:
    """Put marks on a node of the tree."""
    for mark in marks:
        node.own_markers.append(mark)
        node.keywords[mark.name] = mark


class _Item(pytest.Item):
    """What claim items have in common: a failure is its message, not a traceback."""

    litproof_place: tuple[str, int]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The message of a ClaimFailure; other exceptions as usual."""
        if isinstance(excinfo.value, ClaimFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """File, line (from 0) where the claim is stated there, and name."""
        file, line = self.litproof_place
        here = line > 0 and Path(file).resolve() == self.path.resolve()
        return self.path, line - 1 if here else None, self.name


class MissingItem(_Item):
    """Fails: the baseline has claims that their file no longer holds."""

    def __init__(self, *, missing: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._missing = missing
        self.litproof_place = (str(self.path), 0)

    def runtest(self) -> None:
        """Say which claims are gone."""
        raise ClaimFailure(
            f"{self.nodeid}: in the baseline, but no longer in the file: {', '.join(self._missing)}\n"
            "(if that is meant, take them out of the baseline file)"
        )


class _ClaimItem(_Item):
    """An item about one claim."""

    def __init__(self, *, claim: Claim, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.claim = claim
        self.litproof_place = claim.place if claim.place[0] else (str(self.path), 0)
        self.extra_keyword_matches.add(claim.id)


class NoInstances(_ClaimItem):
    """A claim without instances of its own: skipped, with the reason."""

    def runtest(self) -> None:
        """Skip."""
        pytest.skip("the claim has no instances of its own; give it problem files")


class InstanceItem(_ClaimItem):
    """One claim on one of its instances; `together`: its mutants have an item of their own."""

    def __init__(self, *, task: Task, of: int, together: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._task, self._of, self._together = task, of, together

    def runtest(self) -> None:
        """Judge the instance."""
        settings = self.config.stash[SETTINGS]
        settle(self, settings, self.claim, [self._task], of=self._of, together=self._together)


class MutantsItem(_ClaimItem):
    """The false variants of a claim with several instances: each has to be told from the claim by one of them."""

    def __init__(self, *, tasks: Sequence[Task], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._tasks = tasks

    def runtest(self) -> None:
        """Take the results of the instances, judge those that did not run, and look at all of them."""
        settings = self.config.stash[SETTINGS]
        results = run(self._tasks, settings.digits, store=Store(settings.results))
        if failed := [result.label for result in results if result.status is not Status.VERIFIED]:
            pytest.skip(f"not verified: {', '.join(failed)}")
        verdict = verdict_of(self.claim, results, every_mutant=True)
        if not verdict.as_expected:
            lines = [
                f"claim {self.claim.id}: {self.claim.title}",
                f"{verdict.status}: {verdict.details.get('reason', '')}",
                reproduction_line(self, settings),
            ]
            raise ClaimFailure(visible("\n".join(lines), lines=True))


def verify_returned(item: pytest.Function, mark: pytest.Mark) -> None:
    """Call a marked function and verify the claims named in the mark on the problem (or problems) it returns."""
    settings = item.config.stash[SETTINGS]
    names = item._fixtureinfo.argnames
    returned = item.obj(**{name: item.funcargs[name] for name in names})
    problems = returned if isinstance(returned, list | tuple) else [returned]
    for entry in problems:
        if not isinstance(entry, Problem | str | Path):
            raise TypeError(
                f"{item.name} is marked with litproof and must return a Problem, the name of a problem "
                f"file, or a list of these; got {type(entry).__name__}"
            )
    targets = [entry if isinstance(entry, Problem) else str(entry) for entry in problems]
    made = plan([*mark.args, *targets], settings.seed)
    if not made.tasks:
        reasons = (f"{problem}: {id} does not apply ({reason})" for problem, id, reason in made.inapplicable)
        pytest.fail(
            "no claim of the catalogue applies:\n" + visible("\n".join(reasons), lines=True), pytrace=False
        )
    by_claim: dict[tuple[str, str], list[Task]] = {}
    for task in made.tasks:
        by_claim.setdefault((task.claim, task.origin), []).append(task)
    failures = []
    for (id, origin), tasks in by_claim.items():
        try:
            settle(item, settings, claim_of(id, origin), tasks, of=len(tasks))
        except ClaimFailure as failure:
            failures.append(str(failure))
    if failures:
        pytest.fail("\n\n".join(failures), pytrace=False)


def settle(
    item: pytest.Item,
    settings: Settings,
    claim: Claim,
    tasks: Sequence[Task],
    *,
    of: int,
    together: bool = False,
) -> None:
    """Run tasks of one claim, leave the outcome in the item's properties, raise ClaimFailure unless all is well.

    Parameters
    ----------
    of : how many instances the claim has.
    together : whether its mutants are looked at over all instances, in an item of their own.
    """
    store = Store(settings.results) if together else None
    results = run(tasks, settings.digits, mutants=settings.mutants, store=store)
    alone = isinstance(item, InstanceItem) and settings.mutants and not together
    verdict = verdict_of(claim, results, every_mutant=alone)
    if together and {result.status for result in results} == {Status.VERIFIED}:
        verdict = replace(verdict, status=Status.VERIFIED)
    outcome = Outcome(
        claim=claim.id,
        file=item.nodeid.partition("::")[0],
        status=str(verdict.status),
        expected=str(verdict.expected),
        evidence=str(verdict.evidence),
        digits=verdict.digits,
        instances=len(results),
        of=of,
        mutants=mutant_outcomes((m.name, m.outcome) for result in results for m in result.mutants),
        seconds=round(verdict.seconds, 3),
    )
    item.user_properties.append((PROPERTY, json.dumps(outcome.to_json())))
    for result in results:
        if result.traceback and result.exception is not None:  # reported as pytest does, for --tb and --pdb
            where = f"claim {claim.id}, {result.label}"
            result.exception.add_note(f"{where}; {reproduction_line(item, settings)}")
            raise result.exception
    if complaints := list(_complaints(settings, verdict, outcome)):
        lines = [f"claim {claim.id}: {claim.title}", *complaints, reproduction_line(item, settings)]
        raise ClaimFailure(visible("\n".join(lines), lines=True))


def _complaints(settings: Settings, verdict: Verdict, outcome: Outcome) -> Iterator[str]:
    bad = [result for result in verdict.instances if result.status is not verdict.expected]
    if bad and verdict.expected is not Status.VERIFIED:
        yield f"expected to be {verdict.expected} on every instance"
    for result in bad:
        yield from describe(result, settings)
    if not verdict.as_expected and not bad:
        yield f"{verdict.status}: {verdict.details.get('reason', '')}"
    if verdict.status is not Status.VERIFIED or not verdict.as_expected:
        return
    required = Evidence[settings.evidence.upper()]
    for result in verdict.instances if verdict.evidence < required else ():
        if result.evidence < required:
            yield f"{result.label}: evidence {result.evidence}, below {required}"
    if settings.baseline and (lost := settings.baseline.loss(outcome)):
        yield f"baseline lost: {lost} (asked for {settings.digits} digits)"


def describe(result: InstanceResult, settings: Settings) -> Iterator[str]:
    """One instance that failed: what was seen, seed, digits reached, and the two sides where they differ."""
    seed = f"seed {result.seed}" if result.seed is not None else "fixed"
    yield f"{result.status}: {result.label} ({seed})"
    yield f"  {result.detail}"
    yield f"  digits reached: {result.digits} of {settings.digits}"
    if result.sides and result.status is Status.REFUTED:
        yield from _aligned(result.sides.predicted, result.sides.measured)
    for mutant in result.mutants:
        if mutant.outcome in ("accepted", "error"):
            yield f"  mutant {mutant.name!r} {mutant.outcome}: {mutant.detail}"


def _aligned(predicted: Iterable[str], measured: Iterable[str]) -> Iterator[str]:
    for index, (left, right) in enumerate(zip(predicted, measured, strict=True), start=1):
        if left != right:
            width = max(len(left), len(right))
            yield f"  entry {index}: predicted {left.rjust(width)}"
            yield f"  {'':{len(f'entry {index}:')}} measured  {right.rjust(width)}"


def reproduction_line(item: pytest.Item, settings: Settings) -> str:
    """How to run one item again, in words."""
    return f"reproduce: {reproduction(item.nodeid, settings)}"


def reproduction(nodeid: str, settings: Settings) -> str:
    """A command that runs the same item with the same digits and seed."""
    command = ["pytest", nodeid, f"--litproof-digits={settings.digits}", f"--litproof-seed={settings.seed}"]
    if settings.evidence != "numeric":
        command.append(f"--litproof-evidence={settings.evidence}")
    if not settings.mutants:
        command.append("--litproof-no-mutants")
    return shlex.join(command)
