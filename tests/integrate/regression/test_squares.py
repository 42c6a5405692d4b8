"""Squares of sums and differences: the same flow, exactly in rationals, and to the tolerance in a step."""

from fractions import Fraction
from itertools import count
from math import exp, log

import pytest
from hypothesis import given, settings, strategies as st

from litproof.flow.program import Linear, Operators, Product, Program
from litproof.flow.trace import trace_flow
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression.squares import recurrence_in_squares, squared
from litproof.integrate.regression.taylor import fastest_recurrence, plain_recurrence
from litproof.integrate.regression.taylor_mixed import economical_recurrence
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.polynomial import PolynomialNetwork

DIGITS, ORDER = 30, 47
TOLERANCE = -DIGITS * log(10.0)
PAIRED = {
    "depth 2": (Diagonal(2, 3), 3, 0),
    "depth 5": (Diagonal(5, 2), 2, 0),
    "difference of squares": (PolynomialNetwork.of(["a[2]", "b[2]"], ["a[j]^2 - b[j]^2"], 2), 0, 4),
    "hidden layer of width one": (FullyConnected(1, (1, 1)), 1, 0),
}


def flow_at(network, start, distance=Fraction(1, 2)):
    numbers = (Fraction((k * 37) % 19 - 9 or 5, 8) for k in count(1))
    rows = [[next(numbers) for _ in range(network.input_dim)] for _ in range(2)]
    flow = trace_flow(network, rows, [Fraction(0)] * 2)
    targets = [r + distance for r in flow.evaluate(Operators(), start, "residual")]
    return trace_flow(network, rows, targets)


def drawn(network, seed):
    return [Fraction((k * 29 + 7 * seed) % 23 - 11 or 3, 8) for k in range(1, sum(network.shapes) + 1)]


def in_squares(pairs, values):
    result = list(values)
    for a, b in pairs:
        result[a], result[b] = (values[a] + values[b]) ** 2, (values[a] - values[b]) ** 2
        if a == b:
            result[a] = values[a] ** 2
    return result


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize("seed", range(3))
def test_squares_move_by_the_chain_rule_exactly(name, seed):
    network, twos, ones = PAIRED[name]
    start = drawn(network, seed)
    flow = flow_at(network, start)
    short, pairs = squared(flow)
    assert (sum(a != b for a, b in pairs), sum(a == b for a, b in pairs)) == (twos, ones)
    assert short.products < flow.only("velocity").products
    speed = flow.evaluate(Operators(), start, "velocity")
    expected = list(speed)
    for a, b in pairs:
        for i, sign in ((a, 1), (b, -1))[: 1 + (a != b)]:
            root, rate = (
                (start[a] + sign * start[b], speed[a] + sign * speed[b]) if a != b else (start[a], speed[a])
            )
            expected[i] = 2 * root * rate
    assert short.evaluate(Operators(), in_squares(pairs, start), "velocity") == expected


@pytest.mark.parametrize("network", [Convolutional((2, 3)), FullyConnected(2, (2,)), Diagonal(1, 3)], ids=str)
def test_parameters_that_act_in_other_ways_as_well_are_left_alone(network):
    flow = flow_at(network, drawn(network, 1))
    short, pairs = squared(flow)
    assert pairs == []
    assert short == flow.only("velocity")


@pytest.mark.parametrize("velocity", [(3, 5), (3, 4), (3, 3), (2, 4), (5, 4), (6, 7)])
def test_velocities_that_are_not_of_this_form_are_left_alone(velocity):
    """a' = q a, an affine velocity, equal velocities, a velocity that is the product itself, a q that contains a."""
    one = Fraction(1)
    steps = (
        Product(0, 1),
        Product(0, 2),
        Product(1, 2),
        Linear((0, 2), (one, one), one),
        Product(1, 5),
        Product(0, 5),
    )
    assert squared(Program(2, steps, {"velocity": velocity}))[1] == []
    assert squared(Program(2, steps, {"velocity": (4, 3)}))[1] == [(0, 1)]


def worst(arithmetic, a, b, numerator):
    ends = zip(a.at(arithmetic, numerator, 6), b.at(arithmetic, numerator, 6), strict=True)
    return max(abs(arithmetic.fraction(x - y)) for x, y in ends)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(PAIRED)), st.integers(0, 9), st.integers(0, 12), st.integers(0, 14), st.booleans()
)
def test_a_step_in_squares_is_the_step_to_the_tolerance(name, seed, small, close, zero):
    """Sums near zero of either sign, or exactly zero; to its last term where that says that the step is too long."""
    network = PAIRED[name][0]
    start = drawn(network, seed)
    flow = flow_at(network, start)
    short, pairs = squared(flow)
    a, b = pairs[0]
    if a != b:
        start[b] = (Fraction(0 if zero else 1, 1 << close) - start[a]) * (1 if seed % 2 else -1)
    elif zero:
        start[a] = Fraction(0)
    arithmetic = FixedPoint(140)
    state, step = [arithmetic.number(q) for q in start], (150, 11 + small)
    way = recurrence_in_squares(pairs, arithmetic, economical_recurrence(short, arithmetic))
    expansion, true = (w(state, step, ORDER, TOLERANCE) for w in (way, plain_recurrence(flow, arithmetic)))
    if true.log_sizes[-1] > TOLERANCE + 3:
        return  # the integrator would not take such a step
    if expansion is None:
        assert any(
            0 < abs(start[a] + sign * start[b]) < Fraction(1, 1 << 11) for a, b in pairs for sign in (1, -1)
        )
        return
    for numerator in (20, 64):
        assert worst(arithmetic, expansion, true, numerator) < exp(max(expansion.log_sizes[-1], TOLERANCE))


def test_squares_are_used_while_they_are_large_enough():
    network = Diagonal(2, 1)
    arithmetic = FixedPoint(140)
    for apart, used in ((Fraction(1, 100), True), (Fraction(1, 10**9), False)):
        start = [Fraction(1), 1 - apart]
        flow = flow_at(network, start)
        state = [arithmetic.number(q) for q in start]
        way = fastest_recurrence(flow, arithmetic)
        assert (way(state, (1, 6), 12, TOLERANCE).back is not tuple) == used


def test_small_sums_count_in_the_error():
    network, tolerance = Diagonal(2, 1), -200.0
    start = [Fraction(1), Fraction(1, 1 << 10) - 1]
    flow = flow_at(network, start)
    short, pairs = squared(flow)
    coarse, fine = FixedPoint(140), FixedPoint(300)
    way = recurrence_in_squares(pairs, coarse, economical_recurrence(short, coarse))
    expansion = way([coarse.number(q) for q in start], (150, 15), ORDER, tolerance)
    true = plain_recurrence(flow, fine)([fine.number(q) for q in start], (150, 15), ORDER, tolerance)
    ends = zip(expansion.at(coarse, 64, 6), true.at(fine, 64, 6), strict=True)
    error = max(abs(coarse.fraction(x) - fine.fraction(y)) for x, y in ends)
    assert error > Fraction(8, 1 << 140)  # 2^9 times an error of the square
    assert error < exp(expansion.rounding)
    assert expansion.log_sizes[1] > true.log_sizes[1]
