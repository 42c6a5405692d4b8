"""Hypotheses are decided exactly: a difference of 10^-300 counts."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.claims import hypotheses as h
from litproof.claims.types import Answer
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.odeco import Odeco
from litproof.networks.polynomial import FormulaNetwork, PolynomialNetwork
from litproof.problem import Problem
from litproof.theorems.shared.instances import diagonal_from_zero, matrix, regression, vector

TINY = Fraction(1, 10**300)
PLAIN = diagonal_from_zero(3, "1 2 -1; 0 1 1", "1 1/2", "1/2", "1 -3/4 1/2")


def with_layers(problem, *layers):
    return replace(problem, v=tuple(vector(layer) if isinstance(layer, str) else layer for layer in layers))


def holds(hypothesis, problem):
    return hypothesis.check(problem).answer is Answer.HOLDS


@pytest.mark.parametrize(
    "hypothesis",
    [
        h.REGRESSION,
        h.DEEP,
        h.UNDERDETERMINED,
        h.ODECO,
        h.REAL_ODECO,
        h.SAME_START,
        h.LAST_ZERO,
        h.NO_ZERO,
        h.GAP,
    ],
)
def test_hypotheses_that_hold_on_a_plain_problem(hypothesis):
    check = hypothesis.check(PLAIN)
    assert check.answer is Answer.HOLDS and check.detail == ""


def test_task_and_depth():
    assert not holds(h.REGRESSION, replace(PLAIN, task="classification", y=(Fraction(1),) * len(PLAIN.y)))
    one = regression(Diagonal(1, 2), "1 2", "1", 1, ["0 0"], "one layer")
    assert holds(h.ONE_LAYER, one) and not holds(h.DEEP, one) and not holds(h.TWO_LAYERS, one)
    two = regression(Diagonal(2, 2), "1 2", "1", 1, ["1 1", "0 0"], "two layers")
    assert holds(h.TWO_LAYERS, two) and holds(h.ONE_POINT, two) and not holds(h.ONE_LAYER, two)
    assert not holds(h.ONE_POINT, PLAIN)


@pytest.mark.parametrize(
    ("X", "expected"), [("1 2 -1; 0 1 1", True), ("1 2 -1; 2 4 -2", False), ("1 0 0; 0 1 0; 0 0 1", False)]
)
def test_underdetermined_means_full_row_rank_and_fewer_points_than_inputs(X, expected):
    rows = matrix(X)
    problem = replace(PLAIN, X=rows, y=(Fraction(1),) * len(rows))
    assert holds(h.UNDERDETERMINED, problem) is expected


def test_rank_is_exact():
    rows = ((Fraction(1), Fraction(2), Fraction(3)), (Fraction(1), Fraction(2), 3 + TINY))
    assert holds(h.UNDERDETERMINED, replace(PLAIN, X=rows))


def test_kinds_of_networks():
    full = regression(FullyConnected(2, (2,)), "1 2", "1", 1, ["1 0 0 1", "0 0"], "fc")
    assert holds(h.FULLY_CONNECTED, full) and not holds(h.ODECO, full) and not holds(h.FULLY_CONNECTED, PLAIN)
    sensing = regression(MatrixSensing(2, 2), "1 0 0 0", "1", 1, ["1 0 0 1", "0 0 0 0"], "ms")
    assert holds(h.MATRIX_SENSING, sensing) and not holds(h.MATRIX_SENSING, PLAIN)


def test_a_long_convolution_is_odeco_but_not_real():
    three = regression(Convolutional((3, 3)), "1 2 -1", "1", 1, ["1 0 0", "0 0 0"], "conv 3")
    assert holds(h.ODECO, three) and not holds(h.REAL_ODECO, three)
    two = regression(Convolutional((2, 2)), "1 2", "1", 1, ["1 1/3", "0 0"], "conv 2")
    assert holds(h.REAL_ODECO, two)


def test_equal_start_is_exact():
    first = vector("1 -3/4 1/2")
    nudged = (first[0] + TINY, *first[1:])
    check = h.SAME_START.check(with_layers(PLAIN, first, nudged, "0 0 0"))
    assert check.answer is Answer.VIOLATED and "U_2^T v_2" in check.detail


def test_zero_last_layer_is_exact():
    assert not holds(h.LAST_ZERO, with_layers(PLAIN, "1 1 1", "1 1 1", (Fraction(0), TINY, Fraction(0))))


def test_no_component_may_start_at_zero():
    check = h.NO_ZERO.check(with_layers(PLAIN, "1 0 1", "1 0 1", "0 0 0"))
    assert check.answer is Answer.VIOLATED and "etabar_2" in check.detail
    assert holds(h.NO_ZERO, with_layers(PLAIN, (TINY, TINY, -TINY), (TINY, TINY, -TINY), "0 0 0"))


def test_reduced_coordinates_of_a_convolution_are_exact():
    """v = (1, -1) has a vanishing Fourier coefficient, v = (1, -1 + 10^-300) has not."""
    problem = regression(Convolutional((2, 2)), "1 2", "1", 1, ["1 -1", "0 0"], "conv 2")
    assert not holds(h.NO_ZERO, problem)
    assert holds(h.NO_ZERO, replace(problem, v=((Fraction(1), TINY - 1), problem.v[1])))


@pytest.mark.parametrize(("last", "expected"), [(1 - TINY, True), (Fraction(1), False), (1 + TINY, False)])
def test_gap_is_exact(last, expected):
    ones = (Fraction(1),) * 3
    problem = with_layers(PLAIN, ones, ones, (Fraction(0), last, -last))
    assert holds(h.GAP, problem) is expected


def test_smallest_gap_value():
    layers = [[Fraction(3), Fraction(-2)], [Fraction(2), Fraction(4)], [Fraction(1), Fraction(-1)]]
    assert h.smallest_gap(layers) == 3


def test_a_flow_that_rests():
    assert holds(h.MOVING, PLAIN)
    zero = tuple((Fraction(0),) * 3 for _ in range(3))
    assert not holds(h.MOVING, replace(PLAIN, v=zero))
    fitted = Problem(Diagonal(1, 2), "regression", matrix("1 1"), vector("2"), Fraction(1), (vector("1 1"),))
    assert not holds(h.MOVING, fitted)


def test_homogeneous_networks():
    mixed = PolynomialNetwork.of(["u[3]", "w[3]"], ["u[j]*w[j] + u[j]"], 3)
    assert holds(h.HOMOGENEOUS, PLAIN)
    assert not holds(h.HOMOGENEOUS, regression(mixed, "1 2 3", "1", 1, ["1 1 1"] * 2, "mixed"))


def test_full_convolutions():
    full, short = (
        regression(Convolutional(sizes), "1 2 3", "1", 1, [" ".join("1" * k) for k in sizes], "convolution")
        for sizes in ((3, 3), (2, 3))
    )
    assert holds(h.FULL_CONVOLUTION, full)
    assert not holds(h.FULL_CONVOLUTION, short) and not holds(h.FULL_CONVOLUTION, PLAIN)


@pytest.mark.parametrize(("size", "answer"), [(4, Answer.HOLDS), (Fraction(1, 4), Answer.VIOLATED)])
def test_the_loss_at_a_start_where_the_network_has_no_rational_value(size, answer):
    """beta = size v/|v| with |v|^2 = 2: the loss is exp(-size sqrt 2) + exp(-size sqrt 2/4), 0.2464 and 1.618."""
    network = FormulaNetwork.of(["g", "v[2]"], ["g*v[j]/sqrt(dot(v, v))"], 2)
    problem = Problem(
        network, "classification", [[1, 1], ["1/4", "1/4"]], [1, 1], 1, ((Fraction(size),), (1, 1))
    )
    assert h.LOSS_BELOW_ONE.check(problem).answer is answer


def test_a_stretched_layer_is_no_linear_model():
    def problem(network):
        return Problem(network, "classification", [[1, 1], [3, 2]], [1, 1], 1, ((1, 2),))

    assert holds(h.LINEAR_MODEL, problem(Diagonal(1, 2)))
    assert holds(h.LINEAR_MODEL, problem(FullyConnected(2, ())))
    assert not holds(h.LINEAR_MODEL, problem(Odeco.from_rationals([[1, 0], [0, 3]], [[[1, 0], [0, 1]]])))
    assert not holds(h.LINEAR_MODEL, diagonal_from_zero(3, "1 2 -1; 0 1 1", "1 1/2", "1/2", "1 -3/4 1/2"))
