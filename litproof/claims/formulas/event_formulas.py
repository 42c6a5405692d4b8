"""Formulas with events in them, at(f, a = b): what they ask for, and what they say of the moment they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from litproof.claims.formulas.built import all_names, used_definitions
from litproof.claims.formulas.moments import STATE
from litproof.language.statements import NAMES, Definition
from litproof.language.tree import Call, Node, Number, Operation, nodes, rewrite


def conditions_of(tree: Node) -> list[Operation]:
    """The equations that say when, of every at(f, a = b) in a formula."""
    calls = (node for node in nodes(tree) if isinstance(node, Call) and node.name == "at")
    return [when for call in calls for when in call.arguments[1:] if isinstance(when, Operation)]


def outside_events(tree: Node) -> Node:
    """The formula with a number in place of every at(..): what it says of the moment that it is about."""
    return rewrite(
        tree,
        lambda node: (
            Number(Fraction(1), node.place) if isinstance(node, Call) and node.name == "at" else None
        ),
    )


def moves(name: str) -> bool:
    """Whether a name depends on where the flow is: a parameter's own name does, and its start u0 does not."""
    own = name not in NAMES and not name.endswith("0")
    return own or name in STATE | {"t", "theta", "kappa", "logt"}


def moves_elsewhere(formulas: Sequence[Node], definitions: Sequence[Definition]) -> list[str]:
    """Names outside of events that depend on where the flow is."""
    known = {d.name: replace(d, body=outside_events(d.body)) for d in definitions}
    outside = [outside_events(tree) for tree in formulas]
    return sorted(filter(moves, all_names(outside, used_definitions(outside, known))))
