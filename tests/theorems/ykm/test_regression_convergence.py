"""R1 against flows known by hand, and its check against wrong rates."""

from dataclasses import replace
from fractions import Fraction
from math import exp, isclose

import pytest

from litproof.claims.judge import judge
from litproof.claims.types import Answer, Instance, Status
from litproof.results import Measurement, Prediction
from litproof.theorems.shared.instances import diagonal_from_zero
from litproof.theorems.ykm.regression_convergence.claim import (
    Moment,
    compare_convergence,
    decay_rate,
    measure_convergence,
    regression_convergence,
    singular_values,
)

SMALL = diagonal_from_zero(2, "3 0 0; 0 1 0", "1 1/2", 2, "1 3/2 5/4")


def test_rate_by_hand():
    """lambda = (2 * 1)^2 = 4, sigma_min = 1: the rate is 2 * 4 * 1."""
    assert abs(decay_rate(SMALL, 20) - 8) < Fraction(1, 10**20)
    deeper = diagonal_from_zero(4, "3 0 0; 0 2 0", "1 1/2", "1/2", "1 3/2 5/4")
    assert abs(decay_rate(deeper, 20) - 2 * Fraction(1, 4) ** 3 * 4) < Fraction(1, 10**20)


def test_singular_values_of_a_known_matrix():
    squares, vector = singular_values([[Fraction(3), Fraction(0)], [Fraction(0), Fraction(-1)]], 100)
    assert [round(float(s), 12) for s in squares] == [1, 9]
    assert isclose(abs(float(vector[1])), 1) and abs(float(vector[0])) < 1e-12


def observed(*losses, error=Fraction(0)):
    moments = tuple(Moment(Fraction(k + 1), Fraction(loss), error) for k, loss in enumerate(losses))
    details = {"moments": moments, "start": Fraction(1)}
    return Measurement((), (), Fraction(0), Fraction(0), {}, 12, "t", details=details)


RATE_ONE = Prediction((Fraction(1),), 12, "t")


@pytest.mark.parametrize(
    ("losses", "answer"),
    [
        ((exp(-1.01), exp(-2.02)), Answer.HOLDS),
        ((exp(-1.01), exp(-1.99)), Answer.VIOLATED),
        ((exp(-0.5),), Answer.VIOLATED),
        ((0, 0), Answer.HOLDS),
    ],
)
def test_comparison_with_the_bound(losses, answer):
    assert compare_convergence(RATE_ONE, observed(*losses), 12).answer is answer


def test_a_loss_known_too_roughly_decides_nothing():
    rough = observed(exp(-1.0001), error=Fraction(1, 100))
    assert compare_convergence(RATE_ONE, rough, 12).answer is Answer.UNKNOWN


def test_a_flow_that_does_not_reach_zero_loss_contradicts_the_claim():
    flow = replace(observed(exp(-2)), converged=False, reason="the flow does not move: ...", at_rest=True)
    assert compare_convergence(RATE_ONE, flow, 12).answer is Answer.VIOLATED


def test_every_mutant_is_rejected_on_an_instance():
    result = judge(regression_convergence, Instance("small", SMALL), 12)
    assert result.status is Status.VERIFIED
    assert [m.outcome for m in result.mutants] == ["rejected"] * 6


def test_many_digits_are_followed_once_in_balls():
    few, many = (measure_convergence(SMALL, digits) for digits in (40, 80))
    assert "Taylor" in few.method and "validated integration" in many.method
    start = many.details["start"]
    for one, two in zip(few.details["moments"], many.details["moments"], strict=True):
        assert one.time == two.time and abs(one.loss - two.loss) <= start / 10**40
        assert 0 < two.error <= start / 10**80
    assert compare_convergence(decayed(4), many, 80).answer is Answer.HOLDS
    assert compare_convergence(decayed(40), many, 80).answer is Answer.VIOLATED


def decayed(rate):
    return Prediction((Fraction(rate),), 80, "t")


def test_without_a_gap_nothing_is_claimed():
    level = replace(SMALL, v=(SMALL.v[0], SMALL.v[0]))
    assert judge(regression_convergence, Instance("level", level), 12).status is Status.HYPOTHESIS_VIOLATED
