"""Moves of the multipliers: Newton's corrections, whatever their size."""

from math import exp

import gmpy2
import numpy as np
import pytest
from gmpy2 import mpfr

from litproof.integrate.classification.reals import reals, working_precision
from litproof.integrate.classification.systems import EarlyFlow, LateFlow

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
STIFFNESS = np.array([[0.0, 1.0, 1e6, 1e300]])


@pytest.mark.parametrize("flow", [EarlyFlow, LateFlow])
@pytest.mark.parametrize("power", [-25, -300, -320, -700])
def test_small_corrections_are_made_also_where_no_double_holds_them(flow, power):
    with working_precision(4000):
        z = reals([[mpfr(0), mpfr(-1), mpfr(2), mpfr(-40)]])
        change = reals([[mpfr(10) ** power] * 4])
        after, moved = flow.move(None, None, z, change, STIFFNESS)
        assert all(
            abs(a - b - c) < c * mpfr(10) ** -15 for a, b, c in zip(after[0], z[0], change[0], strict=True)
        )
    assert moved <= exp(2) * 10.0**power * 1.01


@pytest.mark.parametrize("size", [1e-19, 1e-6, 0.1, 3.0, 50.0])
@pytest.mark.parametrize("sign", [1, -1])
def test_larger_ones_solve_the_equation_in_lambda_and_p(size, sign):
    """x + r (e^x - 1) = (1 + r) step, in reals and in doubles."""
    with working_precision(200):
        z = reals([[mpfr(0)] * 4])
        step = sign * size
        after, _ = LateFlow.move(None, None, z, reals([[mpfr(step)] * 4]), STIFFNESS)
        doubles, _ = LateFlow.move(None, None, z.astype(float), np.full((1, 4), step), STIFFNESS)
        for x, other, r in zip(after[0], doubles[0], STIFFNESS[0], strict=True):
            r = mpfr(float(r))
            left = x / (1 + r) + r / (1 + r) * gmpy2.expm1(x)
            assert float(x) == other
            assert abs(left - step) <= 1e-12 * max(abs(step), abs(x / (1 + r)))
