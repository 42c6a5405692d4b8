"""One limit for many: Taylor's method where it takes few steps, collocation where a mode is stiff."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof import example_problem
from litproof.integrate.regression.follow import follow_to_limit
from litproof.integrate.training.follow import follow_any, follow_quickly

PROBLEM = example_problem("regression")


@pytest.mark.parametrize("scale", ["1", "1/1000", "1/1000000000"])
def test_the_limit_is_that_of_collocation(scale):
    problem = replace(PROBLEM, scale=Fraction(scale))
    quick, other = follow_quickly(problem, 25), follow_to_limit(problem, 28)
    assert quick.method.startswith("taylor") and other.method.startswith("collocation")
    gap = max(abs(a - b) for a, b in zip(quick.value, other.value, strict=True))
    assert gap <= 2 * max(map(abs, other.value)) / 10**25


def test_stiff_flows_and_other_training_are_followed_as_ever():
    far, near = ["1000", "1/1000"], ["1/1000", "1"]
    stiff = replace(PROBLEM, X=[far, near], y=["1", "1"])
    assert follow_quickly(stiff, 12) == follow_any(stiff, 12)
    other = replace(PROBLEM, loss="log-cosh")
    assert follow_quickly(other, 12) == follow_any(other, 12)
