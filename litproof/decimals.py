"""Exact numbers as decimal strings."""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor, inf, log10
from typing import Any


def to_mpf(values: Iterable[Fraction], digits: int) -> tuple[Any, ...]:
    """The numbers as mpmath.mpf, each rounded to `digits` significant digits and a little more, whatever mp.dps is.

    Examples
    --------
    >>> to_mpf([Fraction(1, 3)], 25)[0]._mpf_[3] >= 84
    True
    """
    from mpmath import mp
    from mpmath.libmp import dps_to_prec, from_rational

    bits = dps_to_prec(digits + 3)
    return tuple(mp.make_mpf(from_rational(q.numerator, q.denominator, bits, "n")) for q in values)


def order_of_magnitude(x: Fraction) -> int:
    """floor(log10 |x|), exact, for x != 0."""
    numerator, denominator = abs(x.numerator), x.denominator
    guess = floor((numerator.bit_length() - denominator.bit_length()) * log10(2)) - 1
    while numerator * 10 ** max(-guess - 1, 0) >= denominator * 10 ** max(guess + 1, 0):
        guess += 1
    return guess


def fixed(x: Fraction, places: int) -> str:
    """x rounded to the nearest multiple of 10^-places (half to even); places may be negative."""
    return _text(round(x * Fraction(10) ** places), places)


def fixed_down(x: Fraction, places: int) -> str:
    """The largest multiple of 10^-places that is not above x."""
    return _text((x * Fraction(10) ** places).__floor__(), places)


def fixed_up(x: Fraction, places: int) -> str:
    """The smallest multiple of 10^-places that is not below x."""
    return _text((x * Fraction(10) ** places).__ceil__(), places)


def _text(units: int, places: int) -> str:
    if places <= 0:
        return str(units * 10**-places)
    digits = str(abs(units)).rjust(places + 1, "0")
    return f"{'-' if units < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def scientific(x: Fraction, figures: int = 2) -> str:
    """x to a few figures with an exponent, e.g. 1.2e-54; "0" for zero."""
    if x == 0:
        return "0"
    exponent = order_of_magnitude(x)
    units = round(abs(x) * Fraction(10) ** (figures - 1 - exponent))
    if units == 10**figures:
        units, exponent = units // 10, exponent + 1
    text = str(units)
    mantissa = text[0] + ("." + text[1:] if figures > 1 else "")
    return f"{'-' if x < 0 else ''}{mantissa}e{exponent:+03d}"


def decimal_log(x: Fraction) -> float:
    """log10 |x| for fractions of any size (-inf for 0)."""
    if x == 0:
        return -inf
    numerator, denominator = abs(x.numerator), x.denominator
    shift_n, shift_d = max(numerator.bit_length() - 64, 0), max(denominator.bit_length() - 64, 0)
    return log10((numerator >> shift_n) / (denominator >> shift_d)) + (shift_n - shift_d) * log10(2)


def power_of_ten(exponent: float) -> Fraction:
    """A power of ten that is at least 10^exponent (0 for -inf)."""
    return Fraction(10) ** ceil(exponent) if exponent > -inf else Fraction(0)


def decimal(q: Fraction) -> str:
    """A few significant digits for people."""
    if not q:
        return "0"
    exponent = decimal_log(q)
    if -4 < exponent < 7:
        return f"{float(q):.4g}"
    whole = int(exponent // 1)
    return f"{10 ** (exponent - whole):.3g}e{whole:+d}"


def decimal_root(q: Fraction) -> str:
    """A few significant digits of sqrt(q)."""
    return (
        decimal(Fraction(10) ** int(decimal_log(q) // 2) * Fraction(10 ** ((decimal_log(q) / 2) % 1.0)))
        if q
        else "0"
    )
