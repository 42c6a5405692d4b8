"""Where the direction of a classification flow goes: theory and the flow itself, put side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.separation import separate
from litproof.errors import HypothesisError, Inconclusive, InputError
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction


@dataclass(frozen=True)
class Direction:
    """A limit direction and what backs it.

    Attributes
    ----------
    value : unit vector. error : bound or estimate of max |value - limit|.
    evidence : agreed when two independent computations differ by less than 10^-digits, else numeric.
    methods : words for the two sides. measurement : the flow.
    gap : largest difference between the two sides. allowed : how large it may be by their own errors.
    margin : smallest y_i x_i . value.
    """

    value: tuple[Fraction, ...]
    error: Fraction
    evidence: Evidence
    methods: tuple[str, ...]
    measurement: Measurement
    gap: Fraction
    allowed: Fraction
    margin: Fraction


def find_direction(problem: Problem, digits: int) -> Direction:
    """Follow the flow; compare with the prediction or, where no theorem applies, with a second integration.

    Raises
    ------
    InputError : the data are not separable (with the weights that prove it).
    Inconclusive : the loss does not fall below 1, or the budget is used up before the direction settles.
    """
    from litproof.integrate.kappa import follow_direction

    _require_separable(problem)
    flow = follow_direction(problem, digits)
    prediction, obstacle = _prediction(problem, digits, flow)
    if not flow.converged:
        raise Inconclusive(
            f"no limit direction was reached: {flow.reason}{obstacle and f'; theory: {obstacle}'}"
        )
    if prediction is not None and prediction.details.get("unique") is not False:
        value, method, slack = prediction.value, prediction.method, Fraction(1, 10 ** (digits + 2))
    else:
        second = follow_direction(problem, digits, stages=7, tolerance=3e-8)
        value, method, slack = (
            second.value,
            f"second run, {second.method}; {_words(prediction, obstacle)}",
            second.error,
        )
        if not second.converged:
            value, slack = flow.value, Fraction(1)
    gap = max(abs(a - b) for a, b in zip(value, flow.value, strict=True))
    agreed = gap + (slack if prediction is None else 0) <= Fraction(1, 10**digits)
    best, error = (
        (value, slack) if prediction is not None and slack < flow.error else (flow.value, flow.error)
    )
    return Direction(
        value=best,
        error=error,
        evidence=Evidence.AGREED if agreed else Evidence.NUMERIC,
        methods=(method, flow.method),
        measurement=flow,
        gap=gap,
        allowed=2 * (flow.error + slack),
        margin=min(_dot(row, best) * y for row, y in zip(problem.X, problem.y, strict=True)),
    )


def _prediction(problem: Problem, digits: int, flow: Measurement) -> tuple[Prediction | None, str]:
    from litproof.predict.classification import predict_direction

    try:
        return predict_direction(problem, digits + 5, near=flow.parameters if flow.converged else None), ""
    except (HypothesisError, Inconclusive) as error:
        return None, str(error)


def _words(prediction: Prediction | None, obstacle: str) -> str:
    if prediction is None:
        return f"no prediction ({obstacle})"
    return "the predicted problem has many solutions, the start picks one"


def _require_separable(problem: Problem) -> None:
    rows = [tuple(y * x for x in row) for row, y in zip(problem.X, problem.y, strict=True)]
    weights = separate(rows).weights
    if weights is not None:
        shown = ", ".join(str(w) for w in weights)
        raise InputError(
            f"the data are not separable: the points y_i x_i with weights ({shown}) add up to 0",
            key="data",
            source=problem.name,
        )


def _dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))
