"""Flows of a single layer in closed form, against series of more digits and an exponential in sympy."""

from fractions import Fraction
from itertools import count

import pytest
import sympy as sp

from litproof.errors import Inconclusive
from litproof.flow.program import Linear, Operators, Product, Program
from litproof.flow.trace import trace_flow
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression.affine import affine_solution
from litproof.integrate.regression.taylor import StationaryPoint, integrate, taylor_coefficients
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected

Q = Fraction
BITS = 160


def program(rows, constants):
    """v' = A v + b as straight-line code."""
    inputs = len(rows)
    steps = [Linear(tuple(range(inputs)), tuple(row), c) for row, c in zip(rows, constants, strict=True)]
    return Program(inputs, tuple(steps), {"velocity": tuple(range(inputs, 2 * inputs))})


PROGRAMS = {
    "friction": program([[Q(0), Q(1)], [Q(-2), Q(-1, 3)]], [Q(0), Q(1, 2)]),
    "growth": program([[Q(1), Q(1)], [Q(0), Q(1)]], [Q(0), Q(0)]),
    "constant": program([[Q(0), Q(0)], [Q(0), Q(0)]], [Q(3), Q(-1, 7)]),
    "velocities that are inputs": Program(2, (Linear((0,), (Q(-1),), Q(0)),), {"velocity": (1, 2)}),
    "forms of forms": Program(
        2,
        (
            Linear((0, 1), (Q(1), Q(2)), Q(1)),
            Linear((2, 0), (Q(-1), Q(1, 3)), Q(0)),
            Linear((3, 2), (Q(1, 5), Q(-1)), Q(2)),
        ),
        {"velocity": (3, 4)},
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("time", [Q(1, 7), Q(5, 2)])
def test_any_affine_flow_is_its_series(name, time):
    flow, start = PROGRAMS[name], [Q(1, 3), Q(-2)]
    arithmetic, fine = FixedPoint(BITS), FixedPoint(2 * BITS)
    solution, _, _ = affine_solution(flow, arithmetic, start)
    state, velocity, _ = solution(time)
    series = taylor_coefficients(flow, fine, [fine.number(q) for q in start], (1, 0), 100)
    true = [sum(fine.fraction(c) * time**k for k, c in enumerate(column)) for column in series]
    speed = flow.evaluate(Operators(), true, "velocity")
    for own, exact in ((state, true), (velocity, speed)):
        for x, y in zip(own, exact, strict=True):
            assert abs(arithmetic.fraction(x) - y) <= Q(2, 1 << BITS)


def layer(network, points):
    numbers = (Q((k * 37) % 19 - 9 or 5, 8) for k in count(1))
    rows = [[next(numbers) for _ in range(network.input_dim)] for _ in range(points)]
    flow = trace_flow(network, rows, [next(numbers) for _ in range(points)])
    return flow, [next(numbers) for _ in range(sum(network.shapes))]


@pytest.mark.parametrize("network", [Diagonal(1, 4), FullyConnected(3, ())], ids=str)
@pytest.mark.parametrize("points", [1, 2, 5])
def test_pieces_of_a_layer_join_and_end_where_asked(network, points):
    """More points than inputs as well, and one piece or many: the state is the same to the last bits."""
    flow, start = layer(network, points)
    arithmetic = FixedPoint(BITS)
    (whole,) = integrate(flow, arithmetic, start, 30, end=Q(7, 4))
    time = Q(0)
    for piece in integrate(flow, arithmetic, start, 30):
        assert piece.start == time < piece.end
        time = piece.end
        if piece.end >= whole.end:
            assert max(abs(a - b) for a, b in zip(piece.at(whole.end), whole.state, strict=True)) <= 1
            break
    assert whole.at(Q(0)) == tuple(arithmetic.number(q) for q in start)
    variables = sp.symbols(f"v:{flow.inputs}")
    velocity = flow.evaluate(
        Operators(lambda q: sp.Rational(q.numerator, q.denominator)), variables, "velocity"
    )
    matrix, constant = sp.linear_eq_to_matrix(velocity, variables)
    extended = matrix.row_join(-constant).col_join(sp.zeros(1, flow.inputs + 1)) * sp.Rational(7, 4)
    column = sp.Matrix([*map(sp.Rational, start), 1])
    true, term = column, column
    for k in range(1, 200):
        term = (extended * term / k).applyfunc(lambda x: sp.Rational(int(x * 2**400), 2**400))
        true = true + term
    for x, y in zip(whole.state, true, strict=False):
        assert abs(arithmetic.fraction(x) - Q(int(y.p), int(y.q))) <= Q(2, 1 << BITS)


def test_pieces_without_an_end_stop_where_nothing_moves():
    flow, start = layer(Diagonal(1, 4), 2)
    arithmetic = FixedPoint(BITS)
    pieces, rest = [], None
    try:
        for piece in integrate(flow, arithmetic, start, 30):
            pieces.append(piece)  # noqa: PERF402 (a list of all would lose them)
    except StationaryPoint as reached:
        rest = reached.args[0]
    assert 4 < len(pieces) < 30
    assert rest == pieces[-1].end
    speeds = flow.evaluate(Operators(), [arithmetic.fraction(x) for x in pieces[-1].state], "velocity")
    assert max(map(abs, speeds)) < Q(64, 1 << BITS)


def test_products_and_large_matrices_go_by_steps():
    arithmetic, start = FixedPoint(BITS), [Q(1), Q(2)]
    moving = Program(2, (Product(0, 1),), {"velocity": (2, 0)})
    assert affine_solution(moving, arithmetic, start) is None
    # a product that no velocity needs is no reason
    idle = Program(2, (Product(0, 1), Linear((0,), (Q(-1),), Q(0))), {"velocity": (3, 3), "beta": (2,)})
    assert affine_solution(idle, arithmetic, start) is not None
    for size in (5, 30):
        cycle = [[Q(int(j == (i + 1) % size)) for j in range(size)] for i in range(size)]
        assert (affine_solution(program(cycle, [Q(0)] * size), arithmetic, [Q(1)] * size) is None) == (
            size > 5
        )


def test_growth_without_bounds_ends_with_a_reason():
    arithmetic = FixedPoint(BITS)
    with pytest.raises(Inconclusive, match="grows beyond"):
        for _ in integrate(PROGRAMS["growth"], arithmetic, [Q(1, 3), Q(-2)], 30):
            pass
