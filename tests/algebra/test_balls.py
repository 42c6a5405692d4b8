"""Precision that is missing is that of the widest ball."""

from flint import arb

from litproof.algebra.balls import missing_bits


def test_the_widest_ball_decides():
    narrow, wide = arb(1, 2.0**-80), arb(1, 2.0**-10)
    for balls in ([narrow, wide], [wide, narrow], [wide]):
        assert missing_bits(balls, 40) >= 28
    assert missing_bits([narrow, narrow], 40) == 0
    assert missing_bits([arb(0), arb(0)], 40) == 0
