"""The point of least norm in the convex hull of finitely many points of Q^d, exactly.

Wolfe's algorithm (Math. Programming 11 (1976) 128, doi:10.1007/BF01580381) in rational arithmetic on the Gram matrix
ends at the exact point from wherever it starts. It starts from the support that doubles find: min |A^T p|^2 +
(1 - sum p)^2 over p >= 0 is solved by a multiple of the weights sought, a nonnegative least-squares problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.algebra.linear import Vector, combination, dot, gram, product, solve_square

_FEW = 12
"""Points up to which no guess is worth loading doubles for."""

_SUPPORT = 1e-9
"""Share of the weights above which doubles count a point as support; a wrong guess costs steps, not the answer."""


def least_norm(points: Sequence[Sequence[Fraction]]) -> tuple[Vector, Vector]:
    """(q, p): the point q = sum_i p_i a_i of least norm in the convex hull of n points a_i in Q^d; n >= 1.

    p >= 0 has sum 1 and a_i . q >= q . q for all i.
    """
    G = gram(points)
    weights = _guess(points, G) or {min(range(len(points)), key=lambda i: G[i][i]): Fraction(1)}
    while True:
        p = tuple(weights.get(i, Fraction(0)) for i in range(len(points)))
        products = product(G, p)
        entering = min(range(len(points)), key=lambda i: products[i])
        if products[entering] >= dot(products, p):
            return combination(p, points), p
        weights[entering] = Fraction(0)
        while True:
            goal = _affine_least_norm(G, list(weights))
            if goal is None:
                raise ArithmeticError("affinely dependent points in the corral")
            if all(value > 0 for value in goal.values()):
                weights = goal
                break
            shrinking = [i for i in weights if goal[i] <= 0]
            step = min(weights[i] / (weights[i] - goal[i]) if weights[i] else Fraction(0) for i in shrinking)
            moved = {i: weights[i] + step * (goal[i] - weights[i]) for i in weights}
            del moved[next(i for i in shrinking if moved[i] <= 0)]
            weights = moved


def _affine_least_norm(G: Sequence[Vector], chosen: list[int]) -> dict[int, Fraction] | None:
    """Weights with sum 1 of the point of least norm in the affine hull; None for affinely dependent points."""
    rows = [[G[i][j] for j in chosen] + [Fraction(1)] for i in chosen]
    rows.append([Fraction(1)] * len(chosen) + [Fraction(0)])
    multipliers = solve_square(rows, [Fraction(0)] * len(chosen) + [Fraction(1)])
    return None if multipliers is None else dict(zip(chosen, multipliers, strict=False))


def _guess(points: Sequence[Sequence[Fraction]], G: Sequence[Vector]) -> dict[int, Fraction] | None:
    """Exact weights on the support that doubles find; None where they are not those of a corral."""
    size = max((abs(entry) for point in points for entry in point), default=Fraction(0))
    if len(points) <= _FEW or not size:
        return None
    import numpy as np
    from scipy.optimize import nnls

    matrix = np.array([[float(entry / size) for entry in point] for point in points]).T
    try:
        weights, _ = nnls(np.vstack([matrix, np.ones(len(points))]), np.append(np.zeros(len(matrix)), 1.0))
    except RuntimeError:  # its iterations ended
        return None
    chosen = [i for i, weight in enumerate(weights) if weight > _SUPPORT * sum(weights)]
    exact = _affine_least_norm(G, chosen) if chosen else None
    return exact if exact and all(weight > 0 for weight in exact.values()) else None
