"""Flows followed in what data and start span: the limits, parameters and paths of the network as it was given."""

from fractions import Fraction

import pytest

from litproof.flow import data_span as flow_module
from litproof.flow.program import Operators
from litproof.flow.trace import trace_flow
from litproof.integrate.regression import spanned as module
from litproof.integrate.regression.follow import follow_to_limit
from litproof.networks import Convolutional, DataTensor, FullyConnected, TensorNetwork
from tests.flow.test_data_span import drawn, low_rank

PROBLEMS = [
    drawn(FullyConnected(9, (6,)), 3, 20),
    drawn(FullyConnected(12, (4, 3)), 2, 21),
    low_rank(6, 2, 1, 22),
    drawn(Convolutional((2, 9)), 2, 24),
    drawn(Convolutional((2, 2, 8)), 1, 25),
    drawn(Convolutional((5, 5)), 2, 26),
    drawn(Convolutional((4, 4, 4)), 2, 27),
]


def gap(a, b):
    return max(abs(x - y) for x, y in zip(a, b, strict=True))


@pytest.fixture
def spanned(monkeypatch):
    monkeypatch.setattr(flow_module, "LEAST_PARAMETERS", 1)
    monkeypatch.setattr(module, "data_span", flow_module.data_span.__wrapped__)


def flat(layers):
    return [x for layer in layers for x in layer]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("method", ["collocation", "taylor"])
def test_the_limit_is_that_of_all_parameters(problem, method, monkeypatch):
    whole = follow_to_limit(problem, 30)
    assert "span" not in whole.method
    monkeypatch.setattr(flow_module, "LEAST_PARAMETERS", 1)
    monkeypatch.setattr(module, "data_span", flow_module.data_span.__wrapped__)
    small = follow_to_limit(problem, 18, method=method)
    size = max(map(abs, whole.value))
    assert small.converged and small.method.endswith(("that data and start span", "by frequencies"))
    assert gap(small.value, whole.value) <= small.error + whole.error < size / 10**18
    assert gap(flat(small.parameters), flat(whole.parameters)) < size / 10**15
    assert small.residual < size / 10**15


@pytest.mark.parametrize("sizes", [(4, 4), (3, 5), (5, 5, 5), (4,) * 4, (1, 1, 6)])
def test_the_sensitivity_of_filters_is_attained_by_constant_ones(sizes):
    network, full = Convolutional(sizes), set(sizes) == {sizes[-1]}
    beta = network.coefficients([[1.0 / k**0.5] * k for k in sizes])
    bound = module._slice(network)
    assert max(beta) <= bound * (1 + 1e-12) and (not full or max(beta) > bound * (1 - 1e-12))


def test_the_sensitivity_of_a_tensor_is_that_of_its_largest_slice():
    entries = {(0, 0, 0): Fraction(3), (0, 1, 1): Fraction(4), (1, 0, 1): Fraction(1)}
    assert module._slice(TensorNetwork(DataTensor(2, (2, 2), entries))) == 5
    assert module._slice(FullyConnected(3, (2,))) == 1


@pytest.mark.usefixtures("spanned")
def test_the_recorded_path_is_that_of_all_parameters():
    problem, record = PROBLEMS[0], []
    follow_to_limit(problem, 12, record=record)
    assert record[0] == (0, tuple(flat(problem.v0)))
    flow = trace_flow(problem.network, problem.X, problem.y)
    losses = [sum(r * r for r in flow.evaluate(Operators(), list(theta), "residual")) for _, theta in record]
    assert losses == sorted(losses, reverse=True) and losses[-1] < losses[0] / 10**6


@pytest.mark.usefixtures("spanned")
def test_a_flow_that_rests_says_so():
    problem = drawn(FullyConnected(9, (6,)), 3, 23)
    zeros = [[Fraction(0)] * k for k in problem.network.shapes]
    zeros[0][0] = Fraction(1)
    resting = type(problem)(problem.network, "regression", [[0] * 8 + [1]], [1], 1, zeros)
    assert not follow_to_limit(resting, 10).converged
