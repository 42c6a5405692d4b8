from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from flint import arb
from hypothesis import given, settings, strategies as st

from litproof.algebra.balls import ball
from litproof.algebra.linear import null_space
from litproof.certify.classification.direction import enclose_direction
from litproof.certify.classification.l1_face import face_of
from litproof.certify.classification.l1_limit import signed_l1
from litproof.errors import HypothesisError
from litproof.integrate.classification.follow import follow_direction
from litproof.networks.diagonal import Diagonal
from litproof.precision import ball_precision
from litproof.problem import Problem


def row(*entries) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, entries))


def draw(rng: Random) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    """Columns that depend on each other, and squares at the start for both signs."""
    n, m = rng.randint(1, 3), rng.randint(2, 4)
    X = [[Fraction(rng.randint(-6, 6), 2) for _ in range(m)] for _ in range(n)]
    change = rng.choice(
        (lambda r: r, lambda r: [-x for x in r], lambda r: [(a + b) / 2 for a, b in pairwise(r)])
    )
    X = [[*r, *change(r)] for r in X]
    return X, [[Fraction(rng.randint(1, 900), 100) for _ in range(2)] for _ in X[0]]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_point_is_on_the_face_and_the_laws_hold_on_it(seed: int) -> None:
    rows, squares = draw(Random(seed))
    allowed = [(1, -1)] * len(rows[0])
    try:
        optimum = signed_l1(rows, allowed)
        face = face_of(rows, allowed, optimum.alpha, lambda j, side: squares[j][side < 0])
    except HypothesisError:
        return
    r = face.point(150)
    assert r is not None
    with ball_precision(150):
        assert all(x > 0 for x in r)
        total = sum(r, arb(0))
        assert total.overlaps(ball(sum(map(abs, optimum.rho), Fraction(0))))  # as short as the vertex
        for margins in rows:
            parts = zip(face.columns, r, strict=True)
            assert sum((ball(side * margins[j]) * x for (j, side), x in parts), arb(0)) > 1 - arb(2) ** -100
        logs = [(x / ball(squares[j][side < 0])).log() for (j, side), x in zip(face.columns, r, strict=True)]
        for z in null_space([[side * margins[j] for j, side in face.columns] for margins in rows], len(r)):
            assert sum((ball(a) * b for a, b in zip(z, logs, strict=True)), arb(0)).contains(0)


def problem(X, v) -> Problem:
    return Problem(Diagonal(2, len(X[0])), task="classification", X=X, y=(1,) * len(X), v=v, scale=1)


DEPENDENT = {
    "copies": problem((row(1, 1, 0), row(0, "1/2", 1)), (row(1, 2, 1), row("1/2", 0, "1/3"))),
    "opposite": problem((row(1, -1, 0), row(2, -2, 1)), (row(1, 2, 1), row("1/2", 0, "1/3"))),
    "a column between two": problem((row(2, 0, 1), row(0, 2, 1)), (row(1, 2, 1), row("1/2", 0, "1/3"))),
}


@pytest.mark.parametrize("name", DEPENDENT)
def test_the_flow_ends_there(name: str) -> None:
    enclosure = enclose_direction(DEPENDENT[name], 20)
    flow = follow_direction(DEPENDENT[name], 12, newton=1e-40)
    assert flow.converged
    for (low, high), value in zip(enclosure.bounds, flow.value, strict=True):
        assert low - 2 * flow.error <= value <= high + 2 * flow.error


def test_another_start_ends_elsewhere() -> None:
    one = DEPENDENT["a column between two"]
    assert "entropy" in enclose_direction(one, 20).method
    other = replace(one, v=(row(1, 2, "11/10"), one.v[1]))
    assert enclose_direction(one, 20).bounds[2][1] < enclose_direction(other, 20).bounds[2][0]


def test_a_column_that_is_zero_on_all_of_the_face_is_left_out() -> None:
    """r_1 + r_2 = 1 and r_1 >= 1; the multipliers of the vertex do not say that r_2 is zero."""
    face = face_of([row(1, 1, 0), row(1, 0, 1)], [(1,)] * 3, row(1, 0), lambda j, side: Fraction(1))
    assert face.columns == ((0, 1),)
    (only,) = face.point(80)
    assert only.contains(1)


def test_different_margins_are_refused() -> None:
    rows = [row(1, 0, 1, 0), row(0, 0, 1, 1), row(0, 1, 0, 1)]
    with pytest.raises(HypothesisError, match="different margins"):
        face_of(rows, [(1,)] * 4, row(1, 0, 1), lambda j, side: Fraction(1))
