"""Judging statements about moments: each relation at each time, in balls, relative to the size of its own terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import inf
from random import Random

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.claims.comparison import coincide, undecided, without_limit
from litproof.claims.formulas.between import holds_between
from litproof.claims.formulas.drawn_states import random_moments, random_speeds
from litproof.claims.formulas.event_formulas import conditions_of
from litproof.claims.formulas.events import UNSEEN
from litproof.claims.formulas.following import Asked, follow_asked
from litproof.claims.formulas.identities import are_identities
from litproof.claims.formulas.moments import ALONG, STATE, AtMoment, uses
from litproof.claims.formulas.path_points import Moment
from litproof.claims.formulas.relations import Part, Relation, meaning_fault, parts_of
from litproof.claims.formulas.term_sizes import largest, size_of
from litproof.claims.hypotheses import initial_velocity
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, PartResult
from litproof.decimals import decimal_log
from litproof.errors import HypothesisError, Inconclusive, InputError
from litproof.flow.lift import is_polynomial
from litproof.formula.evaluate import evaluate
from litproof.formula.jets import Jet, NotDefined
from litproof.formula.sameness import parallel
from litproof.formula.setting import Setting
from litproof.language.tree import Call, names, nodes, to_text
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

_EXTRA = 4
"""Digits of the flow beyond those that are judged, to begin with."""
_GUARD = 40
_WILD = 24
"""States drawn at random, of all sizes, at which a statement that says something does not always hold."""
_NEAR = 3
_NEAR_DIGITS = 30


@dataclass(frozen=True)
class Judged:
    """One relation at one time.

    Attributes
    ----------
    answer : None where the balls do not decide. margin : how many times the tolerance it is off.
    digits : agreed. imprecise : whether a more precise flow may decide.
    """

    part: Part
    moment: Moment
    answer: bool | None
    digits: int = 0
    margin: float = 0.0
    detail: str = ""
    imprecise: bool = False


def meaning_of(relation: Relation) -> Hypothesis:
    """The hypothesis that the statement has a meaning for the problem."""

    def check(problem: Problem) -> Check:
        fault = meaning_fault(relation, problem)
        return Check(Answer.VIOLATED, fault) if fault else Check(Answer.HOLDS)

    return Hypothesis("the formula has a meaning for the problem", check)


def predict_relation(relation: Relation, problem: Problem, digits: int) -> Prediction:
    """The formulas; of a path their values at the times, from the data and the start alone."""
    details = {"relation": relation, "problem": problem}
    value: tuple[Fraction, ...] = ()
    if relation.kind == "path":
        setting = Setting(problem, ALONG)
        parts = parts_of(relation, problem)
        with ball_precision(digits_to_bits(digits + _GUARD)):
            blind = [_Blind(setting, time) for time in relation.times]
            try:
                value = tuple(dyadic(evaluate(part.right, at).ball) for at in blind for part in parts)
            except NotDefined as undefined:
                raise Inconclusive(f"the formula has no value here: {undefined.args[0]}") from None
    return Prediction(value, digits, f"{relation.kind}: {relation.text}", details)


@dataclass(frozen=True)
class _Blind:
    """A moment of which only the time is known: formulas that predict a path see no more."""

    setting: Setting
    time: Fraction | None
    complex_rho: bool = False

    def size(self, name: str, position: int) -> int:
        return 10**9

    def entry(self, name: str, indices: tuple[int, ...]) -> Jet:
        if name == "t":
            if self.time is None:
                raise NotDefined("t has no value in the limit")
            return Jet(self.time)
        if name in STATE:
            raise NotDefined(f"{name} depends on the flow, and a path is predicted without it")
        return Jet(self.setting.constant(name, indices))

    def modulus(self, index: int) -> Jet:
        raise NotDefined("rho depends on the flow")

    def schatten(self, p: Jet) -> Jet:
        raise NotDefined("schatten(p) depends on the flow")


def asked_by(relation: Relation, problem: Problem) -> Asked:
    """What the statement wants to know of the path."""
    parts = parts_of(relation, problem)
    trees = [side for part in parts for side in (part.left, part.right)]
    parameters = any("v" in names(tree) or uses(tree, "rate") for tree in trees)
    if not parameters and any("rho" in names(tree) for tree in trees):
        parameters = not Setting(problem, ALONG).follows_from_beta("rho")
    integrals, changes, events = (
        any(uses(tree, name) for tree in trees) for name in ("integral", "change", "at")
    )
    gradient = any("gradient" in names(tree) or uses(tree, "rate") for tree in trees)
    return Asked(relation.times, parameters, integrals, changes, relation.until, gradient, events)


def measure_relation(relation: Relation) -> Callable[[Problem, int], Measurement]:
    """The flow at the times of a statement, as precisely as its formulas need."""

    def measure(problem: Problem, digits: int) -> Measurement:
        """Follow the flow in its original parameters to the times asked for, as precisely as the formulas need."""
        asked = asked_by(relation, problem)
        for extra in (_EXTRA, digits + 8, 2 * digits + 40):
            measurement = follow_asked(problem, asked, digits + extra)
            if not measurement.converged or measurement.digits < digits + extra:
                break
            judged = judge_parts(relation, problem, measurement, digits)
            if not any(part.imprecise for part in judged):
                break
        if relation.kind == "path" and measurement.converged:
            measurement = replace(measurement, value=_measured(relation, problem, measurement, digits))
        return measurement

    return measure


def _measured(
    relation: Relation, problem: Problem, measurement: Measurement, digits: int
) -> tuple[Fraction, ...]:
    setting, parts = Setting(problem, ALONG), parts_of(relation, problem)
    with ball_precision(digits_to_bits(digits + _GUARD)):
        moments = measurement.details["moments"]
        return tuple(
            dyadic(evaluate(part.left, AtMoment(setting, m)).ball) for m in moments for part in parts
        )


def judge_parts(
    relation: Relation, problem: Problem, measurement: Measurement, digits: int
) -> tuple[Judged, ...]:
    """Every relation at every moment that was measured."""
    setting, parts = Setting(problem, ALONG), parts_of(relation, problem)
    with ball_precision(digits_to_bits(2 * (measurement.digits + _GUARD))):
        return tuple(
            judged
            for moment in measurement.details["moments"]
            for judged in judge_moment(parts, setting, moment, digits)
        )


def judge_moment(
    parts: Sequence[Part],
    setting: Setting,
    moment: Moment,
    digits: int,
    speeds: tuple[Fraction, ...] | None = None,
) -> list[Judged]:
    """The relations at one moment, each relative to its own terms, and to 10^-digits of the largest terms of all.

    speeds : rates of the parameters that stand in for the flow's own.
    """
    meaning = AtMoment(setting, moment, speeds=speeds)
    values: list[tuple[Ball, Ball] | str] = []
    for part in parts:
        try:
            difference = evaluate(part.left, meaning).ball - evaluate(part.right, meaning).ball
            difference += blurred(part, meaning)
            size = largest(size_of(part.left, meaning), size_of(part.right, meaning))
            values.append((difference, size) if difference.is_finite() else "not finite")
        except NotDefined as undefined:
            values.append(f"not defined: {undefined.args[0]}")
    sizes = [dyadic(value[1]) for value in values if not isinstance(value, str)]
    floor = max(sizes, default=Fraction(0)) / 10**digits
    judged = []
    for part, value in zip(parts, values, strict=True):
        if isinstance(value, str):
            judged.append(Judged(part, moment, None, detail=value, imprecise=True))
        else:
            judged.append(_judged(part, moment, value[0], max(dyadic(value[1]), floor), digits))
    return judged


def blurred(part: Part, meaning: AtMoment) -> Ball:
    """What rounded coefficients may do to a part."""
    from flint import arb

    if not part.blur:
        return arb(0)
    total = sum((abs(evaluate(node, meaning).ball) for node in part.rounded), arb(0))
    return arb(0, (ball(part.blur) * total).abs_upper())


def _judged(part: Part, moment: Moment, difference: Ball, unit: Fraction, digits: int) -> Judged:
    middle, radius = dyadic(difference), dyadic(difference.rad())
    low, high = max(Fraction(0), abs(middle) - radius), abs(middle) + radius
    tolerance = unit / 10**digits
    agreed = (
        digits if high <= tolerance else max(0, int(decimal_log(unit) - decimal_log(high))) if unit else 0
    )
    if part.sign != "=":
        right_way = middle - radius > 0 if part.sign == ">=" else middle + radius < 0
        if right_way:
            return Judged(part, moment, True, digits, detail="strict")
        if high <= tolerance:
            return Judged(part, moment, True, digits, detail="equal to these digits")
        wrong_way = middle + radius < 0 if part.sign == ">=" else middle - radius > 0
        if not wrong_way:
            return Judged(part, moment, None, 0, detail="too close to equality", imprecise=True)
    elif high <= tolerance:
        return Judged(
            part, moment, True, digits, detail=f"gap 10^{decimal_log(middle):.1f}" if middle else "no gap"
        )
    if low > tolerance:
        ratio = decimal_log(low) - decimal_log(tolerance) if tolerance else inf
        gap = f"gap 10^{decimal_log(low / unit):.1f} of its terms" if unit else "gap"
        return Judged(part, moment, False, agreed, 10.0 ** min(ratio, 300.0), gap)
    return Judged(part, moment, None, agreed, 0.0, "the flow is not known precisely enough", True)


def compare_relation(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Whether the statement holds at every moment, to the digits asked for; and what each part rests on.

    Where a direction is followed to fewer, to those.
    """
    relation, problem = prediction.details["relation"], prediction.details["problem"]
    assert isinstance(relation, Relation)
    assert isinstance(problem, Problem)
    if not measurement.converged:
        return without_limit(measurement)
    digits = min(digits, measurement.digits - _EXTRA)
    parts = parts_of(relation, problem)
    if not parts:
        return replace(_open("nothing is tested: the row space of X is everything"), void="vacuous")
    judged = judge_parts(relation, problem, measurement, digits)
    parts_said = tuple(_said(one, digits) for one in judged)
    wrong = [one for one in judged if one.answer is False]
    if wrong:
        worst = max(wrong, key=lambda one: one.margin)
        evidence = Evidence.CERTIFIED if _proved(worst) else Evidence.NUMERIC
        return Comparison(Answer.VIOLATED, worst.digits, evidence, worst.margin, _where(worst), parts_said)
    undecided = [one for one in judged if one.answer is None]
    if undecided:
        first = undecided[0]
        void = "inapplicable" if "not defined" in first.detail else ""
        return replace(_open(f"not decided, {_where(first)}"), parts=parts_said, void=void)
    if empty := emptiness(relation, problem, digits):
        return replace(_open(empty), parts=parts_said, void="vacuous")
    certified, said = all(map(_proved, judged)), summary(judged)
    if relation.until is not None:
        certified, said = _between(relation, problem, measurement, digits)
        label = f"0 <= t <= {relation.until}"
        evidence = Evidence.CERTIFIED if certified else Evidence.AGREED
        parts_said = (*parts_said, PartResult(label, Answer.HOLDS.value, str(evidence), digits, said))
    elif certified and _is_identity(relation, problem):
        said = f"identity proved: true at the start, and its rate is 0 in normal form; {said}"
        parts_said = tuple(replace(part, evidence=str(Evidence.EXACT)) for part in parts_said)
        return Comparison(Answer.HOLDS, digits, Evidence.EXACT, 0.0, said, parts_said)
    evidence = Evidence.CERTIFIED if certified else Evidence.AGREED
    why = "" if certified else _unproved(judged) or (said if relation.until is not None else "")
    return Comparison(Answer.HOLDS, digits, evidence, 0.0, said, parts_said, unproved=why)


