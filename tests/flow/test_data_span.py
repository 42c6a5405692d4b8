"""Layered networks on what data and start span: dimensions by hand, and the velocity of the network as it was given."""

from fractions import Fraction
from random import Random

import pytest

from litproof.flow import data_span as module
from litproof.flow.data_span import data_span
from litproof.flow.program import Operators
from litproof.flow.trace import trace_flow
from litproof.networks import (
    Convolutional,
    DataTensor,
    Diagonal,
    FullyConnected,
    MatrixSensing,
    TensorNetwork,
)
from litproof.problem import Problem

BITS = 200


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(module, "LEAST_PARAMETERS", 1)


def span_of(problem, bits=BITS):
    """Not from the cache, which knows the other least size."""
    return data_span.__wrapped__(problem, bits)


def numbers(random, count):
    return [Fraction(random.randint(-9, 9), random.randint(1, 5)) for _ in range(count)]


def drawn(network, n, seed, X=None):
    random = Random(f"span {network} {n} {seed}")
    X = X or [numbers(random, network.input_dim) for _ in range(n)]
    return Problem(
        network, "regression", X, numbers(random, n), 1, [numbers(random, k) for k in network.shapes]
    )


def outer(a, b):
    return [x * y for x in a for y in b]


def projection(size):
    """A symmetric matrix of rank 2 that is no coordinate projection."""
    return [Fraction(i * j + (1 if i == j == 0 else 0)) for i in range(size) for j in range(size)]


def velocity(problem, theta):
    flow = trace_flow(problem.network, problem.X, problem.y, weights=problem.row_weights)
    return flow.evaluate(Operators(), list(theta), "velocity")


def low_rank(size, depth, n, seed):
    random = Random(seed)
    X = [outer(numbers(random, size), numbers(random, size)) for _ in range(n)]
    return drawn(MatrixSensing(depth, size), n, seed, X)


def with_layer(problem, l, layer):
    v = [*problem.v]
    v[l] = layer
    return Problem(problem.network, "regression", problem.X, problem.y, 1, v)


def tensor(rows, columns):
    """One input for each entry of a matrix."""
    places = [(i, j) for i in range(rows) for j in range(columns)]
    entries = {(z, *place): Fraction(1) for z, place in enumerate(places)}
    return TensorNetwork(DataTensor(len(places), (rows, columns), entries))


IDENTITY = [Fraction(int(i == j)) for i in range(7) for j in range(7)]
CASES = [
    (drawn(FullyConnected(9, (6,)), 3, 0), (12, 4)),  # n + 1 hidden directions
    (drawn(FullyConnected(9, (3,)), 4, 1), (12, 3)),  # as many as there are
    (drawn(FullyConnected(3, (9,)), 3, 2), (12, 4)),
    (drawn(FullyConnected(12, (4, 3)), 2, 3), (8, 12, 3)),
    (with_layer(drawn(FullyConnected(8, (7, 7)), 2, 4), 1, IDENTITY), (6, 9, 3)),
    (with_layer(drawn(FullyConnected(8, (7, 7)), 2, 5), 1, projection(7)), (8, 12, 3)),
    (low_rank(7, 2, 2, 6), (16, 16)),  # two columns, two rows, four hidden directions: squares of size 4
    (drawn(Convolutional((3, 12)), 2, 7), (3, 6)),  # three windows of each point
    (drawn(Convolutional((2, 2, 11)), 2, 8), (2, 2, 6)),
    (drawn(Convolutional((4, 5)), 1, 9, [[1, 2, 1, 2, 0]]), (4, 4)),
    (drawn(Convolutional((2, 9)), 3, 10, [[1, 1, 0, 0, 0, 0, 0, 0, 0]] * 3), (2, 2)),  # dependent points
    (drawn(tensor(2, 9), 1, 11), (2, 2)),
    (drawn(Convolutional((5, 5)), 2, 12), (5, 5)),  # by frequencies
    (drawn(Convolutional((6, 6, 6)), 2, 13), (6, 6, 6)),
    (drawn(Convolutional((4, 4, 4, 4)), 1, 14), (4, 4, 4, 4)),
]


@pytest.mark.parametrize(("problem", "shapes"), CASES)
def test_the_dimensions_are_those_that_data_and_start_span(problem, shapes):
    assert span_of(problem).problem.network.shapes == shapes


@pytest.mark.parametrize("problem", [problem for problem, _ in CASES])
def test_the_velocity_is_the_one_of_the_given_network(problem):
    """At points that the flow can reach: the smaller start and steps along velocities."""
    span = span_of(problem)
    theta = [x for layer in span.problem.v0 for x in layer]
    assert list(span.parameters(theta)) == [x for layer in problem.v0 for x in layer]
    for step in (Fraction(1, 7), Fraction(-2, 5)):
        move = velocity(span.problem, theta)
        size = max(map(abs, move))
        theta = [
            round((x + step * v / size) * 2**BITS) / Fraction(2) ** BITS
            for x, v in zip(theta, move, strict=True)
        ]
        here = span.parameters(theta)
        small, given = velocity(span.problem, theta), velocity(problem, here)
        zero = span.parameters([x for layer in span.problem.v0 for x in layer])
        moved = span.parameters(
            [x + v for x, v in zip((x for layer in span.problem.v0 for x in layer), small, strict=True)]
        )
        for wanted, before, after in zip(given, zero, moved, strict=True):
            assert abs(after - before - wanted) < Fraction(1, 2 ** (BITS - 60)) * (1 + max(map(abs, given)))
        # and the outputs
        here, own = (
            trace_flow(p.network, p.X, p.y).evaluate(Operators(), list(point), "residual")
            for p, point in ((problem, here), (span.problem, theta))
        )
        assert max(abs(a - b) for a, b in zip(here, own, strict=True)) < Fraction(1, 2 ** (BITS - 60))


def test_the_radius_bounds_the_rounding():
    """Against the same numbers with many more bits; with another number of bits the bound fails."""
    problem = CASES[0][0]
    rough, fine = span_of(problem, 30), span_of(problem, 300)
    for a, b in (
        (rough.problem.X, fine.problem.X),
        (rough.problem.v0, fine.problem.v0),
        *zip(*([q for side in span.sides for q in side if q] for span in (rough, fine)), strict=True),
    ):
        gaps = [abs(x - y) for row, other in zip(a, b, strict=True) for x, y in zip(row, other, strict=True)]
        assert rough.radius / 8 < max(gaps) <= rough.radius


@pytest.mark.parametrize(
    "problem",
    [
        drawn(FullyConnected(3, (3,)), 3, 7),  # nothing to gain
        drawn(Diagonal(2, 4), 2, 8),
        drawn(FullyConnected(6, ()), 2, 9),  # one layer: solved exactly
        drawn(MatrixSensing(2, 3), 3, 10),
        drawn(Convolutional((5,)), 2, 11),
        drawn(Convolutional((3, 4)), 3, 12),  # all directions, and no frequencies
        drawn(Convolutional((2, 9)), 1, 13, [[0] * 9]),
    ],
)
def test_no_smaller_network_where_nothing_is_gained(problem):
    assert span_of(problem) is None


def test_small_networks_are_left_alone(monkeypatch):
    monkeypatch.undo()
    assert data_span.__wrapped__(CASES[0][0], BITS) is None
