"""Tensors on the span of their fibres and convolutions by frequencies: outputs, enclosures of the way back, sizes."""

from fractions import Fraction
from random import Random

import pytest

from litproof.algebra.balls import ball
from litproof.flow import tensor_span as module
from litproof.flow.tensor_span import spanned_tensor
from litproof.networks import Convolutional, Diagonal
from litproof.precision import ball_precision
from tests.flow.test_data_span import drawn, numbers, tensor

BITS = 150


def rounded(problem, bits=BITS):
    with ball_precision(bits + 64):
        return spanned_tensor(problem).rounded(bits)


def outputs(network, X, layers):
    beta = network.coefficients(layers)
    return [sum(x * b for x, b in zip(row, beta, strict=True)) for row in X]


@pytest.mark.parametrize(
    "sizes",
    [(3, 3), (4, 4), (5, 5, 5), (6, 6, 6), (7,) * 4, (2, 2), (1, 1), (3, 12), (2, 2, 11)],
)
def test_outputs_and_layers_are_those_of_the_network(sizes):
    """At layers moved anywhere in what the flow can reach."""
    problem = drawn(Convolutional(sizes), 2, 40)
    span, random = rounded(problem), Random(f"span {sizes}")
    start = [x for layer in span.problem.v0 for x in layer]
    theta = [x + y for x, y in zip(start, numbers(random, len(start)), strict=True)]
    given, place, layers = span.parameters(theta), 0, []
    for size in span.problem.network.shapes:
        layers.append(theta[place : place + size])
        place += size
    split = [given[sum(sizes[:l]) : sum(sizes[: l + 1])] for l in range(len(sizes))]
    small = outputs(span.problem.network, span.problem.X, layers)
    for a, b in zip(small, outputs(problem.network, problem.X, split), strict=True):
        assert abs(a - b) < Fraction(1, 2 ** (BITS - 50))
    # lengths are kept
    moved = sum((a - b) ** 2 for a, b in zip(given, (x for v in problem.v0 for x in v), strict=True))
    length = sum((a - b) ** 2 for a, b in zip(theta, start, strict=True))
    assert abs(moved - length) < Fraction(1, 2 ** (BITS - 50))


@pytest.mark.parametrize("sizes", [(6, 6), (3, 12)])
def test_in_balls_the_way_back_holds_the_exact_layers(sizes):
    problem = drawn(Convolutional(sizes), 2, 41)
    rough, fine = rounded(problem, 20), rounded(problem, 300)
    moves = [Fraction(k, 7) for k in range(sum(fine.problem.network.shapes))]
    start = [x for layer in fine.problem.v0 for x in layer]
    exact = fine.parameters([x + m for x, m in zip(start, moves, strict=True)])
    with ball_precision(100):
        radius = ball(rough.radius)

        def near(x):
            return ball(x) + type(radius)(0, radius)

        balls = rough.embedded([ball(m) for m in moves], near)
        assert all(abs(b - ball(x)) < ball(1) / 1000 for b, x in zip(balls, exact, strict=True))
        assert all((b - ball(x)).overlaps(ball(Fraction(0))) for b, x in zip(balls, exact, strict=True))


def test_nothing_is_written_out_beyond_the_sizes(monkeypatch):
    wide = drawn(Convolutional((3, 12)), 2, 42)
    assert spanned_tensor(drawn(Diagonal(2, 9), 2, 43)) is None
    monkeypatch.setattr(module, "_MOST_PRODUCTS", 17)  # 3 * 6 are needed
    assert spanned_tensor(wide) is None
    monkeypatch.undo()
    assert spanned_tensor(wide).network.shapes == (3, 6)
    monkeypatch.setattr(module, "_tensors", None)
    monkeypatch.setattr(module, "_MOST_ENTRIES", 71)  # 2 * 36 are there
    assert spanned_tensor(wide) is None
    monkeypatch.setattr(module, "_MOST_FREQUENCIES", 8)
    assert spanned_tensor(drawn(Convolutional((9, 9)), 2, 44)) is None
    assert spanned_tensor(drawn(Convolutional((8, 8)), 2, 44)).network.depth == 2


def test_many_fibres_are_not_looked_through(monkeypatch):
    monkeypatch.setattr(module, "_MOST_VECTORS", 3)
    assert spanned_tensor(drawn(tensor(2, 9), 1, 45)) is not None
    assert spanned_tensor(drawn(tensor(9, 9), 1, 45)) is None
