"""How many decimals of a limit are known, and how they are printed."""

from collections.abc import Sequence
from fractions import Fraction

from litproof.decimals import fixed, fixed_down, fixed_up, order_of_magnitude, scientific

PLAIN = 60
"""Orders of magnitude from 1 up to which a decimal has no exponent."""


def places_for(values: Sequence[Fraction], digits: int) -> int:
    """Decimal places that make the rounding error at most 10^-digits of the largest entry."""
    size = max((abs(value) for value in values), default=Fraction(0))
    return digits - order_of_magnitude(size) if size else digits


def own_places(value: Fraction, error: Fraction, digits: int, least: int) -> int:
    """Decimal places of one entry: for `digits` digits of its own where its error allows that; `least` at least."""
    if abs(value) <= error:
        return least
    most = max(least, digits - order_of_magnitude(value))
    if error:
        most = min(most, max(least, -order_of_magnitude(error)))
    most_zeros = -order_of_magnitude(value) - 1
    return next((p for p in range(most, max(least, most_zeros), -1) if rounds_safely(value, error, p)), least)


def shown(value: Fraction, places: int) -> str:
    """A decimal; far from 1 with an exponent, unless it is 0 to these places."""
    if not round(value * Fraction(10) ** places) or abs(order_of_magnitude(value)) <= PLAIN:
        return fixed(value, places)
    return scientific(value, max(1, places + order_of_magnitude(value) + 1))


def outward(low: Fraction, high: Fraction, places: int) -> tuple[str, str]:
    """Decimals around [low, high] with the printed decimal among them: no more than one unit apart.

    An interval around a multiple of 10^-places takes one place more.
    """
    scale = Fraction(10) ** places
    if (high * scale).__ceil__() - (low * scale).__floor__() > 1:
        places += 1
    return fixed_down(low, places), fixed_up(high, places)


def rounds_safely(value: Fraction, error: Fraction, places: int) -> bool:
    """Whether every number within `error` of `value` rounds to the same decimal."""
    scale = Fraction(10) ** places
    return round((value - error) * scale) == round((value + error) * scale)
