"""Inequalities at all times of an interval: proved on boxes that hold the flow, piece by piece.

On a box of times the difference of the two sides is enclosed; where that does not decide, the sign of its rate of
change on the box reduces the question to one end of it. Boxes are halved until one of the two decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.claims.formulas.moments import AtMoment, uses
from litproof.claims.formulas.path_points import Moment
from litproof.claims.formulas.relations import Part
from litproof.claims.formulas.term_sizes import size_of
from litproof.formula.evaluate import evaluate
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Setting
from litproof.language.tree import Operation
from litproof.precision import ball_precision, digits_to_bits

if TYPE_CHECKING:
    from litproof.certify.regression.validated_steps import Piece

_BITS, _SPARE_BITS = 128, 32
_DEPTH = 9
_FIRST = 4
"""Boxes that a piece is cut into to begin with."""


@dataclass(frozen=True)
class Between:
    """What was proved of an interval: the number of boxes, or where none was decided."""

    boxes: int
    failed_at: Fraction | None = None


def holds_between(parts: Sequence[Part], setting: Setting, pieces: Sequence[Piece], digits: int) -> Between:
    """Whether all inequalities hold at all times of the pieces; equality may hold to 10^-digits at ends of boxes."""
    count = 0
    with ball_precision(max(_BITS, digits_to_bits(digits) + _SPARE_BITS)):
        for piece in pieces:
            todo = [(Fraction(k, _FIRST), Fraction(k + 1, _FIRST), 0) for k in range(_FIRST)]
            while todo:
                low, high, depth = todo.pop()
                count += 1
                box = Box(setting, piece, low, high)
                if all(box.holds(part, digits) for part in parts):
                    continue
                if depth == _DEPTH:
                    return Between(count, piece.start + piece.length * low)
                middle = (low + high) / 2
                todo += [(low, middle, depth + 1), (middle, high, depth + 1)]
    return Between(count)


@dataclass(frozen=True)
class Box:
    """The flow at the times start + length u of a piece, low <= u <= high."""

    setting: Setting
    piece: Piece
    low: Fraction
    high: Fraction

    def at(self, low: Fraction, high: Fraction) -> AtMoment:
        """The flow during a part of the piece, as the meaning of formulas."""
        theta = tuple(_enclosed(self.piece, low, high))
        start, length = self.piece.start, self.piece.length
        if start == high == 0:  # the start itself is exact, and a bound may be an equality there
            first = [ball(entry) for layer in self.setting.problem.v0 for entry in layer]
            theta = (*first, *(ball(Fraction(0)),) * (len(theta) - len(first)))
        time = _hull(start + length * low, start + length * high)
        moment = Moment(dyadic(time), (), Fraction(0), (), ())
        return AtMoment(self.setting, moment, box=(theta, time))

    def holds(self, part: Part, digits: int) -> bool:
        """Whether an inequality is decided for all times of the box."""
        try:
            if self.difference(part, self.at(self.low, self.high)) >= 0:
                return True
            if uses(part.left, "rate") or uses(part.right, "rate"):
                return False
            tree = Operation("-", part.right, part.left)
            slope = self.at(self.low, self.high).rate(tree).ball * (1 if part.sign == "<=" else -1)
        except NotDefined:
            return False
        if slope >= 0:
            return self.at_end(part, self.low, digits)
        return bool(slope <= 0) and self.at_end(part, self.high, digits)

    def at_end(self, part: Part, u: Fraction, digits: int) -> bool:
        """Whether it holds at one time, equality to 10^-digits included."""
        there = self.at(u, u)
        size = size_of(part.left, there).max(size_of(part.right, there)).upper()
        return bool(self.difference(part, there) >= -size / ball(Fraction(10**digits)))

    def difference(self, part: Part, meaning: AtMoment) -> Ball:
        """What the inequality says is not negative."""
        gap = evaluate(part.right, meaning).ball - evaluate(part.left, meaning).ball
        if not gap.is_finite():
            raise NotDefined("not finite")
        return gap if part.sign == "<=" else -gap


def _enclosed(piece: Piece, low: Fraction, high: Fraction) -> Iterator[Ball]:
    """The parameters for u in [low, high]: Taylor's form about the middle, and the error."""
    from flint import arb, arb_poly

    shift = arb_poly([ball((low + high) / 2), ball((high - low) / 2)])
    for polynomial in piece.polynomials:
        constant, *others = polynomial(shift).coeffs() or [arb(0)]
        reach = sum((abs(entry) for entry in others), arb(0)) + piece.error
        yield constant + arb(0, reach.abs_upper())


def _hull(low: Fraction, high: Fraction) -> Ball:
    from flint import arb

    return ball((low + high) / 2) + arb(0, ball((high - low) / 2).abs_upper())
