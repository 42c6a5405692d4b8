"""Dependent rows against their definition, for random rows of which some are combinations of others."""

import random
from fractions import Fraction

from litproof.algebra.dependence import dependent_rows
from litproof.algebra.linear import rank


def test_every_dependent_row_is_the_combination_that_is_named():
    rng = random.Random(0)
    seen = set()
    for _ in range(200):
        n, d = rng.randint(1, 6), rng.randint(1, 4)
        X = [[Fraction(rng.randint(-2, 2), rng.choice([1, 3])) for _ in range(d)] for _ in range(n)]
        y = [Fraction(rng.randint(-2, 2)) for _ in range(n)]
        found = dependent_rows(X, y)
        assert len(found) == n - rank(X)
        kept = set(range(n)) - {row.index for row in found}
        for row in found:
            assert set(row.coefficients) <= {k for k in kept if k < row.index} and all(
                row.coefficients.values()
            )
            for z in range(d):
                assert X[row.index][z] == sum(c * X[k][z] for k, c in row.coefficients.items())
            assert row.gap == y[row.index] - sum(c * y[k] for k, c in row.coefficients.items())
        solvable = rank([[*x, t] for x, t in zip(X, y, strict=True)]) == rank(X)
        assert solvable == (not any(row.gap for row in found))
        seen.add((bool(found), solvable))
    assert len(seen) == 3
