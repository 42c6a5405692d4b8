"""The ladder on which a quantity is measured while alpha, the step or the clock run, and where it has to stand.

A quantity that follows one power while alpha is still large may follow another one below: what the rungs lead to is
compared with one more flow far beyond the last rung, and where that has left it the ladder begins there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from math import ceil
from typing import Literal

from litproof.algebra.balls import Ball, ball
from litproof.claims.formulas.events import Track
from litproof.claims.formulas.extrapolation import neville, wynn
from litproof.claims.formulas.following import limit_moment, points_far_out
from litproof.claims.formulas.moments import ALONG, AtMoment, uses
from litproof.claims.formulas.path_points import Moment, exact_moment
from litproof.dynamics import GradientDescent
from litproof.errors import Inconclusive
from litproof.formula.evaluate import evaluate
from litproof.formula.expansion import expand, ranges_of
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Setting
from litproof.language.statements import Definition, free_letters
from litproof.language.tree import Node, to_text
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

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
_EVENTS = {"regression": 6, "classification": 5}
"""Flows on a ladder: fewer where events are looked for, one by one."""
_DIGITS = (40, 80, 160, 300)
MOST_DIGITS = _DIGITS[-1]
_FIRST_WIDTH = 8
"""alpha, up to a factor of two, of the first of few flows of a classification, whose ratio is 8."""
_FAR_DIGITS = (16, 28, 40)
"""Digits that are tried of an event of a classification, which is followed by its clock."""
_RELATIVE = 18
"""Digits of the quantity itself that slopes are taken from."""
_BEYOND_RELATIVE, _BEYOND_SPARE = 12, 6
"""The same of the flow far beyond, which is compared to no more than FINE, and digits beyond those."""
_BEYOND = 16
"""Rungs between the last one and the flow that is compared with what they lead to: a factor of 4^16 in alpha."""
_LADDERS = 4
"""Ladders that are tried, each 4^24 further."""
FINE = Fraction(1, 10**8)
"""What a limit or an order may be off at least, relative to the quantity or to 1."""
FACTOR = 20
"""How much larger than the estimate of its error an extrapolation may be wrong."""


@dataclass(frozen=True)
class Asymptotic:
    """A quantity and what becomes of it.

    Attributes
    ----------
    quantity : a formula about the limit (for the clock: about the path); free letters take all values.
    running : a key of `VARIABLES`.
    order : exponent of the variable that runs; tends_to : the limit of the quantity; error_order : exponent of its
        distance to the limit. minimises, stationary : a function of beta for the limit of a vector, with one free
        letter. One of them at least.
    """

    quantity: Node
    running: str
    order: Node | None = None
    tends_to: Node | None = None
    error_order: Node | None = None
    minimises: Node | None = None
    stationary: Node | None = None
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
        if self.error_order is not None:
            parts.append(f"it converges with the order {to_text(self.error_order)}")
        for word in ("minimises", "stationary"):
            if (tree := getattr(self, word)) is not None:
                what = {"minimises": "minimises", "stationary": "is a stationary point of"}[word]
                parts.append(f"the limit of {to_text(self.quantity)} {what} {to_text(tree)}")
        return f"{' and '.join(parts)} as {self.running}"

    @property
    def claimed(self) -> dict[str, Node]:
        """The numbers that are claimed, those that there are."""
        trees = {"order": self.order, "tends_to": self.tends_to, "error_order": self.error_order}
        return {kind: tree for kind, tree in trees.items() if tree is not None}

    @property
    def optimum(self) -> tuple[Literal["minimises", "stationary"], Node] | None:
        """The function that the limit of the vector minimises, or is stationary for."""
        if self.minimises is not None:
            return "minimises", self.minimises
        return None if self.stationary is None else ("stationary", self.stationary)

    @property
    def of_events(self) -> bool:
        """Whether the quantity speaks of times that are not known beforehand."""
        return any(uses(tree, "at") for tree in (self.quantity, *(d.body for d in self.definitions)))

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


def ladder(statement: Asymptotic, problem: Problem) -> list[Sample]:
    """The rungs.

    Raises
    ------
    Inconclusive : a flow has no limit, or a quantity is not known well enough with the most digits that are tried.
    """
    if statement.running.endswith("kappa -> infinity") or statement.running.startswith("log(kappa)"):
        points = points_far_out(problem, _DIGITS[0], _FLOWS, logarithmic=statement.running.startswith("log"))
        return [Sample(u, problem, moment) for u, moment in points]
    if statement.of_events or problem.task == "classification" or not statement.running.startswith("alpha"):
        count = _EVENTS.get(problem.task, _FLOWS) if statement.of_events else _FLOWS
        return [_rung(statement, problem, k) for k in range(count)]
    first = 0
    for _ in range(_LADDERS):
        samples = [_rung(statement, problem, first + k) for k in range(_FLOWS)]
        first += _FLOWS - 1 + _BEYOND
        try:
            far = _rung(statement, problem, first, _digits_beyond(statement, samples), _BEYOND_RELATIVE)
        except Inconclusive:
            return samples  # too small to be told from 0 there, or no limit: nothing to compare with
        if _lead_on(statement, samples, far):
            return samples
    raise Inconclusive(f"the quantity follows no power of alpha down to u = {float(samples[-1].u):.3g}")


def _rung(
    statement: Asymptotic,
    problem: Problem,
    k: int,
    digits: Sequence[int] = _DIGITS,
    relative: int = _RELATIVE,
) -> Sample:
    u, changed = _changed(statement.running, problem, k)
    return Sample(u, changed, _known(statement, changed, digits, relative))


def _lead_on(statement: Asymptotic, samples: Sequence[Sample], far: Sample) -> bool:
    """Whether the quantity is nearer to what the rungs lead to far beyond them than at the last one."""
    with ball_precision(digits_to_bits(2 * MOST_DIGITS)):
        try:
            columns = list(zip(*(quantities(statement, sample) for sample in (*samples, far)), strict=True))
        except NotDefined:
            return True
        for *sequence, beyond in columns:
            scale = abs(sequence[0]).max(abs(sequence[-1]))
            if statement.order is not None and not any(value.contains(0) for value in (*sequence, beyond)):
                (beyond,) = slopes([sequence[-1], beyond], [samples[-1], far], statement.running)
                sequence, scale = slopes(sequence, samples, statement.running), ball(Fraction(1))
            estimate, spread = extrapolated(sequence, samples, statement.running)
            allowed = abs(sequence[-1] - estimate).max(spread).max(scale * ball(FINE))
            if abs(beyond - estimate) > allowed:
                return False
    return True


def slopes(sizes: Sequence[Ball], samples: Sequence[Sample], running: str) -> list[Ball]:
    """Exponents of the variable that runs between rungs, of quantities that are not 0."""
    sign = 1 if running in ("alpha -> 0", "step -> 0") else -1
    return [
        sign * (abs(b) / abs(a)).log() / ball(late.u / early.u).log()
        for (a, b), (early, late) in zip(pairwise(sizes), pairwise(samples[: len(sizes)]), strict=True)
    ]


def extrapolated(sequence: Sequence[Ball], samples: Sequence[Sample], running: str) -> tuple[Ball, Ball]:
    """The limit of what belongs to the last rungs of a ladder, and an estimate of its error."""
    steps = [sample.u for sample in samples][-len(sequence) :]
    return neville(steps, sequence) if running.startswith("log") else wynn(sequence)


def _changed(running: str, problem: Problem, k: int) -> tuple[Fraction, Problem]:
    """(u, problem) of rung k."""
    if running == "step -> 0":
        assert isinstance(problem.dynamics, GradientDescent)
        step = problem.dynamics.step / 2**k
        return step, replace(problem, dynamics=replace(problem.dynamics, step=step))
    if running == "log(1/alpha) -> infinity":
        digits = 2 * 2**k
        return Fraction(1, digits), replace(problem, scale=Fraction(1, 10**digits))
    ratio, start = Fraction(4), problem.scale
    if problem.task == "classification":
        ratio = Fraction(8)
        while start < _FIRST_WIDTH or start >= 2 * _FIRST_WIDTH:
            start *= 2 if start < _FIRST_WIDTH else Fraction(1, 2)
    factor = ratio ** (k if running == "alpha -> infinity" else -k)
    scale = start * factor
    return (1 / scale if running == "alpha -> infinity" else scale), replace(problem, scale=scale)


def _digits_beyond(statement: Asymptotic, samples: Sequence[Sample]) -> tuple[int, ...]:
    """What is tried of the flow far beyond: what an order needs if the quantity goes on as between the last rungs."""
    few = _BEYOND_RELATIVE + _BEYOND_SPARE
    if statement.order is not None:
        before, last = (quantities(statement, sample) for sample in samples[-2:])
        for a, b in zip(before, last, strict=True):
            if not (a.contains(0) or b.contains(0)):
                decades = (_BEYOND * (abs(a) / abs(b)).log() - abs(b).log()) / ball(Fraction(10)).log()
                few = max(few, _BEYOND_RELATIVE + _BEYOND_SPARE + ceil(float(decades)))
    few = min(few, MOST_DIGITS)
    return (few, *(digits for digits in _DIGITS if digits > few))


def _known(statement: Asymptotic, problem: Problem, tried: Sequence[int], relative: int) -> Moment:
    """The limit, with so many digits of the quantity, from the first of the digits tried that are enough."""
    if statement.of_events and problem.task == "classification":
        tried, relative = _FAR_DIGITS, relative // 2
    for digits in tried:
        if statement.of_events:
            track = Track(problem, digits)
            moment = replace(exact_moment(problem, Fraction(0), problem.v0), events=track)
        else:
            moment = limit_moment(problem, digits)
        try:
            values = quantities(statement, Sample(Fraction(1), problem, moment))
        except NotDefined as undefined:
            missing = str(undefined.args[0])
            continue
        missing, largest = "", values[0] * 0
        for value in values:
            largest = largest.max(abs(value))
        wanted = [abs(value) if statement.order is not None else largest for value in values]
        if all(
            value == 0 or value.rad() * 10**relative < size
            for value, size in zip(values, wanted, strict=True)
        ):
            return moment
    if missing:
        raise Inconclusive(f"at alpha = {float(problem.scale):.3g}: not defined: {missing}")
    raise Inconclusive(
        f"the quantity is not told from 0 with {digits} digits at alpha = {float(problem.scale):.3g}: "
        f"it needs more than {digits} digits, if it is not 0"
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
