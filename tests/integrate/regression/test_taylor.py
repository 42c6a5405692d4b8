"""The error that a step states for itself, against a run with more digits."""

from fractions import Fraction
from math import log

import pytest

from litproof.flow.trace import trace_flow
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression.taylor import integrate
from litproof.networks.diagonal import Diagonal
from litproof.precision import digits_to_bits

Q = Fraction


@pytest.mark.parametrize("digits", [15, 25, 40])
def test_the_first_step_is_as_far_off_as_it_says(digits):
    flow = trace_flow(Diagonal(2, 2), ((Q(1), Q(2)),), (Q(3),))
    start = [Q(1, 2), Q(1, 3), Q(-1, 4), Q(1)]

    def first(digits, end=None):
        numbers = FixedPoint(digits_to_bits(digits) + 48)
        pieces = integrate(flow, numbers, start, digits, end=end)
        piece = next(pieces) if end is None else list(pieces)[-1]
        return piece, [numbers.fraction(x) for x in piece.state]

    piece, state = first(digits)
    _, exact = first(digits + 30, piece.end)
    gap = float(max(abs(a - b) for a, b in zip(state, exact, strict=True)))
    # It stays within what it says, and what it says is no more than a hundred thousand times too much.
    assert gap and log(gap) <= piece.log_error <= log(gap) + 12