def _is_identity(relation: Relation, problem: Problem) -> bool:
    """Whether equations at times, up to which enclosures prove that the flow exists, are identities along it."""
    if relation.kind not in ("equation", "rowspan") or None in relation.times:
        return False
    return are_identities(parts_of(relation, problem), Setting(problem, ALONG))


def _unproved(judged: Sequence[Judged]) -> str:
    """What in the formulas themselves is not enclosed; "" where it is the path or the limit."""
    for one in judged:
        if one.part.blur is None:
            return "the constraint is not rational, and how far its rounded null space is off has no bound"
        samples = one.moment.samples
        if samples is not None and one.moment.certified and samples.estimated:
            return f"{one.moment.label}: no bounds of integral({min(samples.estimated)})"
    return ""


def _between(relation: Relation, problem: Problem, measurement: Measurement, digits: int) -> tuple[bool, str]:
    """Whether the statement is proved at all times up to `until`, and words for it."""
    pieces, count = measurement.details["pieces"], len(measurement.details["moments"])
    if not pieces:
        return False, f"at {count} times up to t = {relation.until}; between them nothing is proved"
    parts = parts_of(relation, problem)
    held = holds_between(parts, Setting(problem, ALONG), pieces, digits)
    if held.failed_at is None:
        return True, f"proved at all times up to t = {relation.until}, on {held.boxes} boxes"
    near = f"t = {float(held.failed_at):.4g}"
    return False, f"at {count} times up to t = {relation.until}; not proved between them, near {near}"


