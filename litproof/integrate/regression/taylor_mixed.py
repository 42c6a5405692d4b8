"""The Taylor recurrence of one program on fixed-point integers, with no more work than the tolerance asks for.

The last coefficients are doubles, as soon as these carry enough of them. What that loses is bounded afterwards from
the coefficients; where it is too much, one coefficient or two more are integers, in the end all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import inf, log
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
from litproof.integrate.regression.taylor_codegen_doubles import Rows, double_recurrence
from litproof.integrate.regression.taylor_step import Expansion, Recurrence

_DOUBLE_BITS = 52
_MOST_BITS = 450
"""Products of two integers of more bits than this may overflow a double."""
_SPARE = 4 * LOG_2
"""What the economy costs stays below the tolerance by this much."""


def _log(x: float) -> float:
    return log(x) if x else -inf


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
    steps = steps_of(program)
    factors = {i for _, s in steps if isinstance(s, Product) for i in (s.left, s.right)}
    needed = sorted(factors | set(range(inputs)))
    gain = log(max([1.0, *(sum(map(abs, s.floats[0])) for s in program.steps if isinstance(s, Linear))]))
    made = cache(lambda generator: generator(program, arithmetic, needed))
    margin: float | None = None

    def largest(columns: Columns) -> Any:
        return max(max(map(abs, column)) for column in columns)

    def expansion(integers: Columns, values: Rows | None, lost: float) -> Expansion:
        own, tail = integers[:inputs], None
        if values is None:
            log_sizes = [arithmetic.log_size(max(map(abs, row))) for row in zip(*own, strict=True)]
        else:
            tail = values[len(own[0]) :, :inputs]
            log_sizes = [_log(x) for x in np.abs(values[:, :inputs]).max(axis=1).tolist()]
            lost = lost if log_sizes[-1] < inf else inf
        rounding = log(len(log_sizes)) - bits * LOG_2
        return Expansion(own, tail, log_sizes, max(lost, rounding))

    def mixed(integers: Columns, m: int, e: int, order: int) -> Expansion | None:
        first, values, lost = len(integers[0]), None, -inf
        if first <= order:
            values = made(double_recurrence)(integers, m * 2.0**-e, order)
            sizes = np.abs(values[:order]).max(axis=1)
            size = _log(sizes.max())
            products = np.convolve(sizes, sizes)[first - 1 : order].sum()
            lost = gain + _log(max(products, sizes[first - 1 :].sum())) - _DOUBLE_BITS * LOG_2
        else:
            size = arithmetic.log_size(largest(integers))
        # The first number that overflows a slot comes from operands that are still right, and too large.
        return None if size >= ROOM * LOG_2 else expansion(integers, values, lost)

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
            margin = (log(newest) - series.rounding) / LOG_2 - 1.0
        return series

    def recurrence(state: Sequence[Any], step: tuple[int, int], order: int) -> Expansion:
        m, e = step if step[1] >= 0 else (step[0] << -step[1], 0)
        # An error of the velocity counts as often as the step is long.
        allowed = tolerance - _SPARE - max(0.0, (m.bit_length() - e) * LOG_2)
        allowed = max(allowed, log(order + 1) - bits * LOG_2)
        limit = 0
        if bits <= _MOST_BITS and max(m.bit_length(), e) < _MOST_BITS:
            # Where integers may end is much the same from step to step, up to the loss that is allowed.
            known = margin
            if known is None:
                size = max(0.0, *map(arithmetic.log_size, state))
                known = _DOUBLE_BITS + bits - 6 - (gain + size) / LOG_2
            limit = int(2.0 ** (allowed / LOG_2 + known))
        with np.errstate(over="ignore", invalid="ignore"):
            expansion = full(state, m, e, order, limit, allowed)
        return expansion or plain(state, step, order)

    return recurrence
