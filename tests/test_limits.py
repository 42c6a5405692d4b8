"""Any X: points beyond d, repeated and weighted ones, rows without full rank."""

import itertools
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, strategies as st
from scipy.integrate import solve_ivp

from litproof.algebra.linear import rank
from litproof.bias.candidates import compare_regularisers
from litproof.bias.family import regularisers
from litproof.errors import InputError
from litproof.integrate.regression.follow import trajectory
from litproof.limits.find import find_limit
from litproof.networks.base import MultilinearNetwork, Network
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.problem_file import problem_from_mapping, read_problem, write_problem
from litproof.results import Evidence
from litproof.theorems.shared.instances import regression

DEPENDENT = "1 2 -1/2; 1/3 1 1; 1 2 -1/2; 4/3 3 1/2"
TARGETS = "1 -1/2 2 1"
BEYOND = "1 2; 1/3 1; -1 2; 2 1/2"


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 4), st.integers(1, 3))
def test_independent_rows_have_the_gradient_of_the_loss(seed, n, d, r):
    rng = Random(seed)

    def numbers(count):
        return [Fraction(rng.randint(-5, 5), rng.randint(1, 4)) for _ in range(count)]

    basis = [numbers(d) for _ in range(r)]
    X = [
        [sum(c * row[z] for c, row in zip(numbers(r), basis, strict=True)) for z in range(d)]
        for _ in range(n)
    ]
    if not any(map(any, X)):
        X[0][0] = Fraction(1)
    weights = [abs(w) + Fraction(1, 3) for w in numbers(n)]
    problem = Problem(Diagonal(1, d), "regression", X, numbers(n), 1, [numbers(d)], weights=weights)
    reduced = problem.independent
    assert rank(reduced.X) == len(reduced.X) == rank(problem.X)
    beta = numbers(d)

    def gradient(of):
        pulls = [w * e for w, e in zip(of.row_weights, of.residual(beta), strict=True)]
        return [sum(x * p for x, p in zip(column, pulls, strict=True)) for column in zip(*of.X, strict=True)]

    assert gradient(problem) == gradient(reduced)
    assert all(w > 0 for w in reduced.row_weights)


def test_independent_rows_stay_as_they_are():
    problem = regression(Diagonal(2, 3), "1 2 -1/2; 1/3 1 1", "1 1", 1, ["1 1 1", "0 0 0"], "independent")
    assert problem.independent is problem


CASES = {
    "found in other coordinates": (
        PolynomialNetwork.of(["u[3]", "v[3]"], ["u[j]^2 - v[j]^2"], 3),
        DEPENDENT,
        TARGETS,
    ),
    "followed": (PolynomialNetwork.of(["u[3]", "v[3]"], ["u[j]^3 - v[j]^3 + u[j]"], 3), DEPENDENT, TARGETS),
    "diagonal": (Diagonal(2, 3), DEPENDENT, TARGETS),
    "a hidden layer": (FullyConnected(3, (2,)), DEPENDENT, TARGETS),
    "one point twice": (FullyConnected(3, (2,)), "1 2 -1; 1 2 -1", "1 2"),
    "more points than inputs": (Diagonal(2, 2), BEYOND, TARGETS),
    "one layer": (Diagonal(1, 3), DEPENDENT, TARGETS),
}


