"""Where the direction of a classification network goes, measured on the flow in its original parameters."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import log
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr

from litproof.errors import Inconclusive, InputError
from litproof.integrate.kappa_margins import Margins, to_real
from litproof.integrate.kappa_modes import Modes, modes
from litproof.integrate.kappa_path import LatePoint, Settings, climb, hand_over, march
from litproof.integrate.radau import Step, working_precision
from litproof.problem import Problem
from litproof.results import Measurement

HAND_OVER = 4.0
"""kappa at which the clock s = log kappa takes over."""


@dataclass(frozen=True)
class Sample:
    """One point of the path: s = log kappa, beta/||beta|| and p over all different rows."""

    s: Fraction
    direction: tuple[Fraction, ...]
    multipliers: tuple[float, ...]


def follow_direction(
    problem: Problem,
    digits: int,
    *,
    tolerance: float = 1e-8,
    stages: int = 10,
    max_steps: int = 4000,
) -> Measurement:
    """Follow gradient flow on the exponential loss until beta/||beta||_2 has settled to `digits` digits.

    The parameters v_l are followed themselves, scaled as kappa^(-1/L) v_l; no conserved quantity and no
    reduction is used. First the clock tau (dt = exp(kappa) dtau) from t = 0, then s = log kappa as a
    differential-algebraic system by Radau IIA; a stretch is run by both and compared. The remaining
    distance is extrapolated from the observed decay and bounded below by the slowest linear mode at the end
    of the path.

    Returns
    -------
    Measurement : value = direction of unit l2 norm, parameters = the layers over kappa^(1/L), residual =
        smallest
        margin y_i x_i^T value, clock = {"t", "kappa"}, error = estimate of max |value - limit|.
        converged is False, with a reason, when the loss never falls below 1 or the budget ends first.

    Raises
    ------
    InputError : the task is not classification.
    """
    if problem.task != "classification":
        raise InputError("expected a classification task", key="task.kind", source=problem.name)
    settings = Settings(digits, tolerance, stages, max_steps)
    with working_precision(settings.bits(0.0)):
        try:
            return _follow(problem, settings)
        except Inconclusive as stop:
            return _unsettled(problem, settings, str(stop))


def sample_path(
    problem: Problem, digits: int, kappas: tuple[float, ...], **options: Any
) -> tuple[Sample, ...]:
    """The direction at given decimal logarithms of kappa (increasing, above log10 of the hand-over).

    Raises Inconclusive when the flow does not get there.
    """
    settings = Settings(digits, **options)
    samples = []
    with working_precision(settings.bits(0.0)):
        point = hand_over(
            climb(Margins(problem), _start(problem), (HAND_OVER,), settings)[0], Margins(problem)
        )
        for power in kappas:
            end = to_real(Fraction(power)) * gmpy2.log(mpfr(10))
            point = _last(point, march(problem, point, settings, end))
            p = [0.0] * point.margins.count
            for i, value in zip(point.active, point.multipliers, strict=True):
                p[i] = float(gmpy2.exp(value))
            samples.append(Sample(_exact(point.s), tuple(map(_exact, point.direction)), tuple(p)))
    return tuple(samples)


def _last(point: LatePoint, steps: Iterator[tuple[LatePoint, Step]]) -> LatePoint:
    for later, _ in steps:
        point = later
    return point


def _start(problem: Problem) -> Any:
    return np.array([to_real(x) for layer in problem.v0 for x in layer], dtype=object)


def _exact(x: Any) -> Fraction:
    return Fraction(*map(int, x.as_integer_ratio()))


def _follow(problem: Problem, settings: Settings) -> Measurement:
    margins = Margins(problem)
    theta = _start(problem)
    begin = margins.kappa(theta)[0]
    first = max(HAND_OVER, float(begin))
    early = climb(margins, theta, (first,), settings)[0]
    check = climb(margins, early.theta, (1.3 * float(early.kappa),), settings)[0]
    point = hand_over(early, margins)
    point = _last(point, march(problem, point, settings, gmpy2.log(check.kappa)))
    gap = _distance(point.direction, hand_over(check, margins).direction)
    if gap > 1e4 * settings.tolerance:
        raise Inconclusive(f"the two clocks disagree by {gap:.1e} at kappa = {float(check.kappa):.6g}")
    history: list[tuple[float, list[Any]]] = [(float(point.s), point.direction)]
    goal = 10.0 ** -(settings.digits + 2)
    linear: Modes | None = None
    for later, _ in march(problem, point, settings):
        point = later
        history.append((float(point.s), point.direction))
        remaining, rate = _remaining(history)
        if remaining > goal:
            continue
        linear = modes(point)
        if linear.fastest_growth > 1e-6 and not _symmetric(linear, point, settings):
            continue
        slowest = min(rate, linear.slowest_decay) if linear.slowest_decay > 0 else rate
        remaining *= rate / slowest
        if remaining <= goal:
            break
    assert linear is not None
    return _result(problem, point, settings, early.t, remaining, rate, linear, gap)


def _symmetric(linear: Modes, point: LatePoint, settings: Settings) -> bool:
    """Whether a growing mode must be absent by symmetry: any trace of it would have shown by now."""
    return linear.fastest_growth * float(point.s) > 3 * (settings.digits + 40) * log(10)


def _distance(a: list[Any], b: list[Any]) -> float:
    return float(max(abs(x - y) for x, y in zip(a, b, strict=True)))


def _remaining(history: list[tuple[float, list[Any]]]) -> tuple[float, float]:
    """(distance still to go, exponent in kappa) from two last stretches of s; inf when not decaying."""
    end, last = history[-1]
    for index in range(len(history) - 2, -1, -1):
        middle, direction = history[index]
        near = _distance(last, direction)
        if end - middle < 3.0:
            continue
        older = [k for k in range(index) if middle - history[k][0] >= 0.8 * (end - middle)]
        if not older:
            break
        start, before = history[older[-1]]
        far = _distance(direction, before)
        if near == 0 and far == 0:
            return 0.0, 1.0
        if near <= 0 or far <= near:
            break
        rate = (log(far) - log(near)) / ((end - start) / 2)
        ratio = (near / far) ** ((end - middle) / ((end - start) / 2))
        if ratio > 0.9:
            break
        return near * ratio / (1 - ratio), rate
    return float("inf"), 0.0


def _result(
    problem: Problem,
    point: LatePoint,
    settings: Settings,
    t: Any,
    remaining: float,
    rate: float,
    linear: Modes,
    gap: float,
) -> Measurement:
    direction = point.direction
    m = point.margins
    value = tuple(map(_exact, direction))
    residual = min(sum((a * b for a, b in zip(row, value, strict=True)), Fraction(0)) for row in m.data)
    p = {f"p[{i}]": float(gmpy2.exp(x)) for i, x in zip(point.active, point.multipliers, strict=True)}
    return Measurement(
        value=value,
        parameters=_layers(problem, point),
        error=Fraction(max(2 * remaining, 10.0 ** -(settings.digits + 8))),
        residual=residual,
        clock=_clock(point, t),
        digits=settings.digits,
        method="gradient flow in the layers themselves, clock log(-log loss), "
        f"Radau IIA with {settings.stages} stages",
        details={
            "steps": point.steps,
            "attempts": point.attempts,
            "exponent": round(rate, 6),
            "slowest mode": linear.slowest_decay,
            "overlap of the two clocks": gap,
            "bits": gmpy2.get_context().precision,
            **p,
        },
    )


def _layers(problem: Problem, point: LatePoint) -> tuple[tuple[Fraction, ...], ...]:
    entries = iter(map(_exact, point.w))
    return tuple(tuple(next(entries) for _ in layer) for layer in problem.v)


def _clock(point: LatePoint, t: Any) -> dict[str, str]:
    """kappa, and the time: t = exp(kappa - log(||U||^2)) to leading order, U at theta."""
    m = point.margins
    p = [gmpy2.exp(x) for x in point.multipliers]
    U = m.combined_gradient(point.w, p, point.active)
    power = 2 - mpfr(2) / m.depth
    exponent = gmpy2.exp(point.s) - power * point.s - gmpy2.log(sum((u * u for u in U), mpfr(0)))
    return {"t": f"exp({exponent:.6g})", "kappa": f"{gmpy2.exp(point.s):.6g}", "t at hand-over": f"{t:.6g}"}


def _unsettled(problem: Problem, settings: Settings, reason: str) -> Measurement:
    zero = tuple(Fraction(0) for _ in range(problem.network.input_dim))
    return Measurement(
        value=zero,
        parameters=problem.v0,
        error=Fraction(1),
        residual=Fraction(0),
        clock={},
        digits=settings.digits,
        method="gradient flow in the layers themselves",
        converged=False,
        reason=reason,
    )
