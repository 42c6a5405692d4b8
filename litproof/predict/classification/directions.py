"""Unit vectors as dyadic fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.algebra.balls import Ball, Exact, ball, dyadic
from litproof.errors import HypothesisError
from litproof.precision import ball_precision, digits_to_bits

GUARD_BITS = 96


def working_bits(digits: int) -> int:
    """Bits that carry a direction of `digits` digits with room for cancellation."""
    return digits_to_bits(digits) + GUARD_BITS


def unit(vector: Sequence[Exact], digits: int) -> tuple[Fraction, ...]:
    """An exact vector over its l2 norm."""
    with ball_precision(working_bits(digits)):
        return unit_ball([ball(entry) for entry in vector])


def unit_ball(vector: Sequence[Ball]) -> tuple[Fraction, ...]:
    """A vector of balls over its l2 norm, at the current precision. HypothesisError for the zero vector."""
    square = sum((x * x for x in vector), 0 * vector[0])
    if not square > 0:
        raise HypothesisError("the predicted coefficients vanish: there is no direction")
    norm = square.sqrt()
    return tuple(dyadic(x / norm) for x in vector)
