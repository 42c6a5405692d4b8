"""The arithmetic of the integrators of regression: fixed-point integers, affine forms and convolutions.

The recurrences take any numbers with these operations. A series is a list of coefficients; `product` gives the
newest coefficient of a product of two series, so a plain number is a series of length one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from math import inf, log
from operator import mul
from typing import Any

from litproof.flow.program import Linear

LOG_2 = log(2.0)
_SHORT = 8
"""Up to this many bits, powers of a number are small enough for weights."""


class FixedPoint:
    """Integers (gmpy2 mpz) in units of 2^-bits, rounded down.

    The rounding error of an operation is below one unit, whatever the size of the value; small coefficients
    cost few bits, which is where the speed comes from.
    """

    def __init__(self, bits: int) -> None:
        self.bits = bits

    @cached_property
    def mpz(self) -> Any:
        """The integer type."""
        from gmpy2 import mpz

        return mpz

    def number(self, q: Fraction) -> Any:
        """The exact rational q, rounded to the working precision."""
        return self.mpz((q.numerator << self.bits) // q.denominator)

    def fraction(self, x: Any) -> Fraction:
        """Exact value of x."""
        return Fraction(int(x), 1 << self.bits)

    def log_size(self, x: Any) -> float:
        """Natural logarithm of |x|, good to a factor of two; -inf for zero."""
        return (x.bit_length() - self.bits) * LOG_2 if x else -inf

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        """Affine form without its constant term."""
        numerators, _, denominator = step.integers
        total = sum(map(mul, numerators, values))
        return total if denominator == 1 else total // denominator

    def product(self, a: Sequence[Any], b: Sequence[Any]) -> Any:
        """sum_i a[i] * b[k - i], k + 1 = min(len(a), len(b))."""
        return sum(map(mul, a, reversed(b))) >> self.bits if len(a) == len(b) else _uneven(self, a, b)

    def square(self, a: Sequence[Any]) -> Any:
        """The same with b = a, in half the products."""
        half, odd = divmod(len(a), 2)
        total = sum(map(mul, a[:half], reversed(a))) << 1
        if odd:
            total += a[half] * a[half]
        return total >> self.bits

    def scaled(self, x: Any, numerator: int, shift: int, divisor: int) -> Any:
        """x * numerator / 2^shift / divisor."""
        return (x * numerator >> shift) // divisor

    def polynomials(self, columns: Sequence[Sequence[Any]], numerator: int, shift: int) -> list[Any]:
        """sum_k coefficients[k] x^k at x = numerator / 2^shift, for each of the columns of coefficients."""
        if numerator == 1 << shift:
            return [sum(column, self.mpz(0)) for column in columns]
        if shift <= _SHORT:
            size = len(columns[0])
            weights, down = _weights(self.mpz(numerator), shift, size), shift * (size - 1)
            return [sum(map(mul, column, weights)) >> down for column in columns]
        return [self._horner(column, numerator, shift) for column in columns]

    def _horner(self, coefficients: Sequence[Any], numerator: int, shift: int) -> Any:
        total = self.mpz(0)
        for c in reversed(coefficients):
            total = (total * numerator >> shift) + c
        return total


@lru_cache(maxsize=64)
def _weights(numerator: Any, shift: int, size: int) -> list[Any]:
    """numerator^k 2^(shift (size - 1 - k)) for k below size."""
    return [numerator**k << shift * (size - 1 - k) for k in range(size)]


def _uneven(arithmetic: FixedPoint, a: Sequence[Any], b: Sequence[Any]) -> Any:
    size = min(len(a), len(b))
    return arithmetic.product(a[:size], b[:size])


class Scalars:
    """Program ring on plain numbers of an arithmetic (series of length one)."""

    def __init__(self, arithmetic: FixedPoint) -> None:
        self.arithmetic = arithmetic

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        """See litproof.flow.program.Ring."""
        value = self.arithmetic.linear(step, values)
        return value + self.arithmetic.number(step.constant) if step.constant else value

    def product(self, a: Any, b: Any) -> Any:
        """See litproof.flow.program.Ring."""
        return self.arithmetic.product([a], [b])

    def square(self, a: Any) -> Any:
        """See litproof.flow.program.Ring."""
        return self.arithmetic.square([a])
