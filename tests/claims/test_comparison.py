from fractions import Fraction
from math import inf, isclose, log10

import pytest
from hypothesis import given, strategies as st

from litproof.algebra.linear import distance, sup_norm
from litproof.claims.comparison import (
    agreed_digits,
    coincide,
    compare_coefficients,
    compare_gap,
    without_limit,
)
from litproof.claims.types import Answer
from litproof.decimals import decimal_log
from litproof.results import Evidence, Measurement, Prediction

ratios = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)


def measured(*value, error=Fraction(0), **other):
    return Measurement(value, (), error, Fraction(0), {"t": "1"}, 20, "test", **other)


def predicted(*value):
    return Prediction(value, 20, "test")


@given(ratios.filter(bool), st.integers(-5000, 5000))
def test_decimal_log_of_any_size(x, exponent):
    assert isclose(decimal_log(x * Fraction(10) ** exponent), log10(abs(x)) + exponent, abs_tol=1e-9)


def test_decimal_log_of_zero():
    assert decimal_log(Fraction(0)) == -inf


@given(st.lists(ratios, max_size=5))
def test_sup_norm_and_distance(values):
    assert sup_norm(values) == max([abs(v) for v in values], default=0)
    assert distance(values, values) == 0
    assert distance(values, [v + 1 for v in values]) == (1 if values else 0)


@given(st.integers(1, 200), st.integers(1, 9))
def test_agreed_digits_count_from_the_largest_entry(places, lead):
    gap = Fraction(lead, 10 ** (places + 1))
    assert agreed_digits(gap, Fraction(1), 1000) in (places, places + 1)
    assert agreed_digits(gap * 7, Fraction(7), 1000) in (places, places + 1)
    assert agreed_digits(Fraction(0), Fraction(1), 12) == 12
    assert agreed_digits(Fraction(5), Fraction(1), 12) == 0


@pytest.mark.parametrize("digits", [15, 50, 200])
def test_gap_inside_and_outside_the_tolerance(digits):
    edge = Fraction(1, 10**digits)
    inside = compare_gap(edge, Fraction(1), digits)
    assert inside.answer is Answer.HOLDS and inside.evidence is Evidence.AGREED and inside.digits == digits
    outside = compare_gap(edge * 1001 / 1000, Fraction(1), digits)
    assert outside.answer is Answer.VIOLATED and outside.margin < 2
    far = compare_gap(Fraction(1, 10**3), Fraction(1), digits)
    assert far.answer is Answer.VIOLATED and isclose(log10(far.margin), min(digits - 3, 300), abs_tol=1e-6)


def test_measurement_that_is_too_rough_decides_only_beyond_its_error():
    rough = Fraction(1, 100)
    assert compare_gap(Fraction(1, 200), Fraction(1), 20, rough).answer is Answer.UNKNOWN
    assert compare_gap(Fraction(0), Fraction(1), 20, rough).answer is Answer.UNKNOWN
    assert compare_gap(Fraction(1, 2), Fraction(1), 20, rough).answer is Answer.VIOLATED


def test_nothing_against_something_is_violated():
    comparison = compare_coefficients(predicted(Fraction(0)), measured(Fraction(1)), 20)
    assert comparison.answer is Answer.VIOLATED and comparison.digits == 0


def test_small_entries_count_relative_to_the_largest():
    big, tiny = Fraction(1), Fraction(1, 10**25)
    assert compare_coefficients(predicted(big, tiny), measured(big, -tiny), 20).answer is Answer.HOLDS
    assert compare_coefficients(predicted(tiny), measured(-tiny), 20).answer is Answer.VIOLATED


@pytest.mark.parametrize(
    ("reason", "at_rest", "answer"),
    [
        ("the flow tends to a stationary point where the loss is not zero", True, Answer.VIOLATED),
        ("the flow does not move: the gradient vanishes at the start", True, Answer.VIOLATED),
        ("budget of 10 steps used up", False, Answer.UNKNOWN),
        ("", False, Answer.UNKNOWN),
    ],
)
def test_flow_without_a_limit(reason, at_rest, answer):
    flow = measured(Fraction(1), converged=False, reason=reason, at_rest=at_rest)
    assert without_limit(flow).answer is answer
    assert compare_coefficients(predicted(Fraction(1)), flow, 10).answer is answer


def test_predictions_closer_than_a_clear_margin_are_the_same_statement():
    one = predicted(Fraction(1), Fraction(2))
    assert coincide(one, predicted(Fraction(1), 2 + Fraction(3, 10**18)), 20)
    assert not coincide(one, predicted(Fraction(1), 2 + Fraction(1, 10**16)), 20)
    assert not coincide(one, predicted(Fraction(1)), 20)


@pytest.mark.parametrize("far", [0, 1])
@pytest.mark.parametrize("entry", [0, 1])
def test_every_end_of_an_enclosure_must_agree(far, entry):
    """One end at a tenth from the prediction, all others on it: no agreement, and nothing certified."""
    bounds = [[Fraction(1), Fraction(1)], [Fraction(2), Fraction(2)]]
    truth = [low for low, _ in bounds]
    bounds[entry][far] += Fraction(2 * far - 1, 10)
    comparison = compare_coefficients(
        predicted(*truth), measured(*truth, enclosure=tuple(map(tuple, bounds))), 10
    )
    assert comparison.answer is Answer.VIOLATED and comparison.evidence is not Evidence.CERTIFIED
