"""Interval arithmetic on scaled integers."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

from litproof.certify.checker.exact import matrix, require

_SHOWN, _SHOWN_PLACES = 6, 30
"""Entries and decimals that a line says at most."""


class Interval:
    """[lo, hi] * 2^-bits with integer ends; every operation rounds outward."""

    __slots__ = ("bits", "hi", "lo")

    def __init__(self, lo: int, hi: int, bits: int) -> None:
        self.lo, self.hi, self.bits = lo, hi, bits

    @classmethod
    def around(cls, centre: Fraction | int, bits: int, radius: Fraction | int = 0) -> "Interval":
        """The smallest interval that holds centre +- radius."""
        low, high = Fraction(centre - radius), Fraction(centre + radius)
        up = -((-high.numerator << bits) // high.denominator)
        return cls((low.numerator << bits) // low.denominator, up, bits)

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.lo + other.lo, self.hi + other.hi, self.bits)

    def __mul__(self, other: "Interval") -> "Interval":
        ends = (self.lo * other.lo, self.lo * other.hi, self.hi * other.lo, self.hi * other.hi)
        return Interval(min(ends) >> self.bits, -(-max(ends) >> self.bits), self.bits)

    def scaled(self, weight: Fraction, divisor: int = 1) -> "Interval":
        """self * weight / divisor, divisor > 0."""
        ends, below = (self.lo * weight.numerator, self.hi * weight.numerator), weight.denominator * divisor
        return Interval(min(ends) // below, -(-max(ends) // below), self.bits)

    def inverse(self) -> "Interval":
        """1 / self; zero must not lie inside."""
        require(self.lo > 0 or self.hi < 0, "division by an interval that holds zero")
        one = 1 << (2 * self.bits)
        return Interval(one // self.hi, -(-one // self.lo), self.bits)

    def sqrt(self) -> "Interval":
        """Square root; negative numbers must not lie inside."""
        require(self.lo >= 0, "square root of an interval that holds negative numbers")
        return Interval(isqrt(self.lo << self.bits), isqrt(self.hi << self.bits) + 1, self.bits)

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The lower and the upper end."""
        return Fraction(self.lo, 1 << self.bits), Fraction(self.hi, 1 << self.bits)


def magnitude(interval: Interval) -> Fraction:
    """The largest absolute value."""
    return max(map(abs, interval.ends))


def combination(weights: Iterable[Fraction], terms: Iterable[Interval], bits: int) -> Interval:
    """Sum of exact weights times intervals."""
    used = [term.scaled(weight) for weight, term in zip(weights, terms, strict=True) if weight]
    return sum(used, Interval(0, 0, bits))


def stated_box(rows: Any, box: Sequence[Interval], name: str) -> str:
    """The pairs [low, high] of the certificate hold the proved intervals; says how wide they are at most."""
    stated = matrix(rows, len(box), 2)
    for index, ((low, high), proved) in enumerate(zip(stated, box, strict=True), 1):
        inside = low <= proved.ends[0] and proved.ends[1] <= high
        require(inside, f"{name}_{index} is not proved to lie there")
    widest = max(high - low for low, high in stated)
    if not widest:
        return f"{name} = ({_few([str(low) for low, _ in stated])}), exactly"
    places = widest.denominator.bit_length() * 30102 // 100_000  # more than there can be: widest >= 2^-bits
    while places > 0 and widest * 10**places > 1:
        places -= 1
    middles = [_fixed((low + high) / 2, min(places, _SHOWN_PLACES)) for low, high in stated]
    exponent = widest.numerator.bit_length() - widest.denominator.bit_length() + 1
    return f"{name} = ({_few(middles)}), to {places} decimals (the stated box, sides at most 2^{exponent})"


def _few(entries: Sequence[str]) -> str:
    """The first entries."""
    return ", ".join((*entries[:_SHOWN], "..") if len(entries) > _SHOWN else entries)


def _fixed(x: Fraction, places: int) -> str:
    """x with so many decimals, rounded."""
    digits = str(abs(round(x * 10**places))).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    return ("-" if x < 0 and int(digits) else "") + whole + ("." + part if places else "")
