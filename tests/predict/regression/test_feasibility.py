"""Tied starts: what doubles find and balls prove, against the exact programmes."""

from fractions import Fraction
from random import Random

import pytest

from litproof.errors import Unreachable
from litproof.predict.regression import feasibility
from litproof.predict.regression.coordinates import coordinate
from litproof.predict.regression.dual import Dual
from litproof.predict.regression.feasibility import independent_columns, reachable


def drawn(seed, m, n, *, solvable):
    """Coordinates with equal layers, some free, some frozen; targets of a point with the allowed signs, or any."""
    rng = Random(seed)
    starts = [rng.choice([(1, 1), (1, -1), (-1, -1), (2, 2), (1, 0), (0, 0)]) for _ in range(m)]
    coordinates = tuple(coordinate(tuple(map(Fraction, start))) for start in starts)
    A = tuple(tuple(Fraction(rng.randint(-99, 99), 10) for _ in range(n)) for _ in range(m))
    rho = [Fraction({0: rng.choice([-1, 1]), 2: 0}.get(c.reach, c.reach)) for c in coordinates]
    y = [sum(r * row[i] for r, row in zip(rho, A, strict=True)) for i in range(n)]
    if not solvable:
        y = [Fraction(rng.randint(-99, 99)) for _ in range(n)]
    return Dual(A, tuple(y), coordinates)


def outcome(dual):
    try:
        return reachable(dual)
    except Unreachable:
        return None


@pytest.mark.parametrize("solvable", [True, False])
def test_doubles_and_balls_agree_with_exact_programmes(solvable, monkeypatch):
    inside = 0
    for seed in range(40):
        dual = drawn(seed, 4 + seed % 7, 1 + seed % 4, solvable=solvable)
        exact = outcome(dual)
        with monkeypatch.context() as patch:
            patch.setattr(feasibility, "_SMALL", 0)
            inside += feasibility._reaches_inside(dual, [c.reach for c in dual.coordinates])
            assert outcome(dual) == exact
    assert inside >= 5


def test_a_point_on_the_boundary_is_not_inside(monkeypatch):
    """rho_1 + rho_2 = 0 with both positive, and rho_1 - rho_2 = 1 with rho_1 < 0 < rho_2."""
    monkeypatch.setattr(feasibility, "_SMALL", 0)
    for starts, row, target in (((1, 1), (1, 1), 0), ((-1, 1), (1, -1), 1)):
        coordinates = tuple(coordinate((Fraction(1), Fraction(s))) for s in starts)
        dual = Dual(tuple((Fraction(a),) for a in row), (Fraction(target),), coordinates)
        assert not feasibility._reaches_inside(dual, [c.reach for c in coordinates])


def test_hundreds_of_tied_coordinates_are_decided_in_doubles(monkeypatch):
    """The exact programme would have 800 rows."""
    monkeypatch.setattr(feasibility, "_forced_zeros", None)
    dual = drawn(1, 400, 10, solvable=True)
    free = [c.reach == 0 for c in dual.coordinates]
    tied = Dual(
        tuple(row for row, f in zip(dual.A, free, strict=True) if not f),
        tuple(
            sum(
                c.reach * row[i]
                for row, c in zip(dual.A, dual.coordinates, strict=True)
                if c.reach in (1, -1)
            )
            for i in range(10)
        ),
        tuple(c for c in dual.coordinates if c.reach != 0),
    )
    part = reachable(tied)
    assert part.vanishing == () and len(part.kept) == sum(c.reach != 2 for c in tied.coordinates) > 200


def test_independent_columns_are_the_first_ones():
    rows = [[1, 2, 0, 1], [2, 4, 1, 0], [0, 0, 3, -6]]
    assert independent_columns([list(map(Fraction, row)) for row in rows], 4) == (0, 2)
    assert independent_columns([], 3) == ()
