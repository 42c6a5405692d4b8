"""The economical recurrence against the plain one: the loss it allows itself, and when it allows none."""

from fractions import Fraction
from itertools import count
from math import exp, log

import pytest
from hypothesis import given, settings, strategies as st

from litproof.flow.trace import trace_flow
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression.taylor import (
    coefficients_by_code,
    fastest_recurrence,
    plain_recurrence,
    taylor_coefficients,
)
from litproof.integrate.regression.taylor_mixed import economical_recurrence
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected

NETWORKS = [Diagonal(2, 3), Diagonal(5, 2), Convolutional((2, 3)), FullyConnected(2, (2, 2))]
DIGITS = 30
TOLERANCE = -DIGITS * log(10.0)
ORDER = 39


def problem(network, seed, size, distance):
    """A flow at a point where the residual is about `distance`, parameters about `size`."""
    numbers = (Fraction((k * 37 + seed) % 19 - 9 or 5, 8) for k in count(1))
    rows = [[next(numbers) for _ in range(network.input_dim)] for _ in range(2)]
    start = [next(numbers) * size for _ in range(sum(network.shapes))]
    layers, used = [], 0
    for width in network.shapes:
        layers.append(tuple(start[used : used + width]))
        used += width
    beta = network.coefficients(tuple(layers))
    y = [sum(a * b for a, b in zip(row, beta, strict=True)) + distance for row in rows]
    return trace_flow(network, rows, y), start


def worst(arithmetic, a, b, numerator):
    ends = zip(a.at(arithmetic, numerator, 6), b.at(arithmetic, numerator, 6), strict=True)
    return max(abs(arithmetic.fraction(x - y)) for x, y in ends)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(NETWORKS),
    st.integers(0, 100),
    st.integers(-4, 4),
    st.integers(0, 35),
    st.integers(0, 12),
)
def test_the_step_is_that_of_the_plain_recurrence_to_the_tolerance(network, seed, size, far, small):
    flow, start = problem(network, seed, Fraction(2) ** size, Fraction(1, 10**far))
    arithmetic = FixedPoint(140)
    state = [arithmetic.number(q) for q in start]
    plain, economical = plain_recurrence(flow, arithmetic), economical_recurrence(flow, arithmetic)
    step = (150, 8 + max(0, 2 * size * (len(network.shapes) - 1)) + small)
    expansion, true = (way(state, step, ORDER, TOLERANCE) for way in (economical, plain))
    if true.log_sizes[-1] > TOLERANCE + 3:
        return  # the integrator would not take such a step
    assert len(expansion.log_sizes) == ORDER + 1
    assert len(expansion.head[0]) + (0 if expansion.tail is None else len(expansion.tail)) == ORDER + 1
    for numerator in (20, 64):
        assert worst(arithmetic, expansion, true, numerator) < Fraction(1, 10**DIGITS)


def test_the_tolerance_decides_how_many_coefficients_are_integers():
    flow, start = problem(Diagonal(3, 3), 1, Fraction(1), Fraction(1, 2))
    arithmetic = FixedPoint(140)
    state = [arithmetic.number(q) for q in start]
    expansion = economical_recurrence(flow, arithmetic)(state, (150, 11), ORDER, TOLERANCE)
    assert 10 < len(expansion.head[0]) < 30
    strict = economical_recurrence(flow, arithmetic)(state, (150, 11), ORDER, -90.0)
    assert len(strict.head[0]) > len(expansion.head[0])
    expected = plain_recurrence(flow, arithmetic)(state, (150, 11), ORDER, TOLERANCE)
    exact = economical_recurrence(flow, arithmetic)(state, (150, 11), ORDER, -200.0)
    assert len(exact.head[0]) >= len(strict.head[0])
    assert worst(arithmetic, exact, expected, 64) < Fraction(1, 1 << 128)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(NETWORKS), st.integers(0, 100), st.lists(st.integers(0, 6), min_size=3, max_size=6))
