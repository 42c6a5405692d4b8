"""Both integrators against flows with exact solutions, against each other, and along conserved quantities."""

from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace

import pytest
from mpmath import exp, log, mpf, quad, sqrt

from litproof.flow.program import Program, split
from litproof.flow.trace import trace_flow
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression.follow import trajectory
from litproof.integrate.regression.taylor import Piece
from litproof.precision import digits_to_bits, mp_precision
from litproof.problem import Problem

KINDS = ("diagonal", "convolutional", "fully-connected", "tensor")
END = Fraction(3, 2)


def program_of(problem: Problem) -> tuple[Program, list[Fraction]]:
    return trace_flow(problem.network, problem.X, problem.y), [q for layer in problem.v0 for q in layer]


def pieces(kit: SimpleNamespace, method: str, problem: Problem, digits: int, end: Fraction) -> list[Piece]:
    program, start = program_of(problem)
    arithmetic = FixedPoint(digits_to_bits(digits) + 40)
    return list(kit.integrators[method](program, arithmetic, start, float(digits), end=end))


def state_at(
    kit: SimpleNamespace, method: str, problem: Problem, digits: int, end: Fraction
) -> list[Fraction]:
    arithmetic = FixedPoint(digits_to_bits(digits) + 40)
    return [arithmetic.fraction(x) for x in pieces(kit, method, problem, digits, end)[-1].state]


def gap(a: list[Fraction], b: list[Fraction]) -> Fraction:
    return max(abs(x - y) for x, y in zip(a, b, strict=True))


def number(q: Fraction) -> mpf:
    return mpf(q.numerator) / q.denominator


@pytest.mark.parametrize("digits", [15, 50, 120])
def test_linear_model_is_an_exponential(kit: SimpleNamespace, method: str, digits: int) -> None:
    problem = kit.line(1, "7/3", [Fraction(-1, 2)])
    (value,) = state_at(kit, method, problem, digits, END)
    with mp_precision(digits_to_bits(digits + 20)):
        true = mpf(7) / 3 + (mpf(-1) / 2 - mpf(7) / 3) * exp(-number(END))
        assert abs(number(value) - true) < mpf(10) ** (2 - digits)


@pytest.mark.parametrize("digits", [15, 50, 120])
def test_balanced_depth_two_is_logistic(kit: SimpleNamespace, method: str, digits: int) -> None:
    a, y = Fraction(1, 50), Fraction(2)
    u, v = state_at(kit, method, kit.line(2, y, [a, a]), digits, END)
    with mp_precision(digits_to_bits(digits + 20)):
        true = number(y) / (1 + (number(y / a**2) - 1) * exp(-2 * number(y * END)))
        assert abs(number(u * v) - true) < mpf(10) ** (3 - digits)


def test_depth_two_from_a_zero_layer_satisfies_its_time_integral(kit: SimpleNamespace, method: str) -> None:
    a, y, digits = Fraction(4, 5), Fraction(-3, 2), 40
    u, v = state_at(kit, method, kit.line(2, y, [a, 0]), digits, END)
    with mp_precision(digits_to_bits(digits + 20)):
        time = quad(lambda b: 1 / ((number(y) - b) * sqrt(number(a) ** 4 + 4 * b * b)), [0, number(u * v)])
        assert abs(time - number(END)) < mpf(10) ** (3 - digits)


def test_one_data_point_two_layers_share_one_clock(kit: SimpleNamespace, method: str) -> None:
    """At every time eta_1 +- eta_2 = exp(+-nu s_j) times their start, with one nu(t) for all j."""
    from litproof.networks.diagonal import Diagonal

    x = (Fraction(1), Fraction(-1, 2), Fraction(3, 4))
    v = ((Fraction(1), Fraction(2), Fraction(-1, 2)), (Fraction(1, 4), Fraction(1), Fraction(1, 3)))
    problem = kit.regression(Diagonal(2, 3), [x], [Fraction(3, 2)], v)
    digits = 40
    ends = split(state_at(kit, method, problem, digits, END), (3, 3))
    with mp_precision(digits_to_bits(digits + 20)):
        clocks = [
            sign * log(number((ends[0][j] + sign * ends[1][j]) / (v[0][j] + sign * v[1][j]))) / number(x[j])
            for j in range(3)
            for sign in (1, -1)
        ]
        assert abs(clocks[0]) > 0.1
        assert max(clocks) - min(clocks) < mpf(10) ** (3 - digits)


