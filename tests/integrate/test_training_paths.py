"""`limit --path` of other losses, dynamics and networks with functions: rows against mpmath and fractions."""

import csv
import json
import subprocess
import sys
from fractions import Fraction

import mpmath
import pytest

PRODUCTS = {
    "schema": 1,
    "network": {"kind": "diagonal", "depth": 2},
    "task": {"kind": "regression"},
    "data": {"X": [["1", "2"]], "y": ["3/2"]},
    "init": {"scale": "1/2", "v": [["1", "2"], ["1/2", "1"]]},
}
QUOTIENT = {
    **PRODUCTS,
    "network": {"kind": "formula", "parameters": ["u[2]", "w[2]"], "beta": ["u[j]/(1 + exp(w[j]))"]},
}


def products(v):
    a, b, c, d = v
    return [a * c, b * d], [[c, 0, a, 0], [0, d, 0, b]]


def quotient(v):
    a, b, c, d = v
    e, f = mpmath.exp(c), mpmath.exp(d)
    return [a / (1 + e), b / (1 + f)], [
        [1 / (1 + e), 0, -a * e / (1 + e) ** 2, 0],
        [0, 1 / (1 + f), 0, -b * f / (1 + f) ** 2],
    ]


def pull(v, network, slope):
    beta, J = network(v)
    s = slope(beta[0] + 2 * beta[1] - mpmath.mpf(3) / 2)
    return [s * (J[0][k] + 2 * J[1][k]) for k in range(4)]


def squared(r):
    return r


def plain(network, slope):
    return lambda t, v: [-g for g in pull(v, network, slope)]


def heavy(t, z):
    return [*z[4:], *(2 * (-g - w) for g, w in zip(pull(z[:4], products, squared), z[4:], strict=True))]


CASES = {
    "log-cosh": (
        {**PRODUCTS, "task": {"kind": "regression", "loss": "log-cosh"}},
        plain(products, mpmath.tanh),
    ),
    "weight decay": (
        {**PRODUCTS, "dynamics": {"kind": "weight-decay", "rate": "1/4"}},
        lambda t, v: [-g - x / 4 for g, x in zip(pull(v, products, squared), v, strict=True)],
    ),
    "momentum": ({**PRODUCTS, "dynamics": {"kind": "momentum", "lambda": "1/2"}}, heavy),
    "mirror": (
        {**PRODUCTS, "dynamics": {"kind": "mirror", "potential": "sum(i, sum(j, v[i,j]*log(v[i,j])))"}},
        lambda t, v: [-g * x for g, x in zip(pull(v, products, squared), v, strict=True)],
    ),
    "functions": (QUOTIENT, plain(quotient, squared)),
}


def rows_of(tmp_path, problem):
    (tmp_path / "problem.json").write_text(json.dumps(problem), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "litproof", "limit", "problem.json", "--digits", "15", "--path", "path.csv"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    beta = [
        Fraction(line.partition("=")[2].strip())
        for line in done.stdout.splitlines()
        if line.startswith("beta_")
    ]
    with (tmp_path / "path.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), beta


@pytest.mark.parametrize("name", CASES)
def test_rows_are_on_the_path(tmp_path, name):
    problem, velocity = CASES[name]
    rows, beta = rows_of(tmp_path, problem)
    columns = list(rows[0])[4:]
    start = [Fraction(x) / 2 for layer in problem["init"]["v"] for x in layer]
    assert [Fraction(rows[0][c]) for c in columns] == start
    assert len(rows) > 100
    times = [Fraction(row["t"]) for row in rows]
    assert times == sorted(times)
    for b, column in zip(beta, ("beta_1", "beta_2"), strict=True):
        # The path ends where the limit is known up to the square of the residual.
        assert abs(Fraction(rows[-1][column]) - b) < Fraction(1, 10**7)
    row = next(row for row in rows if Fraction(row["t"]) > Fraction(1, 4))
    with mpmath.workdps(20):
        first = [mpmath.mpf(q.numerator) / q.denominator for q in start]
        at = mpmath.odefun(velocity, 0, first + [mpmath.mpf(0)] * 4 * (name == "momentum"))(
            mpmath.mpf(row["t"])
        )
        assert max(abs(a - mpmath.mpf(row[c])) for a, c in zip(at, columns, strict=False)) < 1e-13
        shown, _ = (quotient if name == "functions" else products)(at[:4])
        assert max(abs(a - mpmath.mpf(row[f"beta_{k}"])) for k, a in enumerate(shown, 1)) < 1e-13
        r = shown[0] + 2 * shown[1] - mpmath.mpf(3) / 2
        loss = mpmath.log(mpmath.cosh(r)) if name == "log-cosh" else r * r / 2
        assert abs(loss - mpmath.mpf(row["loss"])) < 1e-12


def test_rows_of_descent_are_steps(tmp_path):
    rows, _ = rows_of(tmp_path, {**PRODUCTS, "dynamics": {"kind": "gradient-descent", "step": "1/10"}})
    columns = list(rows[0])[4:]
    v = [Fraction(1, 2), Fraction(1), Fraction(1, 4), Fraction(1, 2)]
    assert rows[0]["step"] == "0"
    for step in range(6):
        row = next((row for row in rows if row["step"] == str(step)), None)
        if row is not None:
            assert all(
                abs(Fraction(row[c]) - x) < Fraction(1, 10**13) for c, x in zip(columns, v, strict=True)
            )
        r = v[0] * v[2] + 2 * v[1] * v[3] - Fraction(3, 2)
        gradient = [r * v[2], 2 * r * v[3], r * v[0], 2 * r * v[1]]
        v = [x - g / 10 for x, g in zip(v, gradient, strict=True)]