def test_what_one_step_teaches_costs_the_next_no_more_than_is_allowed(network, seed, small):
    """Steps of quite different lengths, one recurrence: it learns from each where integers may end in the next."""
    flow, start = problem(network, seed, Fraction(1), Fraction(1, 2))
    arithmetic = FixedPoint(140)
    state = [arithmetic.number(q) for q in start]
    plain, economical = plain_recurrence(flow, arithmetic), economical_recurrence(flow, arithmetic)
    for extra in small:
        step = (150, 12 + extra)
        expansion, true = (way(state, step, ORDER, TOLERANCE) for way in (economical, plain))
        if expansion.log_sizes[-1] < TOLERANCE + 3:
            assert expansion.rounding <= TOLERANCE - 4 * log(2)
            assert worst(arithmetic, expansion, true, 64) < Fraction(1, 16 * 10**DIGITS)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NETWORKS), st.integers(0, 100), st.integers(-4, 4), st.integers(0, 12))
def test_all_coefficients_by_code_are_those_of_the_plain_recurrence_to_rounding(network, seed, size, small):
    flow, start = problem(network, seed, Fraction(2) ** size, Fraction(1, 2))
    arithmetic = FixedPoint(140)
    state = [arithmetic.number(q) for q in start]
    step = (150, 8 + max(0, 2 * size * (len(network.shapes) - 1)) + small)
    plain = taylor_coefficients(flow, arithmetic, state, step, ORDER)
    made = coefficients_by_code(flow, arithmetic)(state, step, ORDER)
    assert list(map(len, made)) == list(map(len, plain))
    if max(abs(column[-1]) for column in plain) < arithmetic.number(Fraction(1, 10 ** (DIGITS - 2))):
        pairs = (pair for a, b in zip(made, plain, strict=True) for pair in zip(a, b, strict=True))
        assert max(abs(a - b) for a, b in pairs) < 1 << 12


@pytest.mark.parametrize("size", [1, 10**3, 10**9, 10**40])
def test_numbers_too_large_for_generated_code_are_refused_or_right(size):
    flow, start = problem(Diagonal(3, 2), 1, Fraction(size), Fraction(1, 2))
    arithmetic = FixedPoint(100)
    state = [arithmetic.number(q) for q in start]
    expected = plain_recurrence(flow, arithmetic)(state, (1, 3), 9, -200.0)
    expansion = economical_recurrence(flow, arithmetic)(state, (1, 3), 9, -200.0)
    assert (expansion is None) == (size > 10)
    assert expansion is None or expansion.head == expected.head
    assert fastest_recurrence(flow, arithmetic)(state, (1, 3), 9, -200.0).head is not None
    assert coefficients_by_code(flow, arithmetic)(state, (1, 3), 9) == expected.head


@pytest.mark.parametrize("bits", [700, 3500])
def test_many_digits_do_without_doubles(bits):
    flow, start = problem(Diagonal(2, 2), 1, Fraction(1), Fraction(1, 10**100))
    arithmetic = FixedPoint(bits)
    state = [arithmetic.number(q) for q in start]
    tolerance = -(bits - 40) * log(2.0)
    expansion = economical_recurrence(flow, arithmetic)(state, (1, 4), 30, tolerance)
    expected = plain_recurrence(flow, arithmetic)(state, (1, 4), 30, tolerance)
    assert expansion.tail is None
    assert worst(arithmetic, expansion, expected, 64) < Fraction(1, 1 << (bits - 36))


@pytest.mark.parametrize("network", NETWORKS, ids=str)
@pytest.mark.parametrize("shift", [12, 13, 14])
def test_the_estimate_covers_what_doubles_lose_and_not_much_more(network, shift):
    """The second of two equal steps goes as far with doubles as the first one taught."""
    flow, start = problem(network, 5, Fraction(1), Fraction(1, 2))
    coarse, fine = FixedPoint(140), FixedPoint(300)
    state, economical = [coarse.number(q) for q in start], economical_recurrence(flow, coarse)
    for _ in range(2):
        expansion = economical(state, (150, shift), ORDER, TOLERANCE)
    exact = [fine.number(q) for q in start]
    true = plain_recurrence(flow, fine)(exact, (150, shift), ORDER, TOLERANCE)
    ends = zip(expansion.at(coarse, 64, 6), true.at(fine, 64, 6), strict=True)
    error = max(abs(coarse.fraction(x) - fine.fraction(y)) for x, y in ends)
    assert expansion.tail is not None
    assert error < exp(expansion.rounding) < 1000 * error
