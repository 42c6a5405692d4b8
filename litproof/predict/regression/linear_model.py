"""Limits that are rational: one layer (R9), and the minimum-norm solution (R7)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.errors import HypothesisError, Unreachable
from litproof.problem import Problem

Vector = tuple[Fraction, ...]
Matrix = Sequence[Sequence[Fraction]]


def solve_exact(A: Matrix, b: Sequence[Fraction]) -> Vector | None:
    """One solution of A x = b over Q (free unknowns 0); None when there is none."""
    rows = [[*row, right] for row, right in zip(A, b, strict=True)]
    width = len(A[0]) if A else 0
    pivots: list[tuple[int, int]] = []
    top = 0
    for column in range(width):
        found = next((i for i in range(top, len(rows)) if rows[i][column]), None)
        if found is None:
            continue
        rows[top], rows[found] = rows[found], rows[top]
        scale = rows[top][column]
        rows[top] = [entry / scale for entry in rows[top]]
        for i, row in enumerate(rows):
            if i != top and row[column]:
                factor = row[column]
                rows[i] = [p - factor * q for p, q in zip(row, rows[top], strict=True)]
        pivots.append((top, column))
        top += 1
    if any(row[width] for row in rows[top:]):
        return None
    x = [Fraction(0)] * width
    for index, column in pivots:
        x[column] = rows[index][width]
    return tuple(x)


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    """a . b."""
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def projected_start(X: Matrix, y: Sequence[Fraction], start: Sequence[Fraction]) -> Vector | None:
    """start + X^T (X X^T)^{-1} (y - X start): the solution of X beta = y nearest to `start`; None when there is none.

    Source: R9; gradient flow on a linear model moves in the row space of X. Rank-deficient X is allowed.
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


def minimum_norm(X: Matrix, y: Sequence[Fraction]) -> Vector:
    """X^T (X X^T)^{-1} y, exact (R7: fully connected, alpha -> 0). HypothesisError when X beta = y has no solution."""
    found = projected_start(X, y, (Fraction(0),) * len(X[0]))
    if found is None:
        raise HypothesisError("X beta = y has no solution")
    return found


def one_layer_limit(problem: Problem) -> Vector:
    """The limit of beta for depth 1, exact, any network (R9).

    beta = T v_1 with a fixed matrix T, so v_1 ends at the point of {X T v = y} nearest to its start.
    """
    network = problem.network
    size = network.shapes[0]
    T = list(
        zip(
            *(network.coefficients([[Fraction(int(i == k)) for i in range(size)]]) for k in range(size)),
            strict=True,
        )
    )
    reached = [[dot(row, column) for column in zip(*T, strict=True)] for row in problem.X]
    end = projected_start(reached, problem.y, problem.v0[0])
    if end is None:
        raise Unreachable(
            "the flow cannot reach zero loss: no parameters of this one-layer network fit the data"
        )
    return tuple(Fraction(dot(row, end)) for row in T)
