"""Where the flow goes: the prediction and the flow itself, put side by side.

The evidence is *agreed* when two independent computations agree to all digits asked for: the closed form (or convex
dual) and the flow in its original parameters, or, where no closed form is known, the flow integrated by two methods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from time import perf_counter

from litproof.decimals import fixed, order_of_magnitude, scientific
from litproof.errors import HypothesisError, Inconclusive, InputError, LitproofError
from litproof.problem import Problem, Task
from litproof.results import Evidence, Measurement, Prediction

DIGITS = range(1, 10001)
"""Digits that may be asked for."""

_GUARD = 3
_RETRIES = (0, 15, 40)


class Disagreement(LitproofError):
    """Two computations that should give the same limit do not: a refuted theorem or a defect; says by how much."""

    exit_code = 1


@dataclass(frozen=True)
class LimitResult:
    """The limit of one flow.

    Attributes
    ----------
    task : "regression" or "classification".
    digits : as asked for.
    value : exact fractions close to the limit: beta (regression) or its direction in l2 (classification), shape (d,).
    decimals : the limit as decimal strings, each within 10^-digits of the largest entry and correctly rounded.
    evidence : the highest that really holds.
    enclosure : proved decimal bounds for each entry, empty unless certified.
    residual : max |X beta - y| (regression), smallest normalised margin (classification), as a short decimal.
    clock : how far the flow itself was followed.
    methods : words for the two sides.
    seconds : time used.
    """

    task: Task
    digits: int
    value: tuple[Fraction, ...]
    decimals: tuple[str, ...]
    evidence: Evidence
    residual: str
    clock: Mapping[str, str]
    methods: tuple[str, ...]
    seconds: float
    enclosure: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class _Estimate:
    """A limit, how far it may be off, and what backs it."""

    value: tuple[Fraction, ...]
    error: Fraction
    evidence: Evidence
    methods: tuple[str, ...]
    measurement: Measurement
    residual: Fraction


def find_limit(problem: Problem, digits: int = 30) -> LimitResult:
    """Find where the flow of `problem` goes, to `digits` significant digits of the largest entry.

    Parameters
    ----------
    problem : regression (limit of beta) or classification (limit of beta / ||beta||_2).
    digits : 1 to 10000.

    Raises
    ------
    InputError : digits out of range.
    Inconclusive : the flow does not tend to zero loss, or a budget was used up; says what was seen.
    Disagreement : prediction and flow contradict each other beyond the error of both.
    """
    if digits not in DIGITS:
        raise InputError(f"digits must lie between {DIGITS.start} and {DIGITS.stop - 1}, got {digits}")
    started = perf_counter()
    estimate = _regression if problem.task == "regression" else _classification
    for extra in _RETRIES:
        found = estimate(problem, digits, _GUARD + extra)
        places = places_for(found.value, digits)
        if all(rounds_safely(value, found.error, places) for value in found.value):
            break
    # An entry that is a decimal fraction exactly half-way between two roundings stays ambiguous; either is as near.
    return LimitResult(
        task=problem.task,
        digits=digits,
        value=found.value,
        decimals=tuple(fixed(value, places) for value in found.value),
        evidence=found.evidence,
        residual=scientific(found.residual),
        clock=found.measurement.clock,
        methods=found.methods,
        seconds=perf_counter() - started,
    )


def places_for(values: Sequence[Fraction], digits: int) -> int:
    """Decimal places that make the rounding error at most 10^-digits of the largest entry."""
    size = max((abs(value) for value in values), default=Fraction(0))
    return digits - order_of_magnitude(size) if size else digits


def rounds_safely(value: Fraction, error: Fraction, places: int) -> bool:
    """Whether every number within `error` of `value` rounds to the same decimal."""
    scale = Fraction(10) ** places
    return round((value - error) * scale) == round((value + error) * scale)


def _regression(problem: Problem, digits: int, guard: int) -> _Estimate:
    from litproof.integrate.limits import follow_to_limit

    prediction, obstacle = _prediction(problem, digits + guard)
    first = follow_to_limit(problem, digits + guard)
    if not first.converged:
        raise Inconclusive(_stuck(first, obstacle))
    if prediction is not None:
        other, method, slack = prediction.value, prediction.method, Fraction(0)
    else:
        second = follow_to_limit(problem, digits + guard, method="taylor")
        if not second.converged:
            methods = (first.method, f"second method gave up: {second.reason}")
            return _Estimate(first.value, first.error, Evidence.NUMERIC, methods, first, first.residual)
        other, method, slack = second.value, second.method, second.error
    size = max((abs(value) for value in first.value), default=Fraction(0))
    gap = max((abs(a - b) for a, b in zip(first.value, other, strict=True)), default=Fraction(0))
    tolerance = size / 10 ** (digits + guard - 2)
    if gap > tolerance + 2 * (first.error + slack):
        raise Disagreement(
            f"{problem.name or 'problem'}: {method} and {first.method} differ by {scientific(gap)}, "
            f"more than {scientific(tolerance + 2 * (first.error + slack))}"
        )
    agreed = gap <= size / 10**digits
    # The prediction is proved; the flow only bounds its own error, so the prediction is what is printed.
    value, error = (
        (other, size / 10 ** (digits + guard + 2)) if prediction else (first.value, first.error + gap)
    )
    return _Estimate(
        value,
        error,
        Evidence.AGREED if agreed else Evidence.NUMERIC,
        (method, first.method),
        first,
        _residual(problem, value),
    )


def _prediction(problem: Problem, digits: int) -> tuple[Prediction | None, str]:
    """The closed form, or None and the reason why there is none."""
    from litproof.predict.regression import predict_regression

    try:
        return predict_regression(problem, digits), ""
    except HypothesisError as error:
        return None, str(error)
    except Inconclusive as error:
        return None, str(error)


def _stuck(measurement: Measurement, obstacle: str) -> str:
    theory = f"; theory: {obstacle}" if obstacle else ""
    return f"no limit of zero loss was reached: {measurement.reason}{theory}"


def _residual(problem: Problem, beta: Sequence[Fraction]) -> Fraction:
    return max(
        (
            abs(sum((a * b for a, b in zip(row, beta, strict=True)), -target))
            for row, target in zip(problem.X, problem.y, strict=True)
        ),
        default=Fraction(0),
    )


def _classification(problem: Problem, digits: int, guard: int) -> _Estimate:
    from litproof.limits_classification import find_direction

    found = find_direction(problem, digits + guard)
    if found.gap > found.allowed + Fraction(1, 10 ** (digits + guard - 2)):
        raise Disagreement(
            f"{problem.name or 'problem'}: {' and '.join(found.methods)} differ by {scientific(found.gap)}, "
            f"more than {scientific(found.allowed)}"
        )
    return _Estimate(found.value, found.error, found.evidence, found.methods, found.measurement, found.margin)