def _proved(one: Judged) -> bool:
    """Whether the answer rests on enclosures alone."""
    return one.moment.certified and one.part.blur is not None and not _estimated(one)


def _estimated(one: Judged) -> bool:
    """Whether quadrature, or a sum that goes on, has a part in it, or an event whose time is not enclosed."""
    sides, samples, events = (one.part.left, one.part.right), one.moment.samples, one.moment.events
    if samples is not None and any(
        to_text(node.arguments[0]) in samples.estimated
        for side in sides
        for node in nodes(side)
        if isinstance(node, Call) and node.name == "integral"
    ):
        return True
    if any("mirror" in names(side) for side in sides):
        return True
    if events is None:
        return False
    try:
        return not all(events.moment(when).certified for side in sides for when in conditions_of(side))
    except NotDefined:
        return True


def _said(one: Judged, digits: int) -> PartResult:
    evidence = Evidence.CERTIFIED if _proved(one) else Evidence.AGREED
    label = ", ".join(filter(None, (one.moment.label, one.part.label)))
    answer = {True: Answer.HOLDS, False: Answer.VIOLATED, None: Answer.UNKNOWN}[one.answer]
    return PartResult(label, answer.value, str(evidence), digits if one.answer else one.digits, one.detail)


def _where(one: Judged) -> str:
    place = ", ".join(filter(None, (one.moment.label, one.part.label)))
    return f"{place}: {one.detail}"


