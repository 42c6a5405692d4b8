"""Exact margins: l2 by Wolfe, l1 by a linear programme, stationary vertices for L >= 3, one point."""

from fractions import Fraction
from math import cos, pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from litproof.algebra.linear import dot
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.predict.classification.l1_margin import l1_margin
from litproof.predict.classification.limit import limit_candidates, predict_direction
from litproof.predict.classification.max_margin import max_margin
from litproof.predict.classification.one_point import one_point_direction, short_filter_direction
from litproof.predict.classification.vertices import margin_problem
from litproof.problem import Problem

ROWS = ((Fraction(1), Fraction(2), Fraction(1, 2)), (Fraction(3, 2), Fraction(-1, 2), Fraction(1)))
entries = st.fractions(min_value=-4, max_value=4, max_denominator=4)


def diagonal(depth, rows=ROWS):
    d = len(rows[0])
    v = (*((Fraction(1),) * d,) * (depth - 1), (Fraction(0),) * d)
    return Problem(Diagonal(depth, d), "classification", rows, (Fraction(1),) * len(rows), Fraction(1), v)


def candidates(depth, rows=ROWS):
    problem = diagonal(depth, rows)
    return limit_candidates(margin_problem(problem, problem.network.odeco()), 20)


def test_l2_by_hand():
    optimum = max_margin(((Fraction(2), Fraction(0)), (Fraction(0), Fraction(1)), (Fraction(3), Fraction(3))))
    assert optimum.z == (Fraction(1, 2), Fraction(1)) and optimum.support == (0, 1)
    assert optimum.p == (Fraction(1, 5), Fraction(4, 5), Fraction(0))


def test_l2_of_copies_and_of_one_point():
    assert max_margin(((Fraction(3), Fraction(4)),) * 3).z == (Fraction(3, 25), Fraction(4, 25))


def test_not_separable():
    with pytest.raises(HypothesisError, match="not separable"):
        max_margin(((Fraction(1), Fraction(2)), (Fraction(-1), Fraction(-2))))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(entries, entries, entries), min_size=1, max_size=6))
def test_l2_optimality_conditions(points):
    try:
        optimum = max_margin(points)
    except HypothesisError:
        return
    margins = [dot(row, optimum.z) for row in points]
    assert min(margins) == 1 and sum(optimum.p) == 1 and min(optimum.p) >= 0
    square = dot(optimum.z, optimum.z)
    for z, column in zip(optimum.z, zip(*points, strict=True), strict=True):
        assert z == square * dot(optimum.p, column)
    assert all(m == 1 for m, p in zip(margins, optimum.p, strict=True) if p)


def test_l1_of_the_worked_example():
    optimum = l1_margin(ROWS)
    total = sum(optimum.alpha)
    assert optimum.rho[0] == 5 * optimum.rho[1] and optimum.rho[2] == 0
    assert [a / total for a in optimum.alpha] == [Fraction(2, 3), Fraction(1, 3)]
    assert optimum.u == (1, 1, Fraction(4, 7)) and optimum.unique and optimum.strict


def test_l1_with_many_solutions_says_so():
    assert not l1_margin(((Fraction(1), Fraction(1)),)).unique


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(entries, entries, entries), min_size=1, max_size=4))
def test_l1_against_scipy(points):
    from scipy.optimize import linprog

    A = np.array(points, dtype=float)
    known = linprog(np.ones(6), A_ub=np.hstack([-A, A]), b_ub=-np.ones(len(A)))
    try:
        optimum = l1_margin(points)
    except HypothesisError:
        assert known.status == 2
        return
    assert abs(float(optimum.norm) - known.fun) < 1e-6 * max(1, known.fun)
    assert optimum.norm == sum(map(abs, optimum.rho)) == sum(optimum.alpha)
    assert max(map(abs, optimum.u)) <= 1


def test_worked_example_two_and_three_layers():
    two = candidates(2)[0]
    assert two.details["p"][0] == pytest.approx(2 / 3) and abs(two.value[0] - 5 * two.value[1]) < Fraction(
        1, 10**20
    )
    three = candidates(3)
    assert [one.value for one in three if one.details["support"] == (0,)] == [(1, 0, 0, 1, 0)]


@pytest.mark.parametrize("depth", [3, 4, 5])
def test_vertices_are_stationary(depth):
    """u_j = sum_i alpha_i a_ij is proportional to sign(rho_j) |rho_j|^(2/L - 1) on the support."""
    rows = (
        (Fraction(2), Fraction(1), Fraction(-1, 3)),
        (Fraction(-1), Fraction(5, 4), Fraction(1)),
        (Fraction(-1, 2), Fraction(4, 3), Fraction(3)),
    )
    points = candidates(depth, rows)
    assert len(points) >= 2
    for one in points:
        beta, p = np.array(one.value[:3], float), np.array(one.value[3:], float)
        u = p @ np.array(rows, float)
        on = list(one.details["support"])
        ratio = u[on] / (np.sign(beta[on]) * np.abs(beta[on]) ** (2 / depth - 1))
        assert np.allclose(ratio, ratio[0]) and ratio[0] > 0
        margins = np.array(rows, float) @ beta
        assert np.allclose(margins[p > 0], margins.min())


