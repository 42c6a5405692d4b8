from fractions import Fraction
from random import Random

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given, settings, strategies as st

from litproof.algebra.balls import ball
from litproof.algebra.dominant import Dominant, norm_bound, spectral_bound
from litproof.errors import HypothesisError
from litproof.networks.svd import singular_form
from litproof.precision import ball_precision


def draw(rng: Random, p: int, q: int) -> list[list[Fraction]]:
    return [[Fraction(rng.randint(-30, 30), rng.choice((7, 10))) for _ in range(q)] for _ in range(p)]


def round_about(x: list[Fraction]) -> list[list[Fraction]]:
    n = len(x)
    return [[x[(i + j) % n] for j in range(n)] for i in range(n)]


def projections(A: list[list[Fraction]], first: list[Fraction], second: list[Fraction], r: int, bits: int):
    """By the exact decomposition: the part along the r largest singular values."""
    svd = singular_form(A).balls(bits)
    with ball_precision(bits):
        top = sorted(range(len(svd.s)), key=lambda j: float(svd.s[j]))[-r:]
        zero = ball(0)
        eta = {
            j: (
                sum((row[j] * ball(x) for row, x in zip(svd.U1, first, strict=True)), zero)
                + sum((row[j] * ball(x) for row, x in zip(svd.U2, second, strict=True)), zero)
            )
            / 2
            for j in top
        }
        return svd.s[top[0]], [
            [sum((row[j] * e for j, e in eta.items()), zero) for row in U] for U in (svd.U1, svd.U2)
        ]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_the_exact_decomposition_is_met(seed: int) -> None:
    rng = Random(seed)
    p, q = rng.randint(1, 4), rng.randint(1, 4)
    A = draw(rng, p, q)
    if not any(any(row) for row in A):
        return
    first, second = ([Fraction(rng.randint(-5, 5)) for _ in range(size)] for size in (p, q))
    found = Dominant(A)
    assert found.r == 1
    for bits in (70, 300):
        s, expected = projections(A, first, second, 1, bits)
        vectors = found.vectors(bits)
        with ball_precision(bits + 32):
            assert vectors.value.overlaps(s) and vectors.error * 2 ** (bits - 16) < 1
            got = vectors.projected([ball(x) for x in first], [ball(x) for x in second])
            for mine, exact in zip(got, expected, strict=True):
                assert all(
                    a.overlaps(b) and a.rad() * 2 ** (bits - 24) < 1 for a, b in zip(mine, exact, strict=True)
                )


def test_double_values_of_a_circle_are_proved_double() -> None:
    x = [Fraction(k) for k in (1, -3, 2, 5, -4)]
    A = round_about(x)
    found = Dominant(A)
    assert found.r == 2
    first, second = [Fraction(k) for k in (1, 2, 0, 1, 1)], [Fraction(k) for k in (3, 0, 0, -1, 2)]
    s, expected = projections(A, first, second, 2, 120)
    vectors = found.vectors(120)
    with ball_precision(150):
        assert vectors.value.overlaps(s)
        got = vectors.projected([ball(x) for x in first], [ball(x) for x in second])
        assert all(
            a.overlaps(b) for m, e in zip(got, expected, strict=True) for a, b in zip(m, e, strict=True)
        )


TIES = {
    "no symmetry": [[Fraction(3), Fraction(4)], [Fraction(-4), Fraction(3)]],
    # |sum x| = |alternating sum of x|: the circle does not turn these two into each other
    "symmetry that says nothing": round_about([Fraction(k) for k in (3, 1, 2, -1)]),
    "more than two": [[Fraction(int(i == j)) for j in range(3)] for i in range(3)],
    "closer than doubles tell": [[Fraction(1), Fraction(0)], [Fraction(0), 1 + Fraction(1, 10**13)]],
}


@pytest.mark.parametrize("name", TIES)
def test_ties_that_nothing_decides_are_refused(name: str) -> None:
    with pytest.raises(HypothesisError, match="agree to 9 digits"):
        Dominant(TIES[name])


def test_a_level_that_is_not_below_is_no_proof() -> None:
    found = Dominant([[Fraction(3), Fraction(1)], [Fraction(0), Fraction(2)]])
    with ball_precision(100):
        found._level = ball(Fraction(9, 10))  # the values are about 3.26 and 1.84, over 4
    with pytest.raises(HypothesisError, match="could not be proved"):
        found.vectors(60)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_bounds_of_norms_hold_and_are_sharp(seed: int) -> None:
    rng = Random(seed)
    p, q = rng.randint(1, 6), rng.randint(1, 6)
    size = 10 ** rng.randint(1, 14)
    rows = [[rng.randint(-size, size) for _ in range(q)] for _ in range(p)]
    bound = norm_bound(fmpz_mat(rows))
    # exactly: bound - N^T N has no negative eigenvalue, so that every leading minor is at least 0
    tall = fmpz_mat(rows)
    gram = tall.transpose() * tall
    signs = [(-1) ** k * int(c) for k, c in enumerate(reversed(_shifted(gram, bound).charpoly().coeffs()))]
    assert all(c >= 0 for c in signs)
    largest = float(np.linalg.svd(np.array(rows, dtype=float))[1][0])
    # C is rounded to integers: sharp where entries are long, as those that stand for fractions are
    assert size < 10**8 or bound <= largest**2 * (1 + 1e-7)
    fractions = [[Fraction(x, 7) for x in row] for row in rows]
    if any(any(row) for row in rows):
        assert largest / 7 * (1 - 1e-9) <= float(spectral_bound(fractions)) <= largest / 7 * (1 + 1e-8)


def _shifted(gram: fmpz_mat, bound: int) -> fmpz_mat:
    n = gram.nrows()
    return fmpz_mat([[bound * int(i == j) - int(gram[i, j]) for j in range(n)] for i in range(n)])
