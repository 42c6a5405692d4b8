from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from litproof.algebra.linear_programme import minimise
from litproof.errors import HypothesisError
from litproof.predict.regression.asymptotics import weighted_l1

ENTRIES = st.integers(-4, 4).map(Fraction)


@st.composite
def programmes(draw):
    n, k = draw(st.integers(1, 3)), draw(st.integers(1, 6))
    A = [[draw(ENTRIES) for _ in range(k)] for _ in range(n)]
    return A, [draw(ENTRIES) for _ in range(n)], [draw(ENTRIES) for _ in range(k)]


@given(programmes())
@settings(max_examples=150, deadline=None)
def test_every_answer_carries_its_proof(programme):
    A, b, c = programme
    optimum = minimise(A, b, c)
    columns = list(zip(*A, strict=True))
    if optimum.status == "optimal":
        assert all(x >= 0 for x in optimum.x)
        assert [sum(p * q for p, q in zip(row, optimum.x, strict=True)) for row in A] == b
        assert all(
            sum(w * a for w, a in zip(optimum.dual, column, strict=True)) <= cost
            for column, cost in zip(columns, c, strict=True)
        )
        assert sum(w * t for w, t in zip(optimum.dual, b, strict=True)) == optimum.value
    elif optimum.status == "infeasible":
        assert all(sum(w * a for w, a in zip(optimum.dual, column, strict=True)) <= 0 for column in columns)
        assert sum(w * t for w, t in zip(optimum.dual, b, strict=True)) > 0
    expected = linprog(
        np.array(c, float), A_eq=np.array(A, float), b_eq=np.array(b, float), bounds=(0, None), method="highs"
    )
    assert {"optimal": 0, "infeasible": 2, "unbounded": 3}[
        optimum.status
    ] == expected.status or expected.status == 4


def test_uniqueness_is_decided():
    one = weighted_l1([[Fraction(1)], [Fraction(2)]], [Fraction(2)], [Fraction(1)] * 2)
    assert (one.unique, one.rho, one.value) == (True, (0, 1), 1)
    many = weighted_l1([[Fraction(1)], [Fraction(1)]], [Fraction(2)], [Fraction(1)] * 2)
    assert (many.unique, many.value) == (False, 2)
    with pytest.raises(HypothesisError, match="no solution"):
        weighted_l1([[Fraction(0)]], [Fraction(1)], [Fraction(1)])
