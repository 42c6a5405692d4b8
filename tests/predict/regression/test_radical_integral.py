"""Quadrature with its proved bound, against Arb's own integrator and against closed forms."""

import pytest
from flint import acb, arb
from hypothesis import given, settings, strategies as st

from litproof.algebra.balls import ball
from litproof.algebra.inverse import OutsideDomain, invert_increasing
from litproof.precision import ball_precision
from litproof.predict.regression.pivot import OpenIntegral
from litproof.predict.regression.radical_integral import RadicalIntegral
from litproof.predict.regression.tied_integral import TiedIntegral

POSITIVE = st.fractions(min_value="1/500", max_value=300, max_denominator=500)


def by_arb(e, b, x):
    def integrand(u, analytic):
        product = acb(1)
        for entry in b:
            product = product * (u * u + entry).sqrt(analytic=analytic)
        return u**e / product

    return acb.integral(integrand, 0, acb(x)).real


@given(st.integers(0, 3), st.lists(POSITIVE, min_size=1, max_size=5), POSITIVE, st.sampled_from([80, 200]))
@settings(max_examples=40, deadline=None)
def test_radical_integral_encloses(e, b, x, bits):
    with ball_precision(bits):
        balls = tuple(ball(entry) for entry in b)
        integral = RadicalIntegral(e, balls, bits)(ball(x))
        assert integral.overlaps(by_arb(e, balls, ball(x)))
        assert integral.rad() <= abs(integral) * arb(2) ** (24 - bits)


def test_radical_integral_elementary():
    with ball_precision(500):
        for x in ("0", "1e-40", "3", "1e40"):
            integral = RadicalIntegral(0, (arb(4),), 500)(arb(x))
            assert integral.overlaps((arb(x) / 2).asinh())
            assert abs(integral - (arb(x) / 2).asinh()) < arb(2) ** -470


@given(st.lists(POSITIVE, min_size=3, max_size=6), POSITIVE)
@settings(max_examples=25, deadline=None)
def test_open_integral_and_its_complement(gaps, z):
    with ball_precision(120):
        balls = tuple(ball(gap) for gap in gaps)
        integral = OpenIntegral.of(balls)
        assert integral(ball(z)).overlaps(by_arb(0, balls, ball(z)))
        assert integral(-ball(z)).overlaps(-integral(ball(z)))
        assert integral(ball(z)) < integral.whole


def test_carlson_form_is_the_quadrature():
    with ball_precision(200):
        gaps = (arb(2), arb("0.3"))
        for z in ("0.01", "1.5", "1000"):
            assert OpenIntegral.of(gaps)(arb(z)).overlaps(RadicalIntegral(0, gaps, 200)(arb(z)))


@pytest.mark.parametrize(
    ("L", "gaps"), [(4, ("0.3",)), (4, ("0.3", "5")), (5, ("0.01", "2")), (7, ("0.5", "0.25"))]
)
def test_tied_integral_on_both_sides_of_the_turn(L, gaps):
    with ball_precision(150):
        balls = tuple(arb(gap) for gap in gaps)
        T = TiedIntegral(L, balls, 150)
        for t in ("0.1", "3", "200", "1e6"):
            x = arb(t)
            inverse = tuple(1 / gap for gap in balls)
            expected = by_arb(L - 3, inverse, x) * T.weight
            assert T(x).overlaps(expected)
            assert T(x).rad() < abs(T(x)) * arb(2) ** -130
        far = T(arb("1e3000"))
        assert far.is_finite() and far.rad() < far * arb(2) ** -130


def test_inverse_is_proved_or_refused():
    with ball_precision(200):
        root = invert_increasing(lambda x: x + x * x * x, lambda x: 1 + 3 * x * x, arb(10), arb(0))
        assert root.contains(2) and root.rad() < arb(2) ** -180
        with pytest.raises(OutsideDomain):
            invert_increasing(lambda x: x.tanh(), lambda x: 1 / x.cosh() ** 2, arb(1), arb(0))
