from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

import pytest
import sympy as sp

from litproof.flow.equations import (
    Flow,
    Layers,
    _weights,
    agrees,
    diagonal_form,
    differentiate,
    matrix_form,
    tensor_form,
)
from litproof.networks.base import OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing


def data_symbols(
    samples: int, input_dim: int
) -> tuple[tuple[tuple[sp.Symbol, ...], ...], tuple[sp.Symbol, ...]]:
    """Generic data: X as symbols x_{i,z} (n x d) and y as symbols y_i (n)."""
    X = tuple(
        tuple(sp.Symbol(f"x_{{{i},{z}}}", real=True) for z in range(1, input_dim + 1))
        for i in range(1, samples + 1)
    )
    return X, tuple(sp.Symbol(f"y_{i}", real=True) for i in range(1, samples + 1))


def odeco_form(form: OdecoForm, flow: Flow, X: Sequence[Sequence[Any]]) -> Layers:
    """Real rational odeco form: d v_l/dt = U_l d eta_l/dt with d eta_{l,j}/dt = -g_j prod_{k != l} eta_{k,j}.

    ValueError when an entry of S or U is irrational (`reduction.prove_reduction` decides in the cyclotomic
    field).
    """
    S, *U = (
        sp.ImmutableMatrix([[_rational(entry.to_fraction()) for entry in row] for row in matrix])
        for matrix in (form.S, *form.U)
    )
    g = S * sp.ImmutableMatrix(_weights(flow, X))
    eta = [matrix.T * sp.ImmutableMatrix(layer) for matrix, layer in zip(U, flow.variables, strict=True)]
    rhs = []
    for l, matrix in enumerate(U):
        speeds = [
            -g[j] * prod((eta[k][j] for k in range(len(U)) if k != l), start=sp.S.One)
            for j in range(form.rank)
        ]
        rhs.append(tuple(matrix * sp.ImmutableMatrix(speeds)))
    return tuple(rhs)


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


LOSSES = ["squared", "exponential", "general"]
NETWORKS = [
    Diagonal(1, 3),
    Diagonal(3, 2),
    Convolutional((2, 3)),
    Convolutional((2, 2, 3)),
    FullyConnected(2, (2, 2)),
    FullyConnected(3, (2,)),
    MatrixSensing(2, 2),
]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("network", NETWORKS, ids=repr)
def test_derived_equations_equal_the_closed_forms_for_generic_data(network, loss):
    X, y = data_symbols(2, network.input_dim)
    flow = differentiate(network, X, y, loss)
    assert agrees(flow, tensor_form(network, flow, X))
    if isinstance(network, Diagonal):
        assert agrees(flow, diagonal_form(network, flow, X))
        assert agrees(flow, odeco_form(network.odeco(), flow, X))
    if isinstance(network, FullyConnected):
        assert agrees(flow, matrix_form(network, flow, X))


@pytest.mark.parametrize("loss", LOSSES)
def test_wrong_closed_forms_are_rejected(loss):
    network = FullyConnected(2, (2,))
    X, y = data_symbols(2, 2)
    flow = differentiate(network, X, y, loss)
    stated = matrix_form(network, flow, X)
    assert not agrees(flow, tuple(tuple(-e for e in layer) for layer in stated))
    assert not agrees(flow, ((*stated[0][::-1],), *stated[1:]))
    other = replace(flow, residuals=flow.residuals[::-1])
    assert not agrees(flow, matrix_form(network, other, X))


def test_rational_data_and_a_value_by_hand():
    network = Diagonal(2, 2)
    flow = differentiate(network, [[Fraction(1, 2), Fraction(2)]], [Fraction(1)], "squared")
    (a, b), (c, d) = flow.variables
    r = a * c / 2 + 2 * b * d - 1
    assert sp.expand(flow.rhs[0][0] + r * c / 2) == 0
    assert sp.expand(flow.rhs[1][1] + 2 * r * b) == 0
    assert sp.expand(flow.loss - r**2 / 2) == 0


def test_exponential_loss_by_hand():
    network = Diagonal(1, 1)
    flow = differentiate(network, [[3]], [-1], "exponential")
    ((v,),) = flow.variables
    assert flow.rhs == ((-3 * sp.exp(3 * v),),)
