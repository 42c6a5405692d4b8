"""Points, targets and labels of a problem, degenerate ones among them."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from litproof.algebra.linear import dot
from litproof.claims.drawing.numbers import Draw, Rows
from litproof.claims.drawing.starts import conjugated

_NEAR = Fraction(1, 10**6)
"""How far a nearly dependent point is from the line of another one."""


def draw_points(rng: Random, n: int, d: int, style: str, draw: Draw, frame: Rows) -> Rows:
    """n points of d entries; `frame` (k x k) for sensors of d = k^2 entries that commute.

    `style` is one of `recipe.FACTORS`, without "pattern".
    """
    if style == "commuting" and len(frame) ** 2 == d:
        return tuple(conjugated(frame, [draw(rng) for _ in frame]) for _ in range(n))
    zeros = 0.5 if style == "sparse" else 0.1
    points = [[draw(rng) if rng.random() >= zeros else Fraction(0) for _ in range(d)] for _ in range(n)]
    for point in points:
        if not any(point):
            point[rng.randrange(d)] = draw(rng)
    if n > 1 and style == "repeated":
        points[-1] = points[0]
    if n > 1 and style == "dependent":
        weights = [draw(rng) for _ in points[:-1]]
        points[-1] = [dot(weights, column) for column in zip(*points[:-1], strict=True)]
    if n > 1 and style == "nearly dependent":
        points[-1] = [a + _NEAR * b for a, b in zip(points[0], points[-1], strict=True)]
    return tuple(map(tuple, points))


def targets_of(
    rng: Random, X: Rows, style: str, draw: Draw, reached: Sequence[Fraction]
) -> tuple[Fraction, ...]:
    """y: any numbers, zeros, or X beta for a beta with the signs of `reached` (of a network's own coefficients)."""
    if style == "zero":
        return (Fraction(0),) * len(X)
    if style == "signs of the start" and any(reached):
        beta = [abs(draw(rng)) * _sign(b) for b in reached]
        return tuple(dot(row, beta) for row in X)
    return tuple(draw(rng) for _ in X)


def labels_of(
    rng: Random, X: Rows, style: str, draw: Draw, reached: Sequence[Fraction]
) -> tuple[Rows, tuple[Fraction, ...]]:
    """Points that a direction separates, and their labels; a point on its hyperplane is moved off along it."""
    normal = list(reached) if style == "signs of the start" and any(reached) else [draw(rng) for _ in X[0]]
    points, labels = [], []
    for row in X:
        side = dot(row, normal)
        if not side:
            row, side = tuple(x + b for x, b in zip(row, normal, strict=True)), Fraction(1)
        points.append(row)
        labels.append(Fraction(_sign(side)))
    return tuple(points), tuple(labels)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)
