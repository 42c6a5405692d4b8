"""Pairs with the same interpolators: what a certificate of different limits rests on, and what it must not accept."""

import json
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from litproof.certify.certificates.format import to_json
from litproof.certify.certificates.limit_pair import pair_certificate, transformed
from litproof.certify.checker import Refused, check, digest, parse
from litproof.certify.regression.validated import enclose_by_integration
from litproof.networks import Convolutional, Diagonal, FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem

F = Fraction
X = ((F(1), F(2), F(-1, 2)), (F(1, 2), F(-1), F(3)))
Y = (F(1), F(7, 10))
DOUBLED = ((F(2), F(0)), (F(0), F(1)))
WIDE = (("1/2", "1/5", "-1/10", "1/4", "1/3", "-1/2"), ("3/10", "1/10"))
MIXED = [
    "W[1,1]*b[1] + W[1,2]*b[2]^2 + b[1]/2 + 1",
    "W[2,1]*b[1] + W[2,2]*b[2]",
    "W[3,1]*b[1]^3 + W[3,2]*b[2]",
]


def problem(network, v, inputs=X, targets=Y):
    return Problem(network, "regression", inputs, targets, F(1), v)


PROBLEMS = {
    "full convolution": problem(Convolutional((3, 3)), (("1/2", "1/5", "-1/10"), (0, 0, 0))),
    "width two": problem(FullyConnected(3, (2,)), WIDE),
    "powers and constants": problem(PolynomialNetwork.of(["W[3,2]", "b[2]"], MIXED, 3), WIDE),
    "squares of a matrix": problem(
        PolynomialNetwork.of(["U[2,2]"], ["vec(U*transpose(U))"], 4),
        (("1/2", 0, 0, "1/2"),),
        ((1, "1/2", "1/2", -1), (0, 1, 1, 2)),
        (1, 2),
    ),
}


def measured(problem):
    """The limit in doubles, from the gradient by differences of the network's own coefficients."""
    sizes = np.cumsum((0, *problem.network.shapes))
    inputs, targets = np.array(problem.X, float), np.array(problem.y, float)

    def beta(theta):
        layers = [list(theta[a:b]) for a, b in pairwise(sizes)]
        return np.array(problem.network.coefficients(layers), float)

    def velocity(_, theta):
        step = 1e-6
        J = [(beta(theta + step * e) - beta(theta - step * e)) / (2 * step) for e in np.eye(len(theta))]
        return -np.array(J) @ inputs.T @ (inputs @ beta(theta) - targets)

    start = np.array([float(x) for layer in problem.v0 for x in layer])
    return beta(solve_ivp(velocity, (0, 300), start, method="LSODA", rtol=1e-10, atol=1e-12).y[:, -1])


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_boxes_hold_the_limits_of_other_computations(name):
    problem = PROBLEMS[name]
    certificate = parse(to_json(pair_certificate(problem, DOUBLED, 7)))
    assert "no function of beta with a unique minimiser" in check(certificate)
    for member, record in zip((problem, transformed(problem, DOUBLED)), certificate["limits"], strict=True):
        box = [[float(end) for end in pair] for pair in record["enclosure"]]
        other = enclose_by_integration(member, 9)
        for (low, high), (least, most), value in zip(box, other.bounds, measured(member), strict=True):
            assert low <= most and least <= high
            assert low - 1e-5 <= value <= high + 1e-5


def test_no_certificate_where_a_potential_exists():
    own = problem(Diagonal(2, 3), ((1, "1/2", 2), (0, 0, 0)))
    assert pair_certificate(own, DOUBLED, 9) is None


@pytest.fixture(scope="module")
def stated():
    return json.loads(to_json(pair_certificate(PROBLEMS["width two"], DOUBLED, 6)))


def sealed(certificate, **fields):
    out = {**certificate, **fields}
    return {**out, "digest": digest(out)}


def test_a_transform_that_gains_interpolators_is_refused(stated):
    with pytest.raises(Refused, match="dependent columns"):
        check(sealed(stated, transform=[["2", "1"], ["4", "2"]]))
    with pytest.raises(Refused, match="dependent columns"):
        check(sealed(stated, transform=[["1", "0"]]))


def test_another_transform_start_or_network_is_refused(stated):
    beta = json.loads(json.dumps(stated["beta"]))
    beta[0][0][0] = "2"
    for change in (
        {"transform": [["1", "0"], ["0", "2"]]},
        {"transform": [["1", "0"], ["0", "1"]]},
        {"start": ["2/3", *stated["start"][1:]]},
        {"y": ["1", "3/5"]},
        {"beta": beta},
        {"limits": stated["limits"][::-1]},
        {"limits": [stated["limits"][0]] * 2},
        {"limits": stated["limits"][:1]},
    ):
        with pytest.raises(Refused):
            check(sealed(stated, **change))


def test_boxes_that_meet_prove_nothing(stated):
    wide = [{**record, "enclosure": [["-9", "9"]] * 3} for record in stated["limits"]]
    with pytest.raises(Refused, match="not disjoint"):
        check(sealed(stated, limits=wide))
    with pytest.raises(Refused):
        check(sealed(stated, entry=4))


@pytest.mark.parametrize(
    "terms", [[["1", [1, 0]]], [["1", [9]]], [["1", [0]], ["2", [0]]], "x", [["1", [0] * 101]]]
)
def test_malformed_coefficients(stated, terms):
    with pytest.raises(Refused):
        check(sealed(stated, beta=[terms, *stated["beta"][1:]]))
