"""The arithmetic surface: one recurrence on scaled integers, Arb balls and mpmath floats."""

from fractions import Fraction
from math import log
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from litproof.flow.program import Linear
from litproof.flow.trace import trace_flow
from litproof.integrate.arithmetic import ArbNumbers, FixedPoint, MpmathNumbers, Scalars
from litproof.integrate.regression import taylor
from litproof.precision import ball_precision, mp_precision

BITS = 200
ULP = Fraction(1, 1 << (BITS - 8))
rationals = st.fractions(-50, 50, max_denominator=1000)


def on_all(work: Any) -> list[Any]:
    """Results of work(arithmetic) as exact fractions, on the three kinds of numbers."""
    with ball_precision(BITS), mp_precision(BITS):
        return [
            work(a)
            for a in (FixedPoint(BITS), ArbNumbers(BITS), ArbNumbers(BITS, enclose=True), MpmathNumbers(BITS))
        ]


@given(st.lists(rationals, min_size=2, max_size=6), st.lists(rationals, min_size=2, max_size=6))
def test_products_of_series_on_all_numbers(a: list[Fraction], b: list[Fraction]) -> None:
    size = min(len(a), len(b))
    true = sum(a[i] * b[size - 1 - i] for i in range(size))
    square = sum(a[i] * a[len(a) - 1 - i] for i in range(len(a)))

    def work(arithmetic: Any) -> tuple[Fraction, Fraction]:
        x, y = ([arithmetic.number(q) for q in row] for row in (a, b))
        return arithmetic.fraction(arithmetic.product(x, y)), arithmetic.fraction(arithmetic.square(x))

    for product, own in on_all(work):
        assert abs(product - true) <= 4000 * ULP
        assert abs(own - square) <= 4000 * ULP


@given(rationals, rationals, rationals)
def test_affine_forms_and_scaling(x: Fraction, c: Fraction, constant: Fraction) -> None:
    step = Linear((0,), (c,), constant)

    def work(arithmetic: Any) -> tuple[Fraction, Fraction]:
        value = arithmetic.number(x)
        total = Scalars(arithmetic).linear(step, [value])
        return arithmetic.fraction(total), arithmetic.fraction(arithmetic.scaled(value, 3, 2, 5))

    for total, scaled in on_all(work):
        assert abs(total - (c * x + constant)) <= 4000 * ULP
        assert abs(scaled - x * Fraction(3, 20)) <= 100 * ULP


@given(st.lists(rationals, min_size=1, max_size=9), st.integers(0, 12), st.data())
def test_polynomials_on_all_numbers(c: list[Fraction], shift: int, data: Any) -> None:
    numerator = data.draw(st.integers(0, 1 << shift))
    true = sum(q * Fraction(numerator, 1 << shift) ** k for k, q in enumerate(c))

    def work(arithmetic: Any) -> Fraction:
        value = arithmetic.polynomial([arithmetic.number(q) for q in c], numerator, shift)
        return arithmetic.fraction(value)

    for value in on_all(work):
        assert abs(value - true) <= 100 * ULP


@given(st.fractions(-1000, 1000, max_denominator=10**6).filter(bool))
def test_log_size_is_good_to_a_factor_of_two(q: Fraction) -> None:
    for size in on_all(lambda arithmetic: arithmetic.log_size(arithmetic.number(q))):
        assert abs(size - log(abs(q))) <= log(2) + 1e-9
    assert set(on_all(lambda arithmetic: arithmetic.log_size(arithmetic.number(Fraction(0))))) == {
        float("-inf")
    }


def test_one_taylor_recurrence_on_three_kinds_of_numbers(kit: SimpleNamespace) -> None:
    """The flow of a fully connected network to one time, with steps that each arithmetic chooses itself."""
    problem = kit.sample("fully-connected")
    program = trace_flow(problem.network, problem.X, problem.y)
    start = [q for layer in problem.v0 for q in layer]

    def work(arithmetic: Any) -> list[Fraction]:
        *_, last = taylor.integrate(program, arithmetic, start, 40.0, end=Fraction(1, 4))
        return [arithmetic.fraction(x) for x in last.state]

    with ball_precision(BITS), mp_precision(BITS):
        results = [work(a) for a in (FixedPoint(BITS), ArbNumbers(BITS), MpmathNumbers(BITS))]
    for other in results[1:]:
        assert max(abs(a - b) for a, b in zip(results[0], other, strict=True)) < Fraction(1, 10**38)
    assert max(abs(a - b) for a, b in zip(results[0], start, strict=True)) > Fraction(1, 100)


def test_taylor_coefficients_in_balls_contain_the_exact_ones(kit: SimpleNamespace) -> None:
    """v' = y - v from v(0) = a: coefficient k of v(t + h x) is (a - y) (-h)^k / k!."""
    from flint import fmpq

    problem = kit.line(1, "7/3", ["1/3"])
    program = trace_flow(problem.network, problem.X, problem.y)
    with ball_precision(BITS):
        arithmetic = ArbNumbers(BITS, enclose=True)
        (series,) = taylor.taylor_coefficients(
            program, arithmetic, [arithmetic.number(Fraction(1, 3))], (3, 2), 12
        )
        exact = Fraction(1, 3) - Fraction(7, 3)
        for k in range(1, 13):
            exact *= Fraction(-3, 4) / k
            assert series[k].is_finite()
            assert series[k].contains(fmpq(exact.numerator, exact.denominator))
            assert series[k].rad() < 1e-50


def test_end_that_is_not_dyadic_is_refused(kit: SimpleNamespace, method: str) -> None:
    problem = kit.line(1, 1, [0])
    program = trace_flow(problem.network, problem.X, problem.y)
    with pytest.raises(ValueError, match="dyadic"):
        next(kit.integrators[method](program, FixedPoint(BITS), [Fraction(0)], 30.0, end=Fraction(1, 3)))
