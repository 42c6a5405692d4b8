"""The small arithmetic surface that all integrators share: numbers, affine forms and convolutions.

One recurrence runs on three kinds of numbers: scaled fixed-point integers (fast), Arb balls and mpmath
floats (slow, independent). A series is a list of coefficients; `product` gives the newest coefficient of a
product of two series, so a plain number is a series of length one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from math import inf, log
from operator import mul
from typing import Any, Protocol

from litproof.flow.program import Linear

LOG_2 = log(2.0)
_SHORT = 8
"""Up to this many bits, powers of a number are small enough for weights."""


class Arithmetic(Protocol):
    """What a Taylor recurrence needs of its numbers."""

    bits: int

    def number(self, q: Fraction) -> Any:
        """The exact rational q, rounded to the working precision."""

    def fraction(self, x: Any) -> Fraction:
        """Exact value of x (a ball: of its midpoint)."""

    def log_size(self, x: Any) -> float:
        """Natural logarithm of |x|, good to a factor of two; -inf for zero."""

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        """Affine form without its constant term."""

    def product(self, a: Sequence[Any], b: Sequence[Any]) -> Any:
        """sum_i a[i] * b[k - i], k + 1 = min(len(a), len(b))."""

    def square(self, a: Sequence[Any]) -> Any:
        """The same with b = a, in half the products."""

    def scaled(self, x: Any, numerator: int, shift: int, divisor: int) -> Any:
        """x * numerator / 2^shift / divisor."""

    def polynomial(self, coefficients: Sequence[Any], numerator: int, shift: int) -> Any:
        """sum_k coefficients[k] x^k at x = numerator / 2^shift."""


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
        """See Arithmetic."""
        return self.mpz((q.numerator << self.bits) // q.denominator)

    def fraction(self, x: Any) -> Fraction:
        """See Arithmetic."""
        return Fraction(int(x), 1 << self.bits)

    def log_size(self, x: Any) -> float:
        """See Arithmetic."""
        return (x.bit_length() - self.bits) * LOG_2 if x else -inf

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        """See Arithmetic."""
        numerators, _, denominator = step.integers
        total = sum(map(mul, numerators, values))
        return total if denominator == 1 else total // denominator

    def product(self, a: Sequence[Any], b: Sequence[Any]) -> Any:
        """See Arithmetic."""
        return sum(map(mul, a, reversed(b))) >> self.bits if len(a) == len(b) else _uneven(self, a, b)

    def square(self, a: Sequence[Any]) -> Any:
        """See Arithmetic."""
        half, odd = divmod(len(a), 2)
        total = sum(map(mul, a[:half], reversed(a))) << 1
        if odd:
            total += a[half] * a[half]
        return total >> self.bits

    def scaled(self, x: Any, numerator: int, shift: int, divisor: int) -> Any:
        """See Arithmetic."""
        return (x * numerator >> shift) // divisor

    def polynomial(self, coefficients: Sequence[Any], numerator: int, shift: int) -> Any:
        """See Arithmetic."""
        if numerator == 1 << shift:
            return sum(coefficients, self.mpz(0))
        if shift <= _SHORT:
            weights = _weights(self.mpz(numerator), shift, len(coefficients))
            return sum(map(mul, coefficients, weights)) >> shift * (len(coefficients) - 1)
        total = self.mpz(0)
        for c in reversed(coefficients):
            total = (total * numerator >> shift) + c
        return total


@lru_cache(maxsize=64)
def _weights(numerator: Any, shift: int, size: int) -> list[Any]:
    """numerator^k 2^(shift (size - 1 - k)) for k below size."""
    return [numerator**k << shift * (size - 1 - k) for k in range(size)]


def _uneven(arithmetic: Arithmetic, a: Sequence[Any], b: Sequence[Any]) -> Any:
    size = min(len(a), len(b))
    return arithmetic.product(a[:size], b[:size])


def _horner(arithmetic: Arithmetic, coefficients: Sequence[Any], numerator: int, shift: int) -> Any:
    total = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        total = arithmetic.scaled(total, numerator, shift, 1) + c
    return total


class ArbNumbers:
    """Arb balls at the current flint precision (enter `ball_precision(bits)` around every use).

    With `enclose` False the radius is dropped after every operation: a multiprecision floating-point number.
    """

    def __init__(self, bits: int, *, enclose: bool = False) -> None:
        self.bits, self.enclose = bits, enclose

    def _round(self, x: Any) -> Any:
        return x if self.enclose else x.mid()

    def number(self, q: Fraction) -> Any:
        """See Arithmetic."""
        from flint import arb, fmpq

        return self._round(arb(fmpq(q.numerator, q.denominator)))

    def fraction(self, x: Any) -> Fraction:
        """See Arithmetic."""
        mantissa, exponent = x.mid().man_exp()
        return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)

    def log_size(self, x: Any) -> float:
        """See Arithmetic."""
        from flint import fmpz

        mantissa, exponent = x.mid().man_exp()
        return (fmpz(mantissa).bit_length() + int(exponent)) * LOG_2 if mantissa else -inf

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        """See Arithmetic."""
        total = self.number(Fraction(0))
        for coefficient, value in zip(step.coefficients, values, strict=True):
            total = total + self.number(coefficient) * value
        return self._round(total)

    def product(self, a: Sequence[Any], b: Sequence[Any]) -> Any:
        """See Arithmetic."""
        size = min(len(a), len(b))
        return self._round(sum(map(mul, a[:size], reversed(b[:size])), self.number(Fraction(0))))

    def square(self, a: Sequence[Any]) -> Any:
        """See Arithmetic."""
        return self.product(a, a)

    def scaled(self, x: Any, numerator: int, shift: int, divisor: int) -> Any:
        """See Arithmetic."""
        return self._round(x * numerator / (divisor << shift))

    def polynomial(self, coefficients: Sequence[Any], numerator: int, shift: int) -> Any:
        """See Arithmetic."""
        return _horner(self, coefficients, numerator, shift)


class MpmathNumbers:
    """mpmath floats at the current precision of `mp` (enter `mp_precision(bits)` around every use)."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def number(self, q: Fraction) -> Any:
        """See Arithmetic."""
        from mpmath import mpf

        return mpf(q.numerator) / q.denominator

    def fraction(self, x: Any) -> Fraction:
        """See Arithmetic."""
        sign, mantissa, exponent, _ = x._mpf_
        return Fraction(-int(mantissa) if sign else int(mantissa)) * Fraction(2) ** int(exponent)

    def log_size(self, x: Any) -> float:
        """See Arithmetic."""
        _, mantissa, exponent, size = x._mpf_
        return (exponent + size) * LOG_2 if mantissa else -inf

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        """See Arithmetic."""
        from mpmath import fdot

        return fdot([self.number(c) for c in step.coefficients], values)

    def product(self, a: Sequence[Any], b: Sequence[Any]) -> Any:
        """See Arithmetic."""
        from mpmath import fdot

        size = min(len(a), len(b))
        return fdot(a[:size], list(reversed(b[:size])))

    def square(self, a: Sequence[Any]) -> Any:
        """See Arithmetic."""
        return self.product(a, a)

    def scaled(self, x: Any, numerator: int, shift: int, divisor: int) -> Any:
        """See Arithmetic."""
        from mpmath import ldexp

        return ldexp(x * numerator, -shift) / divisor

    def polynomial(self, coefficients: Sequence[Any], numerator: int, shift: int) -> Any:
        """See Arithmetic."""
        return _horner(self, coefficients, numerator, shift)


class Scalars:
    """Program ring on plain numbers of an arithmetic (series of length one)."""

    def __init__(self, arithmetic: Arithmetic) -> None:
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
