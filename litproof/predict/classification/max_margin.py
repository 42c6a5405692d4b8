"""The l2 max-margin direction, exactly: min ||z||_2^2 subject to a_i . z >= 1.

With q the point of least norm in conv{a_i}, z = q / ||q||^2 (q = 0: not separable). Wolfe's algorithm
(Math. Programming 11 (1976) 128, doi:10.1007/BF01580381) in rational arithmetic ends at the exact point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.linear import dot, solve_exact
from litproof.errors import HypothesisError

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class MaxMargin:
    """The exact solution.

    Attributes
    ----------
    z : the minimiser, a_i . z >= 1. p : weights >= 0 with sum 1 and z parallel to sum_i p_i a_i.
    support : points with a_i . z = 1.
    """

    z: Vector
    p: Vector
    support: tuple[int, ...]


def max_margin(points: Sequence[Sequence[Fraction]]) -> MaxMargin:
    """Solve for points a_i in Q^d (labels absorbed).

    Raises HypothesisError when the points are not strictly on one side of a hyperplane through 0.
    """
    q, p = least_norm(points)
    square = dot(q, q)
    if square == 0:
        raise HypothesisError("the data are not separable: 0 is a convex combination of the points y_i x_i")
    z = tuple(entry / square for entry in q)
    margins = [dot(a, z) for a in points]
    # the optimality conditions, whatever way p was found
    if min(margins) < 1 or any(
        weight < 0 or (weight and m != 1) for weight, m in zip(p, margins, strict=True)
    ):
        raise ArithmeticError("the least-norm point fails its optimality conditions")
    return MaxMargin(z, p, tuple(i for i, m in enumerate(margins) if m == 1))


def least_norm(points: Sequence[Sequence[Fraction]]) -> tuple[Vector, Vector]:
    """(q, p): the point q = sum_i p_i a_i of least norm in the convex hull."""
    start = min(range(len(points)), key=lambda i: dot(points[i], points[i]))
    weights = {start: Fraction(1)}
    while True:
        q = _combine(points, weights)
        products = [dot(q, a) for a in points]
        entering = min(range(len(points)), key=lambda i: products[i])
        if products[entering] >= dot(q, q):
            return q, tuple(weights.get(i, Fraction(0)) for i in range(len(points)))
        weights[entering] = Fraction(0)
        while True:
            goal = _affine_least_norm(points, list(weights))
            if all(value > 0 for value in goal.values()):
                weights = goal
                break
            shrinking = [i for i in weights if goal[i] <= 0]
            step = min(weights[i] / (weights[i] - goal[i]) if weights[i] else Fraction(0) for i in shrinking)
            moved = {i: weights[i] + step * (goal[i] - weights[i]) for i in weights}
            del moved[next(i for i in shrinking if moved[i] <= 0)]
            weights = moved


def _combine(points: Sequence[Sequence[Fraction]], weights: dict[int, Fraction]) -> Vector:
    return tuple(
        sum((w * points[i][k] for i, w in weights.items()), Fraction(0)) for k in range(len(points[0]))
    )


def _affine_least_norm(points: Sequence[Sequence[Fraction]], chosen: list[int]) -> dict[int, Fraction]:
    """Weights with sum 1 of the point of least norm in the affine hull of affinely independent points."""
    rows = [[dot(points[i], points[j]) for j in chosen] + [Fraction(1)] for i in chosen]
    rows.append([Fraction(1)] * len(chosen) + [Fraction(0)])
    multipliers = solve_exact(rows, [Fraction(0)] * len(chosen) + [Fraction(1)])
    if multipliers is None:
        raise ArithmeticError("affinely dependent points in the corral")
    return dict(zip(chosen, multipliers, strict=False))
