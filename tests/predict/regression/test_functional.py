"""R2 in its own words: Q, its derivatives, and the minimiser on the solutions of X S^T rho = y."""

from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from litproof.algebra.balls import ball
from litproof.errors import HypothesisError
from litproof.precision import ball_precision
from litproof.predict.regression.functional import Q, gradient_Q, hessian_Q, kkt_residuals, minimise_Q

X = ((Fraction(1, 2), Fraction(-5, 4), Fraction(2)), (Fraction(3, 2), Fraction(1, 4), Fraction(-1, 2)))
Y = (Fraction(1), Fraction(-1, 2))
ETA = (Fraction(1), Fraction(-3, 4), Fraction(5, 4))
S = tuple(tuple(Fraction(int(i == j)) for j in range(3)) for i in range(3))
A = tuple(zip(*X, strict=True))
DEPTHS = st.integers(2, 8)
ENTRIES = st.lists(st.fractions(-5, 5, max_denominator=9), min_size=3, max_size=3)


@given(DEPTHS, ENTRIES)
@settings(max_examples=40, deadline=None)
def test_derivatives(L, entries):
    with ball_precision(500):
        rho, a = [ball(e) for e in entries], [abs(ball(e)) for e in ETA]
        step = arb(2) ** -80
        for j in range(3):
            up, down = ([r + side * step * (i == j) for i, r in enumerate(rho)] for side in (1, -1))
            slope = (Q(up, a, L) - Q(down, a, L)) / (2 * step)
            assert abs(slope - gradient_Q(rho, a, L)[j]) < arb(2) ** -120
            bend = (gradient_Q(up, a, L)[j] - gradient_Q(down, a, L)[j]) / (2 * step)
            assert abs(bend - hessian_Q(rho, a, L)[j]) < arb(2) ** -120
            assert hessian_Q(rho, a, L)[j] > 0


@pytest.mark.parametrize("L", range(2, 9))
def test_minimiser_meets_the_kkt_conditions_of_its_depth_only(L):
    alpha = Fraction(3, 10)
    found = minimise_Q(S, X, Y, ETA, alpha, L, 60)
    weights = [abs(alpha * e) for e in ETA]
    stationary, feasible = kkt_residuals(A, Y, found.rho, found.nu, weights, L, 60)
    assert stationary < arb(10) ** -50
    assert feasible < arb(10) ** -58
    wrong, _ = kkt_residuals(A, Y, found.rho, found.nu, weights, L + 1, 60)
    assert wrong > arb(10) ** -3
    unweighted, _ = kkt_residuals(A, Y, found.rho, found.nu, [alpha] * 3, L, 60)
    assert unweighted > arb(10) ** -4


@given(
    DEPTHS,
    st.fractions(-1, 1, max_denominator=1000).filter(bool),
    st.fractions("1/50", 50, max_denominator=50),
)
@settings(max_examples=40, deadline=None)
def test_every_other_solution_has_larger_Q(L, t, alpha):
    found = minimise_Q(S, X, Y, ETA, alpha, L, 60)
    direction = (  # X z = 0
        X[0][1] * X[1][2] - X[0][2] * X[1][1],
        X[0][2] * X[1][0] - X[0][0] * X[1][2],
        X[0][0] * X[1][1] - X[0][1] * X[1][0],
    )
    with ball_precision(400):
        weights = [abs(ball(alpha * e)) for e in ETA]
        least = Q([ball(r) for r in found.rho], weights, L)
        other = Q([ball(r + t * z) for r, z in zip(found.rho, direction, strict=True)], weights, L)
        assert least < other


def test_bad_arguments_are_named():
    for etabar, alpha, L in (
        (ETA, Fraction(1), 1),
        ((*ETA[:2], Fraction(0)), Fraction(1), 3),
        (ETA, Fraction(0), 3),
    ):
        with pytest.raises(HypothesisError, match=r"depth L >= 2|etabar_j != 0"):
            minimise_Q(S, X, Y, etabar, alpha, L, 20)
