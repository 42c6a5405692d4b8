"""Statements about limits of limits, from the tables of a claim file to the functions of a claim."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial

from litproof.claims.formulas.asymptotics import (
    VARIABLES,
    Asymptotic,
    compare_asymptotic,
    meaning_of,
    measure_asymptotic,
    predict_asymptotic,
    same_asymptotic,
)
from litproof.claims.formulas.built import (
    NUMBERS,
    Built,
    all_names,
    require_names,
    text_of,
    used_definitions,
    variant,
)
from litproof.claims.formulas.moments import ALONG
from litproof.claims.formulas.variants import variants_of
from litproof.claims.types import Mutant
from litproof.formula.setting import DATA
from litproof.language.grammar import LETTERS
from litproof.language.statements import Definitions, parse_statement
from litproof.language.tree import Node, Number, Operation
from litproof.problem_file.values import Node as Entry, choice


def asymptotic_built(table: Entry, definitions: Definitions) -> Built:
    """quantity, with `as`, and order or tends_to."""
    statement = _asymptotic(table, definitions)
    return Built(
        statement=statement,
        text=statement.text,
        implied=(),
        meaning=(meaning_of(statement),),
        predict=partial(predict_asymptotic, statement),
        measure=measure_asymptotic(statement),
        compare=compare_asymptotic,
        same=same_asymptotic,
        mutants=_asymptotic_mutants(table, statement),
        automatic=True,
    )


def _asymptotic(table: Entry, definitions: Definitions) -> Asymptotic:
    if "as" not in table.value or not {"order", "tends_to"} & set(table.value):
        raise table.error('expected as = "alpha -> 0" (or another), and order or tends_to, beside quantity')
    running = choice(table.child("as"), tuple(VARIABLES))
    trees: dict[str, Node] = {}
    for name in ("quantity", "order", "tends_to"):
        if name in table.value:
            entry = table.child(name)
            trees[name] = parse_statement(
                text_of(entry), key=entry.key, source=entry.source, definitions=definitions, implicit=LETTERS
            )
            used = used_definitions([trees[name]], definitions)
            allowed = ALONG if name == "quantity" else DATA
            require_names(all_names([trees[name]], used), allowed | NUMBERS | {"theta"}, entry)
    used = used_definitions(list(trees.values()), definitions)
    return Asymptotic(
        trees["quantity"], running, trees.get("order"), trees.get("tends_to"), used, f"{table.key}.quantity"
    )


def _asymptotic_mutants(table: Entry, statement: Asymptotic) -> tuple[Mutant, ...]:
    if "mutants" in table.value:
        raise table.child("mutants").error("a quantity has none of its own: they follow from the statement")
    changed: list[tuple[str, Asymptotic]] = []
    for name in ("order", "tends_to"):
        tree = getattr(statement, name)
        if tree is None:
            continue
        for change, (other,), definitions in variants_of([tree], statement.definitions):
            changed.append(
                (f"{name}: {change}", _with(replace(statement, definitions=definitions), name, other))
            )
        more = Operation("+", tree, Number(Fraction(1)))
        changed.append((f"{name} plus one", _with(statement, name, more)))
    for change, (other,), definitions in variants_of([statement.quantity], statement.definitions):
        changed.append((f"quantity: {change}", replace(statement, quantity=other, definitions=definitions)))
    return tuple(
        variant(name, partial(predict_asymptotic, false), (meaning_of(false),)) for name, false in changed
    )


def _with(statement: Asymptotic, name: str, tree: Node) -> Asymptotic:
    return replace(statement, order=tree) if name == "order" else replace(statement, tends_to=tree)
