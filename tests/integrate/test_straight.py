"""Generated recurrences against the interpreted ones."""

from fractions import Fraction
from functools import partial
from itertools import count

import pytest

from litproof.flow.program import trace_flow
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.straight import fixed_recurrence
from litproof.integrate.taylor import taylor_coefficients
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected

NETWORKS = [
    Diagonal(2, 3),
    Diagonal(4, 3),
    Convolutional((3, 3)),
    FullyConnected(3, (2,)),
    Diagonal(2, 70),
]


def never(*_):
    raise AssertionError("the numbers are small enough to be packed")


@pytest.mark.parametrize("network", NETWORKS, ids=str)
@pytest.mark.parametrize("step", [(181, 10), (3, -1)])
def test_generated_coefficients_are_the_interpreted_ones_bit_for_bit(network, step):
    numbers = (Fraction(k % 7 - 3, k % 5 + 2) for k in count(1))
    rows = [[next(numbers) for _ in range(network.input_dim)] for _ in range(2)]
    flow = trace_flow(network, rows, [Fraction(2), Fraction(-1, 3)])
    arithmetic = FixedPoint(150)
    state = [arithmetic.number(next(numbers)) for _ in range(sum(network.shapes))]
    expected = taylor_coefficients(flow, arithmetic, state, step, 12)
    assert any(column[-1] for column in expected)
    plain = partial(taylor_coefficients, flow, arithmetic)
    assert fixed_recurrence(flow, arithmetic, plain)(state, step, 12) == expected


def test_a_program_keeps_no_memory_between_calls():
    flow = trace_flow(Diagonal(3, 1), [[Fraction(1)]], [Fraction(2)])
    arithmetic = FixedPoint(100)
    state = [arithmetic.number(Fraction(1, k)) for k in (2, 3, 4)]
    recurrence = fixed_recurrence(flow, arithmetic, never)
    expected = taylor_coefficients(flow, arithmetic, state, (1, 3), 9)
    assert [recurrence(state, (1, 3), 9) for _ in range(2)] == [expected, expected]
    assert state == [arithmetic.number(Fraction(1, k)) for k in (2, 3, 4)]


@pytest.mark.parametrize("size", [1, 10**3, 10**9, 10**40])
def test_numbers_too_large_to_be_packed_are_right_as_well(size):
    flow = trace_flow(Diagonal(3, 2), [[Fraction(1), Fraction(-2)]], [Fraction(2)])
    arithmetic = FixedPoint(100)
    state = [arithmetic.number(Fraction(size, k)) for k in (2, -3, 4, 5, -7, 9)]
    plain = partial(taylor_coefficients, flow, arithmetic)
    expected = plain(state, (1, 3), 9)
    assert fixed_recurrence(flow, arithmetic, plain)(state, (1, 3), 9) == expected
