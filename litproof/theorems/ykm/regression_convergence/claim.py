"""R1: the regression loss falls at least exponentially where the last layer starts below the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import log
from random import Random

from litproof.algebra.balls import Exact, ball, dyadic, endpoints, sign
from litproof.claims.claim import claim
from litproof.claims.comparison import violated, without_limit
from litproof.claims.depiction import curve
from litproof.claims.hypotheses import (
    DEEP,
    GAP,
    REAL_ODECO,
    REGRESSION,
    UNDERDETERMINED,
    initial_velocity,
    largest_gap,
    real_form,
    reduced_layers,
    smallest_gap,
)
from litproof.claims.measurement import FOLLOWED_TWICE, PROOF_OPERATIONS, loss_of, times_until
from litproof.claims.pictures import Curve, Picture
from litproof.claims.types import Answer, Comparison, Mutant
from litproof.decimals import decimal_log
from litproof.errors import Inconclusive
from litproof.integrate.watch import FollowedPath
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.precision import ball_precision, digits_to_bits, mp_precision
from litproof.predict.regression.reduction import design
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction
from litproof.theorems.shared.instances import (
    REFERENCE,
    draw_data,
    draw_nonzero,
    draw_odeco,
    draw_targets,
    fixed_and_drawn,
    lift,
    regression,
)
from litproof.theorems.shared.variants import Start, with_start
from litproof.theorems.ykm import YKM

GUARD = 5
TIMES = 24
"""Times at which the loss is compared with the bound, in geometric progression."""

LIMIT_DIGITS = 20
"""Digits of the limit: the bound behind it proves that the loss tends to zero, whatever the digits."""

BITS = 128
"""Working precision of the false variants: they miss by factors, not by digits."""


@dataclass(frozen=True)
class Moment:
    """The loss at one time; `error` bounds how far it may be off, or two integrations differ there."""

    time: Fraction
    loss: Fraction
    error: Fraction


def design_of(problem: Problem) -> tuple[tuple[Exact, ...], ...]:
    """A = S X^T, m x n, exact."""
    return design(real_form(problem).S, problem.X)


def singular_values(A: Sequence[Sequence[Exact]], bits: int) -> tuple[list[Fraction], list[Fraction]]:
    """sigma_i(A)^2 in ascending order, and the right singular vector of the least one (unit length)."""
    from mpmath import mp

    columns = list(zip(*A, strict=True))
    with ball_precision(bits + 16), mp_precision(bits + 16):
        gram = mp.matrix(len(columns))
        for i, a in enumerate(columns):
            for j, b in enumerate(columns):
                entry = dyadic(ball(sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))))
                gram[i, j] = mp.mpf(entry.numerator) / entry.denominator
        values, vectors = mp.eigsy(gram)
        return [_fraction(e) for e in values], [_fraction(vectors[i, 0]) for i in range(len(columns))]


def _fraction(x: object) -> Fraction:
    sign_bit, mantissa, exponent, _ = x._mpf_  # type: ignore[attr-defined]
    value = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -value if sign_bit else value


def decay_rate(problem: Problem, digits: int) -> Fraction:
    """2 lambda^{L-1} sigma_min(X S^T)^2."""
    return _rate(problem, digits)


def _rate(
    problem: Problem,
    digits: int,
    *,
    factor: int = 2,
    more_layers: int = 0,
    largest_singular: bool = False,
    start: Callable[[Start], Exact] = smallest_gap,
) -> Fraction:
    bits = digits_to_bits(digits + 10) + 32
    sigma_squared = singular_values(design_of(problem), bits)[0][-1 if largest_singular else 0]
    power = problem.layered.depth - 1 + more_layers
    with ball_precision(bits):
        gap = dyadic(ball(start(reduced_layers(problem, scaled=True))))
    return factor * gap**power * sigma_squared


def _path(problem: Problem, times: Sequence[Fraction], digits: int, method: str) -> list[Fraction]:
    from litproof.integrate.regression.follow import trajectory

    path = trajectory(problem, times, digits, method=method)  # type: ignore[arg-type]
    return [loss_of(problem, layers) for _, layers in path]


def _enclosed(problem: Problem, times: Sequence[Fraction], digits: int) -> tuple[Moment, ...]:
    """The loss in balls, by one path; () where that is not enclosed within its budget."""
    from litproof.certify.regression.along import enclose_moments
    from litproof.claims.formulas.coefficients import coefficients_at
    from litproof.integrate.ball_rings import residual

    path = enclose_moments(problem, times, digits, operations=PROOF_OPERATIONS)
    if path is None:
        return ()
    moments = []
    with ball_precision(digits_to_bits(digits) + BITS):
        for time in times:
            r = residual(problem.X, problem.y, coefficients_at(problem.network, path[time]))
            loss = sum((ball(w / 2) * e * e for w, e in zip(problem.row_weights, r, strict=True)), ball(0))
            moments.append(Moment(time, dyadic(loss), dyadic(loss.rad())))
    return tuple(moments)


def measure_convergence(problem: Problem, digits: int) -> Measurement:
    """The limit of the flow, and the loss on the way there by two integrators; with many digits in balls, by one."""
    from litproof.integrate.regression.follow import follow_to_limit

    limit = follow_to_limit(problem, min(digits, LIMIT_DIGITS))
    if not any(map(any, initial_velocity(problem))):
        return limit
    times = times_until(problem, Fraction(limit.clock["t"]), TIMES)
    start = loss_of(problem, problem.v0)
    enclosed = _enclosed(problem, times, digits + GUARD) if digits > FOLLOWED_TWICE else ()
    if enclosed:
        method = f"{limit.method}; the loss on the way by validated integration"
        return replace(limit, method=method, details={"moments": enclosed, "start": start})
    first = _path(problem, times, digits + GUARD, "collocation")
    try:
        second, partner = _path(problem, times, digits + GUARD, "taylor"), "Taylor"
    except Inconclusive:
        second, partner = _path(problem, times, digits + 4 * GUARD, "collocation"), "more digits"
    moments = tuple(Moment(time, a, 2 * abs(a - b)) for time, a, b in zip(times, first, second, strict=True))
    method = f"{limit.method}; the loss on the way also by {partner}"
    return replace(limit, method=method, details={"moments": moments, "start": start})


def _look_until(horizon: Callable[[Problem], Fraction]) -> Callable[[Problem, int], Measurement]:
    """The loss up to a time, by one integrator: enough to see a wrong rate fail."""

    def measure(problem: Problem, digits: int) -> Measurement:
        times = times_until(problem, horizon(problem), TIMES)
        losses = _path(problem, times, min(digits, 30) + GUARD, "collocation")
        start = loss_of(problem, problem.v0)
        noise = start / 10 ** min(digits, 30)
        moments = tuple(Moment(time, loss, noise) for time, loss in zip(times, losses, strict=True))
        return Measurement(
            value=(),
            parameters=(),
            error=noise,
            residual=losses[-1],
            clock={"t": str(float(times[-1]))},
            digits=digits,
            method="collocation",
            converged=False,
            reason=f"followed to t = {float(times[-1]):.4g} only",
            details={"moments": moments, "start": start},
        )

    return measure


def compare_convergence(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """loss(t) <= loss(0) exp(-c t) (1 + 10^-digits) at every time, and the loss tends to zero."""
    moments: tuple[Moment, ...] = measurement.details.get("moments", ())
    if not moments:
        return _to_zero(measurement, digits, "the flow starts at zero loss")
    start: Fraction = measurement.details["start"]
    (rate,) = prediction.value
    tolerance = Fraction(1, 10**digits)
    closest, undecided = Fraction(0), False
    with ball_precision(digits_to_bits(digits + 10) + BITS):
        for moment in moments:
            low, high = endpoints(ball(start) * ball(-rate * moment.time).exp())
            if moment.loss - moment.error > high * (1 + tolerance):
                excess = decimal_log((moment.loss - moment.error - high) / high) + digits
                detail = (
                    f"loss/bound is 10^{decimal_log(moment.loss / high):.2g} at t = {float(moment.time):.4g}"
                )
                return violated(detail, 10.0 ** min(excess, 300.0))
            undecided |= moment.loss + moment.error > low * (1 + tolerance)
            closest = max(closest, moment.loss / low)
    if undecided:
        return Comparison(Answer.UNKNOWN, 0, Evidence.NUMERIC, 0.0, "loss and bound too close to tell")
    end = f"{float(moments[-1].time):.4g}"
    detail = f"loss at most {float(closest):.6f} of the bound at {len(moments)} times to t = {end}"
    agreed = max(moment.error for moment in moments) <= start * tolerance
    return _to_zero(measurement, digits, detail, Evidence.AGREED if agreed else Evidence.NUMERIC)


def draw_convergence(
    problem: Problem, prediction: Prediction, measurement: Measurement, paths: Sequence[FollowedPath]
) -> tuple[Picture, ...]:
    """The loss at the times that are compared, and the bound."""
    moments: tuple[Moment, ...] = measurement.details.get("moments", ())
    if not moments:
        return ()
    (rate,) = prediction.value
    losses = [(float(moment.time), moment.loss) for moment in moments]
    ends = (0.0, losses[-1][0])
    start = decimal_log(measurement.details["start"])
    bound = Curve("bound", ends, tuple(start - float(rate) * t / log(10) for t in ends), "dashed")
    return (Picture("loss", "t", False, (curve("measured", losses, "points"), bound)),)


def _to_zero(
    measurement: Measurement, digits: int, detail: str, evidence: Evidence = Evidence.AGREED
) -> Comparison:
    if not measurement.converged:
        return without_limit(measurement)
    return Comparison(Answer.HOLDS, digits, evidence, 0.0, detail)


def _least_mode(problem: Problem) -> tuple[list[Fraction], Fraction]:
    """The least right singular vector of A rounded to short fractions, and about sigma_min."""
    squares, vector = singular_values(design_of(problem), BITS)
    return [Fraction(round(u * 2**20), 2**20) for u in vector], Fraction(float(squares[0]) ** 0.5)


def _slow(problem: Problem, first: Sequence[Fraction]) -> Problem | None:
    """The same network and inputs from eta_l = first (l < L), eta_L = 0, with small targets along the slowest mode.

    There loss' = -c loss up to a relative error of about L / 4096, c the rate at the start, so wrong rates show.
    """
    depth = problem.layered.depth
    vector, sigma = _least_mode(problem)
    size = min(abs(value) for value in first) ** depth * sigma / 64
    unit = Fraction(2) ** (size.numerator.bit_length() - size.denominator.bit_length())
    start: Start = [list(first) for _ in range(depth - 1)] + [[Fraction(0)] * len(first)]
    return with_start(replace(problem, scale=Fraction(1), y=tuple(unit * u for u in vector)), start)


def _slow_from(size: Fraction) -> Callable[[Problem], Problem | None]:
    return lambda problem: _slow(problem, [size] * real_form(problem).rank)


def _slow_unequal(problem: Problem) -> Problem | None:
    """One component, the one that the slowest mode feels least, starts twice as large as the others."""
    A, (vector, _) = design_of(problem), _least_mode(problem)
    with ball_precision(BITS):
        felt = [
            abs(dyadic(ball(sum((a * u for a, u in zip(row, vector, strict=True)), Fraction(0)))))
            for row in A
        ]
    least = felt.index(min(felt))
    return _slow(problem, [Fraction(2 if j == least else 1) for j in range(len(A))])


def _different_singular_values(problem: Problem) -> Problem | None:
    squares, _ = singular_values(design_of(problem), BITS)
    return _slow_from(Fraction(1))(problem) if squares[-1] > squares[0] * Fraction(3, 2) else None


def _away_from_target(problem: Problem) -> Problem | None:
    """All layers start with equal modulus and rho_j (S X^T y)_j <= 0, which then holds for ever: f . y <= 0."""
    if not any(problem.y):
        return None
    pull = [
        sum((a * t for a, t in zip(row, problem.y, strict=True)), Fraction(0)) for row in design_of(problem)
    ]
    start: Start = [[Fraction(1)] * len(pull) for _ in range(problem.layered.depth - 1)]
    start.append([Fraction(-1 if sign(value) > 0 else 1) for value in pull])
    return with_start(replace(problem, scale=Fraction(1)), start)


def _as_if_smaller(problem: Problem, digits: int) -> Prediction:
    """The rate as if the last layer started at an eighth of the others."""
    depth = problem.layered.depth
    squares, _ = singular_values(design_of(problem), BITS)
    return Prediction((2 * Fraction(63, 64) ** (depth - 1) * squares[0],), digits, "lambda = 63/64")


def _eight_times(problem: Problem) -> Fraction:
    """Eight times the time in which the slowest mode would fall with the other layers as they start."""
    layers = reduced_layers(problem, scaled=True)[:-1]
    squares, _ = singular_values(design_of(problem), BITS)
    with ball_precision(BITS):
        least = min(abs(dyadic(ball(value))) for layer in layers for value in layer)
    return Fraction(float(4 / (least ** (2 * len(layers)) * squares[0]))).limit_denominator(10**6)


def _wrong(name: str, change: Callable[[Problem], Problem | None], **variant: object) -> Mutant:
    def predict(problem: Problem, digits: int) -> Prediction:
        return Prediction((_rate(problem, digits, **variant),), digits, name)  # type: ignore[arg-type]

    return Mutant(name, predict, change, _look_until(_eight_times))


FIXED = (
    REFERENCE,
    regression(
        Diagonal(2, 3),
        "1 2 -1; 1/2 0 1",
        "1 1/2",
        1,
        ["1 3/4 -1", "1/4 -1/2 1/2"],
        "diagonal, L = 2, n = 2, d = 3, alpha = 1",
    ),
    regression(
        Diagonal(2, 3),
        "1 1/2 -1; 0 1 2",
        "1 1/2",
        "1/20",
        ["1 1 3/2", "0 0 0"],
        "diagonal, L = 2, alpha = 1/20",
    ),
    regression(
        Diagonal(3, 3),
        "1 2 1/2; 1 -1 1",
        "2 1",
        4,
        ["1 3/4 1", "-1 1 1", "0 1/4 0"],
        "diagonal, L = 3, n = 2, d = 3, alpha = 4",
    ),
    regression(
        Diagonal(4, 3),
        "1 -1/2 3/4",
        "-1/2",
        "4/5",
        ["1 5/4 3/4", "1 -1 1", "5/4 1 1", "1/4 0 1/2"],
        "diagonal, L = 4, n = 1, d = 3, alpha = 4/5",
    ),
    regression(
        Convolutional((2, 2)), "1 2", "1", "3/2", ["1 1/3", "1/4 0"], "convolutional, k = (2, 2), alpha = 3/2"
    ),
)


def _random(seed: int) -> Problem:
    rng = Random(f"convergence {seed}")
    depth, m = rng.randint(2, 3), rng.randint(2, 3)
    network = draw_odeco(rng, depth, m, 2)
    eta = [tuple(draw_nonzero(rng) for _ in range(m)) for _ in range(depth - 1)]
    below = [min(abs(layer[j]) for layer in eta) for j in range(m)]
    eta.append(tuple(value * Fraction(rng.randint(-3, 3), 4) for value in below))
    layers = tuple(lift(U, values) for U, values in zip(network.U, eta, strict=True))
    X, y = draw_data(rng, 1, 2), draw_targets(rng, 1)
    name = f"random odeco, L = {depth}, m = {m}, d = 2"
    return Problem(network, "regression", X, y, Fraction(rng.randint(4, 12), 8), layers, name)


@claim(
    id="ykm/regression-convergence",
    title="the regression loss falls at least exponentially where the last layer starts below the others",
    source=f"{YKM}: global convergence of regression flows on orthogonally decomposable networks",
    statement=r"""If $\eta_{l,j}(0)^2 - \eta_{L,j}(0)^2 \ge \lambda > 0$ for all $l < L$ and $j$, the loss tends to zero
        with $\mathrm{loss}(t) \le \mathrm{loss}(0) \exp(-2 \lambda^{L-1} \sigma_{\min}(X S^T)^2 t)$.""",
    hypotheses=(REGRESSION, DEEP, REAL_ODECO, UNDERDETERMINED, GAP),
    instances=fixed_and_drawn(FIXED, _random),
    measure=measure_convergence,
    depict=draw_convergence,
    compare=compare_convergence,
    mutants=(
        _wrong("factor 3 in place of 2", _slow_from(Fraction(1)), factor=3),
        _wrong("lambda^L in place of lambda^{L-1}", _slow_from(Fraction(2)), more_layers=1),
        _wrong("lambda^{L-2} in place of lambda^{L-1}", _slow_from(Fraction(1, 2)), more_layers=-1),
        _wrong("sigma_max in place of sigma_min", _different_singular_values, largest_singular=True),
        _wrong("the largest gap in place of the least", _slow_unequal, start=largest_gap),
        Mutant(
            "hypothesis violated: lambda = 0", _as_if_smaller, _away_from_target, _look_until(_eight_times)
        ),
    ),
    derive="ykm/regression-convergence",
)
def regression_convergence(problem: Problem, digits: int) -> Prediction:
    """lambda exactly from the start, the least singular value of X S^T to a few digits more than asked for."""
    return Prediction((decay_rate(problem, digits),), digits, "2 lambda^{L-1} sigma_min(X S^T)^2")
