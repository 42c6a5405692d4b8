"""R4: large and small initial scale, the limits and the rates at which they are approached."""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor, log2
from random import Random

from litproof.claims.claim import Check, Hypothesis, Instance, Mutant, claim
from litproof.claims.hypotheses import (
    DEEP,
    LAST_ZERO,
    NO_ZERO,
    REAL_ODECO,
    REGRESSION,
    SAME_START,
    UNDERDETERMINED,
    holds,
)
from litproof.claims.instances import (
    diagonal_from_zero,
    draw_data,
    draw_nonzero,
    draw_odeco,
    instance,
    odeco_from_zero,
)
from litproof.claims.scaling import (
    Change,
    Expansion,
    compare_expansions,
    expansion_prediction,
    same_expansions,
    scales_measurement,
    semigroup,
    shifted_exponents,
)
from litproof.claims.ykm import YKM
from litproof.claims.ykm.reduced import (
    Reduced,
    basis_pursuit,
    dual_slopes,
    reduce,
    sparse_beta,
    weighted_least_squares,
)
from litproof.precision import ball_precision
from litproof.predict.balls import ball, dyadic, sign
from litproof.problem import Problem
from litproof.results import Measurement, Prediction

TERMS = 8
SAMPLES = 6


def _sparse(problem: Problem) -> Check:
    reduced = reduce(problem)
    found = basis_pursuit(reduced, reduced.depth - 2)
    if found.status != "optimal" or not found.unique:
        return holds(False, "the weighted l1 minimiser is not unique")
    support = sum(1 for value in found.x if sign(value))
    if support != len(reduced.y):
        return holds(
            False, f"the weighted l1 minimiser has {support} non-zero entries for {len(reduced.y)} points"
        )
    slopes = dual_slopes(reduced, reduced.depth - 2)
    off = [w for w in slopes if sign(w * w - 1) < 0]
    if len(off) != len(slopes) - support:
        return holds(False, "the dual optimum has modulus 1 off the support")
    return holds(
        any(map(sign, off)), "the dual optimum vanishes off the support, the leading term of the rate too"
    )


SPARSE = Hypothesis("the weighted l1 minimiser is unique, with n non-zero entries and a strict dual", _sparse)


def small_exponents(reduced: Reduced) -> tuple[Fraction, ...]:
    """Exponents of alpha in beta(alpha) - beta(0).

    L >= 3: off the support rho_j = (alpha |etabar_j|)^L h_L(s_j) with s_j -> w_j s_max, on it s_j = s_max - O(alpha^{L-2}).
    L = 2: off the support rho_j ~ alpha^{2 (1 - |w_j|)}.
    """
    L = reduced.depth
    if L >= 3:
        generators = [Fraction(g) for g in (*range(L - 2, 4 * L, 2), L)]
        return tuple(L + e for e in semigroup(generators, TERMS))
    with ball_precision(200):
        slopes = [abs(dyadic(ball(w))) for w in dual_slopes(reduced, 0)]
    off = [w for w in slopes if w < 1 - Fraction(1, 10**12)]
    return semigroup([*(2 * (1 - w) for w in off), *(2 * (1 + w) for w in off), Fraction(4)], TERMS + 1)[1:]


def large_exponents(reduced: Reduced) -> tuple[Fraction, ...]:
    """Exponents of 1/alpha in beta(alpha) - beta(inf): h_L^{-1} is odd in rho_j / (alpha |etabar_j|)^L."""
    return tuple(Fraction(2 * reduced.depth * k) for k in range(1, TERMS + 1))


def _large(reduced: Reduced) -> Expansion:
    return Expansion(weighted_least_squares(reduced, 2 * reduced.depth - 2), large_exponents(reduced))


def small(reduced: Reduced) -> Expansion:
    """The expansion for alpha -> 0."""
    return Expansion(sparse_beta(reduced, reduced.depth - 2), small_exponents(reduced))


def small_ladder(problem: Problem) -> tuple[Fraction, ...]:
    """Geometric alpha below the scale at which the sparse solution shows."""
    reduced = reduce(problem)
    found = basis_pursuit(reduced, reduced.depth - 2)
    power = reduced.depth - 2
    sizes = [float(_size(x)) for x in found.x if sign(x)]
    weights = [float(_size(w)) for w in reduced.weights]
    least = min(sizes) * min(weights) ** power
    top = (least / 16) ** (1 / reduced.depth) / max(weights)
    start, ratio = Fraction(2) ** floor(log2(top)), Fraction(1, 2 if reduced.depth > 2 else 16)
    return tuple(start * ratio**k for k in range(SAMPLES))


def _large_ladder(problem: Problem) -> tuple[Fraction, ...]:
    reduced = reduce(problem)
    size = max(abs(float(value)) for value in weighted_least_squares(reduced, 2 * reduced.depth - 2))
    top = (8 * size + 1) ** (1 / reduced.depth) / min(float(_size(w)) for w in reduced.weights)
    return tuple(Fraction(2) ** (ceil(log2(top)) + k) for k in range(SAMPLES - 1))


