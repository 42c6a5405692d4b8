"""Where the direction of a classification flow goes: theory and the flow itself, put side by side.

The evidence is *certified* where a theorem whose hypotheses were decided on the exact start names the limit
(`certify.classification.direction`), or where the flow is proved to enter a region that it cannot leave
(`trapping_region`); the flow is followed beside it where that takes a few seconds, `limits.beside`, and must meet the
enclosure.
Elsewhere it is *agreed* when prediction and flow, or two runs of the flow, agree to all digits asked for.
"""

from dataclasses import replace
from fractions import Fraction
from math import prod
from time import perf_counter
from typing import TYPE_CHECKING

from litproof.algebra.balls import ball
from litproof.algebra.separation import separate
from litproof.deadline import OutOfTime
from litproof.errors import HypothesisError, Inconclusive, InputError, Outcome, Unreachable
from litproof.flow.monomials import homogeneous_terms
from litproof.flow.orthogonal_form import layered_equivalent, layers_of
from litproof.integrate.budget import SECOND
from litproof.integrate.estimate import (
    FEW_SECONDS,
    MOST_DIRECTION,
    MOST_OPERATIONS,
    classification_run,
    run_in_words,
)
from litproof.limits.beside import classification_beside
from litproof.limits.estimate import Estimate, distance, proved, residual_of
from litproof.networks.base import MultilinearNetwork
from litproof.networks.convolutional import Convolutional
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision
from litproof.predict.classification.limit import is_large_and_complex
from litproof.predict.classification.modes import smallest_layers
from litproof.predict.regression.reduction import reduced_start
from litproof.problem import Problem
from litproof.results import Evidence, Measurement, Prediction
from litproof.text import few

if TYPE_CHECKING:
    from litproof.certify.regression.enclosure import Enclosure

STUCK_DIGITS = 6
STUCK_STEPS = 80
"""How far a flow is followed that provably keeps a loss of 1 or more."""

_TWO_RUNS = 8
"""Two runs, stage equations solved to all digits: where no theorem names the limit."""

TRAP_OPERATIONS = 20 * SECOND
"""Budget of the proof of a region; beyond, the evidence falls back to *agreed*."""


def find_direction(problem: Problem, digits: int, *, follow: bool = False) -> Estimate:
    """Follow the flow; compare with the proof, the prediction or, where no theorem applies, a second integration.

    Parameters
    ----------
    digits : digits of the unit vector. follow : follow a flow whose limit is proved however long it takes.

    Raises
    ------
    InputError : the data are not separable (with the weights that prove it).
    Inconclusive : the loss does not fall below 1 (with the weights that prove it, where it is proved), or the budget
        is used up before the direction settles.
    """
    require_separable(problem)
    if not isinstance(problem.network, MultilinearNetwork):
        homogeneous_terms(problem.network)
    theory = layered_equivalent(problem)
    if theory is None:
        return _direction(problem, problem, digits, follow)
    direction = _direction(problem, theory, digits, follow)
    layers = f"found in other coordinates: {len(theory.v)} orthogonal layers"
    return replace(direction, methods=(f"{layers}; {direction.methods[0]}", *direction.methods[1:]))


def _direction(problem: Problem, theory: Problem, digits: int, follow: bool) -> Estimate:
    """The flow of `problem` beside what is known of `theory`: itself, or what it is in other coordinates."""
    from litproof.integrate.classification.follow import follow_direction

    started = perf_counter()
    proof, unproved = _proof(theory, digits)
    if proof is not None:
        done = perf_counter()

        def sharper(flow: Measurement) -> float | None:
            """Rounding may have led it off a set that the exact flow never leaves."""
            gap, allowed = distance(proof, flow, Fraction(1))
            agrees = flow.converged and gap <= allowed
            return None if agrees or not _delicate(theory) else _exactly(digits)

        beside = classification_beside(problem, digits, sharper, follow=follow)
        parts = {"proof": done - started, "flow": perf_counter() - done}
        return replace(proved(problem, proof, beside, Fraction(1)), parts=parts)
    if not follow:
        _require_few_unknowns(problem, theory, digits, unproved)
    flow = follow_direction(problem, digits, newton=_newton(theory, digits))
    try:
        return _compared(problem, theory, digits, flow, unproved)
    except OutOfTime as cut:
        if not flow.converged:
            raise
        return Estimate(
            value=flow.value,
            error=flow.error,
            evidence=Evidence.NUMERIC,
            methods=(f"compared with nothing: {cut}", flow.method),
            measurement=flow,
            gap=Fraction(0),
            allowed=flow.error,
            residual=residual_of(problem, flow.value),
        )


