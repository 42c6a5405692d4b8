"""Test items for claims: what is run, and what is printed when a claim fails."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from litproof.claims.catalogue import claim_of, load_file
from litproof.claims.runner import Task, run, verdict_of
from litproof.claims.types import Claim, InstanceResult, Status, Verdict
from litproof.claims.verification import plan
from litproof.errors import InputError
from litproof.problem import Problem
from litproof.pytest_plugin.outcome import PROPERTY, Outcome
from litproof.pytest_plugin.settings import SETTINGS, Settings
from litproof.results import Evidence
from litproof.text import visible


class ClaimFailure(Exception):
    """A claim that is not verified, or not as well as asked; the message is all that is printed."""


class ClaimFile(pytest.File):
    """A file with claims, loaded through the same door as by `litproof verify FILE`."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item a claim, and one for claims of the baseline that the file has lost."""
        try:
            ids = load_file(str(self.path))
        except InputError as error:
            raise self.CollectError("\n".join(filter(None, (error.traceback, str(error))))) from None
        for id in ids:
            yield ClaimItem.from_parent(self, name=id, claim=claim_of(id))
        baseline = self.config.stash[SETTINGS].baseline
        if baseline and (missing := baseline.missing(self.nodeid, ids)):
            yield MissingItem.from_parent(self, name="baseline", missing=missing)


class _Item(pytest.Item):
    """What claim items have in common: a failure is its message, not a traceback."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The message of a ClaimFailure; other exceptions as usual."""
        if isinstance(excinfo.value, ClaimFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """File and name."""
        return self.path, None, self.name


class MissingItem(_Item):
    """Fails: the baseline has claims that their file no longer holds."""

    def __init__(self, *, missing: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._missing = missing

    def runtest(self) -> None:
        """Say which claims are gone."""
        raise ClaimFailure(
            f"{self.nodeid}: in the baseline, but no longer in the file: {', '.join(self._missing)}\n"
            "(if that is meant, take them out of the baseline file)"
        )


class ClaimItem(_Item):
    """One claim on its own instances."""

    def __init__(self, *, claim: Claim, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.claim = claim

    def runtest(self) -> None:
        """Verify the claim; skipped when it has no instances of its own."""
        settings = self.config.stash[SETTINGS]
        instances = self.claim.instances(settings.seed)
        if not instances:
            pytest.skip("the claim has no instances of its own; give it problem files")
        tasks = [Task(self.claim.id, instance) for instance in instances]
        settle(self, settings, self.claim, tasks, every_mutant=settings.mutants)


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
            settle(item, settings, claim_of(id, origin), tasks, every_mutant=False)
        except ClaimFailure as failure:
            failures.append(str(failure))
    if failures:
        pytest.fail("\n\n".join(failures), pytrace=False)


def settle(
    item: pytest.Item, settings: Settings, claim: Claim, tasks: Sequence[Task], *, every_mutant: bool
) -> None:
    """Run tasks of one claim, leave the outcome in the item's properties, raise ClaimFailure unless all is well."""
    results = run(tasks, settings.digits, mutants=settings.mutants)
    for result in results:
        if result.traceback and result.exception is not None:  # reported as pytest does, for --tb and --pdb
            where = f"claim {claim.id}, {result.label}"
            result.exception.add_note(f"{where}; {reproduction_line(item, settings)}")
            raise result.exception
    verdict = verdict_of(claim, results, every_mutant=every_mutant)
    outcome = Outcome(
        claim=claim.id,
        file=item.nodeid.partition("::")[0],
        status=str(verdict.status),
        evidence=str(verdict.evidence),
        digits=verdict.digits,
        instances=len(results),
        tried=verdict.tried,
        rejected=verdict.rejected,
        seconds=round(verdict.seconds, 3),
    )
    item.user_properties.append((PROPERTY, json.dumps(outcome.to_json())))
    if complaints := list(_complaints(settings, verdict, outcome)):
        lines = [f"claim {claim.id}: {claim.title}", *complaints, reproduction_line(item, settings)]
        raise ClaimFailure(visible("\n".join(lines), lines=True))


def _complaints(settings: Settings, verdict: Verdict, outcome: Outcome) -> Iterator[str]:
    bad = [result for result in verdict.instances if result.status is not Status.VERIFIED]
    for result in bad:
        yield from describe(result, settings)
    if verdict.status is not Status.VERIFIED:
        if not bad:
            yield f"{verdict.status}: {verdict.details.get('reason', '')}"
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
