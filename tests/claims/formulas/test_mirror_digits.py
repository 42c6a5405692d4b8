"""`mirror[j]` is known to as many digits as the flow is."""

from fractions import Fraction

import pytest

from litproof.algebra.balls import ball
from litproof.claims.formulas.moments import ALONG, AtMoment
from litproof.claims.formulas.path_points import Moment
from litproof.formula.setting import Setting
from litproof.networks.polynomial import PolynomialNetwork
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem


@pytest.mark.parametrize("digits", [20, 60, 150])
def test_the_integral_has_the_digits_of_beta(digits):
    """beta = u^2: (J J^T)^-1 d beta = d beta / (4 beta), so that mirror = log(beta / beta(0)) / 4."""
    network = PolynomialNetwork.of(["u[2]"], ["u[j]^2"], 2)
    one = Fraction(1)
    problem = Problem(network, "regression", ((one, 2 * one),), (one,), one, ((one, one / 2),))
    unit = Fraction(1, 10**digits)
    moment = Moment(None, problem.v0, unit, (Fraction(3, 2), Fraction(1, 3)), (unit, unit), True)
    with ball_precision(digits_to_bits(2 * digits + 40)):
        meaning = AtMoment(Setting(problem, ALONG), moment)
        for j, ratio in ((1, Fraction(3, 2)), (2, Fraction(4, 3))):
            value = meaning.entry("mirror", (j,)).ball
            assert value.overlaps(ball(ratio).log() / 4) and value.rad() < ball(10**5 * unit)
