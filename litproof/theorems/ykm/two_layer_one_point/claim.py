"""R6: two layers, one data point, any data tensor, any start."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.algebra.linear import distance, sup_norm
from litproof.claims.claim import claim
from litproof.claims.comparison import compare_gap, without_limit
from litproof.claims.hypotheses import ONE_POINT, REGRESSION, TWO_LAYERS, holds
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, Instance, Mutant
from litproof.networks.convolutional import Convolutional
from litproof.networks.draw import draw_tensor_network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.point_matrix import point_matrix
from litproof.networks.svd import SingularBalls, singular_form
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.two_layer import (
    BallLayers,
    coefficients_in_balls,
    layers_at,
    moved,
    reduced,
    solve_output,
    two_layer_limit,
)
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.classification import beta_and_layers
from litproof.theorems.shared.instances import draw_data, draw_nonzero, instance, regression
from litproof.theorems.ykm import YKM

Formula = Callable[[SingularBalls, BallLayers, Fraction], BallLayers]


def _invertible(problem: Problem) -> Check:
    form = singular_form(point_matrix(problem.layered, problem.X[0]))
    flags = form.cancellations(problem.v[0], problem.v[1])
    one_sided = all(s for s, _ in flags) or all(d for _, d in flags)
    return holds(not one_sided, "all etabar_1 + etabar_2, or all etabar_1 - etabar_2, vanish")


INVERTIBLE = Hypothesis(
    "g is onto: some etabar_1j + etabar_2j and some etabar_1j - etabar_2j differ from 0", _invertible
)


def _with_layers(beta: Sequence[Fraction], layers: Sequence[Sequence[Fraction]]) -> tuple[Fraction, ...]:
    return (*beta, *(entry for layer in layers for entry in layer))


def compare_layers(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """beta and both layers agree entry by entry; beta relative to its largest entry, layers likewise.

    A beta of 0, which no measurement tells from a very small one, counts relative to the square of the layers.
    """
    if not measurement.converged:
        return without_limit(measurement)
    measured = _with_layers(measurement.value, measurement.parameters)
    d = len(measurement.value)
    comparisons = []
    for part in (slice(0, d), slice(d, None)):
        a, b = prediction.value[part], measured[part]
        size = max(sup_norm(a), sup_norm(b))
        if part.stop == d and size <= measurement.error:
            size = sup_norm(measured[d:]) ** 2
        comparisons.append(compare_gap(distance(a, b), size, digits, measurement.error))
    return next((c for c in comparisons if c.answer is not Answer.HOLDS), comparisons[0])


def _variant(formula: Formula, *, moving_only: bool = False) -> Callable[[Problem, int], Prediction]:
    """A false prediction: another formula for the moved eta_1, eta_2 (or the resting part left out)."""

    def predict(problem: Problem, digits: int) -> Prediction:
        bits = digits_to_bits(digits + 10) + 64
        svd = singular_form(point_matrix(problem.layered, problem.X[0])).balls(bits)
        with ball_precision(bits):
            start = reduced(svd, problem.v0)
            after = formula(svd, start, problem.y[0])
            zero = tuple((Fraction(0),) * len(layer) for layer in problem.v0)
            origin, before = (zero, reduced(svd, zero)) if moving_only else (problem.v0, start)
            layers = layers_at(svd, origin, before, after)
            beta = coefficients_in_balls(problem.layered, layers)
            exact = [[dyadic(entry) for entry in layer] for layer in layers]
            return Prediction(_with_layers([dyadic(b) for b in beta], exact), digits, "variant of R6")

    return predict


def _true(svd: SingularBalls, eta: BallLayers, y: Fraction) -> BallLayers:
    return moved(svd.s, eta, solve_output(svd.s, eta, y))


def _swapped(svd: SingularBalls, eta: BallLayers, y: Fraction) -> BallLayers:
    first, second = _true(svd, eta, y)
    return second, first


def _squared(svd: SingularBalls, eta: BallLayers, y: Fraction) -> BallLayers:
    """Eigenvalues s^2 of M^T M in the exponents, the output solved with them too."""
    s = [value * value for value in svd.s]
    return moved(s, eta, solve_output(s, eta, y))


def _doubled_exponent(svd: SingularBalls, eta: BallLayers, y: Fraction) -> BallLayers:
    return moved(svd.s, eta, 2 * solve_output(svd.s, eta, y))


def _reversed(svd: SingularBalls, eta: BallLayers, y: Fraction) -> BallLayers:
    return moved(svd.s, eta, -solve_output(svd.s, eta, y))


def _without_cross_term(svd: SingularBalls, eta: BallLayers, y: Fraction) -> BallLayers:
    """nu from sum_j s_j (eta_1j^2 + eta_2j^2)/2 sinh(2 s_j nu) = y: eta_1 eta_2 taken for 0."""
    sizes: list[Ball] = [(a * a + b * b).sqrt() for a, b in zip(*eta, strict=True)]
    nothing = [ball(0)] * len(sizes)
    return moved(svd.s, eta, solve_output(svd.s, (sizes, nothing), y))


def _second_point(problem: Problem) -> Problem | None:
    """One more data point, with the inputs turned and another target."""
    x = problem.X[0]
    other = (*x[1:], x[0] + 1)
    if len(x) < 2 or x[0] * other[1] == x[1] * other[0]:
        return None
    return replace(problem, X=(x, other), y=(problem.y[0], problem.y[0] + Fraction(1, 2)))


def _first_point_only(problem: Problem, digits: int) -> Prediction:
    return two_layer(replace(problem, X=problem.X[:1], y=problem.y[:1]), digits)


def two_layer(problem: Problem, digits: int) -> Prediction:
    """beta and both layers by the hyperbolic formula."""
    limit = two_layer_limit(problem, digits)
    layers: Sequence[Sequence[Fraction]] = limit.details["v"]
    return Prediction(_with_layers(limit.value, layers), digits, limit.method)


def _random(seed: int) -> Problem:
    rng = Random(f"two layers {seed}")
    while True:
        network = draw_tensor_network(rng, 2)
        X = draw_data(rng, 1, network.input_dim)
        layers = tuple(tuple(draw_nonzero(rng) for _ in range(size)) for size in network.shapes)
        # With y = 0 the limit may be 0, which has no significant digit.
        drawn = Problem(
            network, "regression", X, (draw_nonzero(rng),), Fraction(1), layers, "random tensor, L = 2"
        )
        if any(any(row) for row in point_matrix(network, X[0])) and _invertible(drawn).answer is Answer.HOLDS:
            return drawn


def _instances(seed: int) -> tuple[Instance, ...]:
    return (
        instance(
            regression(
                Convolutional((3, 3)),
                "1 2 -1",
                "1",
                "1/2",
                ["1 0 1/2", "0 1/3 1"],
                "convolutional, k = (3, 3), alpha = 1/2",
            )
        ),
        instance(
            regression(
                Convolutional((2, 4)),
                "1 2 0 -1",
                "2",
                1,
                ["1 1/2", "1 0 -1/2 1"],
                "convolutional, k = (2, 4), alpha = 1",
            )
        ),
        instance(
            regression(
                FullyConnected(2, (2,)),
                "1 2",
                "1",
                "1/100",
                ["1 0 1/2 1", "0 0"],
                "fully connected, 2-2-1, alpha = 1/100",
            )
        ),
        instance(_random(seed), seed),
    )


@claim(
    id="ykm/two-layer-one-point",
    title="two layers, one data point: both layers in closed form, any data tensor, any start",
    source=f"{YKM}: two-layer networks on a single data point",
    statement=r"""With $M(x) = U_1 \mathrm{diag}(s) U_2^T$, $v_l(0) = \alpha \bar v_l$, $\bar\eta_l = U_l^T \bar v_l$:
        $v_1 \to \alpha U_1 (\bar\eta_1 \cosh(\nu s) + \bar\eta_2 \sinh(\nu s))
        + \alpha (I - U_1 U_1^T) \bar v_1$, $v_2$ likewise with 1 and 2 exchanged, $\nu = g^{-1}(y / \alpha^2)$,
        $g(\nu) = \sum_j s_j (\tfrac12 (\bar\eta_{1j}^2 + \bar\eta_{2j}^2) \sinh(2 s_j \nu)
        + \bar\eta_{1j} \bar\eta_{2j} \cosh(2 s_j \nu))$.""",
    hypotheses=(REGRESSION, TWO_LAYERS, ONE_POINT, INVERTIBLE),
    instances=_instances,
    compare=compare_layers,
    entries=beta_and_layers,
    mutants=(
        Mutant("layers 1 and 2 swapped", _variant(_swapped)),
        Mutant("s^2 in place of s", _variant(_squared)),
        Mutant("2 nu in place of nu", _variant(_doubled_exponent)),
        Mutant("-nu in place of nu", _variant(_reversed)),
        Mutant("cross term eta_1 eta_2 dropped from g", _variant(_without_cross_term)),
        Mutant("resting part (I - U U^T) v dropped", _variant(_true, moving_only=True)),
        Mutant("hypothesis violated: two data points", _first_point_only, _second_point),
    ),
    derive="ykm/two-layer-one-point",
)
def two_layer_one_point(problem: Problem, digits: int) -> Prediction:
    """Exact singular value decomposition of M(x), then one scalar equation g(nu) = y / alpha^2, proved by balls."""
    return two_layer(problem, digits)
