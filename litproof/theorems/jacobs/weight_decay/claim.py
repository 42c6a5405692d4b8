"""Two layers with weight decay until a time T: the limit of gradient flow from a start that is shrunk."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.claims.claim import claim
from litproof.claims.hypotheses import (
    FEWER,
    REAL_ODECO,
    REGRESSION_TASK,
    TWO_LAYERS,
    holds,
)
from litproof.claims.types import Check, Hypothesis, Instance, Mutant
from litproof.dynamics import WeightDecay
from litproof.exact_numbers import exact_number
from litproof.networks.diagonal import Diagonal
from litproof.precision import digits_to_bits, mp_precision
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.new.any_loss.claim import INDEPENDENT, PULLS, SIGNS
from litproof.theorems.shared.instances import draw_data, draw_nonzero, draw_targets, instance, regression
from litproof.theorems.shared.variants import least_squares


def _decays(problem: Problem) -> Check:
    decay = problem.dynamics
    ends = isinstance(decay, WeightDecay) and decay.until is not None
    return holds(
        ends, f"the dynamics is {decay.kind if decay else 'gradient flow'}, without an end of the decay"
    )


DECAY = Hypothesis("weight decay until a time T", _decays)
SHRUNK_SIGNS = Hypothesis(SIGNS.name, lambda problem: SIGNS.check(replace(problem, dynamics=None)))


def shrunk(problem: Problem, digits: int, times: Fraction = Fraction(1)) -> Problem:
    """Gradient flow of the squared loss from exp(-times h T) v(0), the factor good to a few digits more than asked."""
    from mpmath import mp, mpf

    decay = problem.dynamics
    assert isinstance(decay, WeightDecay)
    exponent = -times * decay.rate * (decay.until or 0)
    with mp_precision(digits_to_bits(digits + 20)):
        factor = exact_number(mp.exp(mpf(exponent.numerator) / exponent.denominator))
    return replace(problem, scale=problem.scale * factor, loss=None, dynamics=None)


def _other(times: Fraction) -> Callable[[Problem, int], Prediction | None]:
    return lambda problem, digits: predict_regression(shrunk(problem, digits, times), digits)


def _instances(seed: int) -> tuple[Instance, ...]:
    rng = Random(f"decay {seed}")
    first = [draw_nonzero(rng) for _ in range(3)]
    drawn = Problem(
        Diagonal(2, 3),
        "regression",
        draw_data(rng, 2, 3),
        draw_targets(rng, 2),
        1,
        [first, [entry / 4 for entry in first]],
        "random diagonal, L = 2",
        dynamics=WeightDecay(Fraction(rng.randint(1, 4), 4), Fraction(rng.randint(1, 4), 2)),
    )
    fixed = regression(
        Diagonal(2, 3), "1 2 1/2; 1/2 -1 1", "2 1/2", 1, ["1 3/4 1", "1/2 1/4 0"], "diagonal, d = 3, log cosh"
    )
    other = Problem(
        fixed.network, "regression", fixed.X, fixed.y, 1, fixed.v, fixed.name, loss="log-cosh",
        dynamics=WeightDecay(Fraction(1, 2), Fraction(3, 2)),
    )  # fmt: skip
    plain = regression(
        Diagonal(2, 3),
        "1 2 -1; 1/2 -1 3",
        "2 1",
        1,
        ["4/5 9/10 1", "1/10 1/5 0"],
        "diagonal, d = 3, squared loss",
    )
    squared = replace(plain, dynamics=WeightDecay(Fraction(1), Fraction(3, 2)))
    return instance(squared), instance(other), instance(drawn, seed)


@claim(
    id="jacobs/weight-decay",
    title="weight decay that ends shrinks the start",
    source="Jacobs, Zhou, Burkholz 2025, for products of two factors; here two layers with a real odeco form, any loss",
    statement=r"""Let two layers have a real odeco form, and let weights decay at rate $h$ until $T$. Then $w_{\pm} =
        \eta_1 \pm \eta_2$ obey $w_{\pm}' = (\pm g - h) w_{\pm}$, so that $\beta$ tends to the limit of gradient flow
        from $e^{-hT} v(0)$: in R5 the constants $c$ are multiplied by $e^{-2hT}$.""",
    hypotheses=(REGRESSION_TASK, DECAY, INDEPENDENT, PULLS, REAL_ODECO, TWO_LAYERS, FEWER, SHRUNK_SIGNS),
    instances=_instances,
    mutants=(
        Mutant("no decay", predict=_other(Fraction(0))),
        Mutant("half the rate", predict=_other(Fraction(1, 2))),
        Mutant("twice the rate", predict=_other(Fraction(2))),
        Mutant("minimum l2 norm", predict=lambda p, digits: least_squares(shrunk(p, digits), digits)),
    ),
)
def weight_decay(problem: Problem, digits: int) -> Prediction:
    """R5 from the shrunk start."""
    return predict_regression(shrunk(problem, digits), digits)
