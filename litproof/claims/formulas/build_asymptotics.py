"""Statements about limits of limits, from the tables of a claim file to the functions of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from litproof.claims.formulas.asymptotics import (
    compare_asymptotic,
    meaning_of,
    measure_asymptotic,
    predict_asymptotic,
    same_asymptotic,
)
from litproof.claims.formulas.built import (
    NUMBERS,
    Built,
    all_functions,
    all_names,
    require_names,
    text_of,
    used_definitions,
    variant,
)
from litproof.claims.formulas.event_formulas import moves_elsewhere
from litproof.claims.formulas.ladder import VARIABLES, Asymptotic
from litproof.claims.formulas.moments import ALONG
from litproof.claims.formulas.variants import variants_of
from litproof.claims.types import Mutant
from litproof.formula.setting import CONDITION, DATA
from litproof.language.grammar import LETTERS
from litproof.language.statements import Definitions, free_letters, parse_statement
from litproof.language.tree import Node, Number, Operation
from litproof.problem_file.values import Node as Entry, choice, shown, table as keys_of_table

_OPTIMA = ("minimises", "stationary")
_CLAIMED = ("order", "tends_to", "error_order", *_OPTIMA)
"""What may be claimed of a quantity."""


def asymptotic_built(table: Entry, definitions: Definitions) -> Built:
    """quantity, with `as`, and what becomes of it."""
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
        mutants=_asymptotic_mutants(table, statement, definitions),
        automatic="mutants" not in table.value,
    )


def _asymptotic(table: Entry, definitions: Definitions) -> Asymptotic:
    if "as" not in table.value or not set(_CLAIMED) & set(table.value):
        raise table.error(
            f'expected as = "alpha -> 0" (or another), and {", ".join(_CLAIMED[:-1])} or {_CLAIMED[-1]}, '
            "beside quantity"
        )
    if "minimises" in table.value and "stationary" in table.value:
        raise table.error("expected minimises or stationary, got both")
    running = choice(table.child("as"), tuple(VARIABLES))
    trees: dict[str, Node] = {}
    for name in ("quantity", *_CLAIMED):
        if name in table.value:
            entry = table.child(name)
            trees[name] = parse_statement(
                text_of(entry),
                key=entry.key,
                source=entry.source,
                definitions=definitions,
                implicit=() if name in _OPTIMA else LETTERS,
            )
            used = used_definitions([trees[name]], definitions)
            allowed = ALONG if name == "quantity" else CONDITION if name in _OPTIMA else DATA
            require_names(all_names([trees[name]], used), allowed | NUMBERS | {"theta"}, entry)
    used = used_definitions(list(trees.values()), definitions)
    quantity = trees.pop("quantity")
    if set(_OPTIMA) & set(trees) and len(free_letters(quantity)) != 1:
        raise table.child("quantity").error("expected the entries of a vector, with one free letter")
    if "at" in all_functions([quantity], used) and moves_elsewhere([quantity], used):
        raise table.child("quantity").error("expected a formula that speaks of the flow inside at(..) only")
    return Asymptotic(quantity, running, definitions=used, key=f"{table.key}.quantity", **trees)


def _own_mutants(table: Entry, definitions: Definitions) -> tuple[Mutant, ...]:
    """Those of the file: tables of keys that are different."""
    entry = table.child("mutants")
    keys = ("quantity", *_CLAIMED)
    if not isinstance(entry.value, list) or not entry.value:
        raise entry.error(f'expected a list of tables such as [{{ order = "2" }}], got {shown(entry.value)}')
    made = []
    for number, value in enumerate(entry.value, 1):
        item = Entry(value, f"{entry.key}[{number}]", entry.source)
        if not isinstance(value, Mapping) or not value:
            raise item.error(f"expected a table with some of {', '.join(keys)}, got {shown(value)}")
        keys_of_table(item, (), keys)
        rest = {key: table.value[key] for key in ("as", *keys) if key in table.value}
        false = _asymptotic(Entry({**rest, **value}, item.key, item.source), definitions)
        name = ", ".join(f"{key} = {formula}" for key, formula in value.items())
        made.append(variant(name, partial(predict_asymptotic, false), (meaning_of(false),)))
    return tuple(made)


def _asymptotic_mutants(table: Entry, statement: Asymptotic, definitions: Definitions) -> tuple[Mutant, ...]:
    if "mutants" in table.value:
        return _own_mutants(table, definitions)
    changed: list[tuple[str, Asymptotic]] = []
    for name in _CLAIMED:
        tree = getattr(statement, name)
        if tree is None:
            continue
        for change, (other,), changed_definitions in variants_of([tree], statement.definitions):
            changed.append(
                (f"{name}: {change}", _with(replace(statement, definitions=changed_definitions), name, other))
            )
        if name not in _OPTIMA:
            more = Operation("+", tree, Number(Fraction(1)))
            changed.append((f"{name} plus one", _with(statement, name, more)))
    for change, (other,), changed_definitions in variants_of([statement.quantity], statement.definitions):
        changed.append(
            (f"quantity: {change}", replace(statement, quantity=other, definitions=changed_definitions))
        )
    return tuple(
        variant(name, partial(predict_asymptotic, false), (meaning_of(false),)) for name, false in changed
    )


def _with(statement: Asymptotic, name: str, tree: Node) -> Asymptotic:
    changed: Any = {name: tree}
    return replace(statement, **changed)
