"""What measurements share: the flow followed to its limit, the loss, and times at which to look at a path."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from litproof.algebra.linear import distance, dot, sup_norm
from litproof.claims.hypotheses import initial_velocity
from litproof.decimals import decimal_log
from litproof.dynamics import GradientDescent, Mirror, Momentum, WeightDecay
from litproof.errors import LitproofError
from litproof.flow.program import split
from litproof.integrate.budget import SECOND
from litproof.problem import Problem
from litproof.results import Measurement

if TYPE_CHECKING:
    from litproof.certify.regression.enclosure import Enclosure
    from litproof.integrate.classification.follow import Observable

PROOF_OPERATIONS = 10 * SECOND
"""Budget of validated integration on one instance of a claim."""


FOLLOWED_TWICE = 60
"""Digits up to which a limit is followed to all of them and enclosed as well."""
_BESIDE = 40
"""With more the enclosure is what is measured, and the flow beside it is followed to so many."""
_SPARE = 3


def measure_limit(problem: Problem, digits: int) -> Measurement:
    """Follow the motion of `problem` until its limit is known to a little more than `digits` digits."""
    return follow_limit(problem, digits + _SPARE)


def follow_limit(problem: Problem, digits: int) -> Measurement:
    """The limit of a regression in its original parameters, to `digits` digits.

    With more than FOLLOWED_TWICE digits validated integration comes first: where it encloses the limit the middle is
    what is measured, a flow followed to _BESIDE digits has to agree with it, and no path is followed to all digits
    twice.

    Raises
    ------
    LitproofError : the flow and its enclosure differ, which is a defect of one of them.
    """
    from litproof.integrate.training.follow import follow_any

    if digits <= FOLLOWED_TWICE:
        return follow_any(problem, digits)
    few = follow_any(problem, _BESIDE)
    proof = _enclosed(problem, digits + _SPARE) if few.converged else None
    if proof is None:
        return replace(follow_any(problem, digits), unproved=no_bounds_of_limit(problem))
    middle, reach = _middle(proof.bounds)
    theta, wide = _middle(proof.parameters)
    gap, size = distance(few.value, middle), sup_norm(middle)
    if gap > reach + few.error + size / 10 ** (_BESIDE - _SPARE):
        raise LitproofError(
            f"the limit of the flow followed to {_BESIDE} digits is 10^{decimal_log(gap):.1f} off its enclosure"
        )
    return replace(
        few,
        value=middle,
        parameters=split(theta, problem.network.shapes),
        error=max(reach, wide),
        residual=_residual(problem, middle),
        digits=digits,
        method=f"{proof.method}; {few.method}, to {_BESIDE} digits",
        enclosure=proof.bounds,
        details={**few.details, PARAMETER_BOUNDS: proof.parameters},
    )


PARAMETER_BOUNDS = "bounds of the parameters"
"""Key of `Measurement.details`."""


def _middle(bounds: Sequence[tuple[Fraction, Fraction]]) -> tuple[tuple[Fraction, ...], Fraction]:
    """Midpoints, and the largest half-width."""
    widths = [(high - low) / 2 for low, high in bounds]
    return tuple((low + high) / 2 for low, high in bounds), max(widths, default=Fraction(0))


def _residual(problem: Problem, beta: Sequence[Fraction]) -> Fraction:
    return max(abs(dot(row, beta) - y) for row, y in zip(problem.X, problem.y, strict=True))


def prove_limit(problem: Problem, measurement: Measurement, digits: int) -> Measurement:
    """The measurement with proved bounds of the limit, where they are found; unchanged otherwise.

    The bounds come from validated integration in the original parameters alone. The enclosures that rest on the exact
    reduction would let a theorem about where the flow goes confirm itself.
    """
    if measurement.enclosure or measurement.unproved:
        return measurement  # tried before the flow was followed
    proof = _enclosed(problem, digits + _SPARE)
    if proof is None:
        return replace(measurement, unproved=no_bounds_of_limit(problem))
    return replace(measurement, enclosure=proof.bounds, method=f"{measurement.method}; {proof.method}")


def _enclosed(problem: Problem, digits: int) -> "Enclosure | None":
    from litproof.certify.regression.along import has_plain_flow
    from litproof.certify.regression.descent import enclose_descent
    from litproof.certify.regression.motion import enclose_motion
    from litproof.certify.regression.validated import enclose_by_integration

    if has_plain_flow(problem):
        return enclose_by_integration(problem, digits, operations=PROOF_OPERATIONS)
    enclose = enclose_descent if isinstance(problem.dynamics, GradientDescent) else enclose_motion
    return enclose(problem, digits, operations=PROOF_OPERATIONS)


def no_bounds_of_limit(problem: Problem) -> str:
    """Why a limit of regression that was asked for has no proved bounds."""
    from litproof.certify.regression.motion import is_curved

    dynamics = problem.dynamics
    if isinstance(dynamics, Momentum | Mirror):
        return f"the end of the motion ({dynamics.kind}) is not bounded"
    if isinstance(dynamics, GradientDescent) and dynamics.order:
        return "the end of gradient descent with mini-batches is not bounded"
    forever = isinstance(dynamics, WeightDecay) and dynamics.until is None
    if not forever and not is_curved(problem):
        return "the loss is flat, or not least, where residuals vanish: the rest of the path is not bounded"
    if not forever and problem.loss is not None and problem.has_dependent_rows:
        return "points depend on each other: the rest of the path is not bounded"
    return "no enclosure of the limit was found within its budget (validated integration)"


def prove_parameters(problem: Problem, digits: int) -> tuple[tuple[Fraction, Fraction], ...]:
    """Proved bounds of the limit of all parameters, layer after layer; () where none are found."""
    from litproof.certify.regression.along import has_plain_flow
    from litproof.certify.regression.motion import enclose_motion_parameters
    from litproof.certify.regression.validated import enclose_parameters_by_integration

    enclose = enclose_parameters_by_integration if has_plain_flow(problem) else enclose_motion_parameters
    proof = enclose(problem, digits, operations=PROOF_OPERATIONS)
    return () if proof is None else proof.bounds


def loss_of(problem: Problem, layers: Sequence[Sequence[Fraction]]) -> Fraction:
    """The squared loss at the layers v_1..v_L, exact."""
    return problem.squared_loss(problem.network.coefficients(layers))


def times_until(problem: Problem, end: Fraction, count: int) -> tuple[Fraction, ...]:
    """`count` times from a sixteenth of loss(0) / |v'(0)|^2 to `end`, in geometric progression."""
    speed = sum((entry**2 for layer in initial_velocity(problem) for entry in layer), Fraction(0))
    unit = loss_of(problem, problem.v0) / speed / 16 if speed else end / 2**10
    first = min(unit.limit_denominator(10**6) or unit, end / 2)
    ratio = 10.0 ** (float(decimal_log(end / first)) / (count - 1))
    between = (first * Fraction(ratio**k).limit_denominator(10**9) for k in range(count - 1))
    return (*between, end)


