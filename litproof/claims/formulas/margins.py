"""Statements about where a classification goes: its direction as a formula, and what the direction minimises.

With z = u / min_i y_i x_i . u, u the limit of beta / ||beta||, the direction *minimises* f subject to y_i x_i . z >= 1
when it is stationary there and f is convex; it is *stationary* when grad f(z) = sum_i lambda_i y_i x_i with lambda_i >=
0, and 0 where the margin exceeds 1. At zeros of |u| the gradient has free factors; any slope is allowed below powers
smaller than 1. Whether such lambda exist is a linear programme, solved exactly at the measured point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.algebra.linear import distance, sup_norm
from litproof.algebra.linear_programme import minimise
from litproof.claims.comparison import compare_gap, undecided, violated
from litproof.claims.formulas.following import follow_far
from litproof.claims.types import Answer, Check, Comparison, Hypothesis
from litproof.decimals import decimal_log
from litproof.errors import Inconclusive, InputError
from litproof.formula.evaluate import check_symbols, evaluate
from litproof.formula.expansion import expand
from litproof.formula.interpolators import exact_rows
from litproof.formula.jets import Jet, NotDefined
from litproof.formula.minimality import minimality
from litproof.formula.sameness import same_function
from litproof.formula.setting import CONDITION, DATA, Point, Setting, basis_of
from litproof.formula.stationarity import Shape
from litproof.language.grammar import formula_error
from litproof.language.statements import Definition, free_letters
from litproof.language.tree import Node, to_text
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

Kind = Literal["direction", "minimises", "stationary"]

_GUARD = 30
_SLACK = 1000
"""How far beyond the digits asked for a slope may be: what is less is not counted as violated."""


@dataclass(frozen=True)
class MarginStatement:
    """A formula for the direction (entry j), or a function that it minimises or is stationary for.

    Attributes
    ----------
    key : named in messages.
    """

    kind: Kind
    tree: Node
    definitions: tuple[Definition, ...] = ()
    key: str = ""

    def setting(self, problem: Problem) -> Setting:
        """The problem as the formula sees it."""
        return Setting(problem, DATA if self.kind == "direction" else CONDITION)

    def trees(self, problem: Problem) -> list[Node]:
        """The formula written out: one for each entry of the direction, or one."""
        known = {definition.name: definition for definition in self.definitions}
        if self.kind != "direction":
            return [expand(self.tree, problem, known, {}, self.key)]
        letters = free_letters(self.tree)
        if len(letters) > 1:
            message = f"expected entry j of a vector, got the free letters {', '.join(letters)}"
            raise formula_error(self.tree.place, message, self.key)
        entries = range(1, problem.network.input_dim + 1)
        return [expand(self.tree, problem, known, dict.fromkeys(letters, j), self.key) for j in entries]


def meaning_of(statement: MarginStatement) -> Hypothesis:
    """The hypothesis that the formula has a meaning for the problem."""

    def check(problem: Problem) -> Check:
        try:
            for tree in statement.trees(problem):
                check_symbols(tree, statement.setting(problem), {}, statement.key)
        except InputError as error:
            return Check(Answer.VIOLATED, str(error))
        return Check(Answer.HOLDS)

    return Hypothesis("the formula has a meaning for the problem", check)


def predict_margin(statement: MarginStatement, problem: Problem, digits: int) -> Prediction:
    """The formula; of a direction its unit vector, from the data and the start alone."""
    details: dict[str, Any] = {"statement": statement, "problem": problem}
    value: tuple[Fraction, ...] = ()
    if statement.kind == "direction":
        with ball_precision(digits_to_bits(digits + _GUARD)):
            point = Point(statement.setting(problem), "beta", ())
            try:
                entries = [evaluate(tree, point, {}, statement.key).ball for tree in statement.trees(problem)]
            except NotDefined as undefined:
                raise Inconclusive(f"the formula has no value here: {undefined.args[0]}") from None
            size = sum((entry * entry for entry in entries), ball(Fraction(0))).sqrt()
            if not size > 0:
                raise Inconclusive("the formula for the direction is zero here")
            value = tuple(dyadic(entry / size) for entry in entries)
    return Prediction(value, digits, f"{statement.kind}: {to_text(statement.tree)}", details)


def measure_margin(statement: MarginStatement) -> Callable[[Problem, int], Measurement]:
    """The flow followed until its direction has settled."""

    def measure(problem: Problem, digits: int) -> Measurement:
        """Follow the flow in its original parameters, with the clock -log(loss), until beta/||beta|| has settled."""
        return follow_far(problem, digits, parameters=False)

    return measure


def compare_margin(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Whether the measured direction satisfies the statement, to the digits that the flow was followed for."""
    statement, problem = prediction.details["statement"], prediction.details["problem"]
    assert isinstance(statement, MarginStatement)
    assert isinstance(problem, Problem)
    if not measurement.converged:
        return _open(measurement.reason)
    digits = min(digits, measurement.digits)
    if statement.kind == "direction":
        gap = distance(prediction.value, measurement.value)
        size = max(sup_norm(prediction.value), sup_norm(measurement.value))
        return compare_gap(gap, size, digits, measurement.error)
    if problem.network.input_dim == 1:
        return _open("nothing is tested: there are two directions only")
    with ball_precision(digits_to_bits(2 * digits + _GUARD)):
        try:
            return _Judged(statement, problem, measurement, digits).comparison()
        except NotDefined as undefined:
            return _open(f"not decided: {undefined.args[0]}")
        except InputError as error:
            return _open(f"not decided: {error.message}")


