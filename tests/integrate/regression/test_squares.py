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
from litproof.integrate.regression.taylor import fastest_recurrence, integrate, plain_recurrence
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
    a, b = squared(flow)[1][0]
    if a != b:
        start[b] = (Fraction(0 if zero else 1, 1 << close) - start[a]) * (1 if seed % 2 else -1)
    elif zero:
        start[a] = Fraction(0)
    arithmetic = FixedPoint(140)
    state, step = [arithmetic.number(q) for q in start], (150, 11 + small)
    way = recurrence_in_squares(flow, squared(flow), arithmetic, economical_recurrence)
    expansion, true = (w(state, step, ORDER, TOLERANCE) for w in (way, plain_recurrence(flow, arithmetic)))
    if true.log_sizes[-1] > TOLERANCE + 3:
        return  # the integrator would not take such a step
    for numerator in (20, 64):
        assert worst(arithmetic, expansion, true, numerator) < exp(max(expansion.log_sizes[-1], TOLERANCE))


@pytest.mark.parametrize("apart", [Fraction(1, 100), Fraction(1, 10**9), Fraction(1, 10**38)])
@pytest.mark.parametrize("sign", [1, -1])
def test_small_sums_and_differences_have_their_own_unit(apart, sign):
    """Those far below the tolerance as well: the square in its unit has all the bits that its root has."""
    network, coarse, fine = Diagonal(2, 2), FixedPoint(140), FixedPoint(300)
    start = [Fraction(1), Fraction(3, 4), sign * (1 - apart), Fraction(1, 4)]
    flow = flow_at(network, start)
    state = [coarse.number(q) for q in start]
    expansion = fastest_recurrence(flow, coarse)(state, (150, 15), ORDER, TOLERANCE)
    assert expansion.back is not tuple
    true = plain_recurrence(flow, fine)([x << 160 for x in state], (150, 15), ORDER, TOLERANCE)
    own, exact = ([n.fraction(x) for x in e.at(n, 64, 6)] for n, e in ((coarse, expansion), (fine, true)))
    assert max(abs(x - y) for x, y in zip(own, exact, strict=True)) < exp(TOLERANCE)
    # The small one to as many digits of its own, as far as its last bit.
    gap = abs((own[0] - sign * own[2]) - (exact[0] - sign * exact[2]))
    assert gap < apart * Fraction(1, 10**DIGITS) + Fraction(1, 1 << 138)


def test_a_change_of_units_is_rare():
    """A difference that falls by half each step changes its unit every twelve steps, one that grows every seven."""
    arithmetic, made = FixedPoint(140), []

    def counted(program, arithmetic):
        made.append(program)
        return economical_recurrence(program, arithmetic)

    flow = flow_at(Diagonal(2, 1), [Fraction(1), Fraction(1, 2)], Fraction(-8))
    way = recurrence_in_squares(flow, squared(flow), arithmetic, counted)
    apart = [Fraction(1, 2**k) for k in range(1, 60)]
    for small in (*apart, *reversed(apart)):
        state = [arithmetic.number(q) for q in (Fraction(1), 1 - small)]
        assert way(state, (1, 12), 12, TOLERANCE) is not None
    assert 3 < len(made) < 16


@pytest.mark.parametrize("signs", [(1, 1), (1, -1)])
def test_parameters_of_equal_size_stay_so_exactly(signs):
    """Balanced layers: a sum or difference that is zero is zero after any number of steps, to the last bit."""
    network, arithmetic = Diagonal(2, 2), FixedPoint(140)
    start = [Fraction(1), Fraction(3, 8), *(s * q for s, q in zip(signs, (1, Fraction(3, 8)), strict=True))]
    flow = flow_at(network, start)
    pieces = list(integrate(flow, arithmetic, start, 30, end=Fraction(3)))
    assert len(pieces) > 5
    for piece in pieces:
        assert all(piece.state[i] == signs[i] * piece.state[2 + i] for i in range(2))


def test_small_sums_count_in_the_error():
    network, tolerance = Diagonal(2, 1), -200.0
    start = [Fraction(1), Fraction(1, 1 << 10) - 1]
    flow = flow_at(network, start)
    coarse, fine = FixedPoint(140), FixedPoint(300)
    way = recurrence_in_squares(flow, squared(flow), coarse, economical_recurrence)
    expansion = way([coarse.number(q) for q in start], (150, 15), ORDER, tolerance)
    true = plain_recurrence(flow, fine)([fine.number(q) for q in start], (150, 15), ORDER, tolerance)
    ends = zip(expansion.at(coarse, 64, 6), true.at(fine, 64, 6), strict=True)
    error = max(abs(coarse.fraction(x) - fine.fraction(y)) for x, y in ends)
    assert error > Fraction(8, 1 << 140)  # 2^9 times an error of the square
    assert error < exp(expansion.rounding)
    assert expansion.log_sizes[1] > true.log_sizes[1]
