"""Exact linear algebra: over Q by FLINT's fraction-free and modular methods, over cyclotomic fields by elimination."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeVar

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.errors import HypothesisError

Field = TypeVar("Field", Fraction, Cyclotomic)
Matrix = Sequence[Sequence[Field]]
Vector = tuple[Fraction, ...]

_PRIME = 2**61 - 1
"""For ranks modulo a prime: the largest Mersenne prime in a machine word."""


def row_echelon(matrix: Matrix[Field]) -> tuple[list[list[Field]], list[int]]:
    """Reduced row echelon form without zero rows, and its pivot columns."""
    rest = [list(row) for row in matrix]
    if all(isinstance(entry, Fraction | int) for row in rest for entry in row):
        return _rational_echelon(rest)  # type: ignore[arg-type, return-value]
    reduced: list[list[Field]] = []
    pivots: list[int] = []
    for column in range(len(rest[0]) if rest else 0):
        position = next((i for i, row in enumerate(rest) if row[column]), None)
        if position is None:
            continue
        pivot_row = rest.pop(position)
        scale = 1 / pivot_row[column]
        pivot: list[Field] = [entry * scale for entry in pivot_row]
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


def _rational_echelon(rows: Sequence[Sequence[Fraction]]) -> tuple[list[list[Fraction]], list[int]]:
    if not rows or not rows[0]:
        return [], []
    form, rank = _flint(rows).rref()
    reduced = [[Fraction(int(entry.p), int(entry.q)) for entry in row] for row in form.tolist()[: int(rank)]]
    return reduced, [next(j for j, entry in enumerate(row) if entry) for row in reduced]


def _flint(rows: Sequence[Sequence[Fraction]]) -> Any:
    from flint import fmpq, fmpq_mat

    entries = [fmpq(entry.numerator, entry.denominator) for row in rows for entry in row]
    return fmpq_mat(len(rows), len(rows[0]), entries)


def rank(matrix: Matrix[Field]) -> int:
    """Rank, exact.

    A rational matrix is first reduced modulo a prime that divides none of its denominators: minors that do not
    vanish there do not vanish over Q, so that full rank modulo the prime is full rank.
    """
    rows = [list(row) for row in matrix]
    if rows and rows[0] and all(isinstance(entry, Fraction | int) for row in rows for entry in row):
        full = min(len(rows), len(rows[0]))
        if _modular_rank(rows) == full:  # type: ignore[arg-type]
            return full
    return len(row_echelon(rows)[1])


def _modular_rank(rows: Sequence[Sequence[Fraction]]) -> int:
    from flint import nmod_mat

    if any(entry.denominator % _PRIME == 0 for row in rows for entry in row):
        return 0
    entries = [_residue(entry) for row in rows for entry in row]
    return int(nmod_mat(len(rows), len(rows[0]), entries, _PRIME).rank())


def _residue(value: Fraction) -> int:
    if value.denominator == 1:
        return value.numerator % _PRIME
    return value.numerator * pow(value.denominator, -1, _PRIME) % _PRIME


def solve_exact(A: Sequence[Sequence[Fraction]], b: Sequence[Fraction]) -> Vector | None:
    """One solution of A x = b over Q (free unknowns 0); None when there is none."""
    width = len(A[0]) if A else 0
    reduced, pivots = row_echelon([[*row, right] for row, right in zip(A, b, strict=True)])
    if width in pivots:
        return None
    x = [Fraction(0)] * width
    for row, column in zip(reduced, pivots, strict=True):
        x[column] = row[width]
    return tuple(x)


def solve_square(A: Sequence[Sequence[Fraction]], b: Sequence[Fraction]) -> Vector | None:
    """The solution of A x = b over Q for a square matrix; None when the matrix is singular."""
    try:
        solution = _flint(A).solve(_flint([[entry] for entry in b]))
    except ZeroDivisionError:
        return None
    return _entries(solution)


def product(A: Sequence[Sequence[Fraction]], x: Sequence[Fraction]) -> Vector:
    """A x over Q: one common denominator, where sums of fractions would reduce every partial sum."""
    return _entries(_flint(A) * _flint([[entry] for entry in x]))


def combination(weights: Sequence[Fraction], rows: Sequence[Sequence[Fraction]]) -> Vector:
    """sum_i weights_i rows_i over Q."""
    return _entries(_flint([weights]) * _flint(rows))


def gram(rows: Sequence[Sequence[Fraction]]) -> list[Vector]:
    """rows_i . rows_j over Q."""
    matrix = _flint(rows)
    size = len(rows)
    entries = _entries(matrix * matrix.transpose())
    return [entries[i * size : (i + 1) * size] for i in range(size)]


def _entries(matrix: Any) -> Vector:
    return tuple(Fraction(int(entry.p), int(entry.q)) for row in matrix.tolist() for entry in row)


def first_independent(columns: Sequence[Sequence[Fraction]]) -> list[int]:
    """Indices of columns, each chosen where it is independent of those before; decided modulo a prime.

    Independent modulo the prime is independent over Q; the converse fails for few primes only. Empty where the prime
    divides a denominator.
    """
    from flint import nmod_mat

    if not columns or any(entry.denominator % _PRIME == 0 for column in columns for entry in column):
        return []
    height = len(columns[0])
    entries = [_residue(column[i]) for i in range(height) for column in columns]
    form, _ = nmod_mat(height, len(columns), entries, _PRIME).rref()
    leading = (next((j for j, entry in enumerate(row) if int(entry)), None) for row in form.tolist())
    return [j for j in leading if j is not None]


def square_root_free(matrix: Sequence[Sequence[Fraction]]) -> tuple[list[list[Fraction]], list[Fraction]]:
    """(T, D) with matrix = T^T diag(D) T, T unit upper triangular, for a positive definite matrix."""
    rest = [list(row) for row in matrix]
    size = len(rest)
    T, D = [], []
    for k in range(size):
        pivot = rest[k][k]
        row = [Fraction(0)] * k + [entry / pivot for entry in rest[k][k:]]
        for i in range(k + 1, size):
            rest[i] = [a - rest[k][i] * b for a, b in zip(rest[i], row, strict=True)]
        T.append(row)
        D.append(pivot)
    return T, D


def null_space(rows: Sequence[Sequence[Fraction]], width: int) -> list[list[Fraction]]:
    """A basis of the vectors of length `width` orthogonal to all rows."""
    reduced, pivots = row_echelon([list(row) for row in rows])
    basis = []
    for free in sorted(set(range(width)) - set(pivots)):
        vector = [Fraction(int(k == free)) for k in range(width)]
        for row, pivot in zip(reduced, pivots, strict=True):
            vector[pivot] = -row[free]
        basis.append(vector)
    return basis


def inverse(matrix: Matrix[Field]) -> list[list[Field]]:
    """The inverse of a square matrix over a field; ZeroDivisionError when it is singular."""
    size = len(matrix)
    zero: Field = matrix[0][0] * 0
    widened = [list(row) + [zero] * size for row in matrix]
    for i in range(size):
        widened[i][size + i] = zero + 1
    reduced, pivots = row_echelon(widened)
    if pivots != list(range(size)):
        raise ZeroDivisionError("singular matrix")
    return [row[size:] for row in reduced]


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    """a . b."""
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def projected_start(
    X: Sequence[Sequence[Fraction]], y: Sequence[Fraction], start: Sequence[Fraction]
) -> Vector | None:
    """The solution of X beta = y nearest to `start`, start + X^T K (y - X start); None when there is none.

    K inverts X X^T on its range, so that rank-deficient X is allowed.
    """
    gram = [[dot(a, b) for b in X] for a in X]
    gap = [target - dot(row, start) for row, target in zip(X, y, strict=True)]
    weights = solve_exact(gram, gap)
    if weights is None:
        return None
    return tuple(
        entry + sum((w * row[k] for w, row in zip(weights, X, strict=True)), Fraction(0))
        for k, entry in enumerate(start)
    )


def minimum_norm(X: Sequence[Sequence[Fraction]], y: Sequence[Fraction]) -> Vector:
    """X^T (X X^T)^{-1} y, exact. HypothesisError when X beta = y has no solution."""
    projection = projected_start(X, y, (Fraction(0),) * len(X[0]))
    if projection is None:
        raise HypothesisError("X beta = y has no solution")
    return projection
