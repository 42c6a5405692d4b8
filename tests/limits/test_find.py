"""`find_limit`: right to the last digit, with the evidence that holds, and honest where there is no limit."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.errors import Inconclusive, InputError
from litproof.limits import find
from litproof.limits.digits import own_places, places_for, rounds_safely, shown
from litproof.limits.find import find_limit
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.results import Evidence
from litproof.theorems.shared.instances import REFERENCE, diagonal_from_zero, regression

KNOWN = {
    0: "-0.15326727590573930052153947899921336253480569591091",
    1: "-0.00528462280622742138041757399350786489616574128748",
    2: "0.535415287273667797448289500214662775843161341875733",
    3: "-0.00107028680300029514844163789547160205216934988617",
}


@pytest.mark.parametrize("digits", [1, 7, 30, 45])
def test_reference_instance_to_its_known_digits(digits):
    limit = find_limit(REFERENCE, digits)
    assert limit.evidence >= Evidence.AGREED
    unit = Fraction(1, 10**digits)  # the largest entry is 0.535, so digits count from its first
    for index, known in KNOWN.items():
        assert abs(Fraction(limit.decimals[index]) - Fraction(known)) <= unit + Fraction(1, 10**49)


def test_enclosure_holds_the_known_digits():
    limit = find_limit(REFERENCE, 20)
    assert limit.evidence is Evidence.CERTIFIED
    for index, (low, high) in enumerate(limit.enclosure):
        assert Fraction(low) <= Fraction(KNOWN[index]) <= Fraction(high)


def test_one_layer_is_the_nearest_interpolator():
    problem = regression(Diagonal(1, 2), "1 2", "5", 1, ["0 0"], "one layer")
    assert find_limit(problem, 12).decimals == ("1.000000000000", "2.000000000000")


def test_a_network_without_closed_form_is_followed():
    problem = regression(
        FullyConnected(2, (2,)), "1 2; 1 -1", "1 1/2", 1, ["1 1/2 0 1", "1/4 1/2"], "fully connected"
    )
    limit = find_limit(problem, 12)
    assert limit.evidence >= Evidence.AGREED
    beta = [Fraction(entry) for entry in limit.decimals]
    assert abs(beta[0] + 2 * beta[1] - 1) < Fraction(1, 10**11)
    assert abs(beta[0] - beta[1] - Fraction(1, 2)) < Fraction(1, 10**11)


SIGN = regression(Diagonal(2, 2), "1 2", "-1", 1, ["1 1", "1 1"], "sign")


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (replace(SIGN, v=((Fraction(0),) * 2,) * 2), "does not move"),
        (SIGN, "cannot reach zero loss"),
        (regression(Diagonal(3, 2), "1 2", "-1", 1, ["1 1"] * 3, "plateau"), "cannot reach zero loss"),
        (regression(Diagonal(2, 2), "1 2; 2 1", "1 -1", 1, ["1 1"] * 2, "one of two"), "cannot reach"),
    ],
)
def test_saddles_say_what_was_seen(problem, message):
    with pytest.raises(Inconclusive, match=message) as error:
        find_limit(problem, 12)
    assert "the flow itself: " in str(error.value) and "loss " in str(error.value)
    assert error.value.exit_code == 3


def test_a_saddle_is_not_followed_where_its_size_rules_that_out(monkeypatch):
    monkeypatch.setattr(find, "FEW_SECONDS", 0)
    with pytest.raises(Inconclusive, match=r"cannot reach zero loss.*too large to be followed"):
        find_limit(SIGN, 10)


def test_a_sign_that_can_change_is_no_saddle():
    """The same data with a last layer that starts smaller: the output changes its sign on the way."""
    moving = regression(Diagonal(2, 2), "1 2", "-1", 1, ["1 1", "7/8 7/8"], "moving")
    limit = find_limit(moving, 12)
    beta = [Fraction(entry) for entry in limit.decimals]
    assert abs(beta[0] + 2 * beta[1] + 1) < Fraction(1, 10**11)


@pytest.mark.parametrize("digits", [0, -3, 10001])
def test_digits_out_of_range(digits):
    with pytest.raises(InputError, match="digits must lie between"):
        find_limit(REFERENCE, digits)


def test_small_scales():
    limit = find_limit(diagonal_from_zero(3, "1 2 1", "1", "1/1000", "1 1 1"), 8)
    assert abs(Fraction(limit.decimals[1]) - Fraction(1, 2)) < Fraction(1, 10**7)


@pytest.mark.parametrize(
    ("values", "digits", "places"),
    [(("1/2", "9"), 5, 5), (("99",), 5, 4), (("1/200",), 5, 8), (("0",), 5, 5)],
)
def test_places(values, digits, places):
    assert places_for([Fraction(v) for v in values], digits) == places


def test_rounding_is_safe_only_away_from_the_middle():
    assert rounds_safely(Fraction(1, 3), Fraction(1, 10**6), 4)
    assert not rounds_safely(Fraction(5, 10**5), Fraction(1, 10**9), 4)


@pytest.mark.parametrize(
    ("value", "error", "least", "places"),
    [
        ("707/1000000000", "0", 6, 13),  # 7.07e-7 at six digits: seven figures, as the largest entry has
        ("7071/10000000000", "1/1000000000000", 6, 11),
        ("1/1000000000", "1/100000000", 6, 6),  # not told from 0
        ("5/2", "1/1000", -24, 2),
        ("5/2", "0", -24, 6),
    ],
)
def test_small_entries_show_the_digits_that_are_known(value, error, least, places):
    value, error = Fraction(value), Fraction(error)
    count = own_places(value, error, 6, least)
    assert count == places
    assert count == least or rounds_safely(value, error, count)


@pytest.mark.parametrize(
    ("value", "error", "printed"),
    [
        ("3e-156", "1e-20", "0.000000"),  # below its error
        ("-3e-156", "1e-20", "0.000000"),
        ("3e-156", "1e-156", "0.000000"),  # above it, with no digit that is sure
        ("3e-156", "1e-170", "3.000000e-156"),
        ("3e-156", "0", "3.000000e-156"),
        ("3e-40", "1e-20", "0.000000"),
    ],
)
def test_what_cannot_be_told_from_zero_is_printed_as_zero(value, error, printed):
    value, error = Fraction(value), Fraction(error)
    assert shown(value, own_places(value, error, 6, 6)) == printed


@pytest.mark.parametrize("digits", [6, 12])
def test_a_small_entry_beside_a_large_one(digits):
    """X = (1, 10^-6): sinh(2 s)/8 and sinh(2 s/10^6)/8, the second about log(8 + 8.06..)/8/10^6."""
    limit = find_limit(diagonal_from_zero(2, "1 1/1000000", "1", "1/2", "1 1"), digits)
    long = find_limit(diagonal_from_zero(2, "1 1/1000000", "1", "1/2", "1 1"), 40)
    assert len(limit.decimals[1].lstrip("0.")) >= digits
    for short, full in zip(limit.decimals, long.value, strict=True):
        places = len(short.split(".")[1])
        assert abs(Fraction(short) - full) <= Fraction(1, 2 * 10**places)


def test_numbers_far_from_one_are_written_with_an_exponent():
    limit = find_limit(diagonal_from_zero(1, "1 0", "5e90", "1", "1 0"), 8)
    assert limit.decimals == ("5.00000000e+90", "0")


@pytest.mark.parametrize(
    ("X", "y", "v", "known"),
    [
        (((0, 1),), (0,), ((1, 0), (2, 0)), (2, 0)),
        (((0, 1, 0),), (0,), ((1, 0, 1), (2, 0, 3)), (2, 0, 3)),
        (((0, 1),), (0,), ((1, 1), (2, 1)), (2, 0)),
        (((0, 1, 2),), (0,), ((1, 1, 1), (2, 1, 1)), (2, 0, 0)),
        (((0, 1),), (0,), ((0, 0), (1, 0)), (0, 0)),
    ],
)
def test_what_no_point_sees_stays_where_it_started(X, y, v, known):
    """All other entries are held or vanish, so that no equation is left: a proof from nothing must not say 0."""
    flow = Problem(Diagonal(2, len(X[0])), "regression", X, y, 1, v)
    limit = find_limit(flow, 12)
    assert limit.evidence is Evidence.CERTIFIED
    for value in (limit.value, predict_regression(flow, 12).value):
        assert max(abs(a - b) for a, b in zip(value, known, strict=True)) < Fraction(1, 10**12)
