"""Vectors and symmetric matrices of balls: sizes, spans, and approximate eigenvectors."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from litproof.algebra.balls import Ball, ball, dyadic


def largest_of(values: Sequence[Ball]) -> Ball:
    """The largest absolute value of at least one ball."""
    result = abs(values[0])
    for value in values[1:]:
        result = result.max(abs(value))
    return result


def eigenvectors(matrix: Sequence[Sequence[Fraction]]) -> list[list[Any]]:
    """Rows: approximate eigenvectors of a symmetric matrix, as exact balls."""
    from flint import ctx
    from mpmath import mp, mpf

    from litproof.formula.singular_values import str_of
    from litproof.precision import mp_precision

    with mp_precision(int(ctx.prec)):
        size = len(matrix)
        if size == 1:
            return [[ball(Fraction(1))]]
        H = mp.matrix([[mpf(entry.numerator) / entry.denominator for entry in row] for row in matrix])
        _, Q = mp.eigsy(H)
        return [[str_of(Q[i, k]) for i in range(size)] for k in range(size)]


def row_space(rows: Sequence[Sequence[Ball]]) -> list[list[Fraction]]:
    """A basis of the span of rows known as balls: what cannot be told from dependence counts as dependent."""
    rest, basis = [list(row) for row in rows], []
    while True:
        rest = [row for row in rest if any(not entry.contains(0) for entry in row)]
        if not rest:
            break
        scaled = [[entry / largest_of(row).abs_upper() for entry in row] for row in rest]
        best = max(
            ((i, j) for i, row in enumerate(scaled) for j in range(len(row))),
            key=lambda place: float(scaled[place[0]][place[1]].abs_lower()),
        )
        pivot, column = scaled[best[0]], best[1]
        if pivot[column].contains(0):
            break
        pivot = [entry / pivot[column] for entry in pivot]
        basis.append(pivot)
        rest = [
            [entry - row[column] * other for entry, other in zip(row, pivot, strict=True)]
            for i, row in enumerate(scaled)
            if i != best[0]
        ]
    count = len(rows[0]) if rows else 0
    if len(basis) == count:
        return [[Fraction(int(i == k)) for i in range(count)] for k in range(count)]
    return [[dyadic(entry) for entry in row] for row in basis]
