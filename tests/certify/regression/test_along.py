"""Enclosures of a path: against the closed form, and pieces that cover the time without a gap."""

from fractions import Fraction
from itertools import pairwise

import pytest

from litproof import problem_from_mapping
from litproof.algebra.balls import ball
from litproof.certify.regression.along import enclose_moments, enclose_path, pieces_of_path
from litproof.dynamics import GradientDescent, Mirror, Momentum, WeightDecay
from litproof.errors import InputError
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


def line(start="0", target=1, task="regression", **options):
    """One parameter w; of the squared loss w' = 1 - w."""
    return Problem(Diagonal(1, 1), task, [[1]], [target], 1, [[start]], **options)


def critically_damped(t):
    """w''/4 + w' + w = 1 from rest at 0, and its rate."""
    return [1 - (1 + 2 * t) * (-2 * t).exp(), 4 * t * (-2 * t).exp()]


def decay(t):
    """w' = 1 - 3 w until 1/2, then 1 - w."""
    half = ball(Fraction(1, 2))
    if t < half:
        return [(1 - (-3 * t).exp()) / 3]
    return [1 - (1 - (1 - (-3 * half).exp()) / 3) * (half - t).exp()]


MOTIONS = {
    "momentum": (line(dynamics=Momentum(Fraction(1, 4))), critically_damped),
    "decay that ends": (line(dynamics=WeightDecay(Fraction(2), Fraction(1, 2))), decay),
    "mirror": (
        line("1/4", dynamics=Mirror("v[1,1]*log(v[1,1])")),
        lambda t: [t.exp() / (t.exp() + 3)],
    ),
    "another loss": (
        line("2", loss="cosh(r)"),
        lambda t: [1 + 2 * ((ball(1) / 2).tanh() * (-t).exp()).atanh()],
    ),
}


@pytest.mark.parametrize("name", MOTIONS)
@pytest.mark.parametrize("t", ["1/7", "1/2", "3/4", "2"])
def test_motions_hold_their_closed_forms(name, t):
    problem, form = MOTIONS[name]
    time = Fraction(t)
    (moments, pieces) = enclose_path(problem, [time], 30)
    assert pieces[0].start == 0 and all(a.start + a.length == b.start for a, b in pairwise(pieces))
    with ball_precision(160):
        for found, exact in zip(moments[time], form(ball(time)), strict=True):
            assert found.overlaps(exact) and found.rad() < ball(Fraction(1, 10**30))


@pytest.mark.parametrize("t", ["1/7", "3"])
def test_the_logistic_loss_of_one_weight(t):
    """w' = 1/(1 + exp(w)) from 0: w + exp(w) = 1 + t."""
    time = Fraction(t)
    (w,) = enclose_moments(line(task="classification", loss="logistic"), [time], 30)[time]
    with ball_precision(160):
        assert (w + w.exp()).overlaps(1 + ball(time)) and w.rad() < ball(Fraction(1, 10**30))


def test_momentum_does_not_lose_digits_to_a_small_mass():
    """In the plain norm errors would grow like exp(t / (2 lambda)) between its two states."""
    problem = line(dynamics=Momentum(Fraction(1, 1000)))
    pieces = list(pieces_of_path(problem, 30, Fraction(1, 4)))
    assert pieces[-1].error < 1e-20


def test_cross_entropy_has_no_pieces():
    problem = problem_from_mapping(
        {
            "schema": 1,
            "network": {"kind": "polynomial", "parameters": ["W[1,2]"], "beta": ["W"], "outputs": 2},
            "task": {"kind": "classification", "loss": "cross-entropy"},
            "data": {"X": [["1"]], "y": [1]},
            "init": {"scale": "1", "v": [["0", "1"]]},
        }
    )
    assert not list(pieces_of_path(problem, 20, Fraction(1)))


def test_descent_has_no_pieces():
    with pytest.raises(InputError, match="no flow"):
        list(pieces_of_path(line(dynamics=GradientDescent(Fraction(1, 10))), 20, Fraction(1)))
