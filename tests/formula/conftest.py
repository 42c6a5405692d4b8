from fractions import Fraction

import pytest

from litproof.algebra.balls import ball
from litproof.formula.setting import Point, Setting
from litproof.theorems.shared.instances import diagonal_from_zero


@pytest.fixture
def point():
    """(3/10, -1/5, 2/5) for a diagonal network with L = 3, alpha = 1/2, etabar = (1, 1/2, 3/4), one data point."""
    setting = Setting(diagonal_from_zero(3, "1 2 -1", "3/2", "1/2", "1 1/2 3/4"))
    values = (Fraction(3, 10), Fraction(-1, 5), Fraction(2, 5))
    return lambda basis="beta": Point(setting, basis, tuple(map(ball, values)))
