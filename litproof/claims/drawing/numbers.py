"""Styles of random numbers, and new numbers in an old pattern of zeros, ties, signs and order."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random

Draw = Callable[[Random], Fraction]
Rows = tuple[tuple[Fraction, ...], ...]

_LONG = 10**20
"""Numerators and denominators of long numbers: more digits than a double holds."""


def _short(rng: Random) -> Fraction:
    return Fraction(rng.choice((-1, 1)) * rng.randint(4, 12), 8)


def _whole(rng: Random) -> Fraction:
    return Fraction(rng.choice((-3, -2, -1, 1, 2, 3)))


def _equal(rng: Random) -> Fraction:
    return Fraction(rng.choice((-1, 1, 1, 1)))


def _uneven(rng: Random) -> Fraction:
    return _short(rng) * Fraction(10) ** rng.randint(-4, 3)


def _long(rng: Random) -> Fraction:
    return Fraction(rng.choice((-1, 1)) * rng.randint(_LONG // 2, 2 * _LONG), rng.randint(_LONG // 2, _LONG))


STYLES: dict[str, Draw] = {
    "short": _short,
    "whole": _whole,
    "equal": _equal,
    "uneven": _uneven,
    "long": _long,
}
"""Numbers that are not zero: short fractions, small integers, hardly anything but 1, ratios up to 10^7, 20 digits."""


def scale_of(rng: Random, style: str) -> Fraction:
    """An initial scale alpha: "one", "ordinary" (1/5 to 2), "tiny" (10^-6 at least), "huge" (1000 at most)."""
    if style == "tiny":
        return Fraction(1, 10 ** rng.randint(1, 6))
    if style == "huge":
        return Fraction(rng.choice((3, 10, 30, 100, 1000)))
    return Fraction(1) if style == "one" else Fraction(rng.randint(2, 20), 10)


def redrawn(rng: Random, rows: Sequence[Sequence[Fraction]], draw: Draw) -> Rows:
    """Other numbers in the same pattern: zeros stay, and what is equal, opposite, or larger in modulus.

    Half the time signs stay as well, else equal numbers change theirs together.

    Examples
    --------
    >>> a, b = redrawn(Random(1), ((Fraction(1), Fraction(0)), (Fraction(-1), Fraction(2))), STYLES["short"])
    >>> a[0] == -b[0], a[1], abs(b[1]) > abs(a[0]) > 0
    (True, Fraction(0, 1), True)
    """
    sizes = sorted({abs(entry) for row in rows for entry in row if entry})
    drawn: set[Fraction] = set()
    while len(drawn) < len(sizes):
        # styles with few values run out of them: then the next one up is taken
        value = abs(draw(rng))
        drawn.add(value if value not in drawn else max(drawn) + abs(_short(rng)))
    flips = (1,) if rng.random() < 0.5 else (-1, 1)
    new = {size: rng.choice(flips) * value for size, value in zip(sizes, sorted(drawn), strict=True)}
    return tuple(
        tuple((1 if entry > 0 else -1) * new[abs(entry)] if entry else entry for entry in row) for row in rows
    )
