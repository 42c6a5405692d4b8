from fractions import Fraction
from random import Random

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings, strategies as st

from litproof.algebra import linear
from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.linear import (
    dot,
    gram,
    inertia,
    inverse,
    projected_start,
    rank,
    row_echelon,
    solve_exact,
    square_root_free,
)

fractions = st.fractions(min_value=-5, max_value=5, max_denominator=7)


@st.composite
def matrices(draw):
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    free = [[draw(fractions) for _ in range(columns)] for _ in range(rows)]
    # a combination of rows more often than chance gives one
    if draw(st.booleans()):
        free.append([sum(column, Fraction(0)) for column in zip(*free, strict=True)])
    return free


@settings(deadline=None)
@given(matrices())
def test_echelon_form_and_rank_agree_with_sympy(matrix):
    form, pivots = sp.Matrix(
        [[sp.Rational(e.numerator, e.denominator) for e in row] for row in matrix]
    ).rref()
    reduced, pivot_columns = row_echelon(matrix)
    assert tuple(pivot_columns) == pivots and rank(matrix) == len(pivots)
    assert [[sp.Rational(e.numerator, e.denominator) for e in row] for row in reduced] == form.tolist()[
        : len(pivots)
    ]


@settings(deadline=None)
@given(matrices(), st.data())
def test_solutions_solve_and_none_means_none(matrix, data):
    right = [data.draw(fractions) for _ in matrix]
    solution = solve_exact(matrix, right)
    if solution is None:
        assert rank([[*row, b] for row, b in zip(matrix, right, strict=True)]) == rank(matrix) + 1
    else:
        assert [dot(row, solution) for row in matrix] == right


def test_rank_does_not_trust_an_unlucky_prime():
    p = linear._PRIME
    assert rank([[Fraction(p), Fraction(0)], [Fraction(0), Fraction(1)]]) == 2
    assert rank([[Fraction(1, p), Fraction(0)], [Fraction(0), Fraction(1)]]) == 2
    assert rank([[Fraction(p), Fraction(2 * p)], [Fraction(1), Fraction(2)]]) == 1


def test_inverses_over_both_fields():
    rng = Random(3)
    rational = [[Fraction(rng.randint(-4, 4), rng.randint(1, 3)) for _ in range(4)] for _ in range(4)]
    turned = [
        [Cyclotomic.gaussian(rng.randint(-3, 3), rng.randint(-3, 3)) for _ in range(3)] for _ in range(3)
    ]
    for matrix in (rational, turned):
        size = len(matrix)
        product = [
            [
                sum((a * b for a, b in zip(row, column, strict=True)), row[0] * 0)
                for column in zip(*inverse(matrix), strict=True)
            ]
            for row in matrix
        ]
        assert all(product[i][j] == int(i == j) for i in range(size) for j in range(size))
    with pytest.raises(ZeroDivisionError):
        inverse([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(4)]])


def test_the_nearest_solution_with_dependent_rows():
    X = [[Fraction(1), Fraction(2), Fraction(0)], [Fraction(2), Fraction(4), Fraction(0)]]
    projection = projected_start(X, [Fraction(1), Fraction(2)], [Fraction(0), Fraction(0), Fraction(7)])
    assert projection == (Fraction(1, 5), Fraction(2, 5), Fraction(7))
    assert projected_start(X, [Fraction(1), Fraction(3)], [Fraction(0)] * 3) is None


@given(st.integers(1, 5), st.data())
@settings(max_examples=60, deadline=None)
def test_inertia(size, data):
    entries = data.draw(st.lists(st.integers(-3, 3), min_size=size * size, max_size=size * size))
    M = np.array(entries).reshape(size, size)
    M = M + M.T
    if data.draw(st.booleans()):
        M = M @ M.T
    values = np.linalg.eigvalsh(M.astype(float))
    expected = (int((values > 1e-9).sum()), int((values < -1e-9).sum()))
    assert inertia([[Fraction(int(entry)) for entry in row] for row in M]) == expected


@given(matrices())
def test_square_root_free_factors(matrix):
    M = [[entry + 3 * (i == j) for j, entry in enumerate(row)] for i, row in enumerate(gram(matrix))]
    T, D = square_root_free(M)
    size = range(len(M))
    assert all(T[i][i] == 1 and not any(T[i][:i]) for i in size) and all(entry > 0 for entry in D)
    assert all(
        M[i][j] == sum(d * row[i] * row[j] for row, d in zip(T, D, strict=True)) for i in size for j in size
    )


@given(st.integers(0, 9), st.integers(1, 9), st.data())
def test_a_product_is_the_sum_of_its_terms_however_many_rows_go_together(height, width, data):
    numbers = st.fractions(max_denominator=50)
    x = data.draw(st.lists(numbers, min_size=width, max_size=width))
    rows = [data.draw(st.lists(numbers, min_size=width, max_size=width)) for _ in range(height)]
    expected = tuple(sum(a * b for a, b in zip(row, x, strict=True)) for row in rows)
    for together in (1, 3 * width, 4096):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(linear, "_TOGETHER", together)
            assert linear.product(rows, x) == expected
