"""Rational orthonormal matrices for exact examples and checks."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from litproof.algebra.linear import identity, row_echelon

RationalMatrix = tuple[tuple[Fraction, ...], ...]


def cayley(skew: Sequence[Sequence[Fraction | int]]) -> RationalMatrix:
    """(I - A)(I + A)^-1 for a skew-symmetric A, n x n: an orthogonal matrix with determinant 1.

    I + A is always invertible. ValueError when A is not skew-symmetric.
    """
    n = len(skew)
    if any(len(row) != n for row in skew) or any(
        skew[i][j] != -skew[j][i] for i in range(n) for j in range(n)
    ):
        raise ValueError("the Cayley transform needs a skew-symmetric square matrix")
    one = identity(n)
    # (I - A) and (I + A)^-1 commute, so Q solves (I + A) Q = I - A.
    augmented = [
        [one[i][j] + skew[i][j] for j in range(n)] + [one[i][j] - skew[i][j] for j in range(n)]
        for i in range(n)
    ]
    reduced, _ = row_echelon(augmented)
    return tuple(tuple(row[n:]) for row in reduced)


def random_orthonormal(rng: Random, rows: int, columns: int, size: int = 3) -> RationalMatrix:
    """A rational rows x columns matrix with orthonormal columns, columns <= rows, from integers <= size."""
    skew = [[Fraction(0)] * rows for _ in range(rows)]
    for i in range(rows):
        for j in range(i):
            skew[i][j] = Fraction(rng.randint(-size, size), rng.randint(1, size))
            skew[j][i] = -skew[i][j]
    flips = [rng.choice((-1, 1)) for _ in range(columns)]
    return tuple(tuple(c * flip for c, flip in zip(row, flips, strict=False)) for row in cayley(skew))
