"""Precision that is missing is that of the widest ball; matrices of balls at the precision of the moment."""

from fractions import Fraction

import pytest
from flint import arb

from litproof.algebra.balls import balls_of, missing_bits
from litproof.algebra.cyclotomic import Cyclotomic
from litproof.precision import ball_precision


def test_the_widest_ball_decides():
    narrow, wide = arb(1, 2.0**-80), arb(1, 2.0**-10)
    for balls in ([narrow, wide], [wide, narrow], [wide]):
        assert missing_bits(balls, 40) >= 28
    assert missing_bits([narrow, narrow], 40) == 0
    assert missing_bits([arb(0), arb(0)], 40) == 0


@pytest.mark.parametrize("kind", ["rational", "irrational"])
def test_a_matrix_is_read_once_and_has_the_precision_of_the_moment(kind):
    third = Fraction(1, 3)
    other = third if kind == "rational" else Cyclotomic.sqrt(2)
    matrix = balls_of([[third, 2], [other, third]])
    for bits in (40, 400):
        with ball_precision(bits):
            entries = matrix().entries()
            exact = arb(1) / 3 if kind == "rational" else arb(2).sqrt()
            assert entries[1] == 2
            assert all(
                x.overlaps(y) for x, y in zip(entries, [arb(1) / 3, 2, exact, arb(1) / 3], strict=True)
            )
            assert 2.0 ** (-bits - 4) < entries[2].rad() < 2.0 ** (4 - bits)
