"""Claims whose prediction is a formula: the limit minimises it, is stationary for it, equals it, or it is conserved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Literal

from litproof.algebra.balls import ball, dyadic
from litproof.claims.claim import Answer, Check, Comparison, Hypothesis
from litproof.claims.comparison import coincide, compare_coefficients, without_limit
from litproof.claims.formulas.conserved import compare_conserved, follow_moments, value_of
from litproof.errors import InputError
from litproof.formula.evaluate import check_symbols, evaluate
from litproof.formula.jets import Jet, NotDefined
from litproof.formula.minimality import minimality
from litproof.formula.sameness import same_function
from litproof.formula.setting import CONDITION, DATA, LAYERS, Point, Setting, uses_schatten
from litproof.formula.stationarity import Stationarity, limit_point, stationarity, working_precision
from litproof.language.tree import Node, names, to_text
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

Mode = Literal["minimises", "stationary", "limit", "conserved"]

NAMES = {"minimises": CONDITION, "stationary": CONDITION, "limit": DATA, "conserved": LAYERS}
"""Names that each kind of formula may use."""

_EXTRA_DIGITS = (8, 30, 80)
_GUARD_DIGITS = 20


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

    @property
    def free(self) -> tuple[str, ...]:
        """Index letters that are free."""
        return ("j",) if self.mode == "limit" else ()

    def setting(self, problem: Problem) -> Setting:
        """The problem as the formula sees it."""
        return Setting(problem, NAMES[self.mode])


def has_meaning(condition: Condition) -> Hypothesis:
    """The hypothesis that all names of the formula exist in the problem."""

    def check(problem: Problem) -> Check:
        setting = condition.setting(problem)
        free = {"j": problem.network.input_dim} if condition.mode == "limit" else {}
        try:
            check_symbols(condition.tree, setting, free, condition.key)
            if condition.mode == "conserved":
                value_of(condition.tree, problem, problem.v0, 10, condition.key)
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
        return Prediction(_entries(condition, problem, digits), digits, text, details)
    return Prediction((), digits, f"{condition.mode}: {text}", details)


def _entries(condition: Condition, problem: Problem, digits: int) -> tuple[Fraction, ...]:
    with ball_precision(digits_to_bits(digits + _GUARD_DIGITS)):
        point = Point(condition.setting(problem), "beta", ())
        return tuple(
            _number(evaluate(condition.tree, point, {"j": j}, condition.key), digits)
            for j in range(1, problem.network.input_dim + 1)
        )


def _number(jet: Jet, digits: int) -> Fraction:
    value = jet.ball
    if not value.is_finite() or value.rad() > abs(value.mid()) / 10**digits + ball(
        Fraction(1, 10 ** (digits + 10))
    ):
        raise NotDefined("the formula loses too many digits")
    return dyadic(value)


def measure_condition(condition: Condition) -> Callable[[Problem, int], Measurement]:
    """The flow followed to its limit, with as many digits as the formula needs for its own."""

    def measure(problem: Problem, digits: int) -> Measurement:
        """Follow the gradient flow in its original parameters to its limit, as precisely as the formula needs."""
        if condition.mode == "conserved":
            return follow_moments(problem, digits)
        from litproof.integrate.regression.follow import follow_to_limit

        limit = follow_to_limit(problem, digits + _EXTRA_DIGITS[0])
        if condition.mode in ("minimises", "stationary"):
            for extra in _EXTRA_DIGITS[1:]:
                if (
                    not limit.converged
                    or stationarity(condition.tree, condition.setting(problem), limit).noise < -digits
                ):
                    break
                limit = follow_to_limit(problem, digits + extra)
        return limit

    return measure


def compare_condition(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Whether the measured limit satisfies the formula to the digits asked for."""
    condition, problem = prediction.details["condition"], prediction.details["problem"]
    assert isinstance(condition, Condition)
    assert isinstance(problem, Problem)
    if condition.mode == "conserved":
        return compare_conserved(condition.tree, problem, measurement, digits)
    if not measurement.converged:
        return without_limit(measurement)
    if condition.mode == "limit":
        return compare_coefficients(prediction, measurement, digits)
    return _compare_stationarity(condition, problem, measurement, digits)


def _compare_stationarity(
    condition: Condition, problem: Problem, measurement: Measurement, digits: int
) -> Comparison:
    setting = condition.setting(problem)
    found = stationarity(condition.tree, setting, measurement)
    if found.fault:
        return Comparison(Answer.UNKNOWN, 0, Evidence.NUMERIC, 0.0, found.fault)
    agreed = max(0, min(digits, int(-found.upper_log)))
    words = f"gradient off the row space by 10^{found.upper_log:.1f} of its size, {conditions(found)}"
    if found.lower_log > -digits:
        return Comparison(
            Answer.VIOLATED, agreed, Evidence.NUMERIC, 10.0 ** min(found.lower_log + digits, 300.0), words
        )
    if found.upper_log > -digits:
        return Comparison(Answer.UNKNOWN, agreed, Evidence.NUMERIC, 0.0, f"{words}, known no better")
    if not found.conditions and not found.inequalities:
        return Comparison(
            Answer.UNKNOWN, 0, Evidence.NUMERIC, 0.0, "nothing is tested: there is one interpolator only"
        )
    if condition.mode == "minimises":
        with working_precision(measurement):
            minimum = minimality(
                condition.tree, limit_point(condition.tree, setting, measurement), found.shape
            )
        if minimum.answer is False:
            return Comparison(Answer.VIOLATED, agreed, Evidence.NUMERIC, 10.0**digits, minimum.reason)
        if minimum.answer is None:
            advice = f"{minimum.reason} (claim 'stationary' to ask for no more)"
            return Comparison(Answer.UNKNOWN, agreed, Evidence.NUMERIC, 0.0, advice)
        words += f"; {minimum.reason}"
    return Comparison(Answer.HOLDS, digits, Evidence.AGREED, 0.0, words)


def conditions(found: Stationarity) -> str:
    """Words for the number of equations, and of inequalities at kinks, that were tested."""
    kinks = f" and {found.inequalities} inequalities at zeros" if found.inequalities else ""
    return f"{found.conditions} condition{'s' * (found.conditions != 1)}{kinks} tested"


def same_condition(a: Prediction, b: Prediction, digits: int) -> bool:
    """Whether two formulas say the same: equal values, or gradients that are parallel at points drawn at random."""
    first, second, problem = a.details["condition"], b.details["condition"], a.details["problem"]
    assert isinstance(first, Condition)
    assert isinstance(second, Condition)
    assert isinstance(problem, Problem)
    if first.mode == "limit":
        return coincide(a, b, digits)
    if first.mode == "conserved":
        rng = Random(0)
        layers = [[Fraction(rng.randint(20, 90), 100) for _ in range(k)] for k in problem.network.shapes]
        try:
            values = [value_of(each.tree, problem, layers, digits) for each in (first, second)]
        except NotDefined:
            return False
        return dyadic(values[0]) == dyadic(values[1])
    return same_function(first.tree, second.tree, first.setting(problem), oriented=first.mode == "minimises")


def mentions_limit(tree: Node) -> bool:
    """Whether a formula depends on the limit at all."""
    return bool(names(tree) & {"beta", "rho"}) or uses_schatten(tree)
