"""K5: the constant with which the loss falls."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import ceil

from litproof.algebra.balls import ball, dyadic
from litproof.algebra.linear import dot
from litproof.claims.claim import claim
from litproof.claims.hypotheses import LAYERED, SEPARABLE, holds
from litproof.claims.types import Check, Hypothesis, Mutant
from litproof.decimals import decimal_log
from litproof.errors import HypothesisError
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision
from litproof.predict.classification.directions import working_bits
from litproof.predict.classification.max_margin import max_margin
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.classification import (
    CLASSIFICATION,
    MODE_GAP,
    TWO_LAYERS,
    classification,
    compare_direction,
    signed_rows,
)
from litproof.theorems.shared.instances import fixed_and_drawn
from litproof.theorems.ykm import YKM
from litproof.theorems.ykm.classification_odeco.claim import UNIQUE, candidates_of, stationary_limit
from litproof.theorems.ykm.fully_connected_max_margin.claim import (
    FIXED as FULLY_CONNECTED,
    random_fully_connected,
)


def _covered(problem: Problem) -> Check:
    network = problem.layered
    if isinstance(network, FullyConnected):
        return holds(True)
    if network.depth != 2 or network.odeco() is None:
        return holds(False, f"a {network.kind} network of depth {network.depth}")
    gap = MODE_GAP.check(problem)
    return gap if gap.detail else UNIQUE.check(problem)


COVERED = Hypothesis(
    "fully connected (any depth, 1 included), or odeco of depth 2 with a unique limit", _covered
)


def measure_pace(problem: Problem, digits: int) -> Measurement:
    """The limit of d(1/loss)/dt / kappa^(2 - 2/L), shape (1,)."""
    from litproof.integrate.classification.follow import follow, pace_of

    measured = follow(problem, digits + 3, (pace_of,))
    size = abs(measured.value[0]) if measured.converged else Fraction(0)
    if size and measured.error > size / 10**digits:  # errors count from 1, and the pace may be much smaller
        measured = follow(problem, digits + 3 + ceil(-decimal_log(size)), (pace_of,))
    return measured


def _pace(
    problem: Problem, digits: int, depth_factor: Fraction, root: Fraction, square: Fraction | None = None
) -> Prediction:
    """depth_factor / size^root, size = ||z||_2^2 (fully connected) or ||rho||_1 (odeco, two layers)."""
    with ball_precision(working_bits(digits + 5)):
        if square is None:
            square = _size(problem, digits)
        value = dyadic(ball(depth_factor) / ball(square) ** ball(root))
    return Prediction((value,), digits, "L / (sum of squares of the limit, one layer)")


def _size(problem: Problem, digits: int) -> Fraction:
    if isinstance(problem.network, FullyConnected):
        z = max_margin(signed_rows(problem)).z
        return dot(z, z)
    objective: Fraction = candidates_of(stationary_limit(problem, digits))[0].details["objective"]
    return objective


def _root(problem: Problem) -> Fraction:
    """||z||_2^(2/L) = (||z||^2)^(1/L); ||rho||_1 as it is."""
    return Fraction(1, problem.layered.depth) if isinstance(problem.network, FullyConnected) else Fraction(1)


def loss_pace(problem: Problem, digits: int) -> Prediction:
    """L^2 / ||w*||^2 with ||w*||^2 = L ||z||_2^{2/L} or L ||rho||_1."""
    return _pace(problem, digits, Fraction(problem.layered.depth), _root(problem))


def _variant(
    factor: Callable[[int], Fraction], root: Callable[[Fraction], Fraction]
) -> Callable[[Problem, int], Prediction]:
    def predict(problem: Problem, digits: int) -> Prediction:
        return _pace(problem, digits, factor(problem.layered.depth), root(_root(problem)))

    return predict


def _other_norm(problem: Problem, digits: int) -> Prediction:
    """l2 in place of l1 of beta's max margin and the other way round."""
    from litproof.predict.classification.l1_margin import l1_margin

    rows = signed_rows(problem)
    if isinstance(problem.network, FullyConnected):
        norm = Fraction(l1_margin(rows).norm)
        return _pace(problem, digits, Fraction(problem.layered.depth), _root(problem), norm * norm)
    z = max_margin(rows).z
    return _pace(problem, digits, Fraction(2), Fraction(1, 2), dot(z, z))


def _without_labels(problem: Problem, digits: int) -> Prediction | None:
    try:
        return loss_pace(replace(problem, y=(Fraction(1),) * len(problem.y)), digits)
    except HypothesisError:
        return None


FIXED = (
    classification(
        FullyConnected(2, ()), "2 1; 1 -1/2; -1 -2", "1 1 -1", 1, ["1 1/2"], "linear, n = 3, d = 2"
    ),
    *FULLY_CONNECTED,
    TWO_LAYERS,
)


@claim(
    id="ykm/classification-loss-rate",
    title="classification: the loss falls like ||w*||^2 / (L^2 t (log t)^{2 - 2/L})",
    source=f"derived here; order of magnitude: K. Lyu, J. Li, ICLR 2020, arXiv 1906.05890; setting of {YKM}",
    statement=r"""$\kappa^{2/L - 2} \frac{d}{dt} \frac{1}{\mathcal L} \to L^2 / \|w^*\|^2$, $w^*$ the limit of
        $\theta / \kappa^{1/L}$: $\|w^*\|^2 = L \|z\|_2^{2/L}$ for fully connected networks, $z$ the
        max-margin vector with margin 1, and $L \|\rho\|_1$ for two-layer odeco networks.""",
    hypotheses=(CLASSIFICATION, LAYERED, SEPARABLE, COVERED),
    instances=fixed_and_drawn(FIXED, random_fully_connected),
    measure=measure_pace,
    entries=lambda problem: (r"\lim \kappa^{2/L-2} \frac{d}{dt} \frac{1}{\mathcal L}",),
    compare=compare_direction,
    mutants=(
        Mutant("L + 1 in place of L", _variant(lambda L: Fraction(L + 1), lambda r: r)),
        Mutant("L^2 in place of L", _variant(lambda L: Fraction(L * L), lambda r: r)),
        Mutant("||z||^{1/L} in place of ||z||^{2/L}", _variant(Fraction, lambda r: r / 2)),
        Mutant("norm of depth L + 1", _variant(Fraction, lambda r: r / (r + 1))),
        Mutant("the other norm", _other_norm),
        Mutant("labels dropped", _without_labels),
    ),
    derive="ykm/classification-rates",
)
def classification_loss_rate(problem: Problem, digits: int) -> Prediction:
    """From the exact max margin."""
    return loss_pace(problem, digits)
