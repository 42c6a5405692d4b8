"""The l2 max-margin direction, exactly: min ||z||_2^2 subject to a_i . z >= 1.

With q the point of least norm in conv{a_i}, z = q / ||q||^2 (q = 0: not separable).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.least_norm import least_norm
from litproof.algebra.linear import dot, product
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
    margins = product(points, z)
    # the optimality conditions, whatever way p was found
    if min(margins) < 1 or any(
        weight < 0 or (weight and m != 1) for weight, m in zip(p, margins, strict=True)
    ):
        raise ArithmeticError("the least-norm point fails its optimality conditions")
    return MaxMargin(z, p, tuple(i for i, m in enumerate(margins) if m == 1))
