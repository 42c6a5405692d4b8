"""A box that is said to hold exactly one zero holds exactly one."""

import pytest
from flint import arb

from litproof.algebra.krawczyk import prove_zero


class Parabola:
    """x^2 - 1 with the slope at a point; `spread` uses that of 2x over the box it is given."""

    def value(self, point):
        return [point[0] * point[0] - 1]

    def linearise(self, point):
        slope = 2 * point[0].mid()

        class At:
            def solve(self, right):
                return [right[0] / slope]

            def spread(self, box, radii):
                return self.solve([(slope - 2 * box[0]) * arb(0, radii[0])])

        return At()


FAR = (-0.01, 40.0)
"""Starts from which the few Newton steps do not come near a zero."""


@pytest.mark.parametrize("start", [2.5, 3.0, 0.3, 0.05, 7.0, -2.5, -0.01, 1.0, 40.0])
def test_one_zero_in_every_proved_box(start):
    """From 2.5 the first box around the start holds 1 and -1: slopes at its centre would not show that."""
    enclosed = prove_zero(Parabola(), [arb(start)], 64)
    if start in FAR:
        assert enclosed is None
        return
    assert enclosed is not None
    box = enclosed.centre[0] + arb(0, enclosed.radii[0])
    inside = [zero for zero in (1, -1) if box.contains(zero)]
    assert len(inside) == 1 and enclosed.box[0].contains(inside[0])
