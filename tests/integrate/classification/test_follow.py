"""The flow in s = log kappa against exact limits, another integrator, and its own error estimate."""

from dataclasses import replace
from fractions import Fraction
from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from litproof.errors import InputError
from litproof.integrate.classification.follow import (
    direction_of,
    follow,
    follow_direction,
    layers_of,
    multipliers_of,
)
from litproof.integrate.classification.samples import sample_path
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem

ROWS = ((Fraction(1), Fraction(2), Fraction(1, 2)), (Fraction(3, 2), Fraction(-1, 2), Fraction(1)))
START = (Fraction(1, 5), Fraction(3, 20), Fraction(1, 10))
NOTHING = (Fraction(0),) * 3


def diagonal(depth, rows=ROWS, hidden=START, last=NOTHING, labels=None):
    y = labels or (Fraction(1),) * len(rows)
    return Problem(
        Diagonal(depth, len(rows[0])),
        "classification",
        rows,
        y,
        Fraction(1),
        (*(hidden,) * (depth - 1), last),
    )


def close(value, expected, digits):
    return max(abs(a - b) for a, b in zip(value, expected, strict=True)) <= Fraction(1, 10**digits)


def test_two_layers_reach_the_l1_margin():
    """Limit direction of (5/6, 1/6, 0), weights (2/3, 1/3): by hand, u = (7/6, 7/6, 2/3)."""
    measurement = follow(diagonal(2), 25, (direction_of, multipliers_of))
    assert measurement.converged
    x = measurement.value
    assert close((x[0] - 5 * x[1], x[2]), (0, 0), 24)
    assert close(x[3:], (Fraction(2, 3), Fraction(1, 3)), 25)
    assert measurement.error <= Fraction(1, 10**25)


def test_three_layers_reach_another_point_on_the_same_data():
    measurement = follow(diagonal(3), 20, (direction_of, multipliers_of))
    assert close(measurement.value, (1, 0, 0, 1, 0), 20)


def test_a_flow_that_has_come_to_rest_goes_on_by_long_steps():
    """Layers of speeds 10^-20 and 10^-40, of which the faster push the slower."""
    problem = Problem(
        Convolutional((2, 3)),
        "classification",
        ((1, -2, Fraction(1, 4)), (Fraction(1, 4), Fraction(-1, 4), Fraction(1, 32))),
        (-1, -1),
        1,
        ((Fraction(3, 2), Fraction(-1, 4)), (Fraction(1, 2), Fraction(1, 3), Fraction(1, 4))),
    )
    flow = follow_direction(problem, 40, max_steps=300)
    assert flow.converged and flow.details["exponent"] == pytest.approx(0.20983, abs=1e-4)
    assert close(flow.value, follow_direction(problem, 60, max_steps=400).value, 40)


REDUNDANT = ((1, Fraction(-1, 2), Fraction(-1, 2)), (1, 1, Fraction(1, 3)), (2, 0, 0))
REDUNDANT = tuple(tuple(map(Fraction, row)) for row in REDUNDANT)
ONES = (Fraction(1),) * 3


def test_two_points_that_hold_one_weight():
    """Limit (1, 0, 0) with the first two margins active; no KKT condition fixes p.

    The two weights that tend to 0 must balance: u_2 = -u_3 for u = sum p_i x_i, so p = (4/7, 3/7) and they grow
    like kappa^(1/7).
    """
    measurement = follow(diagonal(2, rows=REDUNDANT, hidden=ONES), 12, (direction_of, multipliers_of))
    assert measurement.converged and close(
        measurement.value, (1, 0, 0, Fraction(4, 7), Fraction(3, 7), 0), 12
    )
    assert measurement.details["exponent"] == pytest.approx(1 / 7, abs=1e-4)
    long = follow_direction(diagonal(2, rows=REDUNDANT, hidden=ONES), 40)
    assert long.converged and close(long.value, (1, 0, 0), 40)


