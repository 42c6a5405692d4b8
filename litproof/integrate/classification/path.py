"""The path of gradient flow on the exponential loss, followed in s = log kappa, kappa = -log(loss)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr

from litproof.errors import Inconclusive
from litproof.integrate import permission
from litproof.integrate.budget import radau_cost, spend_allowance
from litproof.integrate.classification.margins import Margins
from litproof.integrate.classification.radau import Step, Tableau, collocation_step, radau_tableau
from litproof.integrate.classification.reals import Floats, Numbers, Reals, exp, like, reals
from litproof.integrate.classification.stage_matrix import APART, NewtonFailure
from litproof.integrate.classification.steps import (
    GROWTH,
    PATIENCE,
    Settings,
    actions,
    before,
    resized,
    risen_points,
    stiff_points,
)
from litproof.integrate.classification.systems import LateFlow
from litproof.problem import Problem

MOST_BITS = 32768
"""Working precision beyond which the path is given up: 50 digits at an exponent of 0.01 need 17000 bits."""


WEIGHTY, FAR_BITS = -20.0, 64
"""log of a weight, and bits of a distance from the margin, that leave no doubt which points are active."""


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
    def coefficients(self) -> Reals:
        """beta / kappa."""
        return np.asarray(self.margins.coefficients(self.w) / self.margins.unit)

    @property
    def direction(self) -> Reals:
        """beta / ||beta||_2."""
        beta = self.coefficients
        return np.asarray(beta / gmpy2.sqrt(sum(beta * beta)))


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
    whole, given_up, barrier, rough = False, 0, point.s, True
    refused: tuple[Any, float] | None = None
    while end is None or end - point.s > _shortest():
        spend_allowance(radau_cost(point.margins.size, settings.stages, point.margins.terms))
        point = _activate(_reprecise(problem, point, settings, whole=whole), settings)
        # kappa is squared at most: the decay is read off the last stretch and one before that is about as long
        length = min(point.next_length, mpfr(settings.longest), max(mpfr(1), point.s))
        length = length if end is None else min(length, end - point.s)
        if point.attempts > settings.max_steps:
            raise Inconclusive(
                f"kappa = exp({float(point.s):.6g}) after {settings.max_steps} steps: allow more"
            )
        if length < _shortest():
            raise Inconclusive(
                f"the step length underflows at kappa = exp({float(point.s):.6g}): more digits may help"
            )
        point, bold = replace(point, attempts=point.attempts + 1), rough and given_up < PATIENCE
        try:
            step, flow = _attempt(point, length, settings, settings.newton, bold=bold)
        except NewtonFailure:
            given_up, barrier = given_up + 1 if bold else 0, point.s + length
            point = replace(point, next_length=length / GROWTH)
            continue
        error = step.tail() / settings.tolerance
        if error > 1:
            point = replace(point, next_length=resized(length, error, settings, refused))
            refused = (length, error)
            continue
        event = _crossing(point, step, -settings.cut)
        if event is not None:
            if not whole and gmpy2.get_context().precision < settings.bits(float(point.s)):
                whole = True
                continue
            located = _locate(point, step, event, settings)
            while located is not None and (earlier := _crossing(point, located[0], -0.9 * settings.cut)):
                located = _locate(point, located[0], earlier, settings)
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
            nearer, farther = (_multipliers(point, flow, step, node)[keep] for node in (-2, -3))
            trail = Trail(gaps, (step.stages_y[-2], step.stages_y[-3]), (nearer, farther))
        point = replace(
            point,
            s=step.end,
            w=step.y,
            multipliers=ends[keep],
            active=tuple(point.active[k] for k in keep),
            next_length=before(barrier, step, resized(step.length, error, settings)),
            steps=point.steps + 1,
            trail=trail,
        )
        whole, rough, refused = False, step.rough, None
        yield point, step


def _reprecise(problem: Problem, point: LatePoint, settings: Settings, *, whole: bool) -> LatePoint:
    """The point at the working precision that it needs: that of 1/kappa where an event may depend on it.

    `whole` tells that it does.
    """
    bits = settings.bits(float(point.s))
    if bits > MOST_BITS:
        raise Inconclusive(f"no limit in sight at kappa = exp({float(point.s):.6g})")
    if bits > settings.most_bits and not whole and _settled(point, settings.most_bits):
        bits = settings.most_bits
    if bits <= gmpy2.get_context().precision <= max(bits, settings.most_bits):
        return point
    gmpy2.get_context().precision = bits
    return replace(point, margins=Margins(problem))


def _shortest() -> Any:
    """The length of a step that means something at the working precision."""
    return mpfr(2) ** (40 - gmpy2.get_context().precision)


def _settled(point: LatePoint, bits: int) -> bool:
    """Whether it is plain at that precision which points are active.

    All these have a weight and gradients that are far from dependent (where weights that tend to 0 tell them apart,
    these count down to the digits of 1/kappa); all others have margins above 1.
    """
    m, others = point.margins, _inactive(point)
    if min(point.multipliers) < WEIGHTY:
        return False
    sizes = np.linalg.svd(m.gradients(point.w.astype(float), point.active), compute_uv=False)
    if len(point.active) > len(point.w) or sizes[-1] < APART * sizes[0]:
        return False
    margins = m.values(m.coefficients(point.w), others) if others else point.w[:0]
    return bool(np.all(margins - 1 > mpfr(2) ** (FAR_BITS - bits)))


def _scale(point: LatePoint, Y: Numbers, F: Numbers, settings: Settings) -> Numbers:
    """Sizes against which errors count: the speed of each weight, at least the square of the highest one and `floor`.

    Deviations of the direction may be of second order in the fastest weights, hence the square; the floor keeps
    the spread within what a double holds.
    """
    speed = np.max(np.abs(F), axis=0)
    own = np.minimum(np.max(np.abs(Y), axis=0), np.max(speed) ** 2 + like(Y, point.floor))
    return np.asarray(np.maximum(speed, own) + like(Y, mpfr(10) ** -(settings.digits + settings.orders)))


def _attempt(
    point: LatePoint,
    length: Any,
    settings: Settings,
    tolerance: float,
    sweeps: int = 25,
    *,
    bold: bool = False,
) -> tuple[Step, LateFlow]:
    """A step, and the flow with the points that had to be algebraic."""
    margins, active = point.margins, point.active
    tableau: Tableau = radau_tableau(settings.stages, gmpy2.get_context().precision)
    U = margins.gradient(point.w, margins.pull(exp(point.multipliers), active))
    action = actions(margins, point.w, length * gmpy2.exp(point.s + length) / sum(U * U))
    top = active[int(np.argmax(point.multipliers))]
    stiff = sorted({top, *stiff_points(active, point.multipliers, action)})
    guess_w, guess, rates = _extrapolated(
        point, reals([node * length for node in tableau.nodes]).astype(float)
    )
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
            rates=rates,
            max_sweeps=sweeps,
            bold=bold,
        )
        exact = gmpy2.get_context().precision >= settings.bits(float(step.end))
        risen = [] if exact else risen_points(flow, step, action)
        if not risen:
            return step, flow
        stiff = sorted({*stiff, *risen})


def _multipliers(point: LatePoint, flow: LateFlow, step: Step, node: int) -> Reals:
    """lambda_i over the active points at a node of a step."""
    s, w = step.start + step.tableau.nodes[node] * step.length, step.stages_y[node]
    known = dict(zip(flow.active, step.stages_z[node], strict=True))
    known |= dict(zip(flow.direct, flow.direct_multipliers(reals([s]), w[None])[0], strict=True))
    return np.array([known[i] for i in point.active], dtype=object)


def _extrapolated(point: LatePoint, ahead: Floats) -> tuple[Reals, Reals, Reals]:
    """(w, lambda) by so much further on, and the power of kappa by which each w_j falls, 0 if it does not.

    Away from corners the path consists of powers of kappa; Newton that starts from constants, or from a straight line,
    takes a long step, on which many of them fall by orders of magnitude, for one without a solution.
    """
    trail = point.trail
    if trail is None:
        return np.array([point.w] * len(ahead)), np.array([point.multipliers] * len(ahead)), point.w * 0
    (w, rates), (multipliers, _) = (
        _onward((x, *before), trail.gaps, ahead)
        for x, before in ((point.w, trail.w), (point.multipliers, trail.multipliers))
    )
    return w, multipliers, rates


def _onward(values: tuple[Reals, Reals, Reals], gaps: tuple[Any, Any], ahead: Floats) -> tuple[Reals, Reals]:
    """How numbers go on, from three values, the newest first: a power of kappa, or one and a constant.

    Returns them further on, and the power of those that are nothing else. Changes are found in double precision.
    """
    now, before, _ = values
    near, far = (float(gap) for gap in gaps)
    with np.errstate(all="ignore"):
        moves = [(values[0] - values[1]), (values[1] - values[2])]
        speeds = [move / gap for move, gap in zip(moves, gaps, strict=True)]
        slower = _ratio(speeds[1], speeds[0])
        rate = np.where(slower > 1, 2 * np.log(slower) / (near + far), 0.0)
        own = np.log1p(_ratio(before - now, now)) / near
        power = (rate / 2 < own) & (own < 2 * rate)
        # now + part (1 - exp(-rate x)), now + speed x, or now exp(-own x)
        rest = np.where(
            rate > 0, np.expm1(-np.outer(ahead, rate)) / np.expm1(rate * near), -ahead[:, None] / near
        )
        change = np.where(power, 0.0, -rest) * moves[0]
        fall = np.where(power, np.exp(-np.outer(ahead, np.where(power, own, 0.0))), 1.0)
    return now * fall + change, now * 0 + np.where(power, own, 0.0)


def _ratio(a: Reals, b: Reals) -> Floats:
    """a / b, 0 where b is."""
    return np.array([float(x / y) if y else 0.0 for x, y in zip(a, b, strict=True)])


def _multiplier(point: LatePoint, i: int, s: Any, w: Reals) -> Any:
    """lambda_i = lambda_t + kappa (m_t(w) - m_i(w)) with the copies of both, t the point of most weight.

    lambda_t hardly moves. What the equations leave of m_t, and of other rows that agree with it but for what tends to
    0, may be more than 1/kappa.
    """
    m, top = point.margins, int(np.argmax(point.multipliers))
    t = point.active[top]
    first, own = m.values(m.coefficients(w), [t, i])
    copies = m.log_copies.reals
    return point.multipliers[top] + (first - own) * gmpy2.exp(s) + copies[i] - copies[t]


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


def _crossing(point: LatePoint, step: Step, height: Any) -> tuple[int, Any] | None:
    """The inactive point whose lambda_i is first seen to rise above a height within the step, and the node.

    Of several that rise between two nodes it need not be the first.
    """
    for node, w in zip(step.tableau.nodes, step.stages_y, strict=True):
        s = step.start + node * step.length
        for i in _inactive(point):
            if _multiplier(point, i, s, w) > height:
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

    low, middle = point.s, high
    value = excess(high, step.state(high))
    if value > 0:
        while abs(value) > settings.cut * gmpy2.exp(-middle) / 100 and high - low > _shortest():
            middle = (low + high) / 2
            value = excess(middle, step.state(middle))
            low, high = (low, middle) if value > 0 else (middle, high)
    # the end of a fresh step differs slightly from the polynomial of the longer one: secant on the length
    previous = (mpfr(0), excess(point.s, point.w))
    length = middle - point.s
    tolerance = min(settings.newton, 1e-3 * float(gmpy2.exp(-min(point.s, 600))))
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
