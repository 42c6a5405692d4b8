"""Lengths of steps of the classification flow."""

import pytest
from gmpy2 import mpfr

from litproof.integrate.classification.steps import GROWTH, Settings, resized


@pytest.mark.parametrize("stages", [4, 10])
def test_a_refused_step_is_shortened_by_the_order_of_the_method(stages):
    settings = Settings(20, stages=stages)
    for error in (1.5, 20.0, 300.0):
        length = resized(mpfr(2), error, settings)
        assert float(length) == pytest.approx(max(2 / GROWTH, 0.9 * 2 * error ** (-1 / stages)))


@pytest.mark.parametrize("order", [1.5, 3, 8, 40])
def test_two_refused_steps_tell_the_order(order):
    """The third is as long as a power law through both asks for, with no higher order than that of the method."""
    settings, first = Settings(20, stages=10), 4.0
    longer, shorter = (mpfr("1.2"), first * 1.2**order), (mpfr(1), first)
    length = resized(*shorter, settings, longer)
    assert float(length) == pytest.approx(max(1 / GROWTH, 0.9 * first ** (-1 / min(order, 10))))
    # an error that grew says nothing about an order
    assert resized(*shorter, settings, (mpfr("1.2"), first / 2)) == resized(*shorter, settings)
