"""Products and sums of series hold those of the functions that they stand for, at every point."""

from fractions import Fraction
from functools import reduce
from operator import add, mul

from hypothesis import given, settings, strategies as st

from litproof.certify.checker.series import Series

BITS = 12
ENTRIES = st.lists(st.integers(-(1 << 16), 1 << 16), min_size=1, max_size=7)
POINTS = [Fraction(k, 8) for k in range(9)]


def value(coefficients, u):
    """Of the polynomial that they are over 2^BITS."""
    return sum((Fraction(c, 1 << BITS) * u**k for k, c in enumerate(coefficients)), Fraction(0))


@st.composite
def operands(draw):
    """(series, function) with functions at the very edge of what the series allow: polynomials moved up or down."""
    most = draw(st.integers(1, 14))
    made = []
    for _ in range(draw(st.integers(2, 4))):
        coefficients = draw(ENTRIES)[:most]
        error = draw(st.integers(0, 1 << 10))
        moved = [coefficients[0] + draw(st.sampled_from((-1, 0, 1))) * error, *coefficients[1:]]
        made.append((Series(coefficients, error, BITS, most), moved))
    return made


def holds(series, true, u):
    return abs(value(series.coefficients, u) - true) <= Fraction(series.error, 1 << BITS)


@settings(max_examples=300, deadline=None)
@given(operands())
def test_products_and_sums_stay_within_their_errors(made):
    product, total = (reduce(act, (series for series, _ in made)) for act in (mul, add))
    assert len(product.coefficients) <= product.most
    for u in POINTS:
        values = [value(function, u) for _, function in made]
        assert holds(product, reduce(mul, values), u)
        assert holds(total, sum(values), u)
        assert all(abs(v) <= Fraction(s.size, 1 << BITS) for v, (s, _) in zip(values, made, strict=True))


@given(ENTRIES, st.integers(-9, 9), st.integers(0, 50))
def test_integers_and_multiples_are_exact(coefficients, factor, error):
    series = Series(coefficients, error, BITS, 20)
    for multiple in (series * factor, series * Series([factor << BITS], 0, BITS, 20)):
        for u in POINTS:
            assert holds(multiple, factor * (value(coefficients, u) + Fraction(error, 1 << BITS)), u)
    assert (series * factor).error == error * abs(factor)


def test_what_is_cut_off_is_not_small_by_chance():
    """u^4 times u^4 in six coefficients: nothing is left, and the whole product is in the error."""
    power = Series([0, 0, 0, 0, 1 << BITS], 0, BITS, 6)
    square = power * power
    assert square.coefficients == [0]
    assert 1 << BITS <= square.error <= (1 << BITS) + 7
