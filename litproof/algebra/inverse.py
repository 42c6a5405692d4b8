"""Inverting an increasing function of one real variable, with proof."""

from __future__ import annotations

from collections.abc import Callable

from litproof.algebra.balls import Ball, magnitude
from litproof.precision import ball_precision

_ROUGH_BITS = 10
_MAX_STEP = 2
_MAX_ITERATIONS = 400


class OutsideDomain(ArithmeticError):
    """The argument is outside the domain, or too close to its end for the current precision."""


def invert_increasing(
    value: Callable[[Ball], Ball], slope: Callable[[Ball], Ball], target: Ball, start: Ball
) -> Ball:
    """A ball around every x with value(x) in `target`, at flint's current precision.

    Safeguarded Newton from `start` at low precision, then the precision doubles with the number of right bits; the last
    step is an interval Newton test, so the result is proved whatever happened before it.

    Parameters
    ----------
    value, slope : a strictly increasing function and its derivative, on balls, at flint's current precision.
    target : the ball to invert; it must lie in the range of `value`.
    start : first guess. The variable should be scaled so that steps of size 1 make sense (asinh or log scale).

    Raises
    ------
    OutsideDomain when no enclosure is found: the target is too wide, or too close to the end of the range for
    the current precision.
    """
    from flint import arb, ctx

    full = int(ctx.prec)
    x = start.mid()
    aim = target.mid()
    x, right_bits, slope_bits = _rough_root(value, slope, aim, x, min(full, 64), full)
    while right_bits < full // 2 + 8:
        with ball_precision(min(full, 2 * right_bits + slope_bits + 48)):
            step = ((aim - value(x)) / slope(x)).mid()
            x = (x + step).mid()
        right_bits = min(2 * right_bits, max(right_bits + 1, -2 * magnitude(step)))
        if step == 0:
            break
    x = (+x).mid()
    excess = value(x) - target
    width = abs(excess / slope(x)).upper()
    for _ in range(12):
        width = 2 * width + arb(2) ** (magnitude(x + 1) - full)
        box = x + arb(0, width)
        refined = x - excess / slope(box)
        if refined.is_finite() and box.contains_interior(refined):
            return refined
    raise OutsideDomain("no enclosure of the inverse at this precision")


def _rough_root(
    value: Callable[[Ball], Ball], slope: Callable[[Ball], Ball], aim: Ball, x: Ball, bits: int, full: int
) -> tuple[Ball, int, int]:
    """x with about _ROUGH_BITS right bits, that number of bits, and how many bits `aim` is larger than the slope."""
    from flint import arb

    low: Ball | None = None
    high: Ball | None = None
    for _ in range(_MAX_ITERATIONS):
        with ball_precision(bits):
            excess = value(x) - aim
            rate = slope(x)
            step = (-excess / rate).mid()
            if not step.is_finite() or excess.rad() > rate.mid() / 4096:
                if bits >= full:
                    raise OutsideDomain("the target is too close to the end of the range for this precision")
                bits = min(2 * bits, full)
                continue
            if excess.mid() <= 0:
                low = x
            if excess.mid() >= 0:
                high = x
            small = -magnitude(step)
            if small >= _ROUGH_BITS:
                return (x + step).mid(), 2 * small - 2, max(0, magnitude(aim) - magnitude(rate))
            if abs(step) > _MAX_STEP:
                step = arb(_MAX_STEP) if excess < 0 else arb(-_MAX_STEP)
            moved = (x + step).mid()
            if low is not None and high is not None and not low < moved < high:
                moved = ((low + high) / 2).mid()
            x = moved
    raise OutsideDomain("the inverse was not found")
