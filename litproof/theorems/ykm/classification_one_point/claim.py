"""K4: two layers, one data point, any data tensor: the layers align with the top singular pair of M(x)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from operator import mul
from random import Random

from litproof.algebra.balls import Ball, ball
from litproof.algebra.linear import dot
from litproof.claims.claim import claim
from litproof.claims.hypotheses import ONE_POINT, TWO_LAYERS, holds
from litproof.claims.types import Check, Hypothesis, Mutant
from litproof.errors import HypothesisError
from litproof.networks.convolutional import Convolutional
from litproof.networks.draw import draw_tensor_network
from litproof.networks.point_matrix import point_matrix
from litproof.networks.svd import singular_form
from litproof.precision import ball_precision
from litproof.predict.classification.directions import unit, unit_ball, working_bits
from litproof.predict.classification.one_point import one_point_direction, short_filter_direction
from litproof.predict.regression.two_layer import coefficients_in_balls
from litproof.problem import Problem
from litproof.results import Prediction
from litproof.theorems.shared.classification import (
    CLASSIFICATION,
    classification,
    compare_direction,
    direction_and_layers,
    measure_layers,
)
from litproof.theorems.shared.instances import draw_data, draw_nonzero, fixed_and_drawn
from litproof.theorems.ykm import YKM

Layers = Sequence[Sequence[Fraction]]


def _gap(problem: Problem) -> Check:
    form = singular_form(point_matrix(problem.layered, problem.X[0]))
    if not form.rank:
        return holds(False, "M(x) = 0")
    ties = [j for j, flags in enumerate(form.cancellations(*problem.v0), start=1) if any(flags)]
    return holds(not ties, f"singular component {ties[0] if ties else ''} starts with |eta_1| = |eta_2|")


PAIR_GAP = Hypothesis("|eta_1j(0)| differs from |eta_2j(0)| in every singular component of M(x)", _gap)


def both_layers(problem: Problem, digits: int) -> Prediction:
    """beta/||beta||, v_1/||v_1||, v_2/||v_2||, shape (d + k_1 + k_2,)."""
    limit = one_point_direction(problem, digits + 5)
    layers: Layers = limit.details["v"]
    return _joined(limit.value, layers, limit.method, digits)


def _joined(beta: Sequence[Fraction], layers: Layers, method: str, digits: int) -> Prediction:
    return Prediction((*beta, *(x for layer in layers for x in layer)), digits, method)


Weights = Callable[[Sequence[Ball]], Sequence[Ball] | None]


def _aligned_with(weights: Weights) -> Callable[[Problem, int], Prediction | None]:
    """False: v_1 along U_1 (e * weights), v_2 along y U_2 (e * weights), e all of eta_1 + y eta_2 at the start."""

    def predict(problem: Problem, digits: int) -> Prediction | None:
        svd = singular_form(point_matrix(problem.layered, problem.X[0])).balls(working_bits(digits + 5))
        with ball_precision(working_bits(digits + 5)):
            chosen = weights(svd.s)
            if chosen is None:
                return None
            start = [[ball(x) for x in layer] for layer in problem.v0]
            y = ball(problem.y[0])
            e = []
            for j, weight in enumerate(chosen):
                eta = [
                    sum((row[j] * x for row, x in zip(U, layer, strict=True)), ball(0))
                    for U, layer in zip((svd.U1, svd.U2), start, strict=True)
                ]
                e.append(weight * (eta[0] + y * eta[1]))
            first, second = (
                [sum((row[j] * x for j, x in enumerate(e)), ball(0)) for row in U] for U in (svd.U1, svd.U2)
            )
            layers = (first, [y * entry for entry in second])
            try:
                beta = unit_ball(coefficients_in_balls(problem.layered, layers))
            except HypothesisError:
                return None
            return _joined(beta, [unit_ball(layer) for layer in layers], "variant of K4", digits)

    return predict


def _second_pair(s: Sequence[Ball]) -> Sequence[Ball] | None:
    """All weight on the next smaller singular value."""
    top = max(s, key=float)
    rest = [value for value in s if not value.overlaps(top)]
    if not rest:
        return None
    second = max(rest, key=float)
    return [ball(int(value.overlaps(second))) for value in s]


def _minimum_l2(s: Sequence[Ball]) -> Sequence[Ball] | None:
    """rho proportional to s, the l2 max margin of one point: |e_j| grows with sqrt(s_j)."""
    return None if len(s) == 1 else [value.sqrt() for value in s]


def _whole_start(s: Sequence[Ball]) -> Sequence[Ball] | None:
    """No singular value preferred."""
    return None if len(s) == 1 else [ball(1)] * len(s)


def _changed(change: Callable[[Layers], Layers | None]) -> Callable[[Problem, int], Prediction | None]:
    """The true layers put together wrongly."""

    def predict(problem: Problem, digits: int) -> Prediction | None:
        limit = one_point_direction(problem, digits + 5)
        layers = change(limit.details["v"])
        return None if layers is None else _joined(limit.value, layers, "variant of K4", digits)

    return predict


def _swapped(layers: Layers) -> Layers | None:
    first, second = layers
    return (second, first) if len(first) == len(second) else None


def _label_dropped(problem: Problem, digits: int) -> Prediction | None:
    """y = 1 whatever the label."""
    if problem.y[0] == 1:
        return None
    return both_layers(replace(problem, y=(Fraction(1),)), digits)


def _sign_of_second(layers: Layers) -> Layers:
    return (layers[0], tuple(-x for x in layers[1]))


def _short_filter(problem: Problem, digits: int) -> tuple[Fraction, ...] | None:
    """The closed form of beta's direction for filters of one or two entries, where there is one."""
    network = problem.network
    if not isinstance(network, Convolutional):
        return None
    try:
        value = short_filter_direction(problem.X[0], problem.y[0], network.filter_sizes[0])
    except HypothesisError:
        return None
    return unit(value, digits + 5)


