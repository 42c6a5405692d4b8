"""Enclosures of points of a classification orbit, against closed forms and conserved quantities."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from litproof.algebra.balls import ball
from litproof.certify.classification import validated as ascent
from litproof.certify.classification.direction import enclose_direction, loss_below_one
from litproof.certify.classification.validated import climb, climb_in_span
from litproof.errors import HypothesisError
from litproof.flow import data_span as data_span_module
from litproof.integrate.budget import SECOND, Budget
from litproof.integrate.classification.follow import follow_direction
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision
from litproof.problem import Problem
from litproof.theorems.shared.classification import THREE_LAYERS, WIDTH_TWO


def row(*entries):
    return tuple(Fraction(x) for x in entries)


ONE_POINT = Problem(
    Diagonal(2, 2),
    "classification",
    (row(2, "-1/2"),),
    row(1),
    Fraction(1),
    (row("-1/2", "1/3"), row("1/4", "1/5")),
)
ABOVE_ONE = Problem(
    FullyConnected(2, (2,)),
    "classification",
    (row(1, 2), row(2, "-1/2"), row(1, 1)),
    row(1, 1, 1),
    Fraction(1),
    (row("1/2", "-1/3", "1/4", "1/5"), row("-1/2", "1/3")),
)


@pytest.mark.parametrize(("order", "accuracy"), [(14, 1e-12), (4, 1e-7)])
def test_closed_form_of_one_point_lies_inside(monkeypatch, order, accuracy):
    """T = nu there, so eta_1 +- eta_2 = exp(+- s T) times the start; with coarse steps the bound has to work."""
    monkeypatch.setattr(ascent, "_ORDER", order)
    monkeypatch.setattr(ascent, "_ACCURACY", accuracy)
    points = list(islice(climb(ONE_POINT, Budget(20 * SECOND)), 12))
    assert len(points) == 12
    for point in points:
        with ball_precision(256):
            for j, s in enumerate(ONE_POINT.X[0]):
                a, b = (ball(layer[j]) for layer in ONE_POINT.v0)
                sinh, cosh = (ball(s) * ball(point.clock)).sinh_cosh()
                for box, exact in zip(
                    (point.theta[j], point.theta[2 + j]),
                    (a * cosh + b * sinh, b * cosh + a * sinh),
                    strict=True,
                ):
                    assert box.contains(exact)
    with ball_precision(256):
        s, T = ball(ONE_POINT.X[0][0]), ball(points[-1].clock)
        sinh, cosh = (s * T).sinh_cosh()
        exact = ball(ONE_POINT.v0[0][0]) * cosh + ball(ONE_POINT.v0[1][0]) * sinh
        off, radius = float(abs(points[-1].theta[0].mid() - exact)), float(points[-1].theta[0].rad())
    assert off < radius < 1e-6
    if order == 4:  # the polynomial itself is off by far more than rounding
        assert off > 1e-15


def test_orbit_of_several_points_against_an_integrator():
    """scipy in doubles, in the clock T."""
    points = list(islice(climb(ABOVE_ONE, Budget(20 * SECOND)), 30))
    field = ascent.Field.of(ABOVE_ONE)

    def velocity(_, theta):
        with ball_precision(64):
            return [float(x) for x in field.velocity([ball(Fraction(q)) for q in theta], ball(0))]

    start = [float(q) for layer in ABOVE_ONE.v0 for q in layer]
    end = float(points[-1].clock)
    solution = solve_ivp(velocity, (0, end), start, rtol=1e-9, atol=1e-11)
    assert [float(x) for x in points[-1].theta] == pytest.approx(list(solution.y[:, -1]), abs=1e-6)
    losses = [float(point.loss) for point in points]
    assert losses == sorted(losses, reverse=True)


def test_conserved_quantities_lie_inside():
    for point in islice(climb(THREE_LAYERS, Budget(20 * SECOND)), 0, 40, 8):
        with ball_precision(128):
            for j in range(3):
                first = [ball(layer[j]) ** 2 for layer in THREE_LAYERS.v0]
                now = [point.theta[3 * l + j] * point.theta[3 * l + j] for l in range(3)]
                assert (now[0] - now[1]).overlaps(first[0] - first[1])
                assert (now[1] - now[2]).overlaps(first[1] - first[2])


def test_a_flow_at_rest_ends_the_climb():
    saddle = replace(WIDTH_TWO, v=tuple((Fraction(0),) * len(layer) for layer in WIDTH_TWO.v))
    points = list(climb(saddle, Budget(20 * SECOND)))
    assert len(points) == 1
    with pytest.raises(HypothesisError, match="fall below 1"):
        loss_below_one(saddle)


def test_fully_connected_from_a_loss_above_one():
    """K2 from a start that does not meet K0's hypothesis yet: the way there is proved, and the flow agrees."""
    assert "after" in loss_below_one(ABOVE_ONE)
    enclosure = enclose_direction(ABOVE_ONE, 25)
    flow = follow_direction(ABOVE_ONE, 15)
    for (low, high), value in zip(enclosure.bounds, flow.value, strict=True):
        assert low - 2 * flow.error <= value <= high + 2 * flow.error


