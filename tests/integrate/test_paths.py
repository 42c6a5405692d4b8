"""Paths as tables: where they begin, that they go on through plateaus, and what they say where they end early."""

from fractions import Fraction
from itertools import pairwise
from math import exp, log, log10
from operator import mul

import pytest

from litproof.flow import data_span
from litproof.integrate.classification import follow, spanned
from litproof.integrate.classification.samples import sample_path
from litproof.integrate.paths import path_of
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.problem import Problem
from tests.flow.test_data_span import drawn


def problem(network, task, rows, y, scale, v):
    X = tuple(tuple(map(Fraction, row)) for row in rows)
    layers = tuple(tuple(map(Fraction, layer)) for layer in v)
    return Problem(network, task, X, tuple(map(Fraction, y)), Fraction(scale), layers)


def sensors(size, places):
    """Symmetric sensors that read the entries at the places given."""
    rows = []
    for i, j in places:
        row = [Fraction(0)] * size**2
        row[i * size + j] += Fraction(1, 2)
        row[j * size + i] += Fraction(1, 2)
        rows.append(row)
    return rows


CLASSIFICATIONS = (
    problem(Diagonal(2, 2), "classification", ((1, 2), (3, -1)), (1, 1), "1/5", ((1, 2), (0, 0))),
    problem(Diagonal(1, 2), "classification", ((1, 2), (3, -1)), (1, 1), 1, ((0, 0),)),
    problem(
        FullyConnected(2, (2,)), "classification", ((1, 2), (-3, 1)), (1, -1), "1/3", ((1, 2, 0, 1), (1, -1))
    ),
)


SPANNED = tuple(
    Problem(network, "classification", given.X, [1, -1][:n], 1, given.v)
    for network, n, seed in ((Convolutional((2, 9)), 2, 50), (Convolutional((5, 5)), 2, 52))
    for given in (drawn(network, n, seed),)
)


@pytest.mark.parametrize("case", CLASSIFICATIONS, ids=["diagonal", "linear", "dense"])
def test_classification_paths_obey_their_definitions(case):
    path = path_of(case, 8)
    assert not path.ended
    assert path.columns == (
        "t",
        "log_t",
        "kappa",
        "loss",
        "margin_1",
        "margin_2",
        "direction_1",
        "direction_2",
    )
    kappas = [row[2] for row in path.rows]
    assert all(a < b for a, b in pairwise(kappas)) and kappas[-1] > 1000
    assert path.rows[0][0] == 0 and path.rows[0][1] is None
    beta = case.network.coefficients(case.v0)
    margins = [sum(a * b for a, b in zip(row, beta, strict=True)) for row in case.signed_rows]
    assert float(path.rows[0][3]) == pytest.approx(sum(exp(-m) for m in margins))
    times = [float(row[1]) for row in path.rows[1:]]
    assert all(a < b for a, b in pairwise(times))
    for _, _, kappa, loss, *shape in path.rows[1:]:
        if kappa < 700:
            assert float(loss) == pytest.approx(exp(-float(kappa)), rel=1e-6)
        coordinates, direction = shape[:2], shape[2:]
        assert abs(sum(b * b for b in direction) - 1) < Fraction(1, 10**30)
        for row, margin in zip(case.signed_rows, coordinates, strict=True):
            assert abs(margin - sum(a * b for a, b in zip(row, direction, strict=True))) < Fraction(1, 10**30)


def test_leading_order_of_log_t_meets_the_exact_time_of_one_point():
    """L = 1, one point of norm 1 from 0: the loss is 1/(1 + t), so log t = log(e^kappa - 1)."""
    one = problem(Diagonal(1, 1), "classification", ((1,),), (1,), 1, ((0,),))
    for t, log_t, kappa, *_ in path_of(one, 8).rows[1:]:
        if t is None:
            assert float(log_t) == pytest.approx(float(kappa), abs=1.05 * exp(-float(kappa)))
        else:
            assert float(t) == pytest.approx(exp(float(kappa)) - 1, rel=1e-6)
            assert float(log_t) == pytest.approx(log(float(t)))


