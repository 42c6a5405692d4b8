"""Limits of limits: what a quantity tends to, and with which power, as alpha, the step or the clock run.

The quantity q is measured on a ladder u_k of the variable, each time by a flow of its own (for the clock: at points of
one flow). *order* p says q ~ c u^p: the slopes log(q_{k+1}/q_k) / log(u_{k+1}/u_k) tend to p. *tends_to* says what q
itself tends to. Both sequences are sums of powers of the ratio of the ladder, which Wynn's epsilon algorithm (Wynn,
MTAC 10 (1956) 91) extrapolates without knowing the exponents; what its last two columns differ by is the error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from math import log10

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.claims.comparison import coincide
from litproof.claims.formulas.following import limit_moment, points_far_out
from litproof.claims.formulas.moments import ALONG, AtMoment
from litproof.claims.formulas.path_points import Moment
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, PartResult
from litproof.decimals import decimal_log
from litproof.dynamics import GradientDescent
from litproof.errors import Inconclusive, InputError
from litproof.formula.evaluate import check_symbols, evaluate
from litproof.formula.expansion import expand, ranges_of
from litproof.formula.jets import NotDefined
from litproof.formula.setting import DATA, Point, Setting
from litproof.language.statements import Definition, free_letters
from litproof.language.tree import Node, to_text
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction

VARIABLES = {
    "alpha -> 0": "alpha",
    "alpha -> infinity": "1/alpha",
    "log(1/alpha) -> infinity": "1/log(1/alpha)",
    "step -> 0": "step",
    "kappa -> infinity": "1/kappa",
    "log(kappa) -> infinity": "1/log(kappa)",
}
"""What may run, and the u -> 0 that orders are exponents of (with the sign that the variable itself has)."""

_FLOWS = 9
_DIGITS = (40, 80, 160, 300)
_RELATIVE = 18
"""Digits of the quantity itself that slopes are taken from."""

_COARSE = Fraction(1, 10**3)
"""An order or a limit that is not known to this, relative to 1 and to the quantity, is not resolved."""
_FINE = Fraction(1, 10**8)
_FACTOR = 20
"""How much larger than the estimate of its error an extrapolation may be wrong."""


@dataclass(frozen=True)
class Asymptotic:
    """A quantity and what becomes of it.

    Attributes
    ----------
    quantity : a formula about the limit (for the clock: about the path); free letters take all values.
    running : a key of `VARIABLES`.
    order : exponent of the variable that runs; tends_to : the limit of the quantity. One of them at least.
    """

    quantity: Node
    running: str
    order: Node | None = None
    tends_to: Node | None = None
    definitions: tuple[Definition, ...] = ()
    key: str = ""

    @property
    def known(self) -> dict[str, Definition]:
        """Definitions by name."""
        return {definition.name: definition for definition in self.definitions}

    @property
    def text(self) -> str:
        """In words."""
        parts = []
        if self.order is not None:
            name = self.running.split(" ->")[0]
            parts.append(f"{to_text(self.quantity)} is of the order {name}^({to_text(self.order)})")
        if self.tends_to is not None:
            parts.append(f"{to_text(self.quantity)} tends to {to_text(self.tends_to)}")
        return f"{' and '.join(parts)} as {self.running}"

    @property
    def claimed(self) -> tuple[Node, ...]:
        """The order, then the limit, those that there are."""
        return tuple(tree for tree in (self.order, self.tends_to) if tree is not None)

    def places(self, problem: Problem) -> list[dict[str, int]]:
        """Values of the free letters, one dictionary a part."""
        letters = free_letters(self.quantity)
        sizes = ranges_of(letters, self.quantity, problem, self.known, self.key)
        ranges = (range(1, size + 1) for size in sizes)
        return [dict(zip(letters, values, strict=True)) for values in product(*ranges)]


@dataclass(frozen=True)
class Sample:
    """One rung: u, the problem there, and where its flow is."""

    u: Fraction
    problem: Problem
    moment: Moment


def meaning_of(statement: Asymptotic) -> Hypothesis:
    """The hypothesis that the formulas have a meaning for the problem, and that something can run."""

    def check(problem: Problem) -> Check:
        try:
            for at in statement.places(problem):
                expand(statement.quantity, problem, statement.known, at, statement.key)
                for tree in statement.claimed:
                    written = expand(tree, problem, statement.known, at, statement.key)
                    check_symbols(written, Setting(problem, DATA), {}, statement.key)
        except InputError as error:
            return Check(Answer.VIOLATED, str(error))
        clocks = dict.fromkeys(("kappa -> infinity", "log(kappa) -> infinity"), "a classification")
        needed = {"step -> 0": "gradient descent", **clocks}
        fits = {
            "step -> 0": isinstance(problem.dynamics, GradientDescent),
            "kappa -> infinity": problem.task == "classification",
            "log(kappa) -> infinity": problem.task == "classification",
        }.get(statement.running, problem.task == "regression")
        wanted = needed.get(statement.running, "a regression")
        return Check(Answer.of(fits), "" if fits else f"{statement.running} is about {wanted}")

    return Hypothesis("the formula has a meaning for the problem", check)


def predict_asymptotic(statement: Asymptotic, problem: Problem, digits: int) -> Prediction:
    """Orders and limits, from the data and the start alone: first all orders, then all limits."""
    values = []
    with ball_precision(digits_to_bits(digits + 30)):
        point = Point(Setting(problem, DATA), "beta", ())
        for tree in statement.claimed:
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
        )

    return measure


def ladder(statement: Asymptotic, problem: Problem) -> list[Sample]:
    """The rungs.

    Raises
    ------
    Inconclusive : a flow has no limit, or a quantity is not known well enough with the most digits that are tried.
    """
    if statement.running.endswith("kappa -> infinity") or statement.running.startswith("log(kappa)"):
        points = points_far_out(problem, _DIGITS[0], _FLOWS, logarithmic=statement.running.startswith("log"))
        return [Sample(u, problem, moment) for u, moment in points]
    rungs = [_changed(statement.running, problem, k) for k in range(_FLOWS)]
    return [Sample(u, changed, _known(statement, changed)) for u, changed in rungs]


def _changed(running: str, problem: Problem, k: int) -> tuple[Fraction, Problem]:
    """(u, problem) of rung k."""
    if running == "step -> 0":
        assert isinstance(problem.dynamics, GradientDescent)
        step = problem.dynamics.step / 2**k
        return step, replace(problem, dynamics=replace(problem.dynamics, step=step))
    if running == "log(1/alpha) -> infinity":
        digits = 2 * 2**k
        return Fraction(1, digits), replace(problem, scale=Fraction(1, 10**digits))
    factor = Fraction(4) ** (k if running == "alpha -> infinity" else -k)
    scale = problem.scale * factor
    return (1 / scale if running == "alpha -> infinity" else scale), replace(problem, scale=scale)


def _known(statement: Asymptotic, problem: Problem) -> Moment:
    """The limit, with enough digits for the quantity."""
    for digits in _DIGITS:
        moment = limit_moment(problem, digits)
        try:
            values = quantities(statement, Sample(Fraction(1), problem, moment))
        except NotDefined:
            continue
        largest = values[0] * 0
        for value in values:
            largest = largest.max(abs(value))
        wanted = [abs(value) if statement.order is not None else largest for value in values]
        if all(
            value == 0 or value.rad() * 10**_RELATIVE < size
            for value, size in zip(values, wanted, strict=True)
        ):
            return moment
    raise Inconclusive(
        f"the quantity is not told from 0 with {_DIGITS[-1]} digits at alpha = {float(problem.scale):.3g}: "
        f"it needs more than {_DIGITS[-1]} digits, if it is not 0"
    )


def quantities(statement: Asymptotic, sample: Sample) -> list[Ball]:
    """The quantity at one rung, for all values of its free letters."""
    setting = Setting(sample.problem, ALONG)
    with ball_precision(digits_to_bits(2 * _DIGITS[-1])):
        meaning = AtMoment(setting, sample.moment)
        return [
            evaluate(
                expand(statement.quantity, sample.problem, statement.known, at, statement.key), meaning
            ).ball
            for at in statement.places(sample.problem)
        ]


def wynn(sequence: Sequence[Ball]) -> tuple[Ball, Ball]:
    """The limit of a sequence that is a sum of geometric ones, and an estimate of its error."""
    columns = [[ball(Fraction(0))] * (len(sequence) + 1), list(sequence)]
    estimates = [sequence[-1]]
    if len(sequence) > 1:
        spread = abs(sequence[-1] - sequence[-2])
    else:
        spread = abs(sequence[-1])
    while len(columns[-1]) > 1:
        before, last = columns[-2], columns[-1]
        column = []
        for k, (a, b) in enumerate(pairwise(last)):
            difference = b - a
            if difference.contains(0):
                return estimates[-1], spread
            column.append(before[k + 1] + 1 / difference)
        columns.append(column)
        if len(columns) % 2 == 0 and column:
            estimates.append(column[-1])
            near = abs(estimates[-1] - estimates[-2])
            if len(column) > 1:
                near = near.min(abs(column[-1] - column[-2]).max(near / 100))
            if not near.is_finite() or near > spread:
                return estimates[-2], spread
            spread = near
    return estimates[-1], spread


def neville(steps: Sequence[Fraction], sequence: Sequence[Ball]) -> tuple[Ball, Ball]:
    """The limit of a sequence that is a power series in u, and an estimate of its error."""
    column, estimates = list(sequence), [sequence[-1]]
    for width in range(1, len(sequence)):
        column = [
            (ball(steps[k]) * b - ball(steps[k + width]) * a) / ball(steps[k] - steps[k + width])
            for k, (a, b) in enumerate(pairwise(column))
        ]
        estimates.append(column[-1])
    best = min(range(1, len(estimates)), key=lambda k: float(abs(estimates[k] - estimates[k - 1]).upper()))
    return estimates[best], abs(estimates[best] - estimates[best - 1])


def compare_asymptotic(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Whether orders and limits are those claimed, as far as the ladder resolves them."""
    statement, problem = prediction.details["statement"], prediction.details["problem"]
    assert isinstance(statement, Asymptotic)
    assert isinstance(problem, Problem)
    samples: Sequence[Sample] = measurement.details["samples"]
    expected = list(prediction.value)
    with ball_precision(digits_to_bits(2 * _DIGITS[-1])):
        try:
            table = [quantities(statement, sample) for sample in samples]
        except NotDefined as undefined:
            return replace(_open(f"not defined: {undefined.args[0]}"), void="inapplicable")
        columns = [list(column) for column in zip(*table, strict=True)]
        labels = [", ".join(f"{a} = {b}" for a, b in at.items()) for at in statement.places(problem)]
        judged = []
        for kind in [kind for kind in ("order", "tends_to") if getattr(statement, kind) is not None]:
            for label, column in zip(labels, columns, strict=True):
                wanted = ball(expected.pop(0))
                judged.append(_judged(kind, label, column, samples, wanted, statement.running, digits))
        if not judged or all(_same(column) for column in columns):
            return replace(
                _open("says nothing: the quantity does not change along the ladder"), void="vacuous"
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


def _open(detail: str) -> Comparison:
    return Comparison(Answer.UNKNOWN, 0, Evidence.NUMERIC, 0.0, detail)


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
    if kind == "order":
        if any(value.contains(0) for value in column):
            detail = "the quantity is not told from 0 on the ladder: it needs more digits than were tried"
            return Answer.UNKNOWN, 0.0, PartResult(name, "unknown", "numeric", 0, detail)
        sequence = [
            (abs(b) / abs(a)).log() / ball(late.u / early.u).log()
            for (a, b), (early, late) in zip(pairwise(column), pairwise(samples), strict=True)
        ]
        sign = 1 if running in ("alpha -> 0", "step -> 0") else -1
        sequence, scale = [sign * s for s in sequence], ball(Fraction(1))
    else:
        sequence = list(column)
        scale = abs(sequence[0]).max(abs(sequence[-1]))
    steps = [sample.u for sample in samples][-len(sequence) :]
    estimate, spread = neville(steps, sequence) if running.startswith("log") else wynn(sequence)
    error = dyadic((spread / scale).upper()) * _FACTOR if scale > 0 else Fraction(0)
    gap = dyadic((abs(estimate - wanted) / scale).upper()) if scale > 0 else dyadic(abs(wanted).upper())
    allowed = max(error, _FINE)
    measured = f"{dyadic_text(estimate)} with an error of about 10^{decimal_log(error):.1f}"
    resolved = max(0, min(digits, int(-decimal_log(allowed))))
    if error > _COARSE:
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


def dyadic_text(value: Ball) -> str:
    """A few digits."""
    return f"{float(dyadic(value)):.8g}"


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
    return same_quantity and first.running == second.running and coincide(a, b, min(digits, 12))
