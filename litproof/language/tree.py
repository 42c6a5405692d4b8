"""The syntax tree of a formula, and its text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction


@dataclass(frozen=True)
class Number:
    """An exact number."""

    value: Fraction
    place: int = 0


@dataclass(frozen=True)
class Symbol:
    """A name, or an entry of a vector or matrix.

    Attributes
    ----------
    name : e.g. "alpha" or "beta".
    indices : positive integers, or letters bound by a sum; empty for a plain name.
    place : position in the text, for messages (as in the other nodes).
    """

    name: str
    indices: tuple[int | str, ...] = ()
    place: int = 0


@dataclass(frozen=True)
class Operation:
    """`left` + - * / ^ `right`."""

    sign: str
    left: Node
    right: Node
    place: int = 0


@dataclass(frozen=True)
class Negation:
    """Minus `inner`."""

    inner: Node
    place: int = 0


@dataclass(frozen=True)
class Call:
    """A function of the list in `grammar.FUNCTIONS`."""

    name: str
    arguments: tuple[Node, ...]
    place: int = 0


@dataclass(frozen=True)
class Sum:
    """The sum of `inner` over all values of the index `letter`."""

    letter: str
    inner: Node
    place: int = 0


Node = Number | Symbol | Operation | Negation | Call | Sum


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case Operation():
            return (node.left, node.right)
        case Negation() | Sum():
            return (node.inner,)
        case Call():
            return node.arguments
    return ()


def nodes(tree: Node) -> Iterator[Node]:
    """The tree's nodes, a parent before its children."""
    yield tree
    for child in children(tree):
        yield from nodes(child)


def rewrite(tree: Node, change: Callable[[Node], Node | None]) -> Node:
    """The tree with every node for which `change` gives another one replaced by it (from the root down)."""
    changed = change(tree)
    if changed is not None:
        return changed
    match tree:
        case Operation():
            return replace(tree, left=rewrite(tree.left, change), right=rewrite(tree.right, change))
        case Negation() | Sum():
            return replace(tree, inner=rewrite(tree.inner, change))
        case Call():
            return replace(tree, arguments=tuple(rewrite(part, change) for part in tree.arguments))
    return tree


def exchanged(tree: Node, old: Node, new: Node) -> Node:
    """The tree with another node in the place of one of its own."""
    return rewrite(tree, lambda node: new if node is old else None)


def names(tree: Node) -> frozenset[str]:
    """Names of the symbols that occur."""
    return frozenset(node.name for node in nodes(tree) if isinstance(node, Symbol))


RELATIONS = ("=", "!=", "<=", ">=", "<", ">")
"""Signs of relations: between two formulas, or between indices."""

_STRENGTH = {**dict.fromkeys(RELATIONS, -1), "..": 0, "+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
_NEGATION = 3


def to_text(tree: Node) -> str:
    """The formula as text; parsing it gives an equal tree (places apart)."""
    return _text(tree)[0]


def _text(node: Node) -> tuple[str, int]:
    """Text and strength of the outermost operation."""
    match node:
        case Number():
            return (str(node.value), 5) if node.value.denominator == 1 else (str(node.value), 2)
        case Symbol():
            inside = ",".join(map(str, node.indices))
            return (f"{node.name}[{inside}]" if inside else node.name), 5
        case Negation():
            return f"-{_wrapped(node.inner, _NEGATION)}", _NEGATION
        case Sum():
            letter = "" if node.letter == "j" else f"{node.letter}, "
            return f"sum({letter}{to_text(node.inner)})", 5
        case Call(name="entry"):
            name, *indices = map(to_text, node.arguments)
            return f"{name}[{','.join(indices)}]", 5
        case Call():
            return f"{node.name}({', '.join(map(to_text, node.arguments))})", 5
        case Operation():
            strength = _STRENGTH[node.sign]
            right_associative = node.sign == "^"
            left = _wrapped(node.left, strength + right_associative)
            right = _wrapped(node.right, strength + (not right_associative))
            gap = " " if strength in (-1, 1) else ""
            return f"{left}{gap}{node.sign}{gap}{right}", strength
    raise TypeError(f"not a node: {node!r}")


def _wrapped(node: Node, least: int) -> str:
    text, strength = _text(node)
    return text if strength >= least else f"({text})"
