"""K2: a fully connected network on separable data goes to the l2 max-margin direction."""

from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.linear import distance, minimum_norm, rank
from litproof.claims.claim import claim
from litproof.claims.hypotheses import DEEP, FULLY_CONNECTED, SEPARABLE
from litproof.claims.types import Mutant
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.predict.classification.directions import unit
from litproof.predict.classification.l1_margin import l1_margin
from litproof.predict.classification.max_margin import max_margin
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.shared.classification import (
    CLASSIFICATION,
    WIDTH_TWO,
    classification,
    compare_direction,
    draw_separable,
    measure_direction,
    signed_rows,
    where_defined,
)
from litproof.theorems.shared.instances import draw_fraction, fixed_and_drawn
from litproof.theorems.ykm import YKM


def l2_direction(problem: Problem, digits: int) -> Prediction:
    """The l2 max-margin direction, exact up to the norm."""
    z = max_margin(signed_rows(problem)).z
    return Prediction(unit(z, digits + 5), digits, "l2 max-margin, exact active set")


def l1_direction(problem: Problem, digits: int) -> Prediction:
    """The l1 max-margin direction of the data as they are."""
    optimum = l1_margin(signed_rows(problem))
    return Prediction(unit(optimum.rho, digits + 5), digits, "l1 max-margin", {"unique": optimum.unique})


def mean_direction(problem: Problem, digits: int) -> Prediction:
    """sum_i y_i x_i."""
    columns = zip(*signed_rows(problem), strict=True)
    return Prediction(unit([sum(c, Fraction(0)) for c in columns], digits + 5), digits, "mean")


def every_point_supports(problem: Problem, digits: int) -> Prediction | None:
    """Least norm with margin exactly 1 at every point; None for dependent points."""
    rows = signed_rows(problem)
    if rank(rows) < len(rows):
        return None
    z = minimum_norm(rows, (Fraction(1),) * len(rows))
    return Prediction(unit(z, digits + 5), digits, "least norm, all margins 1")


def without_labels(problem: Problem, digits: int) -> Prediction:
    """The max-margin direction of the points with label 1 for all."""
    return l2_direction(replace(problem, y=(Fraction(1),) * len(problem.y)), digits)


def first_support_dropped(problem: Problem, digits: int) -> Prediction | None:
    """The max-margin direction of the other points; None for a single point."""
    rows = signed_rows(problem)
    first = next(i for i, weight in enumerate(max_margin(rows).p) if weight)
    others = rows[:first] + rows[first + 1 :]
    if not others:
        return None
    return l2_direction(replace(problem, X=others, y=(Fraction(1),) * len(others)), digits)


def _diagonal(problem: Problem) -> Problem | None:
    """The same data seen by a diagonal network of two layers; None where l1 and l2 agree or l1 is degenerate."""
    try:
        sparse = l1_direction(problem, 10)
    except ArithmeticError:
        return None
    if not l1_margin(signed_rows(problem)).strict:
        return None
    if distance(sparse.value, l2_direction(problem, 10).value) < 1e-3:
        return None
    d = problem.network.input_dim
    start = ((Fraction(1),) * d, (Fraction(1, 4),) * d)
    return replace(problem, network=Diagonal(2, d), scale=Fraction(1), v=start)


FIXED = (
    WIDTH_TWO,
    classification(
        FullyConnected(2, (2, 2)),
        "2 1; 1 -1/2; -1 -2",
        "1 1 -1",
        "3/4",
        ["1 1/2 -1/4 1", "1 0 1/3 1", "1 1/2"],
        "fully connected, 2-2-2-1, n = 3",
    ),
)


def random_fully_connected(seed: int) -> Problem:
    """Two or three separable points in space, two layers of width one to three."""
    rng = Random(f"max margin {seed}")
    d, n, width = 3, rng.randint(2, 3), rng.randint(1, 3)
    X, y = draw_separable(rng, n, d)
    layers = (
        tuple(draw_fraction(rng, -4, 4) for _ in range(d * width)),
        tuple(draw_fraction(rng, 1, 4) for _ in range(width)),
    )
    name = f"random fully connected, {d}-{width}-1, n = {n}"
    return Problem(FullyConnected(d, (width,)), "classification", X, y, Fraction(1), layers, name)


@claim(
    id="ykm/fully-connected-max-margin",
    title="fully connected classification: the l2 max-margin direction",
    source=f"{YKM}: implicit bias of linear fully-connected networks, separable classification",
    statement=r"""If the loss of a fully connected network falls below 1, $\beta(t) / \|\beta(t)\|_2$ converges to the
        direction of $\mathrm{argmin}\, \|z\|_2^2$ subject to $y_i x_i^T z \ge 1$, whatever the depth,
        the widths and the start.""",
    hypotheses=(CLASSIFICATION, DEEP, FULLY_CONNECTED, SEPARABLE),
    instances=fixed_and_drawn(FIXED, random_fully_connected),
    measure=measure_direction,
    compare=compare_direction,
    mutants=(
        Mutant("l1 in place of l2 norm", where_defined(l1_direction)),
        Mutant("mean of y_i x_i in place of the max margin", where_defined(mean_direction)),
        Mutant("every point a support vector", every_point_supports),
        Mutant("labels dropped", where_defined(without_labels)),
        Mutant("first support vector dropped", first_support_dropped),
        Mutant("hypothesis violated: diagonal network", l2_direction, _diagonal),
    ),
    derive="ykm/fully-connected-max-margin",
)
def fully_connected_max_margin(problem: Problem, digits: int) -> Prediction:
    """Wolfe's algorithm in rational arithmetic: support vectors and weights are exact."""
    return l2_direction(problem, digits)