def _open(detail: str) -> Comparison:
    return undecided(detail)


@dataclass(frozen=True)
class _Judged:
    statement: MarginStatement
    problem: Problem
    measurement: Measurement
    digits: int

    def comparison(self) -> Comparison:
        (tree,) = self.statement.trees(self.problem)
        setting = self.statement.setting(self.problem)
        rows = self.rows(setting, tree)
        point = self.point(setting, tree, rows)
        jet = evaluate(tree, point, {}, self.statement.key)
        entries = [jet.gradient.get(k, ball(Fraction(0))) for k in range(len(point.coordinates))]
        if all(entry == 0 for entry in entries) and not jet.kinks:
            return _open("says nothing: the formula is constant near the direction")
        margins = [_dot(row, point.coordinates) for row in rows]
        active = [
            i for i, margin in enumerate(margins) if dyadic(margin) - 1 < Fraction(_SLACK, 10**self.digits)
        ]
        rest, weights = _smallest_rest(entries, jet, [rows[i] for i in active])
        tolerance = self.tolerance(entries, jet, point)
        detail = (
            f"{len(active)} of {len(rows)} margins active, slope left 10^{decimal_log(rest):.1f}"
            if rest
            else (f"{len(active)} of {len(rows)} margins active, multipliers found")
        )
        if rest > tolerance:
            ratio = 10.0 ** min(decimal_log(rest) - decimal_log(tolerance), 300.0)
            return violated(f"not stationary: {detail}", ratio)
        if not any(weights):
            return _open("says nothing: no multiplier is positive, so that the margins play no part")
        if self.statement.kind == "minimises":
            minimum = minimality(tree, point, Shape.FLAT)
            if minimum.answer is None:
                advice = f"{minimum.reason} (claim 'stationary' to ask for no more)"
                return Comparison(Answer.UNKNOWN, self.digits, Evidence.NUMERIC, 0.0, advice)
            detail += f"; {minimum.reason}"
        return Comparison(Answer.HOLDS, self.digits, Evidence.AGREED, 0.0, detail)

    def rows(self, setting: Setting, tree: Node) -> list[list[Fraction]]:
        """y_i x_i, or in rho the rows of its margins."""
        if basis_of(tree) == "beta" or setting.complex_rho:
            return [list(row) for row in self.problem.margin_rows[0]]
        rows = exact_rows(setting, "rho")
        if rows is None:
            raise NotDefined("the margins are not rational functions of rho here")
        return [[y * entry for entry in row] for row, y in zip(rows, self.problem.y, strict=True)]

    def point(self, setting: Setting, tree: Node, rows: Sequence[Sequence[Fraction]]) -> Point:
        """The direction at margin 1."""
        from flint import arb

        wide = arb(0, ball(self.measurement.error).abs_upper())
        beta = [ball(entry) + wide for entry in self.measurement.value]
        basis = basis_of(tree)
        unit = setting.point(basis, beta, ()).coordinates
        least = min((_dot(row, unit) for row in rows), key=dyadic)
        if not least > 0:
            raise NotDefined("a margin of the direction is not positive")
        return Point(setting, basis, tuple(entry / least for entry in unit))

    def tolerance(self, entries: Sequence[Ball], jet: Jet, point: Point) -> Fraction:
        """What 10^-digits of the direction, and the error of the flow, make of the slope."""
        size = sup_norm([dyadic(entry) for entry in entries]) or Fraction(1)
        reach = sup_norm([dyadic(z) for z in point.coordinates])
        bend = sum((dyadic(abs(h).upper()) for h in jet.hessian.values() if h.is_finite()), Fraction(0))
        radius = max((dyadic(entry.rad()) for entry in entries), default=Fraction(0))
        unit = Fraction(_SLACK, 100 * 10**self.digits)
        return Fraction((size + 2 * bend * reach) * unit + len(entries) * radius)


