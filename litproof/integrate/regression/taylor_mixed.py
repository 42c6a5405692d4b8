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

from litproof.flow.program import Linear, Product, Program
from litproof.integrate.arithmetic import LOG_2, FixedPoint
from litproof.integrate.regression.taylor_codegen import (
    ROOM,
    Columns,
    integer_recurrence,
    steps_of,
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
    steps = steps_of(program)
    factors = {i for _, s in steps if isinstance(s, Product) for i in (s.left, s.right)}
    needed = sorted(factors | set(range(inputs)))
    gain = log(max([1.0, *(sum(map(abs, s.floats[0])) for s in program.steps if isinstance(s, Linear))]))
    made = cache(lambda generator: generator(program, arithmetic, needed))
    margin: float | None = None

    def largest(columns: Columns) -> Any:
        return max(max(map(abs, column)) for column in columns)

    def mixed(integers: Columns, m: int, e: int, order: int) -> Expansion | None:
        first, own, rounding = len(integers[0]), integers[:inputs], log(order + 1) - bits * LOG_2
        if first <= order:
            h = m * 2.0**-e
            values = made(double_recurrence)(integers, h, order)
            absolute = np.abs(values)
            sizes, moves = absolute[:order].max(axis=1), absolute[:, :inputs].max(axis=1)
            # The first number that overflows a slot comes from operands that are still right, and too large.
            if not sizes.max() < 2.0**ROOM:
                return None
            # An error of the velocity of order k is one of the next coefficient by h / (k + 1), and grows like these.
            products = (np.convolve(sizes, sizes)[first - 1 : order] / np.arange(first, order + 1)).sum()
            growth = moves[1:].max() / moves[1] if moves[1] else inf
            lost = growth * h * products * exp(gain) + moves[first:].sum()
            log_sizes = np.log(moves).tolist()
            lost = _log(lost) - _DOUBLE_BITS * LOG_2 if log_sizes[-1] < inf else inf
            return Expansion(own, values[first:, :inputs], log_sizes, max(lost, rounding))
        if arithmetic.log_size(largest(integers)) >= ROOM * LOG_2:
            return None
        log_sizes = [arithmetic.log_size(max(map(abs, row))) for row in zip(*own, strict=True)]
        return Expansion(own, None, log_sizes, rounding)

    def full(
        state: Sequence[Any], m: int, e: int, order: int, limit: int, allowed: float
    ) -> Expansion | None:
        nonlocal margin
        integers = made(integer_recurrence)(state, m, e, order, limit)
        columns = next(integers)
        series = mixed(columns, m, e, order)
        # Where doubles lose too much, one coefficient or two more in integers will do.
        while series and series.rounding > allowed:
            limit >>= 3
            columns = integers.send(limit)
            series = mixed(columns, m, e, order)
        newest = max(abs(column[-1]) for column in columns)
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