def test_a_path_goes_on_through_the_plateaus_between_saddles():
    """Depth 3, first row and diagonal of diag(1, 2, 4) observed, layers I/200."""
    places = ((0, 0), (0, 1), (0, 2), (1, 1), (2, 2))
    identity = [int(i == j) for i in range(3) for j in range(3)]
    case = problem(
        MatrixSensing(3, 3), "regression", sensors(3, places), (1, 0, 0, 2, 4), "1/200", [identity] * 3
    )
    path = path_of(case, 8)
    assert not path.ended
    losses = [row[1] for row in path.rows]
    assert all(a >= b for a, b in pairwise(losses)) and losses[-1] < Fraction(1, 10**8)
    for plateau in (Fraction(21, 2), Fraction(5, 2), Fraction(1, 2)):
        assert any(abs(loss - plateau) < Fraction(1, 20) for loss in losses)
    assert path.rows[-1][0] > 200


def test_a_diverging_completion_says_that_parameters_grow_while_the_loss_falls():
    case = problem(
        MatrixSensing(2, 2), "regression", sensors(2, ((0, 1), (1, 1))), (1, 0), "1/10", [(1, 0, 0, 1)] * 2
    )
    path = path_of(case, 6)
    assert "parameters grow like t^0.2 while the loss falls like t^-0." in path.ended
    assert path.rows[-1][0] > 10**5 and abs(path.rows[-1][2]) > 100


def test_a_path_at_rest_is_one_point_and_says_so():
    case = problem(Diagonal(3, 2), "regression", ((1, 2),), (1,), 1, ((0, 0),) * 3)
    path = path_of(case, 6)
    assert len(path.rows) == 1 and "does not move" in path.ended


def test_scaled_problems_give_paths_in_their_own_units():
    far = problem(Diagonal(2, 2), "regression", ((10**90, 2 * 10**90),), (10**80,), 1, ((1, 1), (0, 0)))
    path = path_of(far, 8)
    end = path.rows[-1]
    assert path.rows[0][4:] == (1, 1, 0, 0)
    assert abs(end[2] + 2 * end[3] - Fraction(1, 10**10)) < Fraction(1, 10**17)


@pytest.mark.parametrize("case", SPANNED, ids=lambda case: str(case.network.filter_sizes))
def test_paths_of_large_convolutions_are_followed_in_the_span_of_their_data(case, monkeypatch):
    """Rows are those of the network as it was given: margins, loss and the place on the path of all parameters."""
    start = path_of(case, 8).rows[0]
    monkeypatch.setattr(data_span, "LEAST_PARAMETERS", 1)
    monkeypatch.setattr(spanned, "data_span", data_span.data_span.__wrapped__)
    followed = []
    monkeypatch.setattr(
        follow, "follow", lambda small, *rest, run=follow.follow: followed.append(small) or run(small, *rest)
    )
    path = path_of(case, 8)
    assert not path.ended and len(path.columns) == len(start)
    assert sum(followed[-1].network.shapes) < sum(case.network.shapes) or followed[-1].network != case.network
    assert [float(x) for x in path.rows[0][2:]] == pytest.approx([float(x) for x in start[2:]], abs=1e-12)
    for _, _, _, _, *shape in path.rows:
        margins, direction = shape[: len(case.X)], shape[len(case.X) :]
        assert abs(sum(b * b for b in direction) - 1) < Fraction(1, 10**20)
        assert margins == pytest.approx(
            [sum(map(mul, row, direction)) for row in case.signed_rows], abs=1e-20
        )
    later = [row for row in path.rows if max(0, path.rows[0][2]) + Fraction(1, 10) < row[2] < 10**100][::2]
    samples = sample_path(case, 8, [log10(row[2]) for row in later])  # in all parameters
    for row, sample in zip(later, samples, strict=True):
        assert [float(x) for x in row[-len(sample.direction) :]] == pytest.approx(
            [float(x) for x in sample.direction], abs=1e-6
        )
    assert len(later) > 5 and any(row[0] is None for row in later)
