"""Where the flow goes: the prediction and the flow itself, put side by side.

The evidence of a regression limit is *certified* when an enclosure in balls proves it: by an exact reduction and
Krawczyk's test, or by validated integration in the original parameters. The flow is then followed beside the proof
where that takes a few seconds by its sizes (`limits.beside`), and must meet the enclosure. Without a proof the
evidence is *agreed* when two independent computations agree to all digits asked for: the closed form (or convex dual)
and the flow in its original parameters, or the flow integrated by two methods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from litproof.deadline import OutOfTime
from litproof.decimals import scientific, to_mpf
from litproof.errors import HypothesisError, Inconclusive, InputError, LitproofError, Outcome, Unreachable
from litproof.flow.data_span import is_large_and_layered
from litproof.flow.lift import is_polynomial, require_polynomial
from litproof.integrate.budget import SECOND, series_cost
from litproof.integrate.estimate import (
    FEW_SECONDS,
    MOST_OPERATIONS,
    layered_run,
    layered_size,
    regression_run,
)
from litproof.limits.beside import INTERRUPTED, regression_beside
from litproof.limits.digits import outward, own_places, places_for, rounds_safely, shown
from litproof.limits.estimate import Disagreement, Estimate, proved, residual_of
from litproof.markup import Rows, listing, table
from litproof.problem import Problem, Task
from litproof.results import Evidence, Measurement, Prediction

if TYPE_CHECKING:
    from litproof.certify.regression.enclosure import Enclosure

Engine = Literal["gmpy2", "mpmath"]
ENGINES: tuple[Engine, ...] = ("gmpy2", "mpmath")

DIGITS = range(1, 10001)
"""Digits that may be asked for."""

PROOF_OPERATIONS = 20 * SECOND
"""Budget of validated integration; beyond, the evidence falls back to *agreed*."""

SPAN_OPERATIONS = 60 * SECOND
"""The same for large layered networks, whose proof comes before the flow."""

_TAYLOR_ORDER, _TAYLOR_STEPS = 20, 60
"""Order beyond the digits, and steps, of the second method on ordinary problems."""

SADDLE_DIGITS = 6
SADDLE_STEPS = 80
"""How far a flow is followed that provably cannot reach zero loss."""


_GUARD = 3
_RETRIES = (15, 40)


@dataclass(frozen=True)
class LimitResult:
    """The limit of one flow.

    Attributes
    ----------
    task : "regression" or "classification".
    digits : as asked for.
    value : exact fractions close to the limit: beta (regression) or its direction in l2 (classification), shape (d,).
    decimals : the limit as decimal strings, correctly rounded, each within 10^-digits of the largest entry; a smaller
        entry has as many significant digits of its own, up to `digits`, as its error leaves.
    evidence : the highest that really holds.
    enclosure : proved decimal bounds for each entry, empty unless certified.
    residual : max |X beta - y| (regression), smallest normalised margin (classification), as a short decimal.
    clock : how far the flow itself was followed; None where the limit is proved and the flow was not followed.
    methods : words for the two sides.
    seconds : time used. parts : how much of it went into "proof" and "flow", where there is a proof.
    """

    task: Task
    digits: int
    value: tuple[Fraction, ...]
    decimals: tuple[str, ...]
    evidence: Evidence
    residual: str
    clock: Mapping[str, str] | None
    methods: tuple[str, ...]
    seconds: float
    enclosure: tuple[tuple[str, str], ...] = field(default=())
    parts: Mapping[str, float] = field(default_factory=dict, compare=False)

    def mpf(self) -> tuple[Any, ...]:
        """The limit as mpmath numbers of `digits` significant digits and a little more, whatever mp.dps is.

        Examples
        --------
        >>> from litproof import example_problem
        >>> find_limit(example_problem("classification"), 20).mpf()
        (mpf('0.0'), mpf('1.0'))
        """
        return to_mpf(self.value, self.digits)

    @property
    def followed_to(self) -> str:
        """How far the flow was followed, in words; empty where it was not."""
        return ", ".join(f"{key} = {value}" for key, value in (self.clock or {}).items())

    @property
    def residual_name(self) -> str:
        """What `residual` is, in words."""
        return "residual" if self.task == "regression" else "smallest margin"

    def _rows(self) -> Rows:
        return (
            ("beta" if self.task == "regression" else "direction", self.decimals),
            ("evidence", self.evidence),
            ("proved bounds", tuple(f"[{low}, {high}]" for low, high in self.enclosure)),
            (self.residual_name, self.residual),
            ("followed to", self.followed_to),
            ("methods", self.methods),
        )

    def __str__(self) -> str:
        return listing(self._rows())

    def _repr_html_(self) -> str:
        return table(self._rows())


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, or SIGTERM, while more was done beside a limit: `result` has what was found until then."""

    def __init__(self, result: LimitResult) -> None:
        super().__init__(INTERRUPTED)
        self.result = result


