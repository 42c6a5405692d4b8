"""Limits of limits: what a quantity tends to, and with which power, as alpha, the step or the clock run.

The quantity q is measured on a ladder u_k of the variable, each time by a flow of its own (for the clock: at points of
one flow). *order* p says q ~ c u^p: the slopes log(q_{k+1}/q_k) / log(u_{k+1}/u_k) tend to p. *tends_to* says what q
itself tends to, *error_order* p that q - q_infinity ~ c u^p, from the slopes of the differences q_k - q_{k+1}. The
sequences are extrapolated; what the last two columns differ by is the error. *minimises* says that the limits of the
entries of a vector are those of a minimiser, which is judged at the extrapolated point as the limit of a flow is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import log10

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.claims.comparison import coincide, undecided
from litproof.claims.formulas.extrapolation import dyadic_text
from litproof.claims.formulas.ladder import (
    FACTOR,
    FINE,
    MOST_DIGITS,
    Asymptotic,
    Sample,
    extrapolated,
    ladder,
    quantities,
    slopes,
)
from litproof.claims.formulas.optimum import Optimum
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, PartResult
from litproof.decimals import decimal_log
from litproof.dynamics import GradientDescent
from litproof.errors import Inconclusive, InputError
from litproof.formula.evaluate import check_symbols, evaluate
from litproof.formula.expansion import expand
from litproof.formula.jets import NotDefined
from litproof.formula.setting import DATA, Point, Setting
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

_COARSE = Fraction(1, 10**3)
"""An order or a limit that is not known to this, relative to 1 and to the quantity, is not resolved."""
_COARSE_ERRORS = Fraction(1, 10**2)
"""The same of the order of errors, which are seen in differences of differences."""
_OPTIMUM_DIGITS = 60
"""With which the function is evaluated that the limit of a vector minimises."""
_MOST_OPTIMUM, _SPARE_OPTIMUM = 8, 3
"""Digits to which a minimiser is asked for at most, and those by which limits have to be known better."""


def meaning_of(statement: Asymptotic) -> Hypothesis:
    """The hypothesis that the formulas have a meaning for the problem, and that something can run."""

    def check(problem: Problem) -> Check:
        try:
            for at in statement.places(problem):
                expand(statement.quantity, problem, statement.known, at, statement.key)
                for tree in statement.claimed.values():
                    written = expand(tree, problem, statement.known, at, statement.key)
                    check_symbols(written, Setting(problem, DATA), {}, statement.key)
            if (optimum := _optimum(statement, problem)) is not None:
                optimum.require_meaning()
        except InputError as error:
            return Check(Answer.VIOLATED, str(error))
        clocks = dict.fromkeys(("kappa -> infinity", "log(kappa) -> infinity"), "a classification")
        needed = {"step -> 0": "gradient descent", **clocks}
        fits = {
            "step -> 0": isinstance(problem.dynamics, GradientDescent),
            "kappa -> infinity": problem.task == "classification",
            "log(kappa) -> infinity": problem.task == "classification",
        }.get(statement.running, problem.task == "regression" or statement.of_events)
        wanted = needed.get(statement.running, "a regression, or about at(..)")
        return Check(Answer.of(fits), "" if fits else f"{statement.running} is about {wanted}")

    return Hypothesis("the formula has a meaning for the problem", check)


def predict_asymptotic(statement: Asymptotic, problem: Problem, digits: int) -> Prediction:
    """Orders and limits, from the data and the start alone: first all orders, then all limits."""
    values = []
    with ball_precision(digits_to_bits(digits + 30)):
        point = Point(Setting(problem, DATA), "beta", ())
        for tree in statement.claimed.values():
            for at in statement.places(problem):
                written = expand(tree, problem, statement.known, at, statement.key)
                try:
                    values.append(dyadic(evaluate(written, point, {}, statement.key).ball))
                except NotDefined as undefined:
                    raise Inconclusive(f"the formula has no value here: {undefined.args[0]}") from None
    return Prediction(tuple(values), digits, statement.text, {"statement": statement, "problem": problem})


def measure_asymptotic(statement: Asymptotic) -> Callable[[Problem, int], Measurement]:
    """The flows of the ladder, each known well enough for the quantity."""

    def measure(problem: Problem, digits: int) -> Measurement:
        """Follow the flow in its original parameters for every rung of a ladder, to its limit."""
        samples = ladder(statement, problem)
        last = samples[-1].moment
        return Measurement(
            value=last.beta,
            parameters=tuple(map(tuple, last.layers)),
            error=max(last.beta_radius, default=Fraction(0)),
            residual=Fraction(0),
            clock={"flows": str(len(samples)), "u": f"{float(samples[-1].u):.3g}"},
            digits=digits,
            method="flows in the original parameters on a ladder",
            details={"samples": tuple(samples)},
            unproved=f"extrapolated from {len(samples)} rungs of a ladder: what lies beyond the last has no bound",
        )

    return measure


def compare_asymptotic(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Whether orders and limits are those claimed, as far as the ladder resolves them."""
    statement, problem = prediction.details["statement"], prediction.details["problem"]
    assert isinstance(statement, Asymptotic)
    assert isinstance(problem, Problem)
    samples: Sequence[Sample] = measurement.details["samples"]
    expected = list(prediction.value)
    with ball_precision(digits_to_bits(2 * MOST_DIGITS)):
        try:
            table = [quantities(statement, sample) for sample in samples]
        except NotDefined as undefined:
            return replace(undecided(f"not defined: {undefined.args[0]}"), void="inapplicable")
        columns = [list(column) for column in zip(*table, strict=True)]
        labels = [", ".join(f"{a} = {b}" for a, b in at.items()) for at in statement.places(problem)]
        judged = []
        for kind in statement.claimed:
            for label, column in zip(labels, columns, strict=True):
                wanted = ball(expected.pop(0))
                judged.append(_judged(kind, label, column, samples, wanted, statement.running, digits))
        if (optimum := _optimum(statement, problem)) is not None:
            judged.append(_judged_optimum(optimum, columns, samples, statement.running))
        if not judged or all(_same(column) for column in columns):
            return replace(
                undecided("says nothing: the quantity does not change along the ladder"), void="vacuous"
            )
    parts = tuple(said for _, _, said in judged)
    worst = max(judged, key=lambda one: {Answer.HOLDS: 0, Answer.UNKNOWN: 1, Answer.VIOLATED: 2}[one[0]])
    answer, margin, said = worst
    if answer is not Answer.HOLDS:
        evidence = Evidence.NUMERIC
        return Comparison(answer, 0, evidence, margin, f"{said.label}: {said.detail}", parts)
    known = min(part.digits for part in parts)
    detail = "; ".join(f"{part.label}: {part.detail}" for part in parts[:4])
    return Comparison(Answer.HOLDS, known, Evidence.AGREED, 0.0, detail, parts)


