"""Enclosed limit directions: the theorem's hypotheses decide, the optimum is exact, the flow meets the box."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from litproof.certify.classification.direction import enclose_direction
from litproof.certify.classification.l1_limit import signed_l1
from litproof.errors import HypothesisError, Unreachable
from litproof.integrate.classification.follow import follow_direction
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem
from litproof.theorems.shared.classification import TWO_LAYERS, WIDTH_TWO, draw_diagonal, draw_separable
from litproof.theorems.ykm.classification_odeco.claim import random_odeco
from litproof.theorems.ykm.classification_one_point.claim import random_one_point


def row(*entries):
    return tuple(Fraction(x) for x in entries)


def problem(network, X, v, y=None):
    return Problem(network, "classification", X, y or (Fraction(1),) * len(X), Fraction(1), v)


def square_sum(bounds):
    """Interval of the squared norm."""
    low = sum(min(a * a, b * b) if a * b > 0 else 0 for a, b in bounds)
    return low, sum(max(a * a, b * b) for a, b in bounds)


def small_linear():
    return problem(Diagonal(1, 2), (row(1, 2), row(2, "-1/2")), (row(-3, 5),))


def tied():
    """Component 1 keeps its sign +, component 2 its sign -, component 3 is free."""
    X = (row(2, 1, 1), row(1, -1, 2))
    return problem(Diagonal(2, 3), X, (row(1, "1/2", 1), row(1, "-1/2", "1/4")))


ENCLOSED = {
    "one layer": small_linear(),
    "two layers": TWO_LAYERS,
    "fully connected": WIDTH_TWO,
    "signs kept": tied(),
    "convolution of length two": problem(
        Convolutional((2, 2)), (row(1, 3), row(2, 1)), (row(1, "1/2"), row("1/4", 0))
    ),
    "random odeco": random_odeco(91, 2),
    "random diagonal": draw_diagonal(Random("enclosed direction"), 2, 3, 4),
    "random one point": random_one_point(1234),
    "three copies of one point, two labels": problem(
        Diagonal(2, 2), (row(2, 1), row(-2, -1), row(2, 1)), (row(1, "1/2"), row("1/4", 1)), row(1, -1, 1)
    ),
}


@pytest.mark.parametrize("name", ENCLOSED)
def test_flow_meets_the_enclosure_to_all_its_digits(name):
    """No enclosure is allowed to miss: the flow itself, followed without any theorem, lies within its own error."""
    enclosure = enclose_direction(ENCLOSED[name], 40)
    flow = follow_direction(ENCLOSED[name], 18)
    assert flow.converged
    assert max(high - low for low, high in enclosure.bounds) < Fraction(1, 10**40)
    low, high = square_sum(enclosure.bounds)
    assert low <= 1 <= high
    for (low, high), value in zip(enclosure.bounds, flow.value, strict=True):
        assert low - 2 * flow.error <= value <= high + 2 * flow.error
    assert flow.error < Fraction(1, 10**17)


NOT_ENCLOSED = {
    "depth 3 is no theorem about every start": (
        draw_diagonal(Random("deep"), 3, 2, 3),
        "no theorem",
    ),
    "many solutions of the l1 problem": (
        problem(
            Diagonal(2, 3),
            (row(1, 2, "1/2"), row(2, "-1/2", 1), row(1, 1, -1)),
            (row(1, 1, "1/2"), row("1/3", "1/2", "1/4")),
        ),
        "more than one solution, with different margins",
    ),
    "the sign that is needed is never reached": (
        problem(Diagonal(2, 2), (row(1, 1), row(1, -1)), (row(1, 1), row(-1, "1/2"))),
        "no coefficients with the signs",
    ),
    "a component at rest": (
        problem(Diagonal(2, 2), (row(1, 1), row(1, -1)), (row(0, 1), row(0, "1/2"))),
        "no coefficients with the signs",
    ),
    "fully connected at the saddle": (
        replace(WIDTH_TWO, v=tuple((Fraction(0),) * len(layer) for layer in WIDTH_TWO.v)),
        "fall below 1",
    ),
    "one point, the start is repelled": (
        problem(Diagonal(2, 2), (row(1, 1),), (row(1, 1), row(-1, -1))),
        "in every singular component",
    ),
    "one layer that does not see how to separate": (
        problem(Convolutional((1,)), (row(1), row(-1)), (row(1),)),
        "not separable",
    ),
    "complex components": (
        problem(
            Convolutional((3, 3)), (row(1, 2, 3), row(1, 0, 2)), (row(1, "1/2", 0), row("1/4", 0, "1/8"))
        ),
        "no theorem",
    ),
    "regression": (replace(TWO_LAYERS, task="regression"), "classification"),
}


@pytest.mark.parametrize("name", NOT_ENCLOSED)
def test_nothing_is_enclosed_without_the_hypotheses(name):
    refused, reason = NOT_ENCLOSED[name]
    with pytest.raises(HypothesisError, match=reason):
        enclose_direction(refused, 20)


@pytest.mark.parametrize(
    "name",
    ["the sign that is needed is never reached", "a component at rest", "one point, the start is repelled"],
)
def test_a_loss_that_never_falls_below_one_is_proved(name):
    with pytest.raises(Unreachable, match="never falls below 1"):
        enclose_direction(NOT_ENCLOSED[name][0], 20)


def test_one_point_needs_no_gap():
    """eta_1 = -eta_2 in the larger component alone: the smaller one, which grows, decides."""
    start = problem(Diagonal(2, 2), (row(2, 1),), (row(1, 1), row(-1, "1/2")))
    enclosure = enclose_direction(start, 20)
    assert enclosure.bounds[0] == (0, 0) and enclosure.bounds[1][0] <= 1 <= enclosure.bounds[1][1]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_signed_l1_against_a_numerical_programme(seed):
    """An oracle in doubles: the same optimum over the same cone."""
    rng = Random(seed)
    m = rng.randint(2, 4)
    X, y = draw_separable(rng, rng.randint(1, 4), m)
    rows = [[label * x for x in point] for point, label in zip(X, y, strict=True)]
    allowed = [rng.choice(([1, -1], [1, -1], [1], [-1], [])) for _ in range(m)]
    columns = [(j, side) for j, sides in enumerate(allowed) for side in sides]
    try:
        optimum = signed_l1(rows, allowed)
        rho, unique = optimum.rho, optimum.unique
    except HypothesisError:
        rho = None
    if not columns:
        assert rho is None
        return
    A = -np.array([[float(side * point[j]) for j, side in columns] for point in rows])
    oracle = linprog(np.ones(len(columns)), A, -np.ones(len(rows)))
    assert (rho is not None) == (oracle.status == 0)
    if rho is None:
        return
    assert float(sum(map(abs, rho))) == pytest.approx(oracle.fun, rel=1e-9)
    if unique:
        coefficients = np.zeros(m)
        for (j, side), x in zip(columns, oracle.x, strict=True):
            coefficients[j] += side * x
        assert coefficients == pytest.approx([float(r) for r in rho], abs=1e-7)


def test_a_false_optimum_is_refused(monkeypatch):
    """The optimality conditions are checked on what the programme returns, not taken from it."""
    from litproof.algebra.linear_programme import minimise
    from litproof.certify.classification import l1_limit

    def wrong(A, b, c):
        optimum = minimise(A, b, c)
        return replace(optimum, x=(optimum.x[0] * 2, *optimum.x[1:]))

    monkeypatch.setattr(l1_limit, "minimise", wrong)
    with pytest.raises(ArithmeticError, match="optimality"):
        enclose_direction(TWO_LAYERS, 10)


def test_fully_connected_widths_do_not_matter():
    X = (row(1, 2), row(2, "-1/2"))
    narrow = problem(FullyConnected(2, (1,)), X, (row(2, 1), row(2)))
    wide = problem(FullyConnected(2, (3,)), X, (row(1, 1, 1, "1/2", 1, 0), row(2, 1, 1)))
    assert enclose_direction(narrow, 15).bounds == enclose_direction(wide, 15).bounds


def test_a_flow_that_rests_at_loss_one_has_no_direction():
    """All layers 0: the loss is 1 for ever; the theorem needs it below 1."""
    network = FullyConnected(2, (2,))
    rest = Problem(
        network,
        "classification",
        ((Fraction(1), Fraction(2)),),
        (Fraction(1),),
        Fraction(1),
        ((Fraction(0),) * 4, (Fraction(0),) * 2),
    )
    with pytest.raises(HypothesisError, match="below 1"):
        enclose_direction(rest, 10)
