"""Paths as they are computed, piece by piece, with a state at every time: for times that nobody knows beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from litproof.errors import Inconclusive
from litproof.flow.invariant_subspace import trace_kept_flow
from litproof.flow.lift import is_polynomial
from litproof.flow.motion import phases
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression import collocation, taylor
from litproof.precision import digits_to_bits
from litproof.problem import Problem

Method = Literal["collocation", "taylor"]

_GUARD = 10
_SPARE_BITS = 40
_MOST = 2000
"""Pieces of one path."""


@dataclass(frozen=True)
class Stretch:
    """A piece of a path.

    Attributes
    ----------
    start, end : exact times.
    at : time in [start, end] -> parameters, exact, and with momentum their rates after them.
    """

    start: Fraction
    end: Fraction
    at: Callable[[Fraction], tuple[Fraction, ...]]


def stretches(problem: Problem, digits: int, method: Method = "taylor") -> Iterator[Stretch]:
    """The path of a flow from 0 until nothing moves any more to `digits` digits after the point, or 2000 pieces.

    Parameters
    ----------
    method : of gradient flow of the squared loss of a polynomial network; all other flows are followed by Taylor's.

    Raises
    ------
    InputError : what `trace_motion` refuses. Inconclusive : the integrator loses the path.
    """
    work = digits + _GUARD
    arithmetic = FixedPoint(digits_to_bits(work) + _SPARE_BITS)
    theta = [q for layer in problem.v0 for q in layer]
    if problem.task == "regression" and not problem.training and is_polynomial(problem.network):
        integrate = collocation.integrate if method == "collocation" else taylor.integrate
        pieces = integrate(trace_kept_flow(problem), arithmetic, theta, float(work))
        yield from _exact(pieces, arithmetic, Fraction(0), Fraction(1), digits)
        return
    offset = Fraction(0)
    for motion, ends in phases(problem):
        pace = Fraction(getattr(problem.dynamics, "until", None) or 1) if ends else Fraction(1)
        start, state = motion.start(theta, 2 * work), tuple(theta)
        pieces = taylor.integrate(
            motion.program, arithmetic, start, float(work), end=Fraction(1) if ends else None
        )
        for stretch in _exact(pieces, arithmetic, offset, pace, None if ends else digits):
            yield stretch
            state = stretch.at(stretch.end)
        theta, offset = list(state[: motion.parameters]), offset + pace


def _exact(
    pieces: Iterator[taylor.Piece],
    arithmetic: FixedPoint,
    offset: Fraction,
    pace: Fraction,
    digits: int | None,
) -> Iterator[Stretch]:
    """Pieces in the time of the path; with `digits` they end where the state rests to these."""

    def dense(piece: taylor.Piece) -> Callable[[Fraction], tuple[Fraction, ...]]:
        def at(time: Fraction) -> tuple[Fraction, ...]:
            values: tuple[Any, ...] = piece.at((time - offset) / pace)
            return tuple(map(arithmetic.fraction, values))

        return at

    try:
        for number, piece in enumerate(pieces):
            stretch = Stretch(offset + piece.start * pace, offset + piece.end * pace, dense(piece))
            yield stretch
            if number >= _MOST:
                raise Inconclusive(f"budget of {_MOST} pieces used up at t = {float(stretch.end):.4g}")
            if digits is not None and number:
                moves = zip(stretch.at(stretch.start), stretch.at(stretch.end), strict=True)
                if max(abs(a - b) for a, b in moves) * 10**digits < 1:
                    return
    except taylor.StationaryPoint:
        return
