"""tau of the pivot by quadrature: against closed forms, and the cost of scales far apart."""

from fractions import Fraction

import mpmath
import pytest
from flint import arb
from hypothesis import given, settings, strategies as st

from litproof.algebra.balls import ball, endpoints
from litproof.certify.regression import pivot_integral
from litproof.certify.regression.pivot_integral import carlson, quadrature
from litproof.precision import ball_precision, mp_precision

sizes = st.builds(lambda m, e: Fraction(m, 8) * Fraction(10) ** e, st.integers(8, 79), st.integers(-7, 2))
signs = st.sampled_from([-1, 1])


def reference(low, high, gaps, power):
    """By mpmath's tanh-sinh rule in the logarithm or area sine of u, cut at every scale."""
    with mp_precision(160):
        c = [mpmath.mpf(g.numerator) / g.denominator for g in gaps]
        a, b = (mpmath.mpf(x.numerator) / x.denominator for x in (low, high))
        unit = min(mpmath.sqrt(g) for g in c)

        def integrand(w):
            u = unit * mpmath.sinh(w)
            root = mpmath.mpf(1)
            for g in c:
                root *= mpmath.sqrt(u * u + g)
            return unit * mpmath.cosh(w) / (u**power * root)

        start, end = mpmath.asinh(a / unit), mpmath.asinh(b / unit)
        value = mpmath.quad(integrand, mpmath.linspace(start, end, 12))
        return Fraction(int(value * 2**400), 2**400)


@given(sizes, sizes, signs, st.lists(sizes, min_size=2, max_size=5), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_the_ball_holds_the_integral(low, high, side, roots, power):
    high = high if power else side * high
    gaps = [root * root for root in roots]
    with ball_precision(120):
        integral = quadrature(ball(low), ball(high), list(map(ball, gaps)), power)
        low_end, high_end = endpoints(integral)
    known = reference(low, high, gaps, power)
    slack = abs(known) / 10**25
    assert low_end - slack <= known <= high_end + slack
    assert high_end - low_end <= max(abs(low_end), abs(high_end)) / 10**15 or low == high


@pytest.mark.parametrize("end", ["1.5", "-0.9", "1e-6", "1e-40"])
def test_two_gaps_are_carlsons_integral(end):
    with ball_precision(300):
        low, high = arb(10) ** -6 / 2, arb(end)
        gaps = [arb(10) ** -10, 3 * arb(10) ** -10]
        integral, known = quadrature(low, high, gaps, 0), carlson(high, gaps) - carlson(low, gaps)
        assert integral.overlaps(known) and integral.rel_accuracy_bits() > 250


def test_the_error_of_a_rule_is_needed(monkeypatch):
    """Rules of half as many nodes: with the bound of their error the ball holds the integral, without it does not."""
    rounded = pivot_integral.rounded_up
    monkeypatch.setattr(
        pivot_integral, "rounded_up", lambda n: rounded(n) // 4 * 2 if n < 200 else rounded(n)
    )
    with ball_precision(200):
        gaps = [arb(1), arb(3)]
        known = carlson(arb(2), gaps) - carlson(arb(0), gaps)
        integral = quadrature(arb(0), arb(2), gaps, 0)
    assert integral.contains(known) and integral.rel_accuracy_bits() < 190
    assert not integral.mid().overlaps(known)


@pytest.mark.parametrize("power", [0, 2])
def test_scales_far_apart_cost_few_evaluations(monkeypatch, power):
    """Seven layers close to 10^-5, a pivot that ends near 1: a few evaluations a bit and factor of two."""
    evaluations = 0
    integrand = pivot_integral._integrand

    def counted(*arguments):
        nonlocal evaluations
        evaluations += 1
        return integrand(*arguments)

    monkeypatch.setattr(pivot_integral, "_integrand", counted)
    with ball_precision(800):
        gaps = [arb(k) * arb(10) ** -11 for k in (3, 5, 7, 7, 8)]
        value = quadrature(arb(10) ** -5 / 2, arb("1.25"), gaps, power)
    assert value.rel_accuracy_bits() > 700
    assert evaluations < 10 * 800
