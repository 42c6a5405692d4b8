"""A flow at times and in its limit: proved by validated integration where that works, else by two computations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from litproof.algebra.balls import Ball, ball
from litproof.algebra.linear import distance, sup_norm
from litproof.certify.regression.along import enclose_path, has_plain_flow, pieces_of_path
from litproof.certify.regression.descent import enclose_steps
from litproof.claims.formulas.events import Track
from litproof.claims.formulas.moments import ALONG
from litproof.claims.formulas.path_integrals import PathIntegrals
from litproof.claims.formulas.path_points import Layers, Moment, Rule, Samples, enclosed_moment, exact_moment
from litproof.claims.formulas.quadrature import panels_of, rule_on
from litproof.claims.formulas.step_sums import StepSums
from litproof.claims.measurement import (
    PARAMETER_BOUNDS,
    PROOF_OPERATIONS,
    follow_limit,
    follow_observed,
    no_bounds_of_limit,
    prove_limit,
    prove_parameters,
)
from litproof.decimals import decimal_log
from litproof.dynamics import GradientDescent, Momentum
from litproof.errors import Inconclusive
from litproof.flow.program import split
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Setting
from litproof.language.tree import Node
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem
from litproof.results import Measurement

if TYPE_CHECKING:
    from litproof.certify.regression.validated_steps import Piece

Path = tuple[tuple[Fraction, Layers, Layers], ...]
Method = Literal["collocation", "taylor"]

_GUARD = 6
_MORE = 13
"""Further digits of the second computation."""

_SPARE_NODES = 7
"""Nodes of the finer of two quadrature rules beyond those of the coarser."""
_FAR_OUT = 8.0
"""log kappa from which on the clock is taken to be far out."""
_BOX_DIGITS, _BOX_BITS = 20, 160
"""Of the enclosures by which inequalities at all times are decided."""
_LONGEST_SUM = 20_000
"""Steps of gradient descent that a sum may run over."""
_ROUNDED = 3
"""Last digits of a path that rounding may take."""
_MOST_DOUBLINGS = 8
"""Of the time at which a limit was found: Newton's method doubles the digits a few times, not more often."""
_SPARE_DIGITS = 10
"""Further digits to which gradient descent is followed to its end, for sums that its last residuals bound."""


@dataclass(frozen=True)
class Asked:
    """What a statement wants to know of a path.

    Attributes
    ----------
    times : exact; None stands for the limit.
    parameters : whether more than beta is asked for. integrals : whether there are integrals. changes : whether
        moments are compared with those before.
    until : the end of an interval of times of which enclosures are wanted, where they exist.
    gradient : whether the direction of the gradient is asked for, in the limit of a classification.
    events : whether there are times that are not known beforehand.
    """

    times: tuple[Fraction | None, ...]
    parameters: bool = True
    integrals: bool = False
    changes: bool = False
    until: Fraction | None = None
    gradient: bool = False
    events: bool = False


