"""Are all points strictly on one side of a hyperplane through the origin? Exact, with a certificate."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Separation:
    """Exactly one of the two certificates is there (Gordan's theorem).

    Attributes
    ----------
    direction : beta with z_i . beta >= 1 for all points, or None.
    weights : p >= 0 with sum p_i = 1 and sum_i p_i z_i = 0, or None.
    """

    direction: Vector | None
    weights: Vector | None


def separate(points: Sequence[Sequence[Fraction]]) -> Separation:
    """Separate n points z_i in Q^d from 0 (labels absorbed: z_i = y_i x_i); n, d >= 1.

    Phase one of the simplex method, in fractions, for the weights p: minimise the sum of the artificial
    variables in sum_i p_i z_i = 0, sum_i p_i = 1; its multipliers give the direction. The lexicographic ratio
    test makes it end.
    """
    n, d = len(points), len(points[0])
    # Rows: the d coordinates, then the sum. Columns: p_1..p_n, the artificial variables, the right-hand side.
    tableau = [
        [point[k] for point in points] + [Fraction(int(k == c)) for c in range(d + 1)] + [Fraction(0)]
        for k in range(d)
    ]
    tableau.append([Fraction(1)] * n + [Fraction(int(c == d)) for c in range(d + 1)] + [Fraction(1)])
    basis = [n + k for k in range(d + 1)]
    cost = [-sum((row[c] for row in tableau), Fraction(0)) for c in range(n)]
    cost += [Fraction(0)] * (d + 1) + [-tableau[d][-1]]
    while True:
        column = min(range(n), key=lambda c: cost[c])
        if cost[column] >= 0:
            break
        candidates = [row for row in range(d + 1) if tableau[row][column] > 0]
        pivot = min(candidates, key=lambda row: _lexicographic(tableau[row], n, column))
        scale = tableau[pivot][column]
        tableau[pivot] = [entry / scale for entry in tableau[pivot]]
        for row in (*(tableau[r] for r in range(d + 1) if r != pivot), cost):
            factor = row[column]
            if factor:
                row[:] = [a - factor * b for a, b in zip(row, tableau[pivot], strict=True)]
        basis[pivot] = column
    if cost[-1] == 0:
        weights = [Fraction(0)] * n
        for row, variable in zip(tableau, basis, strict=True):
            if variable < n:
                weights[variable] = row[-1]
        return Separation(None, tuple(weights))
    # The reduced cost of artificial k is 1 - u_k, u the multipliers; then z_i . u + u_sum <= 0 < u_sum.
    multipliers = [1 - entry for entry in cost[n : n + d]]
    level = 1 - cost[n + d]
    return Separation(tuple(-u / level for u in multipliers), None)


def _lexicographic(row: list[Fraction], n: int, column: int) -> list[Fraction]:
    """Right-hand side and artificial columns over the pivot entry: different for any two rows."""
    return [row[-1] / row[column], *(entry / row[column] for entry in row[n:-1])]
