"""Exact linear algebra and R9, against sympy and the defining properties."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings, strategies as st

from litproof.algebra.linear import dot, minimum_norm, projected_start, solve_exact
from litproof.errors import HypothesisError
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.predict.regression.linear_model import one_layer_limit
from litproof.problem import Problem

ENTRIES = st.fractions(-3, 3, max_denominator=3)


@st.composite
def systems(draw):
    n, k = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    A = [[draw(ENTRIES) for _ in range(k)] for _ in range(n)]
    return A, [draw(ENTRIES) for _ in range(n)]


@given(systems())
@settings(max_examples=80, deadline=None)
def test_a_solution_or_none(system):
    A, b = system
    solution = solve_exact(A, b)
    if solution is None:
        matrix = sympy.Matrix([[sympy.Rational(x.numerator, x.denominator) for x in row] for row in A])
        right = sympy.Matrix([sympy.Rational(x.numerator, x.denominator) for x in b])
        assert matrix.row_join(right).rank() == matrix.rank() + 1
    else:
        assert [dot(row, solution) for row in A] == b


@given(systems(), st.data())
@settings(max_examples=60, deadline=None)
def test_nearest_solution(system, data):
    """It fits, and what moved is orthogonal to every z with X z = 0."""
    X, y = system
    start = [data.draw(ENTRIES) for _ in X[0]]
    end = projected_start(X, y, start)
    if end is None:
        assert solve_exact(X, y) is None
        return
    assert [dot(row, end) for row in X] == y
    moved = [a - b for a, b in zip(end, start, strict=True)]
    assert solve_exact(list(zip(*X, strict=True)), moved) is not None  # in the row space


def test_minimum_norm_without_solution():
    with pytest.raises(HypothesisError, match="no solution"):
        minimum_norm([[Fraction(1)], [Fraction(2)]], [Fraction(1), Fraction(1)])


def test_one_layer(kit):
    problem = Problem(
        Diagonal(1, 3), "regression", kit.rows("1 0 2"), (Fraction(3),), Fraction(2), kit.rows("1 1 1")
    )
    assert one_layer_limit(problem) == (Fraction(7, 5), 2, Fraction(4, 5))
    turned = Problem(
        Convolutional((3,)), "regression", kit.rows("1 0 2"), (Fraction(3),), Fraction(2), kit.rows("1 1 1")
    )
    beta = one_layer_limit(turned)
    assert dot(turned.X[0], beta) == 3
