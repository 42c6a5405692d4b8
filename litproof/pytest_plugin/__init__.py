"""The pytest plugin: claims as test items, a summary of digits and evidence, and a baseline that must not be lost.

Loaded by every pytest run of an environment that has litproof, so nothing but pytest and the standard library is
imported until a claim is met.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Generator, Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from litproof.pytest_plugin.annotations import annotation, wanted
from litproof.pytest_plugin.baseline import Baseline
from litproof.pytest_plugin.outcome import PROPERTY, Outcome, merged
from litproof.pytest_plugin.settings import SETTINGS, Settings

if TYPE_CHECKING:
    from litproof.pytest_plugin.items import ClaimFile

MARK = "litproof"
EVIDENCE = ("numeric", "agreed", "certified", "exact", "kernel")
_PREFIXES = ("test", "claim")
_RESULTS = "litproof_results"
_SIGN = b"litproof"
"""What a Python file called claims_* must hold to be taken for a claim file."""
_LONGEST = 4000
"""Characters of a failure in an annotation: GitHub cuts longer ones at their end, where the reproduction stands."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, all under one heading."""
    group = parser.getgroup("litproof", "claims about gradient flow (litproof)")
    group.addoption(
        "--litproof-digits", type=int, default=30, metavar="N", help="significant decimal digits (30)"
    )
    group.addoption("--litproof-seed", type=int, default=0, metavar="N", help="seed of random instances (0)")
    group.addoption("--litproof-evidence", choices=EVIDENCE, help="fail claims with weaker evidence")
    group.addoption("--litproof-no-mutants", action="store_true", help="leave out the false variants")
    group.addoption(
        "--litproof-baseline", metavar="FILE", help="fail claims that lost digits or evidence against FILE"
    )
    group.addoption(
        "--litproof-update-baseline",
        action="store_true",
        help="write what was reached to the baseline file instead of comparing with it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Check the options; wrong ones end the run before anything is collected."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(*claims): verify these claims (ids or patterns; none: all that apply) on the problem, or "
        "problem file, that the test function returns",
    )
    option = config.option
    if not 4 <= option.litproof_digits <= 1000:
        raise pytest.UsageError(
            f"--litproof-digits must lie between 4 and 1000, got {option.litproof_digits}"
        )
    if option.litproof_update_baseline and not option.litproof_baseline:
        raise pytest.UsageError("--litproof-update-baseline needs --litproof-baseline FILE")
    path = Path(option.litproof_baseline).absolute() if option.litproof_baseline else None
    baseline = None
    if path and not option.litproof_update_baseline:
        try:
            baseline = Baseline.read(path)
        except FileNotFoundError:
            raise pytest.UsageError(f"{path} does not exist; --litproof-update-baseline writes it") from None
        except ValueError as error:
            raise pytest.UsageError(f"--litproof-baseline: {error}") from None
    config.stash[SETTINGS] = Settings(
        digits=option.litproof_digits,
        seed=option.litproof_seed,
        evidence=option.litproof_evidence or "numeric",
        mutants=not option.litproof_no_mutants,
        baseline=baseline,
        results=_results(config),
    )
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Summary(path if option.litproof_update_baseline else None))


def _results(config: pytest.Config) -> Path:
    """Where results are shared: a folder of this run, made when it is used; workers are told by the controller."""
    told = getattr(config, "workerinput", {}).get(_RESULTS)
    return Path(told) if told else Path(gettempdir()) / f"litproof-{uuid4().hex}"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where results are shared."""
    node.workerinput[_RESULTS] = str(node.config.stash[SETTINGS].results)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the shared results."""
    if SETTINGS in config.stash and not hasattr(config, "workerinput"):
        rmtree(config.stash[SETTINGS].results, ignore_errors=True)


