"""R5 with ties: where the regression flow goes from balanced starts, v_1 = v_2 = .. among them."""

from fractions import Fraction
from random import Random

from litproof.algebra.balls import Exact
from litproof.algebra.linear import dot
from litproof.claims.claim import claim
from litproof.claims.hypotheses import (
    DEEP_COMPONENTS,
    FEWER,
    REACHABLE,
    REAL_COMPONENTS,
    REGRESSION,
    holds,
    real_components,
)
from litproof.claims.types import Check, Hypothesis, Mutant
from litproof.networks.diagonal import Diagonal
from litproof.networks.polynomial import PolynomialNetwork
from litproof.predict.regression.coordinates import Kind, coordinate
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.shared.instances import draw_data, draw_nonzero, fixed_and_drawn, regression
from litproof.theorems.shared.variants import (
    Column,
    all_doubled,
    first_twice,
    from_columns,
    least_squares,
    pivot_times,
)


def _tied(problem: Problem) -> Check:
    kinds = [known.kind for known in real_components(problem)]
    if Kind.FROZEN in kinds:
        return holds(
            False, f"two layers of component {kinds.index(Kind.FROZEN) + 1} start at zero and stay there"
        )
    return holds(
        any(kind in (Kind.TIED, Kind.HALF) for kind in kinds),
        "in every component one layer is strictly the smallest",
    )


TIES = Hypothesis(
    "in some component the two smallest layers start with equal modulus, none of them at 0", _tied
)


def _ties_loosened(column: Column) -> list[Exact]:
    """The last of the smallest layers a little smaller, as if it were no tie."""
    pivot = coordinate(column).pivot
    return [Fraction(7, 8) * value if l == pivot else value for l, value in enumerate(column)]


FIXED = (
    regression(
        Diagonal(2, 3),
        "1 2 1/2; 1/2 -1 1",
        "2 1/2",
        1,
        ["1 3/4 1/2", "1 3/4 1/2"],
        "diagonal, L = 2, v_1 = v_2, d = 3",
    ),
    regression(
        Diagonal(3, 3),
        "1 1/2 1",
        "2",
        "3/4",
        ["1 1 1/2", "1 -1 1/2", "1 -1 1"],
        "diagonal, L = 3, all and some layers equal",
    ),
    regression(
        PolynomialNetwork.of(["u[2]", "v[2]"], ["u[j]^3 - v[j]^3"], 2),
        "1 1/2",
        "3/4",
        1,
        ["1 3/4", "1/2 1"],
        "u^3 - v^3",
    ),
    regression(
        PolynomialNetwork.of(["u[2]", "v[2]"], ["u[j]^2*v[j]"], 2),
        "1 1/2",
        "3/4",
        1,
        ["1/2 1", "1 3/4"],
        "u^2 v, shared weights",
    ),
)


def _random(seed: int) -> Problem:
    """Targets of an interpolator with the signs of the start."""
    rng = Random(f"balanced {seed}")
    depth, d = rng.randint(2, 4), 3
    first = tuple(draw_nonzero(rng) for _ in range(d))
    layers = tuple(tuple(rng.choice((-1, 1)) * value for value in first) for _ in range(depth))
    X = draw_data(rng, 2, d)
    rho = [abs(draw_nonzero(rng)) for _ in range(d)]
    for layer in layers:
        rho = [value if entry > 0 else -value for value, entry in zip(rho, layer, strict=True)]
    y = tuple(dot(row, rho) for row in X)
    return Problem(
        Diagonal(depth, d), "regression", X, y, Fraction(1), layers, f"random diagonal, L = {depth}, balanced"
    )


@claim(
    id="ykm/regression-balanced-init",
    title="limit of the regression flow from balanced starts",
    source="new; equal layers: Woodworth et al. 2020 (arXiv 2002.09277), Chou, Maly, Rauhut 2023 (arXiv 2112.11027)",
    statement=r"""Let the smallest $|\eta_{l,j}(0)|$ of some component be reached in two layers or more and be
        positive: $c_{l,j} = \eta_{l,j}(0)^2 - z_j(0)^2 \ge 0$ vanishes for some $l \ne p(j)$, and $z_j$ keeps its sign.
        If some interpolator has strictly the signs that the start allows, the limit is given by the formulas of
        R5: $\mathrm{sgn}_j \, \sigma_j(z_j) = (S X^T \nu)_j$ for some $\nu$, $\sigma_j(z) =
        \int_{z_j(0)}^z \prod_{l \ne p} (u^2 + c_{l,j})^{-1/2} du$ on the half line of $z_j(0)$, $X S^T \rho = y$.""",
    hypotheses=(REGRESSION, REAL_COMPONENTS, DEEP_COMPONENTS, FEWER, TIES, REACHABLE),
    instances=fixed_and_drawn(FIXED, _random),
    mutants=(
        Mutant("ties taken for a gap", predict=from_columns(_ties_loosened)),
        Mutant("pivot started at 2 z(0)", predict=from_columns(pivot_times(2))),
        Mutant("2 alpha in place of alpha", predict=from_columns(all_doubled)),
        Mutant("one more layer", predict=from_columns(first_twice)),
        Mutant("minimum l2 norm", predict=least_squares),
    ),
)
def regression_balanced(problem: Problem, digits: int) -> Prediction:
    """Newton on the dual with the inverse of sigma_j on its half line."""
    return predict_regression(problem, digits)
