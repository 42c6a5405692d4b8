"""Exact linear algebra over a field, for small matrices of Fraction or Cyclotomic entries."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeVar

from litproof.algebra.cyclotomic import Cyclotomic

Field = TypeVar("Field", Fraction, Cyclotomic)
Matrix = Sequence[Sequence[Field]]


def row_echelon(matrix: Matrix[Field]) -> tuple[list[list[Field]], list[int]]:
    """Reduced row echelon form without zero rows, and its pivot columns."""
    rest = [list(row) for row in matrix]
    reduced: list[list[Field]] = []
    pivots: list[int] = []
    for column in range(len(rest[0]) if rest else 0):
        position = next((i for i, row in enumerate(rest) if row[column]), None)
        if position is None:
            continue
        found = rest.pop(position)
        scale = 1 / found[column]
        pivot: list[Field] = [entry * scale for entry in found]
        rest = [_eliminated(row, pivot, column) for row in rest]
        reduced = [_eliminated(row, pivot, column) for row in reduced]
        reduced.append(pivot)
        pivots.append(column)
    return reduced, pivots


def _eliminated(row: list[Field], pivot: list[Field], column: int) -> list[Field]:
    factor = row[column]
    if not factor:
        return row
    return [a - factor * b for a, b in zip(row, pivot, strict=True)]


def rank(matrix: Matrix[Field]) -> int:
    """Rank, exact."""
    return len(row_echelon(matrix)[1])
