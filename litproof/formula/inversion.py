"""The inverse of a monotone function, in balls: a bracket, bisection, and Newton's method with a proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.formula.jets import Jet, NotDefined

Function = Callable[[Ball], Jet]
"""Value and two derivatives at a ball, as a jet in the coordinate `ARGUMENT`; NotDefined outside the domain."""

ARGUMENT = -1
_DOUBLINGS = 60
_HALVINGS = 200
_PIECES = 512


def inverse(f: Function, target: Jet, ends: Sequence[Ball]) -> Jet:
    """The z with f(z) = target, with derivatives.

    Parameters
    ----------
    ends : the two ends of an interval where z is sought; empty for the whole line, searched from 0.

    Raises
    ------
    NotDefined : no such z is found, or f is not seen to be monotone between the points that were tried.
    """
    value = _solved(f, target.ball, ends)
    slope, bend = _derivatives(f(value))
    if slope.contains(0):
        raise NotDefined("the inverse of a function whose slope may vanish")
    from litproof.formula.jets import chain

    return chain(target, value, 1 / slope, -bend / slope**3)


def _derivatives(jet: Jet) -> tuple[Ball, Ball]:
    if jet.kinks:
        raise NotDefined("the inverse of a function with a kink")
    if set(jet.gradient) - {ARGUMENT}:
        raise NotDefined("a function that is inverted may depend on its argument and on constants only")
    zero = ball(Fraction(0))
    return jet.gradient.get(ARGUMENT, zero), jet.hessian.get((ARGUMENT, ARGUMENT), zero)


def _solved(f: Function, target: Ball, ends: Sequence[Ball]) -> Ball:
    from flint import arb

    goal = ball(dyadic(target))
    low, high, rising = _bracket(f, goal, ends)
    _require_monotone(f, low, high, rising)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if high - low <= abs(middle) * ball(Fraction(1, 10**6)):
            break
        below = f(_exact(middle)).ball < goal
        low, high = (middle, high) if below == rising else (low, middle)
    point = _exact((low + high) / 2)
    for _ in range(64):
        jet = f(point)
        slope, _ = _derivatives(jet)
        step = (jet.ball - target) / slope
        if not step.is_finite():
            raise NotDefined("the inverse is not found to this precision")
        reach = arb(0, (2 * abs(step)).abs_upper())
        wide, _ = _derivatives(f(point + reach))
        enclosure = point - (jet.ball - target) / wide
        if enclosure.is_finite() and (point + reach).contains(enclosure):
            closer = _exact(point - step)
            if abs(closer - point) <= 4 * enclosure.rad() or enclosure.rad() == 0:
                return enclosure
        point = _exact(point - step)
    raise NotDefined("the inverse is not found to this precision")


def _exact(value: Ball) -> Ball:
    return ball(dyadic(value))


def _bracket(f: Function, goal: Ball, ends: Sequence[Ball]) -> tuple[Ball, Ball, bool]:
    """Exact points low < high whose values lie on either side of the goal, and whether f rises."""
    brackets: list[tuple[Ball, Ball]] = []
    for point in _tried(ends):
        try:
            value = f(point).ball
        except NotDefined:
            continue
        if not value.is_finite():
            continue
        brackets.append((point, value))
        brackets.sort(key=lambda pair: float(pair[0]))
        for (a, first), (b, second) in pairwise(brackets):
            if first <= goal <= second:
                return a, b, True
            if first >= goal >= second:
                return a, b, False
    raise NotDefined("no argument is found at which the function to invert has this value")


def _tried(ends: Sequence[Ball]) -> list[Ball]:
    if ends:
        low, high = (_exact(end) for end in ends)
        shares = [Fraction(1, 2)]
        for k in range(2, _DOUBLINGS):
            shares += [Fraction(1, 2**k), 1 - Fraction(1, 2**k)]
        return [_exact(low + (high - low) * ball(share)) for share in shares]
    sizes = [Fraction(2) ** k for k in range(_DOUBLINGS // 2)]
    small = [1 / size for size in sizes[1:]]
    return [ball(Fraction(0)), *(ball(s * x) for x in (*sizes, *small) for s in (1, -1))]


def _require_monotone(f: Function, low: Ball, high: Ball, rising: bool) -> None:
    """Enclosures of the slope on pieces of the bracket, none of which holds 0."""
    from flint import arb

    pieces, count = [(low, high)], 0
    while pieces:
        a, b = pieces.pop()
        count += 1
        box = (a + b) / 2 + arb(0, ((b - a) / 2).abs_upper())
        try:
            slope, _ = _derivatives(f(box))
        except NotDefined:
            slope = arb("nan")
        if (slope > 0 and rising) or (slope < 0 and not rising):
            continue
        if count > _PIECES or ((slope < 0 and rising) or (slope > 0 and not rising)):
            raise NotDefined("the function to invert is not seen to be monotone between the arguments tried")
        middle = _exact((a + b) / 2)
        pieces += [(a, middle), (middle, b)]
