"""R5 for every loss: where components are orthogonal, the limit of regression does not know the loss."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from litproof.claims.claim import claim
from litproof.claims.hypotheses import (
    DEEP_COMPONENTS,
    FEWER,
    GRADIENT_FLOW,
    REAL_COMPONENTS,
    REGRESSION_TASK,
    holds,
)
from litproof.claims.types import Check, Hypothesis, Instance, Mutant
from litproof.errors import Unreachable
from litproof.limits.training import pulls_to_zero
from litproof.losses import Loss
from litproof.networks.diagonal import Diagonal
from litproof.networks.polynomial import PolynomialNetwork
from litproof.predict.regression.feasibility import reachable
from litproof.predict.regression.limit import predict_regression
from litproof.predict.regression.reduction import real_dual
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.shared.instances import draw_data, draw_nonzero, draw_targets, instance, regression
from litproof.theorems.shared.variants import (
    all_doubled,
    first_twice,
    from_columns,
    least_squares,
    pivot_times,
)

LOSSES = ("power-4", "log-cosh", "cosh(r)", "r^2 + r^4", "sqrt(1 + r^2)", "exp(r) - r")


def _pulls(problem: Problem) -> Check:
    text = problem.loss.text if problem.loss else "squared"
    return holds(pulls_to_zero(problem), f"the loss {text} is not seen to have r ell'(r) > 0 for all r != 0")


def _independent(problem: Problem) -> Check:
    return holds(not problem.has_dependent_rows, "the rows of X are dependent")


def _signs(problem: Problem) -> Check:
    dual_form = real_dual(replace(problem, loss=None))
    assert dual_form is not None
    try:
        part = reachable(dual_form.dual)
    except Unreachable as proof:
        return holds(False, str(proof))
    return holds(
        len(part.kept) == len(dual_form.dual.coordinates), "some component rests at 0, or tends to it"
    )


PULLS = Hypothesis("r ell'(r) > 0 for all residuals r != 0, decided exactly", _pulls)
INDEPENDENT = Hypothesis("independent data points", _independent)
SIGNS = Hypothesis("no component rests at 0 or tends to it", _signs)


def _squared(
    variant: Callable[[Problem, int], Prediction | None],
) -> Callable[[Problem, int], Prediction | None]:
    """A variant of the squared loss's formula."""
    return lambda problem, digits: variant(replace(problem, loss=None), digits)


FIXED = (
    (
        regression(
            Diagonal(2, 3),
            "1 2 1/2; 1/2 -1 1",
            "2 1/2",
            1,
            ["1 3/4 1", "1/2 1/4 0"],
            "diagonal, L = 2, log cosh",
        ),
        "log-cosh",
    ),
    (
        regression(
            Diagonal(3, 3),
            "1 1/2 1",
            "2",
            "3/4",
            ["1 1 1/2", "1 -1 3/4", "1/2 1/3 0"],
            "diagonal, L = 3, r^2 + r^4",
        ),
        "r^2 + r^4",
    ),
    (
        regression(
            PolynomialNetwork.of(["u[3]", "v[3]"], ["u[j]^2 - v[j]^2"], 3),
            "1 1/2 1; 0 1 -1",
            "3/4 1/2",
            1,
            ["1 3/4 1", "1 3/4 1"],
            "u^2 - v^2, exp(r) - r",
        ),
        "exp(r) - r",
    ),
)


def _random(seed: int) -> Problem:
    rng = Random(f"any loss {seed}")
    depth = rng.randint(2, 3)
    layers = [[draw_nonzero(rng) for _ in range(3)] for _ in range(depth - 1)]
    layers.append([entry / 3 for entry in layers[0]])
    loss = rng.choice([text for text in LOSSES if text != "power-4"])
    name = f"random diagonal, L = {depth}, {loss}"
    targets = draw_targets(rng, 2)
    return Problem(
        Diagonal(depth, 3), "regression", draw_data(rng, 2, 3), targets, 1, layers, name, loss=loss
    )


def _instances(seed: int) -> tuple[Instance, ...]:
    fixed = (instance(replace(problem, loss=Loss.of(loss, "regression"))) for problem, loss in FIXED)
    return (*fixed, instance(_random(seed), seed))


@claim(
    id="new/any-loss",
    title="the limit of regression is the same for every loss",
    source="new; two layers: Woodworth et al. 2020 (arXiv 2002.09277)",
    statement=r"""Let the network be orthogonally decomposable with real components, none of which rests at 0 or
        tends to it, and let the loss be $\sum_i \ell(r_i)$ with $r \ell'(r) > 0$ for $r \ne 0$. Then $\beta$ tends to
        the limit of the squared loss from the same start: with $\nu' = -\ell'(r)$ and $r = \nabla \Phi(\nu)$ the convex
        function $\Phi$ falls, $\Phi' = -\sum_i r_i \ell'(r_i)$, to its only minimiser.""",
    hypotheses=(
        REGRESSION_TASK,
        GRADIENT_FLOW,
        INDEPENDENT,
        PULLS,
        REAL_COMPONENTS,
        DEEP_COMPONENTS,
        FEWER,
        SIGNS,
    ),
    instances=_instances,
    mutants=(
        Mutant("pivot started at 2 z(0)", predict=_squared(from_columns(pivot_times(2)))),
        Mutant("2 alpha in place of alpha", predict=_squared(from_columns(all_doubled))),
        Mutant("one more layer", predict=_squared(from_columns(first_twice))),
        Mutant("minimum l2 norm", predict=_squared(least_squares)),
    ),
    derive="lemma/dual-flow",
)
def any_loss(problem: Problem, digits: int) -> Prediction:
    """R5 for the squared loss."""
    return predict_regression(replace(problem, loss=None), digits)
