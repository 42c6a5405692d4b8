"""Limits that claims measure: with many digits the enclosure itself, beside a flow that has to agree with it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof import example_problem
from litproof.claims import measurement
from litproof.claims.measurement import (
    PARAMETER_BOUNDS,
    follow_limit,
    measure_limit,
    prove_limit,
    prove_parameters,
)
from litproof.dynamics import GradientDescent, WeightDecay
from litproof.errors import LitproofError
from litproof.integrate.regression.follow import follow_to_limit
from litproof.integrate.training.follow import follow_any

PROBLEM = example_problem("regression")


def within(value, bounds):
    return all(low <= x <= high for x, (low, high) in zip(value, bounds, strict=True))


@pytest.mark.parametrize(
    "problem",
    [
        PROBLEM,
        replace(PROBLEM, loss="log-cosh"),
        replace(PROBLEM, dynamics=WeightDecay(Fraction(1, 10), Fraction(1))),
        replace(PROBLEM, dynamics=GradientDescent(Fraction(1, 10))),
    ],
    ids=["squared", "log-cosh", "decay", "descent"],
)
def test_many_digits_are_those_of_the_enclosure(problem):
    limit = follow_limit(problem, 70)
    assert limit.converged and limit.enclosure and within(limit.value, limit.enclosure)
    size = max(map(abs, limit.value))
    assert limit.error <= size / 10**70
    flow = follow_any(problem, 75)
    assert max(abs(a - b) for a, b in zip(limit.value, flow.value, strict=True)) <= 2 * size / 10**70
    theta = [x for layer in flow.parameters for x in layer]
    assert [len(layer) for layer in limit.parameters] == list(problem.network.shapes)
    for x, (low, high) in zip(theta, limit.details[PARAMETER_BOUNDS], strict=True):
        assert low - size / 10**70 <= x <= high + size / 10**70
    assert prove_limit(problem, limit, 70) is limit


def test_parameters_are_enclosed_as_in_a_run_of_their_own():
    limit = follow_limit(PROBLEM, 65)
    for (a, b), (low, high) in zip(
        limit.details[PARAMETER_BOUNDS], prove_parameters(PROBLEM, 65), strict=True
    ):
        assert max(a, low) <= min(b, high)


def test_few_digits_are_followed_and_enclosed():
    limit = measure_limit(PROBLEM, 20)
    assert not limit.enclosure and limit.value == follow_to_limit(PROBLEM, 23).value
    assert prove_limit(PROBLEM, limit, 20).enclosure


def test_a_flow_that_leaves_its_enclosure_is_a_defect(monkeypatch):
    def elsewhere(problem, digits):
        flow = follow_any(problem, digits)
        return replace(flow, value=tuple(x + Fraction(1, 10**30) for x in flow.value))

    monkeypatch.setattr("litproof.integrate.training.follow.follow_any", elsewhere)
    with pytest.raises(LitproofError, match="off its enclosure"):
        follow_limit(PROBLEM, 70)


def test_what_is_not_enclosed_is_followed_to_all_digits_and_not_tried_again(monkeypatch):
    tried = []

    def nothing(problem, digits):
        tried.append(digits)

    monkeypatch.setattr(measurement, "_enclosed", nothing)
    limit = measure_limit(PROBLEM, 70)
    assert limit.converged and not limit.enclosure and "no enclosure" in limit.unproved
    assert limit.error <= max(map(abs, limit.value)) / 10**70
    assert prove_limit(PROBLEM, limit, 70) is limit and len(tried) == 1
