"""The least-norm point of a convex hull: its optimality conditions, whatever doubles guessed."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from litproof.algebra import least_norm as module
from litproof.algebra.least_norm import least_norm
from litproof.algebra.linear import dot
from litproof.algebra.separation import separate

ENTRIES = st.fractions(min_value=-3, max_value=3, max_denominator=5)


def check(points, q, p):
    assert min(p) >= 0 and sum(p) == 1
    assert q == tuple(dot(p, column) for column in zip(*points, strict=True))
    assert all(dot(point, q) >= dot(q, q) for point in points)


@given(st.integers(1, 4).flatmap(lambda d: st.lists(st.tuples(*[ENTRIES] * d), min_size=1, max_size=20)))
@settings(max_examples=100, deadline=None)
def test_optimality_conditions(points):
    check(points, *least_norm(points))


def drawn(n, d, low=-9):
    random = Random(n * d + low)
    return [[Fraction(random.randint(low, 9), 7) for _ in range(d)] for _ in range(n)]


@pytest.mark.parametrize(
    ("n", "d", "low"), [(20, 30, -9), (40, 6, -9), (40, 6, 1), (13, 13, -1), (30, 200, -9)]
)
def test_the_guess_changes_nothing(n, d, low, monkeypatch):
    points = drawn(n, d, low)
    q, p = least_norm(points)
    check(points, q, p)
    monkeypatch.setattr(module, "_guess", lambda points, G: None)
    assert least_norm(points)[0] == q


@pytest.mark.parametrize("wrong", [0, 7])
def test_a_wrong_guess_is_mended(wrong, monkeypatch):
    points = drawn(15, 4, 1)
    q, _ = least_norm(points)
    monkeypatch.setattr(module, "_guess", lambda points, G: {wrong: Fraction(1)})
    assert least_norm(points)[0] == q


@pytest.mark.parametrize("scale", [Fraction(10) ** 400, Fraction(1, 10**400)])
def test_entries_beyond_doubles(scale):
    points = [[entry * scale for entry in point] for point in drawn(15, 20)]
    check(points, *least_norm(points))


def test_copies_and_multiples():
    points = [(Fraction(3), Fraction(4))] * 10 + [(Fraction(6), Fraction(8))] * 10
    assert least_norm(points)[0] == (3, 4)


def test_one_of_two_certificates():
    for points in (drawn(60, 5), drawn(60, 5, 1), drawn(30, 90)):
        separation = separate(points)
        if separation.weights is None:
            assert min(dot(point, separation.direction) for point in points) >= 1
        else:
            assert min(separation.weights) >= 0 and sum(separation.weights) == 1
            assert not any(dot(separation.weights, column) for column in zip(*points, strict=True))
