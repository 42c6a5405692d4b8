"""Extrapolation in alpha on series whose expansion is known."""

from dataclasses import replace
from fractions import Fraction

import mpmath as mp
import pytest

from litproof.claims.catalogue import claim_of
from litproof.claims.judge import judge
from litproof.claims.types import Answer, Instance, Status
from litproof.errors import Inconclusive
from litproof.predict.regression.exponents import Power
from litproof.results import Measurement
from litproof.theorems.shared.expansions import (
    LEAST_DIGITS,
    MOST_DIGITS,
    MOST_SAMPLES,
    Expansion,
    Ladder,
    Sample,
    close,
    compare_expansions,
    expansion_prediction,
    fit,
    measure_ladders,
    observed_order,
    same_expansions,
    shifted,
    working_digits,
)
from litproof.theorems.shared.instances import diagonal_from_zero

DIGITS = 25
TERMS = tuple(
    Power(Fraction(e), k) for e, k in ((1, 0), (2, 0), (3, 0), (3, 1), (4, 0), (4, 1), (5, 0), (5, 1))
)
LIMIT, FIRST = (Fraction(1), Fraction(-2)), (Fraction(3), Fraction(1, 2))


def value(u):
    """b_0 + b_1 u + 5 u^2 - u^3 log u, to 60 digits."""
    with mp.workdps(60):
        x = mp.mpf(u.numerator) / u.denominator
        rest = 5 * x**2 - x**3 * mp.log(x)
        return tuple(
            b + c * u + Fraction(int(mp.nint(rest * mp.mpf(10) ** 55)), 10**55)
            for b, c in zip(LIMIT, FIRST, strict=True)
        )


@pytest.fixture
def samples():
    us = [Fraction(1, 1000) / 4**k for k in range(7)]
    return tuple(Sample(u, value(u), Fraction(1, 10**50)) for u in us)


@pytest.fixture
def expansion():
    return Expansion(LIMIT, TERMS, Fraction(1), FIRST)


def judged(expansion, samples):
    nothing = Fraction(0)
    measurement = Measurement(
        (), (), nothing, nothing, {}, DIGITS, "given", details={"samples": {"small": samples}}
    )
    return compare_expansions(expansion_prediction({"small": expansion}, DIGITS), measurement, DIGITS)


def test_the_limit_is_found_and_its_error_covers(samples):
    fitted = fit(samples, TERMS)
    gap = max(abs(a - b) for a, b in zip(fitted.limit, LIMIT, strict=True))
    assert gap <= fitted.limit_error < Fraction(1, 10**25)
    assert max(abs(a - b) for a, b in zip(fitted.coefficients[0], FIRST, strict=True)) < Fraction(1, 10**18)


def test_without_the_logarithm_the_error_says_so(samples):
    powers = tuple(Power(Fraction(e)) for e in range(1, 9))
    fitted = fit(samples, powers)
    gap = max(abs(a - b) for a, b in zip(fitted.limit, LIMIT, strict=True))
    assert Fraction(1, 10**20) < gap < fitted.limit_error


def test_order_without_presuming_it(samples):
    for later in ([2, 3, 3, 4], [Fraction(5, 2), Fraction(7, 2), 5, 6], [3, 3, 4, 4]):
        order, uncertain = observed_order(samples, [Fraction(e) for e in later])
        assert abs(order - 1) < 0.01
        assert uncertain < 0.01
    with pytest.raises(Inconclusive, match="at least"):
        observed_order(samples[:3], ())
    with pytest.raises(Inconclusive, match="no rate"):
        observed_order([replace(s, beta=LIMIT) for s in samples], ())


def test_the_true_expansion_holds(expansion, samples):
    verdict = judged(expansion, samples)
    assert (verdict.answer, verdict.digits) == (Answer.HOLDS, DIGITS)


@pytest.mark.parametrize(
    "change",
    [
        lambda e: replace(e, limit=(LIMIT[0], LIMIT[1] + Fraction(1, 10**20))),
        lambda e: replace(e, first=(FIRST[0], FIRST[1] + Fraction(1, 100))),
        shifted(lambda e: e + 1),
        shifted(lambda e: e / 2),
        lambda e: replace(e, order=None),
    ],
)
def test_false_expansions_are_rejected(change, expansion, samples):
    false = change(expansion)
    assert judged(false, samples).answer is Answer.VIOLATED
    ours, theirs = (expansion_prediction({"small": e}, DIGITS) for e in (expansion, false))
    assert not same_expansions(ours, theirs, DIGITS)
    assert same_expansions(ours, ours, DIGITS)


def test_inexact_flows_leave_it_open(expansion, samples):
    rough = tuple(replace(s, error=Fraction(1, 10**12)) for s in samples)
    assert judged(expansion, rough).answer is Answer.UNKNOWN


def test_the_same_for_every_scale(samples):
    constant = Expansion(LIMIT, TERMS, None)
    still = tuple(replace(s, beta=LIMIT) for s in samples)
    assert judged(constant, still).answer is Answer.HOLDS


def test_close_needs_equal_lengths():
    assert not close((), (Fraction(1),), 10)
    assert close((Fraction(1),), (1 + Fraction(1, 10**9),), 10)


def test_digits_beyond_what_ladders_give_are_not_claimed():
    assert [working_digits(digits) for digits in (4, 30, 200)] == [LEAST_DIGITS, 30, MOST_DIGITS]


SEVENTHS = tuple(Power(Fraction(2 * k, 7), 0) for k in range(1, MOST_SAMPLES + 1))


@pytest.mark.parametrize("further", [0, MOST_SAMPLES])
def test_a_ladder_goes_on_where_exponents_are_close_to_each_other(monkeypatch, further):
    """beta = 1/(2 - 6 u^(2/7)): twenty terms end at u^(40/7), which is not small enough on twenty flows."""

    def follow(problem, digits):
        with mp.workdps(digits + 10):
            u = mp.mpf(problem.scale.numerator) / problem.scale.denominator
            beta = 1 / (2 - 6 * u ** (mp.mpf(2) / 7))
            exact = Fraction(int(beta * 2**400), 2**400)
        return Measurement((exact,), (), Fraction(1, 10 ** (digits + 2)), Fraction(0), {}, digits, "series")

    monkeypatch.setattr("litproof.integrate.training.follow.follow_quickly", follow)
    problem = diagonal_from_zero(2, "1 2", "1", 1, "1 1", "small")
    ladder = Ladder(Fraction(1, 64), Fraction(1, 2), SEVENTHS, further=further)
    measurement = measure_ladders(problem, {"small": ladder}, DIGITS)
    gap = abs(measurement.value[0] - Fraction(1, 2))
    assert gap <= measurement.error
    assert (measurement.error <= Fraction(1, 10**DIGITS)) is (further > 0)
    assert len(measurement.details["samples"]["small"]) == MOST_SAMPLES
    assert (int(measurement.clock["flows"]) > MOST_SAMPLES) is (further > 0)


@pytest.mark.slow
def test_data_whose_exponents_are_multiples_of_two_sevenths_are_verified():
    problem = diagonal_from_zero(2, "1 2 -1; 1/2 -1 3", "3/2 1", 1, "1 1 1", "exponents 2k/7")
    result = judge(claim_of("ykm/regression-scales"), Instance(problem.name, problem), 15)
    assert result.status is Status.VERIFIED and result.digits == 15, result.detail
