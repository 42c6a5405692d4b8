"""Equality of flows, from the table of a claim file to the functions of a claim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import cast

from litproof.claims.formulas.built import Built, text_of, used_definitions, variant
from litproof.claims.formulas.claimed_network import read_claimed_network
from litproof.claims.formulas.flow_equality import (
    FlowEquality,
    compare_equality,
    meaning_of,
    measure_equality,
    predict_equality,
    same_equality,
)
from litproof.claims.formulas.variants import variants_of
from litproof.claims.types import Mutant
from litproof.errors import InputError
from litproof.language.grammar import LETTERS
from litproof.language.statements import Definitions, parse_statement
from litproof.language.tree import Node, Number, Operation
from litproof.networks.base import Network
from litproof.problem_file.architecture import read_architecture, read_kind
from litproof.problem_file.values import Node as Entry, shown, table


def equality_built(entry: Entry, definitions: Definitions) -> Built:
    """same_as = { network = .., map = { .. }, time = "c*t" }."""
    table(entry, ("network", "map"), ("time",))
    pairs = entry.child("map")
    if not isinstance(pairs.value, dict) or not pairs.value:
        raise pairs.error(
            'expected entries of the other network and formulas, such as "v[1,j]" = "u[j] + w[j]"'
        )

    def parsed(text: str, item: Entry) -> Node:
        return parse_statement(
            text, key=item.key, source=item.source, definitions=definitions, implicit=LETTERS
        )

    targets = tuple(
        (parsed(target, pairs), parsed(text_of(pairs.child(target)), pairs.child(target)))
        for target in pairs.value
    )
    clock = (
        parsed(text_of(entry.child("time")), entry.child("time"))
        if "time" in entry.value
        else parsed("t", entry)
    )
    used = used_definitions([formula for _, formula in targets], definitions)
    statement = FlowEquality(_network(entry.child("network")), targets, clock, used, entry.key)
    return Built(
        statement=statement,
        text=statement.text,
        implied=(),
        meaning=(meaning_of(statement),),
        predict=partial(predict_equality, statement),
        measure=measure_equality(statement),
        compare=compare_equality,
        same=same_equality,
        mutants=_mutants(statement),
        automatic=True,
    )


def _network(entry: Entry) -> Callable[[int], Network]:
    """inputs -> the other network; the sizes of its parameters may be letters as in a claim's [network]."""
    if isinstance(entry.value, dict) and "kind" not in entry.value:
        claimed = read_claimed_network(entry)
        return lambda inputs: claimed.of_size({"d": inputs})
    kind = read_kind(entry, conserved=False)

    def network(inputs: int) -> Network:
        made = read_architecture(entry, kind, inputs, conserved=False)
        if not hasattr(made, "coefficients"):
            raise InputError(f"expected a network with parameters, got {shown(kind)}", key=entry.key)
        return cast("Network", made)

    return network


def _mutants(statement: FlowEquality) -> tuple[Mutant, ...]:
    formulas = [formula for _, formula in statement.targets]
    made = [
        (
            name,
            replace(
                statement,
                targets=tuple((t, f) for (t, _), f in zip(statement.targets, changed, strict=True)),
                definitions=definitions,
            ),
        )
        for name, changed, definitions in variants_of(formulas, statement.definitions)
    ]
    twice = Operation("*", Number(Fraction(2)), statement.time)
    made.append(("twice the time", replace(statement, time=twice)))
    return tuple(
        variant(name, partial(predict_equality, false), (meaning_of(false),)) for name, false in made
    )
