"""Whether a formula is convex, by rules of composition (Grant, Boyd, Ye, "Disciplined convex programming", 2006).

The rules are sound, not complete: *unknown* means that they do not apply, nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from litproof.algebra.balls import Ball
from litproof.formula.evaluate import evaluate, modulus_of
from litproof.formula.jets import Jet, NotDefined, call
from litproof.formula.setting import Point
from litproof.language.tree import Call, Negation, Node, Operation, Sum, Symbol, children, nodes, to_text


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
_MAY_RISE = (Curvature.CONSTANT, Curvature.AFFINE, Curvature.CONVEX)
_MAY_FALL = (Curvature.CONSTANT, Curvature.AFFINE, Curvature.CONCAVE)
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
        _, core = self.split(node, bound)
        if core is not node and isinstance(core, Operation) and core.sign in "+-":
            return self.added(node, bound)
        match node:
            case Symbol():
                return Trait(Curvature.AFFINE)
            case Negation():
                return _times(_minus_one(), self.trait(node.inner, bound))
            case Sum():
                return self.total(node, bound)
            case Operation(sign="+" | "-"):
                return self.added(node, bound)
            case Operation(sign="*") if (factor := self.entropic(node, bound)) is not None:
                return _times(constant(factor), Trait(Curvature.CONVEX))
            case Call(name="sqrt") if self.is_square_sum(node.arguments[0], bound):
                return _CONVEX
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

    def added(self, node: Node, bound: dict[str, int]) -> Trait:
        """A sum; u asinh(u/c) takes -sqrt(u^2 + c^2), up to twice, into a convex function."""
        terms = list(self.terms(node, bound, _one()))
        spare: dict[str, list[tuple[Ball, Ball]]] = {}
        for factor, core in terms:
            if (trait := self.inverse_sine(core, bound)) is not None and factor > 0:
                name, slope, width = trait
                spare.setdefault(name, []).append((2 * factor * slope, width))
        result: Trait | None = None
        for factor, core in terms:
            root = self.root(core, bound) if factor < 0 else None
            if root is not None and _taken(spare.get(root[0], []), -factor * root[1], root[2]):
                continue
            part = _times(constant(factor), self.trait(core, bound))
            result = part if result is None else _plus(result, part)
        return _UNKNOWN if result is None else result

    def terms(self, node: Node, bound: dict[str, int], factor: Ball) -> Iterator[tuple[Ball, Node]]:
        """(factor, term) of a sum, sums in brackets and their factors written out."""
        match node:
            case Operation(sign="+" | "-"):
                yield from self.terms(node.left, bound, factor)
                yield from self.terms(node.right, bound, factor if node.sign == "+" else -factor)
            case _:
                more, core = self.split(node, bound)
                if core is node:
                    yield factor, node
                else:
                    yield from self.terms(core, bound, factor * more)

    def split(self, node: Node, bound: dict[str, int]) -> tuple[Ball, Node]:
        """(constant factor, the rest)."""
        match node:
            case Negation():
                factor, core = self.split(node.inner, bound)
                return -factor, core
            case Operation(sign="*" | "/"):
                right = self.number(node.right, bound)
                if right is not None and not right.contains(0):
                    factor, core = self.split(node.left, bound)
                    return (factor * right if node.sign == "*" else factor / right), core
                left = self.number(node.left, bound) if node.sign == "*" else None
                if left is not None and not left.contains(0):
                    factor, core = self.split(node.right, bound)
                    return factor * left, core
                if node.sign == "*":
                    (a, one), (b, two) = self.split(node.left, bound), self.split(node.right, bound)
                    if one is not node.left or two is not node.right:
                        return a * b, Operation("*", one, two, node.place)
        return _one(), node

    def number(self, node: Node, bound: dict[str, int]) -> Ball | None:
        """The value of a constant."""
        if any((isinstance(p, Symbol) and p.name in _LIMIT) or _is_schatten(p) for p in nodes(node)):
            return None
        return evaluate(node, self.point, bound).ball

    def affine(self, node: Node, bound: dict[str, int]) -> tuple[Ball, str] | None:
        """(s, name of u) of s u with u affine."""
        factor, core = self.split(node, bound)
        return (factor, to_text(core)) if self.trait(core, bound).curvature is Curvature.AFFINE else None

    def entropic(self, node: Operation, bound: dict[str, int]) -> Ball | None:
        """s of s u log(c u), c > 0, or s u asinh(u/c): without s convex where it is defined."""
        for u, function in ((node.left, node.right), (node.right, node.left)):
            if isinstance(function, Call) and function.name in ("log", "asinh"):
                own, inner = self.affine(u, bound), self.affine(function.arguments[0], bound)
                if own is None or inner is None or own[1] != inner[1]:
                    continue
                if inner[0] > 0:
                    return own[0]
                if inner[0] < 0:  # with -u in place of u
                    return -own[0]
        return None

    def inverse_sine(self, node: Node, bound: dict[str, int]) -> tuple[str, Ball, Ball] | None:
        """(name of u, s, c) of s u asinh(u/c), s and c > 0."""
        if not isinstance(node, Operation) or node.sign != "*":
            return None
        factor = self.entropic(node, bound)
        if factor is None or not factor > 0:
            return None
        call = next((part for part in (node.left, node.right) if isinstance(part, Call)), None)
        if call is None or call.name != "asinh":
            return None
        own = self.affine(node.left if call is node.right else node.right, bound)
        inner = self.affine(call.arguments[0], bound)
        return None if own is None or inner is None else (own[1], factor, abs(1 / inner[0]))

    def root(self, node: Node, bound: dict[str, int]) -> tuple[str, Ball, Ball] | None:
        """(name of u, s, c) of sqrt(s^2 (u^2 + c^2)), s and c > 0."""
        if not isinstance(node, Call) or node.name != "sqrt":
            return None
        square, rest = None, None
        for factor, core in self.terms(node.arguments[0], bound, _one()):
            if (value := self.number(core, bound)) is not None:
                rest = factor * value if rest is None else rest + factor * value
            elif square is None and (inner := self.squared(core, bound)) is not None:
                square = (factor * inner[0] * inner[0], inner[1])
            else:
                return None
        if square is None or rest is None or not (square[0] > 0 and rest > 0):
            return None
        return square[1], square[0].sqrt(), (rest / square[0]).sqrt()

    def squared(self, node: Node, bound: dict[str, int]) -> tuple[Ball, str] | None:
        """(s, name of u) of (s u)^2, u affine."""
        if isinstance(node, Operation) and node.sign == "^" and self.number(node.right, bound) == 2:
            return self.affine(node.left, bound)
        return None

    def is_square_sum(self, node: Node, bound: dict[str, int]) -> bool:
        """Whether it is a sum of squares of affine functions and of constants that are not negative."""
        if isinstance(node, Sum):
            return self.is_square_sum(node.inner, {**bound, node.letter: 1})
        for factor, core in self.terms(node, bound, _one()):
            value = self.number(core, bound)
            fine = value >= 0 if value is not None else self.squared(core, bound) is not None
            if isinstance(core, Sum):
                fine = self.is_square_sum(core.inner, {**bound, core.letter: 1})
            if not (fine and factor > 0):
                return False
        return True

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


def _taken(spare: list[tuple[Ball, Ball]], amount: Ball, width: Ball) -> bool:
    """Whether `amount` of sqrt(u^2 + c^2) is outweighed by what is spare for this c; takes it away."""
    for position, (room, c) in enumerate(spare):
        if (c - width).contains(0) and (room - amount >= 0 or (room - amount).contains(0)):
            spare[position] = (room - amount, c)
            return True
    return False


def _one() -> Ball:
    from flint import arb

    return arb(1)


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
    if affine and whole is None and not _holds_integer(p):
        # a broken power is defined where its base is not negative
        return Trait(Curvature.CONCAVE if 0 < p < 1 else Curvature.CONVEX, 1)
    even = whole is not None and int(whole) % 2 == 0
    return replace(_UNKNOWN, sign=1 if base.sign > 0 or even else 0)


def _holds_integer(p: Ball) -> bool:
    return bool((p - p.mid().floor()).contains(0) or (p - p.mid().ceil()).contains(0))


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
        case "max":
            sign = 1 if any(a.sign > 0 for a in arguments) else 0
            flat = all(a.curvature in _MAY_RISE for a in arguments)
            return Trait(Curvature.CONVEX, sign) if flat else replace(_UNKNOWN, sign=sign)
        case "min":
            flat = all(a.curvature in _MAY_FALL for a in arguments)
            return Trait(Curvature.CONCAVE) if flat else _UNKNOWN
        case "log":
            return Trait(Curvature.CONCAVE) if affine or concave else _UNKNOWN
        case "sqrt":
            return Trait(Curvature.CONCAVE if affine or concave else Curvature.UNKNOWN, 1)
    return Trait(Curvature.UNKNOWN, main.sign if name in ("asinh", "atan", "tanh", "sinh") else 0)
