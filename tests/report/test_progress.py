"""What a terminal shows while a command runs, and that it costs no imports."""

import os
import subprocess
import sys

import pytest

from litproof import example_problem, find_limit
from litproof.integrate.watch import listened
from litproof.problem_file import write_problem
from litproof.report.progress import live_line, progress_bar

LIMIT = """
import sys
from litproof.cli import main
sys.argv = ["litproof", "limit", sys.argv[1], "--digits", "20", "--follow"]
try:
    main()
except SystemExit:
    pass
print(sorted({"sympy", "scipy", "litproof.claims.types"} & set(sys.modules)))
"""


def test_no_bar_without_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    with progress_bar() as advance:
        assert advance is None
    assert capsys.readouterr().err == ""


def test_a_line_only_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    with live_line("looking") as show:
        show("t = 1")
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_limit_says_on_a_terminal_how_far_it_is(tmp_path):
    import pty

    problem = tmp_path / "problem.toml"
    problem.write_text(write_problem(example_problem("regression")))
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "litproof", "limit", str(problem), "--digits", "60", "--follow"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=terminal, check=True, env={**os.environ, "TERM": "xterm"}
    )
    os.close(terminal)
    said = os.read(controller, 10**6).decode()
    os.close(controller)
    assert "looking for the limit" in said or "following the flow" in said
    assert b"looking" not in done.stdout and b"beta_1" in done.stdout


def test_integrators_tell_how_far_they_are():
    told = []
    with listened(lambda *news: told.append(news)):
        find_limit(example_problem("regression"), 15, follow=True)
        find_limit(example_problem("classification"), 12, follow=True)
    phases = {phase for phase, _, _ in told}
    assert {"following the flow", "following the direction"} <= phases
    digits = [
        known for phase, clock, known in told if phase == "following the flow" and clock.startswith("t = ")
    ]
    assert digits[-1] > 8 and digits[0] < digits[-1]
    count = len(told)
    find_limit(example_problem("regression"), 15)
    assert len(told) == count


def test_a_limit_that_is_followed_imports_neither_claims_nor_sympy(tmp_path):
    problem = tmp_path / "problem.toml"
    problem.write_text(write_problem(example_problem("regression")))
    done = subprocess.run(
        [sys.executable, "-c", LIMIT, str(problem)], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert lines[0].startswith("beta_1") and lines[-1] == "[]"