def find_limit(
    problem: Problem, digits: int = 30, *, engine: Engine = "gmpy2", follow: bool = False
) -> LimitResult:
    """Find where the flow of `problem` goes, to `digits` significant digits of the largest entry.

    Parameters
    ----------
    problem : regression (limit of beta) or classification (limit of beta / ||beta||_2).
    digits : 1 to 10000.
    engine : "mpmath" follows the flow by the second engine as well (`mpmath_interface.second_opinion`: a limit of
        regression to all digits, a direction on its way); its verdict is among the methods.
    follow : follow the flow beside a proof however long it takes; else only where it takes a few seconds.

    Raises
    ------
    InputError : digits out of range.
    Inconclusive : the flow does not tend to zero loss, or a budget was used up; says what was seen.
    Disagreement : prediction and flow contradict each other beyond the error of both.
    Interrupted : Ctrl-C while a flow was followed beside a proof, or by the second engine; has the limit.

    Examples
    --------
    >>> from litproof import find_limit, problem_from_mapping
    >>> problem = problem_from_mapping({
    ...     "schema": 1,
    ...     "network": {"kind": "diagonal", "depth": 1},
    ...     "task": {"kind": "regression"},
    ...     "data": {"X": [["1", "2"]], "y": ["1"]},
    ...     "init": {"scale": "1", "v": [["0", "0"]]},
    ... })
    >>> find_limit(problem, 12).decimals
    ('0.2000000000000', '0.4000000000000')
    """
    if digits not in DIGITS:
        raise InputError(f"digits must lie between {DIGITS.start} and {DIGITS.stop - 1}, got {digits}")
    started = perf_counter()
    if engine not in ENGINES:
        raise InputError(f"expected the engine {' or '.join(map(repr, ENGINES))}, got {engine!r}")
    limit, least = _rounding_safely(problem, digits, follow)
    if engine == "mpmath" and not limit.interrupted:
        limit = _seconded(problem, digits, limit)
    places = [own_places(value, error, digits, least) for value, error in _with_errors(limit)]
    # An entry that is a decimal fraction exactly half-way between two roundings stays ambiguous; either is as near.
    result = LimitResult(
        task=problem.task,
        digits=digits,
        value=limit.value,
        decimals=tuple(shown(value, count) for value, count in zip(limit.value, places, strict=True)),
        evidence=limit.evidence,
        residual=scientific(limit.residual),
        clock=(limit.measurement and limit.measurement.clock) or None,
        methods=limit.methods,
        seconds=perf_counter() - started,
        enclosure=tuple(outward(*pair, count) for pair, count in zip(limit.bounds, places, strict=False)),
        parts=limit.parts,
    )
    if limit.interrupted:
        raise Interrupted(result)
    return result


def _seconded(problem: Problem, digits: int, first: Estimate) -> Estimate:
    """The estimate with what the second engine says; Disagreement when it contradicts the first."""
    from litproof.mpmath_interface.second_opinion import second_opinion

    require_polynomial(problem.network, "the engine mpmath", problem.name)
    try:
        opinion = second_opinion(problem, digits)
    except KeyboardInterrupt as cut:
        methods = (*first.methods, f"mpmath: {str(cut) or INTERRUPTED}")
        return replace(first, methods=methods, interrupted=not isinstance(cut, OutOfTime))
    if opinion.agrees is False:
        raise Disagreement(f"{problem.name or 'problem'}: {opinion.description}")
    description = f"mpmath: {opinion.description}"
    whole = problem.task == "regression" and opinion.agrees is True and opinion.digits >= digits
    evidence = max(first.evidence, Evidence.AGREED) if whole else first.evidence
    return replace(first, evidence=evidence, methods=(*first.methods, description))


def _rounding_safely(problem: Problem, digits: int, follow: bool) -> tuple[Estimate, int]:
    """An estimate good enough to be rounded, with its places; the last one where time, or the retries, end first."""
    estimate = _minimiser if problem.task == "regression" else _classification
    limit = estimate(problem, digits, _GUARD, follow)
    places = places_for(limit.value, digits)
    for extra in _RETRIES:
        if limit.interrupted or all(rounds_safely(value, limit.error, places) for value in limit.value):
            break
        try:
            better = estimate(problem, digits, _GUARD + extra, follow)
        except (OutOfTime, Inconclusive):
            break
        except KeyboardInterrupt:
            limit = replace(limit, interrupted=True)
            break
        if better.evidence < limit.evidence:
            break
        parts = {name: seconds + limit.parts.get(name, 0.0) for name, seconds in better.parts.items()}
        limit, places = replace(better, parts=parts), places_for(better.value, digits)
    return limit, places


