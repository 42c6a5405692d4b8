"""Claims whose prediction is a formula: the limit minimises it, is stationary for it, equals it, or it is conserved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Literal

from litproof.algebra.balls import dyadic
from litproof.algebra.linear import dot, identity, sup_norm
from litproof.claims.comparison import coincide, compare_coefficients, undecided, violated, without_limit
from litproof.claims.formulas.coincidence import moving_directions, near_start
from litproof.claims.formulas.conserved import Quantities, compare_conserved, follow_moments, value_of
from litproof.claims.measurement import follow_limit, prove_limit
from litproof.claims.types import Answer, Check, Comparison, Hypothesis
from litproof.errors import Inconclusive, InputError
from litproof.flow.program import split
from litproof.formula.evaluate import check_symbols, evaluate
from litproof.formula.expansion import expand, is_plain
from litproof.formula.jets import NotDefined
from litproof.formula.minimality import minimality
from litproof.formula.sameness import parallel, same_function
from litproof.formula.setting import CONDITION, DATA, LAYERS, Point, Setting, basis_of
from litproof.formula.stationarity import limit_point, working_precision
from litproof.formula.stationary_point import NOTHING, NOTHING_NEAR, Stationarity, stationary_point
from litproof.language.statements import Definition
from litproof.language.tree import Node, to_text
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

Mode = Literal["minimises", "stationary", "limit", "conserved"]

NAMES = {"minimises": CONDITION, "stationary": CONDITION, "limit": DATA, "conserved": LAYERS}
"""Names that each kind of formula may use."""

_EXTRA_DIGITS = (8, 30, 80)
_POINTS = 3
"""Points at which two conserved quantities are compared."""
_SAME_DIGITS = 60
_GUARDS = (20, 100, 500)
"""Digits beyond those asked for, tried one after the other, against what cancels in a formula."""


@dataclass(frozen=True)
class Condition:
    """A formula and what is said of it.

    Attributes
    ----------
    mode : minimises or stationary (a function of the limit on the interpolators), limit (entry j of the limit),
        conserved (a function of the layers).
    tree : the formula.
    key : named in messages.
    """

    mode: Mode
    tree: Node
    key: str = ""
    definitions: tuple[Definition, ...] = ()

    def tree_for(self, problem: Problem, j: int | None = None) -> Node:
        """The formula, written out where it says more than plain formulas do; of a limit, for entry j."""
        if not self.definitions and is_plain(self.tree, problem):
            return self.tree
        known = {definition.name: definition for definition in self.definitions}
        return expand(self.tree, problem, known, {} if j is None else {"j": j}, self.key)

    def trees_for(self, problem: Problem) -> list[tuple[Node, dict[str, int]]]:
        """The formula with the values of its free letter: one for each entry of a limit."""
        if self.mode != "limit":
            return [(self.tree_for(problem), {})]
        entries = range(1, problem.network.input_dim + 1)
        return [(self.tree_for(problem, j), {"j": j}) for j in entries]

    def setting(self, problem: Problem) -> Setting:
        """The problem as the formula sees it."""
        return Setting(problem, NAMES[self.mode])


def has_meaning(condition: Condition) -> Hypothesis:
    """The hypothesis that all names of the formula exist in the problem."""

    def check(problem: Problem) -> Check:
        setting = condition.setting(problem)
        try:
            for tree, letters in condition.trees_for(problem):
                check_symbols(tree, setting, letters, condition.key)
            if condition.mode == "conserved":
                value_of(condition.tree_for(problem), problem, problem.v0, 10, condition.key)
        except InputError as error:
            return Check(Answer.VIOLATED, str(error))
        except NotDefined:
            pass  # no value at the start: for the comparison to say
        return Check(Answer.HOLDS)

    return Hypothesis("the formula has a meaning for the problem", check)


def predict_condition(condition: Condition, problem: Problem, digits: int) -> Prediction:
    """The formula itself; for a limit its value from the data and the start."""
    text = to_text(condition.tree)
    details: dict[str, object] = {"condition": condition, "problem": problem}
    if condition.mode == "limit":
        try:
            return Prediction(_entries(condition, problem, digits), digits, text, details)
        except NotDefined as undefined:
            raise Inconclusive(f"the formula has no value here: {undefined.args[0]}") from None
    return Prediction((), digits, f"{condition.mode}: {text}", details)


def _entries(condition: Condition, problem: Problem, digits: int) -> tuple[Fraction, ...]:
    """Entry j of the limit for all j, each to 10^-digits of the largest."""
    setting = condition.setting(problem)
    for guard in _GUARDS:
        with ball_precision(digits_to_bits(digits + guard)):
            point = Point(setting, "beta", ())
            values = [
                evaluate(tree, point, letters, condition.key).ball
                for tree, letters in condition.trees_for(problem)
            ]
            if not all(value.is_finite() for value in values):
                raise NotDefined("it is not finite")
            entries = tuple(map(dyadic, values))
            least = max(map(abs, entries)) / 10 ** (digits + 5)
            if all(dyadic(value.rad()) <= least for value in values):
                return entries
    raise NotDefined("it loses too many digits")


def measure_condition(condition: Condition) -> Callable[[Problem, int], Measurement]:
    """The flow followed to its limit, with as many digits as the formula needs for its own."""

    def measure(problem: Problem, digits: int) -> Measurement:
        """Follow the gradient flow in its original parameters to its limit, as precisely as the formula needs."""
        if condition.mode == "conserved":
            return follow_moments(problem, digits)
        limit = follow_limit(problem, digits + _EXTRA_DIGITS[0])
        if condition.mode in ("minimises", "stationary"):
            for extra in _EXTRA_DIGITS[1:]:
                if not limit.converged or not _stationarity(condition, problem, limit, digits).imprecise:
                    break
                limit = follow_limit(problem, digits + extra)
        return limit

    return measure


def prove_condition(problem: Problem, measurement: Measurement, digits: int) -> Measurement:
    """Proved bounds of the limit with as many digits as a formula needs for its own."""
    return prove_limit(problem, measurement, digits + _EXTRA_DIGITS[0])


def compare_condition(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Whether the measured limit satisfies the formula to the digits asked for."""
    condition, problem = prediction.details["condition"], prediction.details["problem"]
    assert isinstance(condition, Condition)
    assert isinstance(problem, Problem)
    if condition.mode == "conserved":
        return compare_conserved(condition.tree_for(problem), problem, measurement, digits)
    if not measurement.converged:
        return without_limit(measurement)
    if condition.mode == "limit":
        return compare_coefficients(prediction, measurement, digits)
    return _compare_stationarity(condition, problem, measurement, digits)