WIDE = Problem(
    FullyConnected(7, (5,)),
    "classification",
    (row(1, 2, 0, -1, "1/2", 1, 0), row(2, "-1/2", 1, 1, 0, 0, -1)),
    row(1, -1),
    Fraction(1, 2),
    (
        tuple(Fraction((7 * i * i + 3 * i) % 11 - 5, 4) for i in range(35)),
        row("1/2", "-1/3", 1, "1/4", "-3/4"),
    ),
)


@pytest.mark.parametrize("bits", [20, 128])
def test_in_the_span_of_the_data_margins_are_those_of_all_parameters(monkeypatch, bits):
    """Against all parameters in doubles; rough numbers make wider boxes, too narrow ones lie beside."""
    monkeypatch.setattr(data_span_module, "LEAST_PARAMETERS", 1)
    span = data_span_module.data_span.__wrapped__(WIDE, bits)
    assert span.problem.network == FullyConnected(2, (3,))
    monkeypatch.setattr(ascent, "data_span", lambda *_: span)
    points = list(islice(climb_in_span(WIDE, Budget(20 * SECOND)), 14))
    exact = _margins_in_doubles(WIDE, [float(point.clock) for point in points])
    assert len(points) > 8
    for point, margins in zip(points, exact, strict=True):
        assert all(
            abs(float(box.mid()) - m) <= float(box.rad()) + 1e-7
            for box, m in zip(point.margins, margins, strict=True)
        )
    narrow = replace(span, radius=Fraction(0))
    monkeypatch.setattr(ascent, "data_span", lambda *_: narrow)
    forgetful = list(islice(climb_in_span(WIDE, Budget(20 * SECOND)), 14))
    exact = _margins_in_doubles(WIDE, [float(point.clock) for point in forgetful])
    apart = any(
        abs(float(box.mid()) - m) > float(box.rad()) + 1e-7
        for point, margins in zip(forgetful, exact, strict=True)
        for box, m in zip(point.margins, margins, strict=True)
    )
    assert apart == (bits == 20)


def _margins_in_doubles(problem, times):
    rows = np.array([[float(x) for x in r] for r in problem.signed_rows])
    d, (k,) = problem.network.input_dim, problem.network.widths

    def margins(theta):
        return rows @ theta[: d * k].reshape(d, k) @ theta[d * k :]

    def speed(_, theta):
        p = np.exp(-margins(theta))
        c = rows.T @ (p / p.sum())
        return np.concatenate([np.outer(c, theta[d * k :]).ravel(), theta[: d * k].reshape(d, k).T @ c])

    start = np.array([float(x) for layer in problem.v0 for x in layer])
    path = solve_ivp(speed, (0, times[-1]), start, "DOP853", t_eval=times, rtol=1e-12, atol=1e-13)
    return [margins(theta) for theta in path.y.T]