def follow_asked(problem: Problem, asked: Asked, digits: int) -> Measurement:
    """The flow in its original parameters at the times asked for, each entry to 10^-digits of the largest or better.

    The moments are in `details["moments"]`; a direction may be followed to fewer digits, which `digits` says then. Not
    converged where the limit is asked for and is not reached.

    Raises
    ------
    Inconclusive : the flow cannot be followed to a time, with the time it was followed to.
    """
    times = tuple(time for time in asked.times if time is not None)
    places = digits + _GUARD + _smallness(problem)
    moments: dict[Fraction | None, Moment] = {}
    clock, method, reason, rests, limit_unproved, followed = {}, "", "", False, "", digits
    if times:
        moments |= _at_times(problem, times, places, integrals=asked.integrals)
        clock = {"t": f"{float(max(times)):.4g}"}
        method = "flow in the original parameters at given times"
    if None in asked.times:
        limit = _limit(problem, digits + _GUARD, asked)
        clock, method, followed = dict(limit.clock), limit.method, min(digits, limit.digits)
        if limit.converged:
            known = limit_moment_of(problem, limit, digits + _GUARD, asked)
            if asked.integrals and known.samples is None:
                known = replace(known, samples=_samples_to_limit(problem, known, clock, places))
            moments[None] = known
        reason, rests, limit_unproved = limit.reason, limit.at_rest, limit.unproved
    if asked.changes:
        moments = _chained(moments)
    if asked.events:
        track = Track(problem, places)
        moments = {time: replace(moment, events=track) for time, moment in moments.items()}
    ordered = [moments[time] for time in asked.times if time in moments]
    last = ordered[-1] if ordered else None
    return Measurement(
        value=last.beta if last else (),
        parameters=tuple(map(tuple, last.layers)) if last else (),
        error=max((max(m.beta_radius, default=Fraction(0)) for m in ordered), default=Fraction(0)),
        residual=Fraction(0),
        clock=clock,
        digits=followed,
        method=method,
        converged=not reason,
        reason=reason,
        at_rest=rests,
        unproved=_unproved(problem, ordered, limit_unproved),
        details={"moments": tuple(ordered), "pieces": _pieces(problem, asked)},
    )


def _unproved(problem: Problem, moments: Sequence[Moment], limit: str) -> str:
    """Why a moment has no proved bounds; "" where all have."""
    for moment in moments:
        if moment.certified:
            continue
        if moment.time is None:
            return limit or no_bounds_of_limit(problem)
        if problem.loss is not None and problem.loss.text == "cross-entropy":
            return "paths of cross-entropy are not enclosed: it is no function of one margin a point"
        return f"no enclosure up to {moment.label} to these digits was found within its budget"
    return ""


def _chained(moments: dict[Fraction | None, Moment]) -> dict[Fraction | None, Moment]:
    """Moments that know the ones before them."""
    times = sorted(time for time in moments if time is not None)
    chained: dict[Fraction | None, Moment] = {}
    for before, time in zip([None, *times], times, strict=False):
        previous = None if before is None else moments[before]
        chained[time] = replace(moments[time], previous=previous)
    return moments | chained


def _pieces(problem: Problem, asked: Asked) -> tuple[Piece, ...]:
    """Enclosures of the flow at all times up to `until`; none where there are none."""
    if asked.until is None or asked.integrals or isinstance(problem.dynamics, GradientDescent):
        return ()
    with ball_precision(_BOX_BITS):
        pieces = tuple(pieces_of_path(problem, _BOX_DIGITS, asked.until, operations=PROOF_OPERATIONS))
    covered = bool(pieces) and pieces[-1].start + pieces[-1].length >= asked.until
    return pieces if covered else ()


def _smallness(problem: Problem) -> int:
    size = sup_norm([entry for layer in problem.v0 for entry in layer])
    return max(0, int(-decimal_log(size))) if size else 0


def follow_far(problem: Problem, digits: int, *, parameters: bool, gradient: bool = False) -> Measurement:
    """beta / ||beta|| (and theta / ||theta||) of a classification in the limit, by the clock -log(loss).

    Losses with an exponential tail are followed until they are exponential to all digits, and handed over. With
    `gradient` the direction of the gradient by beta is in `details["gradient"]`.
    """
    from litproof.integrate.classification.follow import direction_of, gradient_of, theta_of
    from litproof.integrate.training.clock import late_problem

    late = problem
    observe = (direction_of, *(theta_of,) * parameters, *(gradient_of,) * gradient)
    if problem.loss is not None:
        if problem.loss.text not in ("logistic", "cross-entropy"):
            raise Inconclusive(f"no direction is followed for the loss {problem.loss.text}")
        rows, groups = problem.margin_rows
        late, _ = late_problem(problem, rows, groups, digits + _GUARD)
    elif problem.dynamics is not None:
        raise Inconclusive(f"no direction is followed for the dynamics {problem.dynamics.kind}")
    limit = follow_observed(late, digits, observe)
    d = problem.network.input_dim
    if not limit.converged:
        return limit
    if gradient:
        details = {**limit.details, "gradient": limit.value[-d:]}
        limit = replace(limit, value=limit.value[:-d], details=details)
    if parameters:
        layers = split(limit.value[d:], problem.network.shapes)
        return replace(limit, value=limit.value[:d], parameters=layers)
    return limit


