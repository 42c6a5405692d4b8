"""`conserved` in claims on other losses, dynamics and networks with functions: true laws hold, false ones fall."""

import json
import subprocess
import sys

import pytest

DIAGONAL = {
    "schema": 1,
    "network": {"kind": "diagonal", "depth": 2},
    "task": {"kind": "regression"},
    "data": {"X": [["1", "2", "-1/2"], ["1/3", "1", "1"]], "y": ["1", "1/2"]},
    "init": {"scale": "1/2", "v": [["1", "2", "3/2"], ["1/2", "0", "1"]]},
}
NORMALISED = {
    **DIAGONAL,
    "network": {"kind": "formula", "parameters": ["g", "v[3]"], "beta": ["g*v[j]/sqrt(dot(v, v))"]},
    "init": {"scale": "1", "v": [["1/2"], ["3/5", "4/5", "1/3"]]},
}
ENTROPY = {"kind": "mirror", "potential": "sum(i, sum(j, v[i,j]*log(v[i,j])))"}
POSITIVE = {"scale": "1/2", "v": [["1", "2", "3/2"], ["1/2", "1/3", "1"]]}
DIFFERENCE, SUM = "v[1,1]^2 - v[2,1]^2", "v[1,1]^2 + v[2,1]^2"

OPTIONS = ("--digits", "12", "--jobs", "1", "--quick", "--json", "-")

CASES = {
    "log-cosh": ({**DIAGONAL, "task": {"kind": "regression", "loss": "log-cosh"}}, DIFFERENCE, "verified"),
    "log-cosh, false": ({**DIAGONAL, "task": {"kind": "regression", "loss": "log-cosh"}}, SUM, "refuted"),
    "decay": ({**DIAGONAL, "dynamics": {"kind": "weight-decay", "rate": "1/4"}}, DIFFERENCE, "refuted"),
    "momentum": ({**DIAGONAL, "dynamics": {"kind": "momentum", "lambda": "1/4"}}, DIFFERENCE, "refuted"),
    "mirror": ({**DIAGONAL, "init": POSITIVE, "dynamics": ENTROPY}, "v[1,1] - v[2,1]", "verified"),
    "mirror, false": ({**DIAGONAL, "init": POSITIVE, "dynamics": ENTROPY}, DIFFERENCE, "refuted"),
    "descent": (
        {**DIAGONAL, "dynamics": {"kind": "gradient-descent", "step": "1/10"}},
        DIFFERENCE,
        "hypothesis-violated",
    ),
    "weight normalisation": (NORMALISED, "v[1]^2 + v[2]^2 + v[3]^2", "verified"),
    "weight normalisation, false": (NORMALISED, "v[1]^2 + v[2]^2 + g^2", "refuted"),
}


@pytest.mark.parametrize("name", CASES)
def test_laws_in_training(tmp_path, name):
    problem, formula, status = CASES[name]
    (tmp_path / "problem.json").write_text(json.dumps(problem), "utf-8")
    claim = {"schema": 1, "claim": {"id": "mine/law", "title": "a law", "conserved": formula}}
    (tmp_path / "claim.json").write_text(json.dumps(claim), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "litproof", "verify", "claim.json", "problem.json", *OPTIONS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    (verdict,) = json.loads(done.stdout)["claims"]
    assert verdict["status"] == status, done.stderr
    if status == "verified":
        assert verdict["evidence"] == "exact"