def pytest_report_header(config: pytest.Config) -> str:
    """One line: what is asked of every claim."""
    settings = config.stash[SETTINGS]
    line = f"litproof: {settings.digits} digits, seed {settings.seed}, evidence >= {settings.evidence}"
    return line + (f", baseline {config.option.litproof_baseline}" if config.option.litproof_baseline else "")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ClaimFile | None:
    """Files called claims_*.py, .toml or .json that hold claims, and any such .toml or .json named in the call."""
    named = parent.session.isinitpath(file_path) and file_path.suffix in _DATA
    if not (_is_claim_file(file_path) or (named and _holds_claims(file_path))):
        return None
    from litproof.pytest_plugin.items import ClaimFile

    return ClaimFile.from_parent(parent, path=file_path)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Keep pytest from importing a claim file once more as a test module when it is named on the command line."""
    return NoModule.from_parent(parent, path=module_path) if _is_claim_file(module_path) else None


class NoModule(pytest.Module):
    """A module without tests."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        """Nothing."""
        return []


_DATA = (".toml", ".json")


def _is_claim_file(path: Path) -> bool:
    if not path.name.startswith("claims_"):
        return False
    if path.suffix == ".py":
        return _SIGN in path.read_bytes()
    return path.suffix in _DATA and _holds_claims(path)


def _holds_claims(path: Path) -> bool:
    """Whether TOML or JSON has a key `claim`; of text that does not parse, whether it speaks of one (an error then)."""
    text = path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        content = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError):
        return "claim" in text and "schema" in text
    return isinstance(content, dict) and "claim" in content


def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> list[pytest.Item] | None:
    """Claims made with @claim(...) in a module that pytest collects; imported ones when called test... or claim..."""
    if type(obj).__module__ != "litproof.claims.types" and not isinstance(obj, pytest.MarkDecorator):
        return None
    from litproof.pytest_plugin.items import claim_items
    from litproof.pytest_plugin.marks import unmarked

    claim, marks = unmarked(obj)
    if claim is None:
        return None
    module = collector.getparent(pytest.Module)
    own = module is not None and claim.module == module.obj.__name__
    return list(claim_items(collector, name, claim, marks)) if own or name.startswith(_PREFIXES) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Say in the report of a claim where it is stated, so that a failure can be shown beside it."""
    report = yield
    place = getattr(item, "litproof_place", None)
    if place is None and item.get_closest_marker(MARK) is not None:
        place = (str(item.path), (item.location[1] or 0) + 1)
    if place is not None:
        report.litproof_place = list(place)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Functions marked with litproof(...): verify the claims on what the function returns."""
    mark = pyfuncitem.get_closest_marker(MARK)
    if mark is None:
        return None
    from litproof.pytest_plugin.items import verify_returned

    verify_returned(pyfuncitem, mark)
    return True


class Summary:
    """Gathers outcomes where results are printed (the controller under xdist), prints and keeps them."""

    def __init__(self, update: Path | None) -> None:
        self._update = update
        self._outcomes: list[tuple[bool, Outcome]] = []
        self._annotations: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the outcomes that a test item left in its properties, and what failed."""
        if report.when == "call":
            for name, value in report.user_properties:
                if name == PROPERTY:
                    self._outcomes.append((bool(report.passed), Outcome.from_json(json.loads(str(value)))))
        if report.failed and (place := getattr(report, "litproof_place", None)):
            self._annotate(str(place[0]), int(place[1]), report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take claim files that cannot be loaded."""
        file = report.nodeid.partition("::")[0]
        if report.failed and Path(file).name.startswith("claims_"):
            self._annotate(file, 0, report)

    def _annotate(self, file: str, line: int, report: pytest.TestReport | pytest.CollectReport) -> None:
        if wanted():
            title = report.nodeid.rpartition("::")[2]
            text = re.sub(r"\A\[gw\d+\].*\n", "", report.longreprtext)  # which worker it was helps nobody
            self._annotations.append(annotation(file, line, title, text[-_LONGEST:]))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The table of claims, and failures as GitHub shows them beside the code."""
        if self._outcomes:
            terminalreporter.section("litproof")
            for line in self._lines():
                terminalreporter.write_line(line)
            if self._update:
                terminalreporter.write_line(f"baseline written to {self._update}")
        for line in self._annotations:
            terminalreporter.write_line(line)

    def pytest_sessionfinish(self) -> None:
        """Write the baseline when that was asked for; claims that did not run keep their entries."""
        if self._update and self._outcomes:
            try:
                known = Baseline.read(self._update)
            except FileNotFoundError:
                known = Baseline({})
            good = (o for passed, o in self._claims() if passed and o.status == "verified")
            known.updated(good).write(self._update)

    def _claims(self) -> Iterator[tuple[bool, Outcome]]:
        """Whether a claim passed on all its instances, and its outcome, one a claim and file."""
        from litproof.claims.types import Status

        order = {str(status): status.severity for status in Status}
        order |= {level: strength for strength, level in enumerate(EVIDENCE)}
        groups: dict[tuple[str, str], list[tuple[bool, Outcome]]] = {}
        for passed, outcome in self._outcomes:
            groups.setdefault((outcome.file, outcome.claim), []).append((passed, outcome))
        for group in groups.values():
            yield all(passed for passed, _ in group), merged([outcome for _, outcome in group], order)

    def _lines(self) -> Iterator[str]:
        rows: list[tuple[str, ...]] = [
            ("claim", "status", "evidence", "instances", "digits", "mutants", "seconds")
        ]
        rows += [outcome.row(passed=passed) for passed, outcome in self._claims()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            left = (entry.ljust(width) for entry, width in zip(row[:3], widths[:3], strict=True))
            right = (entry.rjust(width) for entry, width in zip(row[3:], widths[3:], strict=True))
            yield "  ".join((*left, *right)).rstrip()
