"""The exact algorithm of saddles: known paths, where they end, and what is refused."""

from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest

from litproof.algebra.linear_programme import minimise
from litproof.theorems.pesme.saddles.algorithm import constrained, gradient, jumps


def rational(text):
    return tuple(tuple(map(Fraction, row.split())) for row in text.split(";"))


@pytest.mark.parametrize(
    ("X", "y", "times", "last"),
    [
        ("1 2 -1/2; 1/2 -1 3", "3 1", "1/5 18/55", "0 19/11 10/11"),
        ("3 1/2 1 -1; 1/2 2 -1/4 1; 1 1 2 1/2", "2 1 1/2", "1/7 54/91 814/357", "7/10 5/17 -21/85 0"),
        ("2 -1 1; 1 0 1", "-4 2", "1/6 3/8 7/8", "0 6 2"),
    ],
)
def test_known_paths(X, y, times, last):
    found = jumps(rational(X), *rational(y))
    assert [jump.time for jump in found] == [Fraction(time) for time in times.split()]
    assert found[-1].saddle == rational(last)[0]


@pytest.mark.parametrize("seed", range(20))
def test_paths_end_at_the_least_l1_norm(seed):
    rng = Random(seed)
    X = tuple(tuple(Fraction(rng.randint(-999, 999), 100) for _ in range(4)) for _ in range(2))
    y = tuple(Fraction(rng.randint(1, 9), 3) for _ in range(2))
    found = jumps(X, y)
    last = found[-1].saddle
    assert not any(gradient(X, y, last))
    both = [[*row, *(-entry for entry in row)] for row in X]
    assert sum(map(abs, last)) == minimise(both, list(y), [Fraction(1)] * 8).value
    losses = [
        sum(
            (sum(a * b for a, b in zip(row, jump.saddle, strict=True)) - t) ** 2
            for row, t in zip(X, y, strict=True)
        )
        for jump in found
    ]
    assert all(late < early for early, late in pairwise(losses))


def test_signs_hold_free_entries_back():
    X, (y,) = rational("1 2"), rational("-2")
    assert constrained(X, y, (1, -1)) == (0, -1) and constrained(X, y, (1, 0)) == (0, 0)
    assert constrained(X, y, (1, 0), signed=False) == (-2, 0)


def test_multipliers_that_arrive_together_are_refused():
    with pytest.raises(ArithmeticError, match="arrive together"):
        jumps(rational("1 1"), *rational("1"))