@pytest.mark.parametrize("label", CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_limits_are_proved_and_meet_another_integrator(label, weighted):
    network, X, y = CASES[label]
    rng = Random(label)
    layers = [[Fraction(rng.randint(4, 12), 8) for _ in range(size)] for size in network.shapes]
    if len(layers) == 2:
        layers[1] = [value / 3 for value in layers[1]]
    problem = regression(network, X, y, 1, layers, label)
    if weighted:
        problem = replace(problem, weights=[Fraction(rng.randint(1, 6), 2) for _ in problem.y])
    limit = find_limit(problem, 12)
    assert limit.evidence is Evidence.CERTIFIED
    matrix, targets = np.array(problem.X, dtype=float), np.array(problem.y, dtype=float)
    weights = np.array(problem.row_weights, dtype=float)
    ends = np.cumsum([0, *network.shapes])

    def beta(theta):
        return np.array(network.coefficients([theta[a:b] for a, b in pairwise(ends)]))

    def velocity(_, theta):
        # complex steps, one a column: derivatives to machine precision without a formula for them
        columns = beta(theta[:, None] + 1e-30j * np.eye(int(ends[-1])))
        pull = matrix.T @ (weights * (matrix @ columns[:, 0].real - targets))
        return -pull @ columns.imag / 1e-30

    start = [float(entry) for layer in problem.v0 for entry in layer]
    solution = solve_ivp(velocity, (0, 150), start, method="DOP853", rtol=1e-13, atol=1e-14)
    gap = np.abs(np.array([float(value) for value in limit.value]) - beta(solution.y[:, -1])).max()
    assert gap < 1e-9
    assert float(limit.residual) == pytest.approx(
        float(max(map(abs, problem.residual(limit.value)))), rel=0.1
    )


def test_weights_do_not_matter_to_a_potential_and_do_to_other_flows():
    odeco = regression(Diagonal(2, 3), DEPENDENT, TARGETS, 1, ["1 1/2 3/4", "1/4 1/3 1/5"], "odeco")
    assert predict_regression(
        replace(odeco, X=odeco.X[:2], y=(Fraction(3, 2), Fraction(-1, 2)), weights=()), 20
    ).value
    light, heavy = (
        replace(odeco, X=odeco.X[:2], y=(1, 1), weights=weights) for weights in ((1, 1), (5, Fraction(1, 3)))
    )
    assert find_limit(light, 12).decimals == find_limit(heavy, 12).decimals
    hidden = regression(
        FullyConnected(3, (2,)), "1 2 -1/2; 1/3 1 1", "1 1", 1, ["1 1/2 1/3 1 1/4 1", "1 -1/2"], "hidden"
    )
    assert (
        find_limit(hidden, 8).decimals != find_limit(replace(hidden, weights=[7, Fraction(1, 5)]), 8).decimals
    )


def test_candidates_take_dependent_rows():
    problem = regression(Diagonal(2, 3), DEPENDENT, TARGETS, 1, ["1 1/2 3/4", "0 0 0"], "dependent")
    tested = compare_regularisers([problem], regularisers(2), 15)
    assert any(entry.candidate.name == "Q_2" and entry.verdict == "consistent" for entry in tested.tested)


def test_no_point_at_all_is_refused():
    with pytest.raises(InputError, match="a point that is not zero"):
        _ = regression(Diagonal(1, 2), "0 0; 0 0", "1 1", 1, ["1 1"], "zero").independent


# Flows of polynomial networks against an integrator that shares no code with the package


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
POLYNOMIAL_CASES = {
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
    label = next(name for name, case in POLYNOMIAL_CASES.items() if case is content)
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


@pytest.mark.parametrize("label", POLYNOMIAL_CASES)
def test_limit_against_another_integrator(label):
    problem, flat, beta, loss = loss_of(POLYNOMIAL_CASES[label])
    velocity = sp.lambdify([flat], [-sp.diff(loss, t) for t in flat])
    start = [float(entry) for layer in problem.v0 for entry in layer]
    solution = solve_ivp(lambda t, x: velocity(x), (0, 400), start, method="DOP853", rtol=1e-13, atol=1e-14)
    expected = np.array(sp.lambdify([flat], list(beta))(solution.y[:, -1]), dtype=float)
    limit = find_limit(problem, 12)
    assert limit.evidence is Evidence.CERTIFIED
    assert np.abs(np.array([float(value) for value in limit.value]) - expected).max() < 1e-9


@pytest.mark.parametrize("label", POLYNOMIAL_CASES)
def test_path_against_a_taylor_series_of_its_own(label):
    """Thirty digits at t = 1/65536, by the series of theta(t) from products of truncated series."""
    problem, flat, _, loss = loss_of(POLYNOMIAL_CASES[label])
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


@pytest.mark.parametrize("label", POLYNOMIAL_CASES)
def test_files_read_back(label, tmp_path: Path):
    problem = problem_from_mapping(POLYNOMIAL_CASES[label])
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