def _same(column: Sequence[Ball]) -> bool:
    return all((a - b).contains(0) for a, b in pairwise(column))


def _judged(
    kind: str,
    label: str,
    column: Sequence[Ball],
    samples: Sequence[Sample],
    wanted: Ball,
    running: str,
    digits: int,
) -> tuple[Answer, float, PartResult]:
    """(answer, margin, words) of one order or limit."""
    name = f"{kind}{label and ', ' + label}"
    if kind == "tends_to":
        sequence = list(column)
        scale = abs(sequence[0]).max(abs(sequence[-1]))
    else:
        sizes = list(column) if kind == "order" else [a - b for a, b in pairwise(column)]
        if any(value.contains(0) for value in sizes):
            what = "the quantity is" if kind == "order" else "its differences are"
            detail = f"{what} not told from 0 on the ladder: more digits are needed than were tried"
            return Answer.UNKNOWN, 0.0, PartResult(name, "unknown", "numeric", 0, detail)
        sequence, scale = slopes(sizes, samples, running), ball(Fraction(1))
    estimate, spread = extrapolated(sequence, samples, running)
    error = dyadic((spread / scale).upper()) * FACTOR if scale > 0 else Fraction(0)
    gap = dyadic((abs(estimate - wanted) / scale).upper()) if scale > 0 else dyadic(abs(wanted).upper())
    allowed = max(error, FINE)
    measured = f"{dyadic_text(estimate)} with an error of about 10^{decimal_log(error):.1f}"
    resolved = max(0, min(digits, int(-decimal_log(allowed))))
    if error > (_COARSE_ERRORS if kind == "error_order" else _COARSE):
        detail = f"not resolved: {measured}; {_needed(samples, error)}{_slower(running)}"
        return Answer.UNKNOWN, 0.0, PartResult(name, "unknown", "numeric", 0, detail)
    if gap <= allowed:
        return Answer.HOLDS, 0.0, PartResult(name, "holds", "agreed", resolved, measured)
    ratio = 10.0 ** min(log10(float(gap / allowed)) if gap / allowed < 10**300 else 300.0, 300.0)
    if ratio < 10:
        detail = f"{measured}, which is {float(gap):.2g} away: too close to decide"
        return Answer.UNKNOWN, 0.0, PartResult(name, "unknown", "numeric", 0, detail)
    return (
        Answer.VIOLATED,
        ratio,
        PartResult(name, "violated", "numeric", 0, f"{measured}, which is {float(gap):.3g} away"),
    )