def _size(value: object) -> Fraction:
    with ball_precision(64):
        return abs(dyadic(ball(value)))


def measure_scales(problem: Problem, digits: int) -> Measurement:
    """The flow followed to its limit at five large and six small alpha, in geometric progression."""
    return scales_measurement(
        problem, {"large": _large_ladder(problem), "small": small_ladder(problem)}, digits
    )


def _variant(
    large: Callable[[Reduced], Expansion] | None = None,
    little: Callable[[Reduced], Expansion] | None = None,
) -> Callable[[Problem, int], Prediction]:
    def predict(problem: Problem, digits: int) -> Prediction:
        reduced = reduce(problem)
        return expansion_prediction(
            {"large": (large or _large)(reduced), "small": (little or small)(reduced)}, digits
        )

    return predict


def _changed(base: Callable[[Reduced], Expansion], change: Change) -> Callable[[Reduced], Expansion]:
    return lambda reduced: change(base(reduced))


def _unweighted_large(reduced: Reduced) -> Expansion:
    return Expansion(weighted_least_squares(reduced, 0), large_exponents(reduced))


def _weights_of_next_depth(reduced: Reduced) -> Expansion:
    return Expansion(weighted_least_squares(reduced, 2 * reduced.depth), large_exponents(reduced))


def _weighted_by_depth(reduced: Reduced) -> Expansion:
    """l1 with weights |etabar|^{-(L-1)} in place of |etabar|^{-(L-2)}."""
    return Expansion(sparse_beta(reduced, reduced.depth - 1), small_exponents(reduced))


def _euclidean(reduced: Reduced) -> Expansion:
    return Expansion(weighted_least_squares(reduced, 0), small_exponents(reduced))


def _random(seed: int) -> Problem:
    rng = Random(f"scales {seed}")
    while True:
        network = draw_odeco(rng, 3, 3, 2)
        etabar = tuple(draw_nonzero(rng) for _ in range(3))
        X, y = draw_data(rng, 1, 2), (draw_nonzero(rng),)
        drawn = odeco_from_zero(network, X, y, 1, etabar, "random odeco, L = 3, m = 3, d = 2")
        if _sparse(drawn).answer.value == "holds":
            return drawn


def _instances(seed: int) -> tuple[Instance, ...]:
    return (
        instance(diagonal_from_zero(2, "1 1/2 -1/4", "1", 1, "1 1/2 3/4", "diagonal, L = 2, n = 1, d = 3")),
        instance(
            diagonal_from_zero(
                3, "1 1/2 -1 2; 0 1 1/2 1/4", "1 1/2", 1, "1 1/2 3/4 5/4", "diagonal, L = 3, n = 2, d = 4"
            )
        ),
        instance(diagonal_from_zero(4, "1 1/2 3/4", "3/4", 1, "1/2 1 3/4", "diagonal, L = 4, n = 1, d = 3")),
        instance(_random(seed), seed),
    )


@claim(
    id="ykm/regression-scales",
    title="large and small initial scale: weighted l2 and (weighted) l1, with rates in alpha",
    source=f"{YKM}: discussion of the initial scale; the rates are new",
    statement=r"""In the setting of ykm/regression-limit: for $\alpha \to \infty$ the limit tends to the minimiser of
        $\sum_j \rho_j^2 / \bar\eta_j^{2L-2}$, with error $\alpha^{-2L}$; for $\alpha \to 0$ to that of
        $\sum_j |\rho_j| / |\bar\eta_j|^{L-2}$, with error $\alpha^L$ for $L \ge 3$ and
        $\alpha^{2 (1 - \max |w_j|)}$, $w$ the dual optimum off the support, for $L = 2$.""",
    hypotheses=(REGRESSION, DEEP, REAL_ODECO, UNDERDETERMINED, SAME_START, LAST_ZERO, NO_ZERO, SPARSE),
    instances=_instances,
    measure=measure_scales,
    compare=compare_expansions,
    same=same_expansions,
    mutants=(
        Mutant("large alpha: unweighted l2", _variant(large=_unweighted_large)),
        Mutant("large alpha: weights of depth L + 1", _variant(large=_weights_of_next_depth)),
        Mutant(
            "large alpha: error alpha^{-L}",
            _variant(large=_changed(_large, shifted_exponents(lambda e: e / 2))),
        ),
        Mutant("small alpha: l1 with weights |etabar|^{-(L-1)}", _variant(little=_weighted_by_depth)),
        Mutant("small alpha: minimum l2 norm", _variant(little=_euclidean)),
        Mutant(
            "small alpha: one order more",
            _variant(little=_changed(small, shifted_exponents(lambda e: e + 1))),
        ),
        Mutant(
            "small alpha: half the order",
            _variant(little=_changed(small, shifted_exponents(lambda e: e / 2))),
        ),
    ),
    derive="ykm/regression-scales",
)
def regression_scales(problem: Problem, digits: int) -> Prediction:
    """Weighted least squares by linear algebra, basis pursuit by an exact linear programme, exponents from its dual."""
    return _variant()(problem, digits)
