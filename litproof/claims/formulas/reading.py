"""Statements of a claim file: from a key and its formulas to the functions of a claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from litproof.claims.formulas.built import (
    Built,
    all_functions,
    all_names,
    text_of,
    used_definitions,
    variant,
)
from litproof.claims.formulas.conditions import (
    NAMES,
    Condition,
    Mode,
    compare_condition,
    has_meaning,
    measure_condition,
    predict_condition,
    prove_condition,
    same_condition,
)
from litproof.claims.formulas.judging import (
    compare_relation,
    meaning_of,
    measure_relation,
    predict_relation,
    same_relation,
)
from litproof.claims.formulas.margins import (
    MarginStatement,
    compare_margin,
    meaning_of as margin_meaning,
    measure_margin,
    predict_margin,
    same_margin,
)
from litproof.claims.formulas.moments import ALONG, STATE
from litproof.claims.formulas.relations import Kind, Relation
from litproof.claims.formulas.variants import Variant, variants_of
from litproof.claims.hypotheses import (
    CLASSIFICATION_TASK,
    REGRESSION,
    REGRESSION_TASK,
    SEPARABLE,
    UNDERDETERMINED,
)
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, Mutant
from litproof.formula.mutants import formula_mutants
from litproof.formula.setting import CONDITION, DATA
from litproof.language.grammar import LETTERS, formula_error
from litproof.language.statements import NAMES as STATEMENT_NAMES, Definition, Definitions, parse_statement
from litproof.language.tree import Node, Number, Operation, nodes, to_text
from litproof.problem import Problem
from litproof.problem_file.values import Node as Entry, rational, shown
from litproof.results import Measurement, Prediction

MARGINS = ("direction",)
CONDITIONS: tuple[Mode, ...] = ("minimises", "stationary", "limit", "conserved")
RELATIONS: tuple[Kind, ...] = ("path", "equation", "rowspan", "holds", "nonincreasing", "nondecreasing")

STATEMENTS: Mapping[str, str] = {
    "minimises": "the limit minimises {} over the interpolators",
    "stationary": "the limit is a stationary point of {} on the interpolators",
    "limit": "entry j of the limit is {}",
    "conserved": "{} is conserved along the flow",
    "path": "{}",
    "equation": "{}",
    "rowspan": "the vector with the entries {} lies in the row space of X",
    "holds": "{}",
    "nonincreasing": "{} never increases",
    "nondecreasing": "{} never decreases",
    "direction": "the limit of beta/norm(beta) is a positive multiple of the vector with the entries {}",
}

_GRID = 32
"""Times at which an inequality up to an end is looked at, beside what is proved of all times."""

_OPPOSITE: Mapping[Kind, Kind] = {"nonincreasing": "nondecreasing", "nondecreasing": "nonincreasing"}

_NUMBERS = frozenset({"beta0", "v0", "theta0", "outputs", "step", "mass", "decay", "until"})
"""Names that stand for numbers of the problem, whatever else a formula may speak of."""

OPTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(CONDITIONS, ()),
    **dict.fromkeys(RELATIONS, ("times", "steps")),
    "holds": ("times", "steps", "until"),
    **dict.fromkeys(("nonincreasing", "nondecreasing"), ("until",)),
    **dict.fromkeys(MARGINS, ()),
}
"""Keys that belong to each kind of statement, beside `mutants`."""


def build(kind: str, table: Entry, definitions: Definitions) -> Built:
    """The statement `kind` of a table of the file.

    Raises
    ------
    InputError : one line naming file, key, position in the formula, and what was expected.
    """
    if kind in ("minimises", "stationary"):
        over_interpolators = _condition_built(kind, table, definitions)  # type: ignore[arg-type]
        return _either(over_interpolators, _margin_built(kind, table, definitions))
    if kind in MARGINS:
        return _margin_built(kind, table, definitions)
    if kind in CONDITIONS:
        return _condition_built(kind, table, definitions)
    return _relation_built(kind, table, definitions)  # type: ignore[arg-type]


def _condition_built(kind: Mode, table: Entry, definitions: Definitions) -> Built:
    condition = _condition(table.child(kind), kind, definitions)
    mutants, automatic = _condition_mutants(table, condition, definitions)
    moving = kind in ("minimises", "stationary")
    return Built(
        statement=condition,
        text=STATEMENTS[kind].format(to_text(condition.tree)),
        implied=(REGRESSION if kind == "conserved" else REGRESSION_TASK, *(UNDERDETERMINED,) * moving),
        meaning=(has_meaning(condition),),
        predict=partial(predict_condition, condition),
        measure=measure_condition(condition),
        compare=compare_condition,
        same=same_condition,
        mutants=mutants,
        automatic=automatic,
        prove=None if kind == "conserved" else prove_condition,
    )


def _condition(entry: Entry, mode: Mode, definitions: Definitions) -> Condition:
    free = ("j",) * (mode == "limit")
    tree = parse_statement(
        text_of(entry), free=free, key=entry.key, source=entry.source, definitions=definitions
    )
    used = used_definitions([tree], definitions)
    mentioned, functions = all_names([tree], used), all_functions([tree], used)
    if mode in ("minimises", "stationary") and not (mentioned & {"beta", "rho"} or "schatten" in functions):
        raise entry.error("expected a function of beta[j], rho[j] or schatten(p)")
    own = mentioned - STATEMENT_NAMES.keys()
    if mode == "conserved" and not (mentioned & {"v", "theta"} or own):
        raise entry.error("expected a function of the layers v[l,j], or of a network's own names")
    _require_names(
        tree, mentioned, NAMES[mode] | _NUMBERS | ({"theta"} if mode == "conserved" else set()), entry
    )
    return Condition(mode, tree, entry.key, used)


def _require_names(tree: Node, mentioned: frozenset[str], allowed: frozenset[str], entry: Entry) -> None:
    if wrong := sorted(mentioned & STATEMENT_NAMES.keys() - allowed):
        raise entry.error(
            f"{wrong[0]} has no place in this kind of formula; expected {', '.join(sorted(allowed))}"
        )


def _condition_mutants(
    table: Entry, condition: Condition, definitions: Definitions
) -> tuple[tuple[Mutant, ...], bool]:
    """Those of the file, or such as follow from the formula; and whether it is these."""
    if "mutants" not in table.value:
        made = [
            (name, replace(condition, tree=tree, definitions=changed))
            for name, tree, changed in _formula_variants(
                condition.mode, condition.tree, condition.definitions
            )
        ]
        return tuple(_condition_mutant(name, other) for name, other in made), True
    listed = []
    for item in _texts(table.child("mutants")):
        false = _condition(item, condition.mode, definitions)
        listed.append(_condition_mutant(to_text(false.tree), false))
    return tuple(listed), False


def _formula_variants(
    kind: str, tree: Node, definitions: tuple[Definition, ...]
) -> list[tuple[str, Node, tuple[Definition, ...]]]:
    """(what is changed, formula, definitions); no two are equal."""
    moving = kind in ("minimises", "stationary")
    made = [(name, other, definitions) for name, other in formula_mutants(tree, condition=moving)]
    if kind == "limit":
        twice = Operation("*", Number(Fraction(2)), tree)
        made.append(("scale: twice the formula", twice, definitions))
    texts = {to_text(other) for _, other, _ in made} | {to_text(tree)}
    for name, (other,), changed in variants_of([tree], definitions):
        if changed != definitions or to_text(other) not in texts:
            texts.add(to_text(other))
            made.append((name, other, changed))
    return made


def _condition_mutant(name: str, false: Condition) -> Mutant:
    return variant(name, partial(predict_condition, false), (has_meaning(false),))


def _texts(entry: Entry) -> list[Entry]:
    """The formulas of a list of mutants."""
    if not isinstance(entry.value, list) or not entry.value:
        raise entry.error(
            f"expected a list of formulas (leave the key out for generic ones), got {shown(entry.value)}"
        )
    return [Entry(text, f"{entry.key}[{k}]", entry.source) for k, text in enumerate(entry.value, 1)]


def _either(regression: Built, classification: Built) -> Built:
    """One key for both tasks: over the interpolators, or subject to margins."""

    def of(problem: Problem) -> Built:
        return classification if problem.task == "classification" else regression

    def hypothesis(name: str, part: Callable[[Built], tuple[Hypothesis, ...]]) -> Hypothesis:
        def check(problem: Problem) -> Check:
            for own in part(of(problem)):
                result = own.check(problem)
                if result.answer is not Answer.HOLDS:
                    return Check(result.answer, f"{own.name}: {result.detail}")
            return Check(Answer.HOLDS)

        return Hypothesis(name, check)

    def compare(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
        return of(prediction.details["problem"]).compare(prediction, measurement, digits)

    def same(a: Prediction, b: Prediction, digits: int) -> bool:
        return of(a.details["problem"]).same(a, b, digits)

    def prove(problem: Problem, measurement: Measurement, digits: int) -> Measurement:
        prover = of(problem).prove
        return measurement if prover is None else prover(problem, measurement, digits)

    pairs = zip(regression.mutants, classification.mutants, strict=True)
    mutants = tuple(Mutant(a.name, _chosen(a.predict, b.predict)) for a, b in pairs)
    return replace(
        regression,
        implied=(hypothesis("the statement is about such a problem", lambda b: b.implied),),
        meaning=(hypothesis("the formula has a meaning for the problem", lambda b: b.meaning),),
        predict=_chosen(regression.predict, classification.predict),
        measure=_chosen(regression.measure, classification.measure),
        compare=compare,
        same=same,
        prove=prove,
        mutants=mutants,
    )


def _chosen(regression: Any, classification: Any) -> Any:
    def function(problem: Problem, digits: int) -> Any:
        return (classification if problem.task == "classification" else regression)(problem, digits)

    return function


def _margin_built(kind: Any, table: Entry, definitions: Definitions) -> Built:
    statement = _margin_statement(kind, table.child(kind), definitions)
    return Built(
        statement=statement,
        text=STATEMENTS[kind].format(to_text(statement.tree)),
        implied=(CLASSIFICATION_TASK, SEPARABLE),
        meaning=(margin_meaning(statement),),
        predict=partial(predict_margin, statement),
        measure=measure_margin(statement),
        compare=compare_margin,
        same=same_margin,
        mutants=_margin_mutants(table, statement, definitions),
        automatic="mutants" not in table.value,
    )


def _margin_statement(kind: Any, entry: Entry, definitions: Definitions) -> MarginStatement:
    implicit = LETTERS if kind == "direction" else ()
    tree = parse_statement(
        text_of(entry), key=entry.key, source=entry.source, definitions=definitions, implicit=implicit
    )
    used = used_definitions([tree], definitions)
    allowed = DATA if kind == "direction" else CONDITION
    _require_names(tree, all_names([tree], used), allowed | _NUMBERS, entry)
    return MarginStatement(kind, tree, used, entry.key)


def _margin_mutants(table: Entry, statement: MarginStatement, definitions: Definitions) -> tuple[Mutant, ...]:
    if "mutants" in table.value:
        made = [
            _margin_statement(statement.kind, item, definitions) for item in _texts(table.child("mutants"))
        ]
        return tuple(_margin_mutant(to_text(false.tree), false) for false in made)
    changed = [
        (name, replace(statement, tree=tree, definitions=others))
        for name, tree, others in _formula_variants(statement.kind, statement.tree, statement.definitions)
    ]
    if statement.kind == "direction":
        opposite = replace(statement, tree=Operation("*", Number(Fraction(-1)), statement.tree))
        changed.append(("the opposite direction", opposite))
    return tuple(_margin_mutant(name, false) for name, false in changed)


def _margin_mutant(name: str, false: MarginStatement) -> Mutant:
    return variant(name, partial(predict_margin, false), (margin_meaning(false),))


def _relation_built(kind: Kind, table: Entry, definitions: Definitions) -> Built:
    times, until = _times(table, kind)
    relation = _relation(kind, table.child(kind), times, until, definitions)
    return Built(
        statement=relation,
        text=STATEMENTS[kind].format(relation.text) + _when(relation),
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
    labels = ["in the limit" if time is None else f"at t = {time}" for time in relation.times]
    return ", " + ", ".join(labels)


def _relation(
    kind: Kind,
    entry: Entry,
    times: tuple[Fraction | None, ...],
    until: Fraction | None,
    definitions: Definitions,
) -> Relation:
    formulas = _READERS[kind](entry, definitions)
    used = used_definitions(formulas, definitions)
    mentioned = all_names(formulas, used)
    _require_names(formulas[0], mentioned, ALONG | _NUMBERS | {"theta"}, entry)
    _require_no_nesting(formulas, entry)
    if kind == "path":
        right = [tree.right for tree in formulas if isinstance(tree, Operation)]
        behind = used_definitions(right, definitions)
        if wrong := sorted(all_names(right, behind) & STATE):
            raise entry.error(f"expected a formula in t, the data and the start, got one with {wrong[0]}")
    if None in times and "t" in mentioned:
        raise entry.error("t has no value in the limit; give times = [..]")
    return Relation(kind, tuple(formulas), used, times, until, entry.key)


def _require_no_nesting(formulas: list[Node], entry: Entry) -> None:
    from litproof.language.tree import Call

    for tree in formulas:
        for node in nodes(tree):
            if isinstance(node, Call) and node.name in ("rate", "integral"):
                inner = {part.name for part in nodes(node.arguments[0]) if isinstance(part, Call)}
                if inner & ({"integral", "rate"} if node.name == "rate" else {"integral"}):
                    raise formula_error(
                        node.place,
                        f"expected no integral or rate inside {node.name}(..)",
                        entry.key,
                        entry.source,
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
        if kind in ("path", "holds"):
            raise table.error(f'expected times = ["1/2", 2, ..] for {kind}')
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
            for item in _texts(table.child("mutants"))
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
    return variant(name, partial(predict_relation, false), (meaning_of(false),))
