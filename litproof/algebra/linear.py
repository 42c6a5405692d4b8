"""Exact linear algebra: over Q by FLINT's fraction-free and modular methods, over cyclotomic fields by elimination."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.errors import HypothesisError

if TYPE_CHECKING:
    from flint import fmpq_mat, nmod_mat

Field = TypeVar("Field", Fraction, Cyclotomic)
Matrix = Sequence[Sequence[Field]]
Vector = tuple[Fraction, ...]

_PRIME = 2**61 - 1
"""For ranks modulo a prime: the largest Mersenne prime in a machine word."""

_TOGETHER = 4096
"""Entries of the rows that `product` multiplies at a time."""


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
    form, rank = rational_matrix(rows).rref()
    zero = Fraction(0)
    reduced = [
        [Fraction(int(entry.p), int(entry.q)) if entry else zero for entry in row]
        for row in form.tolist()[: int(rank)]
    ]
    return reduced, [next(j for j, entry in enumerate(row) if entry) for row in reduced]


def rational_matrix(rows: Sequence[Sequence[Fraction | int]]) -> fmpq_mat:
    """The rows (at least one) as a matrix of flint."""
    from flint import fmpq, fmpq_mat

    entries = [fmpq(entry.numerator, entry.denominator) for row in rows for entry in row]
    return fmpq_mat(len(rows), len(rows[0]), entries)


def identity(size: int) -> list[list[Fraction]]:
    """The identity matrix."""
    return [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]


def rank(matrix: Matrix[Field]) -> int:
    """Rank, exact.

    A rational matrix is first reduced modulo a prime that divides none of its denominators: minors that do not
    vanish there do not vanish over Q, so that full rank modulo the prime is full rank.
    """
    rows = [list(row) for row in matrix]
    if rows and rows[0] and all(isinstance(entry, Fraction | int) for row in rows for entry in row):
        full = min(len(rows), len(rows[0]))
        if modular_rank(rows) == full:  # type: ignore[arg-type]
            return full
    return len(row_echelon(rows)[1])


def modular_rank(rows: Sequence[Sequence[Fraction | int]]) -> int:
    """Rank modulo a prime, at most the rank over Q; 0 where the prime divides a denominator."""
    matrix = modular_matrix(rows)
    return 0 if matrix is None else int(matrix.rank())


def modular_matrix(rows: Sequence[Sequence[Fraction | int]]) -> nmod_mat | None:
    """The rows (at least one) modulo the prime; None where it divides a denominator."""
    from flint import nmod_mat

    entries = _residues(entry for row in rows for entry in row)
    return None if entries is None else nmod_mat(len(rows), len(rows[0]), entries, _PRIME)


def _residues(values: Iterable[Fraction | int]) -> list[int] | None:
    """The values modulo the prime; None where it divides a denominator."""
    residues, inverses = [], {1: 1}
    for value in values:
        below = value.denominator
        if below not in inverses:
            if below % _PRIME == 0:
                return None
            inverses[below] = pow(below, -1, _PRIME)
        residues.append(value.numerator * inverses[below] % _PRIME)
    return residues


def solve_exact(A: Sequence[Sequence[Fraction]], b: Sequence[Fraction]) -> Vector | None:
    """One solution of A x = b over Q (free unknowns 0); None when there is none."""
    width = len(A[0]) if A else 0
    if width == len(A) and (only := solve_square(A, b)) is not None:
        return only
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
        solution = rational_matrix(A).solve(rational_matrix([[entry] for entry in b]))
    except ZeroDivisionError:
        return None
    return _entries(solution)


def product(A: Sequence[Sequence[Fraction]], x: Sequence[Fraction]) -> Vector:
    """A x over Q: one common denominator, where sums of fractions would reduce every partial sum.

    A few rows at a time, as flint writes all entries of a row over the common denominator of that row.
    """
    column = rational_matrix([[entry] for entry in x])
    count = max(1, _TOGETHER // max(1, len(x)))
    parts = (A[i : i + count] for i in range(0, len(A), count))
    return tuple(entry for part in parts for entry in _entries(rational_matrix(part) * column))


def matrix_product(A: Sequence[Sequence[Fraction]], B: Sequence[Sequence[Fraction]]) -> list[Vector]:
    """A B over Q."""
    entries, width = _entries(rational_matrix(A) * rational_matrix(B)), len(B[0])
    return [entries[i : i + width] for i in range(0, len(entries), width)]


def combination(weights: Sequence[Fraction], rows: Sequence[Sequence[Fraction]]) -> Vector:
    """sum_i weights_i rows_i over Q."""
    return _entries(rational_matrix([weights]) * rational_matrix(rows))


def gram(rows: Sequence[Sequence[Fraction]]) -> list[Vector]:
    """rows_i . rows_j over Q."""
    matrix = rational_matrix(rows)
    size = len(rows)
    entries = _entries(matrix * matrix.transpose())
    return [entries[i * size : (i + 1) * size] for i in range(size)]


def inertia(matrix: Sequence[Sequence[Fraction]]) -> tuple[int, int]:
    """Numbers of positive and of negative eigenvalues of a symmetric matrix over Q.

    All roots of its characteristic polynomial are real: Descartes' rule of signs counts them exactly.
    """
    coefficients = rational_matrix(matrix).charpoly().coeffs()
    mirrored = [-c if k % 2 else c for k, c in enumerate(coefficients)]
    positive, negative = (
        sum((a < 0) != (b < 0) for a, b in pairwise(c for c in row if c)) for row in (coefficients, mirrored)
    )
    return positive, negative


def _entries(matrix: Any) -> Vector:
    return tuple(Fraction(int(entry.p), int(entry.q)) for row in matrix.tolist() for entry in row)


def first_independent(columns: Sequence[Sequence[Fraction]]) -> list[int]:
    """Indices of columns, each chosen where it is independent of those before; decided modulo a prime.

    Independent modulo the prime is independent over Q; the converse fails for few primes only. Empty where the prime
    divides a denominator.
    """
    from flint import nmod_mat

    entries = _residues(entry for row in zip(*columns, strict=True) for entry in row)
    if not entries:
        return []
    height = len(columns[0])
    form, _ = nmod_mat(height, len(columns), entries, _PRIME).rref()
    leading = (next((j for j, entry in enumerate(row) if int(entry)), None) for row in form.tolist())
    return [j for j in leading if j is not None]


def square_root_free(matrix: Sequence[Sequence[Fraction]]) -> tuple[list[list[Fraction]], list[Fraction]]:
    """(T, D) with matrix = T^T diag(D) T, T unit upper triangular, for a positive definite matrix."""
    numerators, denominator = rational_matrix(matrix).numer_denom()
    # all leading minors are positive: no row is exchanged, and row k of U starts with the k-th of them
    upper = [[int(entry) for entry in row] for row in numerators.fflu()[3].tolist()]
    minors = [row[k] for k, row in enumerate(upper)]
    T = [[Fraction(entry, minor) for entry in row] for row, minor in zip(upper, minors, strict=True)]
    below = [int(denominator) * minor for minor in (1, *minors[:-1])]
    return T, [Fraction(minor, d) for minor, d in zip(minors, below, strict=True)]


def null_space(rows: Sequence[Sequence[Fraction]], width: int) -> list[list[Fraction]]:
    """A basis of the vectors of length `width` orthogonal to all rows."""
    return orthogonal_to_echelon(*row_echelon(rows), width)


def orthogonal_to_echelon(
    reduced: Sequence[Sequence[Fraction]], pivots: Sequence[int], width: int
) -> list[list[Fraction]]:
    """As `null_space`, of a reduced echelon form."""
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


def dot(a: Iterable[Fraction], b: Iterable[Fraction]) -> Fraction:
    """a . b."""
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def sup_norm(values: Sequence[Fraction]) -> Fraction:
    """Largest absolute value (0 for no values)."""
    return max((abs(value) for value in values), default=Fraction(0))


def distance(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    """Sup-norm distance of two vectors of equal length."""
    return sup_norm([x - y for x, y in zip(a, b, strict=True)])


def projected_start(
    X: Sequence[Sequence[Fraction]], y: Sequence[Fraction], start: Sequence[Fraction]
) -> Vector | None:
    """The solution of X beta = y nearest to `start`, start + X^T K (y - X start); None when there is none.

    K inverts X X^T on its range, so that rank-deficient X is allowed.
    """
    gap = [target - reached for target, reached in zip(y, product(X, start), strict=True)]
    weights = solve_exact(gram(X), gap)
    if weights is None:
        return None
    return tuple(a + move for a, move in zip(start, combination(weights, X), strict=True))


def minimum_norm(X: Sequence[Sequence[Fraction]], y: Sequence[Fraction]) -> Vector:
    """X^T (X X^T)^{-1} y, exact. HypothesisError when X beta = y has no solution."""
    projection = projected_start(X, y, (Fraction(0),) * len(X[0]))
    if projection is None:
        raise HypothesisError("X beta = y has no solution")
    return projection
