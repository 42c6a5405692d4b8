"""Times at which something happens: closed forms, other flows, the first of several times, and what has none."""

from fractions import Fraction

import pytest

from litproof.algebra.balls import ball
from litproof.claims.formulas.clock_events import Clock
from litproof.claims.formulas.events import Track, crossing
from litproof.dynamics import GradientDescent, Momentum
from litproof.formula.jets import NotDefined
from litproof.language.statements import parse_statement
from litproof.networks.diagonal import Diagonal
from litproof.networks.polynomial import PolynomialNetwork
from litproof.precision import ball_precision
from litproof.problem import Problem

HALF = Fraction(1, 2)


def line(**changes):
    """One parameter, v' = 1 - v from 0, so that v = 1 - exp(-t)."""
    fields = {
        "network": Diagonal(depth=1, width=1),
        "task": "regression",
        "X": ((Fraction(1),),),
        "y": (Fraction(1),),
        "scale": Fraction(1),
        "v": ((Fraction(0),),),
    }
    return Problem(**{**fields, **changes})


def when(text):
    return parse_statement(f"at(t, {text})").arguments[1]


def time_of(problem, text, digits=25):
    moment = Track(problem, digits).moment(when(text))
    return moment, moment.time


def test_the_half_life_is_enclosed():
    moment, time = time_of(line(), "beta[1] = 1/2")
    assert moment.certified and moment.time_radius < Fraction(1, 10**24)
    with ball_precision(200):
        gap = abs(ball(Fraction(2)).log() - ball(time))
        assert gap <= ball(moment.time_radius)
    assert abs(moment.beta[0] - HALF) <= moment.beta_radius[0] < Fraction(1, 10**24)


def same_with_another_loss():
    """The same flow, as one of a loss by formula."""
    return line(loss="2*r^2", X=((HALF,),), y=(HALF,))


def test_other_losses_are_enclosed_as_well():
    moment, time = time_of(same_with_another_loss(), "beta[1] = 1/2")
    assert moment.certified and moment.time_radius < Fraction(1, 10**24)
    with ball_precision(200):
        assert abs(ball(Fraction(2)).log() - ball(time)) <= ball(moment.time_radius)


def test_two_paths_agree_where_nothing_is_enclosed(monkeypatch):
    monkeypatch.setattr(Track, "_enclosed", lambda *_: None)
    moment, time = time_of(same_with_another_loss(), "beta[1] = 1/2")
    assert not moment.certified and moment.time_radius < Fraction(1, 10**20)
    with ball_precision(200):
        assert abs(ball(Fraction(2)).log() - ball(time)) <= ball(moment.time_radius)


def test_a_time_is_an_event_and_momentum_has_a_speed():
    problem = line(dynamics=Momentum(Fraction(1)))
    moment, time = time_of(problem, "t = 1/3")
    assert abs(time - Fraction(1, 3)) <= moment.time_radius and moment.speeds[0][0] > 0


def test_the_first_of_several_times():
    """beta (1 - beta) rises through 3/16 at beta = 1/4 and falls through it at 3/4."""
    first = time_of(line(), "beta[1]*(1 - beta[1]) = 3/16")[0]
    assert first.certified and abs(first.beta[0] - Fraction(1, 4)) <= first.beta_radius[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("beta[1] = 2", "does not happen up to t ="),
        ("beta[1] = 0", "holds at the start already"),
        ("1 = 1", "holds at the start already"),
    ],
)
def test_what_has_no_time_says_why(text, reason):
    with pytest.raises(NotDefined, match=reason):
        time_of(line(), text)
    with pytest.raises(NotDefined, match=reason):
        time_of(same_with_another_loss(), text)


def test_descent_moves_in_steps():
    with pytest.raises(NotDefined, match="moves in steps"):
        time_of(line(dynamics=GradientDescent(Fraction(1, 10))), "beta[1] = 1/2")


def test_small_starts_are_followed_out_of_their_saddle():
    """w^2 from 10^-20: the time to a half of the strength is log((y - b)/b)/(4 y) there."""
    problem = line(
        network=PolynomialNetwork.of(["w[1]"], ["w[j]^2"], 1),
        scale=Fraction(1, 10**10),
        v=((Fraction(1),),),
    )
    moment, time = time_of(problem, "beta[1] = 1/2", 40)
    with ball_precision(300):
        wanted = (ball(Fraction(10**20)) - 1).log() / 4
        assert abs(wanted - ball(time)) <= ball(moment.time_radius) < ball(Fraction(1, 10**20))


ONE_POINT = {
    "network": Diagonal(depth=1, width=2),
    "task": "classification",
    "X": ((Fraction(3), Fraction(4)),),
    "y": (Fraction(1),),
    "v": ((Fraction(0), Fraction(0)),),
}
"""m' = 25 exp(-m) from 0, so that exp(m) = 1 + 25 t; beta = m x / 25."""


@pytest.mark.parametrize(("level", "digits"), [("10^6", 12), ("10^3", 20)])
def test_margins_far_out_are_reached_by_the_clock(level, digits):
    moment, _ = time_of(line(**ONE_POINT), f"margin[1] = {level}", digits)
    size = Fraction(10 ** int(level[-1]))
    for entry, x in zip(moment.beta, (3, 4), strict=True):
        assert abs(entry / size - Fraction(x, 25)) < Fraction(1, 10 ** (digits - 2))
    (name, kappa), (_, logt) = moment.clock
    assert name == "kappa" and abs(kappa / size - 1) < Fraction(1, 10 ** (digits - 2))
    assert abs(logt - size) < 4


def test_early_margins_have_a_time():
    moment, time = time_of(line(**ONE_POINT), "margin[1] = log(26/25)", 20)
    assert abs(time - Fraction(1, 625)) <= moment.time_radius < Fraction(1, 10**15)


@pytest.mark.parametrize("power", [1, 3, 7])
def test_crossing_finds_roots_of_powers(power):
    unit = Fraction(1, 10**30)

    def f(t):
        return ball((t - Fraction(1, 3)) ** power)

    with ball_precision(400):
        root = crossing(f, (Fraction(0), f(Fraction(0))), (Fraction(1), f(Fraction(1))), unit)
    assert abs(root - Fraction(1, 3)) < (unit * 10 if power == 1 else Fraction(1, 10**4))


def test_events_far_out_take_few_steps_of_their_own(monkeypatch):
    """The root is found on the polynomial of a step; only what that is off is found by integration."""
    tried = []
    between = Clock.between

    def counted(self, point, s):
        tried.append(s)
        return between(self, point, s)

    monkeypatch.setattr(Clock, "between", counted)
    problem = line(**ONE_POINT)
    with ball_precision(400):
        clock = Clock(problem, 25)
        unit = Fraction(1, 10**25)
        moment = clock.event(lambda m: ball(m.beta[0] - 120), crossing, unit)
    assert abs(moment.beta[0] - 120) < Fraction(1, 10**20)
    assert 1 <= len(tried) <= 4


def test_an_event_that_the_polynomial_does_not_see_is_found_along_the_path(monkeypatch):
    monkeypatch.setattr(Clock, "on_step", lambda self, point, step, s: point)
    problem = line(**ONE_POINT)
    with ball_precision(400):
        moment = Clock(problem, 25).event(lambda m: ball(m.beta[0] - 120), crossing, Fraction(1, 10**25))
    assert abs(moment.beta[0] - 120) < Fraction(1, 10**20)
