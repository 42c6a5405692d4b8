"""Whether a stationary point on an affine set is the minimum there: through convexity by rules of composition."""

from __future__ import annotations

from dataclasses import dataclass

from litproof.errors import InputError
from litproof.formula.curvature import Curvature, curvature, is_nonnegative
from litproof.formula.evaluate import evaluate
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Point, uses_schatten
from litproof.formula.stationarity import Shape
from litproof.language.tree import Call, Negation, Node, Operation, names


@dataclass(frozen=True)
class Minimality:
    """Whether the point is a minimum: True, False, or None when that is not decided; `reason` says why."""

    answer: bool | None
    reason: str


def minimality(tree: Node, point: Point, shape: Shape) -> Minimality:
    """Judge a stationary point, at flint's current precision.

    It is a minimum over all interpolators only where the formula is convex wherever it is defined; convexity near the
    point shows nothing about interpolators far away.

    Parameters
    ----------
    tree : the function.
    point : the stationary point (as measured).
    shape : sign of its second derivatives on the interpolating directions.
    """
    core, sign = without_monotone(tree, point)
    known = curvature(core, point)
    if known is Curvature.AFFINE or known is (Curvature.CONVEX if sign > 0 else Curvature.CONCAVE):
        return Minimality(
            True, "convex wherever it is defined, so that a stationary point is a global minimum"
        )
    if shape is Shape.SADDLE:
        return Minimality(False, "stationary, but the second derivatives show that it is not a minimum")
    local = "a strict local minimum" if shape is Shape.MINIMUM else "stationary"
    return Minimality(
        None,
        f"{local}; whether it is the global minimum is not decided: no rule shows that the formula is convex",
    )


def without_monotone(tree: Node, point: Point) -> tuple[Node, int]:
    """The formula inside increasing outer functions, and 1; or inside decreasing ones, and -1.

    Outer functions are sqrt, log, exp, positive powers of what is not negative, and factors, quotients and summands
    that are constant. Minimising either is the same, up to the sign.
    """
    sign = 1
    while True:
        inner, factor = _outermost(tree, point)
        if inner is tree:
            return tree, sign
        tree, sign = inner, sign * factor


def _outermost(tree: Node, point: Point) -> tuple[Node, int]:
    """Without one outer function; the tree itself when there is none."""
    match tree:
        case Negation():
            return tree.inner, -1
        case Call(name="sqrt" | "log" | "exp"):
            return tree.arguments[0], 1
        case Operation(sign="+" | "-"):
            if _constant(tree.right, point) is not None:
                return tree.left, 1
            if _constant(tree.left, point) is not None:
                return tree.right, 1 if tree.sign == "+" else -1
        case Operation(sign="*" | "/"):
            factor = _constant(tree.right, point)
            if factor:
                return tree.left, factor
            factor = _constant(tree.left, point)
            if factor and tree.sign == "*":
                return tree.right, factor
        case Operation(sign="^"):
            if _constant(tree.right, point) == 1 and is_nonnegative(tree.left, point):
                return tree.left, 1
    return tree, 1


def _constant(tree: Node, point: Point) -> int | None:
    """The sign of a formula that does not depend on the limit; 0 where it is not clear; None for others."""
    if names(tree) & {"beta", "rho"} or uses_schatten(tree):
        return None
    try:
        value = evaluate(tree, point).ball
    except (NotDefined, InputError):
        return None
    return 1 if value > 0 else -1 if value < 0 else 0
