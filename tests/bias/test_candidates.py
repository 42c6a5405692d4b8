"""`litproof bias --family`: what is rediscovered, what is excluded, and when nothing is concluded."""

import json
import subprocess
import sys
from fractions import Fraction

import pytest

from litproof.bias.candidates import compare_regularisers
from litproof.bias.family import regularisers
from litproof.networks import MatrixSensing
from litproof.problem import Problem

F = Fraction

DATA = {
    "diagonal": ('kind = "diagonal"\ndepth = 3', 'X = [["1", "2", "-1"]]', ["1", "1/2", "3/4"], 3),
    "sensing": (
        'kind = "matrix-sensing"\ndepth = 2',
        'A = [[["2", "1"], ["1", "0"]]]',
        ["1", "0", "0", "1"],
        2,
    ),
}


def listed(values):
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def written(folder, network, data, layers, scale="1/2"):
    text = f'schema = 1\n[network]\n{network}\n[task]\nkind = "regression"\n[data]\n{data}\ny = ["3/2"]\n'
    text += f'[init]\nscale = "{scale}"\nv = [{", ".join(map(listed, layers))}]\n'
    (folder / "p.toml").write_text(text, "utf-8")


def tried(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "litproof", "bias", "p.toml", "--digits", "15", "--jobs", "1", "--json", "-",
         *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(DATA))
def test_the_potential_of_the_right_depth_and_scale_alone_survives(tmp_path, kind):
    network, data, first, depth = DATA[kind]
    written(tmp_path, network, data, [first] * (depth - 1) + [["0"] * len(first)])
    done = tried(tmp_path, "--draw", "3")
    assert done.returncode == 0, done.stderr
    candidates = json.loads(done.stdout)["candidates"]
    assert candidates["conclusion"] == "one"
    consistent = [c for c in candidates["candidates"] if c["verdict"] == "consistent"]
    assert [c["name"] for c in consistent] == [f"Q_{depth}"]
    excluded = {c["name"]: c for c in candidates["candidates"] if c["verdict"] == "excluded"}
    assert f"Q_{depth + 1}" in excluded or any(name.startswith(f"Q_{depth + 1}") for name in excluded)
    assert all(c["margin"] >= 1 for c in excluded.values())


def test_none_of_these_for_a_fully_connected_network_at_finite_scale(tmp_path):
    start = [["1", "1/2", "0", "1", "1/3", "-1/2", "1", "1/4"], ["1/2", "1"]]
    written(
        tmp_path,
        'kind = "fully-connected"\ndepth = 2\nwidths = [2]',
        'X = [["1", "2", "-1", "1/2"]]',
        start,
        "1",
    )
    done = tried(tmp_path, "--draw", "2")
    assert done.returncode == 0, done.stderr
    candidates = json.loads(done.stdout)["candidates"]
    assert candidates["conclusion"] == "none"
    assert {c["verdict"] for c in candidates["candidates"]} == {"excluded"}


def test_a_single_flow_is_not_enough(tmp_path):
    network, data, first, depth = DATA["diagonal"]
    written(tmp_path, network, data, [first] * (depth - 1) + [["0"] * len(first)])
    done = tried(tmp_path, "--draw", "0")
    assert done.returncode == 3
    assert json.loads(done.stdout)["candidates"]["conclusion"] not in ("one", "none")


def test_a_formula_of_the_users_own_is_ranked(tmp_path):
    network, data, first, depth = DATA["diagonal"]
    written(tmp_path, network, data, [first] * (depth - 1) + [["0"] * len(first)])
    done = tried(tmp_path, "--draw", "2", "--family", "sum(abs(beta[j])^(7/5))")
    own = [
        c
        for c in json.loads(done.stdout)["candidates"]["candidates"]
        if c["formula"] == "sum(abs(beta[j])^(7/5))"
    ]
    assert [c["verdict"] for c in own] == ["excluded"]
    bad = tried(tmp_path, "--family", "sum(abs(beta[j])")
    assert bad.returncode == 2 and "position" in bad.stderr and not bad.stdout


def test_small_starts_of_commuting_sensing_approach_the_nuclear_norm(tmp_path):
    network, data, first, _ = DATA["sensing"]
    names = []
    for k in (2, 3, 4):
        written(tmp_path, network, data, [first, ["0"] * 4], f"1/{10**k}")
        names.append((tmp_path / "p.toml").rename(tmp_path / f"{k}.toml").name)
    written(tmp_path, network, data, [first, ["0"] * 4], "1/10")
    candidates = json.loads(tried(tmp_path, *names, "--draw", "2").stdout)["candidates"]
    (nuclear,) = [c for c in candidates["candidates"] if c["formula"] == "schatten(1)"]
    series = [trend for trend in nuclear["trends"] if len(trend["alphas"]) == 4]
    assert [trend["approached"] for trend in series] == ["0"]


def test_a_norm_that_is_constant_on_interpolators_selects_nothing():
    """With the whole diagonal measured, every positive semidefinite completion has the same nuclear norm."""
    sensors = tuple(tuple(int(i == j == k) for i in range(3) for j in range(3)) for k in range(3))
    start = tuple(int(i == j) + F(i + j, 50) for i in range(3) for j in range(3))
    problem = Problem(MatrixSensing(1, 3), "regression", sensors, (2, 3, 4), 1, (start,))
    tested = compare_regularisers([problem], regularisers(1), 12)
    (nuclear,) = [entry for entry in tested.tested if entry.candidate.text == "schatten(1)"]
    assert nuclear.verdict == "selects nothing" and "schatten(1)" not in [
        e.candidate.text for e in tested.consistent
    ]
    distance = [e for e in tested.tested if "start[j]" in e.candidate.text]
    assert [entry.verdict for entry in distance] == ["consistent"]


POLYNOMIAL = 'kind = "polynomial"\nparameters = ["u[3]", "v[3]"]\nbeta = ["{}"]'
X_POSITIVE = 'X = [["1", "2", "1/2"]]'
START = ["1", "3/4", "1/2"]
FROM_THE_START = {
    "balanced, two layers": ('kind = "diagonal"\ndepth = 2', [START] * 2, "entropy relative to the start"),
    "balanced, three layers": ('kind = "diagonal"\ndepth = 3', [START] * 3, "balanced layers"),
    "two layers from any start": (
        'kind = "diagonal"\ndepth = 2',
        [START, ["1/2", "1", "-1/4"]],
        "hyperbolic entropy relative to the start",
    ),
    "u^2 - v^2": (
        POLYNOMIAL.format("u[j]^2 - v[j]^2"),
        [START, ["1/2", "1", "1/4"]],
        "hyperbolic entropy relative to the start",
    ),
    "u^3 - v^3": (POLYNOMIAL.format("u[j]^3 - v[j]^3"), [START, ["1/2", "1", "1/4"]], "balanced layers"),
}


@pytest.mark.parametrize("label", FROM_THE_START)
def test_balanced_and_other_starts_are_known(tmp_path, label):
    network, layers, name = FROM_THE_START[label]
    written(tmp_path, network, X_POSITIVE, layers)
    done = tried(tmp_path, "--draw", "0")
    assert done.returncode in (0, 3), done.stderr
    candidates = json.loads(done.stdout)["candidates"]
    consistent = [entry["name"] for entry in candidates["candidates"] if entry["verdict"] == "consistent"]
    assert [entry for entry in consistent if name in entry], (consistent, candidates)