def test_redundant_multipliers_of_three_layers_are_as_good_as_said():
    """They depend on the whole path: a coarse one gives six digits."""
    rows = ((4, Fraction(3, 4), -2), (4, Fraction(-3, 2), 1))
    v = (("-11/8", "5/8", "-3/4"), ("-1", "7/8", "-3/4"), ("-1/8", "-3/8", "1/8"))
    problem = replace(
        diagonal(3, rows=tuple(tuple(map(Fraction, row)) for row in rows)),
        v=tuple(tuple(map(Fraction, layer)) for layer in v),
    )
    short, long = (follow(problem, digits, (direction_of, multipliers_of)) for digits in (9, 18))
    assert short.converged and long.converged and long.details["depends on the start"]
    assert close(short.value, long.value, 9)
    gap = max(abs(a - b) for a, b in zip(short.value, long.value, strict=True))
    assert gap <= short.error <= Fraction(1, 10**10)


@pytest.mark.parametrize("depth", [2, 3])
def test_slowly_leaving_points_cost_few_steps(depth):
    """Five points, one weight in the end; the multipliers of some fall like powers of kappa."""
    half, third = Fraction(1, 2), Fraction(1, 3)
    rows = ((1, -half, -half), (1, 1, third), (1, -1, 1), (1, 2, 0), (1, 0, 1))
    rows = tuple(tuple(map(Fraction, row)) for row in rows)
    measurement = follow_direction(diagonal(depth, rows=rows, hidden=ONES), 20)
    assert measurement.converged and close(measurement.value, (1, 0, 0), 20)
    assert measurement.details["attempts"] <= 1.5 * measurement.details["steps"]


@pytest.mark.parametrize(
    ("rows", "v"),
    [
        (
            (("-3/2", "3", "1/5"), ("4", "-1", "4")),
            (("0",) * 3, ("1/2", "1/2", "5/16"), ("3/4", "1/2", "-9/16")),
        ),
        (
            (("-11/7", "1/2", "3/8"), ("1/3", "3/7", "1/4"), ("-3/8", "7/6", "1/3")),
            (
                ("5/16", "4/7", "1/4"),
                ("-4/9", "-1/2", "-1/3"),
                ("-5/8", "-4/9", "1/4"),
                ("1/5", "-1/5", "1/6"),
            ),
        ),
    ],
)
def test_the_end_is_seen_with_few_steps_that_are_refused(rows, v):
    """A step far beyond it has to resolve how errors of the steps before fade; two tell how short it must be."""
    rows, v = (tuple(tuple(map(Fraction, row)) for row in table) for table in (rows, v))
    measurement = follow_direction(replace(diagonal(len(v), rows=rows), v=v), 20)
    assert measurement.converged and measurement.details["attempts"] <= measurement.details["steps"] + 3


@pytest.mark.parametrize("depth", [2, 3, 4])
@pytest.mark.parametrize(
    "rows",
    [
        (("1", "-1/4", "0"), ("1", "3/4", "1/2"), ("1", "1/2", "1/4")),
        (("1", "1/2", "-1/4"), ("1", "-3/4", "1/8")),
        (("1", "1/2", "1/2"), ("1", "1/4", "1/4"), ("1", "-1/2", "-1/2")),
        (("1", "1/2", "0"), ("1", "1/4", "0"), ("1", "0", "3/4"), ("1", "0", "1/4")),
    ],
    ids=["weights that are not unique", "two rows", "dependent rows", "weights that vanish"],
)
@pytest.mark.parametrize("digits", [12, 25, 40])
def test_more_points_on_the_margin_than_components(depth, rows, digits):
    """All rows are 1 on the first component, and smaller elsewhere: (1, 0, 0), told apart by what tends to 0."""
    rows = tuple(tuple(map(Fraction, row)) for row in rows)
    hidden, last = (
        (Fraction(9, 8), Fraction(1, 2), Fraction(3, 8)),
        (Fraction(1, 2), Fraction(1, 8), NOTHING[0]),
    )
    options = {} if depth == 2 else {"newton": 10.0 ** -(digits + 30)}
    flow = follow_direction(
        diagonal(depth, rows=rows, hidden=hidden, last=last), digits, max_steps=250, **options
    )
    assert flow.converged, flow.reason
    assert close(flow.value, (1, 0, 0), digits)


