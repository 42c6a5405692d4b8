"""The path of gradient flow on the exponential loss, followed in s = log kappa, kappa = -log(loss)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, inf, log
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr

from litproof.errors import Inconclusive
from litproof.integrate import permission
from litproof.integrate.classification.margins import Margins
from litproof.integrate.classification.radau import Step, Tableau, collocation_step, radau_tableau
from litproof.integrate.classification.reals import Reals
from litproof.integrate.classification.stage_matrix import NewtonFailure
from litproof.integrate.classification.systems import EarlyFlow, LateFlow
from litproof.problem import Problem

GROWTH = 5.0
"""A step is at most this many times longer than the one before."""

MOST_BITS = 32768
"""Working precision beyond which the path is given up: 50 digits at an exponent of 0.01 need 17000 bits."""


@dataclass(frozen=True)
class Settings:
    """How to integrate.

    Attributes
    ----------
    digits : decimal digits wanted of the direction. tolerance : local error of a step, relative to the
        speed of each weight.
    newton : size, in the same unit, of the last correction of the stages.
    stages : of the Radau IIA method. max_steps : budget, attempts included.
    orders : powers of ten below the digits down to which weights that tend to 0 are resolved.
    """

    digits: int
    tolerance: float = 1e-8
    stages: int = 10
    max_steps: int = 4000
    newton: float = 1e-11
    orders: int = 5

    @property
    def cut(self) -> float:
        """A point counts as inactive where lambda_i < -cut (its p_i is far below the digits asked for)."""
        return (self.digits + 10) * log(10)

    def bits(self, s: float) -> int:
        """Working precision at s = log kappa: the digits, what Newton is asked for, guard digits and kappa itself."""
        return (int(3.33 * (self.digits + 19) + (s - log(self.newton)) / log(2)) + 128) // 64 * 64


@dataclass(frozen=True)
class EarlyPoint:
    """A point of the first part of the path: time t, kappa, theta, lambda_i, steps so far."""

    t: Any
    kappa: Any
    theta: Reals
    multipliers: Reals
    steps: int


@dataclass(frozen=True)
class Trail:
    """A point just before: by how much in s, its w and its lambda_i over the points active now."""

    gap: Any
    w: Reals
    multipliers: Reals


@dataclass(frozen=True)
class LatePoint:
    """A point of the path: s = log kappa, w = theta kappa^(-1/L) in coordinates, lambda_i over the active points.

    `next_length` is the step length to try, `steps` and `attempts` count from the hand-over, `trail` tells
    where the path came from (None at the hand-over).
    """

    s: Any
    w: Reals
    multipliers: Reals
    active: tuple[int, ...]
    next_length: Any
    margins: Margins
    steps: int = 0
    attempts: int = 0
    trail: Trail | None = None

    @property
    def floor(self) -> Any:
        """Smallest unit of errors: a tenth of what a unit of theta is in w."""
        return gmpy2.exp(-self.s / self.margins.depth) / 10

    @property
    def layers(self) -> list[list[Any]]:
        """The layers over kappa^(1/L)."""
        return self.margins.coordinates.layers(self.w)

    @property
    def coefficients(self) -> list[Any]:
        """beta / kappa."""
        return self.margins.coefficients(self.w)

    @property
    def direction(self) -> list[Any]:
        """beta / ||beta||_2."""
        beta = self.coefficients
        norm = gmpy2.sqrt(sum((b * b for b in beta), mpfr(0)))
        return [b / norm for b in beta]


def climb(
    margins: Margins, theta: Reals, goals: tuple[float, ...], settings: Settings, ceiling: float = inf
) -> list[EarlyPoint]:
    """Follow the flow from t = 0 by the clock tau, dt = exp(kappa) dtau, until kappa passes each goal.

    No step ends above the ceiling, which must lie above the last goal.

    Raises
    ------
    Inconclusive : the flow comes to rest, or the budget is used up, before the last goal.
    """
    permission.ask("classification flow")
    flow = EarlyFlow(margins)
    tableau = radau_tableau(settings.stages, gmpy2.get_context().precision)
    t, tau, none = mpfr(0), mpfr(0), np.zeros((settings.stages, 0), dtype=object)
    reached: list[EarlyPoint] = []
    length, steps = None, 0

    def scale(h: Any, Y: Reals, F: Reals) -> Reals:
        size = np.max(np.abs(Y), axis=0) + abs(h) * np.max(np.abs(F), axis=0)
        return np.asarray(np.where(size == 0, mpfr(1), size))

    for _ in range(settings.max_steps):
        kappa, multipliers = margins.kappa(theta)
        while len(reached) < len(goals) and kappa >= goals[len(reached)]:
            reached.append(EarlyPoint(t, kappa, theta, np.array(multipliers, dtype=object), steps))
        if len(reached) == len(goals):
            return reached
        speed = flow.evaluate(tau, theta, none)[0]
        norm = gmpy2.sqrt(sum(speed * speed))
        size = gmpy2.sqrt(sum(theta * theta))
        if norm <= mpfr(10) ** -(settings.digits + 10) * max(size, mpfr(10) ** -settings.digits):
            raise Inconclusive(
                f"the flow comes to rest with loss {float(gmpy2.exp(-kappa)):.6g}, not below 1: "
                "start elsewhere or check that the data are separable"
            )
        if length is None:
            length = mpfr("0.1") / (norm + norm / max(size, mpfr("1e-3")))
        guess = np.array([theta] * settings.stages)
        try:
            step = collocation_step(flow, tableau, tau, length, theta, guess, none, scale, settings.newton)
        except NewtonFailure:
            length /= 4
            continue
        error = _error(step, scale(length, step.stages_y, step.stage_slopes()), settings)
        if margins.kappa(step.y)[0] > ceiling:
            length /= 2
            continue
        if error <= 1:
            losses = [gmpy2.exp(margins.kappa(y)[0]) for y in step.stages_y]
            t += length * sum(b * x for b, x in zip(tableau.matrix[-1], losses, strict=True))
            tau, theta, steps = step.end, step.y, steps + 1
        length = _resized(length, error, settings)
    kappa = margins.kappa(theta)[0]
    raise Inconclusive(
        f"loss {float(gmpy2.exp(-kappa)):.6g} after {settings.max_steps} steps, not yet below 1: "
        "allow more steps"
    )


def hand_over(point: EarlyPoint, margins: Margins) -> LatePoint:
    """The same point in the late coordinates (kappa > 0)."""
    s = gmpy2.log(point.kappa)
    w = point.theta * gmpy2.exp(-s / margins.depth)
    return LatePoint(s, w, point.multipliers, tuple(range(margins.count)), mpfr("0.05"), margins)


def march(
    problem: Problem, point: LatePoint, settings: Settings, end: Any = None
) -> Iterator[tuple[LatePoint, Step]]:
    """Follow the flow from a late point; yields after every accepted step, for ever or until s = end.

    The active set changes where lambda_i of an inactive point comes up to -cut (located as an event), or
    lambda_i of an active one falls below. Must run inside `working_precision`; raises the precision as
    kappa grows.

    Raises
    ------
    Inconclusive : the budget or the precision is used up, or the step length underflows.
    """
    permission.ask("classification flow")
    while end is None or point.s < end:
        point = _activate(_reprecise(problem, point, settings), settings)
        length = point.next_length if end is None else min(point.next_length, end - point.s)
        if point.attempts > settings.max_steps:
            raise Inconclusive(
                f"kappa = exp({float(point.s):.6g}) after {settings.max_steps} steps: allow more"
            )
        if length < mpfr(2) ** (40 - gmpy2.get_context().precision):
            raise Inconclusive(
                f"the step length underflows at kappa = exp({float(point.s):.6g}): more digits may help"
            )
        point = replace(point, attempts=point.attempts + 1)
        try:
            step = _attempt(point, length, settings, settings.newton)
        except NewtonFailure:
            point = replace(point, next_length=length / GROWTH)
            continue
        error = _error(step, _scale(point, step.stages_y, step.stage_slopes(), settings), settings)
        if error > 1:
            point = replace(point, next_length=_resized(length, error, settings))
            continue
        event = _crossing(point, step, settings)
        if event is not None:
            located = _locate(point, step, event, settings)
            if located is None:
                point = replace(point, next_length=length / GROWTH)
                continue
            step, error = located, 1e-6
        keep = [k for k in range(len(point.active)) if step.z[k] > -1.1 * settings.cut]
        nodes = step.tableau.nodes
        trail = Trail((nodes[-1] - nodes[-2]) * step.length, step.stages_y[-2], step.stages_z[-2][keep])
        point = replace(
            point,
            s=step.end,
            w=step.y,
            multipliers=step.z[keep],
            active=tuple(point.active[k] for k in keep),
            next_length=_resized(step.length, error, settings),
            steps=point.steps + 1,
            trail=trail,
        )
        yield point, step


def _reprecise(problem: Problem, point: LatePoint, settings: Settings) -> LatePoint:
    bits = settings.bits(float(point.s))
    if bits > MOST_BITS:
        raise Inconclusive(f"no limit in sight at kappa = exp({float(point.s):.6g})")
    if bits <= gmpy2.get_context().precision:
        return point
    gmpy2.get_context().precision = bits
    return replace(point, margins=Margins(problem))


def _scale(point: LatePoint, Y: Reals, F: Reals, settings: Settings) -> Reals:
    """Sizes against which errors count: the speed of each weight, at least the square of the highest one and `floor`.

    Deviations of the direction may be of second order in the fastest weights, hence the square; the floor keeps
    the spread within what a double holds.
    """
    speed = np.max(np.abs(F), axis=0)
    own = np.minimum(np.max(np.abs(Y), axis=0), np.max(speed) ** 2 + point.floor)
    floor: Reals = np.maximum(speed, own) + mpfr(10) ** -(settings.digits + settings.orders)
    return floor


def _attempt(point: LatePoint, length: Any, settings: Settings, tolerance: float, sweeps: int = 25) -> Step:
    tableau: Tableau = radau_tableau(settings.stages, gmpy2.get_context().precision)
    return collocation_step(
        LateFlow(point.margins, point.active),
        tableau,
        point.s,
        length,
        point.w,
        *_extrapolated(point, [node * length for node in tableau.nodes]),
        lambda h, Y, F: _scale(point, Y, F, settings),
        tolerance,
        max_sweeps=sweeps,
    )


def _extrapolated(point: LatePoint, ahead: Sequence[Any]) -> tuple[Reals, Reals]:
    """(w, lambda) by so much further on: what shrinks goes on by the same factor, the rest in a straight line.

    Away from corners the path consists of powers of kappa; Newton that starts from constants takes a long
    step, on which many of them fall by orders of magnitude, for one without a solution.
    """
    trail = point.trail
    if trail is None:
        return np.array([point.w for _ in ahead]), np.array([point.multipliers for _ in ahead])

    def onward(now: Any, before: Any, ratio: Any) -> Any:
        if abs(now) < abs(before) and now * before > 0:
            return now * gmpy2.exp(gmpy2.log(now / before) * ratio)
        return now + (now - before) * ratio

    ratios = [x / trail.gap for x in ahead]
    w = [[onward(a, b, r) for a, b in zip(point.w, trail.w, strict=True)] for r in ratios]
    rise = point.multipliers - trail.multipliers
    return np.array(w, dtype=object), np.array([point.multipliers + rise * r for r in ratios])


def _error(step: Step, scale: Reals, settings: Settings) -> float:
    """Error of the collocation polynomial over the tolerance."""
    return float(np.max(step.tail() / scale)) / settings.tolerance


def _resized(length: Any, error: float, settings: Settings) -> Any:
    return length * min(GROWTH, max(1 / GROWTH, 0.9 * max(error, 1e-30) ** (-1 / settings.stages)))


def _multiplier(point: LatePoint, i: int, s: Any, w: Reals) -> Any:
    """lambda_i = kappa (1 - m_i(w)) + log copies."""
    m = point.margins
    return (1 - m.values(m.coefficients(w), [i])[0]) * gmpy2.exp(s) + m.log_copies[i]


def _inactive(point: LatePoint) -> list[int]:
    return [i for i in range(point.margins.count) if i not in point.active]


def _activate(point: LatePoint, settings: Settings) -> LatePoint:
    """Let in the points whose lambda_i has come up to -cut, at most as high as p_i = 1."""
    for i in _inactive(point):
        value = _multiplier(point, i, point.s, point.w)
        if value > -1.02 * settings.cut:
            length = point.next_length
            if point.s < 30:
                # the corner is 1/kappa wide; beyond, its width no longer matters to the digits of the path
                length = min(length, 10 * gmpy2.exp(-point.s))
            value, trail = min(value, mpfr(0)), point.trail
            if trail is not None:
                trail = replace(trail, multipliers=np.append(trail.multipliers, value))
            point = replace(
                point,
                active=(*point.active, i),
                multipliers=np.append(point.multipliers, value),
                next_length=length,
                trail=trail,
            )
    return point


def _crossing(point: LatePoint, step: Step, settings: Settings) -> tuple[int, Any] | None:
    """The inactive point that first comes up to -cut within the step, and the node where that is seen."""
    for node, w in zip(step.tableau.nodes, step.stages_y, strict=True):
        s = step.start + node * step.length
        for i in _inactive(point):
            if _multiplier(point, i, s, w) > -settings.cut:
                return i, s
    return None


def _locate(point: LatePoint, step: Step, event: tuple[int, Any], settings: Settings) -> Step | None:
    """A step that ends where lambda_i is just below -cut; None when a shorter step is needed first."""
    i, high = event
    target = 0.95 * settings.cut

    def excess(s: Any, w: Reals) -> Any:
        return (_multiplier(point, i, s, w) + target) * gmpy2.exp(-s)

    low = point.s
    for _ in range(200):
        middle = (low + high) / 2
        value = excess(middle, step.state(middle))
        if abs(value) < settings.cut * gmpy2.exp(-middle) / 100:
            break
        low, high = (low, middle) if value > 0 else (middle, high)
    # the end of a fresh step differs slightly from the polynomial of the longer one: secant on the length
    previous = (mpfr(0), excess(point.s, point.w))
    length = middle - point.s
    tolerance = min(settings.newton, 1e-3 * exp(-min(float(point.s), 600.0)))
    for _ in range(12):
        if length <= 0:
            return None
        try:
            step = _attempt(point, length, settings, tolerance, sweeps=60)
        except NewtonFailure:
            return None
        value = excess(step.end, step.y)
        if -settings.cut <= _multiplier(point, i, step.end, step.y) <= -0.9 * settings.cut:
            return step
        if value == previous[1]:
            return None
        previous, length = (length, value), length - value * (length - previous[0]) / (value - previous[1])
    return None
