"""Statements about paths, from the tables of a claim file to the functions of a claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from litproof.claims.formulas.built import (
    NUMBERS,
    Built,
    all_functions,
    all_names,
    require_names,
    text_of,
    texts,
    used_definitions,
    variant,
)
from litproof.claims.formulas.coincidence import true_of_direction, true_of_reachable_states
from litproof.claims.formulas.event_formulas import moves_elsewhere
from litproof.claims.formulas.judging import (
    compare_relation,
    meaning_of,
    measure_relation,
    predict_relation,
    same_relation,
)
from litproof.claims.formulas.moments import ALONG, STATE
from litproof.claims.formulas.relations import Kind, Relation
from litproof.claims.formulas.variants import Variant, variants_of
from litproof.claims.types import Mutant
from litproof.language.grammar import LETTERS, formula_error
from litproof.language.statements import Definitions, parse_statement
from litproof.language.tree import Call, Node, Number, Operation, nodes
from litproof.problem_file.values import Node as Entry, rational, shown
from litproof.results import Measurement, Prediction

_STATEMENTS: Mapping[str, str] = {
    "rowspan": "the vector with the entries {} lies in the row space of X",
    "nonincreasing": "{} never increases",
    "nondecreasing": "{} never decreases",
}

_NO_TIMES = 'expected times = ["1/2", 2, ..] for {}'

_GRID = 32
"""Times at which an inequality up to an end is looked at, beside what is proved of all times."""

_OPPOSITE: Mapping[Kind, Kind] = {"nonincreasing": "nondecreasing", "nondecreasing": "nonincreasing"}


def relation_built(kind: Kind, table: Entry, definitions: Definitions) -> Built:
    """path, equation, rowspan, holds, nonincreasing or nondecreasing."""
    times, until = _times(table, kind)
    given = not {"times", "steps", "until"}.isdisjoint(table.value)
    relation = _relation(kind, table.child(kind), times, until, definitions, table if not given else None)
    return Built(
        statement=relation,
        text=_STATEMENTS.get(kind, "{}").format(relation.text) + _when(relation),
        implied=(),
        meaning=(meaning_of(relation),),
        predict=partial(predict_relation, relation),
        measure=measure_relation(relation),
        compare=compare_relation,
        same=same_relation,
        mutants=_relation_mutants(table, relation, definitions),
        automatic="mutants" not in table.value,
    )


def _when(relation: Relation) -> str:
    if relation.until is not None:
        return f", for t from 0 to {relation.until}"
    if relation.times == (Fraction(0),):
        return ""
    labels = ["in the limit" if time is None else f"at t = {time}" for time in relation.times]
    return ", " + ", ".join(labels)


def _relation(
    kind: Kind,
    entry: Entry,
    times: tuple[Fraction | None, ...],
    until: Fraction | None,
    definitions: Definitions,
    timeless: Entry | None = None,
) -> Relation:
    """The statement; `timeless` is its table where that does not say when it holds."""
    formulas = _READERS[kind](entry, definitions)
    used = used_definitions(formulas, definitions)
    mentioned = all_names(formulas, used)
    require_names(mentioned, ALONG | NUMBERS | {"theta"}, entry)
    _require_no_nesting(formulas, entry)
    if kind == "path":
        right = [tree.right for tree in formulas if isinstance(tree, Operation)]
        behind = used_definitions(right, definitions)
        if wrong := sorted(all_names(right, behind) & STATE):
            raise entry.error(f"expected a formula in t, the data and the start, got one with {wrong[0]}")
    elsewhere = moves_elsewhere(formulas, used)
    if timeless and "at" in all_functions(formulas, used) and not elsewhere:
        times = (Fraction(0),)
    elif kind == "holds" and timeless:
        raise timeless.error(_NO_TIMES.format(kind))
    elif None in times and "t" in elsewhere:
        raise entry.error("t has no value in the limit; give times = [..]")
    return Relation(kind, tuple(formulas), used, times, until, entry.key)


_INSIDE: Mapping[str, frozenset[str]] = {
    "rate": frozenset({"integral", "rate", "at"}),
    "integral": frozenset({"integral", "at"}),
    "at": frozenset({"integral", "at"}),
}
"""What may not stand inside."""


def _require_no_nesting(formulas: list[Node], entry: Entry) -> None:
    for tree in formulas:
        for node in nodes(tree):
            if isinstance(node, Call) and node.name in _INSIDE:
                below = (part for argument in node.arguments for part in nodes(argument))
                inner = {part.name for part in below if isinstance(part, Call)}
                if wrong := sorted(inner & _INSIDE[node.name]):
                    raise formula_error(
                        node.place, f"expected no {wrong[0]} inside {node.name}(..)", entry.key, entry.source
                    )


def _read_path(entry: Entry, definitions: Definitions) -> list[Node]:
    """A formula for beta[j], or a table from entries to their formulas."""
    if not isinstance(entry.value, dict):
        return [_equal(entry, "beta[j]", entry, definitions)]
    if not entry.value:
        raise entry.error('expected entries and their formulas, such as "v[1,j]" = "..."')
    trees = []
    for target in entry.value:
        value = Entry(entry.value[target], f"{entry.key}.{target}", entry.source)
        trees.append(_equal(value, target, value, definitions))
    return trees


def _equal(entry: Entry, target: str, value: Entry, definitions: Definitions) -> Node:
    left = parse_statement(
        target, key=entry.key, source=entry.source, definitions=definitions, implicit=LETTERS
    )
    right = parse_statement(
        text_of(value), key=entry.key, source=entry.source, definitions=definitions, implicit=LETTERS
    )
    return Operation("=", left, right)


def _read_relation(sign: tuple[str, ...]) -> Callable[[Entry, Definitions], list[Node]]:
    def read(entry: Entry, definitions: Definitions) -> list[Node]:
        many = isinstance(entry.value, list)
        items = (
            [Entry(value, f"{entry.key}[{k}]", entry.source) for k, value in enumerate(entry.value, 1)]
            if many
            else [entry]
        )
        if not items:
            raise entry.error("expected a formula, got an empty list")
        return [
            parse_statement(
                text_of(item),
                key=item.key,
                source=item.source,
                definitions=definitions,
                implicit=LETTERS,
                relations=sign,
            )
            for item in items
        ]

    return read


_READERS: Mapping[str, Callable[[Entry, Definitions], list[Node]]] = {
    "path": _read_path,
    "equation": _read_relation(("=",)),
    "holds": _read_relation(("<=", ">=")),
    "rowspan": _read_relation(()),
    "nonincreasing": _read_relation(()),
    "nondecreasing": _read_relation(()),
}


def _times(table: Entry, kind: str) -> tuple[tuple[Fraction | None, ...], Fraction | None]:
    """Times or numbers of steps, "limit" among them (alone where nothing is said); or an end, and some up to it."""
    keys = [key for key in ("times", "steps", "until") if key in table.value]
    if len(keys) > 1:
        raise table.error(f"expected {' or '.join(keys)}, got both")
    if kind in ("nonincreasing", "nondecreasing") and keys != ["until"]:
        raise table.error(f'expected until = "T", the end of the times that {kind} is about')
    if keys == ["until"]:
        until = rational(table.child("until"))
        if until <= 0:
            raise table.child("until").error(f"expected a time above 0, got {until}")
        return _grid(until), until
    if not keys:
        if kind == "path":
            raise table.error(_NO_TIMES.format(kind))
        return (None,), None
    entry = table.child(keys[0])
    if not isinstance(entry.value, list) or not entry.value:
        raise entry.error(
            f'expected a list of {keys[0]} such as ["1/2", 2, "limit"], got {shown(entry.value)}'
        )
    times: list[Fraction | None] = []
    for k, value in enumerate(entry.value, 1):
        item = Entry(value, f"{entry.key}[{k}]", entry.source)
        time = None if value == "limit" else rational(item)
        if time is not None and (time < 0 or (keys[0] == "steps" and time.denominator != 1)):
            raise item.error(f"expected {'a whole number' if keys[0] == 'steps' else 'a time'} of at least 0")
        times.append(time)
    if all(time == 0 for time in times):
        raise entry.error("expected a time above 0: at 0 nothing is tested")
    return tuple(dict.fromkeys(times)), None


def _grid(until: Fraction) -> tuple[Fraction, ...]:
    """Some times up to an end, denser at the start; whole ones where the end is whole and small, for steps."""
    if until.denominator == 1 and until <= _GRID:
        return tuple(Fraction(k) for k in range(int(until) + 1))
    times = [until * Fraction(k * k, _GRID * _GRID) for k in range(_GRID + 1)]
    if until.denominator == 1 and until > _GRID * _GRID:
        times = [Fraction(round(time)) for time in times]
    return tuple(dict.fromkeys(times))


def _relation_mutants(table: Entry, relation: Relation, definitions: Definitions) -> tuple[Mutant, ...]:
    if "mutants" in table.value:
        made = [
            _relation(relation.kind, item, relation.times, relation.until, definitions)
            for item in texts(table.child("mutants"))
        ]
        return tuple(_relation_mutant(false.text, false) for false in made)
    if relation.kind != "path":
        changed = variants_of(relation.formulas, relation.definitions)
        if relation.kind == "equation":
            twice = tuple(
                replace(tree, left=Operation("*", Number(Fraction(2)), tree.left))
                for tree in relation.formulas
                if isinstance(tree, Operation)
            )
            changed = (*changed, ("twice the left side", twice, relation.definitions))
        if relation.kind in _OPPOSITE:
            other = replace(relation, kind=_OPPOSITE[relation.kind])
            return (*_changed_relations(relation, changed), _relation_mutant(_OPPOSITE[relation.kind], other))
    else:
        equations = [tree for tree in relation.formulas if isinstance(tree, Operation)]
        changed = tuple(
            (name, tuple(replace(a, right=b) for a, b in zip(equations, right, strict=True)), definitions)
            for name, right, definitions in variants_of(
                [tree.right for tree in equations], relation.definitions
            )
        )
        twice = tuple(
            replace(tree, right=Operation("*", Number(Fraction(2)), tree.right)) for tree in equations
        )
        changed = (*changed, ("twice the formula", twice, relation.definitions))
    return _changed_relations(relation, changed)


def _changed_relations(relation: Relation, changed: Sequence[Variant]) -> tuple[Mutant, ...]:
    return tuple(
        _relation_mutant(name, replace(relation, formulas=formulas, definitions=others))
        for name, formulas, others in changed
    )


def _relation_mutant(name: str, false: Relation) -> Mutant:
    made = variant(name, partial(predict_relation, false), (meaning_of(false),))
    return made if false.kind == "path" else replace(made, vacuous=_true_by_symmetry(false))


def _true_by_symmetry(false: Relation) -> Callable[[Prediction, Prediction, Measurement], bool]:
    in_limit = true_of_direction(compare_relation)

    def vacuous(other: Prediction, prediction: Prediction, measurement: Measurement) -> bool:
        if false.times == (None,) and in_limit(other, prediction, measurement):
            return True
        return true_of_reachable_states(other, prediction, measurement)

    return vacuous
