"""R4: limits and first terms against the minimiser of Q at extreme alpha (another code path: the dual Newton)."""

from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given, settings, strategies as st

from litproof.algebra.balls import dyadic
from litproof.errors import HypothesisError
from litproof.networks.diagonal import Diagonal
from litproof.precision import ball_precision
from litproof.predict.regression.asymptotics import large_alpha, small_alpha, weighted_l1, weighted_l2
from litproof.predict.regression.exponents import (
    Power,
    fully_connected_powers,
    large_powers,
    small_powers,
    sums,
)
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem

A = [
    [Fraction(2), Fraction(0)],
    [Fraction(1), Fraction(1)],
    [Fraction(-1, 2), Fraction(1, 4)],
    [Fraction(1), Fraction(-1)],
]
Y = (Fraction(1), Fraction(1, 2))
E = (Fraction(1), Fraction(3, 4), Fraction(5, 4), Fraction(1, 2))
X = [[row[i] for row in A] for i in range(2)]


def at(alpha, L, digits=80):
    """The true rho(alpha): A = S X^T with S = I."""
    layers = (*((E,) * (L - 1)), (Fraction(0),) * 4)
    problem = Problem(Diagonal(L, 4), "regression", X, Y, Fraction(alpha), layers)
    return predict_regression(problem, digits).details["rho"]


def fits(rho):
    return all(sum(a[i] * r for a, r in zip(A, rho, strict=True)) == Y[i] for i in range(2))


@pytest.mark.parametrize("L", range(2, 8))
def test_large_alpha(L):
    expansion, alpha = large_alpha(A, Y, E, L), Fraction(10**4)
    assert fits(expansion.limit)
    assert expansion.limit == weighted_l2(A, Y, [e ** (2 * L - 2) for e in E])
    assert all(sum(a[i] * c for a, c in zip(A, expansion.correction, strict=True)) == 0 for i in range(2))
    rest = [
        (rho - b) * alpha ** (2 * L) - c
        for rho, b, c in zip(at(alpha, L, 40 * L), expansion.limit, expansion.correction, strict=True)
    ]
    assert max(map(abs, expansion.correction)) > Fraction(1, 1000)
    assert max(map(abs, rest)) < 10**4 / alpha ** (2 * L)


@pytest.mark.parametrize("L", range(2, 8))
def test_small_alpha(L):
    """(rho - limit) alpha^{-exponent} tends to the constant, on and off the support."""
    with ball_precision(300):
        expansion = small_alpha(A, Y, E, L)
    assert fits(expansion.limit)
    assert [abs(expansion.ratios[j]) for j in expansion.support] == [1, 1]
    gaps = []
    for alpha in (Fraction(1, 10**12), Fraction(1, 10**18)):
        rho = at(alpha, L, 40 + 20 * L)
        worst = Fraction(0)
        for value, limit, exponent, constant in zip(
            rho, expansion.limit, expansion.exponents, expansion.constants, strict=True
        ):
            with ball_precision(600):
                base = arb(alpha.numerator) / alpha.denominator
                power = dyadic(base ** (arb(exponent.numerator) / exponent.denominator))
            worst = max(worst, abs((value - limit) / power / dyadic(constant) - 1))
        gaps.append(worst)
    assert gaps[1] < gaps[0] / 10 < Fraction(1, 100)


def test_not_unique_or_degenerate():
    one = [[Fraction(1)], [Fraction(1)]]
    with pytest.raises(HypothesisError, match="not unique"):
        small_alpha(one, [Fraction(1)], [Fraction(1)] * 2, 2)
    identity = [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)], [Fraction(1, 3), Fraction(1, 3)]]
    with pytest.raises(HypothesisError, match="degenerate"):
        small_alpha(identity, [Fraction(1), Fraction(0)], [Fraction(1)] * 3, 2)
    with pytest.raises(HypothesisError, match="rank"):
        weighted_l2([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(4)]], Y, [Fraction(1)] * 2)


@given(st.lists(st.fractions("1/4", 3, max_denominator=4), min_size=4, max_size=4))
@settings(max_examples=30, deadline=None)
def test_weighted_l1_carries_its_proof(weights):
    optimum = weighted_l1(A, Y, weights)
    assert fits(optimum.rho)
    assert all(
        abs(sum(a * p for a, p in zip(row, optimum.dual, strict=True))) <= w
        for row, w in zip(A, weights, strict=True)
    )
    assert sum(p * y for p, y in zip(optimum.dual, Y, strict=True)) == optimum.value
    assert sum(w * abs(r) for w, r in zip(weights, optimum.rho, strict=True)) == optimum.value


def test_powers():
    assert sums([Fraction(2), Fraction(3)], 6) == (2, 3, 4, 5, 6, 7)
    assert large_powers(3, 3) == (Power(Fraction(6)), Power(Fraction(12)), Power(Fraction(18)))
    assert [t.exponent for t in small_powers(3, (), (), 5)] == [3, 4, 5, 6, 7]
    assert [t.exponent for t in small_powers(4, (), (), 4)] == [4, 6, 8, 10]
    ratios = (Fraction(1), Fraction(-1, 4), Fraction(0))
    assert [t.exponent for t in small_powers(2, ratios, (0,), 5)] == [Fraction(k, 2) for k in (3, 4, 5, 6, 7)]
    assert fully_connected_powers(2, 8) == tuple(
        Power(Fraction(e), k) for e, k in ((1, 0), (2, 0), (3, 0), (3, 1), (4, 0), (4, 1), (5, 0), (5, 1))
    )