MOST_DECADES = 500
"""Decades of kappa that a claim on a direction follows a flow for more than FEW_DIGITS digits."""
FEW_DIGITS = 40


SHARP_OPERATIONS = 30 * SECOND
"""Budget of a direction that depends on the start, by the sizes of its steps."""
_SHARP_STEPS = 0.6
"""Steps of such a direction grow like this power of the digits (seen from 20 to 100)."""


def _affordable(problem: Problem, digits: int, pilot: Measurement) -> int:
    """The most digits, up to those asked for and at least FEW_DIGITS, that SHARP_OPERATIONS allow."""
    from litproof.integrate.budget import radau_cost
    from litproof.integrate.classification.follow import sharp_settings
    from litproof.integrate.classification.steps import Settings

    size, attempts = sum(problem.network.shapes), pilot.details["attempts"]
    while digits > FEW_DIGITS:
        each = radau_cost(size, sharp_settings(Settings(digits)).stages, size)
        if attempts * (digits / pilot.digits) ** _SHARP_STEPS * each <= SHARP_OPERATIONS:
            break
        digits -= 1
    return digits


def follow_observed(
    problem: Problem, digits: int, observe: "Sequence[Observable]", **options: Any
) -> Measurement:
    """A classification to a little more than `digits` digits, or to fewer where these are out of reach.

    Errors fall like kappa^-rate, and every decade of kappa has its price. Where the rate, seen in a run with few
    digits, is so small that they would take more than MOST_DECADES decades, `digits` of the result says how many were
    followed. So it does where what is observed depends on the start, so that every digit has to be integrated, and
    that would take more than SHARP_OPERATIONS.
    """
    from litproof.integrate.classification.follow import follow

    if digits > FEW_DIGITS:
        pilot = follow(problem, FEW_DIGITS // 2, observe, **options)
        rate = pilot.details.get("exponent")
        if pilot.converged and isinstance(rate, float) and rate > 0:
            digits = max(FEW_DIGITS, min(digits, int(MOST_DECADES * rate)))
        if pilot.converged and pilot.details.get("depends on the start"):
            digits = _affordable(problem, digits, pilot)
    return replace(follow(problem, digits + 3, observe, **options), digits=digits)
