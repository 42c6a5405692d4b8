"""Runs that are cut off: by kill -9 at some moment, and by Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from litproof.claims.store import Store

CLAIMS = """
import os, time
from pathlib import Path
from litproof.claims.types import Instance
from litproof.claims.claim import claim
from litproof.theorems.shared.instances import diagonal_from_zero
from litproof.claims.measurement import measure_limit
from litproof.claims.types import Mutant
from litproof.theorems.shared.variants import least_squares
from litproof.predict.regression.limit import predict_regression

LOG, GO = Path(__file__).with_name("log"), Path(__file__).with_name("go")
PROBLEMS = [diagonal_from_zero(2, "1 2 -1", "3/2", 1, f"1 1/2 {k}/4", f"instance {k}") for k in range(1, 13)]

def slowly(problem, digits):
    with LOG.open("a") as stream:
        stream.write(problem.name + "\\n")
    # as many as are to be finished go through; the others wait, so that the moment of the cut is known
    while int(problem.name.split()[1]) > QUICK and not GO.exists():
        time.sleep(0.05)
    return measure_limit(problem, digits)

@claim(
    id="slow/claim", title="t", statement="s", instances=PROBLEMS, measure=slowly, mutants=[Mutant("l2", least_squares)]
)
def slow(problem, digits):
    return predict_regression(problem, digits)
"""


def start(directory, *options):
    command = [
        sys.executable,
        "-m",
        "litproof",
        "verify",
        "claims_slow.py",
        "--digits",
        "12",
        "--resume",
        "kept",
    ]
    return subprocess.Popen(
        [*command, "--json", "report.json", *options],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def write_claims(directory, quick):
    (directory / "claims_slow.py").write_text(CLAIMS.replace("QUICK", str(quick)))


def finished(directory):
    """Labels of whole results on disk."""
    kept = (directory / "kept").glob("*.json") if (directory / "kept").exists() else ()
    return {json.loads(path.read_text())["label"] for path in kept}


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as stream:
            return [int(child) for child in stream.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def remarks(errors):
    """What was said but for the note of an installed package that there are no kernel proofs beside it."""
    return [line for line in errors.splitlines() if not line.startswith("note: kernel proofs")]


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="looks at processes through /proc")
@pytest.mark.parametrize(("jobs", "moment"), [(1, 2), (2, 1), (2, 5)])
def test_kill_loses_nothing_that_was_finished(tmp_path, alive, wait_until, jobs, moment):
    write_claims(tmp_path, moment)
    process = start(tmp_path, "--jobs", str(jobs))
    wait_until(lambda: len(finished(tmp_path)) == moment, process)
    workers = children_of(process.pid)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    wait_until(lambda: not any(map(alive, workers)))  # worker processes see that their parent is gone
    kept = finished(tmp_path)
    assert kept == {f"instance {k}" for k in range(1, moment + 1)}

    (tmp_path / "log").unlink()
    (tmp_path / "go").touch()
    again = start(tmp_path, "--jobs", str(jobs))
    assert remarks(again.communicate()[1]) == [] and again.returncode == 0
    ran = (tmp_path / "log").read_text().split("\n")[:-1]
    assert set(ran).isdisjoint(kept) and set(ran) | kept == {f"instance {k}" for k in range(1, 13)}
    resumed = json.loads((tmp_path / "report.json").read_text())

    fresh = start(tmp_path, "--resume", "other")
    assert remarks(fresh.communicate()[1]) == [] and fresh.returncode == 0
    assert _without_seconds(resumed) == _without_seconds(json.loads((tmp_path / "report.json").read_text()))


def _without_seconds(value):
    if isinstance(value, dict):
        return {key: _without_seconds(entry) for key, entry in value.items() if key != "seconds"}
    return [_without_seconds(entry) for entry in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("jobs", "sent"), [(1, signal.SIGINT), (2, signal.SIGINT), (2, signal.SIGTERM)])
def test_interrupt_ends_at_once_and_keeps_what_is_finished(tmp_path, wait_until, jobs, sent):
    write_claims(tmp_path, 1)
    process = start(tmp_path, "--jobs", str(jobs))
    wait_until(lambda: len(finished(tmp_path)) == 1, process)
    process.send_signal(sent)
    if sent == signal.SIGTERM:
        process.send_signal(sent)  # to the process, and to its group
    _, errors = process.communicate()  # the others wait for ever
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert json.loads((tmp_path / "report.json").read_text())["complete"] is False
    assert finished(tmp_path) == {"instance 1"}


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="looks at processes through /proc")
@pytest.mark.parametrize("jobs", [1, 2])
def test_seconds_end_a_run_with_what_is_finished(tmp_path, alive, wait_until, jobs):
    write_claims(tmp_path, 1)
    process = start(tmp_path, "--jobs", str(jobs), "--seconds", "12", "--junit", "report.xml")
    workers = set()
    while process.poll() is None:
        workers.update(children_of(process.pid) if process.poll() is None else ())
        time.sleep(0.05)
    _, errors = process.communicate()  # most claims wait for ever
    assert process.returncode == 3
    assert errors.splitlines()[-1] == "note: cut off after 12 s: not finished: slow/claim"
    assert json.loads((tmp_path / "report.json").read_text())["complete"] is False
    assert finished(tmp_path) <= {"instance 1"}
    wait_until(lambda: not any(map(alive, workers)))


def test_a_torn_or_foreign_file_counts_as_none(tmp_path):
    store = Store(tmp_path)
    (tmp_path / "abc.json").write_text('{"claim": "a/b", "label"')
    (tmp_path / "abd.json").write_text("[]")
    assert store.load("abc") is None
    assert store.load("abd") is None
    assert store.load("missing") is None
