"""The steps of action.yml, run in a fresh folder as a runner would."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ACTION = (ROOT / "action.yml").read_text("utf-8")


def inputs():
    return dict(
        re.findall(r'^  ([a-z]+):\n    description: .*\n    default: "?([^"\n]*)"?$', ACTION, re.MULTILINE)
    )


def scripts():
    """The shell of each step; the last is a block."""
    (install,) = re.findall(r"^      run: (?!\|)(.*)$", ACTION, re.MULTILINE)
    block = re.search(r"^      run: \|\n((?:        .*\n?)+)", ACTION, re.MULTILINE)
    return install, "".join(line[8:] + "\n" for line in block[1].splitlines())


def run(script, folder, **environment):
    bin = folder / "bin"
    bin.mkdir(exist_ok=True)
    python = bin / "python"
    # what pip would do is written down, everything else runs
    log = folder / "pip.log"
    python.write_text(
        f'#!/bin/sh\nif [ "$2" = pip ]; then echo "$@" >> "{log}"; exit 0; fi\nexec "{sys.executable}" "$@"\n'
    )
    python.chmod(0o755)
    known = {**os.environ, **environment, "PATH": f"{bin}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-e", "-c", script], cwd=folder, capture_output=True, text=True, check=False, env=known
    )


def test_the_steps_verify_a_claim_and_keep_its_baseline(tmp_path):
    install, verify = scripts()
    assert run(install, tmp_path, GITHUB_ACTION_PATH=str(ROOT)).returncode == 0
    assert str(ROOT) in (tmp_path / "pip.log").read_text()
    subprocess.run(
        [sys.executable, "-m", "litproof", "new", "mine"], cwd=tmp_path, check=True, capture_output=True
    )
    (tmp_path / "mine.py").rename(tmp_path / "claims_mine.py")
    values = {name.upper(): value for name, value in inputs().items()} | {
        "DIGITS": "12",
        "PATHS": "claims_mine.py",
    }
    assert set(values) >= {"DIGITS", "EVIDENCE", "BASELINE", "JUNIT", "PATHS"}
    verify = verify.replace("-n auto", "-n 0")
    first = run(verify, tmp_path, **values)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "nothing to lose" in first.stdout and (tmp_path / "claims.xml").exists()
    (tmp_path / values["BASELINE"]).write_text(
        '{"schema": 1, "claims": {"mine/gone": {"digits": 12, "evidence": "agreed", "file": "claims_mine.py"}}}'
    )
    second = run(verify, tmp_path, **values)
    assert second.returncode == 1 and "mine/gone" in second.stdout
