"""The path of a flow as a table, up to its limit or as far as it can be followed."""

from fractions import Fraction
from operator import mul
from typing import Any

from litproof.deadline import OutOfTime
from litproof.flow.lift import beta_at, is_polynomial, require_polynomial
from litproof.flow.motion import loss_at
from litproof.flow.program import split
from litproof.flow.scaling import scaled_near_one
from litproof.flow.span import Span
from litproof.networks.base import parameter_names
from litproof.problem import Problem
from litproof.results import Measurement, Path

TRAINING_POINTS = 200
"""Stretches of a path with a loss or dynamics of its own."""

LARGEST_LOSS_EXPONENT = 10**6
"""kappa up to which the loss exp(-kappa) is written as a number."""


def path_of(problem: Problem, digits: int) -> Path:
    """Points of the flow from t = 0 until its limit is known to `digits` digits, or it can be followed no further.

    Regression: t, loss, beta, parameters. Classification: t (up to the hand-over of the clocks), log t (from there to
    leading order in 1/kappa), kappa = -log(loss), loss (while that is no absurdly small number), margins
    y_i x_i . beta / ||beta||, direction beta / ||beta||; the last two are missing where beta = 0. With a loss or
    dynamics of its own (regression): 201 times, denser at the start; for gradient descent the steps in place of t.
    """
    if problem.task == "regression" and (problem.training or not is_polynomial(problem.network)):
        return _trained(problem, digits)
    require_polynomial(problem.network, "the path of a classification", problem.name)
    return _regression(problem, digits) if problem.task == "regression" else _classification(problem, digits)


def _ended(measurement: Measurement) -> str:
    return "" if measurement.converged else measurement.reason


def _regression(problem: Problem, digits: int) -> Path:
    from litproof.integrate.regression.follow import follow_to_limit
    from litproof.integrate.regression.spanned import State

    record: list[State] = []
    scaled = scaled_near_one(problem)
    try:
        ended = _ended(follow_to_limit(scaled.problem if scaled else problem, digits, record=record))
    except OutOfTime as cut:
        ended = str(cut)
    if scaled:
        record = [(t * scaled.time, tuple(x * scaled.parameters for x in v)) for t, v in record]
    rows = []
    for t, parameters in record:
        beta = problem.network.coefficients(split(parameters, problem.network.shapes))
        rows.append((t, problem.squared_loss(beta), *beta, *parameters))
    names = (name for layer in parameter_names(problem.network) for name in layer)
    return Path(("t", "loss", *_numbered("beta", problem.network.input_dim), *names), tuple(rows), ended)


def _trained(problem: Problem, digits: int) -> Path:
    from litproof.integrate.training.descent import Diverged
    from litproof.integrate.training.follow import follow_training, training_path

    try:
        flow = follow_training(problem, digits)
        ended, clock = _ended(flow), flow.clock
    except Diverged as stop:
        ended, clock = str(stop), {"steps": str(stop.step - 1)}
    ((name, end),) = clock.items()
    times = [Fraction(end) * Fraction(k, TRAINING_POINTS) ** 3 for k in range(TRAINING_POINTS + 1)]
    if name == "steps":
        times = sorted({Fraction(round(time)) for time in times})
    rows = []
    for t, layers in training_path(problem, times, digits):
        beta = beta_at(problem.network, layers, 2 * digits)
        loss = loss_at(problem, problem.residual(beta), digits)
        rows.append((t, loss, *beta, *(x for layer in layers for x in layer)))
    names = (name for layer in parameter_names(problem.network) for name in layer)
    first = "step" if name == "steps" else "t"
    return Path((first, "loss", *_numbered("beta", problem.network.input_dim), *names), tuple(rows), ended)


def _numbered(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"{name}_{k}" for k in range(1, count + 1))


def _classification(problem: Problem, digits: int) -> Path:
    import gmpy2

    from litproof.integrate.classification.early import EarlyPoint
    from litproof.integrate.classification.follow import direction_of, follow, log_time
    from litproof.integrate.classification.path import LatePoint
    from litproof.integrate.classification.reals import working_precision
    from litproof.integrate.classification.spanned import small_flow

    record: list[EarlyPoint | LatePoint] = []

    def run(followed: Problem, digits: int) -> Measurement:
        record.clear()
        return follow(followed, digits, (direction_of,), record)

    span: Span | None = None
    try:
        found = small_flow(problem, digits, run)
        span, flow = found or (None, run(problem, digits))
        ended = _ended(flow)
    except OutOfTime as cut:
        ended = str(cut)
    rows = []
    bits = max((x.precision for point in record for x in _state(point)), default=64)
    with working_precision(bits):
        for point in record:
            if isinstance(point, EarlyPoint):
                t, kappa, theta = _exact(point.t), point.kappa, point.theta
                log_t = _exact(gmpy2.log(point.t)) if t else None
            else:
                t, kappa, log_t = None, gmpy2.exp(point.s), _exact(log_time(point))
                theta = point.w / point.stretch * gmpy2.exp(point.s / point.margins.depth)
            if span is None:
                beta = tuple(map(_exact, point.coefficients))
            else:
                layers = point.margins.coordinates.layers(theta)
                moved = span.parameters([_exact(x) for layer in layers for x in layer])
                exact = problem.network.coefficients(split(moved, problem.network.shapes))
                beta = tuple(_exact(gmpy2.mpfr(gmpy2.mpq(x.numerator, x.denominator))) for x in exact)
            loss = _exact(gmpy2.exp(-kappa)) if abs(kappa) < LARGEST_LOSS_EXPONENT else None
            rows.append((t, log_t, _exact(kappa), loss, *_shape(problem, beta, bits)))
    columns = ("t", "log_t", "kappa", "loss", *_numbered("margin", len(problem.X)))
    return Path((*columns, *_numbered("direction", problem.network.input_dim)), tuple(rows), ended)


def _state(point: Any) -> Any:
    return point.w if hasattr(point, "w") else point.theta


def _exact(x: Any) -> Fraction:
    return Fraction(*map(int, x.as_integer_ratio()))


def _shape(problem: Problem, beta: tuple[Fraction, ...], bits: int) -> list[Fraction | None]:
    """Margins and direction of beta."""
    import gmpy2

    size = max(map(abs, beta))
    if not size:
        return [None] * (len(problem.X) + len(beta))
    scaled = [b / size for b in beta]
    square = sum((b * b for b in scaled), Fraction(0))
    norm = _exact(gmpy2.sqrt(gmpy2.mpfr(gmpy2.mpq(square.numerator, square.denominator))))
    direction = [b / norm for b in scaled]
    return [*(sum(map(mul, row, direction), Fraction(0)) for row in problem.signed_rows), *direction]
