"""Classification with networks given by formulas: the built-in kinds' limits, another integrator, clear refusals."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from litproof.errors import HypothesisError
from litproof.integrate.classification.follow import sample_path
from litproof.limits.find import find_limit
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem
from litproof.results import Evidence

X = [["1", "2", "1/2"], ["3/2", "-1/2", "1"]]
SQUARES = PolynomialNetwork.of(["u[3]", "v[3]"], ["u[j]^2 - v[j]^2"], 3)
START = [["1/2", "1/3", "1/4"], ["1/4", "1", "3/4"]]


def classification(network, v, inputs=X):
    return Problem(network, "classification", inputs, [1] * len(inputs), 1, v, "polynomial")


def test_squares_are_two_layers_and_the_theorem_is_used():
    limit = find_limit(classification(SQUARES, START), 15)
    layers = [[str(Fraction(a) + s * Fraction(b)) for a, b in zip(*START, strict=True)] for s in (1, -1)]
    known = find_limit(classification(Diagonal(2, 3), layers), 15)
    assert limit.evidence is Evidence.CERTIFIED
    assert limit.methods[0].startswith("found in other coordinates: 2 orthogonal layers; ")
    assert limit.decimals == known.decimals


def test_a_matrix_formula_is_the_fully_connected_network():
    network = PolynomialNetwork.of(["W[3,2]", "w[2]"], ["W*w"], 3)
    v = [["1", "1/2", "1/3", "1", "1/4", "1"], ["1/2", "1/3"]]
    mine, theirs = (find_limit(classification(n, v), 6) for n in (network, FullyConnected(3, (2,))))
    assert max(abs(a - b) for a, b in zip(mine.value, theirs.value, strict=True)) < Fraction(1, 10**5)


SHARED = {
    "a cubic form": (["u[3]", "v[3]"], ["u[j]^3/3 + u[j]*v[j]^2"]),
    "shared weights": (["W[3,3]", "w[3]"], ["W*W*w"]),
    "squares": (["u[3]", "v[3]"], ["u[j]^2 - v[j]^2"]),
}


@pytest.mark.parametrize("label", SHARED)
def test_the_clock_against_another_integrator(label):
    """The direction at kappa = 10^1.1, met by an explicit method in t with complex-step derivatives."""
    parameters, beta = SHARED[label]
    network = PolynomialNetwork.of(parameters, beta, 3)
    sizes = network.shapes
    rng = np.random.default_rng(7)
    v = [[Fraction(int(k), 8) for k in rng.integers(2, 9, size)] for size in sizes]
    problem = classification(network, v)
    (at,) = sample_path(problem, 12, [Fraction(11, 10)])
    kappa = np.exp(float(at.s))
    rows, ends = np.array(problem.signed_rows, dtype=float), np.cumsum([0, *sizes])

    def coefficients(theta):
        return np.array(network.coefficients([theta[a:b] for a, b in pairwise(ends)]), dtype=complex)

    def loss(theta):
        return np.exp(-rows @ coefficients(theta).real).sum()

    def velocity(_, theta):
        # in the time of -log(loss): the path is the same
        columns = coefficients(theta[:, None] + 1e-30j * np.eye(int(ends[-1])))
        p = np.exp(-rows @ columns[:, 0].real)
        return (rows.T @ (p / p.sum())) @ columns.imag / 1e-30

    def reached(_, theta):
        return -np.log(loss(theta)) - kappa

    reached.terminal = True
    start = [float(entry) for layer in problem.v0 for entry in layer]
    solution = solve_ivp(velocity, (0, 1e4), start, method="DOP853", rtol=1e-12, atol=1e-13, events=reached)
    expected = coefficients(solution.y_events[0][0]).real
    direction = np.array([float(b) for b in at.direction])
    assert np.abs(direction - expected / np.linalg.norm(expected)).max() < 1e-8


@pytest.mark.parametrize(
    ("beta", "message"),
    [("u[j]^3 - v[j]^3 + u[j]", "degrees 1 and 3"), ("u[j]^2 - v[j]^2 + 1", "degrees 0 and 2")],
)
def test_without_homogeneity_the_answer_says_what_is_missing(beta, message):
    network = PolynomialNetwork.of(["u[3]", "v[3]"], [beta], 3)
    with pytest.raises(HypothesisError, match=message) as error:
        find_limit(classification(network, START), 10)
    assert "neither limit direction nor margins are available" in str(error.value)


def test_repeated_points_count_as_often_as_they_occur():
    twice = classification(SQUARES, START, [*X, X[0]])
    assert find_limit(twice, 10).decimals == find_limit(replace(twice, X=X, y=(1, 1)), 10).decimals
