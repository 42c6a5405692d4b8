"""R4: large and small initial scale, the limits and the first terms with which they are approached."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor, log2
from random import Random

from litproof.algebra.balls import Exact, ball, dyadic
from litproof.claims.claim import claim
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
from litproof.claims.types import Answer, Check, Hypothesis, Instance, Mutant
from litproof.errors import HypothesisError
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.asymptotics import (
    SmallScale,
    large_alpha,
    least,
    small_alpha,
    weighted_l1,
    weighted_l2,
)
from litproof.predict.regression.exponents import large_powers, small_powers
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.expansions import (
    LEAST_DIGITS,
    LEAST_SAMPLES,
    MOST_SAMPLES,
    Change,
    Expansion,
    Ladder,
    compare_expansions,
    draw_expansions,
    expansion_entries,
    expansion_prediction,
    first_term_times,
    measure_ladders,
    same_expansions,
    shifted,
    working_digits,
)
from litproof.theorems.shared.instances import (
    diagonal_from_zero,
    draw_data,
    draw_nonzero,
    draw_odeco,
    instance,
    odeco_from_zero,
)
from litproof.theorems.shared.reduced import Reduced, reduce
from litproof.theorems.shared.variants import with_last_layer
from litproof.theorems.ykm import YKM

Expand = Callable[[Reduced, int], Expansion]


def _small_scale(reduced: Reduced) -> SmallScale:
    return small_alpha(reduced.A, reduced.y, reduced.weights, reduced.depth)


def _sparse(problem: Problem) -> Check:
    try:
        _small_scale(reduce(problem))
    except HypothesisError as error:
        return holds(False, str(error))
    return holds(True)


def _first_terms(problem: Problem) -> Check:
    reduced = reduce(problem)
    corrected = reduced.beta(
        large_alpha(reduced.A, reduced.y, reduced.weights, reduced.depth).correction, LEAST_DIGITS
    )
    if not any(abs(entry) > Fraction(1, 10**LEAST_DIGITS) for entry in corrected):
        return holds(False, "for large alpha the first correction vanishes")
    return holds(
        any(exponent is not None for exponent in _small_scale(reduced).exponents),
        "for small alpha nothing is left off the support",
    )


def _targets(problem: Problem) -> Check:
    return holds(any(problem.y), "y = 0, the flow does not move")


NONZERO_TARGETS = Hypothesis("y != 0", _targets)
FIRST_TERMS = Hypothesis("the first corrections in alpha do not vanish", _first_terms)
SPARSE = Hypothesis(
    "the weighted l1 minimiser is unique, with n non-zero entries and a strict dual optimum", _sparse
)


def large(reduced: Reduced, digits: int) -> Expansion:
    """The expansion in 1/alpha."""
    expansion = large_alpha(reduced.A, reduced.y, reduced.weights, reduced.depth)
    return Expansion(
        reduced.beta(expansion.limit, digits),
        large_powers(reduced.depth, MOST_SAMPLES),
        Fraction(expansion.exponent),
        reduced.beta(expansion.correction, digits),
    )


def small(reduced: Reduced, digits: int) -> Expansion:
    """The expansion in alpha."""
    with ball_precision(digits_to_bits(digits + 10)):
        expansion = _small_scale(reduced)
        terms = small_powers(reduced.depth, expansion.ratios, expansion.support, MOST_SAMPLES)
        order = least(e for e in expansion.exponents if e is not None)
        assert order is not None
        first = [
            constant if exponent is not None and exponent == order else ball(0)
            for exponent, constant in zip(expansion.exponents, expansion.constants, strict=True)
        ]
        nearest = min(terms, key=lambda t: abs(t.exponent - dyadic(ball(order)))).exponent
        return Expansion(reduced.beta(expansion.limit, digits), terms, nearest, reduced.beta_of_balls(first))


def small_ladder(reduced: Reduced, digits: int) -> Ladder:
    """Below the alpha at which the sparse solution shows; for two layers far below, where only log(1/alpha) counts."""
    L, expansion = reduced.depth, _small_scale(reduced)
    smallest = min(_size(expansion.limit[j]) for j in expansion.support)
    top = (smallest ** (1 / L)) / (4 * max(map(_size, reduced.weights)))
    decades = 1 + digits / 15 if L == 2 else 0.5 + digits / 40
    ratio = Fraction(1, 4) if L == 2 else Fraction(1, 2)
    start = Fraction(2) ** floor(log2(top) - decades * log2(10))
    return Ladder(start, ratio, small_powers(L, expansion.ratios, expansion.support, MOST_SAMPLES))


def _large_ladder(reduced: Reduced, digits: int) -> Ladder:
    """Above the alpha at which the last layer ends smaller than the others."""
    L = reduced.depth
    expansion = large_alpha(reduced.A, reduced.y, reduced.weights, L)
    sizes = [
        (_size(rho) ** (1 / L)) / _size(e) for rho, e in zip(expansion.limit, reduced.weights, strict=True)
    ]
    exponent = ceil(log2(2 * max(sizes)) + digits / (8 * L) * log2(10))
    return Ladder(Fraction(1, 2) ** exponent, Fraction(1, 2), large_powers(L, MOST_SAMPLES), inverse=True)


def _size(value: Exact) -> float:
    with ball_precision(64):
        return abs(float(ball(value).mid()))


def measure_scales(problem: Problem, digits: int) -> Measurement:
    """The flow followed to its limit at a ladder of large and one of small alpha."""
    reduced, work = reduce(problem), working_digits(digits)
    ladders = {"large": _large_ladder(reduced, work), "small": small_ladder(reduced, work)}
    return measure_ladders(problem, ladders, work)


def _variant(big: Expand = large, little: Expand = small) -> Callable[[Problem, int], Prediction]:
    def predict(problem: Problem, digits: int) -> Prediction:
        reduced, work = reduce(problem), working_digits(digits)
        return expansion_prediction({"large": big(reduced, work), "small": little(reduced, work)}, digits)

    return predict


def _changed(base: Expand, change: Change) -> Expand:
    return lambda reduced, digits: change(base(reduced, digits))


def _least_squares(base: Expand, power: Callable[[int], int]) -> Expand:
    """The limit that minimises sum_j rho_j^2 / |etabar_j|^power in place of the true one."""

    def expand(reduced: Reduced, digits: int) -> Expansion:
        weights = [e ** power(reduced.depth) for e in reduced.weights]
        limit = reduced.beta(weighted_l2(reduced.A, reduced.y, weights), digits)
        return replace(base(reduced, digits), limit=limit)

    return expand


def _absolute_values(power: Callable[[int], int]) -> Expand:
    """The limit that minimises sum_j |rho_j| / |etabar_j|^power in place of the true one."""

    def expand(reduced: Reduced, digits: int) -> Expansion:
        weights = [e ** -power(reduced.depth) for e in reduced.weights]
        rho = weighted_l1(reduced.A, reduced.y, weights).rho
        return replace(small(reduced, digits), limit=reduced.beta(rho, digits))

    return expand


def _as_if_from_zero(problem: Problem, digits: int) -> Prediction:
    """The large-scale half of the claim for a start that is taken for one with v_L = 0."""
    return expansion_prediction({"large": large(reduce(problem), working_digits(digits))}, digits)


def _large_scales(problem: Problem, digits: int) -> Measurement:
    """Few flows with few digits: the order of convergence alone tells."""
    ladder = replace(_large_ladder(reduce(problem), LEAST_DIGITS), most=LEAST_SAMPLES, further=0)
    return measure_ladders(problem, {"large": ladder}, LEAST_DIGITS)


def _random(seed: int) -> Problem:
    rng = Random(f"scales {seed}")
    while True:
        network = draw_odeco(rng, rng.randint(2, 3), 3, 2)
        etabar = tuple(draw_nonzero(rng) for _ in range(3))
        X, y = draw_data(rng, 1, 2), (draw_nonzero(rng),)
        name = f"random odeco, L = {network.depth}, m = 3, d = 2"
        drawn = odeco_from_zero(network, X, y, 1, etabar, name)
        if all(h.check(drawn).answer is Answer.HOLDS for h in (SPARSE, FIRST_TERMS)) and _gap(drawn) >= 1 / 3:
            return drawn


def _gap(problem: Problem) -> float:
    """min 1 - |r_j| off the support: the sparse solution shows at tiny alpha only where it is close to 0."""
    expansion = _small_scale(reduce(problem))
    return min(1 - _size(r) for j, r in enumerate(expansion.ratios) if j not in expansion.support)


def _instances(seed: int) -> tuple[Instance, ...]:
    return (
        instance(
            diagonal_from_zero(
                2, "1 2 -2; -1/4 1/4 1/2", "1 1/2", 1, "1 1/2 3/4", "diagonal, L = 2, n = 2, d = 3"
            )
        ),
        instance(diagonal_from_zero(3, "2 1", "1", 1, "1 7/4", "diagonal, L = 3, n = 1, d = 2")),
        instance(diagonal_from_zero(4, "1 3/4", "3/4", 1, "1/2 1", "diagonal, L = 4, n = 1, d = 2")),
        instance(_random(seed), seed),
    )


@claim(
    id="ykm/regression-scales",
    title="large and small initial scale: weighted l2 and (weighted) l1, with the first terms in alpha",
    source=f"{YKM}: discussion of the initial scale; the rates are new",
    statement=r"""In the setting of ykm/regression-limit: for $\alpha \to \infty$ the limit tends to the minimiser of
        $\sum_j \rho_j^2 / \bar\eta_j^{2L-2}$, with an error $\alpha^{-2L} \delta + O(\alpha^{-4L})$; for
        $\alpha \to 0$ to that of $\sum_j |\rho_j| / |\bar\eta_j|^{L-2}$, with an error of order $\alpha^L$ for
        $L \ge 3$ and $\alpha^{2 (1 - \max |r_j|)}$, $r$ the dual optimum off the support, for $L = 2$; the
        coefficients of both first terms are known.""",
    hypotheses=(
        REGRESSION,
        DEEP,
        REAL_ODECO,
        UNDERDETERMINED,
        SAME_START,
        LAST_ZERO,
        NO_ZERO,
        NONZERO_TARGETS,
        SPARSE,
        FIRST_TERMS,
    ),
    instances=_instances,
    measure=measure_scales,
    compare=compare_expansions,
    depict=draw_expansions,
    entries=expansion_entries,
    same=same_expansions,
    mutants=(
        Mutant("large alpha: unweighted l2", _variant(big=_least_squares(large, lambda L: 0))),
        Mutant("large alpha: weights of depth L + 1", _variant(big=_least_squares(large, lambda L: 2 * L))),
        Mutant(
            "large alpha: error of order alpha^{-L}", _variant(big=_changed(large, shifted(lambda e: e / 2)))
        ),
        Mutant(
            "large alpha: half the first correction",
            _variant(big=_changed(large, first_term_times(Fraction(1, 2)))),
        ),
        Mutant(
            "small alpha: l1 with weights |etabar|^{-(L-1)}",
            _variant(little=_absolute_values(lambda L: L - 1)),
        ),
        Mutant(
            "small alpha: weights |etabar|^{2-L} dropped (taken for L = 2)",
            _variant(little=_absolute_values(lambda L: 0)),
        ),
        Mutant("small alpha: l2 in place of l1", _variant(little=_least_squares(small, lambda L: 0))),
        Mutant("small alpha: one order more", _variant(little=_changed(small, shifted(lambda e: e + 1)))),
        Mutant(
            "small alpha: first term with the opposite sign",
            _variant(little=_changed(small, first_term_times(Fraction(-1)))),
        ),
        Mutant(
            "hypothesis violated: v_L(0) = alpha U_L etabar / 2",
            _as_if_from_zero,
            lambda problem: with_last_layer(problem, Fraction(1, 2)),
            _large_scales,
        ),
    ),
    derive="ykm/regression-scales",
)
def regression_scales(problem: Problem, digits: int) -> Prediction:
    """Weighted least squares and basis pursuit by exact linear algebra, powers of alpha and first coefficients."""
    return _variant()(problem, digits)
