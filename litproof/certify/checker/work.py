"""What a check may cost: every stage states its work from the sizes of its numbers before it starts.

A unit is about a microsecond of one core; the constants are fitted to CPython's arithmetic and rounded up.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import isqrt

from litproof.certify.checker.exact import Refused

BOUND = 10**7
"""Units that one certificate may take (each of the two limits of a pair), about ten seconds. Stated in the README."""


class TooMuchWork(Refused):
    """The certificate may be right, but to check it would take more than `BOUND`."""


class Work:
    """The units that are left."""

    def __init__(self, bound: int = BOUND) -> None:
        self.left = self.bound = bound

    def spend(self, units: int) -> None:
        """Announce work; `TooMuchWork` when more than the bound has been announced."""
        self.left -= units
        if self.left < 0:
            raise TooMuchWork(f"to check it would take more than the {self.bound} steps that are allowed")

    def fractions(self, count: int, bits: int) -> None:
        """So many sums and products of fractions with numerators and denominators of at most `bits` bits each."""
        self.spend(count * (3 + bits * bits // 900_000))

    def products(self, count: int, bits: int) -> None:
        """So many products and sums of integers of at most `bits` bits."""
        self.spend(count + count * bits * isqrt(bits) // 25_000)

    def series(self, count: int, orders: int, bits: int) -> None:
        """So many products of series of at most `orders` coefficients of `bits` bits each."""
        self.spend(count * (20 + orders * orders * (100_000 + bits * bits) // 2_000_000))

    def intervals(self, count: int, bits: int) -> None:
        """So many operations on intervals with ends of at most `bits` bits."""
        self.spend(count * (2 + bits * isqrt(bits) // 6_000 + bits * bits // 2_000_000))


def size(value: Fraction) -> int:
    """Bits of the numerator and of the denominator."""
    return value.numerator.bit_length() + value.denominator.bit_length()


def span(values: Iterable[Fraction]) -> int:
    """Bits that suffice for the common denominator of the values, and for each value over it."""
    entries = list(values)
    below = {value.denominator for value in entries}
    widest = max((value.numerator.bit_length() for value in entries), default=0)
    return widest + sum(number.bit_length() for number in below) + len(entries).bit_length()


def magnitude_bits(values: Iterable[Fraction]) -> int:
    """Some e >= 0 with |value| <= 2^e for all values."""
    sizes = (value.numerator.bit_length() - value.denominator.bit_length() + 1 for value in values)
    return max(0, 0, *sizes)
