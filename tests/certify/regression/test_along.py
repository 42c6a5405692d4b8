"""Enclosures of a path: against the closed form, and pieces that cover the time without a gap."""

from fractions import Fraction
from itertools import pairwise

import pytest

from litproof.algebra.balls import ball
from litproof.certify.regression.along import enclose_moments, pieces_of_path
from litproof.networks.diagonal import Diagonal
from litproof.precision import ball_precision
from litproof.problem import Problem


def mode(s, u0):
    """Two layers of one entry: u = a b obeys u' = 2 u (s - u)."""
    return Problem(Diagonal(2, 1), "regression", [[1]], [s], 1, [[u0], [u0]])


@pytest.mark.parametrize(("s", "a0"), [(3, "1/10"), ("1/2", 2), (1, "1/1000")])
@pytest.mark.parametrize("t", ["1/7", "1", "5"])
def test_the_sigmoid_is_enclosed(s, a0, t):
    problem, time = mode(s, a0), Fraction(t)
    moments = enclose_moments(problem, [time, Fraction(0)], 30)
    with ball_precision(160):
        a, b = moments[time]
        growth = (2 * ball(Fraction(s)) * ball(time)).exp()
        u0 = ball(Fraction(a0)) ** 2
        exact = ball(Fraction(s)) * growth / (growth - 1 + ball(Fraction(s)) / u0)
        assert (a * b).overlaps(exact) and (a * b).rad() < exact * ball(Fraction(1, 10**29))
        assert all(entry.overlaps(ball(Fraction(a0))) for entry in moments[Fraction(0)])


def test_pieces_follow_each_other_and_know_every_time_within():
    pieces = list(pieces_of_path(mode(3, "1/10"), 20, Fraction(2)))
    assert pieces[0].start == 0 and pieces[-1].start + pieces[-1].length >= 2
    assert all(a.start + a.length == b.start for a, b in pairwise(pieces))
    with ball_precision(100):
        for before, after in pairwise(pieces):
            for x, y in zip(before.at(ball(1)), after.at(ball(0)), strict=True):
                assert x.overlaps(y)


def test_a_budget_that_ends_gives_nothing():
    assert enclose_moments(mode(3, "1/10"), [Fraction(2)], 30, operations=1) is None
