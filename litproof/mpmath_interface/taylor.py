"""A Taylor method in plain mpmath, one step at a time, at the precision that is in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log
from typing import Any

from mpmath import mp, mpf

from litproof.mpmath_interface.lazy_series import Series

RightHandSide = Callable[[Sequence[Any]], Sequence[Any]]
"""v -> v', on numbers as on series."""


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes
    ----------
    start, length : from start to start + length.
    coefficients : those of v(start + x) in x, one list a component.
    """

    start: Any
    length: Any
    coefficients: Sequence[Sequence[Any]]

    @property
    def end(self) -> Any:
        """Time at the end."""
        return self.start + self.length

    def at(self, time: Any) -> list[Any]:
        """v(time), for a time within the step."""
        x = time - self.start
        return [mp.polyval(list(reversed(c)), x) for c in self.coefficients]


def order_of_a_step(digits: int) -> int:
    """About 1.15 * digits."""
    return ceil(digits * log(10) / 2) + 4


def step(right_hand_side: RightHandSide, time: Any, state: Sequence[Any], digits: int) -> Step:
    """A step as long as the last two terms of order about 1.15 * digits stay below 10^-digits.

    Order and length as in Jorba and Zou, Experimental Mathematics 14, 2005 (arXiv math/0406101).
    """
    order = order_of_a_step(digits)
    unknown = [Series(lambda k: mpf(0), value) for value in state]
    rates = right_hand_side(unknown)
    for own, rate in zip(unknown, rates, strict=True):
        own.rule = _integral(rate)
    coefficients = [own.up_to(order)[: order + 1] for own in unknown]
    tolerance = mpf(10) ** -digits
    length = mp.inf
    for k in (order - 1, order):
        size = max(abs(c[k]) for c in coefficients)
        if size:
            length = min(length, (tolerance / size) ** (mpf(1) / k))
    if length == mp.inf:  # the last terms vanish exactly: nothing moves, or a polynomial of low degree
        length = mpf(1)
    return Step(time, length, coefficients)


def _integral(rate: Any) -> Callable[[int], Any]:
    if isinstance(rate, Series):
        return lambda k: rate[k - 1] / k
    return lambda k: mpf(rate) if k == 1 else mpf(0)
