"""Limits of sequences known to many digits, from few members: extrapolation with an estimate of its error.

Sums of powers of a geometric sequence are extrapolated by Wynn's epsilon algorithm (Wynn, MTAC 10 (1956) 91) without
knowing the exponents, power series in the variable by Neville's.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from litproof.algebra.balls import Ball, ball, dyadic


def wynn(sequence: Sequence[Ball]) -> tuple[Ball, Ball]:
    """The limit of a sequence that is a sum of geometric ones, and an estimate of its error.

    The algorithm sums divergent sequences too; one whose last step is longer than the one before leads nowhere here.
    """
    columns = [[ball(Fraction(0))] * (len(sequence) + 1), list(sequence)]
    estimates = [sequence[-1]]
    if len(sequence) > 1:
        spread = abs(sequence[-1] - sequence[-2])
    else:
        spread = abs(sequence[-1])
    if len(sequence) > 2 and spread > abs(sequence[-2] - sequence[-3]):
        return sequence[-1], spread
    while len(columns[-1]) > 1:
        before, last = columns[-2], columns[-1]
        column = []
        for k, (a, b) in enumerate(pairwise(last)):
            difference = b - a
            if difference.contains(0):
                return estimates[-1], spread
            column.append(before[k + 1] + 1 / difference)
        columns.append(column)
        if len(columns) % 2 == 0 and column:
            estimates.append(column[-1])
            near = abs(estimates[-1] - estimates[-2])
            if len(column) > 1:
                near = near.min(abs(column[-1] - column[-2]).max(near / 100))
            if not near.is_finite() or near > spread:
                return estimates[-2], spread
            spread = near
    return estimates[-1], spread


def neville(steps: Sequence[Fraction], sequence: Sequence[Ball]) -> tuple[Ball, Ball]:
    """The limit of a sequence that is a power series in u, and an estimate of its error."""
    column, estimates = list(sequence), [sequence[-1]]
    for width in range(1, len(sequence)):
        column = [
            (ball(steps[k]) * b - ball(steps[k + width]) * a) / ball(steps[k] - steps[k + width])
            for k, (a, b) in enumerate(pairwise(column))
        ]
        estimates.append(column[-1])
    best = min(range(1, len(estimates)), key=lambda k: float(abs(estimates[k] - estimates[k - 1]).upper()))
    return estimates[best], abs(estimates[best] - estimates[best - 1])


def dyadic_text(value: Ball) -> str:
    """A few digits."""
    return f"{float(dyadic(value)):.8g}"
