"""The pytest plugin: claims as test items, a summary of digits and evidence, and a baseline that must not be lost.

Loaded by every pytest run of an environment that has litproof, so nothing but pytest and the standard library is
imported until a claim is met.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from litproof.pytest_plugin.baseline import Baseline
from litproof.pytest_plugin.outcome import PROPERTY, Outcome
from litproof.pytest_plugin.settings import SETTINGS, Settings

if TYPE_CHECKING:
    from litproof.pytest_plugin.items import ClaimFile, ClaimItem

MARK = "litproof"
EVIDENCE = ("numeric", "agreed", "certified", "exact", "kernel")
_PREFIXES = ("test", "claim")
_SIGN = b"litproof"
"""What a Python file called claims_* must hold to be taken for a claim file."""


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
    )
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Summary(path if option.litproof_update_baseline else None))


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
) -> ClaimItem | None:
    """Claims made with @claim(...) in a module that pytest collects; imported ones when called test... or claim..."""
    if type(obj).__module__ != "litproof.claims.types":
        return None
    from litproof.claims.types import Claim
    from litproof.pytest_plugin.items import ClaimItem

    if not isinstance(obj, Claim):
        return None
    module = collector.getparent(pytest.Module)
    own = module is not None and obj.module == module.obj.__name__
    return (
        ClaimItem.from_parent(collector, name=name, claim=obj) if own or name.startswith(_PREFIXES) else None
    )


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
        self._outcomes: list[tuple[str, bool, Outcome]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the outcomes that a test item left in its properties."""
        if report.when == "call":
            for name, value in report.user_properties:
                if name == PROPERTY:
                    outcome = Outcome.from_json(json.loads(str(value)))
                    self._outcomes.append((report.nodeid, bool(report.passed), outcome))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The table of claims."""
        if not self._outcomes:
            return
        terminalreporter.section("litproof")
        for line in self._lines():
            terminalreporter.write_line(line)
        if self._update:
            terminalreporter.write_line(f"baseline written to {self._update}")

    def pytest_sessionfinish(self) -> None:
        """Write the baseline when that was asked for; claims that did not run keep their entries."""
        if self._update and self._outcomes:
            try:
                known = Baseline.read(self._update)
            except FileNotFoundError:
                known = Baseline({})
            known.updated(outcome for _, passed, outcome in self._outcomes if passed).write(self._update)

    def _lines(self) -> Iterator[str]:
        rows: list[tuple[str, ...]] = [
            ("claim", "status", "evidence", "instances", "digits", "mutants", "seconds")
        ]
        rows += [outcome.row(passed=passed) for _, passed, outcome in self._outcomes]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            left = (entry.ljust(width) for entry, width in zip(row[:3], widths[:3], strict=True))
            right = (entry.rjust(width) for entry, width in zip(row[3:], widths[3:], strict=True))
            yield "  ".join((*left, *right)).rstrip()