def limit_moment(problem: Problem, digits: int) -> Moment:
    """The limit of a regression.

    Raises
    ------
    Inconclusive : there is none.
    """
    from litproof.integrate.training.follow import follow_quickly

    limit = follow_quickly(problem, digits)
    if not limit.converged:
        raise Inconclusive(f"at alpha = {float(problem.scale):.3g}: {limit.reason}")
    return _as_moment(limit, proved=False)


def points_far_out(
    problem: Problem, digits: int, count: int, *, logarithmic: bool = False
) -> list[tuple[Fraction, Moment]]:
    """(1/kappa, moment) on the way of a classification, kappa growing by about the same factor each time.

    beta stands for beta / ||beta||, parameters for theta / kappa^(1/L).

    Parameters
    ----------
    logarithmic : 1/log(kappa) in place of 1/kappa, and log(kappa) growing by about the same factor.
    """
    import gmpy2

    from litproof.integrate.classification.early import EarlyPoint
    from litproof.integrate.classification.follow import direction_of, follow, log_time
    from litproof.integrate.classification.path import LatePoint

    problem.require_plain("the clock kappa")
    record: list[EarlyPoint | LatePoint] = []
    ended = follow(problem, digits, (direction_of,), record)
    late = [point for point in record if isinstance(point, LatePoint) and point.s > _FAR_OUT]
    if not ended.converged or len(late) < 2:
        raise Inconclusive(f"the flow is not followed far out: {ended.reason or 'too few points'}")
    points: list[LatePoint] = []
    first, last = float(late[0].s), float(late[-1].s)
    for k in range(count):
        share = k / (count - 1)
        wanted = first * (last / first) ** share if logarithmic else first + (last - first) * share
        nearest = min(late, key=lambda point: abs(float(point.s) - wanted))
        if nearest not in points:
            points.append(nearest)
    moments = []

    def exact(x: Any) -> Fraction:
        return Fraction(*map(int, x.as_integer_ratio()))

    bits = digits_to_bits(2 * digits) + 2 * int(last) + 64
    with gmpy2.context(precision=bits):
        for point in points:
            numbers = {"kappa": gmpy2.exp(point.s), "logt": log_time(point)}
            clock = tuple((name, exact(value)) for name, value in numbers.items())
            beta = tuple(exact(x) for x in point.direction)
            layers = tuple(tuple(exact(x) for x in layer) for layer in point.layers)
            unit = Fraction(1, 10 ** (4 * digits))
            moment = Moment(Fraction(0), layers, unit, beta, (unit,) * len(beta), clock=clock)
            moments.append((exact(1 / point.s) if logarithmic else 1 / clock[0][1], moment))
    return moments


def _limit(problem: Problem, digits: int, asked: Asked) -> Measurement:
    if problem.task != "regression":
        return follow_far(problem, digits - _GUARD, parameters=asked.parameters, gradient=asked.gradient)
    limit = follow_limit(problem, digits)
    otherwise = asked.parameters or (asked.integrals and isinstance(problem.dynamics, GradientDescent))
    return prove_limit(problem, limit, digits) if limit.converged and not otherwise else limit


