"""Are all points strictly on one side of a hyperplane through the origin? Exact, with a certificate."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.least_norm import least_norm
from litproof.algebra.linear import dot

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

    The point q of least norm in their convex hull is 0, which its weights show, or separates: z_i . q >= q . q.
    """
    q, p = least_norm(points)
    square = dot(q, q)
    if square == 0:
        return Separation(None, p)
    return Separation(tuple(entry / square for entry in q), None)
