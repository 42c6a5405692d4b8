"""Generated recurrences against the interpreted ones."""

from fractions import Fraction
from itertools import count

import pytest
from hypothesis import given, settings, strategies as st

from litproof.flow.program import Linear, Product, Program
from litproof.flow.trace import trace_flow
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression.taylor import taylor_coefficients
from litproof.integrate.regression.taylor_codegen import (
    MOST,
    integer_recurrence,
    outline,
)
from litproof.integrate.regression.taylor_codegen_doubles import double_recurrence
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected

NETWORKS = [
    Diagonal(2, 3),
    Diagonal(4, 3),
    Convolutional((3, 3)),
    FullyConnected(3, (2,)),
    FullyConnected(MOST + 1, (2,)),  # one factor in more products than share a multiplication
    Diagonal(2, 70),
]
BITS = 150


def flow_and_start(network):
    numbers = (Fraction(k % 7 - 3, k % 5 + 2) for k in count(1))
    rows = [[next(numbers) for _ in range(network.input_dim)] for _ in range(2)]
    flow = trace_flow(network, rows, [Fraction(2), Fraction(-1, 3)])
    return flow, [next(numbers) for _ in range(sum(network.shapes))]


def columns_of(begun):
    """The coefficients of the inputs, one list an input."""
    rows, newest = begun
    return [[*column, x] for column, x in zip(zip(*rows, strict=True), newest, strict=False)]


@pytest.mark.parametrize("network", NETWORKS, ids=str)
@pytest.mark.parametrize("step", [(181, 10), (3, 5)])
def test_generated_coefficients_are_the_interpreted_ones_bit_for_bit(network, step):
    flow, start = flow_and_start(network)
    arithmetic = FixedPoint(BITS)
    state = [arithmetic.number(q) for q in start]
    expected = taylor_coefficients(flow, arithmetic, state, step, 12)
    assert any(column[-1] for column in expected)
    recurrence = integer_recurrence(outline(flow), arithmetic)
    for _ in range(2):  # a program keeps no memory between calls
        assert columns_of(next(recurrence(state, *step, 12, 0))) == expected
    assert state == [arithmetic.number(q) for q in start]


@st.composite
def programs(draw):
    """Any program: velocities that are inputs or constant, atoms of no use, equal products, no products at all."""
    inputs = draw(st.integers(1, 3))
    steps = []
    for atom in range(inputs, inputs + draw(st.integers(1, 8))):
        atoms = st.integers(0, atom - 1)
        if draw(st.booleans()):
            steps.append(Product(draw(atoms), draw(atoms)))
        else:
            args = tuple(draw(st.sets(atoms, max_size=3)))
            numbers = st.builds(Fraction, st.integers(-3, 3), st.sampled_from([1, 3, 8]))
            steps.append(Linear(args, tuple(draw(numbers) for _ in args), draw(numbers)))
    last = st.integers(0, inputs + len(steps) - 1)
    return Program(inputs, tuple(steps), {"velocity": tuple(draw(last) for _ in range(inputs))})


@settings(max_examples=150, deadline=None)
@given(programs())
def test_any_program_bit_for_bit_with_pauses_and_in_doubles_to_their_rounding(program):
    arithmetic = FixedPoint(BITS)
    state = [arithmetic.number(Fraction(k + 2, 7)) for k in range(program.inputs)]
    expected = taylor_coefficients(program, arithmetic, state, (1, 20), 12)
    recurrence = integer_recurrence(outline(program), arithmetic)
    # It pauses where the newest are small, each time with a smaller limit.
    run, pauses = recurrence(state, 1, 20, 12, 1 << (BITS - 8)), []
    rows, newest = next(run)
    while len(rows) < 12:
        pauses.append((list(rows), newest))
        rows, newest = run.send(1 << max(0, BITS - 8 - 20 * len(pauses)))
    assert columns_of((rows, newest)) == expected
    for begun in pauses:
        series = double_recurrence(outline(program), arithmetic)(begun, 2.0**-20, 12)
        # Coefficients of order k are of size 2^(-20 k) or as large as they are, rounding in integers is 2^-BITS.
        sizes = [float(max(map(abs, row))) * 2.0**-BITS for row in zip(*expected, strict=True)]
        for own, true in zip(series, expected, strict=False):
            for k, (x, y) in enumerate(zip(own, true, strict=True)):
                bound = 2.0 ** (-20 * k - 30) + 2.0**-45 * sizes[k] + 2.0 ** (12 - BITS)
                assert abs(x - float(y) * 2.0**-BITS) <= bound


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_doubles_go_on_where_integers_end(network):
    """Coefficients that begin as integers and go on as doubles differ by the rounding of doubles only."""
    flow, start = flow_and_start(network)
    arithmetic = FixedPoint(BITS)
    state = [arithmetic.number(q) for q in start]
    expected = taylor_coefficients(flow, arithmetic, state, (1, 7), 20)
    limit = max(abs(column[8]) for column in expected) * 100
    begun = next(integer_recurrence(outline(flow), arithmetic)(state, 1, 7, 20, int(limit)))
    rows, newest = begun
    assert 1 <= len(rows) <= 14
    assert all(abs(x) < limit for x in (*newest, *rows[-1][flow.inputs :]))
    series = double_recurrence(outline(flow), arithmetic)(begun, 2.0**-7, 20)
    assert series.shape == (len(rows[0]), 21)
    for own, true in zip(series, expected, strict=False):
        exact = [float(x) * 2.0**-BITS for x in true]
        assert own.tolist() == pytest.approx(exact, rel=1e-11, abs=float(limit) * 2.0**-BITS * 1e-12)
