from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.flow.reduction import prove_reduction
from litproof.networks.base import OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.odeco import Odeco


def tall():
    """U_l with more rows than columns, so that part of v_l rests."""
    third = Fraction(1, 3)
    U = tuple(
        tuple(tuple(Cyclotomic.rational(third * e) for e in row) for row in rows)
        for rows in (((1, 2), (2, 1), (2, -2)), ((2, -1), (2, 2), (-1, 2)))
    )
    S = ((Cyclotomic.rational(1), Cyclotomic.rational(2)), (Cyclotomic.rational(0), Cyclotomic.rational(-1)))
    return Odeco(S, U)


NETWORKS = [
    Diagonal(1, 2),
    Diagonal(4, 2),
    Convolutional((2, 2)),
    Convolutional((3, 3, 3)),
    Convolutional((5, 5)),
    tall(),
]


@pytest.mark.parametrize("network", NETWORKS, ids=repr)
def test_reduced_equations_hold(network):
    proof = prove_reduction(network, network.odeco())
    assert proof.holds
    assert len(proof.components) == network.input_dim * network.depth * network.odeco().rank
    assert len(proof.complement) == network.input_dim * sum(network.shapes)


def conjugated(rows):
    return tuple(tuple(e.conjugate() for e in row) for row in rows)


@pytest.mark.parametrize("network", [Convolutional((3, 3, 3)), Convolutional((4, 4))], ids=repr)
def test_wrong_transforms_are_rejected(network):
    form = network.odeco()
    assert not prove_reduction(network, OdecoForm(conjugated(form.S), form.U)).holds
    assert not prove_reduction(network, OdecoForm(form.S, (conjugated(form.U[0]), *form.U[1:]))).holds
    shifted = tuple((*row[1:], row[0]) for row in form.S)
    assert not prove_reduction(network, OdecoForm(shifted, form.U)).holds


def test_each_part_notices_its_own_fault():
    network = tall()
    form = network.odeco()
    doubled = replace(form, U=(tuple(tuple(2 * e for e in row) for row in form.U[0]), form.U[1]))
    proof = prove_reduction(network, doubled)
    assert any(proof.isometry)
    assert any(proof.coefficients)
    proof = prove_reduction(network, replace(form, S=tuple(tuple(-e for e in row) for row in form.S)))
    assert not any(proof.isometry)
    assert any(proof.coefficients)
    assert any(proof.components)
