"""C6 as a claim: its count of brackets against known Lie algebras, and its verdicts."""

from fractions import Fraction

import pytest

from litproof.claims.judge import judge
from litproof.claims.types import Instance, Status
from litproof.networks.base import DataTensor
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.tensor import TensorNetwork
from litproof.theorems.mgp.conserved_complete.claim import conserved_complete, lie_dimension
from litproof.theorems.shared.instances import regression


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
