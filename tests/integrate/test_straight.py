"""Generated recurrences against the interpreted ones."""

from fractions import Fraction
from itertools import count

import pytest

from litproof.flow.program import Linear, trace_flow
from litproof.integrate.arithmetic import FixedPoint, Scalars
from litproof.integrate.straight import (
    double_recurrence,
    integer_recurrence,
    linear_double_recurrence,
    linear_integer_recurrence,
)
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
BITS = 150


def flow_and_start(network):
    numbers = (Fraction(k % 7 - 3, k % 5 + 2) for k in count(1))
    rows = [[next(numbers) for _ in range(network.input_dim)] for _ in range(2)]
    flow = trace_flow(network, rows, [Fraction(2), Fraction(-1, 3)])
    return flow, [next(numbers) for _ in range(sum(network.shapes))]


def kept(flow):
    factors = {i for s in flow.steps if not isinstance(s, Linear) for i in (s.left, s.right)}
    return sorted(factors | set(range(flow.inputs)))


@pytest.mark.parametrize("network", NETWORKS, ids=str)
@pytest.mark.parametrize("step", [(181, 10), (3, 5)])
def test_generated_coefficients_are_the_interpreted_ones_bit_for_bit(network, step):
    flow, start = flow_and_start(network)
    arithmetic = FixedPoint(BITS)
    state = [arithmetic.number(q) for q in start]
    expected = taylor_coefficients(flow, arithmetic, state, step, 12)
    assert any(column[-1] for column in expected)
    recurrence = integer_recurrence(flow, arithmetic, kept(flow))
    for _ in range(2):  # a program keeps no memory between calls
        assert recurrence(state, *step, 12, 0)[: flow.inputs] == expected
    assert state == [arithmetic.number(q) for q in start]


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_doubles_go_on_where_integers_end(network):
    """Coefficients that begin as integers and go on as doubles differ by the rounding of doubles only."""
    flow, start = flow_and_start(network)
    arithmetic = FixedPoint(BITS)
    state = [arithmetic.number(q) for q in start]
    expected = taylor_coefficients(flow, arithmetic, state, (1, 7), 20)
    limit = max(abs(column[8]) for column in expected) * 100
    columns = integer_recurrence(flow, arithmetic, kept(flow))(state, 1, 7, 20, int(limit))
    first = len(columns[0])
    assert 2 <= first <= 15
    assert all(abs(column[-1]) < limit for column in columns)
    columns = [list(map(float, column)) for column in columns]
    double_recurrence(flow, arithmetic, kept(flow))(columns, 2.0**-7, first, 20)
    for own, true in zip(columns, expected, strict=False):
        assert len(own) == 21
        assert own == pytest.approx(list(map(float, true)), rel=1e-11, abs=float(limit) * 1e-12)


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_linear_recurrences_are_right_to_the_square_of_the_change(network):
    flow, start = flow_and_start(network)
    arithmetic = FixedPoint(BITS)
    state = [arithmetic.number(q) for q in start]
    step = (1, 80)
    expected = taylor_coefficients(flow, arithmetic, state, step, 3)
    atoms = flow.run(Scalars(arithmetic), state)
    columns = [[atoms[i]] for i in kept(flow)]
    for column, true in zip(columns, expected, strict=False):
        column.append(true[1])
    doubles = [list(map(float, column)) for column in columns]
    linear_integer_recurrence(flow, arithmetic, kept(flow))(columns, *step, 3, 0)
    linear_double_recurrence(flow, arithmetic, kept(flow))(doubles, 2.0**-80, 2, 3)
    first = max(abs(column[1]) for column in expected)
    second = max(abs(column[2]) for column in expected)
    assert second > 0
    for own, rounded, true in zip(columns, doubles, expected, strict=False):
        assert len(own) == len(rounded) == 4
        # Coefficients 2 and 3 without products of changes; those are below (first / 2^bits)^2, a unit here.
        assert abs(own[2] - true[2]) <= 40
        assert abs(own[3] - true[3]) <= 40
        assert abs(rounded[2] - true[2]) <= 40 + float(second) * 1e-12
    assert first**2 < 1 << BITS