def _other_shift(problem: Problem, digits: int) -> Prediction | None:
    """The closed form for k_1 = 2 with the sign of the other case; the layers are the true ones."""
    network = problem.network
    if not isinstance(network, Convolutional) or network.filter_sizes[0] != 2 or network.input_dim < 3:
        return None
    x, d = problem.X[0], network.input_dim
    overlap = dot(x, (*x[1:], x[0]))
    if not overlap:
        return None
    side = -1 if overlap > 0 else 1
    beta = [problem.y[0] * (2 * x[i] + side * (x[(i + 1) % d] + x[i - 1])) for i in range(d)]
    if not any(beta):
        return None
    layers: Layers = one_point_direction(problem, digits + 5).details["v"]
    return _joined(unit(beta, digits + 5), layers, "k_1 = 2, other sign", digits)


def _second_point(problem: Problem) -> Problem | None:
    """A second data point near an eighth of the first: it, not the first, then sits on the margin."""
    x = problem.X[0]
    other = tuple((entry + (k == 0) * (1 + abs(entry)) / 2) / 8 for k, entry in enumerate(x))
    beta = one_point_direction(problem, 10).value
    first, second = (problem.y[0] * sum(map(mul, row, beta), Fraction(0)) for row in (x, other))
    same = all(x[0] * q == other[0] * p for p, q in zip(x, other, strict=True))
    if same or not 0 < second < first * Fraction(9, 10):
        return None
    return replace(problem, X=(x, other), y=(problem.y[0], problem.y[0]))


def _first_point_only(problem: Problem, digits: int) -> Prediction:
    return both_layers(replace(problem, X=problem.X[:1], y=problem.y[:1]), digits)


