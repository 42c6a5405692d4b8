"""Whether a stationary point on an affine set is a minimum there: through convexity, or through second derivatives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from litproof.algebra.balls import Ball, dyadic
from litproof.errors import InputError
from litproof.formula.curvature import Curvature, curvature, is_nonnegative
from litproof.formula.evaluate import evaluate
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Point, uses_schatten
from litproof.formula.stationarity import Shape
from litproof.language.tree import Call, Node, Operation
from litproof.precision import ball_precision

BOX = 100
"""Convexity that the rules do not show is looked for where |z_j| <= BOX max |z|, z the limit."""

_BITS = 80
_PIECES = 400


@dataclass(frozen=True)
class Minimality:
    """Whether the point is a minimum: True, False, or None when that is not decided; `reason` says why."""

    answer: bool | None
    reason: str


def minimality(tree: Node, point: Point, shape: Shape) -> Minimality:
    """Judge a stationary point, at flint's current precision.

    Parameters
    ----------
    tree : the function.
    point : the stationary point (as measured).
    shape : sign of its second derivatives on the interpolating directions.
    """
    core = without_monotone(tree, point)
    known = curvature(core, point)
    if known in (Curvature.CONVEX, Curvature.AFFINE):
        return Minimality(True, "convex, so stationary points are global minima")
    if shape is Shape.SADDLE:
        return Minimality(False, "stationary, but the second derivatives show that it is not a minimum")
    if not uses_schatten(core) and convex_on_box(core, point):
        return Minimality(
            True, f"convex where every coordinate is at most {BOX} times the limit's largest one"
        )
    if shape is Shape.MINIMUM:
        return Minimality(None, "a strict local minimum; whether it is the global one is not decided")
    return Minimality(None, "stationary; whether it is a minimum is not decided")


def without_monotone(tree: Node, point: Point) -> Node:
    """The formula inside increasing outer functions (sqrt, log, positive powers of what is not negative).

    Minimising either is the same.
    """
    while True:
        inner = tree
        if isinstance(tree, Call) and tree.name in ("sqrt", "log", "exp"):
            inner = tree.arguments[0]
        elif isinstance(tree, Operation) and tree.sign == "^" and is_nonnegative(tree.left, point):
            try:
                exponent = evaluate(tree.right, point)
            except (NotDefined, InputError):
                return tree
            if exponent.is_constant and exponent.ball > 0:
                inner = tree.left
        if inner is tree:
            return tree
        tree = inner


def convex_on_box(tree: Node, point: Point) -> bool:
    """Whether a sum of functions of one coordinate each is proved strictly convex for |z_j| <= BOX max |z|."""
    with ball_precision(_BITS):
        try:
            jet = evaluate(tree, point)
        except NotDefined:
            return False
        if jet.kinks or any(i != j for i, j in jet.hessian):
            return False
        radius = BOX * max(abs(dyadic(entry)) for entry in point.coordinates)
        return all(
            _convex_along(tree, point, j, radius)
            for j in range(len(point.coordinates))
            if (j, j) in jet.hessian
        )


def _convex_along(tree: Node, point: Point, j: int, radius: Fraction) -> bool:
    waiting = [(-radius, radius)]
    for _ in range(_PIECES):
        if not waiting:
            return True
        low, high = waiting.pop()
        coordinates = list(point.coordinates)
        coordinates[j] = _interval(low, high)
        try:
            jet = evaluate(tree, replace(point, coordinates=tuple(coordinates)))
            positive = not jet.kinks and bool(jet.hessian[j, j] > 0)
        except NotDefined:
            positive = False
        if not positive:
            middle = (low + high) / 2
            waiting += [(low, middle), (middle, high)]
    return not waiting


def _interval(low: Fraction, high: Fraction) -> Ball:
    from litproof.algebra.balls import ball

    result: Ball = ball(low).union(ball(high))
    return result