def limit_moment_of(problem: Problem, limit: Measurement, digits: int, asked: Asked) -> Moment:
    """The limit as a moment, with proved bounds of what is asked for where these are found."""
    if asked.integrals and isinstance(problem.dynamics, GradientDescent):
        return _descent_limit(problem, digits) or _as_moment(limit, proved=bool(limit.enclosure))
    if not asked.parameters:
        return _as_moment(limit, proved=bool(limit.enclosure))
    bounds = limit.details.get(PARAMETER_BOUNDS, ())
    if not bounds and not limit.unproved:
        bounds = prove_parameters(problem, digits)
    if not bounds:
        return _as_moment(limit, proved=False)
    with ball_precision(digits_to_bits(digits) + 64):
        theta = [_hull(low, high) for low, high in bounds]
        return enclosed_moment(problem, None, theta)


def _descent_limit(problem: Problem, digits: int) -> Moment | None:
    """The limit of gradient descent with sums over all steps, proved; None where that is not found."""
    path = enclose_steps(
        problem, _LONGEST_SUM, digits + _SPARE_DIGITS, limit=True, operations=PROOF_OPERATIONS
    )
    if path is None or path.end is None:
        return None
    bits = digits_to_bits(digits) + 64
    sums = StepSums(Setting(problem, ALONG), path, bits)
    with ball_precision(bits):
        known = enclosed_moment(problem, None, path.end.theta)
    return replace(known, samples=Samples(_unsampled, lambda tree: sums.up_to(None, tree)))


def _hull(low: Fraction, high: Fraction) -> Ball:
    from flint import arb

    box: Ball = ball((low + high) / 2) + arb(0, ball((high - low) / 2).abs_upper())
    return box


def _as_moment(limit: Measurement, proved: bool) -> Moment:
    if proved:
        middle = tuple((low + high) / 2 for low, high in limit.enclosure)
        radius = tuple((high - low) / 2 for low, high in limit.enclosure)
        return Moment(None, limit.parameters, limit.error, middle, radius, True)
    gradient = tuple(limit.details.get("gradient", ()))
    radius = (limit.error,) * len(limit.value)
    return Moment(None, limit.parameters, 4 * limit.error, limit.value, radius, gradient=gradient)


def _at_times(
    problem: Problem, times: Sequence[Fraction], places: int, *, integrals: bool
) -> dict[Fraction | None, Moment]:
    proved = _enclosed_at(problem, times, places)
    if proved is not None:
        return proved
    moments: dict[Fraction | None, Moment] = {}
    first, second = path_at(problem, times, places, 0), path_at(problem, times, places, _MORE)
    for (time, a, _), (_, b, speeds) in zip(first, second, strict=True):
        flat = [(p, q) for left, right in zip(a, b, strict=True) for p, q in zip(left, right, strict=True)]
        one, two = (exact_moment(problem, time, layers).beta for layers in (a, b))
        unit = Fraction(1, 10**places)
        radius = unit + 2 * max(abs(p - q) for p, q in flat)
        wide = unit * (1 + sup_norm(two)) + 2 * distance(one, two)
        samples = _samples(problem, time, places) if integrals else None
        moments[time] = Moment(time, b, radius, two, (wide,) * len(two), samples=samples, speeds=speeds)
    return moments


def _enclosed_at(
    problem: Problem, times: Sequence[Fraction], places: int
) -> dict[Fraction | None, Moment] | None:
    """The moments by validated integration or steps in balls, with integrals on the way; None where that ends early."""
    setting, bits = Setting(problem, ALONG), digits_to_bits(places) + 64
    if isinstance(problem.dynamics, GradientDescent):
        steps = enclose_steps(problem, int(max(times)), places, operations=PROOF_OPERATIONS)
        if steps is None:
            return None
        points: Mapping[Fraction, Sequence[Ball]] = {time: steps.points[int(time)] for time in times}
        up_to: Callable[[Fraction, Node], Ball | None] = StepSums(setting, steps, bits).up_to
    else:
        found = enclose_path(problem, times, places, operations=PROOF_OPERATIONS)
        if found is None:
            return None
        points, up_to = found[0], PathIntegrals(setting, found[1], bits).up_to
    with ball_precision(bits):
        moments = {time: enclosed_moment(problem, time, points[time]) for time in times}

    def samples(time: Fraction) -> Samples:
        estimated = _samples(problem, time, places)
        return Samples(estimated.rules, lambda tree: up_to(time, tree))

    return {time: replace(moment, samples=samples(time)) for time, moment in moments.items()}


