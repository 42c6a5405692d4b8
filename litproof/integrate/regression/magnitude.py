"""Sizes of exact numbers far outside the range of doubles, and short decimals for people."""

from fractions import Fraction
from math import ceil, inf, log10


def log10_of(q: Fraction) -> float:
    """log10 |q| to a few digits, for any size; -inf for zero."""
    if not q:
        return -inf
    shift = q.numerator.bit_length() - q.denominator.bit_length()
    return log10(abs(float(q / Fraction(2) ** shift))) + shift * log10(2.0)


def power_of_ten(exponent: float) -> Fraction:
    """A power of ten that is at least 10^exponent (0 for -inf)."""
    return Fraction(10) ** ceil(exponent) if exponent > -inf else Fraction(0)


def decimal(q: Fraction) -> str:
    """A few significant digits for people."""
    if not q:
        return "0"
    exponent = log10_of(q)
    if -4 < exponent < 7:
        return f"{float(q):.4g}"
    whole = int(exponent // 1)
    return f"{10 ** (exponent - whole):.3g}e{whole:+d}"


def decimal_root(q: Fraction) -> str:
    """A few significant digits of sqrt(q)."""
    return (
        decimal(Fraction(10) ** int(log10_of(q) // 2) * Fraction(10 ** ((log10_of(q) / 2) % 1.0)))
        if q
        else "0"
    )
