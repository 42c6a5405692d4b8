"""R8 for small scales: commuting deep matrix sensing tends to the minimum nuclear norm, with its rate."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.linear import minimum_norm
from litproof.claims.claim import claim
from litproof.claims.hypotheses import DEEP, MATRIX_SENSING, REGRESSION, UNDERDETERMINED, holds
from litproof.claims.types import Answer, Check, Hypothesis, Mutant
from litproof.errors import HypothesisError
from litproof.networks.sensing import commuting_form
from litproof.predict.regression.asymptotics import small_alpha, weighted_l2
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.expansions import (
    Change,
    Expansion,
    compare_expansions,
    draw_expansions,
    expansion_prediction,
    first_term_times,
    measure_ladders,
    same_expansions,
    shifted,
    working_digits,
)
from litproof.theorems.shared.instances import fixed_and_drawn
from litproof.theorems.shared.reduced import Reduced
from litproof.theorems.ykm import YKM
from litproof.theorems.ykm.matrix_sensing.claim import (
    COMMUTING,
    LAST_LAYER_ZERO,
    SAME_LAYERS,
    draw_sensing,
    scaled_identity,
    sensing,
    size_of,
)
from litproof.theorems.ykm.regression_scales.claim import NONZERO_TARGETS, small, small_ladder


def _identity(problem: Problem) -> Check:
    first = problem.v[0]
    scalar = bool(first[0]) and first == scaled_identity(size_of(problem), first[0])
    return holds(scalar, "W_1(0) is not a multiple of the identity")


def _rational(problem: Problem) -> Check:
    form = commuting_form(problem.X, problem.v, size_of(problem))
    return holds(form.is_rational, "a joint eigenvalue of the sensors is irrational")


def eigenvalue_problem(problem: Problem) -> Reduced:
    """sum_j lambda_ij rho_j = y_i, W_1 ... W_L = sum_j rho_j q_j q_j^T, W_l(0) = |c| I up to alpha and sign."""
    form = commuting_form(problem.X, problem.v, size_of(problem)).rational()
    rows = tuple(zip(*form.X, strict=True))
    weights = tuple(abs(value) for value in form.v[0])
    return Reduced(problem.layered.depth, rows, form.projectors, weights, problem.y)


def _sparse(problem: Problem) -> Check:
    reduced = eigenvalue_problem(problem)
    try:
        expansion = small_alpha(reduced.A, reduced.y, reduced.weights, reduced.depth)
    except HypothesisError as error:
        return holds(False, str(error))
    return holds(any(e is not None for e in expansion.exponents), "every eigenvalue is on the support")


IDENTITY_START = Hypothesis("W_l(0) = alpha I for l < L, up to a factor", _identity)
RATIONAL = Hypothesis("rational joint eigenvalues (the linear programme is solved exactly)", _rational)
UNIQUE = Hypothesis("minimum nuclear norm unique, with n non-zero eigenvalues and a strict dual", _sparse)

Expand = Callable[[Reduced, int], Expansion]


def measure_small(problem: Problem, digits: int) -> Measurement:
    """The flow in its original parameters followed to its limit at a ladder of small alpha."""
    work = working_digits(digits)
    return measure_ladders(problem, {"small": small_ladder(eigenvalue_problem(problem), work)}, work)


def _prediction(expand: Expand) -> Callable[[Problem, int], Prediction]:
    def predict(problem: Problem, digits: int) -> Prediction:
        expansion = expand(eigenvalue_problem(problem), working_digits(digits))
        return expansion_prediction({"small": expansion}, digits)

    return predict


def _changed(change: Change) -> Callable[[Problem, int], Prediction]:
    return _prediction(lambda reduced, digits: change(small(reduced, digits)))


def _frobenius(problem: Problem, digits: int) -> Prediction:
    true = small(eigenvalue_problem(problem), working_digits(digits))
    return expansion_prediction({"small": replace(true, limit=minimum_norm(problem.X, problem.y))}, digits)


def _large_scale(reduced: Reduced, digits: int) -> Expansion:
    """The minimiser of sum_j rho_j^2 / c^{2L-2}, where alpha tends to infinity."""
    weights = [e ** (2 * reduced.depth - 2) for e in reduced.weights]
    limit = reduced.beta(weighted_l2(reduced.A, reduced.y, weights), digits)
    return replace(small(reduced, digits), limit=limit)


def _sign_lost(reduced: Reduced, digits: int) -> Expansion:
    """Singular values in place of eigenvalues: every rho_j taken positive."""
    expansion = small_alpha(reduced.A, reduced.y, reduced.weights, reduced.depth)
    return replace(small(reduced, digits), limit=reduced.beta([abs(r) for r in expansion.limit], digits))


FIXED = (
    sensing(2, 3, "2 1 1 2", "-1", 1, "1 0 0 1", "eigenvalues 3, 1"),
    sensing(2, 2, "1/2 0 0 3/2", "3/4", 1, "2 0 0 2", "diagonal sensor"),
    sensing(3, 2, "1 2 0 2 1 0 0 0 1", "1", 1, "1 0 0 0 1 0 0 0 1", "eigenvalues 3, 1, -1"),
)


def _random(seed: int) -> Problem:
    rng = Random(f"nuclear {seed}")
    while True:
        drawn = replace(draw_sensing(rng, rng.randint(2, 3), 2, 1, identity=True), scale=Fraction(1))
        if _sparse(drawn).answer is Answer.HOLDS and _gap_off_support(drawn) >= Fraction(1, 3):
            return drawn


def _gap_off_support(problem: Problem) -> Fraction:
    """For one sensor the dual ratios are lambda_j / lambda_max; near 1 the sparse solution shows very late."""
    sizes = sorted(abs(row[0]) for row in eigenvalue_problem(problem).A)
    return Fraction(1 - sizes[-2] / sizes[-1])


@claim(
    id="ykm/matrix-sensing-nuclear-norm",
    title="deep matrix sensing with commuting sensors: minimum nuclear norm as the scale tends to zero",
    source=f"{YKM}: deep matrix sensing; Gunasekar et al. 2017 (arXiv 1705.09280); the rates are new",
    statement=r"""In the setting of ykm/matrix-sensing with $W_l(0) = \alpha I$ for $l < L$: as $\alpha \to 0$ the limit
        tends to the matrix of minimum nuclear norm with $\langle A_i, W \rangle = y_i$, with an error of order
        $\alpha^L$ for $L \ge 3$ and $\alpha^{2 (1 - \max |r_j|)}$, $r$ the eigenvalues of the dual optimum
        $\sum_i p_i A_i$ off the support, for $L = 2$. (Taking the part of $W$ that is diagonal in the common
        eigenbasis keeps $\langle A_i, W \rangle$ and does not raise the nuclear norm, so eigenvalues suffice.)""",
    hypotheses=(
        REGRESSION,
        MATRIX_SENSING,
        DEEP,
        UNDERDETERMINED,
        COMMUTING,
        SAME_LAYERS,
        LAST_LAYER_ZERO,
        IDENTITY_START,
        NONZERO_TARGETS,
        RATIONAL,
        UNIQUE,
    ),
    instances=fixed_and_drawn(FIXED, _random),
    measure=measure_small,
    compare=compare_expansions,
    depict=draw_expansions,
    same=same_expansions,
    mutants=(
        Mutant("minimum Frobenius norm", _frobenius),
        Mutant("the limit of large alpha", _prediction(_large_scale)),
        Mutant("absolute values of the eigenvalues", _prediction(_sign_lost)),
        Mutant("twice the order", _changed(shifted(lambda e: 2 * e))),
        Mutant("one order more", _changed(shifted(lambda e: e + 1))),
        Mutant("first term doubled", _changed(first_term_times(Fraction(2)))),
        Mutant("first term with the opposite sign", _changed(first_term_times(Fraction(-1)))),
    ),
    derive="ykm/matrix-sensing",
)
def nuclear_norm(problem: Problem, digits: int) -> Prediction:
    """Basis pursuit on the exact eigenvalues, its dual optimum, and the powers of alpha that follow from it."""
    return _prediction(small)(problem, digits)
