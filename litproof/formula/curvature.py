"""Whether a formula is convex, by rules of composition (Grant, Boyd, Ye, "Disciplined convex programming", 2006).

The rules are sound, not complete: *unknown* means that they do not apply, nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from litproof.algebra.balls import Ball
from litproof.formula.evaluate import evaluate, modulus_of
from litproof.formula.jets import Jet, NotDefined, call
from litproof.formula.setting import Point
from litproof.language.tree import Call, Negation, Node, Operation, Sum, Symbol, children, nodes


class Curvature(Enum):
    """What is known about a function of beta or rho."""

    CONSTANT = "constant"
    AFFINE = "affine"
    CONVEX = "convex"
    CONCAVE = "concave"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Trait:
    """Curvature, sign (1: >= 0 everywhere, -1: <= 0, 0: unknown), and the value of a constant."""

    curvature: Curvature
    sign: int = 0
    value: Ball | None = None


_UNKNOWN = Trait(Curvature.UNKNOWN)
_CONVEX = Trait(Curvature.CONVEX, 1)
_FLIPPED = {Curvature.CONVEX: Curvature.CONCAVE, Curvature.CONCAVE: Curvature.CONVEX}
_LIMIT = frozenset({"beta", "rho"})


def curvature(tree: Node, point: Point) -> Curvature:
    """The curvature of a formula on all of R^N, at flint's current precision.

    Parameters
    ----------
    point : any point; only the constants of its setting are used.

    Raises
    ------
    InputError, NotDefined : as `evaluate` for the constants.
    """
    return _Rules(point).trait(tree, {}).curvature


def is_nonnegative(tree: Node, point: Point) -> bool:
    """Whether the rules show that a formula is >= 0 everywhere."""
    return _Rules(point).trait(tree, {}).sign > 0


@dataclass(frozen=True)
class _Rules:
    point: Point

    def trait(self, node: Node, bound: dict[str, int]) -> Trait:
        if not any(
            (isinstance(part, Symbol) and part.name in _LIMIT) or _is_schatten(part) for part in nodes(node)
        ):
            return constant(evaluate(node, self.point, bound).ball)
        match node:
            case Symbol():
                return Trait(Curvature.AFFINE)
            case Negation():
                return _times(_minus_one(), self.trait(node.inner, bound))
            case Sum():
                return self.total(node, bound)
            case Operation(sign="+" | "-"):
                left, right = (self.trait(part, bound) for part in children(node))
                return _plus(left, right if node.sign == "+" else _times(_minus_one(), right))
            case Operation(sign="*"):
                return _times(*(self.trait(part, bound) for part in children(node)))
            case Operation(sign="/"):
                left, right = (self.trait(part, bound) for part in children(node))
                if right.value is None or right.value.contains(0):
                    return _UNKNOWN
                return _times(constant(1 / right.value), left)
            case Operation():
                return _power(*(self.trait(part, bound) for part in children(node)))
            case Call():
                if modulus_of(node):
                    return _CONVEX
                return _called(node.name, tuple(self.trait(part, bound) for part in node.arguments))
        return _UNKNOWN

    def total(self, node: Sum, bound: dict[str, int]) -> Trait:
        size = max(
            self.point.size(part.name, position)
            for part in nodes(node.inner)
            if isinstance(part, Symbol)
            for position, index in enumerate(part.indices)
            if index == node.letter
        )
        parts = [self.trait(node.inner, {**bound, node.letter: index}) for index in range(1, size + 1)]
        result = parts[0]
        for part in parts[1:]:
            result = _plus(result, part)
        return result


def _is_schatten(node: Node) -> bool:
    return isinstance(node, Call) and node.name == "schatten"


def constant(value: Ball) -> Trait:
    """A number."""
    sign = 1 if value >= 0 else -1 if value <= 0 else 0
    return Trait(Curvature.CONSTANT, sign, value)


def _minus_one() -> Trait:
    from flint import arb

    return constant(arb(-1))


def _plus(a: Trait, b: Trait) -> Trait:
    if a.value is not None and b.value is not None:
        return constant(a.value + b.value)
    kinds = {a.curvature, b.curvature} - {Curvature.CONSTANT}
    wider = kinds - {Curvature.AFFINE}
    if not wider:
        kind = Curvature.AFFINE
    elif len(wider) == 1:
        kind = next(iter(wider))
    else:
        kind = Curvature.UNKNOWN
    return Trait(kind, a.sign if a.sign == b.sign else 0)


def _times(a: Trait, b: Trait) -> Trait:
    if a.value is not None and b.value is not None:
        return constant(a.value * b.value)
    if b.value is not None:
        a, b = b, a
    if a.value is None:
        return replace(_UNKNOWN, sign=a.sign * b.sign)
    if b.curvature is Curvature.AFFINE:
        return Trait(Curvature.AFFINE, a.sign * b.sign)
    if a.sign > 0:
        return b
    if a.sign < 0:
        return Trait(_FLIPPED.get(b.curvature, b.curvature), -b.sign)
    return _UNKNOWN


def _power(base: Trait, exponent: Trait) -> Trait:
    p = exponent.value
    if p is None or base.value is not None:
        if p is not None and base.value is not None:
            return _evaluated("^", base.value, p)
        return _UNKNOWN
    whole = p.unique_fmpz()
    affine = base.curvature is Curvature.AFFINE
    if p == 1:
        return base
    if affine and whole is not None and whole > 0 and int(whole) % 2 == 0:
        return _CONVEX
    if p >= 1 and base.sign > 0 and base.curvature is Curvature.CONVEX:
        return _CONVEX
    if p > 0 and p <= 1 and base.sign > 0 and base.curvature is Curvature.CONCAVE:
        return Trait(Curvature.CONCAVE, 1)
    even = whole is not None and int(whole) % 2 == 0
    return replace(_UNKNOWN, sign=1 if base.sign > 0 or even else 0)


def _evaluated(name: str, *values: Ball) -> Trait:
    from litproof.formula.jets import power

    jets = tuple(Jet(value) for value in values)
    try:
        return constant((power(jets[0], jets[1]) if name == "^" else call(name, jets)).ball)
    except NotDefined:
        return _UNKNOWN


def _called(name: str, arguments: tuple[Trait, ...]) -> Trait:
    main = arguments[-1] if name == "H" else arguments[0]
    affine = main.curvature is Curvature.AFFINE
    convex, concave = main.curvature is Curvature.CONVEX, main.curvature is Curvature.CONCAVE
    match name:
        case "schatten":
            return _CONVEX if main.value is not None and main.value >= 1 else Trait(Curvature.UNKNOWN, 1)
        case "abs" | "H" | "cosh":
            return _CONVEX if affine or (convex and main.sign > 0) else Trait(Curvature.UNKNOWN, 1)
        case "hypentropy":
            return _CONVEX if affine or (convex and main.sign > 0) else _UNKNOWN
        case "exp":
            return _CONVEX if affine or convex else Trait(Curvature.UNKNOWN, 1)
        case "entropy":
            return Trait(Curvature.CONVEX) if affine else _UNKNOWN
        case "log":
            return Trait(Curvature.CONCAVE) if affine or concave else _UNKNOWN
        case "sqrt":
            return Trait(Curvature.CONCAVE if affine or concave else Curvature.UNKNOWN, 1)
    return Trait(Curvature.UNKNOWN, main.sign if name in ("asinh", "atan", "tanh", "sinh") else 0)