def summary(judged: Sequence[Judged]) -> str:
    """Which moments rest on what, in one line."""
    proved = sorted({one.moment.label for one in judged if _proved(one)})
    agreed = sorted({one.moment.label for one in judged} - set(proved))
    lines = [(proved, "proved by enclosures of the flow"), (agreed, "two computations agree")]
    return "; ".join(f"{', '.join(labels)}: {what}" for labels, what in lines if labels)


def _open(detail: str) -> Comparison:
    return undecided(detail)


def emptiness(relation: Relation, problem: Problem, digits: int) -> str:
    """Why a statement that holds says nothing about the flow; "" where it does say something."""
    plain = not problem.training and problem.task == "regression" and is_polynomial(problem.network)
    if plain and not any(map(any, initial_velocity(problem))):
        return "says nothing here: the flow does not move from this start"
    if relation.kind == "path":
        return ""
    if always_holds(relation, problem, digits):
        return f"says nothing about the flow: it holds at {_WILD} states drawn at random as well"
    return ""


def always_holds(relation: Relation, problem: Problem, digits: int) -> bool:
    """Whether the statement holds at states, and with velocities, that have nothing to do with the flow."""
    setting, parts = Setting(problem, ALONG), parts_of(relation, problem)
    tested, rng = 0, Random(1)
    with ball_precision(digits_to_bits(2 * (digits + _GUARD))):
        for moment in random_moments(problem, _WILD, 3):
            for judged in judge_moment(parts, setting, moment, digits, random_speeds(moment, rng)):
                unseen = UNSEEN in judged.detail
                if judged.answer is False or ("not defined" in judged.detail and not unseen):
                    return False
                tested += judged.answer is True
    return tested > 0


def same_relation(a: Prediction, b: Prediction, digits: int) -> bool:
    """Whether two statements say the same: equal values of a path, or differences that vanish together.

    Differences of the two sides are compared at states drawn at random, up to one factor.
    """
    first, second, problem = a.details["relation"], b.details["relation"], a.details["problem"]
    assert isinstance(first, Relation)
    assert isinstance(second, Relation)
    assert isinstance(problem, Problem)
    if first.kind == "path":
        return coincide(a, b, digits)
    if first.times != second.times:
        return False
    signatures = [_signature(relation, problem) for relation in (first, second)]
    if None in signatures:
        return False
    one, two = signatures
    assert one is not None
    assert two is not None
    signs = [[part.sign for part in parts_of(relation, problem)] for relation in (first, second)]
    inequality = any(sign != "=" for sign in signs[0])
    return parallel(one, two, oriented=inequality) and signs[0] == signs[1]


@lru_cache(maxsize=8)
def _signature(relation: Relation, problem: Problem) -> list[Fraction] | None:
    setting = Setting(problem, ALONG)
    values, rng = [], Random(1)
    try:
        with ball_precision(digits_to_bits(_NEAR_DIGITS)):
            for moment in random_moments(problem, _NEAR, 0):
                meaning = AtMoment(setting, moment, speeds=random_speeds(moment, rng))
                for part in parts_of(relation, problem):
                    gap = evaluate(part.left, meaning).ball - evaluate(part.right, meaning).ball
                    values.append(dyadic(gap))
    except (NotDefined, InputError, HypothesisError):
        return None
    return values