def _compared(problem: Problem, theory: Problem, digits: int, flow: Measurement, unproved: str) -> Estimate:
    """The flow beside the prediction or a second run, whichever there is.

    `theory` is the problem itself, or the network of layers that it is in other coordinates.
    """
    theory_flow = flow if theory is problem else replace(flow, parameters=layers_of(problem, flow.parameters))
    prediction, obstacle = _prediction(theory, digits, theory_flow)
    if not flow.converged:
        raise Inconclusive(
            f"no limit direction was reached: {flow.reason}{obstacle and f'; theory: {obstacle}'}",
            outcome=flow.outcome,
        )
    settled = prediction is not None and prediction.details.get("unique") is not False
    if prediction is not None and settled:
        value, method, slack = prediction.value, prediction.method, Fraction(1, 10 ** (digits + 2))
    else:
        value, method, slack = _second_run(problem, digits, flow)
        method += f"; {_deviation(theory, prediction, obstacle, theory_flow)}"
    method += f"; not proved: {unproved}"
    gap = max(abs(a - b) for a, b in zip(value, flow.value, strict=True))
    agreed = gap + (0 if settled else slack) <= Fraction(1, 10**digits)
    best, error = (value, slack) if slack < flow.error else (flow.value, flow.error)
    return Estimate(
        value=best,
        error=error,
        evidence=Evidence.AGREED if agreed else Evidence.NUMERIC,
        methods=(method, flow.method),
        measurement=flow,
        gap=gap,
        allowed=2 * (flow.error + slack),
        residual=residual_of(problem, best),
    )


def _proof(problem: Problem, digits: int) -> tuple["Enclosure | None", str]:
    """The enclosure from the exact start, or None and the reason why there is none."""
    from litproof.certify.classification.direction import enclose_direction
    from litproof.certify.classification.trapping_region import trap_direction

    try:
        if _may_be_trapped(problem):
            return trap_direction(problem, digits, operations=TRAP_OPERATIONS), ""
        return enclose_direction(problem, digits), ""
    except Unreachable as proof:
        raise _stuck(problem, proof) from None
    except (HypothesisError, Inconclusive) as error:
        return None, str(error)


def _stuck(problem: Problem, proof: Unreachable) -> Inconclusive:
    """What is said of a flow that provably keeps a loss of 1 or more: it is followed for a while, to see it."""
    from litproof.integrate.classification.follow import follow_direction

    if classification_run(problem, STUCK_DIGITS) > FEW_SECONDS:
        raise Inconclusive(
            f"no limit direction: {proof}; too large to be followed", outcome=Outcome.UNREACHABLE
        )
    flow = follow_direction(problem, STUCK_DIGITS, newton=_exactly(STUCK_DIGITS), max_steps=STUCK_STEPS)
    reason = (
        "followed in rounded arithmetic it leaves the set that it never leaves"
        if flow.converged
        else flow.reason
    )
    return Inconclusive(
        f"no limit direction: {proof}; the flow itself: {reason}", outcome=Outcome.UNREACHABLE
    )


def _may_be_trapped(problem: Problem) -> bool:
    return problem.real_odeco is not None and problem.layered.depth >= 3


def _require_few_unknowns(problem: Problem, theory: Problem, digits: int, unproved: str) -> None:
    """Inconclusive, at once, where following the flow would take longer than anybody waits for it unasked."""
    runs = 1 if _has_one_prediction(theory) else _TWO_RUNS
    operations = runs * classification_run(problem, digits)
    if operations > MOST_DIRECTION:
        long = "more than 10 minutes" if operations > MOST_OPERATIONS else "a minute or more"
        raise Inconclusive(
            f"not proved: {unproved}; not followed, as {run_in_words(problem, digits)} takes {long} by its sizes "
            "(--follow follows it; fewer digits take less)"
        )


