"""Limits that claims measure: with many digits the enclosure itself, beside a flow that has to agree with it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof import example_problem
from litproof.claims import measurement
from litproof.claims.measurement import (
    PARAMETER_BOUNDS,
    follow_limit,
    follow_observed,
    measure_limit,
    prove_limit,
    prove_parameters,
)
from litproof.dynamics import GradientDescent, WeightDecay
from litproof.errors import LitproofError
from litproof.integrate.classification.follow import direction_of, follow, theta_of
from litproof.integrate.regression.follow import follow_to_limit
from litproof.integrate.training.follow import follow_any
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem

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


START_DEPENDENT = Problem(
    PolynomialNetwork.of(["W[2,2]", "w[2]"], ["W[j,1]*w[1] + W[j,2]*w[2]"], 2),
    "classification",
    ((Fraction(1), Fraction(2)), (Fraction(2), Fraction(1, 2))),
    (Fraction(1), Fraction(1)),
    Fraction(1),
    ((Fraction(1), Fraction(1, 2), Fraction(0), Fraction(1)), (Fraction(1), Fraction(1, 2))),
)


def test_directions_that_depend_on_the_start_are_followed_as_far_as_their_sizes_allow(monkeypatch):
    pilot = follow(START_DEPENDENT, 20, (direction_of,))
    few, many = (
        measurement._affordable(START_DEPENDENT, 400, replace(pilot, details={"attempts": k}))
        for k in (100, 10)
    )
    assert measurement.FEW_DIGITS <= few < many <= 400
    monkeypatch.setattr(measurement, "SHARP_OPERATIONS", 0)
    assert measurement._affordable(START_DEPENDENT, 400, replace(pilot, details={"attempts": 10})) == 40
    assert measurement._affordable(START_DEPENDENT, 30, replace(pilot, details={"attempts": 10})) == 30
    observed = follow_observed(START_DEPENDENT, 90, (direction_of, theta_of))
    assert observed.converged and observed.digits == 40
    assert follow(START_DEPENDENT, 20, (direction_of, theta_of)).details["depends on the start"]
    assert follow_observed(START_DEPENDENT, 90, (direction_of,)).digits == 90