def _with_errors(limit: Estimate) -> Sequence[tuple[Fraction, Fraction]]:
    """Every entry with the error of its own, where bounds tell it."""
    if limit.bounds:
        return [
            (value, (high - low) / 2) for value, (low, high) in zip(limit.value, limit.bounds, strict=True)
        ]
    return [(value, limit.error) for value in limit.value]


def _minimiser(problem: Problem, digits: int, guard: int, follow: bool) -> Estimate:
    """The limit; where rows of X depend on each other, the minimisers of the loss take the interpolators' place."""
    if problem.training or not is_polynomial(problem.network):
        return _trained(problem, digits, guard, follow)
    independent = problem.independent
    limit = _regression(independent, digits, guard, follow)
    if independent is problem:
        return limit
    rows = f"{len(independent.X)} independent rows of {len(problem.X)}, X^T (X beta - y) = 0"
    methods = (f"{limit.methods[0]}; {rows}", *limit.methods[1:])
    return replace(limit, methods=methods, residual=residual_of(problem, limit.value))


def _trained(problem: Problem, digits: int, guard: int, follow: bool) -> Estimate:
    """The limit with a loss or dynamics of the problem's own."""
    from litproof.limits.training import find_trained

    return find_trained(problem, digits, guard, follow=follow).checked(problem)


def _regression(problem: Problem, digits: int, guard: int, follow: bool) -> Estimate:
    from litproof.flow.scaling import scaled_near_one

    scaled = scaled_near_one(problem)
    if scaled is None:
        return _regression_near_one(problem, digits, guard, follow)
    limit, unit = _regression_near_one(scaled.problem, digits, guard, follow), scaled.beta
    flow = limit.measurement
    if flow is not None and "t" in flow.clock:
        time = {"t": scientific(Fraction(flow.clock["t"]) * scaled.time, 4)}
        flow = replace(flow, clock={**flow.clock, **time})
    return replace(
        limit,
        value=tuple(x * unit for x in limit.value),
        error=limit.error * unit,
        residual=limit.residual * scaled.residual,
        bounds=tuple((low * unit, high * unit) for low, high in limit.bounds),
        measurement=flow,
    )


def _regression_near_one(problem: Problem, digits: int, guard: int, follow: bool) -> Estimate:
    from litproof.certify.regression.enclosure import enclose_regression
    from litproof.certify.regression.spanned import enclose_in_span, is_spanned
    from litproof.integrate.regression.follow import follow_to_limit

    started = perf_counter()
    proof = enclose_regression(problem, digits + guard)
    if proof is None and is_spanned(problem):
        proof = enclose_in_span(problem, digits + guard, operations=SPAN_OPERATIONS)
    if proof is not None:
        done = perf_counter()
        flow = regression_beside(problem, digits + guard, follow=follow)
        parts = {"proof": done - started, "flow": perf_counter() - done}
        return replace(_certified(problem, proof, flow), parts=parts)
    try:
        prediction, obstacle = _prediction(problem, digits + guard)
    except Unreachable as error:
        raise _saddle(problem, error) from None
    if not follow and is_large_and_layered(problem):
        _require_short(layered_run(problem, digits + guard), problem, digits)
    try:
        first = follow_to_limit(problem, digits + guard)
    except OutOfTime as cut:
        if not cut.partial:
            raise
        first = cut.partial
    if not first.converged:
        raise Inconclusive(_stuck(first, obstacle), outcome=first.outcome)
    try:
        return _compared(problem, digits, guard, first, prediction)
    except OutOfTime as cut:
        methods = (first.method, f"compared with nothing: {cut}")
        return Estimate(first.value, first.error, Evidence.NUMERIC, methods, first, first.residual)


def _require_short(operations: float, problem: Problem, digits: int) -> None:
    """Inconclusive, at once, where following a flow would take longer than anybody waits for it unasked."""
    if operations > MOST_OPERATIONS:
        moving = layered_size(problem)[1]
        raise Inconclusive(
            f"not proved, not followed: a flow that moves in {moving} dimensions, with {len(problem.X)} points, to "
            f"{digits} digits takes more than 10 minutes, or a gigabyte, by its sizes (--follow follows it; fewer "
            "digits, points or units take less)",
            outcome=Outcome.BUDGET,
        )


