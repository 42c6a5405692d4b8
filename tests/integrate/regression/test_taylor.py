"""The error that a step states for itself, against a run with more digits."""

from fractions import Fraction
from math import log

import pytest

from litproof.flow.trace import trace_flow
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression.taylor import integrate
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
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


@pytest.mark.parametrize("network", [Diagonal(2, 3), Diagonal(4, 2), FullyConnected(2, (2,))], ids=str)
def test_steps_go_as_far_as_the_tolerance_allows_while_the_flow_slows_down(network):
    """Steps that take the length of the one before end far below the tolerance where they may grow."""
    rows = [[Q((5 * i + 3 * j) % 7 - 3, 4) for j in range(network.input_dim)] for i in range(2)]
    start = [Q((k * 5) % 7 + 2, 8) for k in range(sum(network.shapes))]
    flow = trace_flow(network, rows, [Q(1), Q(-1, 2)])
    numbers = FixedPoint(digits_to_bits(25) + 48)
    pieces = list(integrate(flow, numbers, start, 25, end=Q(12)))
    lengths = [float(piece.end - piece.start) for piece in pieces[2:-1]]
    assert lengths[-1] > 1.5 * lengths[0]
    spare = sorted(-25 * log(10) - piece.log_error for piece in pieces[2:-1])
    assert spare[len(spare) // 2] < 1.0