def _dot(row: Sequence[Fraction], values: Sequence[Ball]) -> Ball:
    return sum((ball(a) * b for a, b in zip(row, values, strict=True) if a), ball(Fraction(0)))


def _smallest_rest(
    gradient: Sequence[Ball], jet: Jet, rows: Sequence[Sequence[Fraction]]
) -> tuple[Fraction, list[Fraction]]:
    """min ||g + sum_k s_k c_k - sum_i lambda_i a_i||_1 over lambda >= 0, |s_k| <= 1 (any s_k of unbounded kinks)."""
    d, zero, one = len(gradient), Fraction(0), Fraction(1)
    g = [dyadic(entry) for entry in gradient]
    kinks = [
        [dyadic(kink.direction[j]) if j in kink.direction else zero for j in range(d)] for kink in jet.kinks
    ]
    bounded = [k for k, kink in enumerate(jet.kinks) if kink.bounded]
    columns: list[list[Fraction]] = [[*(-a for a in row), *(zero for _ in bounded)] for row in rows]
    for k, direction in enumerate(kinks):
        for sign in (one, -one):
            limit = [one if position == k else zero for position in bounded]
            columns.append([*(sign * c for c in direction), *limit])
    columns += [
        [*(zero for _ in range(d)), *(one if position == k else zero for position in bounded)]
        for k in bounded
    ]
    costs = [zero] * len(columns)
    for j in range(d):
        for sign in (one, -one):
            columns.append([*(sign if i == j else zero for i in range(d)), *(zero for _ in bounded)])
            costs.append(one)
    table = [list(row) for row in zip(*columns, strict=True)]
    optimum = minimise(table, [*(-entry for entry in g), *(one for _ in bounded)], costs)
    return Fraction(optimum.value), list(map(Fraction, optimum.x[: len(rows)]))


def same_margin(a: Prediction, b: Prediction, digits: int) -> bool:
    """Whether two statements say the same: equal directions, or gradients that are parallel."""
    first, second, problem = a.details["statement"], b.details["statement"], a.details["problem"]
    assert isinstance(first, MarginStatement)
    assert isinstance(second, MarginStatement)
    if first.kind == "direction":
        return bool(distance(a.value, b.value) <= Fraction(2 * _SLACK, 10 ** min(digits, 20)))
    (one,), (two,) = first.trees(problem), second.trees(problem)
    return same_function(one, two, first.setting(problem), oriented=True)
