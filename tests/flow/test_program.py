"""Reverse sweeps against exact derivatives of polynomials with squares and products."""

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from litproof.flow.program import Operators, Tracer

Q = Fraction
numbers = st.fractions(-5, 5, max_denominator=6)


@pytest.mark.parametrize("power", [2, 3, 4, 5])
@given(x=numbers, y=numbers, seed=numbers)
def test_gradients_of_powers(power, x, y, seed):
    """f = x^k + (x + 2 y)^2 y - y^2, c f: c (k x^(k-1) + 2 (x + 2y) y) and c (4 (x + 2y) y + (x + 2y)^2 - 2y)."""
    tracer = Tracer(2)
    a, b = tracer.variables()
    f = a**power + (a + b * 2) * (a + b * 2) * b - b * b
    gradient = tracer.gradient([f], [tracer.lift(seed)])
    program = tracer.program({"gradient": gradient})
    u = x + 2 * y
    expected = [seed * (power * x ** (power - 1) + 2 * u * y), seed * (4 * u * y + u * u - 2 * y)]
    assert program.evaluate(Operators(), [x, y], "gradient") == expected
