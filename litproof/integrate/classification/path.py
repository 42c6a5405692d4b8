"""The path of gradient flow on the exponential loss, followed in s = log kappa, kappa = -log(loss)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr

from litproof.errors import Inconclusive
from litproof.integrate import permission
from litproof.integrate.budget import radau_cost, spend_allowance
from litproof.integrate.classification.margins import Margins
from litproof.integrate.classification.radau import Step, Tableau, collocation_step, radau_tableau
from litproof.integrate.classification.reals import Reals
from litproof.integrate.classification.stage_matrix import NewtonFailure
from litproof.integrate.classification.steps import (
    GROWTH,
    Settings,
    actions,
    error_of,
    resized,
    risen_points,
    stiff_points,
)
from litproof.integrate.classification.systems import LateFlow
from litproof.problem import Problem

MOST_BITS = 32768
"""Working precision beyond which the path is given up: 50 digits at an exponent of 0.01 need 17000 bits."""


@dataclass(frozen=True)
class Trail:
    """Two points just before, the nearer one first: by how much in s, w and lambda_i over the points active now."""

    gaps: tuple[Any, Any]
    w: tuple[Reals, Reals]
    multipliers: tuple[Reals, Reals]


@dataclass(frozen=True)
class LatePoint:
    """A point of the path: s = log kappa, w = theta (kappa / unit)^(-1/L), lambda_i over the active points.

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
        return self.margins.coordinates.layers(self.w / self.stretch)

    @property
    def stretch(self) -> Any:
        """unit^(1/L): w over theta kappa^(-1/L)."""
        return gmpy2.exp(gmpy2.log(self.margins.unit) / self.margins.depth)

    @property
    def coefficients(self) -> list[Any]:
        """beta / kappa."""
        return [b / self.margins.unit for b in self.margins.coefficients(self.w)]

    @property
    def direction(self) -> list[Any]:
        """beta / ||beta||_2."""
        beta = self.coefficients
        norm = gmpy2.sqrt(sum((b * b for b in beta), mpfr(0)))
        return [b / norm for b in beta]


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
        spend_allowance(radau_cost(point.margins.size, settings.stages, point.margins.terms))
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
            step, flow = _attempt(point, length, settings, settings.newton)
        except NewtonFailure:
            point = replace(point, next_length=length / GROWTH)
            continue
        error = error_of(step, _scale(point, step.stages_y, step.stage_slopes(), settings), settings)
        if error > 1:
            point = replace(point, next_length=resized(length, error, settings))
            continue
        event = _crossing(point, step, settings)
        if event is not None:
            located = _locate(point, step, event, settings)
            if located is None:
                point = replace(point, next_length=length / GROWTH)
                continue
            (step, flow), error = located, 1e-6
        ends = _multipliers(point, flow, step, -1)
        keep = [k for k in range(len(point.active)) if ends[k] > -1.1 * settings.cut]
        nodes = step.tableau.nodes
        trail = None
        if len(nodes) > 2:
            gaps = ((nodes[-1] - nodes[-2]) * step.length, (nodes[-2] - nodes[-3]) * step.length)
            before = tuple(_multipliers(point, flow, step, node)[keep] for node in (-2, -3))
            trail = Trail(gaps, (step.stages_y[-2], step.stages_y[-3]), (before[0], before[1]))
        point = replace(
            point,
            s=step.end,
            w=step.y,
            multipliers=ends[keep],
            active=tuple(point.active[k] for k in keep),
            next_length=resized(step.length, error, settings),
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


def _attempt(
    point: LatePoint, length: Any, settings: Settings, tolerance: float, sweeps: int = 25
) -> tuple[Step, LateFlow]:
    """A step, and the flow with the points that had to be algebraic."""
    margins, active = point.margins, point.active
    tableau: Tableau = radau_tableau(settings.stages, gmpy2.get_context().precision)
    U = margins.combined_gradient(point.w, [gmpy2.exp(x) for x in point.multipliers], active)
    action = actions(margins, point.w, length * gmpy2.exp(point.s + length) / sum(u * u for u in U))
    top = active[int(np.argmax(point.multipliers))]
    stiff = sorted({top, *stiff_points(active, list(point.multipliers), action)})
    guess_w, guess = _extrapolated(point, [node * length for node in tableau.nodes])
    while True:
        flow = LateFlow(margins, tuple(stiff), tuple(i for i in active if i not in stiff))
        step = collocation_step(
            flow,
            tableau,
            point.s,
            length,
            point.w,
            guess_w,
            guess[:, [active.index(i) for i in stiff]],
            lambda h, Y, F: _scale(point, Y, F, settings),
            tolerance,
            max_sweeps=sweeps,
        )
        risen = risen_points(flow, step, action)
        if not risen:
            return step, flow
        stiff = sorted({*stiff, *risen})


def _multipliers(point: LatePoint, flow: LateFlow, step: Step, node: int) -> Reals:
    """lambda_i over the active points at a node of a step."""
    s, w = step.start + step.tableau.nodes[node] * step.length, step.stages_y[node]
    known = dict(zip(flow.active, step.stages_z[node], strict=True))
    known |= dict(zip(flow.direct, flow.direct_multipliers(s, w), strict=True))
    return np.array([known[i] for i in point.active], dtype=object)


def _extrapolated(point: LatePoint, ahead: Sequence[Any]) -> tuple[Reals, Reals]:
    """(w, lambda) by so much further on, from the trail.

    Away from corners the path consists of powers of kappa; Newton that starts from constants, or from a straight line,
    takes a long step, on which many of them fall by orders of magnitude, for one without a solution.
    """
    trail = point.trail
    if trail is None:
        return np.array([point.w for _ in ahead]), np.array([point.multipliers for _ in ahead])
    columns = [_onward(x, trail.gaps, ahead) for x in zip(point.w, *trail.w, strict=True)]
    multipliers = [
        _onward(x, trail.gaps, ahead) for x in zip(point.multipliers, *trail.multipliers, strict=True)
    ]
    return np.array(columns, dtype=object).T, np.array(multipliers, dtype=object).T


def _onward(values: Sequence[Any], gaps: tuple[Any, Any], ahead: Sequence[Any]) -> list[Any]:
    """A number by so much further on, from three values, the newest first: a power of kappa, or one and a constant."""
    now, before, _ = values
    moves = [values[0] - values[1], values[1] - values[2]]
    speeds = [move / gap for move, gap in zip(moves, gaps, strict=True)]
    fades = speeds[0] * speeds[1] > 0 and abs(speeds[0]) < abs(speeds[1])
    rate = 2 * gmpy2.log(speeds[1] / speeds[0]) / (gaps[0] + gaps[1]) if fades else mpfr(0)
    if now * before > 0 and abs(now) < abs(before):
        own = gmpy2.log(before / now) / gaps[0]
        if own > rate / 2:
            return [now * gmpy2.exp(-own * x) for x in ahead]
    if not rate:
        return [now + speeds[0] * x for x in ahead]
    scale = moves[0] / gmpy2.expm1(rate * gaps[0])
    return [now - scale * gmpy2.expm1(-rate * x) for x in ahead]


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
                nearer, farther = (np.append(x, value) for x in trail.multipliers)
                trail = replace(trail, multipliers=(nearer, farther))
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


def _locate(
    point: LatePoint, step: Step, event: tuple[int, Any], settings: Settings
) -> tuple[Step, LateFlow] | None:
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
            step, flow = _attempt(point, length, settings, tolerance, sweeps=60)
        except NewtonFailure:
            return None
        value = excess(step.end, step.y)
        if -settings.cut <= _multiplier(point, i, step.end, step.y) <= -0.9 * settings.cut:
            return step, flow
        if value == previous[1]:
            return None
        previous, length = (length, value), length - value * (length - previous[0]) / (value - previous[1])
    return None
