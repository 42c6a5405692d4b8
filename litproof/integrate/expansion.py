"""One step of a Taylor method: v(t + h x) as polynomials in x."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

from litproof.integrate.arithmetic import Arithmetic


@dataclass(frozen=True)
class Expansion:
    """Coefficients of all parameters, those of high order in doubles where doubles carry enough of them.

    Attributes
    ----------
    head : the first coefficients, working numbers; one list a parameter.
    tail : the coefficients after them, doubles in units of 2^-bits; one list a parameter, or no list at all.
    log_sizes : natural logarithm of the largest coefficient of each order, good to a factor of two.
    rounding : natural logarithm of the error of a coefficient, from rounding and from terms left out.
    """

    head: Sequence[list[Any]]
    tail: Sequence[list[float]]
    log_sizes: Sequence[float]
    rounding: float

    def at(self, arithmetic: Arithmetic, numerator: int, shift: int) -> tuple[Any, ...]:
        """Values at x = numerator / 2^shift, working numbers."""
        values = [arithmetic.polynomial(column, numerator, shift) for column in self.head]
        if self.tail:
            first, x = len(self.head[0]), numerator / (1 << shift)
            weights = [x**k for k in range(first, first + len(self.tail[0]))]
            rest = [int(sum(map(mul, column, weights))) for column in self.tail]
            values = [value + part for value, part in zip(values, rest, strict=True)]
        return tuple(values)


Recurrence = Callable[[Sequence[Any], tuple[int, int], int, float], Expansion]
"""(state, (m, e), order, variation) -> coefficients 0..order of v(t + m / 2^e x) in x.

variation : natural logarithm of the largest coefficient but the first in the step before; a guess at what will do.
"""
