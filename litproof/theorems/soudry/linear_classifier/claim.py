"""One layer: the maximum margin times log(1/loss), and Soudry's second term."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.balls import ball, dyadic
from litproof.algebra.linear import rank, solve_exact
from litproof.claims.claim import claim
from litproof.claims.depiction import numbered
from litproof.claims.hypotheses import LINEAR_MODEL, SEPARABLE, holds
from litproof.claims.types import Check, Hypothesis, Mutant
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision
from litproof.predict.classification.directions import unit, working_bits
from litproof.predict.classification.max_margin import MaxMargin, max_margin
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.classification import (
    CLASSIFICATION,
    classification,
    compare_direction,
    draw_separable,
    signed_rows,
)
from litproof.theorems.shared.instances import draw_fraction, fixed_and_drawn

SOUDRY = (
    "D. Soudry, E. Hoffer, M. S. Nacson, S. Gunasekar, N. Srebro, The Implicit Bias of Gradient Descent on "
    "Separable Data, JMLR 19 (2018), arXiv 1710.10345"
)


def _full_support(problem: Problem) -> Check:
    rows = signed_rows(problem)
    optimum = max_margin(rows)
    active = [rows[i] for i in optimum.support]
    square = len(active) == rank(active) == problem.network.input_dim
    return holds(square and all(optimum.p[i] for i in optimum.support), f"{len(active)} points on the margin")


FULL_SUPPORT = Hypothesis(
    "as many independent points on the margin as inputs, all with positive weight", _full_support
)


MOST_DIGITS = 100
"""The second term hides behind a first one that is larger by as many digits, so that twice as many are followed."""


def measure_expansion(problem: Problem, digits: int) -> Measurement:
    """beta/||beta|| and the limit of beta - kappa (limit of beta/kappa), from two late points; at most MOST_DIGITS."""
    from litproof.integrate.classification.samples import sample_path

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
        unproved=f"extrapolated from two points, the later at kappa = 1e{first + 4}: the rest has no bound",
    )


def _entries(problem: Problem) -> tuple[str, ...]:
    d = problem.network.input_dim
    return (*numbered(r"(\beta/\|\beta\|)", d), *numbered(r"\lim(\beta - \kappa \hat\beta)", d))


def _expansion(
    problem: Problem,
    digits: int,
    log_term: Callable[[MaxMargin], Sequence[Fraction]] | None = None,
    sign: int = -1,
) -> Prediction:
    rows = signed_rows(problem)
    optimum = max_margin(rows)
    active = [rows[i] for i in optimum.support]
    with ball_precision(working_bits(2 * digits + 10)):
        weights = log_term(optimum) if log_term else [optimum.p[i] for i in optimum.support]
        # a point that occurs c times has c times the weight of one: its margin is kappa - log(p / c)
        copies = Counter(problem.signed_rows)
        right = [sign * dyadic((ball(p) / copies[row]).log()) for p, row in zip(weights, active, strict=True)]
    second = solve_exact(active, right)
    assert second is not None
    value = (*unit(optimum.z, digits + 5), *second)
    return Prediction(value, digits, "max margin and A^{-1} (-log p)")


def _mutant(name: str, change: Callable[[MaxMargin], Sequence[Fraction]], sign: int = -1) -> Mutant:
    return Mutant(name, lambda problem, digits: _expansion(problem, digits, change, sign))


def _shares(optimum: MaxMargin) -> list[Fraction]:
    return [optimum.p[i] for i in optimum.support]


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


@claim(
    id="soudry/linear-classifier",
    title="one layer: max margin times log(1/loss), plus a fixed second term",
    source=SOUDRY,
    statement=r"""For $L = 1$, with $\hat z$ the $\ell_2$ max-margin vector of margin 1 and
        $\kappa = -\log \mathcal L$ (so that $\kappa \sim \log t$): $\beta(t) = \kappa \hat z + \tilde z + o(1)$,
        hence $\beta/\|\beta\|$ reaches its limit like $1/\log t$. Where the points on the margin span the space,
        $y_i x_i^T \tilde z = -\log p_i$ for each of them, $p$ the weights of the max margin with sum 1.""",
    hypotheses=(CLASSIFICATION, LINEAR_MODEL, SEPARABLE, FULL_SUPPORT),
    instances=fixed_and_drawn(LINEAR, random_linear),
    measure=measure_expansion,
    entries=_entries,
    depict=lambda problem, prediction, measurement, paths: (),
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
