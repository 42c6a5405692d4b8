"""R9: the plain linear model."""

from dataclasses import replace
from fractions import Fraction

from litproof.algebra.linear import dot
from litproof.claims.claim import claim
from litproof.claims.hypotheses import FEWER, ONE_LAYER, REGRESSION
from litproof.claims.types import Instance, Mutant
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.predict.regression.linear_model import one_layer_limit
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.shared.instances import (
    draw_data,
    draw_fraction,
    draw_odeco,
    draw_targets,
    instance,
    regression,
)
from litproof.theorems.shared.variants import least_squares


def _x_transposed_y(problem: Problem, digits: int) -> Prediction:
    columns = zip(*problem.X, strict=True)
    return Prediction(tuple(dot(column, problem.y) for column in columns), digits, "X^T y")


def _twice_the_start(problem: Problem, digits: int) -> Prediction:
    return Prediction(one_layer_limit(replace(problem, scale=2 * problem.scale)), digits, "from 2 beta(0)")


def _step_doubled(problem: Problem, digits: int) -> Prediction:
    start = problem.network.coefficients(problem.v0)
    end = one_layer_limit(problem)
    return Prediction(
        tuple(2 * b - Fraction(a) for a, b in zip(start, end, strict=True)), digits, "reflection"
    )


def _another_layer(problem: Problem) -> Problem | None:
    """Depth 2 in place of 1: the same first layer, and a last layer of ones."""
    if not isinstance(problem.network, Diagonal):
        return None
    width = problem.network.width
    return replace(
        problem, network=Diagonal(2, width), v=(problem.v[0], (Fraction(1) / problem.scale,) * width)
    )


def _as_if_one_layer(problem: Problem, digits: int) -> Prediction:
    network = problem.network
    flat = replace(problem, network=Diagonal(1, network.input_dim), v=(problem.v[0],))
    return Prediction(one_layer_limit(flat), digits, "R9 on the product at the start")


def _instances(seed: int) -> tuple[Instance, ...]:
    from random import Random

    rng = Random(f"linear {seed}")
    d = rng.randint(3, 6)
    X, y = draw_data(rng, 2, d), draw_targets(rng, 2)
    start = tuple(draw_fraction(rng) for _ in range(d))
    drawn = Problem(Diagonal(1, d), "regression", X, y, Fraction(1), (start,), f"random, n = 2, d = {d}")
    form = draw_odeco(rng, 1, 3, 2)
    first = tuple(draw_fraction(rng) for _ in range(form.shapes[0]))
    turned = Problem(
        form, "regression", draw_data(rng, 1, 2), y[:1], Fraction(1, 3), (first,), "random odeco, L = 1"
    )
    return (
        instance(regression(Diagonal(1, 2), "1 2", "1", 1, ["0 0"], "n = 1, d = 2, from zero")),
        instance(
            regression(FullyConnected(3, ()), "1 -1 2; 0 1 1/2", "3 -1", "1/100", ["1 2 3"], "n = 2, d = 3")
        ),
        instance(
            regression(
                Diagonal(1, 5),
                "1 0 2 -1 3; 2 1 0 1 1; 0 1 1 1 -2",
                "1 2 3",
                1000,
                ["1 -1 1 2 1/3"],
                "n = 3, d = 5",
            )
        ),
        instance(drawn, seed),
        instance(turned, seed),
    )


@claim(
    id="ykm/linear-model",
    title="linear model (L = 1): the nearest interpolator to the start",
    source="classical: gradient flow on least squares moves in the row space of X",
    statement=r"""From $\beta(0)$ the flow of a one-layer network with $\beta = v_1$ tends to
        $\beta(0) + X^T (X X^T)^{-1} (y - X \beta(0))$; with $\beta = T v_1$, $v_1$ tends to the nearest point with
        $X T v_1 = y$.""",
    hypotheses=(REGRESSION, ONE_LAYER, FEWER),
    instances=_instances,
    mutants=(
        Mutant("minimum norm, the start forgotten", least_squares),
        Mutant("X^T y in place of X^T (X X^T)^{-1} y", _x_transposed_y),
        Mutant("2 beta(0) in place of beta(0)", _twice_the_start),
        Mutant("twice the step", _step_doubled),
        Mutant("hypothesis violated: two layers", _as_if_one_layer, _another_layer),
    ),
    derive="ykm/linear-model",
)
def linear_model(problem: Problem, digits: int) -> Prediction:
    """Exact rational linear algebra."""
    return Prediction(one_layer_limit(problem), digits, "exact")
