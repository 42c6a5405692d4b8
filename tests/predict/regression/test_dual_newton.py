"""An enclosure of the zero of the dual function holds it, wherever the test is made."""

import pytest
from flint import arb_mat

from litproof.precision import ball_precision
from litproof.predict.regression.coordinates import Kind, coordinate
from litproof.predict.regression.dual import Dual, on_balls, states
from litproof.predict.regression.dual_newton import NotEnclosed, enclose


@pytest.mark.parametrize("nu", [10, 3, 1, -6, 0.25, 2.0**-40])
def test_boxes_hold_the_zero_or_are_none(nu):
    """F = sinh(2 nu)/2 is steep far from its zero 0, where Newton's step is short: slopes at the centre would do."""
    dual = Dual(((1,),), (0,), (coordinate((1, 0)),))
    with ball_precision(128):
        point = arb_mat(1, 1, [nu])
        at = states(on_balls(dual), point)
    try:
        box, _ = enclose(dual, point, at, 128, 64)
    except NotEnclosed:
        assert abs(nu) >= 0.25
    else:
        assert box[0, 0].contains(0)


@pytest.mark.parametrize(
    ("initial", "kind", "reach"),
    [
        ((1, 1, 2), Kind.HALF, 1),
        ((-1, 1, 2), Kind.HALF, -1),
        ((1, 1, 1), Kind.TIED, 1),
        ((1, 2, 2), Kind.EQUAL, 0),
        ((1, 2, 3), Kind.OPEN, 0),
        ((0, 0, 3), Kind.FROZEN, 2),
        ((0, 2, 3), Kind.OPEN, 0),
        ((5,), Kind.LINEAR, 0),
    ],
)
def test_ties_decide_which_signs_a_coordinate_keeps(initial, kind, reach):
    """With two layers of equal modulus the sign of rho stays: a third, larger layer changes nothing in that."""
    component = coordinate(initial)
    assert (component.kind, component.reach) == (kind, reach)