def test_labels_and_copies_count():
    flipped = tuple(tuple(-x for x in row) for row in ROWS)
    turned = follow_direction(diagonal(2, rows=flipped, labels=(Fraction(-1), Fraction(-1))), 15)
    copied = follow_direction(diagonal(2, rows=(*ROWS, ROWS[0])), 15)
    plain = follow_direction(diagonal(2), 15)
    assert close(turned.value, plain.value, 15) and close(copied.value, plain.value, 15)


def test_path_agrees_with_another_integrator():
    """Original flow in t by scipy up to kappa = 12, against the clock at the same kappa."""
    from scipy.integrate import solve_ivp

    problem = diagonal(2)
    A = np.array([[float(x) for x in row] for row in ROWS])

    def speed(tau, state):
        # dt = exp(kappa) dtau, which is only a change of the clock
        v, w = state[:3], state[3:]
        margins = A @ (v * w)
        p = np.exp(-(margins - margins.min()))
        g = A.T @ (p / p.sum())
        return np.concatenate([g * w, g * v])

    def kappa(state):
        margins = A @ (state[:3] * state[3:])
        return margins.min() - log(np.exp(-(margins - margins.min())).sum())

    def reached(tau, state):
        return kappa(state) - 12.0

    reached.terminal = True
    start = np.array([float(x) for layer in problem.v0 for x in layer])
    run = solve_ivp(speed, (0, 100), start, rtol=1e-11, atol=1e-13, events=reached, method="DOP853")
    end = run.y_events[0][0]
    sample = sample_path(problem, 15, (log(12.0) / log(10),))[0]
    assert np.allclose([float(x) for x in sample.scaled], end[:3] * end[3:] / 12.0, atol=1e-8)


def test_weights_add_up_to_one_and_margins_obey_the_clock():
    for sample in sample_path(diagonal(3), 20, (2, 5, 9)):
        kappa = exp(float(sample.s))
        assert abs(sum(sample.multipliers) - 1) < 1e-8
        for row, p in zip(ROWS, sample.multipliers, strict=True):
            slack = 1 - sum(a * b for a, b in zip(row, sample.scaled, strict=True))
            if p:
                assert abs(float(slack) * kappa - log(float(p))) < 1e-6
            else:
                assert float(slack) * kappa < -20


def test_slow_exponent_reaches_huge_kappa():
    """One point (1, 19/20): u = (1, 19/20), exponent 1/20, so that 12 digits need kappa = 10^240."""
    measurement = follow_direction(
        diagonal(
            2,
            rows=((Fraction(1), Fraction(19, 20)),),
            hidden=(Fraction(1), Fraction(1)),
            last=(Fraction(0), Fraction(0)),
        ),
        12,
    )
    assert close(measurement.value, (1, 0), 12)
    assert float(measurement.clock["kappa"].split("e+")[1]) > 200
    assert abs(float(measurement.details["exponent"]) - 0.05) < 1e-3


def test_components_that_are_pulled_alike_keep_their_ratio():
    """X = (1, 1, 1/3): a continuum of limits; components 1 and 2 keep the ratio of their gaps c = (1, 9/4)."""
    problem = diagonal(
        2,
        rows=((Fraction(1), Fraction(1), Fraction(1, 3)),),
        hidden=(Fraction(1), Fraction(3, 2), Fraction(1)),
    )
    measurement = follow_direction(problem, 20)
    assert measurement.converged and measurement.error <= Fraction(1, 10**20)
    assert abs(measurement.value[1] / measurement.value[0] - Fraction(9, 4)) < Fraction(1, 10**18)


def test_resting_component_stays_at_rest():
    problem = diagonal(
        2,
        rows=((Fraction(1), Fraction(2)),),
        hidden=(Fraction(1), Fraction(0)),
        last=(Fraction(0), Fraction(0)),
    )
    assert close(follow_direction(problem, 15).value, (1, 0), 15)


