from fractions import Fraction

import pytest
import sympy
from flint import arb
from hypothesis import given, settings, strategies as st

from litproof.algebra.balls import ball
from litproof.algebra.inverse import OutsideDomain
from litproof.derive import potential_forms as forms
from litproof.precision import ball_precision
from litproof.predict.regression import potentials

DEPTHS = st.integers(2, 8)
NUMBERS = st.fractions(min_value=-50, max_value=50, max_denominator=100)


@pytest.fixture(autouse=True)
def _precision():
    with ball_precision(200):
        yield


def agree(a, b, bits=150):
    return a.overlaps(b) and a.rad() * 2**bits < 1 and b.rad() * 2**bits < 1


@given(NUMBERS)
@settings(max_examples=25)
def test_depth_2_in_textbook_form(t):
    with ball_precision(200):
        x = ball(t)
        assert agree(potentials.H(x, 2), (x * (2 * x).asinh() - (x * x + arb(1) / 4).sqrt() + arb(1) / 2) / 2)
        assert agree(potentials.h(x / 10, 2), (x / 5).sinh() / 2)


@given(NUMBERS)
@settings(max_examples=25)
def test_depth_3_and_4_inside_the_pole(t):
    with ball_precision(200):
        s = ball(t) / 51
        assert agree(potentials.q_of_s(s, 3), s.tan())
        assert agree(
            potentials.h(s, 4), (s / (1 - s * s).sqrt()) * (1 / (1 - s * s)) * (1 / (1 - s * s)).sqrt()
        )


@given(NUMBERS, DEPTHS)
@settings(max_examples=60)
def test_s_is_the_hypergeometric_function(t, L):
    with ball_precision(200):
        q = ball(t)
        series = q * (-q * q).hypgeom_2f1(arb(1) / 2, arb(L - 1) / 2, arb(3) / 2)
        assert potentials.s_of_q(q, L).overlaps(series)
        assert not potentials.s_of_q(q, L + 1).overlaps(series) or t == 0


@given(NUMBERS, DEPTHS)
@settings(max_examples=60)
def test_gradient_and_hessian_against_differences(t, L):
    with ball_precision(400):
        x, step = ball(t), arb(2) ** -60
        slope = (potentials.H(x + step, L) - potentials.H(x - step, L)) / (2 * step)
        assert abs(slope - potentials.h_inverse(x, L)) < arb(2) ** -90
        second = (potentials.h_inverse(x + step, L) - potentials.h_inverse(x - step, L)) / (2 * step)
        curvature = 1 / potentials.dt_ds(potentials.q_of_t(x, L), L)
        assert abs(second - curvature) < arb(2) ** -90
        assert curvature > 0
        assert agree(potentials.H(x, L), potentials.H(-x, L))


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=50), DEPTHS)
@settings(max_examples=60)
def test_inverses(t, L):
    with ball_precision(300):
        x = ball(t)
        assert potentials.t_of_q(potentials.q_of_t(x, L), L).overlaps(x)
        s = potentials.h_inverse(x, L)
        assert potentials.h(s, L).overlaps(x)
        assert potentials.h(s, L).rad() < arb(2) ** -150


@pytest.mark.parametrize("L", range(3, 10))
def test_pole(L):
    with ball_precision(1000):
        gap = potentials.s_max(L) - potentials.s_of_q(arb(10) ** 30, L)
        assert 0 < gap < arb(10) ** (-29 * (L - 2))
    limit = potentials.s_max(L)
    for s in (limit, limit + 1, -limit - 1):
        with pytest.raises(OutsideDomain):
            potentials.q_of_s(s, L)


def test_no_pole_for_depth_2_and_no_depth_1():
    assert potentials.s_max(2) is None
    for f in (potentials.H, potentials.h, potentials.h_inverse):
        with pytest.raises(ValueError, match="L >= 2"):
            f(arb(1), 1)


@pytest.mark.parametrize("L", range(2, 10))
def test_closed_forms_proved_and_evaluated(L):
    q = sympy.Symbol("q")
    s, potential = forms.s_form(L, q), forms.potential_form(L, q)
    assert forms.s_is_right(L, s, q)
    assert forms.potential_is_right(L, potential, s, q)
    value = s.subs(q, sympy.Rational(7, 5)).evalf(50)
    assert potentials.s_of_q(ball(Fraction(7, 5)), L).overlaps(arb(str(value)) + arb(0, arb(10) ** -48))


@pytest.mark.parametrize("L", range(2, 7))
def test_false_closed_forms_rejected(L):
    q = sympy.Symbol("q")
    s, potential = forms.s_form(L, q), forms.potential_form(L, q)
    assert not forms.s_is_right(L, forms.s_form(L + 1, q), q)
    assert not forms.s_is_right(L, s + 1, q)
    assert not forms.potential_is_right(L, potential + q**2 / 2, s, q)
    assert not forms.potential_is_right(L, forms.potential_form(L + 1, q), s, q)
