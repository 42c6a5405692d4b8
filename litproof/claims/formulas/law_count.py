"""How many independent laws the dynamics of a problem have, for every data set and loss.

Laws are functions of the parameters, with momentum of their rates as well, and of the time where the dynamics have a
drift. From below they are counted by those of the form exp(mu t) q with polynomials q up to a degree, found by linear
algebra over Q (`laws.field_laws`); from above by brackets of the fields (`laws.field_count`). Where both numbers meet
the count is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from litproof.claims.comparison import violated
from litproof.claims.formulas.built import (
    NUMBERS,
    Built,
    all_names,
    require_names,
    text_of,
    used_definitions,
    variant,
)
from litproof.claims.formulas.variants import variants_of
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, PartResult
from litproof.dynamics import GradientDescent
from litproof.errors import HypothesisError, Inconclusive, InputError
from litproof.formula.evaluate import evaluate
from litproof.formula.expansion import expand
from litproof.formula.setting import DATA, Point, Setting
from litproof.language.statements import Definition, Definitions, parse_statement
from litproof.language.tree import Node, Number, Operation, to_text
from litproof.problem import Problem
from litproof.problem_file.values import Node as Entry, shown
from litproof.results import Evidence, Measurement, Prediction

DEGREE = 2
MOST_DEGREE = 6


class Counted(NamedTuple):
    """Independent laws that were found, and the most that there can be (None where nothing bounds them)."""

    found: int
    most: int | None


@dataclass(frozen=True)
class LawCount:
    """A formula for the number of independent laws.

    Attributes
    ----------
    degree : of the polynomials that are searched. key : named in messages.
    """

    number: Node
    degree: int
    definitions: tuple[Definition, ...] = ()
    key: str = ""

    @property
    def text(self) -> str:
        """In words."""
        return f"there are exactly {to_text(self.number)} independent laws, for all data and losses"

    def value(self, problem: Problem) -> int:
        """The number for a problem; InputError where it is not a whole number of at least 0."""
        known = {definition.name: definition for definition in self.definitions}
        written = expand(self.number, problem, known, {}, self.key)
        value = evaluate(written, Point(Setting(problem, DATA), "beta", ()), {}, self.key).value
        if not isinstance(value, Fraction) or value.denominator != 1 or value < 0:
            raise InputError(f"expected a whole number of laws of at least 0, got {value}", key=self.key)
        return int(value)


def laws_built(table: Entry, definitions: Definitions) -> Built:
    """laws = "formula", perhaps with degree."""
    entry = table.child("laws")
    tree = parse_statement(text_of(entry), key=entry.key, source=entry.source, definitions=definitions)
    used = used_definitions([tree], definitions)
    require_names(all_names([tree], used), NUMBERS | DATA, entry)
    statement = LawCount(tree, _degree(table), used, entry.key)
    own = "mutants" in table.value
    if own:
        texts = table.child("mutants")
        trees = [
            (text, parse_statement(text, key=texts.key, definitions=definitions)) for text in texts.value
        ]
        false = [
            (text, replace(statement, number=tree, definitions=used_definitions([tree], definitions)))
            for text, tree in trees
        ]
    else:
        false = [
            (name, replace(statement, number=changed, definitions=others))
            for name, (changed,), others in variants_of([tree], used)
        ]
        more = Operation("+", tree, Number(Fraction(1)))
        false.append(("one more", replace(statement, number=more)))
    return Built(
        statement=statement,
        text=statement.text,
        implied=(),
        meaning=(meaning_of(statement),),
        predict=partial(predict_count, statement),
        measure=measure_count(statement.degree),
        compare=compare_count,
        same=lambda a, b, digits: a.value == b.value,
        mutants=tuple(variant(name, partial(predict_count, one), (meaning_of(one),)) for name, one in false),
        automatic=not own,
    )


def _degree(table: Entry) -> int:
    if "degree" not in table.value:
        return DEGREE
    entry = table.child("degree")
    value = entry.value
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_DEGREE:
        raise entry.error(f"expected a whole number from 1 to {MOST_DEGREE}, got {shown(value)}")
    return value


def meaning_of(statement: LawCount) -> Hypothesis:
    """The hypothesis that the dynamics are a flow, and that the formula is a whole number."""

    def check(problem: Problem) -> Check:
        if isinstance(problem.dynamics, GradientDescent):
            return Check(Answer.VIOLATED, "gradient descent is no flow: its laws hold up to order h")
        try:
            statement.value(problem)
        except (InputError, HypothesisError) as error:
            return Check(Answer.VIOLATED, str(error))
        return Check(Answer.HOLDS)

    return Hypothesis("a flow, and a whole number of laws", check)


def predict_count(statement: LawCount, problem: Problem, digits: int) -> Prediction:
    """The number."""
    return Prediction((Fraction(statement.value(problem)),), digits, statement.text)


def measure_count(degree: int) -> Callable[[Problem, int], Measurement]:
    """The count from both sides."""

    def measure(problem: Problem, digits: int) -> Measurement:
        """Laws found by linear algebra over the rationals, and brackets of the fields that bound their number."""
        from litproof.laws.field_count import most_laws
        from litproof.laws.field_laws import find_field_laws
        from litproof.laws.fields import fields_of

        fields = fields_of(problem)
        counted = Counted(len(find_field_laws(fields, degree).laws), most_laws(fields))
        return Measurement(
            value=(Fraction(counted.found),),
            parameters=(),
            error=Fraction(0),
            residual=Fraction(0),
            clock={},
            digits=digits,
            method=f"polynomial laws up to degree {degree}, and brackets of the fields",
            details={"counted": counted},
        )

    return measure


def compare_count(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Whether the number lies between what was found and what there can be, and both are one."""
    counted: Counted = measurement.details["counted"]
    number, (found, most) = int(prediction.value[0]), counted
    upper = "any number" if most is None else str(most)
    detail = f"{found} found, at most {upper} of any kind, {number} claimed"
    if number < found or (most is not None and number > most):
        return violated(detail, evidence=Evidence.EXACT)
    if found != most:
        raise Inconclusive(f"{detail}; a higher degree may find more")
    parts = (PartResult("laws", "holds", "exact", digits, detail),)
    return Comparison(Answer.HOLDS, digits, Evidence.EXACT, 0.0, detail, parts)
