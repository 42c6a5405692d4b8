"""R5: where the regression flow of an odeco network goes from any real start."""

from fractions import Fraction
from random import Random

from litproof.claims.claim import claim
from litproof.claims.hypotheses import (
    DEEP_COMPONENTS,
    FEWER,
    REAL_COMPONENTS,
    REGRESSION,
    holds,
    real_components,
    real_form,
    reduced_layers,
)
from litproof.claims.types import Answer, Check, Hypothesis, Mutant
from litproof.networks.diagonal import Diagonal
from litproof.predict.regression.coordinates import Kind
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.shared.instances import (
    REFERENCE_X,
    draw_data,
    draw_nonzero,
    draw_odeco,
    draw_targets,
    fixed_and_drawn,
    lift,
    regression,
)
from litproof.theorems.shared.variants import (
    all_doubled,
    first_repeated,
    first_twice,
    from_columns,
    least_squares,
    limit_from,
    pivot_times,
    with_start,
)
from litproof.theorems.ykm import YKM


def _open_gaps(problem: Problem) -> Check:
    for j, known in enumerate(real_components(problem), start=1):
        if known.kind not in (Kind.EQUAL, Kind.OPEN):
            return holds(False, f"the two smallest layers of component {j} start with equal modulus")
    return holds(True)


OPEN_GAPS = Hypothesis("for each j one layer is strictly the smallest: c_{l,j} > 0 for l != p(j)", _open_gaps)


def _tied(problem: Problem) -> Problem | None:
    """All layers of component 1 start with equal modulus, so rho_1 keeps the sign it would have to lose."""
    if problem.odeco is None:
        return None
    rho = predict_regression(problem, 15).details.get("rho")
    if not isinstance(rho, tuple) or not rho[0]:
        return None
    start = reduced_layers(problem)
    for layer in start:
        layer[0] = Fraction(1)
    start[-1][0] = Fraction(-1 if rho[0] > 0 else 1)
    return with_start(problem, start)


def _as_if_open(problem: Problem, digits: int) -> Prediction | None:
    """The formula for c_{l,1} > 0, as if the last layer of component 1 were a little smaller."""
    if problem.odeco is None:
        return None
    start = reduced_layers(problem, scaled=True)
    start[-1][0] = Fraction(7, 8) * start[-1][0]
    return limit_from(real_form(problem), problem, start, digits)


FIXED = (
    regression(
        Diagonal(2, 3),
        "1 2 -1; 1/2 0 1",
        "1 1/2",
        1,
        ["1 3/4 -1/2", "1/4 -1/2 1"],
        "diagonal, L = 2, n = 2, d = 3",
    ),
    regression(
        Diagonal(3, 3),
        "1 -1/2 2",
        "1",
        "1/2",
        ["1 1 3/4", "3/4 -5/4 1", "1/4 1/2 -1/2"],
        "diagonal, L = 3, n = 1, d = 3",
    ),
    regression(
        Diagonal(3, 4),
        REFERENCE_X,
        "1 -1/2",
        "3/2",
        ["1/2 3/4 5/4 1/2", "1 1/4 -1 3/4", "0 1 1/2 -1"],
        "diagonal, L = 3, n = 2, d = 4",
    ),
    regression(
        Diagonal(4, 2),
        "1 1/2",
        "3/4",
        1,
        ["1 1", "3/4 5/4", "1 -3/4", "1/4 1/2"],
        "diagonal, L = 4, n = 1, d = 2",
    ),
)


def _random(seed: int) -> Problem:
    rng = Random(f"unbalanced {seed}")
    network = draw_odeco(rng, 3, 2, 2)
    while True:
        eta = [tuple(draw_nonzero(rng) for _ in range(2)) for _ in range(3)]
        layers = tuple(lift(U, values) for U, values in zip(network.U, eta, strict=True))
        X, y = draw_data(rng, 1, 2), draw_targets(rng, 1)
        drawn = Problem(network, "regression", X, y, Fraction(1), layers, "random odeco, L = 3, n = 1, d = 2")
        if _open_gaps(drawn).answer is Answer.HOLDS:
            return drawn


@claim(
    id="ykm/regression-general-init",
    title="limit of the regression flow from any real start",
    source=f"new; the case of equal layers and v_L(0) = 0 is in {YKM}",
    statement=r"""Let $p(j)$ be the layer with the smallest $|\eta_{l,j}(0)|$ and
        $c_{l,j} = \eta_{l,j}(0)^2 - \eta_{p,j}(0)^2 > 0$ for $l \ne p$. The limit has
        $\mathrm{sgn}_j \, \sigma_j(z_j) = (S X^T \nu)_j$ for some $\nu$, with
        $\sigma_j(z) = \int_{z_j(0)}^z \prod_{l \ne p} (u^2 + c_{l,j})^{-1/2} du$ and
        $\rho_j = \mathrm{sgn}_j \, z_j \prod_{l \ne p} (z_j^2 + c_{l,j})^{1/2}$, $X S^T \rho = y$.""",
    hypotheses=(REGRESSION, REAL_COMPONENTS, DEEP_COMPONENTS, FEWER, OPEN_GAPS),
    instances=fixed_and_drawn(FIXED, _random),
    mutants=(
        Mutant("pivot started at 0", predict=from_columns(pivot_times(0))),
        Mutant("pivot started at -z(0)", predict=from_columns(pivot_times(-1))),
        Mutant("unequal layers taken for equal", predict=from_columns(first_repeated)),
        Mutant("2 alpha in place of alpha", predict=from_columns(all_doubled)),
        Mutant("one more layer", predict=from_columns(first_twice)),
        Mutant("minimum l2 norm", predict=least_squares),
        Mutant("hypothesis violated: c_{l,1} = 0", _as_if_open, _tied),
    ),
    derive="ykm/regression-general-init",
)
def regression_general(problem: Problem, digits: int) -> Prediction:
    """Newton on the dual with the inverse of sigma_j: hyperbolic, elliptic (L = 3), hyperelliptic (L >= 4)."""
    return predict_regression(problem, digits)
