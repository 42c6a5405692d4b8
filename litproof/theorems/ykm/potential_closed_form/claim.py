"""R3: the potential in closed form, against the work that the flow itself does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from random import Random

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.algebra.linear import distance, dot, sup_norm
from litproof.claims.claim import claim
from litproof.claims.comparison import CLEAR_MARGIN, compare_gap, violated
from litproof.claims.hypotheses import (
    DEEP,
    LAST_ZERO,
    MOVING,
    NO_ZERO,
    REAL_ODECO,
    REGRESSION,
    SAME_START,
    real_form,
    reduced_layers,
)
from litproof.claims.measurement import times_until
from litproof.claims.types import Answer, Comparison, Instance, Mutant
from litproof.decimals import decimal_log
from litproof.networks.diagonal import Diagonal
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.potentials import H, h_inverse, q_of_t, s_of_q
from litproof.predict.regression.reduction import design, reduced_start
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction
from litproof.theorems.shared.instances import (
    REFERENCE,
    diagonal_from_zero,
    draw_nonzero,
    instance,
    random_odeco_from_zero,
)
from litproof.theorems.shared.variants import with_last_layer
from litproof.theorems.ykm import YKM

TIMES = 6
GUARD = 5
LIMIT_DIGITS = 10
"""The limit only says how long the flow is worth following."""

Function = Callable[[Ball, int], Ball]


@dataclass(frozen=True)
class Potential:
    """Q(rho) = sum_j a_j^power H(rho_j / a_j^L), a_j = alpha |etabar_j|.

    Attributes
    ----------
    depth : L.
    scales : a_j, balls made at the working precision.
    H, slope : H_L and its derivative, as functions of (t, L).
    power : exponent of the weights, 2 in the claim.
    """

    depth: int
    scales: tuple[Ball, ...]
    H: Function
    slope: Function
    power: int = 2

    def value(self, rho: Sequence[Ball]) -> Ball:
        """Q(rho)."""
        terms = (a**self.power * self.H(t, self.depth) for a, t in self._arguments(rho))
        return sum(terms, ball(0))

    def gradient(self, rho: Sequence[Ball]) -> list[Ball]:
        """dQ/drho_j = a_j^{power - L} H'(rho_j / a_j^L)."""
        shift = self.power - self.depth
        return [a**shift * self.slope(t, self.depth) for a, t in self._arguments(rho)]

    def _arguments(self, rho: Sequence[Ball]) -> list[tuple[Ball, Ball]]:
        return [(a, r / a**self.depth) for a, r in zip(self.scales, rho, strict=True)]


@dataclass(frozen=True)
class WorkSample:
    """The flow at one time: rho_j = prod_l (U_l^T v_l)_j, outputs f, nu, S X^T nu, and int nu . df."""

    time: Fraction
    rho: tuple[Fraction, ...]
    outputs: tuple[Fraction, ...]
    nu: tuple[Fraction, ...]
    pull: tuple[Fraction, ...]
    value: Fraction


def _scales(problem: Problem) -> list[Ball]:
    return [abs(ball(entry)) for entry in reduced_layers(problem, scaled=True)[0]]


def _lost_digits(problem: Problem) -> int:
    """Digits by which small scales amplify an error of the parameters in rho_j / a_j^L and in the slopes."""
    with ball_precision(64):
        least = min(float(entry) for entry in _scales(problem))
    return 2 * problem.layered.depth * max(0, -int(decimal_log(Fraction(least))) + 1)


def _bits(problem: Problem, digits: int) -> int:
    return digits_to_bits(digits + _lost_digits(problem) + 2 * GUARD) + 64


def measure_work(problem: Problem, digits: int) -> Measurement:
    """The flow in its original parameters with nu = -int r and the work int nu . df, by Taylor, at six times."""
    from litproof.integrate.regression.follow import follow_to_limit
    from litproof.integrate.regression.work_along import work_along

    limit = follow_to_limit(problem, LIMIT_DIGITS)
    samples: list[WorkSample] = []
    work = digits + GUARD + _lost_digits(problem)
    times = times_until(problem, Fraction(limit.clock["t"]), TIMES)
    form = real_form(problem)
    A = design(form.S, problem.X)
    for point in work_along(problem, times, work):
        beta = problem.network.coefficients(point.layers)
        outputs = tuple(dot(row, beta) for row in problem.X)
        with ball_precision(_bits(problem, digits)):
            rho = [ball(1)] * form.rank
            for U, layer in zip(form.U, point.layers, strict=True):
                eta = reduced_start(U, layer, form.rank)
                rho = [value * ball(entry) for value, entry in zip(rho, eta, strict=True)]
            pull = tuple(
                dyadic(sum((ball(a) * ball(v) for a, v in zip(row, point.nu, strict=True)), ball(0)))
                for row in A
            )
        value = dot(point.nu, outputs) + point.work
        exact = tuple(map(dyadic, rho))
        samples.append(WorkSample(point.time, exact, outputs, point.nu, pull, value))
    return replace(
        limit,
        error=Fraction(0),
        method="Taylor in the original parameters, with the work done",
        converged=True,
        reason="",
        details={"samples": tuple(samples)},
    )


