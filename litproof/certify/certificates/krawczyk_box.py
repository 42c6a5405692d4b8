"""What the checker needs for a Krawczyk test of its own: a centre, radii and a preconditioner, all exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball, endpoints
from litproof.certify.certificates.format import (
    MANTISSA_BITS,
    exact_text,
    leading_bits,
    rounded,
    text_rows,
)
from litproof.precision import ball_precision, digits_to_bits

if TYPE_CHECKING:
    from flint import arb_mat

ATTEMPTS = 6
"""Boxes that are tried, each with more bits than the one before."""
GUARD_BITS = 20
"""By which a box is wider than its centre is rounded."""


def first_bits(digits: int) -> int:
    """The precision of the first attempt."""
    return digits_to_bits(digits + 2) + 2 * GUARD_BITS


@dataclass(frozen=True)
class KrawczykBox:
    """A box of unknowns (z, nu) around an approximate zero.

    Attributes
    ----------
    bits : to which the centre is known. preconditioner : a rounded inverse of the Jacobian there.
    """

    bits: int
    centre: tuple[Fraction, ...]
    radii: tuple[Fraction, ...]
    preconditioner: tuple[tuple[Fraction, ...], ...]

    @property
    def balls(self) -> list[Ball]:
        """The box in balls."""
        return [ball(x) + _within(r) for x, r in zip(self.centre, self.radii, strict=True)]

    def fields(self, z: tuple[Sequence[int], int], nu: tuple[Sequence[int], int]) -> dict[str, Any]:
        """The checker's keys; z and nu say the places that the unknowns have and how many places there are."""
        moving = len(z[0])
        return {
            "bits": self.bits,
            "z": _spread(*z, self.centre),
            "nu": _spread(*nu, self.centre[moving:]),
            "radius_z": _spread(*z, self.radii),
            "radius_nu": _spread(*nu, self.radii[moving:]),
            "preconditioner": text_rows(self.preconditioner),
        }


def krawczyk_box(zero: Sequence[Ball], jacobian: arb_mat, bits: int, guard: int) -> KrawczykBox:
    """The box around an approximate zero; ZeroDivisionError where the Jacobian there is singular."""
    centre = tuple(rounded(x, bits + 8) for x in zero)
    with ball_precision(3 * MANTISSA_BITS):
        inverse = jacobian.inv().mid()
    size = range(len(centre))
    C = tuple(tuple(leading_bits(inverse[a, b]) for b in size) for a in size)
    return KrawczykBox(bits, centre, tuple(_radius(row, guard - bits) for row in C), C)


def doubled(value: Ball) -> tuple[Fraction, Fraction]:
    """The ball's interval, twice as wide: room for an arithmetic that rounds differently."""
    low, high = endpoints(value)
    return low - (high - low) / 2, high + (high - low) / 2


def _spread(places: Sequence[int], length: int, values: Iterable[Fraction]) -> list[str]:
    """The values at their places, zero elsewhere; values beyond the places are left out."""
    out = ["0"] * length
    for place, value in zip(places, values, strict=False):
        out[place] = exact_text(value)
    return out


def _radius(row: Sequence[Fraction], exponent: int) -> Fraction:
    """A power of two of the size of the row's sum times 2^exponent: the row multiplies rounding errors."""
    size = 1 + sum(map(abs, row))
    return Fraction(2) ** (exponent + size.numerator.bit_length() - size.denominator.bit_length() + 1)


def _within(radius: Fraction) -> Ball:
    """The ball of this radius around zero."""
    from flint import arb

    return arb(0, ball(radius))
