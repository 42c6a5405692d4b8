"""Results files: whole lines are kept, torn ones tolerated, those of something else refused."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from litproof.claims.falsify.search import falsify
from litproof.cli import main


def _same(first, second):
    assert first.outcomes == second.outcomes
    assert first.networks == second.networks
    assert (first.first, first.attempts, first.failed) == (second.first, second.attempts, second.failed)
    problems = [[one.problem for one in search.counterexamples] for search in (first, second)]
    assert problems[0] == problems[1]


def _lines(path):
    return path.read_text().splitlines()


@pytest.mark.parametrize("torn", [0, 1, 25])
def test_a_results_file_that_was_cut_anywhere_is_resumed(planted, tmp_path, torn):
    path, id = planted("refuted")
    log = tmp_path / "results.jsonl"
    options = {"origin": path, "instances": 40, "digits": 10}
    whole = falsify(id, resume=log, **options)
    lines = _lines(log)
    assert len(lines) == 41
    log.write_text("\n".join(lines[:18]) + "\n" + lines[18][:torn])
    _same(falsify(id, resume=log, **options), whole)
    again = _lines(log)
    assert len(again) == 41
    assert sorted(json.loads(line)["number"] for line in again[1:]) == list(range(40))


def test_what_is_finished_is_not_done_again_and_more_may_follow(planted, tmp_path):
    path, id = planted("true")
    log = tmp_path / "results.jsonl"
    falsify(id, origin=path, instances=12, digits=10, resume=log)
    told = []
    falsify(id, origin=path, instances=20, digits=10, resume=log, progress=lambda *pair: told.append(pair))
    assert told == [(13 + k, 20) for k in range(8)]


def _refused(capsys, arguments):
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    assert ending.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_other_options_and_other_files_are_refused(planted, tmp_path, capsys):
    path, id = planted("true")
    log = tmp_path / "results.jsonl"
    falsify(id, origin=path, instances=12, digits=10, resume=log)
    before = log.read_bytes()
    common = ["falsify", path, "--instances", "12", "--jobs", "1", "--resume", str(log)]
    assert "its digits is another one" in _refused(capsys, [*common, "--digits", "11"])
    assert "its seed is another one" in _refused(capsys, [*common, "--digits", "10", "--seed", "1"])
    Path(path).write_text(Path(path).read_text() + "\n# changed\n")
    assert "its claim file is another one" in _refused(capsys, [*common, "--digits", "10"])
    assert log.read_bytes() == before
    log.write_text("a shopping list\n")
    assert "expected a results file of falsify" in _refused(capsys, [*common, "--digits", "10"])
    assert log.read_text() == "a shopping list\n"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_kill_9_loses_nothing(planted, tmp_path, wait_until):
    path, id = planted("refuted")
    log = tmp_path / "results.jsonl"
    code = (
        "import sys, time\n"
        "from litproof.claims.catalogue import load_file\n"
        "from litproof.claims.falsify.search import falsify\n"
        f"load_file({path!r})\n"
        f"falsify({id!r}, origin={path!r}, instances=10**6, digits=10, resume={str(log)!r})\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_until(lambda: log.exists() and len(_lines(log)) > 30, process)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    finished = [line for line in log.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    search = falsify(id, origin=path, instances=60, digits=10, resume=log)
    assert log.read_bytes().startswith(b"".join(finished))
    _same(search, falsify(id, origin=path, instances=60, digits=10))
