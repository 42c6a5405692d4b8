"""Flows of polynomial networks against an integrator that shares no code with the package."""

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp

from litproof.integrate.regression.follow import trajectory
from litproof.limits.find import find_limit
from litproof.networks.base import MultilinearNetwork, Network
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem
from litproof.problem_file import problem_from_mapping, read_problem, write_problem
from litproof.results import Evidence


def mapping(parameters, beta, X, y, v, *, outputs=1, scale="1", task="regression"):
    network = {"kind": "polynomial", "parameters": parameters, "beta": beta}
    if outputs > 1:
        network["outputs"] = outputs
    return {
        "schema": 1,
        "network": network,
        "task": {"kind": task},
        "data": {"X": X, "y": y},
        "init": {"scale": scale, "v": v},
    }


X3 = [["1", "2", "-1/2"], ["1/3", "1", "1"]]
CASES = {
    "cubic with a linear term": mapping(
        ["u[3]", "v[3]"],
        ["u[j]^3 - v[j]^3 + u[j]"],
        X3,
        ["1", "-1/2"],
        [["1/2", "1/3", "1/4"], ["1/2", "1", "3/4"]],
    ),
    "shared weights": mapping(
        ["W[3,3]", "w[3]"],
        ["W*W*w"],
        X3,
        ["1", "1/2"],
        [["1", "0", "1/4", "1/5", "1", "0", "0", "1/2", "1"], ["1/2", "1/3", "1/5"]],
    ),
    "two outputs": mapping(
        ["W[3,2]", "V[2,2]"],
        ["W*V"],
        X3,
        [["1", "1/2"], ["-1/2", "1"]],
        [["1", "0", "1/4", "1/5", "1", "1"], ["1/2", "1/3", "1/5", "1"]],
        outputs=2,
    ),
    "a CP tensor": mapping(
        ["a[2,2]", "b[2,2]", "w[2,2]"],
        [f"sum(k, a[{i},k]*b[{j},k]*w[{l},k])" for i in (1, 2) for j in (1, 2) for l in (1, 2)],
        [["1", "0", "1", "0", "2", "0", "0", "1/2"], ["0", "1", "0", "1/3", "0", "1", "1", "0"]],
        ["1", "1/2"],
        [["1", "1/2", "1/3", "1"], ["1", "2/3", "1/3", "1"], ["1", "1/2", "3/4", "1"]],
    ),
}


def sympy_flow(content):
    """Velocity of the squared loss from the formulas written out again with sympy."""
    problem = problem_from_mapping(content)
    flat = sp.symbols(f"t:{sum(problem.network.shapes)}")
    ends = np.cumsum([0, *problem.network.shapes])
    layers = [flat[a:b] for a, b in itertools.pairwise(ends)]
    X = [[sp.Rational(entry) for entry in row] for row in content["data"]["X"]]
    names = {}
    for text, layer in zip(content["network"]["parameters"], layers, strict=True):
        name, sizes = text.rstrip("]").split("[")
        shape = [int(size) for size in sizes.split(",")]
        names[name] = sp.Matrix(*(shape if len(shape) == 2 else (shape[0], 1)), layer)
    return problem, flat, X, names


def loss_of(content):
    problem, flat, X, m = sympy_flow(content)
    y = content["data"]["y"]
    label = next(name for name, case in CASES.items() if case is content)
    if label == "cubic with a linear term":
        beta = sp.Matrix([m["u"][j] ** 3 - m["v"][j] ** 3 + m["u"][j] for j in range(3)])
    elif label == "shared weights":
        beta = m["W"] * m["W"] * m["w"]
    elif label == "two outputs":
        beta = m["W"] * m["V"]
    else:
        beta = sp.Matrix(
            [
                sum(m["a"][i, k] * m["b"][j, k] * m["w"][l, k] for k in (0, 1))
                for i in (0, 1)
                for j in (0, 1)
                for l in (0, 1)
            ]
        )
    targets = sp.Matrix([[sp.Rational(e) for e in (row if isinstance(row, list) else [row])] for row in y])
    r = sp.Matrix(X) * beta - targets
    return problem, flat, beta, sum(entry**2 for entry in r) / 2


@pytest.mark.parametrize("label", CASES)
def test_limit_against_another_integrator(label):
    problem, flat, beta, loss = loss_of(CASES[label])
    velocity = sp.lambdify([flat], [-sp.diff(loss, t) for t in flat])
    start = [float(entry) for layer in problem.v0 for entry in layer]
    solution = solve_ivp(lambda t, x: velocity(x), (0, 400), start, method="DOP853", rtol=1e-13, atol=1e-14)
    expected = np.array(sp.lambdify([flat], list(beta))(solution.y[:, -1]), dtype=float)
    limit = find_limit(problem, 12)
    assert limit.evidence is Evidence.CERTIFIED
    assert np.abs(np.array([float(value) for value in limit.value]) - expected).max() < 1e-9