def test_exact_symmetry_is_kept_when_stages_are_solved_to_all_digits():
    problem = diagonal(
        3,
        rows=((Fraction(1), Fraction(1)),),
        hidden=(Fraction(1), Fraction(1)),
        last=(Fraction(1, 2), Fraction(1, 2)),
    )
    measurement = follow_direction(problem, 15, newton=1e-45)
    assert abs(measurement.value[0] - measurement.value[1]) < Fraction(1, 10**40)


def test_unit_layers():
    network = FullyConnected(2, (1,))
    problem = Problem(
        network,
        "classification",
        ((Fraction(2), Fraction(1)),),
        (Fraction(1),),
        Fraction(1),
        ((Fraction(1), Fraction(0)), (Fraction(1),)),
    )
    measurement = follow(problem, 15, (layers_of,))
    assert close(measurement.value, (Fraction(2 / sqrt(5)), Fraction(1 / sqrt(5)), Fraction(1)), 14)


def test_flow_at_rest_is_told():
    measurement = follow_direction(diagonal(2, hidden=NOTHING), 10)
    assert not measurement.converged and "comes to rest" in measurement.reason


def test_regression_is_refused():
    with pytest.raises(InputError, match="classification"):
        follow_direction(
            Problem(
                Diagonal(2, 1),
                "regression",
                ((Fraction(1),),),
                (Fraction(1),),
                Fraction(1),
                ((Fraction(1),), (Fraction(0),)),
            ),
            10,
        )


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 6), st.integers(-6, 6), st.integers(7, 12))
def test_one_point_goes_to_its_largest_entry(a, b, c):
    """Two layers, one point: all weight on the largest |x_j|; the stated error holds."""
    row = (Fraction(a, 12), Fraction(b, 13), Fraction(c, 12))
    measurement = follow_direction(
        diagonal(2, rows=(row,), hidden=(Fraction(1), Fraction(1), Fraction(1))), 10
    )
    assert measurement.converged
    assert max(abs(x - y) for x, y in zip(measurement.value, (0, 0, 1), strict=True)) <= measurement.error


@pytest.mark.parametrize("digits", [40, 43, 60])
def test_a_flow_that_has_come_to_rest_is_recognised_at_any_digits(digits: int) -> None:
    """Near the limit the steps grow several times each: no earlier stretch is as long as the last."""
    rows = ((2, 1), (1, Fraction(-1, 2)), (-1, -2))
    X = tuple(tuple(map(Fraction, row)) for row in rows)
    y, start = tuple(map(Fraction, (1, 1, -1))), ((Fraction(2), Fraction(1)), (Fraction(1),))
    problem = Problem(FullyConnected(2, (1,)), "classification", X, y, Fraction(1), start, "dense")
    flow = follow_direction(problem, digits)
    assert flow.converged, flow.reason
    # (1, 0) = 4/5 (1, -1/2) + 1/5 (1, 2) is the max-margin direction of the rows y_i x_i.
    assert max(abs(flow.value[0] - 1), abs(flow.value[1])) < Fraction(1, 10**digits)


def test_a_path_is_sampled_where_it_is_asked_for():
    problem = diagonal(2)
    for power in (0.8, 1, 1.2):
        (sample,) = sample_path(problem, 15, [power])
        assert abs(float(sample.s) / log(10) - power) < 1e-12
    with pytest.raises(InputError, match="kappa"):
        sample_path(problem, 15, [2, 1])
    with pytest.raises(InputError, match="kappa"):
        sample_path(replace(problem, scale=Fraction(20), v=(problem.v[0], problem.v[0])), 15, [0])
    with pytest.raises(InputError, match="classification"):
        sample_path(replace(problem, task="regression"), 15, [1])


def fully_connected(rows, v, widths):
    X = tuple(tuple(map(Fraction, row)) for row in rows)
    layers = tuple(tuple(map(Fraction, layer)) for layer in v)
    network = FullyConnected(len(rows[0]), widths)
    return Problem(network, "classification", X, (Fraction(1),) * len(X), Fraction(1), layers)


