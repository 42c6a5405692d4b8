"""One step of a Taylor method: v(t + h x) as polynomials in x."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litproof.integrate.arithmetic import FixedPoint


@dataclass(frozen=True)
class Expansion:
    """Coefficients of all parameters, those of high order in doubles where doubles carry enough of them.

    Attributes
    ----------
    head : the first coefficients, working numbers; one list a parameter.
    tail : the coefficients after them, doubles; one row an order, one column a parameter.
    log_sizes : natural logarithm of the largest coefficient of each order, good to a factor of two.
    rounding : natural logarithm of the error of a coefficient, from rounding and from terms left out.
    back : parameters from the values of the polynomials.
    """

    head: Sequence[list[Any]]
    tail: NDArray[np.float64] | None
    log_sizes: Sequence[float]
    rounding: float
    back: Callable[[tuple[Any, ...]], tuple[Any, ...]] = tuple

    def at(self, arithmetic: FixedPoint, numerator: int, shift: int) -> tuple[Any, ...]:
        """Parameters at x = numerator / 2^shift, working numbers."""
        values = arithmetic.polynomials(self.head, numerator, shift)
        if self.tail is not None:
            powers = np.arange(len(self.tail)) + len(self.head[0])
            rest = (2.0**arithmetic.bits * (numerator / (1 << shift)) ** powers) @ self.tail
            values = list(map(add, values, map(int, rest.tolist())))
        return self.back(tuple(values))

    def columns(self, arithmetic: FixedPoint) -> list[list[Any]]:
        """All coefficients as working numbers; one list a column of `head`."""
        if self.tail is None:
            return list(self.head)
        rest = (self.tail.T * 2.0**arithmetic.bits).tolist()
        return [[*first, *map(arithmetic.mpz, last)] for first, last in zip(self.head, rest, strict=True)]


Recurrence = Callable[[Sequence[Any], tuple[int, int], int, float], Expansion | None]
"""(state, (m, e), order, log tolerance) -> coefficients 0..order of v(t + m / 2^e x) in x; None where it cannot."""
