"""High-order Taylor integration of a polynomial flow v' = velocity(v), autonomous, at any precision.

The recurrences are those of automatic Taylor series (Moore, Interval Analysis, 1966, ch. 11; Jorba & Zou,
Experimental Mathematics 14, 2005, arXiv math/0406101 for order and step). Coefficients are those of v(t + h
x) in x, so that they fall by about e^2 each order and need fewer and fewer bits. Time is an exact dyadic
rational. A flow whose velocity is affine is followed by its matrix exponential instead, which is its whole series.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, exp, frexp, inf, log
from typing import Any

from litproof.flow.program import Linear, Program
from litproof.integrate import permission
from litproof.integrate.arithmetic import LOG_2, FixedPoint
from litproof.integrate.budget import operations_of, series_cost, spend_allowance
from litproof.integrate.regression.affine import Solution, affine_solution
from litproof.integrate.regression.squares import recurrence_in_squares, squared
from litproof.integrate.regression.taylor_mixed import economical_recurrence
from litproof.integrate.regression.taylor_step import Expansion, Recurrence

_LN10 = log(10.0)
_LIGHT = 16
"""Orders beyond those with terms that fall by e^2: the last are doubles, and every step has costs of its own. Once the
flow is slow, beyond those with terms that fall by e, and fewer where integers have many bits."""
_LEAST_GAIN = 8
"""Unless one product in so many goes, squares cost more than they save."""
_FEW_BITS = 100
"""Up to here nearly all coefficients are doubles, where a product more or less costs nothing."""
_TRUNCATION = log(1 / 4)
"""Share of the tolerance: a sixteenth of it is for `economical_recurrence`, and steps go as far as they may."""


@dataclass(frozen=True)
class Piece:
    """One step of an integrator.

    Attributes
    ----------
    start, end : exact times.
    state : parameters at `end`, working numbers of the integrator's arithmetic.
    log_error : natural logarithm of the estimated local error, truncation and rounding, max norm.
    at : dense output, exact time in [start, end] -> parameters, working numbers.
    size : order (Taylor) or number of nodes (collocation).
    growth : integral of the largest eigenvalue of the flow's Jacobian (where positive), None if not known.
    """

    start: Fraction
    end: Fraction
    state: tuple[Any, ...]
    log_error: float
    at: Callable[[Fraction], tuple[Any, ...]]
    size: int
    growth: float | None = None


def dyadic(x: float, mantissa_bits: int = 8) -> tuple[int, int]:
    """(m, e) with m / 2^e just below x > 0 and m below 2^mantissa_bits; e may be negative."""
    fraction, exponent = frexp(x)
    return int(fraction * (1 << mantissa_bits)), mantissa_bits - exponent


def taylor_coefficients(
    program: Program, arithmetic: FixedPoint, state: Sequence[Any], step: tuple[int, int], order: int
) -> list[list[Any]]:
    """Coefficients 0..order of v(t + h x) in x, h = m / 2^e for step (m, e); one list a parameter."""
    numerator, shift = step
    if shift < 0:
        numerator, shift = numerator << -shift, 0
    series: list[list[Any]] = [[value] for value in state] + [[] for _ in program.steps]
    velocity = [series[i] for i in program.outputs["velocity"]]
    linear, product, square, scaled = (
        arithmetic.linear,
        arithmetic.product,
        arithmetic.square,
        arithmetic.scaled,
    )
    plan: list[tuple[Any, list[Any], Any]] = []
    for k, operation in enumerate(program.steps):
        target = series[program.inputs + k]
        if isinstance(operation, Linear):
            plan.append((operation, target, [series[i] for i in operation.args]))
        elif operation.left == operation.right:
            plan.append((None, target, (series[operation.left],)))
        else:
            plan.append((None, target, (series[operation.left], series[operation.right])))
    inputs = series[: program.inputs]
    for k in range(order):
        for operation, target, args in plan:
            if operation is not None:
                value = linear(operation, [a[k] for a in args])
                if k == 0 and operation.constant:
                    value = value + arithmetic.number(operation.constant)
            elif len(args) == 1:
                value = square(args[0])
            else:
                value = product(args[0], args[1])
            target.append(value)
        for own, speed in zip(inputs, velocity, strict=True):
            own.append(scaled(speed[k], numerator, shift, k + 1))
    return inputs


def plain_recurrence(program: Program, arithmetic: FixedPoint) -> Recurrence:
    """The recurrence of `taylor_coefficients`."""

    def recurrence(state: Sequence[Any], step: tuple[int, int], order: int, _: float) -> Expansion:
        head = taylor_coefficients(program, arithmetic, state, step, order)
        log_sizes = [max(map(arithmetic.log_size, row)) for row in zip(*head, strict=True)]
        return Expansion(head, None, log_sizes, log(order) - arithmetic.bits * LOG_2)

    return recurrence


def coefficients_by_code(
    program: Program, arithmetic: FixedPoint
) -> Callable[[Sequence[Any], tuple[int, int], int], list[list[Any]]]:
    """As `taylor_coefficients`, of a state, a step and an order, by generated code and with errors of the same size.

    The last coefficients come from doubles where these lose no more than rounding does.
    """
    economical = economical_recurrence(program, arithmetic)

    def coefficients(state: Sequence[Any], step: tuple[int, int], order: int) -> list[list[Any]]:
        series = economical(state, step, order, -inf)
        if series is None:
            return taylor_coefficients(program, arithmetic, state, step, order)
        return series.columns(arithmetic)

    return coefficients


def fastest_recurrence(
    program: Program, arithmetic: FixedPoint
) -> Callable[[Sequence[Any], tuple[int, int], int, float], Expansion]:
    """The recurrence with the least work that the state allows; it never gives None."""
    ways: list[Callable[[], Recurrence]] = [lambda: plain_recurrence(program, arithmetic)]
    if isinstance(arithmetic, FixedPoint):
        short, pairs = squared(program) if arithmetic.bits > _FEW_BITS else (program, [])
        ways.insert(0, lambda: economical_recurrence(program, arithmetic))
        if len(pairs) * _LEAST_GAIN >= max(1, short.products + len(pairs)):
            ways.insert(
                0,
                lambda: recurrence_in_squares(program, (short, pairs), arithmetic, economical_recurrence),
            )
    made = cache(lambda way: way())

    def recurrence(state: Sequence[Any], step: tuple[int, int], order: int, tolerance: float) -> Expansion:
        for way in ways:
            series: Expansion | None = made(way)(state, step, order, tolerance)
            if series is not None:
                return series
        raise AssertionError("the plain recurrence never fails")

    return recurrence


def integrate(
    program: Program,
    arithmetic: FixedPoint,
    start: list[Fraction],
    digits: float,
    *,
    end: Fraction | None = None,
) -> Iterator[Piece]:
    """Steps of the flow from time 0 to `end` (None: for ever), local error about 10^-digits.

    Parameters
    ----------
    program : outputs "velocity", one atom an input.
    arithmetic : its bits must exceed digits * log2(10) by the bits that rounding may eat (32 are enough).
    start : exact initial parameters.
    end : a dyadic rational.
    digits : decimal digits after the point to which the state is meant.
    """
    permission.ask("Taylor integrator")
    if end is not None and end.denominator & (end.denominator - 1):
        raise ValueError(f"end time must be a dyadic rational, got {end}")
    closed = affine_solution(program, arithmetic, start)
    if closed is not None:
        yield from _closed_pieces(*closed, end)
        return
    tolerance = -digits * _LN10
    top = ceil(digits * _LN10 / 2) + _LIGHT
    late = _LIGHT * _FEW_BITS // max(_FEW_BITS, arithmetic.bits)
    state: Sequence[Any] = [arithmetic.number(q) for q in start]
    time, h, last, order = Fraction(0), 0.0, 0.0, top
    recurrence, operations = fastest_recurrence(program, arithmetic), operations_of(program)
    while end is None or time < end:
        if not h:
            h = _first_step(program, arithmetic, state)
        if h == inf:
            raise StationaryPoint(time)
        numerator, shift = dyadic(h)
        if end is not None and float(remaining := end - time) <= h:
            numerator, shift = remaining.numerator, remaining.denominator.bit_length() - 1
        width = Fraction(numerator, 1 << shift) if shift >= 0 else Fraction(numerator << -shift)
        spend_allowance(series_cost(operations, order))
        series = recurrence(state, (numerator, shift), order, tolerance)
        reach = _reach(series.log_sizes, tolerance + _TRUNCATION)
        if reach < 0.05:
            h = float(width) * reach * 0.9
            continue
        # Beyond x = 1 the rounding of the last coefficients would grow like x^order.
        part = min(int(reach * 64), 64)
        where = Fraction(part, 64)
        state = series.at(arithmetic, part, 6)
        piece_start, time = time, time + width * where
        first, variation = series.log_sizes[1], max(series.log_sizes[1:])
        # An error made early in the recurrence grows like the coefficients themselves.
        growth = 0.0 if first == -inf else variation - first
        rounding = series.rounding + growth + max(0.0, log(width))
        truncation = tolerance + order * min(log(float(where) / reach), 0.0)
        error = max(truncation, rounding) + LOG_2
        yield Piece(piece_start, time, state, error, _dense(arithmetic, series, piece_start, width), order)
        order = top if variation == -inf else min(top, max(8, ceil(variation - tolerance) + late))
        radius = float(width) * min(reach, 3.0)
        # What may grow goes on growing: a step too short is lost, one too long is only cut back.
        h = radius * (min(max(1.0, radius / last), 1.5) if last else 1.25)
        last = radius


def _closed_pieces(solution: Solution, rate: float, size: int, end: Fraction | None) -> Iterator[Piece]:
    """Pieces of a solution in closed form: one to the end, or each as long as the time before it."""
    time, width = Fraction(0), end
    if width is None:
        numerator, shift = dyadic(1 / rate if rate else 1.0)
        width = Fraction(numerator) / Fraction(2) ** shift
    while end is None or time < end:
        _, speed, _ = solution(time)
        if not any(speed):
            raise StationaryPoint(time)
        spend_allowance(size**3 * 30)
        state, _, error = solution(time + width)
        yield Piece(time, time + width, state, error, lambda t: solution(t)[0], size)
        time += width
        width = time


class StationaryPoint(Exception):
    """The velocity is exactly zero in the working numbers; `args[0]` is the time."""


def _dense(
    arithmetic: FixedPoint, series: Expansion, start: Fraction, width: Fraction
) -> Callable[[Fraction], tuple[Any, ...]]:
    def at(time: Fraction) -> tuple[Any, ...]:
        numerator = int((time - start) / width * (1 << arithmetic.bits))
        return series.at(arithmetic, numerator, arithmetic.bits)

    return at


def _reach(log_sizes: Sequence[float], tolerance: float) -> float:
    """Largest x for which the last two terms c_k x^k stay below the tolerance."""
    order = len(log_sizes) - 1
    return exp(min(3.0, *((tolerance - log_sizes[k]) / k for k in (order, order - 1))))


def _first_step(program: Program, arithmetic: FixedPoint, state: Sequence[Any]) -> float:
    """A first step from the ratios of state, velocity and acceleration; inf where the velocity vanishes."""
    series = taylor_coefficients(program, arithmetic, state, (1, 0), 2)
    size, speed, bend = (max(arithmetic.log_size(c[k]) for c in series) for k in range(3))
    if speed == -inf:
        return inf
    step = min(size - speed if size > -inf else 0.0, speed - bend)
    return exp(max(min(step, 600.0), -600.0)) / 4
