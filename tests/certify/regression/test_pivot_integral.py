"""tau of the pivot by quadrature: proved bounds of the integrand, and the cost of widely spread scales."""

from itertools import product

import pytest
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st

from litproof.certify.regression import pivot_integral
from litproof.certify.regression.pivot_integral import carlson, quadrature
from litproof.precision import ball_precision

small = st.integers(-300, 300)


@given(
    corner=st.tuples(small, small),
    sides=st.tuples(st.integers(0, 200), st.integers(0, 200)),
    roots=st.lists(st.integers(1, 300), min_size=1, max_size=4),
    power=st.integers(0, 3),
)
@settings(max_examples=200, deadline=None)
def test_the_bound_on_a_box_holds_the_branch_that_is_positive_on_the_line(corner, sides, roots, power):
    (x, y), (a, b) = corner, sides
    with ball_precision(80):
        box = acb(arb(x, a) / 100, arb(y, b) / 100)
        bound = pivot_integral._bound(box, [arb(r) / 100 for r in roots], power)
        crosses = abs(x) <= a and any(abs(y) + b >= r for r in roots)
        if crosses or (power and abs(x) <= a and abs(y) <= b):
            assert not bound.is_finite()
            return
        for s, t in product((-1, 0, 1), repeat=2):
            u = acb(arb(x + s * a) / 100, arb(y + t * b) / 100)
            value = acb(1) / u**power if power else acb(1)
            for r in roots:
                # the principal root is the positive branch: u^2 + r^2 is negative on the cuts only
                value /= (u * u + (arb(r) / 100) ** 2).sqrt()
            assert bound.real.overlaps(value.real) and bound.imag.overlaps(value.imag)


@pytest.mark.parametrize("end", ["1.5", "-0.9", "1e-6"])
def test_two_gaps_are_carlsons_integral(end):
    with ball_precision(300):
        low, high = arb(10) ** -6 / 2, arb(end)
        gaps = [arb(10) ** -10, 3 * arb(10) ** -10]
        found, known = quadrature(low, high, gaps, 0), carlson(high, gaps) - carlson(low, gaps)
        assert found.overlaps(known) and found.rel_accuracy_bits() > 250


@pytest.mark.parametrize("power", [0, 2])
def test_scales_far_apart_cost_few_evaluations(monkeypatch, power):
    """Seven layers close to 10^-5, a pivot that ends near 1: a few dozen evaluations a bit would be slow."""
    evaluations = 0

    integral = pivot_integral._integral

    def counted(function, *ends):
        def integrand(u, analytic):
            nonlocal evaluations
            evaluations += 1
            return function(u, analytic)

        return integral(integrand, *ends)

    monkeypatch.setattr(pivot_integral, "_integral", counted)
    with ball_precision(800):
        gaps = [arb(k) * arb(10) ** -11 for k in (3, 5, 7, 7, 8)]
        value = quadrature(arb(10) ** -5 / 2, arb("1.25"), gaps, power)
    assert value.rel_accuracy_bits() > 700
    assert evaluations < 30 * 800