def _stationarity(condition: Condition, problem: Problem, limit: Measurement, digits: int) -> Stationarity:
    return stationary_point(condition.tree_for(problem), condition.setting(problem), limit, digits)


def _compare_stationarity(
    condition: Condition, problem: Problem, measurement: Measurement, digits: int
) -> Comparison:
    setting = condition.setting(problem)
    enclosed = bool(measurement.enclosure) and setting.follows_from_beta(
        basis_of(condition.tree_for(problem))
    )
    if enclosed:
        measurement = _enclosed(measurement)
    stationarity = _stationarity(condition, problem, measurement, digits)
    if stationarity.answer is None:
        void = "vacuous" if stationarity.reason in (NOTHING, NOTHING_NEAR) else ""
        return undecided(stationarity.reason, void=void)
    if stationarity.answer is False:
        return violated(stationarity.reason, stationarity.margin)
    reason = stationarity.reason
    if condition.mode == "minimises":
        with working_precision(measurement):
            tree = condition.tree_for(problem)
            minimum = minimality(tree, limit_point(tree, setting, measurement), stationarity.shape)
        if minimum.answer is False:
            return violated(minimum.reason, 10.0**digits)
        if minimum.answer is None:
            advice = f"{minimum.reason} (claim 'stationary' to ask for no more)"
            return Comparison(Answer.UNKNOWN, digits, Evidence.NUMERIC, 0.0, advice)
        reason += f"; {minimum.reason}"
    if enclosed and stationarity.proved:
        return Comparison(Answer.HOLDS, digits, Evidence.CERTIFIED, 0.0, f"{reason}; limit enclosed")
    why = ""
    if measurement.enclosure:
        why = (
            "entries of the limit are 0, or not told from it"
            if enclosed
            else "the limit is enclosed in beta, which does not determine rho"
        )
    return Comparison(Answer.HOLDS, digits, Evidence.AGREED, 0.0, reason, unproved=why)


