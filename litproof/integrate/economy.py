"""The Taylor recurrence of one program on fixed-point integers, with no more work than the tolerance asks for.

Three ways, cheapest first. *Nearly linear*: where the state hardly moves, products of two changes are far below
the tolerance and are left out. *Mixed*: all products; the last coefficients in doubles, as soon as these carry
enough of them. *Integers*: all products and all coefficients in integers. What the first two lose is bounded
afterwards from the coefficients they found; where that is too much, the next way is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import inf, isfinite, log
from operator import mul
from typing import Any

from litproof.flow.program import Linear, Program
from litproof.integrate.arithmetic import LOG_2, FixedPoint, Scalars
from litproof.integrate.expansion import Expansion, Recurrence
from litproof.integrate.straight import (
    ROOM,
    Columns,
    Doubles,
    double_recurrence,
    integer_recurrence,
    linear_double_recurrence,
    linear_integer_recurrence,
)

_DOUBLE_BITS = 52
_MOST_BITS = 450
"""Products of two integers of more bits than this may overflow a double."""
_SPARE = 4 * LOG_2
"""What the economy costs stays below the tolerance by this much."""


def economical_recurrence(
    program: Program, arithmetic: FixedPoint, tolerance: float, plain: Recurrence
) -> Recurrence:
    """A recurrence that may add exp(tolerance) / 16 to the error of a step, and rounding in units of 2^-bits.

    Parameters
    ----------
    program : output "velocity", one atom an input.
    tolerance : natural logarithm of the local error that the caller aims at.
    plain : does the work where numbers are too large for generated code.
    """
    bits, inputs = arithmetic.bits, program.inputs
    factors = {i for s in program.steps if not isinstance(s, Linear) for i in (s.left, s.right)}
    needed = sorted(factors | set(range(inputs)))
    gain = log(max([1.0, *(sum(map(abs, s.floats[0])) for s in program.steps if isinstance(s, Linear))]))
    made = cache(lambda generator: generator(program, arithmetic, needed))

    def log_of(x: Any) -> float:
        """Natural logarithm of an integer or a double in units of 2^-bits."""
        if isinstance(x, float):
            return log(x) - bits * LOG_2 if x else -inf
        return arithmetic.log_size(x)

    def completed(columns: Columns, order: int, h: float, doubles: Doubles) -> tuple[Columns, list[Any]]:
        """Columns up to the order, in doubles if they were not complete, and their sizes order by order."""
        first = len(columns[0])
        if first <= order:
            columns = [list(map(float, column)) for column in columns]
            doubles(columns, h, first, order)
        return columns, [max(map(abs, row)) for row in zip(*columns, strict=False)]

    def expansion(integers: Columns, columns: Columns, lost: float) -> Expansion:
        first, own = len(integers[0]), columns[:inputs]
        log_sizes = [log_of(max(map(abs, row))) for row in zip(*own, strict=True)]
        tail = [column[first:] for column in own] if len(own[0]) > first else []
        if not all(isfinite(column[-1]) for column in tail):
            lost = inf
        rounding = log(len(own[0])) - bits * LOG_2
        return Expansion(integers[:inputs], tail, log_sizes, max(lost, rounding))

    def nearly_linear(state: Sequence[Any], m: int, e: int, order: int, limit: int) -> Expansion:
        atoms = program.run(Scalars(arithmetic), state)
        integers = [[atoms[i]] for i in needed]
        for column, speed in zip(integers, program.outputs["velocity"], strict=False):
            column.append(arithmetic.scaled(atoms[speed], m, e, 1))
        made(linear_integer_recurrence)(integers, m, e, order, limit)
        first = len(integers[0])
        columns, sizes = completed(integers, order, m * 2.0**-e, made(linear_double_recurrence))
        lost = gain + 2.0 * log_of(sum(sizes[1:]))
        if first <= order:
            rounded = log_of(sum(sizes[first - 1 :])) - _DOUBLE_BITS * LOG_2
            lost = max(lost, gain + rounded + max(0.0, LOG_2 + log_of(sizes[0])))
        return expansion(integers, columns, lost)

    def full(state: Sequence[Any], m: int, e: int, order: int, limit: int) -> Expansion | None:
        integers = made(integer_recurrence)(state, m, e, order, limit)
        first, lost = len(integers[0]), -inf
        columns, sizes = completed(integers, order, m * 2.0**-e, made(double_recurrence))
        # The first number that overflows a slot comes from operands that are still right, and too large.
        if log_of(max(sizes)) >= ROOM * LOG_2:
            return None
        if first <= order:
            products = sum(sum(map(mul, sizes[:k], reversed(sizes[:k]))) for k in range(first, order + 1))
            rounded = max(log_of(products) - bits * LOG_2, log_of(sum(sizes[first - 1 :])))
            lost = gain + rounded - _DOUBLE_BITS * LOG_2
        return expansion(integers, columns, lost)

    def recurrence(state: Sequence[Any], step: tuple[int, int], order: int, variation: float) -> Expansion:
        m, e = step if step[1] >= 0 else (step[0] << -step[1], 0)
        # An error of the velocity counts as often as the step is long.
        allowed = tolerance - _SPARE - max(0.0, (m.bit_length() - e) * LOG_2)
        allowed = max(allowed, log(order + 1) - bits * LOG_2)
        limit = 0
        if bits <= _MOST_BITS and max(m.bit_length(), e) < _MOST_BITS:
            size = max(0.0, *map(arithmetic.log_size, state))
            guess = (allowed - gain - size) / LOG_2 - 6 + _DOUBLE_BITS + bits
            limit = int(2.0**guess)
        if variation < (allowed - gain) / 2 - 3 * LOG_2:
            found: Expansion | None = nearly_linear(state, m, e, order, limit)
            if found and found.rounding <= allowed:
                return found
        # The guess is good to a few bits: what fails may do with one more coefficient or two in integers.
        for strict in (limit, limit >> 4) if limit else ():
            found = full(state, m, e, order, strict)
            if found and found.rounding <= allowed:
                return found
        return full(state, m, e, order, 0) or plain(state, step, order, variation)

    return recurrence
