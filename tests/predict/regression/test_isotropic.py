"""R7 with a start that rotations leave alone: the minimum-norm interpolator at every alpha, decided exactly."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.algebra.linear import minimum_norm
from litproof.integrate.regression.follow import follow_to_limit
from litproof.limits.find import find_limit
from litproof.networks.fully_connected import FullyConnected
from litproof.predict.regression.min_norm import isotropic
from litproof.results import Evidence
from litproof.theorems.shared.instances import regression

TWO = "1 2 -1/2; 1/3 1 1"
ONE = "1 2 -1/2"
ISOTROPIC = [
    ((3,), TWO, "1 -1/2", ["1 0 0 0 1 0 0 0 1", "0 0 0"]),
    ((3,), ONE, "1", ["3/5 4/5 0 -4/5 3/5 0 0 0 1", "0 0 0"]),
    ((3, 3), ONE, "1", ["3/5 4/5 0 -4/5 3/5 0 0 0 1", "2 0 0 0 0 2 0 2 0", "0 0 0"]),
    # orthogonal on the complement of (0, 0, 1) only, something else on the row space
    ((4,), "0 0 1", "1", ["1 0 0 0 0 1 0 0 0 0 2 1", "0 0 0 0"]),
]
OTHER = [
    ((3,), ONE, "1", ["1 0 0 0 2 0 0 0 1", "0 0 0"]),
    ((3,), "0 0 1", "1", ["1 0 0 0 1 1/2 0 0 1", "0 0 0"]),
    ((3, 3), ONE, "1", ["1 0 0 0 1 0 0 0 1", "1 0 0 0 2 0 0 0 1", "0 0 0"]),
]


def problem_of(case, scale="3/4"):
    widths, X, y, layers = case
    return regression(FullyConnected(3, widths), X, y, Fraction(scale), layers, "rotations")


@pytest.mark.parametrize("case", ISOTROPIC, ids=str)
def test_the_flow_ends_at_the_minimum_norm(case):
    problem = problem_of(case)
    assert isotropic(problem)
    expected = minimum_norm(problem.X, problem.y)
    flow = follow_to_limit(problem, 20)
    assert flow.converged
    assert max(abs(a - b) for a, b in zip(flow.value, expected, strict=True)) < Fraction(1, 10**19)


@pytest.mark.parametrize("case", OTHER, ids=str)
def test_other_starts_are_told_apart(case):
    problem = problem_of(case)
    assert not isotropic(problem)
    flow = follow_to_limit(problem, 20)
    gap = max(abs(a - b) for a, b in zip(flow.value, minimum_norm(problem.X, problem.y), strict=True))
    assert gap > Fraction(1, 10**6)


def test_the_limit_is_exact_at_every_scale():
    for scale in ("1/1000", "1", "3"):
        problem = replace(problem_of(ISOTROPIC[0]), scale=Fraction(scale))
        limit = find_limit(problem, 15)
        assert limit.evidence is Evidence.CERTIFIED
        assert "by symmetry (R7)" in limit.methods[0]