def test_degenerate_vertex_is_not_passed_over():
    with pytest.raises(Inconclusive, match="degenerate"):
        candidates(3, ((Fraction(1), Fraction(-1), Fraction(0)), (Fraction(1), Fraction(0), Fraction(0))))


def test_two_complex_modes_against_a_grid():
    """Full convolution, d = 4: no direction of the same margin has a smaller l1 norm of its Fourier transform."""
    x = (Fraction(2), Fraction(1), Fraction(0), Fraction(-1))
    start = (
        (Fraction(2), Fraction(1, 3), Fraction(1, 4), Fraction(-1, 2)),
        (Fraction(1, 4), Fraction(0), Fraction(1, 8), Fraction(0)),
    )
    problem = Problem(
        Convolutional((4, 4)),
        "classification",
        (x, (Fraction(1), Fraction(3), Fraction(-1), Fraction(1, 2))),
        (Fraction(1),) * 2,
        Fraction(1),
        start,
    )
    prediction = np.array(predict_direction(problem, 15).value, float)
    A = np.array(problem.X, float)

    def norm(z):
        return np.abs(np.fft.fft(z)).sum() / (A @ z).min()

    rng = np.random.default_rng(1)
    near = prediction + 1e-3 * rng.normal(size=(2000, 4))
    assert min(norm(z) for z in near) >= norm(prediction) - 1e-9


def test_short_filters():
    x = (Fraction(1), Fraction(2), Fraction(1), Fraction(1, 2))
    assert short_filter_direction(x, Fraction(-1), 1) == tuple(-e for e in x)
    assert short_filter_direction(x, Fraction(1), 2) == (Fraction(9, 2), 6, Fraction(9, 2), 3)
    for size, layers in (
        (1, ((Fraction(1),), (Fraction(1), Fraction(0), Fraction(0), Fraction(1)))),
        (2, ((Fraction(1), Fraction(5, 4)), (Fraction(1), Fraction(0), Fraction(0), Fraction(1)))),
    ):
        problem = Problem(
            Convolutional((size, 4)), "classification", (x,), (Fraction(1),), Fraction(1), layers
        )
        predicted = np.array(one_point_direction(problem, 15).value, float)
        closed = np.array(short_filter_direction(x, Fraction(1), size), float)
        assert np.allclose(predicted, closed / np.linalg.norm(closed), atol=1e-14)


def test_orthogonal_shift_has_no_closed_form():
    with pytest.raises(HypothesisError, match="orthogonal to its shift"):
        short_filter_direction((Fraction(1), Fraction(0), Fraction(1), Fraction(0)), Fraction(1), 2)


def test_double_singular_value_depends_on_the_start():
    """M(x) = |x| times an orthogonal matrix up to order: v_1 keeps the direction of eta_1 + y eta_2."""
    x = (Fraction(1), Fraction(0), Fraction(1), Fraction(0))
    beta = set()
    for first in (Fraction(1), Fraction(2)):
        layers = ((first, Fraction(1)), (Fraction(0), Fraction(1, 2), Fraction(0), Fraction(0)))
        prediction = one_point_direction(
            Problem(Convolutional((2, 4)), "classification", (x,), (Fraction(1),), Fraction(1), layers), 10
        )
        assert prediction.details["multiplicity"] == 2
        beta.add(tuple(round(float(b), 8) for b in prediction.value))
    assert len(beta) == 2


@pytest.mark.parametrize("x", [(2, -1, Fraction(1, 2)), (3, 1, -2, Fraction(1, 2)), (1, 2, 0, -1, 1)])
@pytest.mark.parametrize("depth", [3, 4])
def test_one_point_and_full_filters_leave_the_parts_of_one_frequency(x, depth):
    """Three and more layers of full length: beta is y x seen at one frequency (a plain cosine sum)."""
    d, y = len(x), -1
    network = Convolutional((d,) * depth)
    v = ((Fraction(1),) * d,) * depth
    row = tuple(map(Fraction, x))
    problem = Problem(network, "classification", (row,), (Fraction(y),), Fraction(1), v)
    points = limit_candidates(margin_problem(problem, network.odeco()), 20)
    assert len(points) == d // 2 + 1
    for frequency in range(d // 2 + 1):
        part = [sum(float(x[j]) * cos(2 * pi * frequency * (i - j) / d) for j in range(d)) for i in range(d)]
        norm = y * sqrt(sum(b * b for b in part))
        expected = [*(b / norm for b in part), 1.0]
        assert any(
            max(abs(float(a) - b) for a, b in zip(one.value, expected, strict=True)) < 1e-14 for one in points
        )


def test_stationary_points_of_conjugate_pairs_are_listed_for_one_point_only():
    network = Convolutional((3, 3, 3))
    rows = tuple(tuple(map(Fraction, row)) for row in ((2, -1, 1), (1, 1, 3)))
    v = ((Fraction(1),) * 3,) * 3
    problem = Problem(network, "classification", rows, (Fraction(1),) * 2, Fraction(1), v)
    with pytest.raises(HypothesisError, match="one point"):
        limit_candidates(margin_problem(problem, network.odeco()), 20)
