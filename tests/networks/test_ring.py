"""Sums over any ring."""

from fractions import Fraction

import pytest

from litproof.flow.program import Operators, Tracer
from litproof.networks.ring import total


@pytest.mark.parametrize("count", [0, 1, 2, 31, 32, 33, 100])
def test_sums_are_those_of_python(count):
    terms = [Fraction(k, k + 1) for k in range(count)]
    assert total(iter(terms)) == sum(terms)


def test_long_sums_of_traced_numbers_are_one_form():
    tracer = Tracer(70)
    program = tracer.program({"sum": [total(tracer.variables())]})
    assert len(program.steps) == 1 and program.evaluate(Operators(), list(range(70)), "sum") == [2415]
