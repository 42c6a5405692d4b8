from math import log2

import pytest
from flint import arb, ctx
from hypothesis import given, strategies as st
from mpmath import mp

from litproof.precision import ball_precision, digits_to_bits, mp_precision


@given(st.floats(0, 1e5))
def test_bits_carry_the_digits(digits):
    bits = digits_to_bits(digits)
    assert bits >= digits * log2(10) > bits - 1


@pytest.mark.parametrize(
    ("context", "current"), [(ball_precision, lambda: ctx.prec), (mp_precision, lambda: mp.prec)]
)
def test_precision_is_put_back(context, current):
    before = current()
    with context(before + 100):
        assert current() == before + 100
        with context(300):
            assert current() == 300
        assert current() == before + 100
    assert current() == before
    with pytest.raises(KeyError), context(before + 7):
        raise KeyError
    assert current() == before


def test_precision_reaches_the_numbers():
    with ball_precision(400):
        assert arb(2).sqrt().rad() < 1e-100