@cache
def closed_form_proved(depth: int) -> bool:
    """Whether d/dq (s t - q^2/2) = s dt/dq and ds/dq = (1 + q^2)^{-(L-1)/2}, by an exact normal form."""
    import sympy

    from litproof.derive.potential_forms import potential_form, potential_is_right, s_form, s_is_right

    q = sympy.Symbol("q", real=True)
    s = s_form(depth, q)
    return s_is_right(depth, s, q) and potential_is_right(depth, potential_form(depth, q), s, q)


def compare_work(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Q(rho) is the work done, dQ/drho = S X^T nu, Q is strictly convex on the way, H_L' = h_L^{-1} exactly."""
    potential: Potential = prediction.details["potential"]
    samples: tuple[WorkSample, ...] = measurement.details["samples"]
    with ball_precision(int(prediction.details["bits"])):
        rho = [[ball(entry) for entry in sample.rho] for sample in samples]
        values = [dyadic(potential.value(entry)) for entry in rho]
        slopes = [dyadic(entry) for entries in rho for entry in potential.gradient(entries)]
    comparisons = [
        _judged("work", values, [sample.value for sample in samples], digits),
        _judged("slope", slopes, [entry for sample in samples for entry in sample.pull], digits),
    ]
    if worst := next((c for c in comparisons if c.answer is not Answer.HOLDS), None):
        return worst
    if not closed_form_proved(potential.depth):
        return violated("the closed form is not an identity", evidence=Evidence.EXACT)
    flat = [
        (a.time, b.time)
        for a in samples
        for b in samples
        if a.rho != b.rho and not _lifted_above(a, b) and distance(a.rho, b.rho) > _noise(samples, digits)
    ]
    if flat:
        a, b = map(float, flat[0])
        detail = f"not strictly convex between t = {a:.4g} and t = {b:.4g}"
        return violated(detail)
    detail = f"{comparisons[0].detail}, {comparisons[1].detail}; H_{potential.depth}' = h_{potential.depth}^-1 proved"
    return Comparison(Answer.HOLDS, digits, Evidence.AGREED, 0.0, detail)


def _judged(
    name: str, predicted: Sequence[Fraction], measured: Sequence[Fraction], digits: int
) -> Comparison:
    size = max(sup_norm(predicted), sup_norm(measured))
    judged = compare_gap(distance(predicted, measured), size, digits)
    return replace(judged, detail=f"{name}: {judged.detail}")


def _lifted_above(a: WorkSample, b: WorkSample) -> bool:
    """Q(rho_b) > Q(rho_a) + grad Q(rho_a) . (rho_b - rho_a), from the flow alone."""
    return b.value - a.value > dot(a.nu, [y - x for x, y in zip(a.outputs, b.outputs, strict=True)])


def _noise(samples: Sequence[WorkSample], digits: int) -> Fraction:
    """Points nearer than this cannot show convexity, which is of second order, at the digits measured."""
    size = max(sup_norm(sample.rho) for sample in samples)
    return Fraction(size, 10 ** (digits // 2))


def same_potentials(a: Prediction, b: Prediction, digits: int) -> bool:
    """Whether two potentials give the same values and slopes at a few points, up to what is told apart clearly."""
    ours, theirs = (side.details["potential"] for side in (a, b))
    assert isinstance(ours, Potential)
    assert isinstance(theirs, Potential)
    with ball_precision(int(a.details["bits"])):
        rho = [scale**ours.depth * (j + 1) / 2 for j, scale in enumerate(ours.scales)]
        one, other = ([p.value(rho), *p.gradient(rho)] for p in (ours, theirs))
        first, second = [dyadic(entry) for entry in one], [dyadic(entry) for entry in other]
    allowed = Fraction(2 * CLEAR_MARGIN, 10**digits)
    return all(abs(x - y) <= allowed * max(abs(x), abs(y)) for x, y in zip(first, second, strict=True))


def _prediction(problem: Problem, digits: int, H: Function, slope: Function, power: int = 2) -> Prediction:
    bits = _bits(problem, digits)
    with ball_precision(bits):
        potential = Potential(problem.layered.depth, tuple(_scales(problem)), H, slope, power)
    return Prediction((), digits, "closed form of H_L", {"potential": potential, "bits": bits})


def _variant(H: Function, slope: Function, power: int = 2) -> Callable[[Problem, int], Prediction]:
    return lambda problem, digits: _prediction(problem, digits, H, slope, power)


def _of_depth(change: Callable[[int], int]) -> Callable[[Problem, int], Prediction | None]:
    """H of another depth; None when that is below 2."""

    def predict(problem: Problem, digits: int) -> Prediction | None:
        if change(problem.layered.depth) < 2:
            return None
        return _prediction(
            problem, digits, lambda t, L: H(t, change(L)), lambda t, L: h_inverse(t, change(L))
        )

    return predict


def _with_square(factor: Fraction) -> Function:
    """S t - factor q^2."""

    def potential(t: Ball, L: int) -> Ball:
        q = q_of_t(t, L)
        return s_of_q(q, L) * t - ball(factor) * q * q

    return potential


def _longer_arc(t: Ball, L: int) -> Ball:
    """S t - q^2/2 with the exponent L/2 in place of (L-1)/2 under the integral of s only."""
    q = q_of_t(t, L)
    return s_of_q(q, L + 1) * t - q * q / 2


def one_coordinate(depth: int, target: str | Fraction, scale: str | Fraction) -> Problem:
    """Diagonal network of width 1 at x = 1: the flow runs through H_L from 0 to t = y / alpha^L."""
    layers = ((Fraction(1),),) * (depth - 1) + ((Fraction(0),),)
    name = f"one coordinate, L = {depth}, y = {target}, alpha = {scale}"
    return Problem(
        Diagonal(depth, 1),
        "regression",
        ((Fraction(1),),),
        (Fraction(target),),
        Fraction(scale),
        layers,
        name,
    )


FIXED = (
    one_coordinate(2, "3/2", "1/4"),
    one_coordinate(3, "-1/2", "1"),
    one_coordinate(4, "2", "2/3"),
    one_coordinate(5, "-1/3", "1/3"),
    one_coordinate(6, "1/10", "1/2"),
    one_coordinate(7, "5", "2"),
    one_coordinate(8, "3/4", "3/4"),
    REFERENCE,
    diagonal_from_zero(2, "1 1/2 -1; 0 1 2", "1 1/2", "1/100", "1 1 3/2"),
)


def _instances(seed: int) -> tuple[Instance, ...]:
    rng = Random(f"potential {seed}")
    depth, target = rng.randint(2, 8), draw_nonzero(rng)
    drawn = one_coordinate(depth, target, Fraction(rng.randint(4, 12), 8))
    return (*map(instance, FIXED), instance(drawn, seed), instance(random_odeco_from_zero(seed), seed))


@claim(
    id="ykm/potential-closed-form",
    title="the potential H_L in closed form for every depth: the work that the flow does",
    source=f"new; H_L as an integral is in {YKM}",
    statement=r"""$H_L(t) = s t - q^2/2$ with $t = q (1 + q^2)^{(L-1)/2}$ and $s = \int_0^q (1 + x^2)^{-(L-1)/2} dx$:
        strictly convex, even, $H_L(0) = 0$, $H_L' = h_L^{-1}$. Along the flow from $v_L = 0$, with
        $\nu = -\int r \, dt$, $Q(\rho) = \int \nu \cdot df$ and $\partial Q / \partial \rho = S X^T \nu$.""",
    hypotheses=(REGRESSION, DEEP, REAL_ODECO, SAME_START, LAST_ZERO, NO_ZERO, MOVING),
    instances=_instances,
    measure=measure_work,
    compare=compare_work,
    same=same_potentials,
    mutants=(
        Mutant("H of depth L + 1", _of_depth(lambda L: L + 1)),
        Mutant("H of depth L - 1", _of_depth(lambda L: L - 1)),
        Mutant("H_2 for every depth", _of_depth(lambda L: 2)),
        Mutant("s t - q^2 in place of s t - q^2/2", _variant(_with_square(Fraction(1)), h_inverse)),
        Mutant("s t in place of s t - q^2/2", _variant(_with_square(Fraction(0)), h_inverse)),
        Mutant("exponent L/2 in s", _variant(_longer_arc, h_inverse)),
        Mutant("weights alpha |etabar_j| in place of their squares", _variant(H, h_inverse, 1)),
        Mutant(
            "hypothesis violated: v_L(0) != 0",
            problem=lambda problem: with_last_layer(problem, Fraction(3, 4)),
        ),
    ),
    derive="ykm/potential-closed-form",
)
def potential_closed_form(problem: Problem, digits: int) -> Prediction:
    """H_L(t) = s t - q^2/2 in ball arithmetic, q from t by Newton's method."""
    return _prediction(problem, digits, H, h_inverse)