@pytest.mark.parametrize("label", CASES)
def test_path_against_a_taylor_series_of_its_own(label):
    """Thirty digits at t = 1/65536, by the series of theta(t) from products of truncated series."""
    problem, flat, _, loss = loss_of(CASES[label])
    slopes = [sp.Poly(-sp.diff(loss, t), *flat) for t in flat]
    order, time = 11, Fraction(1, 65536)
    series = [[Fraction(entry)] for layer in problem.v0 for entry in layer]

    def product(a, b, k):
        return [sum((a[i] * b[n - i] for i in range(n + 1)), Fraction(0)) for n in range(k + 1)]

    import mpmath

    with mpmath.workdps(60):
        number = [[mpmath.mpf(q[0].numerator) / q[0].denominator] for q in series]
        for k in range(order):
            fresh = []
            for poly in slopes:
                total = mpmath.mpf(0)
                for exponents, coefficient in poly.terms():
                    term = [mpmath.mpf(int(coefficient.p)) / int(coefficient.q), *[mpmath.mpf(0)] * k]
                    for entry, exponent in zip(number, exponents, strict=True):
                        for _ in range(exponent):
                            term = product(term, entry, k)
                    total += term[k]
                fresh.append(total / (k + 1))
            for entry, value in zip(number, fresh, strict=True):
                entry.append(value)
        expected = [sum(c * mpmath.mpf(1) / 65536**n for n, c in enumerate(entry)) for entry in number]
        tail = max(abs(entry[-1]) / mpmath.mpf(65536) ** order for entry in number)
        ((_, layers),) = trajectory(problem, [time], 30)
        theta = [mpmath.mpf(q.numerator) / q.denominator for layer in layers for q in layer]
        gap = max(abs(a - b) for a, b in zip(theta, expected, strict=True))
        assert gap < mpmath.mpf(10) ** -29 + 100 * tail
        assert tail < mpmath.mpf(10) ** -27


def test_protocol_in_two():
    network = PolynomialNetwork.of(["u[2]"], ["u[j]^2"], 2)
    assert not isinstance(network, MultilinearNetwork)
    accepted: Network = network
    assert accepted.input_dim == 2


@pytest.mark.parametrize("label", CASES)
def test_files_read_back(label, tmp_path: Path):
    problem = problem_from_mapping(CASES[label])
    path = tmp_path / "problem.toml"
    path.write_text(write_problem(problem))
    again = read_problem(path)
    assert isinstance(again, Problem)
    layers = problem.v0
    assert again.network.coefficients(layers) == problem.network.coefficients(layers)
    assert (again.X, again.y, again.v0) == (problem.X, problem.y, problem.v0)


ODECO = {
    "two layers": ("u[j]^2 - v[j]^2", ["1", "-1/2"]),
    "equal layers": ("u[j]^3 - v[j]^3", ["1", "-1/2"]),
    "shared weights, a square root of two": ("u[j]^2*v[j]", ["2", "4/3"]),
    "rotated, with a bias": ("(u[j] + 2*v[j])^2*(2*u[j] - v[j])/3 + 1/2", ["2", "1/2"]),
    "depths two and five": ("u[j]^2 + v[j]^5", ["1", "2"]),
    "an odd power by itself": ("u[j]^3 + v[j]", ["1", "-1/2"]),
}


@pytest.mark.parametrize("label", ODECO)
def test_odeco_in_other_coordinates_is_proved_and_meets_another_integrator(label):
    formula, y = ODECO[label]
    content = mapping(["u[3]", "v[3]"], [formula], X3, y, [["1/2", "1/3", "1/4"], ["1/2", "1", "3/4"]])
    problem = problem_from_mapping(content)
    limit = find_limit(problem, 14)
    assert limit.evidence is Evidence.CERTIFIED
    assert "found in other coordinates" in limit.methods[0]
    t = sp.symbols("t:6")
    beta = [sp.sympify(formula.replace("u[j]", f"t{j}").replace("v[j]", f"t{3 + j}")) for j in range(3)]
    beta = [entry.subs({str(s): s for s in t}) for entry in beta]
    X = sp.Matrix([[sp.Rational(entry) for entry in row] for row in X3])
    r = X * sp.Matrix(beta) - sp.Matrix([sp.Rational(entry) for entry in y])
    loss = sum(entry**2 for entry in r) / 2
    velocity = sp.lambdify([t], [-sp.diff(loss, s) for s in t])
    start = [float(entry) for layer in problem.v0 for entry in layer]
    solution = solve_ivp(lambda _, x: velocity(x), (0, 600), start, method="DOP853", rtol=1e-13, atol=1e-14)
    expected = np.array(sp.lambdify([t], beta)(solution.y[:, -1]), dtype=float)
    assert np.abs(np.array([float(value) for value in limit.value]) - expected).max() < 1e-9
