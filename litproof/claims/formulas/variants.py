"""False variants of a statement: each constant, exponent, sign, index and function of its formulas changed once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from litproof.claims.formulas.built import used_definitions
from litproof.language.statements import Definition
from litproof.language.tree import (
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Symbol,
    children,
    exchanged,
    to_text,
)

MOST_VARIANTS = 60
"""Variants of one statement; of longer ones every second, third, .. is taken."""

_CONSTANTS = frozenset({"alpha", "depth", "n", "d", "m", "pi", "t", "step", "mass", "decay", "until"})
_OTHER_FUNCTION = {
    "sinh": "sin",
    "cosh": "cos",
    "tanh": "atan",
    "asinh": "atan",
    "atan": "asinh",
    "sin": "sinh",
    "cos": "cosh",
    "max": "min",
    "min": "max",
}
_REVERSED = {"<=": ">=", ">=": "<="}

Variant = tuple[str, tuple[Node, ...], tuple[Definition, ...]]


def variants_of(formulas: Sequence[Node], definitions: Sequence[Definition]) -> tuple[Variant, ...]:
    """(what is changed, formulas, definitions): one change each, in a formula or in a definition that is used.

    Examples
    --------
    >>> from litproof.language.statements import parse_statement
    >>> for name, (tree,), _ in variants_of([parse_statement("2*beta[j] - t", free=("j",))], []):
    ...     print(name, "|", to_text(tree))
    4 for 2 | 4*beta[j] - t
    beta[1] for beta[j] | 2*beta[1] - t
    2 without beta[j] | 2 - t
    2*t for t | 2*beta[j] - 2*t
    + for - | 2*beta[j] + t
    """
    variants = list(_all(tuple(formulas), tuple(definitions)))
    stride = -(-len(variants) // MOST_VARIANTS)
    return tuple(variants[:: max(stride, 1)])


def _all(formulas: tuple[Node, ...], definitions: tuple[Definition, ...]) -> Iterator[Variant]:
    for position, tree in enumerate(formulas):
        for name, changed in tree_variants(tree):
            yield name, (*formulas[:position], changed, *formulas[position + 1 :]), definitions
    used = used_definitions(formulas, {definition.name: definition for definition in definitions})
    for position, definition in enumerate(definitions):
        if definition not in used:
            continue
        for name, changed in tree_variants(definition.body):
            other = replace(definition, body=changed)
            yield (
                f"{name} in {definition.name}",
                formulas,
                (*definitions[:position], other, *definitions[position + 1 :]),
            )


def tree_variants(tree: Node) -> Iterator[tuple[str, Node]]:
    """(what is changed, tree) for every place of one formula."""
    for node, role in _places(tree, "value"):
        for name, other in _changes(node, role):
            yield name, exchanged(tree, node, other)


def _places(node: Node, role: str) -> Iterator[tuple[Node, str]]:
    """Nodes with what they are: a value, an exponent, an index, or part of a condition."""
    match node:
        case Operation(sign="^"):
            yield from _places(node.left, role)
            yield from _places(node.right, "exponent")
        case Call(name="entry"):
            for part in node.arguments[1:]:
                yield from _places(part, "index")
        case Call(name="sum" | "prod" | "max" | "min") if _folds(node):
            for part in node.arguments[1:-1]:
                yield from _places(part, "index")
            yield from _places(node.arguments[-1], role)
        case Call(name="if"):
            yield from _places(node.arguments[0], "index")
            for part in node.arguments[1:]:
                yield from _places(part, role)
        case Call(name="inverse"):
            yield from _places(node.arguments[1], role)
        case Call(name="quad"):
            for part in node.arguments[1:]:
                yield from _places(part, role)
        case _:
            for part in children(node):
                yield from _places(part, role)
    yield node, role


def _folds(node: Call) -> bool:
    first = node.arguments[0]
    return isinstance(first, Symbol) and first.name in ("i", "j", "k", "l") and not first.indices


def _changes(node: Node, role: str) -> Iterator[tuple[str, Node]]:
    one = Number(Fraction(1))
    match node:
        case Number():
            value = node.value
            other = value + 1 if role in ("exponent", "index") or not value else 2 * value
            yield f"{other} for {value}", Number(other, node.place)
        case Symbol() if node.indices:
            for position, index in enumerate(node.indices):
                near = index + 1 if isinstance(index, int) else 1
                changed = replace(
                    node, indices=(*node.indices[:position], near, *node.indices[position + 1 :])
                )
                yield f"{to_text(changed)} for {to_text(node)}", changed
        case Symbol() if (
            node.name in _CONSTANTS and role == "value" and node.name not in ("n", "d", "m", "depth")
        ):
            twice = Operation("*", Number(Fraction(2)), node, node.place)
            yield f"2*{node.name} for {node.name}", twice
        case Symbol() if node.name in _CONSTANTS and role != "index":
            yield f"{node.name} + 1 for {node.name}", Operation("+", node, one, node.place)
        case Operation(sign="+" | "-") if role != "index":
            sign = "-" if node.sign == "+" else "+"
            yield f"{sign} for {node.sign}", replace(node, sign=sign)
        case Operation(sign="<=" | ">="):
            if role != "index":
                yield f"{_REVERSED[node.sign]} for {node.sign}", replace(node, sign=_REVERSED[node.sign])
        case Operation(sign="*" | "/") if role == "value":
            yield f"{to_text(node.left)[:40]} without {to_text(node.right)[:40]}", node.left
        case Operation(sign="^") if not isinstance(node.right, Number):
            raised = replace(node, right=Operation("+", node.right, one, node.place))
            yield f"exponent {to_text(raised.right)} for {to_text(node.right)}", raised
        case Negation() if role != "index":
            yield f"{to_text(node.inner)[:40]} for {to_text(node)[:40]}", node.inner
        case Call() if node.name in _OTHER_FUNCTION and not _folds(node):
            other_name = _OTHER_FUNCTION[node.name]
            yield f"{other_name} for {node.name}", replace(node, name=other_name)
        case Call(name="sqrt" | "abs" | "log" | "exp"):
            yield f"{node.name} left out", node.arguments[0]
