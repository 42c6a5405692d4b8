"""Exponents of the approach and non-degeneracy, on problems where they are known in closed form."""

from fractions import Fraction

import pytest

from litproof.networks.base import DataTensor
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.tensor import TensorNetwork
from litproof.predict.classification.l1_margin import L1Margin, l1_margin
from litproof.predict.classification.limit import predict_direction
from litproof.problem import Problem

Q = Fraction


def problem(network, X):
    layers = tuple(
        tuple(Q(k + 2, 2 + layer) for k in range(size)) for layer, size in enumerate(network.shapes)
    )
    rows = tuple(tuple(map(Q, row)) for row in X)
    return Problem(network, "classification", rows, (Q(1),) * len(X), Q(1), layers)


@pytest.mark.parametrize(
    ("X", "exponent"),
    [
        ([[1, Q(1, 2)]], 0.5),
        ([[1, Q(9, 10)]], 0.1),
        ([[1, 0]], 1.0),
        ([[1, 1], [1, -1]], 0.0),
        ([[1, Q(1, 2)], [1, Q(-1, 2)]], 0.0),
    ],
)
def test_two_layers(X, exponent):
    """1 - |u_2|, u_2 = x_2 / x_1; two points on the margin of one component leave the multipliers open."""
    assert predict_direction(problem(Diagonal(2, 2), X), 15).details["exponent"] == pytest.approx(exponent)


@pytest.mark.parametrize(("X", "exponent"), [([[1, 2]], 1 / 3), ([[1, 2], [2, 1]], 1.0)])
def test_fully_connected(X, exponent):
    """Where the support vectors do not span, the part of the first layer beside them only stands still."""
    network = FullyConnected(2, (2, 2))
    assert predict_direction(problem(network, X), 15).details["exponent"] == pytest.approx(exponent)


def test_one_point():
    """exp(-(s_1 - s_2) nu) beside exp(2 s_1 nu): a half of the relative gap of the singular values 3 and 1."""
    network = TensorNetwork(DataTensor(1, (2, 2), {(0, 0, 0): Q(3), (0, 1, 1): Q(1)}))
    assert predict_direction(problem(network, [[1]]), 15).details["exponent"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("change", "strict"),
    [
        ({}, True),
        ({"u": (Q(1), Q(-1))}, False),
        ({"u": (Q(1), Q(1))}, False),
        ({"active": (0, 1), "alpha": (Q(1, 2), Q(1, 2))}, False),
        ({"alpha": (Q(0), Q(1))}, False),
    ],
)
def test_strict_complementarity_needs_every_condition(change, strict):
    """|u_j| < 1 off the support, as many active points as components on, and a multiplier on each of them."""
    fields = {
        "rho": (Q(1), Q(0)),
        "norm": Q(1),
        "unique": True,
        "alpha": (Q(1), Q(0)),
        "u": (Q(1), Q(1, 2)),
        "support": (0,),
        "active": (0,),
    }
    assert L1Margin(**{**fields, **change}).strict is strict


def test_degenerate_programmes_are_seen():
    assert not l1_margin(((Q(1), Q(1, 2)), (Q(1), Q(-1, 2)))).strict
    assert l1_margin(((Q(1), Q(1, 2)),)).strict
