"""Derivations of discovered laws: every kind of map, and what is refused."""

from fractions import Fraction

import pytest
import sympy as sp

from litproof.claims.judge import judge
from litproof.claims.types import Instance, Status
from litproof.derive.stated import FalseStep
from litproof.derive.steps import prove_bracket
from litproof.errors import Inconclusive
from litproof.laws import fully_connected_map, polynomial_map, relu_map
from litproof.networks.base import DataTensor
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.tensor import TensorNetwork
from litproof.theorems.mgp.conserved_complete.claim import conserved_complete, lie_dimension
from litproof.theorems.mgp.conserved_complete.derivation import derive_for
from litproof.theorems.shared.instances import regression

a, b, c = sp.symbols("a b c", real=True)
t = sp.Symbol("t", real=True)


@pytest.mark.parametrize(
    ("source", "laws"),
    [
        (Convolutional((2, 3)), 1),
        (MatrixSensing(2, 2), 4),
        (fully_connected_map((2, 3, 1)), 6),
        (relu_map((2, 2, 1), bias=True), 2),
        (polynomial_map([a * b * c], [a, b, c]), 2),
    ],
)
def test_every_law_is_a_step(source, laws):
    steps = derive_for(source).steps
    assert sum(step.kind == "instance" for step in steps) == laws
    assert steps[-1].name == "complete"


def test_large_maps_are_derived_as_far_as_anybody_reads(monkeypatch):
    module = "litproof.theorems.mgp.conserved_complete.derivation"
    assert len(derive_for(Convolutional((3, 150))).body) == 6
    with pytest.raises(Inconclusive, match="33 conserved quantities of 128 parameters and 64 coordinates"):
        derive_for(Convolutional((64, 64)))
    monkeypatch.setattr(f"{module}.map_of", None)
    monkeypatch.setattr(f"{module}.discover_conserved", None)
    for network in (Convolutional((256, 256)), Convolutional((256,) * 3), FullyConnected(1000, (900, 800))):
        with pytest.raises(Inconclusive, match="more steps than anybody reads"):
            derive_for(network)


def test_an_incomplete_list_is_not_called_complete():
    derived = derive_for(polynomial_map([a * b**2], [a, b]), 1)
    assert not any(step.name.startswith("complete") for step in derived.steps)
    assert any("not complete at degree 1" in part for part in derived.body if isinstance(part, str))


def test_a_false_law_is_refused():
    with pytest.raises(FalseStep, match="bracket with coordinate 1 is 4"):
        prove_bracket("law", a**2 + b**2, [a * b], [a, b], t, "")
    assert prove_bracket("law", a**2 - b**2, [a * b], [a, b], t, "").kind == "instance"


# C6 as a claim: its count of brackets against known Lie algebras, and its verdicts


def network_of_form():
    entries = {(0, 0, 0): Fraction(1), (0, 1, 1): Fraction(2)}
    return TensorNetwork(DataTensor(1, (2, 2), entries))


def point(network):
    return [Fraction(3 * i + 2, i + 1) for i in range(sum(network.shapes))]


@pytest.mark.parametrize(
    ("network", "laws"),
    [
        (FullyConnected(2, (2,)), 3),  # a symmetric 2 x 2 matrix
        (FullyConnected(3, (2, 2)), 6),
        (FullyConnected(1, (1, 1)), 2),  # one coordinate: D - 1
        (FullyConnected(1, (2, 1)), 4),
        (Diagonal(3, 2), 4),
        (Convolutional((2, 3)), 1),
    ],
)
def test_brackets_add_up_to_the_known_counts(network, laws):
    assert sum(network.shapes) - lie_dimension(network, point(network)) == laws


def test_a_flow_with_non_polynomial_laws_is_not_called_complete():
    """beta = a_1 b_1 + 2 a_2 b_2: five conserved functions, not all of them polynomials of degree two."""
    network = network_of_form()
    problem = regression(network, "1", "1", 1, ["1 1/2", "1/3 1"], "weighted bilinear form")
    result = judge(conserved_complete, Instance("weighted", problem), 15)
    assert result.status is Status.VERIFIED
    assert "complete" not in result.detail
    assert "2 independent laws, 1 independent brackets" in result.detail


def test_too_many_parameters_are_not_tried():
    problem = regression(Diagonal(4, 4), "1 1 1 1", "1", 1, ["1 1 1 1"] * 4, "large")
    result = judge(conserved_complete, Instance("large", problem), 15)
    assert result.status is Status.HYPOTHESIS_VIOLATED
    assert "16 parameters" in result.detail
