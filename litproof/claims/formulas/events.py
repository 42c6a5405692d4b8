"""When something happens along a path: the first time at which two formulas are equal, and where the flow is then.

Where validated integration encloses the path, pieces of it are halved until the difference of the two formulas, or its
rate, has a sign on each: no earlier time is missed, and interval Newton encloses the one that is found. Elsewhere the
sign is looked at on a grid, and the time is the same to all digits along two paths that differ in method and rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from litproof.algebra.balls import Ball, ball, dyadic, endpoints
from litproof.algebra.linear import sup_norm
from litproof.claims.formulas.between import Box
from litproof.claims.formulas.clock_events import Clock
from litproof.claims.formulas.moments import ALONG, AtMoment, uses
from litproof.claims.formulas.path_points import Moment, enclosed_moment, exact_moment
from litproof.claims.measurement import PROOF_OPERATIONS
from litproof.dynamics import GradientDescent, Mirror
from litproof.errors import Inconclusive
from litproof.flow.program import split
from litproof.formula.evaluate import evaluate
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Setting
from litproof.integrate.stretches import Method, Stretch, stretches
from litproof.language.tree import Node, Operation, to_text
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

if TYPE_CHECKING:
    from litproof.certify.regression.validated_steps import Piece

T = TypeVar("T")

_MORE = 13
"""Further digits of the second path."""
_MORE_FAR = 4
"""The same of a path by the clock."""
_POINTS = 8
"""Of each piece of a path at which the sign is looked at."""
_CUTS = tuple(Fraction(k, 100) for k in (0, 23, 52, 77, 100))
_SHARE = Fraction(47, 100)
"""Cuts at which no short number is hit: a root at the end of a box has no sign on either side."""
_DEPTH = 24
_END = Fraction(10) ** 9
_PROOF_STEPS = 400
UNSEEN = "the event is not seen at states drawn at random"
_NEVER = "{} does not happen up to t = {:.4g}, where nothing moves any more"
_NEWTON, _FALSI = 60, 400


@dataclass
class Track:
    """A path that is followed as far as questions about it ask for.

    Attributes
    ----------
    digits : after the point, to which it is followed.
    """

    problem: Problem
    digits: int
    found: dict[str, Moment | str] = field(default_factory=dict, repr=False)
    _pieces: Kept[Piece] | None = field(default=None, repr=False)
    _rests: bool = False
    _clocks: list[Clock] = field(default_factory=list, repr=False)
    _runs: list[Kept[Stretch]] = field(default_factory=list, repr=False)

    def moment(self, when: Operation) -> Moment:
        """Where the flow is at the first time at which the equation holds.

        Raises
        ------
        NotDefined : it holds at the start already, or is not seen to hold later.
        """
        key = to_text(when)
        if key not in self.found:
            try:
                self.found[key] = self._located(when)
            except (NotDefined, Inconclusive) as error:
                self.found[key] = str(error.args[0])
        known = self.found[key]
        if isinstance(known, str):
            raise NotDefined(known)
        return known

    def _located(self, when: Operation) -> Moment:
        if isinstance(self.problem.dynamics, GradientDescent):
            raise NotDefined("at(..) is about flows; gradient descent moves in steps")
        gap = Operation("-", when.left, when.right, when.place)
        with ball_precision(digits_to_bits(self.digits) + 64):
            enclosable = self._has_rates and self._comes_to_rest and not uses(gap, "rate")
            proved = self._enclosed(gap, to_text(when)) if enclosable else None
            return proved or self._agreed(gap, to_text(when))

    @property
    def _has_rates(self) -> bool:
        """Whether formulas have rates along the flow."""
        return not isinstance(self.problem.dynamics, Mirror)

    @property
    def _comes_to_rest(self) -> bool:
        """Whether the path is enclosed in its own time as far as it goes; one of a classification goes on by exp(t)."""
        return self.problem.task == "regression"

    def _enclosed(self, gap: Node, text: str) -> Moment | None:
        """The event with proved bounds; None where they are not found."""
        if self._pieces is None:
            self._pieces = Kept(self._validated())
        setting = Setting(self.problem, ALONG)
        if not _has_sign(_value(gap, AtMoment(setting, self._start))):
            return None
        time = Fraction(0)
        for piece in self._pieces:
            where, time = _isolated(gap, setting, piece), piece.start + piece.length
            if where is None:
                continue
            box = _refined(gap, where)
            if box is None:
                return None
            there = box.at(box.low, box.high)
            assert there.box is not None
            theta, when = there.box
            low, high = endpoints(when)
            moment = enclosed_moment(self.problem, (low + high) / 2, theta)
            return replace(moment, time_radius=(high - low) / 2)
        if self._rests:
            raise NotDefined(_NEVER.format(text, float(time)))
        return None

    def _validated(self) -> Iterator[Piece]:
        """Enclosures of the path until it rests to the digits."""
        from litproof.certify.regression.along import pieces_of_path

        path = pieces_of_path(
            self.problem, self.digits, _END, operations=PROOF_OPERATIONS, max_steps=_PROOF_STEPS
        )
        unit = ball(Fraction(1, 10**self.digits))
        for piece in path:
            yield piece
            moves = [abs(sum(entry.coeffs()[1:], ball(Fraction(0)))) for entry in piece.polynomials]
            if all(move < unit.max(4 * piece.error) for move in moves):
                self._rests = True
                return

    @property
    def _start(self) -> Moment:
        return exact_moment(self.problem, Fraction(0), self.problem.v0)

    def _agreed(self, gap: Node, text: str) -> Moment:
        """The event on two paths."""
        if not self._runs:
            methods: tuple[tuple[Method, int], ...] = (("collocation", 0), ("taylor", _MORE))
            self._runs = [Kept(stretches(self.problem, self.digits + more, how)) for how, more in methods]
            if self.problem.task == "classification" and not self.problem.training:
                self._clocks = [Clock(self.problem, self.digits + more) for more in (0, _MORE_FAR)]
        clocks = self._clocks or (None, None)
        one, two = (
            self._crossing(gap, run, text, clock) for run, clock in zip(self._runs, clocks, strict=True)
        )
        unit = Fraction(1, 10**self.digits)
        return between_two(one, two, unit)

    def _far_out(self, gap: Node, clock: Clock, first: Ball) -> Moment | None:
        """The event by the clock of a classification; None where it happens before that takes over, or is not seen."""
        setting = Setting(self.problem, ALONG)

        def value(moment: Moment) -> Ball:
            return _value(gap, AtMoment(setting, moment))

        if any(not value(moment) * first > 0 for moment in clock.early_moments()):
            return None
        return clock.event(value, crossing, Fraction(1, 10**self.digits))

    def _crossing(self, gap: Node, run: Kept[Stretch], text: str, clock: Clock | None) -> Moment:
        setting, problem = Setting(self.problem, ALONG), self.problem

        def at(time: Fraction, state: tuple[Fraction, ...]) -> Moment:
            size = sum(problem.network.shapes)
            layers, rest = split(state[:size], problem.network.shapes), state[size : 2 * size]
            speeds = split(rest, problem.network.shapes) if len(rest) == size else ()
            return exact_moment(problem, time, layers, speeds)

        before, last = self._start, _value(gap, AtMoment(setting, self._start))
        if not _has_sign(last):
            raise NotDefined(f"{text} holds at the start already, or is not told from that")
        if clock is not None:
            found = self._far_out(gap, clock, last)
            if found is not None:
                return found
        for stretch in run:
            for k in range(1, _POINTS + 1):
                time = stretch.start + (stretch.end - stretch.start) * Fraction(k, _POINTS)
                moment = at(time, stretch.at(time))
                value = _value(gap, AtMoment(setting, moment))
                if value * last > 0:
                    before, last = moment, value
                    continue

                def f(t: Fraction, stretch: Stretch = stretch) -> Ball:
                    return _value(gap, AtMoment(setting, at(t, stretch.at(t))))

                low = before.time
                assert low is not None
                root = crossing(f, (low, last), (time, value), Fraction(1, 10**self.digits))
                return at(root, stretch.at(root))
        assert before.time is not None
        raise NotDefined(_NEVER.format(text, float(before.time)))


@dataclass
class Imagined:
    """Moments on a broken line of states that has nothing to do with the flow.

    Attributes
    ----------
    corners : its corners; the time runs from that of the first to that of the last.
    digits : after the point, to which times are found.
    """

    problem: Problem
    corners: tuple[Moment, ...]
    digits: int

    def moment(self, when: Operation) -> Moment:
        """The first one at which the equation holds on a grid; NotDefined where none is seen."""
        setting = Setting(self.problem, ALONG)
        gap = Operation("-", when.left, when.right, when.place)

        def at(s: Fraction) -> Moment:
            leg = min(int(s), len(self.corners) - 2)
            here, there, share = self.corners[leg], self.corners[leg + 1], s - leg
            pairs = list(zip(here.layers, there.layers, strict=True))
            speeds = [[b - a for a, b in zip(*pair, strict=True)] for pair in pairs]
            layers = [
                [a + share * v for a, v in zip(layer, speed, strict=True)]
                for layer, speed in zip(here.layers, speeds, strict=True)
            ]
            return exact_moment(self.problem, s, layers, speeds)

        def f(s: Fraction) -> Ball:
            return _value(gap, AtMoment(setting, at(s)))

        steps = _POINTS * (len(self.corners) - 1)
        before, last = Fraction(0), f(Fraction(0))
        for k in range(1, steps + 1):
            s = Fraction(k, _POINTS)
            value = f(s)
            if value * last < 0:
                return at(crossing(f, (before, last), (s, value), Fraction(1, 10**self.digits)))
            before, last = s, value
        raise NotDefined(UNSEEN)


@dataclass
class Kept(Generic[T]):
    """What an iterator gave so far, and what it will give."""

    source: Iterator[T]
    known: list[T] = field(default_factory=list)

    def __iter__(self) -> Iterator[T]:
        position = 0
        while True:
            if position == len(self.known):
                try:
                    self.known.append(next(self.source))
                except StopIteration:
                    return
            yield self.known[position]
            position += 1


def between_two(one: Moment, two: Moment, unit: Fraction) -> Moment:
    """The second of two moments that were measured apart, with their distance as what it may be off."""

    def gap(a: Any, b: Any) -> Fraction:
        return max((abs(p - q) for p, q in zip(a, b, strict=True)), default=Fraction(0))

    flat = [[x for layer in moment.layers for x in layer] for moment in (one, two)]
    wide = unit * (1 + sup_norm(two.beta)) + 2 * gap(one.beta, two.beta)
    assert one.time is not None
    assert two.time is not None
    return replace(
        two,
        radius=unit + 2 * gap(*flat),
        beta_radius=(wide,) * len(two.beta),
        time_radius=unit + 2 * abs(one.time - two.time),
    )


def _value(tree: Node, meaning: AtMoment) -> Ball:
    value = evaluate(tree, meaning).ball
    if not value.is_finite():
        raise NotDefined("not finite")
    return value


def _has_sign(value: Ball) -> bool:
    return bool(value > 0) or bool(value < 0)


def _isolated(gap: Node, setting: Setting, piece: Piece) -> Box | None:
    """The first box of a piece on which the difference is monotone and changes its sign; None where there is none.

    Raises
    ------
    Inconclusive : a box on which neither the difference nor its rate has a sign, however small.
    """
    todo = [(a, b, 0) for a, b in pairwise(_CUTS)][::-1]
    while todo:
        low, high, depth = todo.pop()
        box = Box(setting, piece, low, high)
        here = box.at(low, high)
        value = evaluate(gap, here).ball
        if _has_sign(value):
            continue
        slope = here.rate(gap).ball
        if _has_sign(slope):
            ends = [_value(gap, box.at(u, u)) for u in (low, high)]
            if all(map(_has_sign, ends)):
                if ends[0] * ends[1] < 0:
                    return box
                continue
        if depth == _DEPTH:
            raise Inconclusive(f"the sides of {to_text(gap)} = 0 are equal to all digits over a while")
        middle = low + (high - low) * _SHARE
        todo += [(middle, high, depth + 1), (low, middle, depth + 1)]
    return None


def _refined(gap: Node, box: Box) -> Box | None:
    """Interval Newton, until rounding ends it."""
    low, high = box.low, box.high
    for _ in range(_NEWTON):
        middle = (low + high) / 2
        slope = box.at(low, high).rate(gap).ball * ball(box.piece.length)
        value = _value(gap, box.at(middle, middle))
        if not _has_sign(slope):
            return None
        left, right = endpoints(ball(middle) - value / slope)
        left, right = max(low, left), min(high, right)
        if left > right:
            return None
        done = (right - left) * 10 > (high - low) * 9
        low, high = left, right
        if done:
            break
    return Box(box.setting, box.piece, low, high)


def crossing(
    f: Callable[[Fraction], Ball],
    low: tuple[Fraction, Ball],
    high: tuple[Fraction, Ball],
    unit: Fraction,
) -> Fraction:
    """A root between two points at which f has different signs, to about `unit`: regula falsi (Illinois)."""
    (a, fa), (b, fb) = ((t, dyadic(value)) for t, value in (low, high))
    for _ in range(_FALSI):
        if not fb:
            break
        c = _short((a * fb - b * fa) / (fb - fa), unit)
        fc = dyadic(f(c))
        if fc * fb < 0:
            a, fa = b, fb
        else:
            fa /= 2
        near = abs(c - b) <= unit / 4
        b, fb = c, fc
        if near:
            break
    return b


def _short(x: Fraction, unit: Fraction) -> Fraction:
    """x to a thousandth of the unit."""
    scale = 1 << (Fraction(1000) / unit).numerator.bit_length()
    return Fraction(round(x * scale), scale)
