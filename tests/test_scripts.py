"""The scripts that check theorems stand on their own: short, and of litproof only its sympy front door."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).resolve().parent.parent / "scripts").glob("verify_*.py"))
ALLOWED = {
    "litproof": {"Problem", "conserved_quantities", "gradient_flow"},
    "litproof.networks": {"Convolutional", "Diagonal", "FullyConnected", "MatrixSensing"},
}


def test_they_are_there():
    assert {script.stem for script in SCRIPTS} == {
        "verify_conserved",
        "verify_matrix_sensing",
        "verify_max_margin",
        "verify_regression_limit",
    }


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_they_are_short_and_independent(script):
    text = script.read_text("utf-8")
    assert len(text.splitlines()) <= 80
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("litproof"):
            assert {alias.name for alias in node.names} <= ALLOWED[node.module]
        if isinstance(node, ast.Import):
            assert all(not alias.name.startswith("litproof") for alias in node.names)


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: f"sample-{script.stem}")
def test_they_confirm_the_theorems(script):
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_false_formula_ends_with_exit_code_one(tmp_path):
    text = (SCRIPTS[0].parent / "verify_matrix_sensing.py").read_text("utf-8")
    wrong = text.replace("tan(s) * (1 + tan(s) ** 2)", "tan(s)").replace("DIGITS = 30", "DIGITS = 10")
    assert wrong != text
    (tmp_path / "wrong.py").write_text(wrong, "utf-8")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "wrong.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "off by" in done.stdout, done.stderr
