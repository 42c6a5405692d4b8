"""R7: fully connected networks from a small start go to the minimum-norm interpolator, at first order in alpha."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor, log2
from random import Random

from litproof.algebra.balls import ball, dyadic
from litproof.algebra.linear import distance, dot, minimum_norm, sup_norm
from litproof.claims.claim import claim
from litproof.claims.comparison import compare_gap
from litproof.claims.hypotheses import DEEP, FULLY_CONNECTED, REGRESSION, UNDERDETERMINED, holds
from litproof.claims.types import Answer, Check, Comparison, Hypothesis, Instance, Mutant
from litproof.decimals import decimal_log
from litproof.errors import HypothesisError
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.asymptotics import weighted_l1
from litproof.predict.regression.exponents import fully_connected_powers
from litproof.predict.regression.min_norm import (
    SmallStart,
    first_order_constant,
    isotropic,
    large_start_limit,
    outer_product,
    small_start,
    unseen_part,
)
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.expansions import (
    MOST_SAMPLES,
    Change,
    Expansion,
    Ladder,
    Sample,
    close,
    coefficient_digits,
    compare_expansions,
    draw_expansions,
    expansion_prediction,
    fit,
    measure_ladders,
    same_expansions,
    shifted,
    working_digits,
)
from litproof.theorems.shared.instances import draw_data, draw_nonzero, draw_targets, instance, regression
from litproof.theorems.ykm import YKM

NAME = "small"
Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Identity:
    """beta = limit + alpha unseen u at every alpha, and ||u||^2 -> squared."""

    limit: Vector
    unseen: tuple[Vector, ...]
    squared: Fraction


def _checked(name: str, part: Callable[[SmallStart], bool], otherwise: str) -> Hypothesis:
    def check(problem: Problem) -> Check:
        return holds(part(small_start(problem)), otherwise)

    return Hypothesis(name, check)


LAST_ZERO = _checked("w_L(0) = 0", lambda start: start.last_zero, "w_L(0) is not zero")
ORDERED = _checked(
    "W_l^T W_l >= W_{l+1} W_{l+1}^T at the start, l <= L - 2 (Loewner order)",
    lambda start: all(start.ordered),
    "some W_l^T W_l - W_{l+1} W_{l+1}^T has a negative eigenvalue",
)
DEFINITE = _checked(
    "W_{L-1}^T W_{L-1} positive definite at the start", lambda start: start.definite, "it is singular"
)
MOVING = _checked(
    "(W_1 ... W_{L-1})^T X^T y != 0 at the start", lambda start: start.moving, "it vanishes, the flow rests"
)


def expansion(problem: Problem, digits: int) -> Expansion:
    """The minimum-norm interpolator, approached at first order unless (I - P) Wbar_1 = 0."""
    limit = minimum_norm(problem.X, problem.y)
    terms = fully_connected_powers(problem.layered.depth, MOST_SAMPLES)
    if isotropic(problem) or not any(map(any, unseen_part(problem))):
        return Expansion(limit, terms, None)
    try:
        with ball_precision(digits_to_bits(digits + 10)):
            first = tuple(dyadic(entry) for entry in first_order_constant(problem))
    except HypothesisError:
        first = ()
    return Expansion(limit, terms, Fraction(1), first)


def _ladder(problem: Problem, digits: int) -> Ladder:
    """Below the alpha at which the layers are as large as those of the balanced factorisation of the limit."""
    L = problem.layered.depth
    smallest = float(sup_norm(minimum_norm(problem.X, problem.y))) ** (1 / L)
    largest = float(max(map(sup_norm, problem.v)))
    decades, ratio = (1 + digits / 12, Fraction(1, 4)) if L == 2 else (0.5 + digits / 30, Fraction(1, 2))
    exponent = floor(log2(smallest / (4 * largest)) - decades * log2(10))
    return Ladder(Fraction(2) ** exponent, ratio, fully_connected_powers(L, MOST_SAMPLES))


def measure_small(problem: Problem, digits: int) -> Measurement:
    """The flow followed to its limit at a ladder of small alpha."""
    work = working_digits(digits)
    measurement = measure_ladders(problem, {NAME: _ladder(problem, work)}, work)
    return replace(measurement, details={**measurement.details, "problem": problem})


def compare_small(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    """Limit and order of beta; at each alpha beta = X^T (X X^T)^{-1} y + alpha (I - P) Wbar_1 u; the limit of ||u||^2.

    u = W_2 ... w_L is read off the layers where the flow ends.
    """
    whole = compare_expansions(prediction, measurement, digits)
    if whole.answer is not Answer.HOLDS or "identity" not in prediction.details:
        return whole
    samples: Sequence[Sample] = measurement.details["samples"][NAME]
    problem: Problem = measurement.details["problem"]
    identity = _identity(prediction)
    parts = (
        whole,
        _at_every_scale(problem, identity, samples, digits),
        _outer_norm(problem, identity.squared, prediction, samples, digits),
    )
    failed = [part for part in parts if part.answer is not Answer.HOLDS]
    if failed:
        return failed[0]
    return replace(whole, detail="; ".join(part.detail for part in parts))


def _identity(prediction: Prediction) -> Identity:
    identity: Identity = prediction.details["identity"]
    return identity


def _at_every_scale(
    problem: Problem, identity: Identity, samples: Sequence[Sample], digits: int
) -> Comparison:
    gap, size = Fraction(0), Fraction(0)
    for sample in samples:
        u = outer_product(problem, sample.layers)
        said = [b + sample.u * dot(row, u) for b, row in zip(identity.limit, identity.unseen, strict=True)]
        gap, size = max(gap, distance(said, sample.beta)), max(size, sup_norm(sample.beta))
    comparison = compare_gap(gap, size, working_digits(digits), max(sample.error for sample in samples))
    return replace(comparison, detail=f"at every alpha up to 10^{decimal_log(gap):.1f}")


def _outer_norm(
    problem: Problem, squared: Fraction, prediction: Prediction, samples: Sequence[Sample], digits: int
) -> Comparison:
    expansions: dict[str, Expansion] = prediction.details["expansions"]
    norms = []
    for sample in samples:
        u = outer_product(problem, sample.layers)
        norms.append(replace(sample, beta=(dot(u, u),)))
    fitted = fit(norms, expansions[NAME].terms)
    wanted = coefficient_digits(working_digits(digits))
    comparison = compare_gap(distance(fitted.limit, (squared,)), squared, wanted, fitted.limit_error)
    return replace(comparison, detail=f"||u||^2 to {wanted} digits: {comparison.detail}")


def _predicted(
    problem: Problem, digits: int, change: Change = lambda e: e, norm: Callable[[int], Fraction] | None = None
) -> Prediction:
    L, work = problem.layered.depth, working_digits(digits)
    made = expansion_prediction({NAME: change(expansion(problem, work))}, digits)
    limit = minimum_norm(problem.X, problem.y)
    power = norm(L) if norm else Fraction(L - 1, L)
    with ball_precision(digits_to_bits(work + 10)):
        squared = dyadic(ball(dot(limit, limit)) ** ball(power))
    unseen = tuple(map(tuple, unseen_part(problem)))
    return _with_identity(made, Identity(limit, unseen, squared))


def _with_identity(prediction: Prediction, identity: Identity) -> Prediction:
    return replace(prediction, details={**prediction.details, "identity": identity})


def _variant(change: Change) -> Callable[[Problem, int], Prediction]:
    return lambda problem, digits: _predicted(problem, digits, change)


def _limit(wrong: Callable[[Problem], Sequence[Fraction]]) -> Callable[[Problem, int], Prediction | None]:
    """Another limit in place of the true one; None where it has no meaning."""

    def predict(problem: Problem, digits: int) -> Prediction | None:
        try:
            limit = tuple(wrong(problem))
        except HypothesisError:
            return None
        return _predicted(problem, digits, lambda e: replace(e, limit=limit))

    return predict


def _x_transposed_y(problem: Problem) -> Vector:
    return tuple(dot(column, problem.y) for column in zip(*problem.X, strict=True))


def _l1(problem: Problem) -> Sequence[Fraction]:
    d = problem.network.input_dim
    return weighted_l1(list(zip(*problem.X, strict=True)), problem.y, [Fraction(1)] * d).rho


def _limits_exchanged(problem: Problem) -> Vector:
    """lim_{t -> inf} lim_{alpha -> 0} beta: at alpha = 0 nothing moves."""
    return (Fraction(0),) * problem.network.input_dim


def _wrong_norm(problem: Problem, digits: int) -> Prediction:
    return _predicted(problem, digits, norm=lambda L: Fraction(1, L + 1))


def _unprojected(problem: Problem, digits: int) -> Prediction:
    """alpha Wbar_1 u in place of alpha (I - P) Wbar_1 u."""
    made = _predicted(problem, digits)
    width = problem.network.shapes[0] // problem.network.input_dim
    rows = tuple(problem.v[0][k : k + width] for k in range(0, len(problem.v[0]), width))
    return _with_identity(made, replace(_identity(made), unseen=rows))


def _same(a: Prediction, b: Prediction, digits: int) -> bool:
    ours, theirs = _identity(a), _identity(b)
    near = close((ours.squared,), (theirs.squared,), coefficient_digits(working_digits(digits)))
    return near and ours.unseen == theirs.unseen and same_expansions(a, b, digits)


def _blind_first_layer(problem: Problem) -> Problem | None:
    """Columns of Wbar_1 made orthogonal to X^T y."""
    moment = _x_transposed_y(problem)
    square = dot(moment, moment)
    width = problem.network.shapes[0] // problem.network.input_dim
    columns = [problem.v[0][k::width] for k in range(width)]
    turned = [
        [entry - dot(column, moment) / square * m for entry, m in zip(column, moment, strict=True)]
        for column in columns
    ]
    return replace(problem, v=(tuple(e for row in zip(*turned, strict=True) for e in row), *problem.v[1:]))


def _random(seed: int) -> Problem:
    """Two layers, d = 3, n = 1 or 2, width 1 to 3."""
    rng = Random(f"fully connected {seed}")
    while True:
        width, n = rng.randint(1, 3), rng.randint(1, 2)
        network = FullyConnected(3, (width,))
        first = tuple(draw_nonzero(rng) for _ in range(3 * width))
        layers = (first, (Fraction(0),) * width)
        name = f"random, L = 2, width {width}, n = {n}, d = 3"
        drawn = Problem(
            network, "regression", draw_data(rng, n, 3), draw_targets(rng, n), Fraction(1), layers, name
        )
        moment = sup_norm(_moment(drawn))
        if small_start(drawn).hold and moment > Fraction(1, 8):
            return drawn


def _moment(problem: Problem) -> list[Fraction]:
    width = problem.network.shapes[0] // problem.network.input_dim
    return [dot(problem.v[0][k::width], _x_transposed_y(problem)) for k in range(width)]


def _instances(seed: int) -> tuple[Instance, ...]:
    return (
        instance(
            regression(
                FullyConnected(2, (2,)),
                "1 2",
                "1",
                1,
                ["1 1/2 -1/2 3/4", "0 0"],
                "L = 2, width 2, n = 1, d = 2",
            )
        ),
        instance(
            regression(
                FullyConnected(3, (2,)),
                "1 2 -1; 1/2 0 1",
                "1 3/4",
                1,
                ["1 1/2 -1/2 3/4 1/4 1", "0 0"],
                "L = 2, width 2, n = 2, d = 3",
            )
        ),
        instance(
            regression(
                FullyConnected(2, (2, 2)),
                "1 2",
                "1",
                1,
                ["1 1/2 -1/2 1", "1/2 0 1/4 1/2", "0 0"],
                "L = 3, widths 2 and 2, n = 1, d = 2",
            )
        ),
        instance(
            regression(
                FullyConnected(3, (3,)),
                "1 2 -1/2; 1/3 1 1",
                "1 -1/2",
                1,
                ["3/5 4/5 0 -4/5 3/5 0 0 0 1", "0 0 0"],
                "isotropic start: W_1 orthogonal, n = 2, d = 3",
            )
        ),
        instance(_random(seed), seed),
    )


@claim(
    id="ykm/fully-connected-small-init",
    title="fully connected networks from a small start: minimum l2 norm, at first order in alpha",
    source=f"{YKM}: fully connected networks with small initialisation; the rate and the last hypothesis are new",
    statement=r"""Let $W_l(0) = \alpha \bar W_l$ for $l < L$, $w_L(0) = 0$,
        $\bar W_l^T \bar W_l \succeq \bar W_{l+1} \bar W_{l+1}^T$ for $l \le L - 2$,
        $\bar W_{L-1}^T \bar W_{L-1} \succ 0$ and $(\bar W_1 \cdots \bar W_{L-1})^T X^T y \ne 0$. Then the loss
        goes to 0 for every $\alpha > 0$, and $\beta(\infty) = X^T (X X^T)^{-1} y + \alpha (I - P) \bar W_1 u$ with
        $u = (W_2 \cdots w_L)(\infty)$, $P$ the projector on the row space of $X$, and
        $\|u\| \to \|X^T (X X^T)^{-1} y\|^{(L-1)/L}$ as $\alpha \to 0$: the limit is the minimum-norm interpolator,
        with an error of order $\alpha$; where the start is invariant under the rotations that fix the row space (each
        $\bar W_l$ a multiple of an orthogonal matrix), it is that interpolator for every $\alpha$.""",
    hypotheses=(REGRESSION, FULLY_CONNECTED, DEEP, UNDERDETERMINED, LAST_ZERO, ORDERED, DEFINITE, MOVING),
    instances=_instances,
    measure=measure_small,
    compare=compare_small,
    depict=draw_expansions,
    same=_same,
    mutants=(
        Mutant("X^T y in place of X^T (X X^T)^{-1} y", _limit(_x_transposed_y)),
        Mutant("minimum l1 norm", _limit(_l1)),
        Mutant("the limit for large alpha", _limit(large_start_limit)),
        Mutant("limits exchanged: beta = 0", _limit(_limits_exchanged)),
        Mutant("error of order alpha^2", _variant(shifted(lambda e: e + 1))),
        Mutant("error of order alpha^{1/2}", _variant(shifted(lambda e: e / 2))),
        Mutant("Wbar_1 u in place of (I - P) Wbar_1 u", _unprojected),
        Mutant("||u|| of the power 1/(L + 1) of ||beta||", _wrong_norm),
        Mutant("hypothesis violated: Wbar_1^T X^T y = 0", problem=_blind_first_layer),
    ),
    derive="ykm/fully-connected-small-init",
)
def fully_connected_small_init(problem: Problem, digits: int) -> Prediction:
    """Exact linear algebra: the minimum-norm interpolator and the part of Wbar_1 that the data never move."""
    return _predicted(problem, digits)
