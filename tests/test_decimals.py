from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from litproof.decimals import fixed, fixed_down, fixed_up, order_of_magnitude, scientific

numbers = st.fractions(max_denominator=10**6)
places = st.integers(-5, 60)


@given(numbers.filter(bool), st.integers(-400, 400))
def test_order_of_magnitude(x, shift):
    scaled = x * Fraction(10) ** shift
    order = order_of_magnitude(scaled)
    assert Fraction(10) ** order <= abs(scaled) < Fraction(10) ** (order + 1)


@given(st.integers(-500, 500))
def test_order_of_powers_of_ten_and_just_below(k):
    power = Fraction(10) ** k
    assert order_of_magnitude(power) == k
    assert order_of_magnitude(power * (1 - Fraction(1, 10**50))) == k - 1


@given(numbers, places)
def test_fixed_is_the_nearest_and_the_others_bound(x, digits):
    unit = Fraction(1, 10) ** digits
    nearest, low, high = (Fraction(f(x, digits)) for f in (fixed, fixed_down, fixed_up))
    assert abs(nearest - x) <= unit / 2
    assert low <= x <= high and high - low in (0, unit)


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (Fraction(-1, 3), 4, "-0.3333"),
        (Fraction(1, 1000), 2, "0.00"),
        (Fraction(1234), -2, "1200"),
        (Fraction(5, 2), 0, "2"),
        (Fraction(0), 3, "0.000"),
    ],
)
def test_fixed_in_print(x, digits, text):
    assert fixed(x, digits) == text


@given(numbers.filter(bool), st.integers(-300, 300))
def test_scientific_is_right_to_its_figures(x, shift):
    scaled = x * Fraction(10) ** shift
    shown = Fraction(Decimal(scientific(scaled, 3)))
    assert abs(shown - scaled) <= abs(scaled) * Fraction(5, 1000)


@pytest.mark.parametrize(
    ("x", "text"), [(Fraction(0), "0"), (Fraction(999, 1000), "1.0e+00"), (Fraction(12, 10**55), "1.2e-54")]
)
def test_scientific_in_print(x, text):
    assert scientific(x) == text