@pytest.mark.parametrize("kind", KINDS)
def test_methods_agree_to_the_digits_asked(kit: SimpleNamespace, kind: str) -> None:
    problem = kit.sample(kind)
    for digits in (20, 45):
        one, other = (state_at(kit, m, problem, digits, END) for m in ("taylor", "collocation"))
        assert gap(one, other) < Fraction(1, 10 ** (digits - 2))


@pytest.mark.parametrize("kind", KINDS)
def test_error_falls_with_the_digits_and_stays_below_the_local_estimates(
    kit: SimpleNamespace, method: str, kind: str
) -> None:
    problem = kit.sample(kind)
    true = state_at(kit, method, problem, 60, END)
    for digits in (15, 40):
        error = gap(state_at(kit, method, problem, digits, END), true)
        assert error < Fraction(1, 10 ** (digits - 2))


@pytest.mark.parametrize("kind", KINDS)
def test_dense_output_is_the_flow_that_ends_there(kit: SimpleNamespace, method: str, kind: str) -> None:
    problem, digits = kit.sample(kind), 30
    arithmetic = FixedPoint(digits_to_bits(digits) + 40)
    path = pieces(kit, method, problem, digits, END)
    assert path[0].start == 0
    assert path[-1].end == END
    assert all(a.end == b.start for a, b in pairwise(path))
    for piece in (path[0], path[len(path) // 2], path[-1]):
        inside = piece.start + (piece.end - piece.start) * Fraction(5, 8)
        dense = [arithmetic.fraction(x) for x in piece.at(inside)]
        assert gap(dense, state_at(kit, method, problem, digits + 10, inside)) < Fraction(
            1, 10 ** (digits - 3)
        )
        at_end = [arithmetic.fraction(x) for x in piece.at(piece.end)]
        assert gap(at_end, [arithmetic.fraction(x) for x in piece.state]) < Fraction(1, 10 ** (digits + 2))


def test_trajectory_keeps_order_and_reaches_time_zero(kit: SimpleNamespace, method: str) -> None:
    problem = kit.sample("convolutional")
    times = (Fraction(1, 3), Fraction(0), Fraction(2), Fraction(1, 3))
    path = trajectory(problem, times, 25, method=method)
    assert tuple(t for t, _ in path) == times
    assert path[1][1] == problem.v0
    assert path[0] == path[3]
    flat = [q for layer in path[2][1] for q in layer]
    assert gap(flat, state_at(kit, method, problem, 40, Fraction(2))) < Fraction(1, 10**23)


def test_layer_norms_and_balancedness_stay_to_fifty_digits(kit: SimpleNamespace, method: str) -> None:
    """C1, C2 and C3 along the path."""
    digits, allowed = 50, Fraction(1, 10**47)
    times = (Fraction(0), Fraction(1, 4), Fraction(1))

    def norms(layers: tuple[tuple[Fraction, ...], ...]) -> list[Fraction]:
        squares = [sum(q * q for q in layer) for layer in layers]
        return [s - squares[-1] for s in squares]

    for kind in KINDS:
        path = trajectory(kit.sample(kind), times, digits, method=method)
        assert all(gap(norms(layers), norms(path[0][1])) < allowed for _, layers in path)
        assert gap([*path[0][1][0]], [*path[-1][1][0]]) > Fraction(1, 100)
    path = trajectory(kit.sample("diagonal"), times, digits, method=method)
    squares = [[a * a - b * b for a, b in zip(v[0], v[2], strict=True)] for _, v in path]
    assert all(gap(s, squares[0]) < allowed for s in squares)

    def balance(layers: tuple[tuple[Fraction, ...], ...]) -> list[Fraction]:
        first, second = layers[0], layers[1]
        return [
            sum(first[2 * k + i] * first[2 * k + j] for k in range(3))
            - sum(second[2 * i + k] * second[2 * j + k] for k in range(2))
            for i in range(2)
            for j in range(2)
        ]

    path = trajectory(kit.sample("fully-connected"), times, digits, method=method)
    assert all(gap(balance(layers), balance(path[0][1])) < allowed for _, layers in path)