def _optimum(statement: Asymptotic, problem: Problem) -> Optimum | None:
    """What is said of the limit of the vector."""
    if statement.optimum is None:
        return None
    kind, tree = statement.optimum
    return Optimum(kind, tree, problem, statement.definitions, f"{statement.key}, {kind}")


def _judged_optimum(
    optimum: Optimum, columns: Sequence[Sequence[Ball]], samples: Sequence[Sample], running: str
) -> tuple[Answer, float, PartResult]:
    """(answer, margin, words) of a minimiser that the limits of the entries are claimed to be."""
    limits = [extrapolated(column, samples, running) for column in columns]
    scale = max((abs(dyadic(value)) for value, _ in limits), default=Fraction(0))
    error = FACTOR * max(dyadic(spread.upper()) for _, spread in limits)
    known = f"limits with an error of about 10^{decimal_log(error):.1f}"
    if error > _COARSE * scale or not scale:
        detail = f"not resolved: {known}; {_needed(samples, error / scale if scale else error)}"
        return Answer.UNKNOWN, 0.0, PartResult(optimum.kind, "unknown", "numeric", 0, detail)
    accurate = int(-decimal_log(error / scale)) if error else _MOST_OPTIMUM + _SPARE_OPTIMUM
    digits = max(1, min(_MOST_OPTIMUM, accurate - _SPARE_OPTIMUM))
    with ball_precision(digits_to_bits(_OPTIMUM_DIGITS)):
        found = optimum.compare([dyadic(value) for value, _ in limits], error, digits)
    evidence = str(Evidence.AGREED if found.answer is Answer.HOLDS else Evidence.NUMERIC)
    words = {Answer.HOLDS: "holds", Answer.UNKNOWN: "unknown", Answer.VIOLATED: "violated"}[found.answer]
    part = PartResult(optimum.kind, words, evidence, digits, f"{known}; {found.detail}")
    return found.answer, found.margin, part


def _needed(samples: Sequence[Sample], error: Fraction) -> str:
    """What would resolve it: smaller u."""
    last = samples[-1].u
    more = max(1, 2 * int(decimal_log(error) + 3))
    return f"the ladder ends at u = {float(last):.2g}; about {more} more digits of u are needed"


def _slower(running: str) -> str:
    return (
        '; for convergence like 1/log say as = "log(1/alpha) -> infinity"' if running == "alpha -> 0" else ""
    )


def same_asymptotic(a: Prediction, b: Prediction, digits: int) -> bool:
    """Equal values, of equal quantities."""
    first, second = a.details["statement"], b.details["statement"]
    same_quantity = (first.quantity, first.definitions) == (second.quantity, second.definitions)
    if not same_quantity or first.running != second.running or not coincide(a, b, min(digits, 12)):
        return False
    one, two = (_optimum(each, a.details["problem"]) for each in (first, second))
    return one is two or (one is not None and two is not None and one.same(two))
