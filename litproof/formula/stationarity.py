"""What stationarity on the interpolators is read from: the limit in balls, multipliers, kernels, second derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from enum import Enum
from fractions import Fraction

from litproof.algebra.balls import Ball, ball
from litproof.formula.setting import Point, Setting, basis_of
from litproof.language.tree import Node
from litproof.precision import ball_precision, digits_to_bits
from litproof.results import Measurement

_GUARD_DIGITS = 25


class Shape(Enum):
    """What the second derivatives on the interpolating directions say at a stationary point."""

    MINIMUM = "strict local minimum"
    SADDLE = "not a local minimum"
    FLAT = "second derivatives do not decide"


def working_precision(limit: Measurement) -> AbstractContextManager[None]:
    """The precision that a measured limit deserves."""
    return ball_precision(digits_to_bits(limit.digits + _GUARD_DIGITS))


def limit_point(tree: Node, setting: Setting, limit: Measurement) -> Point:
    """A measured limit, as balls, in the coordinates that the formula is about."""
    beta = [_measured(value, limit.error) for value in limit.value]
    layers = [[_measured(value, limit.error) for value in layer] for layer in limit.parameters]
    return setting.point(basis_of(tree), beta, layers)


def _measured(value: Fraction, error: Fraction) -> Ball:
    from flint import arb

    return ball(value) + arb(0, ball(error).abs_upper())


def _zero() -> Ball:
    from flint import arb

    return arb(0)


def multipliers(directions: Sequence[Sequence[Ball]], residual: Sequence[Ball]) -> list[Ball] | None:
    """s with residual + sum_k s_k directions_k as small as can be; None when that is not unique."""
    from flint import arb_mat

    C = arb_mat([list(direction) for direction in directions])
    column = arb_mat(len(residual), 1, list(residual))
    try:
        s = (C * C.transpose()).solve(-1 * (C * column))
    except ZeroDivisionError:
        return None
    return [s[k, 0] for k in range(len(directions))]


def null_basis(rows: Sequence[Sequence[Ball]], size: int) -> list[list[Ball]]:
    """A basis of the kernel of A (rows independent), by elimination with pivots chosen by size."""
    table = [list(row) for row in rows]
    pivots: list[int] = []
    for position, row in enumerate(table):
        pivot = max((j for j in range(size) if j not in pivots), key=lambda j: float(abs(row[j]).lower()))
        if row[pivot].contains(0):
            raise ZeroDivisionError
        pivots.append(pivot)
        row[:] = [entry / row[pivot] for entry in row]
        for other, line in enumerate(table):
            if other != position:
                factor = line[pivot]
                line[:] = [a - factor * b for a, b in zip(line, row, strict=True)]
    basis = []
    for j in range(size):
        if j not in pivots:
            vector = [_zero() for _ in range(size)]
            vector[j] = _zero() + 1
            for pivot, row in zip(pivots, table, strict=True):
                vector[pivot] = -row[j]
            basis.append(vector)
    return basis


def definiteness(matrix: list[list[Ball]]) -> Shape:
    """By the pivots of L D L^T."""
    rest = [row[:] for row in matrix]
    while rest:
        pivot = rest[0][0]
        if pivot < 0:
            return Shape.SADDLE
        if not pivot > 0:
            return Shape.FLAT
        top = rest[0]
        rest = [
            [entry - row[0] * other / pivot for entry, other in zip(row[1:], top[1:], strict=True)]
            for row in rest[1:]
        ]
    return Shape.MINIMUM
