"""Where the direction of a classification network goes, measured on the flow in its original parameters."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import exp as exp_of, expm1, log, log1p, log10
from operator import mul
from typing import Any

import gmpy2
from gmpy2 import mpfr

from litproof.deadline import OutOfTime
from litproof.errors import Inconclusive, InputError
from litproof.integrate.classification.coordinates import to_real
from litproof.integrate.classification.early import EarlyPoint, climb, hand_over, start_bits
from litproof.integrate.classification.kept import directions
from litproof.integrate.classification.margins import Margins
from litproof.integrate.classification.modes import Modes, modes, observed_by
from litproof.integrate.classification.path import LatePoint, march
from litproof.integrate.classification.radau import Step
from litproof.integrate.classification.reals import Reals, exp, working_precision
from litproof.integrate.classification.spanned import follow_in_span
from litproof.integrate.classification.steps import Settings
from litproof.integrate.watch import keep, keeping, tell
from litproof.problem import Problem
from litproof.results import Measurement

HAND_OVER = 4.0
"""kappa at which the clock s = log kappa takes over."""


CLOCKS_AGREE = 1e-6
"""How far the directions by the two clocks may be apart on the stretch that both follow."""


Observable = Callable[[LatePoint], list[Any]]
"""Numbers read off a point of the path, which converge along it."""


def direction_of(point: LatePoint) -> list[Any]:
    """beta / ||beta||_2, shape (d,)."""
    return list(point.direction)


def multipliers_of(point: LatePoint) -> list[Any]:
    """p_i over the different rows y_i x_i, sum 1; far points have p_i = 0."""
    p = [mpfr(0)] * point.margins.count
    for i, value in zip(point.active, point.multipliers, strict=True):
        p[i] = gmpy2.exp(value)
    return p


def gradient_of(point: LatePoint) -> list[Any]:
    """The gradient of the loss by beta over its norm, -sum_i p_i y_i x_i / |..|, shape (d,)."""
    pairs = list(zip(multipliers_of(point), point.margins.data, strict=True))
    entries = [-sum((p * to_real(row[z]) for p, row in pairs), mpfr(0)) for z in range(len(point.direction))]
    norm = gmpy2.sqrt(sum((x * x for x in entries), mpfr(0)))
    return [x / norm for x in entries]


def layers_of(point: LatePoint) -> list[Any]:
    """v_l / ||v_l||_2, one layer after the other, shape (D,)."""
    entries: list[Any] = []
    for layer in point.layers:
        norm = gmpy2.sqrt(sum((x * x for x in layer), mpfr(0)))
        entries += [x / norm for x in layer]
    return entries


def theta_of(point: LatePoint) -> list[Any]:
    """theta / ||theta||_2, all layers together, shape (D,)."""
    entries = [x for layer in point.layers for x in layer]
    norm = gmpy2.sqrt(sum((x * x for x in entries), mpfr(0)))
    return [x / norm for x in entries]


def pace_of(point: LatePoint) -> list[Any]:
    """d(1/loss)/dt / kappa^(2 - 2/L) = ||U||^2 at the scaled point, shape (1,)."""
    m = point.margins
    U = m.gradient(point.w, m.pull(exp(point.multipliers), point.active))
    return [point.stretch**2 * sum(U * U)]


def follow_direction(
    problem: Problem,
    digits: int,
    *,
    tolerance: float = 1e-4,
    stages: int = 10,
    max_steps: int = 4000,
    newton: float = Settings.newton,
) -> Measurement:
    """Follow gradient flow on the exponential loss until beta/||beta||_2 has settled to `digits` digits.

    See `follow`; value = direction of unit l2 norm, shape (d,). Large convolutions and tensors are followed on what
    their data span, or by frequencies.

    Examples
    --------
    >>> from litproof import example_problem
    >>> problem = example_problem("classification")
    >>> flow = follow_direction(problem, 10)
    >>> [round(float(b), 8) for b in flow.value], float(flow.clock["kappa"]) > 1e6
    ([0.0, 1.0], True)
    """
    options: dict[str, Any] = {
        "tolerance": tolerance,
        "stages": stages,
        "max_steps": max_steps,
        "newton": newton,
    }

    def run(problem: Problem, digits: int) -> Measurement:
        return follow(problem, digits, (direction_of,), **options)

    # A path that is kept is one of beta: it is followed as it is.
    spanned = None if keeping() else follow_in_span(problem, digits, run)
    return spanned or run(problem, digits)


def follow(
    problem: Problem,
    digits: int,
    observe: Sequence[Observable],
    record: list[EarlyPoint | LatePoint] | None = None,
    **options: Any,
) -> Measurement:
    """Follow gradient flow on the exponential loss until all that is observed has settled to `digits` digits.

    The parameters v_l are followed themselves, scaled as kappa^(-1/L) v_l; no conserved quantity and no
    reduction is used. First the clock tau (dt = exp(kappa) dtau) from t = 0, then s = log kappa as a
    differential-algebraic system by Radau IIA; a stretch is run by both and compared. The remaining
    distance is extrapolated from the observed decay, or the slowest linear mode at the end of the path where
    that is slower; the tolerance of every step, relative to its move, is added. Where a neutral mode changes
    what is observed (the limits form a continuum, the start picks one) errors do not decay: the flow is then
    followed again with a tolerance as sharp as the digits ask for.

    Parameters
    ----------
    observe : `direction_of`, `multipliers_of`, `layers_of`, or other functions of a `LatePoint`.
    record : takes the points of the path, up to the hand-over and from there.
    options : tolerance, stages, max_steps of `Settings`.

    Returns
    -------
    Measurement : value = what was observed, one after the other, parameters = the layers over kappa^(1/L),
        residual = smallest margin y_i x_i^T beta/||beta||, clock = {"t", "kappa"}, error = estimate of
        max |value - limit|. converged is False, with a reason, when the loss never falls below 1 or the
        budget ends first.

    Raises
    ------
    InputError : the task is not classification.
    """
    require_classification(problem)
    settings = Settings(digits, **options)
    sharp = sharp_settings(settings)
    if record is None and keeping():
        record = []
    try:
        if settings.tolerance > sharp.tolerance:
            try:
                with working_precision(settings.bits(0.0) + start_bits(problem)):
                    measurement = _follow(problem, settings, observe, record, sharp=False)
                    keep(problem, "log10 kappa", lambda: directions(record or []))
                    return measurement
            except _LastingErrors as lasting:
                sharp = replace(sharp, orders=200 if lasting.redundant else sharp.orders)
        with working_precision(sharp.bits(0.0) + start_bits(problem)):
            measurement = _follow(problem, sharp, observe, record, sharp=True)
            keep(problem, "log10 kappa", lambda: directions(record or []))
            return measurement
    except Inconclusive as stop:
        return _unsettled(problem, settings, str(stop))
    except OutOfTime as cut:
        cut.partial = _unsettled(problem, settings, str(cut))
        raise


class _LastingErrors(Exception):
    """Errors of the integration do not decay in what is observed; redundant: for weights that tend to 0."""

    def __init__(self, *, redundant: bool) -> None:
        self.redundant = redundant


def sharp_settings(settings: Settings) -> Settings:
    """Settings for errors that never decay.

    The tolerance bounds the polynomial within a step, of order s; its end is of order 2 s - 1, so that half
    of the digits are enough there. The stage equations are solved to all of them.
    """
    digits = settings.digits
    return replace(
        settings,
        tolerance=min(settings.tolerance, 1e-8) * 10.0 ** -max(digits / 2 - 4, 0),
        newton=min(settings.newton, 10.0 ** -(digits + 6)),
        stages=settings.stages + max(0, digits // 3 - 2),
    )


def require_classification(problem: Problem) -> None:
    """InputError where the task is another one, or the training is not plain gradient flow."""
    if problem.task != "classification":
        raise InputError("expected a classification task", key="task.kind", source=problem.name)
    problem.require_plain("this integrator")


def kappa_in_words(point: LatePoint) -> str:
    """How far the path is, for a person who waits."""
    return f"kappa = 10^{float(point.s) / log(10):.1f}"


def last_point(point: LatePoint, steps: Iterator[tuple[LatePoint, Step]]) -> LatePoint:
    """The point after all steps; `point` itself where there are none."""
    for later, _ in steps:
        point = later
    return point


def exact_fraction(x: Any) -> Fraction:
    """A floating-point number as it is."""
    return Fraction(*map(int, x.as_integer_ratio()))


def _follow(
    problem: Problem,
    settings: Settings,
    observe: Sequence[Observable],
    record: list[EarlyPoint | LatePoint] | None,
    *,
    sharp: bool,
) -> Measurement:
    if record is not None:
        record.clear()
    margins = Margins(problem)
    theta = margins.coordinates.start()
    first = max(mpfr(HAND_OVER), margins.kappa(theta)[0])
    early = climb(margins, theta, (first,), settings, record=record)[0]
    check = climb(margins, early.theta, (early.kappa * mpfr("1.3"),), settings)[0]
    point = hand_over(early, margins)
    point = last_point(point, march(problem, point, settings, gmpy2.log(check.kappa)))
    gap = _distance(point.direction, hand_over(check, margins).direction)
    if gap > CLOCKS_AGREE:
        raise Inconclusive(f"the two clocks disagree by {gap:.1e} at kappa = {float(check.kappa):.6g}")
    history: list[tuple[float, list[Any]]] = [(float(point.s), _observed(point, observe))]
    moves: list[float] = []
    goal = 10.0 ** -(settings.digits + 2)
    for later, _ in march(problem, point, settings):
        floor, point = float(point.floor), later
        if record is not None:
            record.append(point)
        history.append((float(point.s), _observed(point, observe)))
        moves.append(_distance(history[-2][1], history[-1][1]) + floor)
        remaining, rate = _remaining(history, goal)
        tell("following the direction", partial(kappa_in_words, point), partial(_digits_of, remaining))
        if remaining > goal and multipliers_of not in observe:
            continue
        linear = modes(point)
        redundant = linear.redundant and multipliers_of in observe
        if redundant and not sharp:
            raise _LastingErrors(redundant=True)
        if rate == float("inf"):
            rate = min(1.0, linear.slowest_decay) if linear.slowest_decay > 0 else 1.0
        integration = settings.tolerance * _accumulated(history, moves, rate)
        if remaining + integration > goal:
            continue
        if linear.fastest_growth > 1e-6 and not _symmetric(linear, point, settings):
            continue
        slowest = min(rate, linear.slowest_decay) if linear.slowest_decay > 0 else rate
        error = remaining * rate / slowest + integration
        if error <= goal:
            break
    depends = redundant or any(observed_by(look, point, linear.neutral) for look in observe)
    if depends and not sharp:
        raise _LastingErrors(redundant=False)
    if depends:
        # the ends of the steps: twice the order of what the tolerance bounds
        error += (settings.tolerance**2 + settings.newton) * (1 + sum(moves))
    details: dict[str, object] = {
        "steps": point.steps,
        "attempts": point.attempts,
        "exponent": round(rate, 6),
        "slowest mode": linear.slowest_decay,
        "neutral modes": len(linear.neutral),
        "depends on the start": depends,
        "overlap of the two clocks": gap,
        "bits": gmpy2.get_context().precision,
        **{f"p[{i}]": float(x) for i, x in enumerate(multipliers_of(point)) if x},
    }
    value = tuple(map(exact_fraction, history[-1][1]))
    return _result(problem, point, value, settings, early.t, error, details)


def _digits_of(remaining: float) -> float | None:
    return -log10(remaining) if 0 < remaining < 1 else None


def _observed(point: LatePoint, observe: Sequence[Observable]) -> list[Any]:
    return [entry for look in observe for entry in look(point)]


def _symmetric(linear: Modes, point: LatePoint, settings: Settings) -> bool:
    """Whether a growing mode must be absent by symmetry: any trace of it would have shown by now.

    With stage equations solved to all digits a subspace that the exact flow never leaves is not left either.
    """
    if settings.newton < 10.0 ** -(settings.digits + 10):
        return True
    return linear.fastest_growth * float(point.s) > 3 * (settings.digits + 40) * log(10)


def _distance(a: Sequence[Any] | Reals, b: Sequence[Any] | Reals) -> float:
    return float(max(abs(x - y) for x, y in zip(a, b, strict=True)))


def _remaining(history: list[tuple[float, list[Any]]], goal: float) -> tuple[float, float]:
    """(distance still to go, exponent in kappa) from two last stretches of s; inf when not decaying.

    What has not moved by a millionth of the goal over both of them is at rest, up to rounding; its exponent, inf, is
    not seen any more.
    """
    end, last = history[-1]
    for index in range(len(history) - 2, -1, -1):
        middle, direction = history[index]
        near = _distance(last, direction)
        if end - middle < 3.0:
            continue
        # At rest the steps grow so fast that no earlier stretch is as long as the last one.
        if index and max(near, _distance(direction, history[index - 1][1])) <= 1e-6 * goal:
            return near, float("inf")
        older = [k for k in range(index) if middle - history[k][0] >= 0.8 * (end - middle)]
        if not older:
            break
        start, before = history[older[-1]]
        far = _distance(direction, before)
        rate = _decay(far, near, middle - start, end - middle)
        if exp_of(-rate * (end - middle)) > 0.9:
            break
        return near / expm1(min(rate * (end - middle), 700)), rate
    return float("inf"), 0.0


def _decay(far: float, near: float, first: float, second: float) -> float:
    """r, where a + b exp(-r s) moves by far and then by near on two stretches of s; 0 where the move does not fade."""
    if near <= 0 or near * first >= far * second:
        return 0.0

    def excess(r: float) -> float:
        return r * first + log1p(-exp_of(-r * first)) - log1p(-exp_of(-r * second)) - log(far / near)

    low, high = 0.0, 1.0
    while excess(high) < 0:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return high


def _accumulated(history: list[tuple[float, list[Any]]], moves: list[float], rate: float) -> float:
    """Sum of the moves of all steps, each decayed since at the observed rate."""
    if rate <= 0:
        return float("inf")
    end = history[-1][0]
    return sum(move * exp_of(rate * (s - end)) for (s, _), move in zip(history[1:], moves, strict=True))


def _result(
    problem: Problem,
    point: LatePoint,
    value: tuple[Fraction, ...],
    settings: Settings,
    t: Any,
    error: float,
    details: Mapping[str, object],
) -> Measurement:
    beta = tuple(map(exact_fraction, point.direction))
    return Measurement(
        value=value,
        parameters=tuple(tuple(map(exact_fraction, layer)) for layer in point.layers),
        error=Fraction(max(2 * error, 10.0 ** -(settings.digits + 8))),
        residual=min(sum(map(mul, row, beta), Fraction(0)) for row in point.margins.data),
        clock=_clock(point, t),
        digits=settings.digits,
        method="gradient flow in the layers themselves, clock log(-log loss), "
        f"Radau IIA with {settings.stages} stages",
        details=details,
        unproved=f"extrapolated from kappa = {gmpy2.exp(point.s):.3g}: what the flow still does has no bound",
    )


def _clock(point: LatePoint, t: Any) -> dict[str, str]:
    """kappa, and the time."""
    return {
        "t": f"exp({log_time(point):.6g})",
        "kappa": f"{gmpy2.exp(point.s):.6g}",
        "t at hand-over": f"{t:.6g}",
    }


def log_time(point: LatePoint) -> Any:
    """log t to leading order, kappa - log(||U||^2), U at theta; t is off by a factor 1 + O(1/kappa)."""
    power = 2 - mpfr(2) / point.margins.depth
    return gmpy2.exp(point.s) - power * point.s - gmpy2.log(pace_of(point)[0])


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