def _enclosed(measurement: Measurement) -> Measurement:
    """The limit as the midpoint of its proved bounds, with half their width as error."""
    middle = tuple((low + high) / 2 for low, high in measurement.enclosure)
    width = max(high - low for low, high in measurement.enclosure)
    return replace(measurement, value=middle, error=width / 2)


def same_condition(a: Prediction, b: Prediction, digits: int) -> bool:
    """Whether two formulas say the same: equal values, or gradients that are parallel at points drawn at random.

    Of conserved quantities equal values count, and on special problems gradients in the directions in which the flow
    moves: the first formula is constant along these, or they are parallel there and not everywhere.
    """
    first, second, problem = a.details["condition"], b.details["condition"], a.details["problem"]
    assert isinstance(first, Condition)
    assert isinstance(second, Condition)
    assert isinstance(problem, Problem)
    if first.mode == "limit":
        return coincide(a, b, digits)
    if first.mode == "conserved":
        return _same_conserved(first.tree_for(problem), second.tree_for(problem), problem, digits)
    one, two = (each.tree_for(problem) for each in (first, second))
    return same_function(one, two, first.setting(problem), oriented=first.mode == "minimises")


def _same_conserved(a: Node, b: Node, problem: Problem, digits: int) -> bool:
    size = sum(problem.network.shapes)
    moving = moving_directions(problem)
    with ball_precision(digits_to_bits(digits + _SAME_DIGITS)):
        rng = Random(0)
        points = [
            [[Fraction(rng.randint(20, 90), 100) for _ in range(k)] for k in problem.network.shapes]
            for _ in range(_POINTS)
        ]
        try:
            values = [[dyadic(value_of(tree, problem, p, digits)) for p in points] for tree in (a, b)]
        except NotDefined:
            return False
        if values[0] == values[1]:
            return True
        if moving is None:
            return False
        near = [split(p, problem.network.shapes) for p in near_start(problem, moving, _POINTS)]
        slopes = [_slopes(a, problem, layers, moving) for layers in near]
        if all(slope is not None and not any(slope) for slope in slopes):
            return True
        return not _parallel(a, b, problem, points, identity(size)) and _parallel(a, b, problem, near, moving)


def _parallel(
    a: Node,
    b: Node,
    problem: Problem,
    points: Sequence[Sequence[Sequence[Fraction]]],
    directions: Sequence[Sequence[Fraction]],
) -> bool:
    """Whether a changes at none of the points in these directions, or where it does, as b does."""
    for layers in points:
        one, two = (_slopes(tree, problem, layers, directions) for tree in (a, b))
        if one is None or two is None:
            return False
        if any(one) and not (any(two) and parallel(one, two, oriented=False)):
            return False
    return True


def _slopes(
    tree: Node,
    problem: Problem,
    layers: Sequence[Sequence[Fraction]],
    directions: Sequence[Sequence[Fraction]],
) -> list[Fraction] | None:
    """Derivatives of a quantity in the given directions, 0 for what rounding leaves; None where there are none."""
    try:
        jet = evaluate(tree, Quantities(Setting(problem, LAYERS), layers))
    except NotDefined:
        return None
    if jet.kinks:
        return None
    places = range(sum(map(len, layers)))
    slopes = [dyadic(jet.gradient[i]) if i in jet.gradient else Fraction(0) for i in places]
    values = [dot(slopes, direction) for direction in directions]
    largest = sup_norm(slopes)
    least = [largest * sup_norm(direction) / 10 ** (_SAME_DIGITS - 10) for direction in directions]
    return [value if abs(value) > bound else Fraction(0) for value, bound in zip(values, least, strict=True)]
