"""The traced regression flow: the gradient, with fewer products where there are fewer data points than inputs."""

from fractions import Fraction
from itertools import count

import pytest

from litproof.flow.program import Operators
from litproof.flow.trace import trace_flow, trace_gradient
from litproof.networks.base import DataTensor
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.polynomial import PolynomialNetwork
from litproof.networks.tensor import TensorNetwork

TENSOR = DataTensor(
    4,
    (2, 3),
    {(z, i, j): Fraction(1 + z + 2 * i - j, 2) for z in range(4) for i in range(2) for j in range(3)},
)
SHARED = {
    "fully connected": FullyConnected(5, (3, 2)),
    "filters": Convolutional((2, 3, 5)),
    "tensor": TensorNetwork(TENSOR),
    "formula with terms of its own": PolynomialNetwork.of(
        ["u", "v[4]", "w[4]"], ["u*v[j] + w[j] + v[j]*w[j]^2"], 4
    ),
}
ALONE = {"diagonal": Diagonal(3, 4), "linear": Diagonal(1, 3)}


def case(network, n):
    numbers = (Fraction((k * 31) % 17 - 8 or 3, 1 + k % 5) for k in count(1))
    rows = [[next(numbers) for _ in range(network.input_dim)] for _ in range(n)]
    targets, weights = ([next(numbers) for _ in range(n)] for _ in "yw")
    return rows, targets, weights, [next(numbers) for _ in range(sum(network.shapes))]


@pytest.mark.parametrize("name", [*SHARED, *ALONE])
@pytest.mark.parametrize("n", [1, 2, 6])
def test_outputs_are_those_of_the_definition_exactly(name, n):
    network = {**SHARED, **ALONE}[name]
    rows, targets, weights, start = case(network, n)
    flow = trace_flow(network, rows, targets, weights=weights)
    gradient = trace_gradient(network)
    beta = gradient.evaluate(Operators(), [*start, *[Fraction(0)] * len(rows[0])], "beta")
    residual = [
        sum(x * b for x, b in zip(row, beta, strict=True)) - t for row, t in zip(rows, targets, strict=True)
    ]
    pull = [
        -sum(x * w * r for x, w, r in zip(c, weights, residual, strict=True)) for c in zip(*rows, strict=True)
    ]
    expected = gradient.evaluate(Operators(), [*start, *pull], "gradient")
    assert flow.evaluate(Operators(), start, "beta") == list(beta)
    assert flow.evaluate(Operators(), start, "residual") == residual
    assert flow.evaluate(Operators(), start, "velocity") == list(expected)


@pytest.mark.parametrize("name", SHARED)
def test_few_data_points_take_fewer_products(name):
    network = SHARED[name]
    few, many = (trace_flow(network, *case(network, n)[:2]).only("velocity").products for n in (1, 6))
    assert few < many
    assert many == trace_flow(network, *case(network, 7)[:2]).only("velocity").products


def test_an_output_alone_needs_no_other():
    flow = trace_flow(Diagonal(2, 3), *case(Diagonal(2, 3), 2)[:2])
    assert flow.only("beta").products == 3
    assert set(flow.only("beta").outputs) == {"beta"}