def _compared(
    problem: Problem, digits: int, guard: int, first: Measurement, prediction: Prediction | None
) -> Estimate:
    """The flow `first` beside the prediction, a proof by integration or a second method, whichever there is."""
    from litproof.integrate.regression.follow import follow_to_limit

    if prediction is not None:
        return _agreed(
            problem, digits, guard, first, (prediction.value, prediction.method, Fraction(0)), proved=True
        )
    from litproof.certify.regression.spanned import is_spanned
    from litproof.certify.regression.validated import enclose_by_integration

    proof = (
        None
        if is_spanned(problem)  # tried already
        else enclose_by_integration(problem, digits + guard, operations=PROOF_OPERATIONS)
    )
    if proof is not None:
        return _certified(problem, proof, first)
    if is_large_and_layered(problem):
        order = digits + guard + _TAYLOR_ORDER
        cost = _TAYLOR_STEPS * series_cost(layered_size(problem)[0], order)
        if cost > MOST_OPERATIONS:
            alone = (
                f"compared with nothing: a second method takes {cost / SECOND / 60:.0f} minutes by its sizes"
            )
            return Estimate(
                first.value, first.error, Evidence.NUMERIC, (first.method, alone), first, first.residual
            )
    second = follow_to_limit(problem, digits + guard, method="taylor")
    if not second.converged:
        methods = (first.method, f"second method gave up: {second.reason}")
        return Estimate(first.value, first.error, Evidence.NUMERIC, methods, first, first.residual)
    return _agreed(problem, digits, guard, first, (second.value, second.method, second.error), proved=False)


def _certified(problem: Problem, proof: "Enclosure", flow: Measurement | None) -> Estimate:
    """The enclosure, which a flow that was followed must meet within the error that it states itself."""
    size = max(abs(low + high) / 2 for low, high in proof.bounds)
    return proved(problem, proof, flow, size).checked(problem)


def _agreed(
    problem: Problem,
    digits: int,
    guard: int,
    first: Measurement,
    second: tuple[Sequence[Fraction], str, Fraction],
    *,
    proved: bool,
) -> Estimate:
    """The flow `first` and another value with its method and error; a proved value is what is printed."""
    other, method, slack = second
    size = max((abs(value) for value in first.value), default=Fraction(0))
    gap = max((abs(a - b) for a, b in zip(first.value, other, strict=True)), default=Fraction(0))
    allowed = size / 10 ** (digits + guard - 2) + 2 * (first.error + slack)
    evidence = Evidence.AGREED if gap <= size / 10**digits else Evidence.NUMERIC
    value, error = (
        (tuple(other), size / 10 ** (digits + guard + 2)) if proved else (first.value, first.error + gap)
    )
    residual = residual_of(problem, value)
    methods = (method, first.method)
    return Estimate(value, error, evidence, methods, first, residual, gap=gap, allowed=allowed).checked(
        problem
    )


def _prediction(problem: Problem, digits: int) -> tuple[Prediction | None, str]:
    """The closed form, or None and the reason why there is none; raises Unreachable."""
    from litproof.predict.regression.limit import predict_regression

    try:
        return predict_regression(problem, digits), ""
    except Unreachable:
        raise
    except (HypothesisError, Inconclusive) as error:
        return None, str(error)


def _saddle(problem: Problem, proof: Unreachable) -> LitproofError:
    """What is said of a flow that provably stays above zero loss: it is followed for a while, to see that it does."""
    from litproof.integrate.regression.follow import follow_to_limit

    if regression_run(problem, SADDLE_DIGITS) > FEW_SECONDS:
        reason = f"no limit of zero loss: {proof}; too large to be followed"
        return Inconclusive(reason, outcome=Outcome.UNREACHABLE)
    flow = follow_to_limit(problem, SADDLE_DIGITS, method="taylor", max_steps=SADDLE_STEPS)
    if flow.converged:
        name = problem.name or "problem"
        return Disagreement(f"{name}: the flow was followed to zero loss, against the proof that {proof}")
    reason = f"no limit of zero loss: {proof}; the flow itself: {flow.reason}"
    return Inconclusive(reason, outcome=Outcome.UNREACHABLE)


def _stuck(measurement: Measurement, obstacle: str) -> str:
    theory = f"; theory: {obstacle}" if obstacle else ""
    return f"no limit of zero loss was reached: {measurement.reason}{theory}"


def _classification(problem: Problem, digits: int, guard: int, follow: bool) -> Estimate:
    from litproof.limits.classification import find_direction

    require_polynomial(problem.network, "a limit direction", problem.name)
    if problem.training:
        from litproof.limits.training import find_trained_direction

        direction = find_trained_direction(problem, digits + guard, follow=follow)
    else:
        direction = find_direction(problem, digits + guard, follow=follow)
    return direction.checked(problem, Fraction(1, 10 ** (digits + guard - 2)))
