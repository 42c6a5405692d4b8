"""Power series of mpmath numbers whose coefficients are computed when they are asked for.

With them any right-hand side written with + - * / and exp becomes a Taylor method: the coefficient of order k + 1 of
the solution is that of order k of the right-hand side over k + 1. Moore, Interval Analysis, 1966, chapter 11.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mpmath import mp, mpf


class Series:
    """sum_k c_k x^k; `rule(k)` gives c_k and may use the coefficients below k of itself and all of its operands."""

    __slots__ = ("known", "rule", "terms")

    def __init__(self, rule: Callable[[int], Any], first: Any = None, terms: tuple[Series, ...] = ()) -> None:
        self.rule = rule
        self.known: list[Any] = [] if first is None else [first]
        self.terms = terms

    def up_to(self, order: int) -> list[Any]:
        """The coefficients c_0, .., c_order."""
        known = self.known
        while len(known) <= order:
            known.append(self.rule(len(known)))
        return known

    def __getitem__(self, k: int) -> Any:
        return self.up_to(k)[k]

    def __add__(self, other: Any) -> Series:
        # One flat sum instead of a chain, whose depth would be that of Python's recursion.
        terms = (*(self.terms or (self,)), constant(other))
        return Series(lambda k: mp.fsum(term[k] for term in terms), terms=terms)

    __radd__ = __add__

    def __neg__(self) -> Series:
        return Series(lambda k: -self[k])

    def __pos__(self) -> Series:
        return self

    def __sub__(self, other: Any) -> Series:
        return self + -constant(other)

    def __rsub__(self, other: Any) -> Series:
        return constant(other) - self

    def __mul__(self, other: Any) -> Series:
        if not isinstance(other, Series):
            return Series(lambda k: self[k] * other)
        return Series(lambda k: mp.fdot(self.up_to(k)[: k + 1], other.up_to(k)[k::-1]))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Series:
        if not isinstance(other, Series):
            return Series(lambda k: self[k] / other)
        quotient = Series(lambda k: mpf(0))

        def rule(k: int) -> Any:
            below = mp.fdot(quotient.known[:k], other.up_to(k)[k:0:-1])
            return (self[k] - below) / other[0]

        quotient.rule = rule
        return quotient

    def __rtruediv__(self, other: Any) -> Series:
        return constant(other) / self

    def __pow__(self, exponent: int) -> Series:
        if int(exponent) != exponent:
            raise TypeError(f"expected a whole power of a series, got {exponent}")
        if exponent < 0:
            return 1 / self ** (-int(exponent))
        power = constant(1)
        for bit in bin(int(exponent))[2:]:
            power = power * power
            if bit == "1":
                power = power * self
        return power


def constant(value: Any) -> Series:
    """A number as a series; a series as it is."""
    return value if isinstance(value, Series) else Series(lambda k: mpf(0), mpf(value))


def exp(value: Any) -> Any:
    """e^series: k e_k = sum_{j=1}^k j a_j e_{k-j}; of a number its exponential."""
    if not isinstance(value, Series):
        return mp.exp(value)
    result = Series(lambda k: mpf(0))

    def rule(k: int) -> Any:
        if k == 0:
            return mp.exp(value[0])
        a = value.up_to(k)
        return mp.fdot((j * a[j] for j in range(1, k + 1)), result.known[k - 1 :: -1]) / k

    result.rule = rule
    return result