FIXED = (
    classification(
        Convolutional((1, 3)), "1 2 -1/2", "-1", 1, ["2", "1/2 0 1/3"], "convolutional, k_1 = 1, d = 3"
    ),
    classification(
        Convolutional((2, 4)),
        "1 2 1 1/2",
        "1",
        1,
        ["1 5/4", "1/2 0 1/4 -1/3"],
        "convolutional, k_1 = 2, d = 4, x . lshift(x) > 0",
    ),
    classification(
        Convolutional((2, 3)),
        "1 -2 1/4",
        "-1",
        1,
        ["3/2 -1/4", "1/2 1/3 1/4"],
        "convolutional, k_1 = 2, d = 3, x . lshift(x) < 0",
    ),
    classification(
        Convolutional((3, 3)), "2 1 -1", "1", 1, ["2 1/3 1/4", "1/4 1/8 0"], "convolutional, k_1 = d = 3"
    ),
)


def random_one_point(seed: int) -> Problem:
    """A random data tensor of depth 2, one point, both labels, that meets the hypothesis; slow cases left out."""
    rng = Random(f"one point {seed}")
    while True:
        network = draw_tensor_network(rng, 2)
        X = draw_data(rng, 1, network.input_dim)
        layers = tuple(tuple(draw_nonzero(rng) for _ in range(size)) for size in network.shapes)
        y = (Fraction(rng.choice((-1, 1))),)
        drawn = Problem(network, "classification", X, y, Fraction(1), layers, "random tensor, L = 2, n = 1")
        form = singular_form(point_matrix(network, X[0]))
        if not form.rank or any(any(flags) for flags in form.cancellations(*layers)):
            continue
        if float(str(one_point_direction(drawn, 15).details["exponent"])) >= 0.1:
            return drawn


@claim(
    id="ykm/classification-one-point",
    title="two layers, one data point: the layers align with the top singular pair of M(x)",
    source=f"{YKM}: two-layer networks on a single data point, separable classification",
    statement=r"""With $M(x) = U_1 \mathrm{diag}(s) U_2^T$ and $|\eta_{1j}(0)| \ne |\eta_{2j}(0)|$ for all $j$,
        $\eta_l = U_l^T v_l$: $v_1$ tends to the direction of $U_1 e$ and $v_2$ to that of $y U_2 e$, $e$ the start of
        $\eta_1 + y \eta_2$ on the largest singular value, 0 elsewhere, so that $|e| = |\rho|^{1/2}$ with $\rho$ of
        least $\ell_1$ norm subject to $y s^T \rho \ge 1$. For convolutions $\beta$ tends to the direction of $y x$
        ($k_1 = 1$) and of $y (2 x \pm (\mathrm{lshift}\, x + \mathrm{rshift}\, x))$, the sign that of
        $x \cdot \mathrm{lshift}\, x$ ($k_1 = 2$, $d \ge 3$).""",
    hypotheses=(CLASSIFICATION, TWO_LAYERS, ONE_POINT, PAIR_GAP),
    instances=fixed_and_drawn(FIXED, random_one_point),
    measure=measure_layers,
    entries=direction_and_layers,
    compare=compare_direction,
    mutants=(
        Mutant("second singular pair in place of the top one", _aligned_with(_second_pair)),
        Mutant("l2 in place of l1 norm of rho", _aligned_with(_minimum_l2)),
        Mutant("e = eta_1 + y eta_2 at the start", _aligned_with(_whole_start)),
        Mutant("layers 1 and 2 swapped", _changed(_swapped)),
        Mutant("v_2 along -y U_2 e", _changed(_sign_of_second)),
        Mutant("label dropped", _label_dropped),
        Mutant("k_1 = 2: the other sign", _other_shift),
        Mutant("hypothesis violated: two data points", _first_point_only, _second_point),
    ),
    derive="ykm/classification-one-point",
)
def classification_one_point(problem: Problem, digits: int) -> Prediction:
    """Exact singular value decomposition of M(x); closed form of beta for filters of one or two entries."""
    limit = both_layers(problem, digits)
    closed = _short_filter(problem, digits)
    if closed is None:
        return limit
    d = problem.network.input_dim
    return replace(limit, value=(*closed, *limit.value[d:]), method="closed form for short filters (K4)")