def path_at(problem: Problem, times: Sequence[Fraction], places: int, more: int) -> Path:
    """(t, layers, with momentum their rates) at the times; with `more` digits by another method, order and rounding."""
    if has_plain_flow(problem):
        from litproof.integrate.regression.follow import trajectory

        method: Method = "taylor" if more else "collocation"
        return tuple(
            (t, layers, ()) for t, layers in trajectory(problem, times, places + more, method=method)
        )
    if isinstance(problem.dynamics, Momentum):
        from litproof.integrate.training.flows import momentum_path

        return momentum_path(problem, times, places + more)
    from litproof.integrate.training.follow import training_path

    return tuple((t, layers, ()) for t, layers in training_path(problem, times, places + more))


def _samples(problem: Problem, end: Fraction, places: int) -> Samples:
    """Points of the path up to `end`, for integrals; they are found where one is not enclosed."""
    if isinstance(problem.dynamics, GradientDescent):
        return Samples(lambda: (_summed(problem, int(end), places), ()))
    return Samples(lambda: _integrated(problem, end, places))


def _samples_to_limit(problem: Problem, limit: Moment, clock: dict[str, str], places: int) -> Samples:
    """The same for integrals over all times."""

    def rules() -> tuple[Rule, Rule]:
        end = _settled(problem, limit, clock, places)
        return _samples(problem, end, places).rules()

    return Samples(rules)


def _unsampled() -> tuple[Rule, Rule]:
    raise NotDefined("the sum over all steps is not enclosed")


def _settled(problem: Problem, limit: Moment, clock: dict[str, str], places: int) -> Fraction:
    """A time, or number of steps, after which what is left of a convergent path is below all digits asked for.

    A limit may be found by Newton's method long before the path itself is so near.
    """
    steps = isinstance(problem.dynamics, GradientDescent)
    end = Fraction(clock.get("steps" if steps else "t", 0)) * 2 + 1
    near = sup_norm(limit.beta) / 10 ** (places - _ROUNDED) + max(limit.beta_radius)
    for _ in range(_MOST_DOUBLINGS):
        if steps and end > _LONGEST_SUM:
            raise Inconclusive(f"a sum over {end} steps; at most {_LONGEST_SUM} are added up")
        ((time, layers, _),) = path_at(problem, [end], places, 0)
        there = exact_moment(problem, time, layers).beta
        if max(abs(a - b) for a, b in zip(there, limit.beta, strict=True)) <= near:
            return end
        end *= 2
    raise Inconclusive(
        f"the path is not at its limit to {places - _ROUNDED} digits by t = {float(end / 2):.4g}"
    )


def _summed(problem: Problem, count: int, places: int) -> Rule:
    if count > _LONGEST_SUM:
        raise Inconclusive(f"a sum over {count} steps; at most {_LONGEST_SUM} are added up")
    path = path_at(problem, [Fraction(k) for k in range(count)], places, 0) if count else ()
    return tuple((Fraction(1), exact_moment(problem, k, layers)) for k, layers, _ in path)


def _integrated(problem: Problem, end: Fraction, places: int) -> tuple[Rule, Rule]:
    """Gauss-Legendre rules of two sizes on the steps that an integrator takes."""
    if not end:
        return (), ()
    panels = panels_of(problem, end, places)
    count = places // 2 + 8
    fine, coarse = (rule_on(panels, size, places) for size in (count + _SPARE_NODES, count))
    times = [time for _, time in (*fine, *coarse)]
    moments = [exact_moment(problem, *point) for point in path_at(problem, times, places, 0)]
    samples = [(weight, moment) for (weight, _), moment in zip((*fine, *coarse), moments, strict=True)]
    return tuple(samples[: len(fine)]), tuple(samples[len(fine) :])
