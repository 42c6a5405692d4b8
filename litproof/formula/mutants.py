"""False variants of a formula: an exponent, a scale, a weight, the depth or the coordinates changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from litproof.language.tree import (
    Call,
    Node,
    Number,
    Operation,
    Sum,
    Symbol,
    exchanged,
    names,
    nodes,
    rewrite,
    to_text,
)

Change = Callable[[Node], Node | None]

LOOKED_FOR = (
    "an exponent plus one",
    "2 alpha",
    "etabar dropped",
    "depth + 1",
    "H of depth L + 1",
    "hypentropy of twice the width",
    "abs squared",
    "beta and rho exchanged",
    "a sum's first term twice",
)
"""The kinds of variants below, in words."""

_MOVING = frozenset({"beta", "rho", "v"})
_PLAIN = ("sum(abs(beta[j]))", "sum(beta[j]^2)")


def formula_mutants(tree: Node, *, condition: bool) -> tuple[tuple[str, Node], ...]:
    """(what is wrong, variant) pairs; no two variants are equal and none equals `tree`.

    Parameters
    ----------
    tree : a function of the limit (`condition`), or a formula for the limit or a conserved quantity.
    condition : whether the l1 and l2 norms of beta are variants as well.

    Examples
    --------
    >>> from litproof.language.grammar import parse
    >>> for name, variant in formula_mutants(parse("sum(beta[j]^2)"), condition=False):
    ...     print(name, "|", to_text(variant))
    exponent: beta[j]^(2 + 1) for beta[j]^2 | sum(beta[j]^(2 + 1))
    transform: rho for beta | sum(rho[j]^2)
    weights: the first term of the sum twice | sum(beta[j]^2) + beta[1]^2
    """
    mutants: list[tuple[str, Node]] = []
    texts = {to_text(tree)}
    for name, variant in _variants(tree, condition):
        if to_text(variant) not in texts:
            texts.add(to_text(variant))
            mutants.append((name, variant))
    return tuple(mutants)


def _variants(tree: Node, condition: bool) -> Iterator[tuple[str, Node]]:
    for power in _powers(tree):
        raised = replace(power, right=_plus_one(power.right))
        yield f"exponent: {to_text(raised)} for {to_text(power)}", exchanged(tree, power, raised)
    for name, label, change in _RULES:
        if name in names(tree) or any(isinstance(node, Call) and node.name == name for node in nodes(tree)):
            yield label, rewrite(tree, change)
    if (weighted := _first_twice(tree)) is not None:
        yield "weights: the first term of the sum twice", weighted
    if condition:
        from litproof.language.grammar import parse

        for text in _PLAIN:
            yield f"{text} in its place", parse(text)


def _powers(tree: Node) -> list[Operation]:
    """Up to three powers of something that moves."""
    powers = [
        node
        for node in nodes(tree)
        if isinstance(node, Operation) and node.sign == "^" and names(node.left) & _MOVING
    ]
    return powers[:3]


def _plus_one(exponent: Node) -> Node:
    return Operation("+", exponent, Number(Fraction(1)))


def _alpha(node: Node) -> Node | None:
    if isinstance(node, Symbol) and node.name == "alpha":
        return Operation("*", Number(Fraction(2)), node)
    return None


def _etabar(node: Node) -> Node | None:
    return Number(Fraction(1)) if isinstance(node, Symbol) and node.name == "etabar" else None


def _depth(node: Node) -> Node | None:
    return _plus_one(node) if isinstance(node, Symbol) and node.name == "depth" else None


def _absolute(node: Node) -> Node | None:
    if isinstance(node, Call) and node.name == "abs" and names(node) & _MOVING:
        return Operation("^", node, Number(Fraction(2)))
    return None


def _potential(node: Node) -> Node | None:
    if isinstance(node, Call) and node.name == "H":
        return replace(node, arguments=(_plus_one(node.arguments[0]), node.arguments[1]))
    return None


def _hypentropy(node: Node) -> Node | None:
    if isinstance(node, Call) and node.name == "hypentropy":
        wider = Operation("*", Number(Fraction(2)), node.arguments[1])
        return replace(node, arguments=(node.arguments[0], wider))
    return None


def _in_rho(node: Node) -> Node | None:
    return replace(node, name="rho") if isinstance(node, Symbol) and node.name == "beta" else None


def _in_beta(node: Node) -> Node | None:
    return replace(node, name="beta") if isinstance(node, Symbol) and node.name == "rho" else None


_RULES: tuple[tuple[str, str, Change], ...] = (
    ("alpha", "scale: 2 alpha for alpha", _alpha),
    ("etabar", "weights etabar dropped", _etabar),
    ("depth", "depth + 1 for depth", _depth),
    ("H", "H(L + 1, t) for H(L, t)", _potential),
    ("hypentropy", "hypentropy(x, 2 c) for hypentropy(x, c)", _hypentropy),
    ("abs", "abs(u)^2 for abs(u)", _absolute),
    ("rho", "transform: beta for rho", _in_beta),
    ("beta", "transform: rho for beta", _in_rho),
)


def _first_twice(tree: Node) -> Node | None:
    """The first term of the outermost sum that moves counted twice."""
    total = next((node for node in nodes(tree) if isinstance(node, Sum) and names(node) & _MOVING), None)
    if total is None:
        return None
    first = rewrite(total.inner, _at_one(total.letter))
    return exchanged(tree, total, Operation("+", total, first, total.place))


def _at_one(letter: str) -> Change:
    def change(node: Node) -> Node | None:
        if isinstance(node, Symbol) and letter in node.indices:
            return replace(node, indices=tuple(1 if index == letter else index for index in node.indices))
        return None

    return change
