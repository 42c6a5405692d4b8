"""The arithmetic surface: one recurrence on scaled integers, Arb balls and mpmath floats."""

from collections.abc import Sequence
from fractions import Fraction
from math import inf, log
from operator import mul
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from litproof.flow.program import Linear
from litproof.flow.trace import trace_flow
from litproof.integrate.arithmetic import LOG_2, FixedPoint, Scalars
from litproof.integrate.regression import taylor
from litproof.precision import ball_precision, mp_precision


def _horner(arithmetic: Any, coefficients: Sequence[Any], numerator: int, shift: int) -> Any:
    total = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        total = arithmetic.scaled(total, numerator, shift, 1) + c
    return total


class ArbNumbers:
    """Arb balls at the current flint precision (enter `ball_precision(bits)` around every use).

    With `enclose` False the radius is dropped after every operation: a multiprecision floating-point number.
    """

    def __init__(self, bits: int, *, enclose: bool = False) -> None:
        self.bits, self.enclose = bits, enclose

    def _round(self, x: Any) -> Any:
        return x if self.enclose else x.mid()

    def number(self, q: Fraction) -> Any:
        from flint import arb, fmpq

        return self._round(arb(fmpq(q.numerator, q.denominator)))

    def fraction(self, x: Any) -> Fraction:
        mantissa, exponent = x.mid().man_exp()
        return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)

    def log_size(self, x: Any) -> float:
        from flint import fmpz

        mantissa, exponent = x.mid().man_exp()
        return (fmpz(mantissa).bit_length() + int(exponent)) * LOG_2 if mantissa else -inf

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        total = self.number(Fraction(0))
        for coefficient, value in zip(step.coefficients, values, strict=True):
            total = total + self.number(coefficient) * value
        return self._round(total)

    def product(self, a: Sequence[Any], b: Sequence[Any]) -> Any:
        size = min(len(a), len(b))
        return self._round(sum(map(mul, a[:size], reversed(b[:size])), self.number(Fraction(0))))

    def square(self, a: Sequence[Any]) -> Any:
        return self.product(a, a)

    def scaled(self, x: Any, numerator: int, shift: int, divisor: int) -> Any:
        return self._round(x * numerator / (divisor << shift))

    def polynomials(self, columns: Sequence[Sequence[Any]], numerator: int, shift: int) -> list[Any]:
        return [_horner(self, column, numerator, shift) for column in columns]


class MpmathNumbers:
    """mpmath floats at the current precision of `mp` (enter `mp_precision(bits)` around every use)."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def number(self, q: Fraction) -> Any:
        from mpmath import mpf

        return mpf(q.numerator) / q.denominator

    def fraction(self, x: Any) -> Fraction:
        sign, mantissa, exponent, _ = x._mpf_
        return Fraction(-int(mantissa) if sign else int(mantissa)) * Fraction(2) ** int(exponent)

    def log_size(self, x: Any) -> float:
        _, mantissa, exponent, size = x._mpf_
        return (exponent + size) * LOG_2 if mantissa else -inf

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        from mpmath import fdot

        return fdot([self.number(c) for c in step.coefficients], values)

    def product(self, a: Sequence[Any], b: Sequence[Any]) -> Any:
        from mpmath import fdot

        size = min(len(a), len(b))
        return fdot(a[:size], list(reversed(b[:size])))

    def square(self, a: Sequence[Any]) -> Any:
        return self.product(a, a)

    def scaled(self, x: Any, numerator: int, shift: int, divisor: int) -> Any:
        from mpmath import ldexp

        return ldexp(x * numerator, -shift) / divisor

    def polynomials(self, columns: Sequence[Sequence[Any]], numerator: int, shift: int) -> list[Any]:
        return [_horner(self, column, numerator, shift) for column in columns]


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
        (value,) = arithmetic.polynomials([[arithmetic.number(q) for q in c]], numerator, shift)
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
