"""Statements about limits and laws, from the tables of a claim file to the functions of a claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

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
from litproof.claims.formulas.coincidence import true_by_symmetry, true_of_direction
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
from litproof.claims.formulas.margins import (
    MarginStatement,
    compare_margin,
    meaning_of,
    measure_margin,
    predict_margin,
    same_margin,
)
from litproof.claims.formulas.variants import variants_of
from litproof.claims.hypotheses import (
    CLASSIFICATION_TASK,
    REGRESSION_FLOW,
    REGRESSION_TASK,
    SEPARABLE,
    UNDERDETERMINED,
)
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, Mutant
from litproof.formula.mutants import formula_mutants
from litproof.formula.setting import CONDITION, DATA
from litproof.language.grammar import LETTERS
from litproof.language.statements import NAMES as STATEMENT_NAMES, Definition, Definitions, parse_statement
from litproof.language.tree import Node, Number, Operation, to_text
from litproof.problem import Problem
from litproof.problem_file.values import Node as Entry
from litproof.results import Measurement, Prediction

_STATEMENTS: Mapping[str, str] = {
    "minimises": "the limit minimises {} over the interpolators",
    "stationary": "the limit is a stationary point of {} on the interpolators",
    "limit": "entry j of the limit is {}",
    "conserved": "{} is conserved along the flow",
    "direction": "the limit of beta/norm(beta) is a positive multiple of the vector with the entries {}",
}


def condition_built(kind: Mode, table: Entry, definitions: Definitions) -> Built:
    """minimises, stationary, limit or conserved, of a regression."""
    condition = _condition(table.child(kind), kind, definitions)
    mutants, automatic = _condition_mutants(table, condition, definitions)
    moving = kind in ("minimises", "stationary")
    return Built(
        statement=condition,
        text=_STATEMENTS[kind].format(to_text(condition.tree)),
        implied=(REGRESSION_FLOW if kind == "conserved" else REGRESSION_TASK, *(UNDERDETERMINED,) * moving),
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
    require_names(mentioned, NAMES[mode] | NUMBERS | ({"theta"} if mode == "conserved" else set()), entry)
    return Condition(mode, tree, entry.key, used)


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
    for item in texts(table.child("mutants")):
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
    made = variant(name, partial(predict_condition, false), (has_meaning(false),))
    if false.mode not in ("minimises", "stationary"):
        return made
    return replace(made, vacuous=true_by_symmetry(compare_condition))


def either(regression: Built, classification: Built) -> Built:
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

    def vacuous(a: Mutant, b: Mutant) -> Callable[[Prediction, Prediction, Measurement], bool]:
        def check(false: Prediction, prediction: Prediction, measurement: Measurement) -> bool:
            classified = prediction.details["problem"].task == "classification"
            own = (b if classified else a).vacuous
            return own is not None and own(false, prediction, measurement)

        return check

    pairs = zip(regression.mutants, classification.mutants, strict=True)
    mutants = tuple(
        replace(a, predict=_chosen(a.predict, b.predict), vacuous=vacuous(a, b)) for a, b in pairs
    )
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


def margin_built(kind: Any, table: Entry, definitions: Definitions) -> Built:
    """direction, or minimises and stationary, of a classification."""
    statement = _margin_statement(kind, table.child(kind), definitions)
    return Built(
        statement=statement,
        text=_STATEMENTS[kind].format(to_text(statement.tree)),
        implied=(CLASSIFICATION_TASK, SEPARABLE),
        meaning=(meaning_of(statement),),
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
    require_names(all_names([tree], used), allowed | NUMBERS, entry)
    return MarginStatement(kind, tree, used, entry.key)


def _margin_mutants(table: Entry, statement: MarginStatement, definitions: Definitions) -> tuple[Mutant, ...]:
    if "mutants" in table.value:
        made = [
            _margin_statement(statement.kind, item, definitions) for item in texts(table.child("mutants"))
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
    made = variant(name, partial(predict_margin, false), (meaning_of(false),))
    if false.kind == "direction":
        return made
    return replace(made, vacuous=_one_minimiser if false.kind == "minimises" else _one_direction)


_one_direction = true_of_direction(compare_margin)


def _one_minimiser(false: Prediction, prediction: Prediction, measurement: Measurement) -> bool:
    """Whether claim and variant name one direction: the best subject to the margins, both functions convex."""
    statements = (prediction, false)
    return all(compare_margin(s, measurement, prediction.digits).answer is Answer.HOLDS for s in statements)