def _has_one_prediction(problem: Problem) -> bool:
    """Whether theory names the limit, so that one run is compared with it; an l1 max margin need not be unique."""
    network = problem.network
    if isinstance(network, FullyConnected):
        return True
    if isinstance(network, Convolutional) and network.is_complex:
        return (network.depth == 2 or len(problem.X) == 1) and not is_large_and_complex(problem)
    if not isinstance(network, MultilinearNetwork):
        return False
    if network.depth == 2:
        return problem.odeco is None and len(problem.X) == 1
    return problem.odeco is not None


def _prediction(problem: Problem, digits: int, flow: Measurement) -> tuple[Prediction | None, str]:
    from litproof.predict.classification.limit import predict_direction

    try:
        return predict_direction(problem, digits + 5, near=flow.parameters if flow.converged else None), ""
    except (HypothesisError, Inconclusive) as error:
        return None, str(error)


def _newton(problem: Problem, digits: int) -> float:
    """How far stage equations are solved."""
    from litproof.integrate.classification.steps import Settings

    return _exactly(digits) if _delicate(problem) else Settings.newton


def _delicate(problem: Problem) -> bool:
    """Whether rounding could lead the flow elsewhere: many stationary points, or coordinates that keep a sign."""
    if is_large_and_complex(problem):
        return True
    form = problem.odeco
    if form is None or problem.layered.depth == 1:
        return False
    if problem.layered.depth >= 3:
        return True
    try:
        smallest_layers(form, problem.v0)
    except HypothesisError:
        return True
    return False


def _exactly(digits: int) -> float:
    """Stage equations solved to all digits: a subspace that the exact flow never leaves is not left by rounding."""
    return float(10.0 ** -(digits + 30))


def _second_run(
    problem: Problem, digits: int, flow: Measurement
) -> tuple[tuple[Fraction, ...], str, Fraction]:
    """The direction by another method: fewer stages, a sharper tolerance, stage equations solved to all digits.

    Raises Inconclusive when it contradicts the first run: then a subspace that the exact flow never leaves was
    left by rounding in one of them.
    """
    from litproof.integrate.classification.follow import follow_direction

    second = follow_direction(problem, digits, stages=8, tolerance=3e-9, newton=_exactly(digits))
    if not second.converged:
        return flow.value, f"second run gave up: {second.reason}", Fraction(1)
    gap = max(abs(a - b) for a, b in zip(second.value, flow.value, strict=True))
    if gap > 2 * (flow.error + second.error):
        raise Inconclusive(
            f"two runs of the flow end at directions that differ by {float(gap):.1e}: the start seems to lie on a "
            "set that the exact flow never leaves but rounding does; change it slightly"
        )
    return second.value, f"second run, {second.method}", second.error


def _deviation(problem: Problem, prediction: Prediction | None, obstacle: str, flow: Measurement) -> str:
    if prediction is None:
        return f"no prediction ({obstacle})"
    reason = "the predicted problem has many solutions, the start picks one"
    excess = _excess(problem, flow, prediction)
    return reason if excess is None else f"{reason}; its norm exceeds the least by {excess:.1e} of it"


def _excess(problem: Problem, flow: Measurement, prediction: Prediction) -> float | None:
    """||rho||_1 of the flow, scaled to margin 1, over the least norm, minus 1: 0 for a solution."""
    form, least = problem.odeco, prediction.details.get("objective")
    if form is None or not form.is_real or not isinstance(least, Fraction) or not least:
        return None
    eta = [reduced_start(U, layer, form.rank) for U, layer in zip(form.U, flow.parameters, strict=True)]
    with ball_precision(4 * flow.digits + 128):
        rho = [ball(prod(entries)) for entries in zip(*eta, strict=True)]
        norm = sum((abs(r) for r in rho), ball(0))
        beta = [
            sum((ball(s[z]) * r for s, r in zip(form.S, rho, strict=True)), ball(0))
            for z in range(len(form.S[0]))
        ]
        margins = [
            sum((ball(x) * b for x, b in zip(row, beta, strict=True)), ball(0)) for row in problem.signed_rows
        ]
        return float(norm / min(margins, key=float) / ball(least) - 1)


def require_separable(problem: Problem) -> None:
    """InputError, with weights that prove it, for data that are not separable."""
    weights = separate(problem.signed_rows).weights
    if weights is not None:
        raise InputError(
            f"the data are not separable: the points y_i x_i with weights ({few(weights)}) add up to 0",
            key="data",
            source=problem.name,
        )
