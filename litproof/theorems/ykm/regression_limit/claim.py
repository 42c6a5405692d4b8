"""R2: where the regression flow of an odeco network goes from v_L = 0."""

from dataclasses import replace
from fractions import Fraction

from litproof.algebra.balls import sign
from litproof.claims.claim import claim
from litproof.claims.hypotheses import (
    DEEP,
    FEWER,
    LAST_ZERO,
    NO_ZERO,
    REAL_ODECO,
    REGRESSION,
    SAME_START,
    real_form,
    reduced_layers,
)
from litproof.claims.types import Mutant
from litproof.networks.convolutional import Convolutional
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.shared.instances import (
    REFERENCE,
    diagonal_from_zero,
    fixed_and_drawn,
    random_diagonal_from_zero,
    random_odeco_from_zero,
    regression,
)
from litproof.theorems.shared.variants import (
    deeper,
    doubled,
    from_start,
    least_squares,
    limit_from,
    shallower,
    with_last_layer,
    wrong_transform,
)
from litproof.theorems.ykm import YKM


def _unweighted(problem: Problem, digits: int) -> Prediction | None:
    start = [[Fraction(sign(value)) * problem.scale for value in layer] for layer in reduced_layers(problem)]
    return limit_from(real_form(problem), problem, start, digits)


def _moved_last_layer(problem: Problem) -> Problem:
    """The same problem, but v_L(0) is not zero: 3/4 of layer 1's reduced coordinates, or 1/2 in every entry."""
    changed = with_last_layer(problem, Fraction(3, 4))
    if changed is not None:
        return changed
    return replace(problem, v=(*problem.v[:-1], (Fraction(1, 2),) * len(problem.v[-1])))


def _ignoring_last_layer(problem: Problem, digits: int) -> Prediction | None:
    start = reduced_layers(problem, scaled=True)
    start[-1] = [Fraction(0)] * len(start[-1])
    return limit_from(real_form(problem), problem, start, digits)


FIXED = (
    REFERENCE,
    diagonal_from_zero(2, "1 2 -1", "3/2", 1, "1 1/2 -3/4"),
    diagonal_from_zero(2, "1 1/2 -1; 0 1 2", "1 1/2", "1/100", "1 1 3/2"),
    diagonal_from_zero(4, "1 -1/2 3/4", "-1/2", "4/5", "1 5/4 3/4"),
    diagonal_from_zero(3, "1 2 1/2; 1 -1 1", "2 1", 5, "1/2 1 3/4"),
    regression(
        Convolutional((2, 2)), "1 2", "1", "1/2", ["1 1/3", "0 0"], "convolutional, k = (2, 2), alpha = 1/2"
    ),
)


@claim(
    id="ykm/regression-limit",
    title="limit of the regression flow: minimiser of Q on the interpolating set",
    source=f"{YKM}: limit of regression flows on orthogonally decomposable networks",
    statement=r"""If $v_l(0) = \alpha U_l \bar\eta$ for $l < L$ and $v_L(0) = 0$, then $\beta(t) \to S^T \rho^*$,
        $\rho^*$ the minimiser of $Q(\rho) = \alpha^2 \sum_j \bar\eta_j^2 H_L(\rho_j / (\alpha |\bar\eta_j|)^L)$
        subject to $X S^T \rho = y$.""",
    hypotheses=(REGRESSION, DEEP, REAL_ODECO, FEWER, SAME_START, LAST_ZERO, NO_ZERO),
    instances=fixed_and_drawn(FIXED, random_diagonal_from_zero, random_odeco_from_zero),
    mutants=(
        Mutant("H of depth L + 1", predict=from_start(deeper)),
        Mutant("H of depth L - 1", predict=from_start(shallower)),
        Mutant("weights etabar dropped", predict=_unweighted),
        Mutant("2 alpha in place of alpha", predict=from_start(doubled)),
        Mutant("S^{-T} in place of S", predict=wrong_transform),
        Mutant("minimum l2 norm in place of Q", predict=least_squares),
        Mutant("hypothesis violated: v_L(0) != 0", _ignoring_last_layer, _moved_last_layer),
    ),
    derive="ykm/regression-limit",
)
def regression_limit(problem: Problem, digits: int) -> Prediction:
    """Newton on the dual of min Q subject to X S^T rho = y, with an interval proof of the root."""
    return predict_regression(problem, digits)
