"""K5: the constant with which the loss falls; L = 1: Soudry's expansion with its second term."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.balls import ball, dyadic
from litproof.algebra.linear import rank
from litproof.claims.claim import Check, Hypothesis, Instance, Mutant, claim
from litproof.claims.hypotheses import ONE_LAYER, holds
from litproof.errors import HypothesisError
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision
from litproof.predict.classification.directions import unit, working_bits
from litproof.predict.classification.max_margin import MaxMargin, max_margin
from litproof.predict.regression.linear_model import dot, solve_exact
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.classification import (
    CLASSIFICATION,
    MODE_GAP,
    SEPARABLE,
    TWO_LAYERS,
    classification,
    compare_direction,
    draw_separable,
    signed_rows,
)
from litproof.theorems.shared.instances import draw_fraction, instance
from litproof.theorems.ykm import YKM
from litproof.theorems.ykm.classification_odeco.claim import UNIQUE, candidates_of, stationary_limit
from litproof.theorems.ykm.fully_connected_max_margin.claim import FIXED as FULLY_CONNECTED
from litproof.theorems.ykm.fully_connected_max_margin.claim import random_fully_connected

SOUDRY = (
    "D. Soudry, E. Hoffer, M. S. Nacson, S. Gunasekar, N. Srebro, The Implicit Bias of Gradient Descent on "
    "Separable Data, JMLR 19 (2018), arXiv 1710.10345"
)


def _covered(problem: Problem) -> Check:
    network = problem.network
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

    return follow(problem, digits + 3, (pace_of,))


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
    return candidates_of(stationary_limit(problem, digits))[0].details["objective"]  # type: ignore[return-value]


def _root(problem: Problem) -> Fraction:
    """||z||_2^(2/L) = (||z||^2)^(1/L); ||rho||_1 as it is."""
    return Fraction(1, problem.network.depth) if isinstance(problem.network, FullyConnected) else Fraction(1)


def loss_pace(problem: Problem, digits: int) -> Prediction:
    """L^2 / ||w*||^2 with ||w*||^2 = L ||z||_2^{2/L} or L ||rho||_1."""
    return _pace(problem, digits, Fraction(problem.network.depth), _root(problem))


def _variant(
    factor: Callable[[int], Fraction], root: Callable[[Fraction], Fraction]
) -> Callable[[Problem, int], Prediction]:
    def predict(problem: Problem, digits: int) -> Prediction:
        return _pace(problem, digits, factor(problem.network.depth), root(_root(problem)))

    return predict


def _other_norm(problem: Problem, digits: int) -> Prediction:
    """l2 in place of l1 of beta's max margin and the other way round."""
    from litproof.predict.classification.l1_margin import l1_margin

    rows = signed_rows(problem)
    if isinstance(problem.network, FullyConnected):
        norm = Fraction(l1_margin(rows).norm)
        return _pace(problem, digits, Fraction(problem.network.depth), _root(problem), norm * norm)
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


def _loss_instances(seed: int) -> tuple[Instance, ...]:
    return (*map(instance, FIXED), instance(random_fully_connected(seed), seed))