@pytest.mark.parametrize(
    ("problem", "most"),
    [
        (
            fully_connected(((9999, 1), (-9999, 2)), (("1/2", "1/4", "-1/6", "1/2"), ("1/2", "-1/4")), (2,)),
            60,
        ),
        (
            diagonal(
                3,
                rows=((Fraction(9999), Fraction(1)), (Fraction(-9999), Fraction(2))),
                hidden=ONES[:2],
                last=NOTHING[:2],
            ),
            60,
        ),
        (diagonal(3, hidden=tuple(x / 10**30 for x in START)), 60),
        (diagonal(5, hidden=tuple(x / 10**30 for x in START)), 60),
        (diagonal(2, rows=((Fraction(10) ** 320, Fraction(2)),), hidden=ONES[:2], last=ONES[:2]), 100),
        (diagonal(2, rows=((Fraction(1, 10**400), Fraction(2)),), hidden=ONES[:2], last=NOTHING[:2]), 60),
    ],
    ids=[
        "9999:1, dense",
        "9999:1, three layers",
        "alpha 1e-30, L = 3",
        "alpha 1e-30, L = 5",
        "1e320",
        "1e-400",
    ],
)
def test_scales_apart_cost_no_steps_before_the_loss_falls_below_one(problem, most):
    """The budget holds for each part of the path: until the loss is below 1, and from there."""
    measurement = follow_direction(problem, 15, max_steps=most)
    assert measurement.converged, measurement.reason


def test_a_tiny_start_reaches_the_limit_of_the_scaled_one():
    """Points pull alike until the margins are of size 1: both tiny scales take the same way to the vertex (1, 0, 0)."""
    ends = [follow_direction(diagonal(3, hidden=tuple(x / 10**k for x in START)), 15) for k in (20, 30)]
    assert all(end.converged and close(end.value, (1, 0, 0), 15) for end in ends)


def test_the_early_clock_agrees_with_another_integrator_at_a_small_start():
    """L = 3 from 1/50 of the start, through the plateau, by scipy in tau."""
    from scipy.integrate import solve_ivp

    problem = diagonal(3, hidden=tuple(x / 50 for x in START), last=tuple(x / 90 for x in START))
    A = np.array([[float(x) for x in row] for row in ROWS])

    def kappa(v):
        margins = A @ v.reshape(3, 3).prod(axis=0)
        return margins.min() - log(np.exp(-(margins - margins.min())).sum())

    def speed(tau, state):
        a, b, c = state.reshape(3, 3)
        margins = A @ (a * b * c)
        p = np.exp(-(margins - margins.min()))
        g = A.T @ (p / p.sum())
        return np.concatenate([g * b * c, g * a * c, g * a * b])

    def reached(tau, state):
        return kappa(state) - 12.0

    reached.terminal = True
    start = np.array([float(x) for layer in problem.v0 for x in layer])
    run = solve_ivp(speed, (0, 1e6), start, rtol=1e-11, atol=1e-15, events=reached, method="DOP853")
    end = run.y_events[0][0].reshape(3, 3).prod(axis=0)
    sample = sample_path(problem, 15, (log(12.0) / log(10),))[0]
    assert np.allclose([float(x) for x in sample.scaled], end / 12.0, atol=1e-8)


def test_fifty_points_to_one():
    """Fifty points to one: most act only through their sum and need no equation of their own."""
    rows = tuple(
        (Fraction(1) + Fraction(k, 20), Fraction(k % 7 - 3, 5), Fraction(k % 3, 4)) for k in range(50)
    )
    rows = (*rows, (Fraction(1, 10), Fraction(1, 10), Fraction(-1, 2)))
    measurement = follow_direction(diagonal(2, rows=rows), 12, max_steps=120)
    assert measurement.converged
    least = min(sum(a * b for a, b in zip(row, measurement.value, strict=True)) for row in rows)
    assert least == measurement.residual > 0
