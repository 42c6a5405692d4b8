"""Between exact real numbers and Arb balls: the only conversions that the predictions use.

An exact real number is an int, a Fraction, a real Cyclotomic, or any object with `sign()` and `ball()` (an acb).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from litproof.algebra.linear import rational_matrix

if TYPE_CHECKING:
    from flint import arb, arb_mat, fmpq

Exact: TypeAlias = Any
"""An exact real number; the operators + - * work between numbers of one kind and with int and Fraction."""

Ball: TypeAlias = "arb"


def to_fmpq(value: Fraction | int) -> fmpq:
    """A fraction of flint."""
    from flint import fmpq

    return fmpq(value.numerator, value.denominator)


def ball(value: Exact) -> Ball:
    """A ball around an exact real number, at flint's current precision; a ball is what it is."""
    from flint import arb

    if isinstance(value, Fraction):
        return arb(to_fmpq(value))
    if isinstance(value, int):
        return arb(value)
    if isinstance(value, arb):
        return value
    real: Ball = value.ball().real
    return real


def sign(value: Exact) -> int:
    """-1, 0 or 1, exactly."""
    if isinstance(value, int | Fraction):
        return (value > 0) - (value < 0)
    return int(value.sign())


def simplest(value: Exact) -> Exact:
    """A rational number as a Fraction, anything else unchanged."""
    if isinstance(value, int):
        return Fraction(value)
    return value.to_fraction() if getattr(value, "is_rational", False) else value


def dyadic(value: Ball) -> Fraction:
    """The midpoint of a ball as a Fraction (exact)."""
    mantissa, exponent = value.mid().man_exp()
    m, e = int(mantissa), int(exponent)
    return Fraction(m << e) if e >= 0 else Fraction(m, 1 << -e)


def endpoints(value: Ball) -> tuple[Fraction, Fraction]:
    """Rational lower and upper bounds of a finite ball."""
    centre, radius = dyadic(value), dyadic(value.rad())
    return centre - radius, centre + radius


def ball_matrix(rows: Sequence[Sequence[Exact]]) -> arb_mat:
    """The matrix of balls around exact entries (at least one row)."""
    return balls_of(rows)()


def balls_of(rows: Sequence[Sequence[Exact]]) -> Callable[[], arb_mat]:
    """`ball_matrix` at whichever precision flint has when it is called; rational entries are read once."""
    from flint import arb_mat

    if all(isinstance(entry, Fraction | int) for row in rows for entry in row):
        rational = rational_matrix(rows)
        return lambda: arb_mat(rational)
    return lambda: arb_mat([[ball(entry) for entry in row] for row in rows])


def column(entries: Iterable[Ball]) -> arb_mat:
    """Balls as a one-column matrix."""
    from flint import arb_mat

    values = list(entries)
    return arb_mat(len(values), 1, values)


def magnitude(value: Ball) -> int:
    """Some e with |value| <= 2^e for every number in the ball, e at most 2 above the best; -2^62 for exact 0."""
    from flint import arb

    top = abs(value).upper() if not value.is_exact() else abs(value)
    if top == 0:
        return -(1 << 62)
    if not top.is_finite():
        return 1 << 62
    mantissa, exponent = arb(top).mid().man_exp()
    return int(abs(mantissa)).bit_length() + int(exponent)


def missing_bits(beta: Sequence[Ball], wanted: int) -> int:
    """By how many bits the radii exceed 2^-wanted times the largest entry; 0 if all are zero."""
    if all(entry == 0 for entry in beta):
        return 0
    radius = max(magnitude(entry.rad()) for entry in beta)
    size = max(max(magnitude(entry.mid()) for entry in beta) - 2, -8 * wanted)
    return max(0, radius - size + wanted)
