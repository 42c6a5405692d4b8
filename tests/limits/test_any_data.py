"""Any X: points beyond d, repeated and weighted ones, rows without full rank."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.integrate import solve_ivp

from litproof.algebra.linear import rank
from litproof.bias.candidates import compare_regularisers
from litproof.bias.family import regularisers
from litproof.errors import InputError
from litproof.limits.find import find_limit
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
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
