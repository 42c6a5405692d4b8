"""The Taylor recurrence of one program on fixed-point integers, with no more work than the tolerance asks for.

The last coefficients are doubles, as soon as these carry enough of them. What that loses is bounded afterwards from
the coefficients; where it is too much, one coefficient or two more are integers, in the end all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import exp, inf, log
from typing import Any

import numpy as np

from litproof.flow.program import Linear, Program
from litproof.integrate.arithmetic import LOG_2, FixedPoint
from litproof.integrate.regression.taylor_codegen import (
    ROOM,
    Begun,
    integer_recurrence,
    outline,
)
from litproof.integrate.regression.taylor_codegen_doubles import double_recurrence
from litproof.integrate.regression.taylor_step import Expansion, Recurrence

_DOUBLE_BITS = 52
_MOST_BITS = 450
"""Products of two integers of more bits than this may overflow a double."""
_SPARE = 4 * LOG_2
"""What the economy costs stays below the tolerance by this much."""


def _log(x: float) -> float:
    return log(x) if x else -inf


def economical_recurrence(program: Program, arithmetic: FixedPoint) -> Recurrence:
    """A recurrence that may add exp(tolerance) / 16 to the error of a step, and rounding in units of 2^-bits.

    It gives None where numbers are too large for generated code.

    Parameters
    ----------
    program : output "velocity", one atom an input.
    """
    bits, inputs = arithmetic.bits, program.inputs
    plan = outline(program)
    gain = log(max([1.0, *(sum(map(abs, s.floats[0])) for s in program.steps if isinstance(s, Linear))]))
    made = cache(lambda generator: generator(plan, arithmetic))
    margin: float | None = None

    def mixed(begun: Begun, m: int, e: int, order: int) -> Expansion | None:
        rows, newest = begun
        first, rounding = len(rows) + 1, log(order + 1) - bits * LOG_2
        own = [[*column, x] for column, x in zip(zip(*rows, strict=True), newest, strict=False)]
        if first <= order:
            h = m * 2.0**-e
            values = made(double_recurrence)(begun, h, order)
            absolute = np.abs(values)
            sizes, moves = np.maximum.reduce(absolute)[:order], np.maximum.reduce(absolute[:inputs])
            # The first number that overflows a slot comes from operands that are still right, and too large.
            if not np.maximum.reduce(sizes) < 2.0**ROOM:
                return None
            log_sizes, moved = np.log(moves).tolist(), moves.tolist()
            # An error of the velocity of order k is one of the next coefficient by h / (k + 1), and grows like these.
            products = np.add.reduce(np.convolve(sizes, sizes)[first - 1 : order]) / first
            growth = max(moved[1:]) / moved[1] if moved[1] else inf
            lost = growth * h * products * exp(gain) + sum(moved[first:])
            lost = _log(lost) - _DOUBLE_BITS * LOG_2 if log_sizes[-1] < inf else inf
            return Expansion(own, values[:inputs, first:].T, log_sizes, max(lost, rounding))
        if arithmetic.log_size(max(max(map(abs, row)) for row in (*rows, newest))) >= ROOM * LOG_2:
            return None
        log_sizes = [arithmetic.log_size(max(map(abs, row))) for row in zip(*own, strict=True)]
        return Expansion(own, None, log_sizes, rounding)

    def full(
        state: Sequence[Any], m: int, e: int, order: int, limit: int, allowed: float
    ) -> Expansion | None:
        nonlocal margin
        integers = made(integer_recurrence)(state, m, e, order, limit)
        begun = next(integers)
        series = mixed(begun, m, e, order)
        # Where doubles lose too much, one coefficient or two more in integers will do.
        while series and series.rounding > allowed:
            limit >>= 3
            begun = integers.send(limit)
            series = mixed(begun, m, e, order)
        rows, news = begun
        newest = max(map(abs, (*news, *rows[-1][inputs:])))
        if series and series.tail is not None and newest:
            margin = (log(newest) - series.rounding) / LOG_2 - 2.0
        return series

    def recurrence(
        state: Sequence[Any], step: tuple[int, int], order: int, tolerance: float
    ) -> Expansion | None:
        m, e = step if step[1] >= 0 else (step[0] << -step[1], 0)
        allowed = max(tolerance - _SPARE, log(order + 1) - bits * LOG_2)
        limit = 0
        if bits <= _MOST_BITS and max(m.bit_length(), e) < _MOST_BITS:
            # Where integers may end is much the same from step to step, up to the loss that is allowed.
            known = margin
            if known is None:
                size = max(0.0, *map(arithmetic.log_size, state))
                known = _DOUBLE_BITS + bits - 6 - (gain + size) / LOG_2
            limit = int(2.0 ** (allowed / LOG_2 + known))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return full(state, m, e, order, limit, allowed)

    return recurrence
