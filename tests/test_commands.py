"""u^3 - v^3 + u, which no theorem of the catalogue knows, through every command, as a user types them."""

import json
import subprocess
import sys

import pytest

NETWORK = """
kind = "polynomial"
parameters = ["u[2]", "v[2]"]
beta = ["u[j]^3 - v[j]^3 + u[j]"]
"""
REST = """
[task]
kind = "{task}"
[data]
X = [["1", "-1/2"]]
y = ["1"]
[init]
scale = "1"
v = [["1/2", "1/3"], ["1/4", "3/4"]]
"""


def litproof(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "litproof", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("polynomial")
    (path / "p.toml").write_text(f"schema = 1\n[network]{NETWORK}{REST.format(task='regression')}")
    (path / "k.toml").write_text(f"schema = 1\n[network]{NETWORK}{REST.format(task='classification')}")
    return path


def test_limit(folder):
    done = litproof(folder, "limit", "p.toml", "--digits", "15", "--json", "-", "--path", "path.csv")
    assert done.returncode == 0, done.stderr
    output = json.loads(done.stdout)
    assert output["evidence"] == "certified"
    assert abs(float(output["beta"][0]) - float(output["beta"][1]) / 2 - 1) < 1e-14
    assert "u[1]" in (folder / "path.csv").read_text().splitlines()[0]


def test_conserved(folder):
    done = litproof(folder, "conserved", "p.toml", "--json", "-")
    assert done.returncode == 0, done.stderr
    output = json.loads(done.stdout)
    assert (output["parameters"], output["laws"], output["found"]) == (4, 2, 0)


def test_conserved_without_data(folder):
    (folder / "n.toml").write_text(f"schema = 1\n[network]{NETWORK}input-dim = 2\n")
    done = litproof(folder, "conserved", "n.toml", "--json", "-")
    assert done.returncode == 0 and json.loads(done.stdout)["laws"] == 2, done.stderr


def test_derive(folder):
    done = litproof(folder, "derive", "p.toml")
    assert done.returncode == 0 and "\\begin{document}" in done.stdout, done.stderr


def test_bias(folder):
    done = litproof(folder, "bias", "p.toml", "--draw", "2", "--digits", "12", "--json", "-")
    assert done.returncode in (0, 3), done.stderr
    assert any(
        entry["verdict"] == "excluded" for entry in json.loads(done.stdout)["candidates"]["candidates"]
    )


def test_sweep(folder):
    head = 'schema = 1\nproblem = "p.toml"\ndigits = 8\nclaims = ["mgp/conserved-complete"]\n'
    (folder / "grid.toml").write_text(head + '[grid]\n"init.scale" = ["1/2", "1"]\n')
    done = litproof(folder, "sweep", "grid.toml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_verify_names_what_applies_and_what_does_not(folder):
    done = litproof(folder, "verify", "p.toml", "--digits", "15", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mgp/conserved-complete" in done.stdout
    assert "claims do not apply" in done.stderr
    one = litproof(folder, "verify", "ykm/conserved-norms", "p.toml", "--jobs", "1")
    assert "which has no layers" in " ".join((one.stdout + one.stderr).split())


def test_own_claims_speak_of_its_parameters(folder):
    claims = """
schema = 1
[[claim]]
id = "own/true"
conserved = "atan(sqrt(3)*u[1])/sqrt(3) - 1/(3*v[1])"
problems = ["p.toml"]
mutants = ["atan(sqrt(3)*u[1])/sqrt(3) + 1/(3*v[1])", "atan(u[1]) - 1/(3*v[1])"]
[[claim]]
id = "own/false"
conserved = "sum(u[j]^2 - v[j]^2)"
problems = ["p.toml"]
"""
    (folder / "claims.toml").write_text(claims)
    done = litproof(folder, "verify", "claims.toml", "--digits", "15", "--json", "-", "--jobs", "1")
    statuses = {entry["id"]: entry["status"] for entry in json.loads(done.stdout)["claims"]}
    # u' = -(3 u^2 + 1) g and v' = 3 v^2 g: the sum of int du/(3 u^2 + 1) and int dv/(3 v^2) does not move
    assert statuses["own/false"] == "refuted"
    assert statuses["own/true"] == "verified", done.stdout


def test_a_name_that_the_network_does_not_have(folder):
    (folder / "wrong.toml").write_text('schema = 1\n[claim]\nconserved = "w[1]"\nproblems = ["p.toml"]\n')
    done = litproof(folder, "verify", "wrong.toml", "--jobs", "1")
    assert "unknown name 'w': the parameters are u[2], v[2]" in " ".join(done.stdout.split())


def test_classification_says_what_is_missing(folder):
    done = litproof(folder, "limit", "k.toml")
    assert done.returncode == 2 and done.stdout == ""
    assert "degrees 1 and 3" in done.stderr and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [["derive"], ["limit", "--engine", "mpmath", "--digits", "8"]],
)
def test_what_is_not_available_with_functions_is_one_line(tmp_path, command):
    text = """schema = 1
[network]
kind = "formula"
parameters = ["g", "v[3]"]
beta = ["g*v[j]/sqrt(dot(v, v))"]
[task]
kind = "regression"
[data]
X = [["1", "2", "-1/2"], ["1/3", "1", "1"]]
y = ["1", "1/2"]
[init]
scale = "1"
v = [["1/2"], ["3/5", "4/5", "1/3"]]
"""
    (tmp_path / "p.toml").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "litproof", command[0], "p.toml", *command[1:]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 2, 3)
    assert done.stderr.startswith("litproof: error: ") and len(done.stderr.splitlines()) == 1
    assert "polynomial networks" in done.stderr