@claim(
    id="ykm/classification-loss-rate",
    title="classification: the loss falls like ||w*||^2 / (L^2 t (log t)^{2 - 2/L})",
    source=f"derived here; order of magnitude: K. Lyu, J. Li, ICLR 2020, arXiv 1906.05890; setting of {YKM}",
    statement=r"""$\kappa^{2/L - 2} \frac{d}{dt} \frac{1}{\mathcal L} \to L^2 / \|w^*\|^2$, $w^*$ the limit of
        $\theta / \kappa^{1/L}$: $\|w^*\|^2 = L \|z\|_2^{2/L}$ for fully connected networks, $z$ the
        max-margin vector with margin 1, and $L \|\rho\|_1$ for two-layer odeco networks.""",
    hypotheses=(CLASSIFICATION, SEPARABLE, COVERED),
    instances=_loss_instances,
    measure=measure_pace,
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


def _full_support(problem: Problem) -> Check:
    rows = signed_rows(problem)
    found = max_margin(rows)
    active = [rows[i] for i in found.support]
    square = len(active) == rank(active) == problem.network.input_dim
    return holds(square and all(found.p[i] for i in found.support), f"{len(active)} points on the margin")


FULL_SUPPORT = Hypothesis(
    "as many independent points on the margin as inputs, all with positive weight", _full_support
)
IDENTITY = Hypothesis(
    "beta = v_1",
    lambda p: holds(isinstance(p.network, Diagonal | FullyConnected), f"a {p.network.kind} network"),
)


MOST_DIGITS = 100
"""The second term hides behind a first one that is larger by as many digits, so that twice as many are followed."""


def measure_expansion(problem: Problem, digits: int) -> Measurement:
    """beta/||beta|| and the limit of beta - kappa (limit of beta/kappa), from two late points; at most MOST_DIGITS."""
    from litproof.integrate.classification.follow import sample_path

    digits = min(digits, MOST_DIGITS)
    first = digits + 6
    # beta itself is wanted to all digits: far below the speed of beta/kappa, the unit of corrections
    a, b = sample_path(problem, 2 * digits + 10, (first, first + 4), newton=10.0 ** -(digits + 8))
    slope = 1 / Fraction(10) ** first - 1 / Fraction(10) ** (first + 4)
    residual = tuple((x - y) / slope for x, y in zip(a.scaled, b.scaled, strict=True))
    return Measurement(
        value=(*b.direction, *residual),
        parameters=(),
        error=Fraction(1, 10 ** (digits + 2)),
        residual=Fraction(0),
        clock={"kappa": f"1e{first + 4}"},
        digits=digits,
        method="two points of the flow",
    )


def _expansion(
    problem: Problem,
    digits: int,
    log_term: Callable[[MaxMargin], Sequence[Fraction]] | None = None,
    sign: int = -1,
) -> Prediction:
    rows = signed_rows(problem)
    found = max_margin(rows)
    active = [rows[i] for i in found.support]
    with ball_precision(working_bits(2 * digits + 10)):
        weights = log_term(found) if log_term else [found.p[i] for i in found.support]
        right = [sign * dyadic(ball(p).log()) for p in weights]
    second = solve_exact(active, right)
    assert second is not None
    value = (*unit(found.z, digits + 5), *second)
    return Prediction(value, digits, "max margin and A^{-1} (-log p)")


def _mutant(name: str, change: Callable[[MaxMargin], Sequence[Fraction]], sign: int = -1) -> Mutant:
    return Mutant(name, lambda problem, digits: _expansion(problem, digits, change, sign))


def _shares(found: MaxMargin) -> list[Fraction]:
    return [found.p[i] for i in found.support]


def _mean(problem: Problem, digits: int) -> Prediction:
    true = _expansion(problem, digits)
    d = problem.network.input_dim
    mean = [sum(column, Fraction(0)) for column in zip(*signed_rows(problem), strict=True)]
    return replace(true, value=(*unit(mean, digits + 5), *true.value[d:]))


def _no_second_term(problem: Problem, digits: int) -> Prediction:
    true = _expansion(problem, digits)
    d = problem.network.input_dim
    return replace(true, value=(*true.value[:d], *(Fraction(0),) * d))


LINEAR = (
    classification(FullyConnected(2, ()), "2 1; 1 -1/2; -1 -2", "1 1 -1", 1, ["1 1/2"], "n = 3, d = 2"),
    classification(Diagonal(1, 2), "1 3; 2 -1/2; 4 4", "1 1 1", 1, ["0 0"], "n = 3, d = 2, from zero"),
)


def random_linear(seed: int) -> Problem:
    """Three points in the plane, two of them on the margin."""
    rng = Random(f"soudry {seed}")
    while True:
        X, y = draw_separable(rng, 3, 2)
        start = (tuple(draw_fraction(rng) for _ in range(2)),)
        drawn = Problem(Diagonal(1, 2), "classification", X, y, Fraction(1), start, "random, n = 3, d = 2")
        if not _full_support(drawn).detail:
            return drawn


def _linear_instances(seed: int) -> tuple[Instance, ...]:
    return (*map(instance, LINEAR), instance(random_linear(seed), seed))


@claim(
    id="soudry/linear-classifier",
    title="one layer: max margin times log(1/loss), plus a fixed second term",
    source=SOUDRY,
    statement=r"""For $L = 1$, with $\hat z$ the $\ell_2$ max-margin vector of margin 1 and
        $\kappa = -\log \mathcal L$ (so that $\kappa \sim \log t$): $\beta(t) = \kappa \hat z + \tilde z + o(1)$,
        hence $\beta/\|\beta\|$ reaches its limit like $1/\log t$. Where the points on the margin span the space,
        $y_i x_i^T \tilde z = -\log p_i$ for each of them, $p$ the weights of the max margin with sum 1.""",
    hypotheses=(CLASSIFICATION, ONE_LAYER, IDENTITY, SEPARABLE, FULL_SUPPORT),
    instances=_linear_instances,
    measure=measure_expansion,
    compare=compare_direction,
    mutants=(
        _mutant("log p in place of -log p", _shares, 1),
        _mutant("weights 1/n in place of p", lambda f: [Fraction(1, len(f.support))] * len(f.support)),
        _mutant("p^2 in place of p", lambda f: [p * p for p in _shares(f)]),
        Mutant("no second term", _no_second_term),
        Mutant("mean in place of the max margin", _mean),
    ),
    derive="ykm/classification-rates",
)
def linear_classifier(problem: Problem, digits: int) -> Prediction:
    """Exact support vectors and weights; one linear system for the second term."""
    return _expansion(problem, digits)
