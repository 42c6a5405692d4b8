"""B1: the pair is what it says, and what looks like one is refused."""

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp

from litproof.claims.types import Answer
from litproof.networks import Convolutional, Diagonal, FullyConnected
from litproof.problem import Problem
from litproof.theorems.bias.no_regulariser.claim import BRACKETS, LEAVES, PLAIN, TWO_POINTS, no_regulariser
from litproof.theorems.bias.no_regulariser.derivation import NEURONS, PAIR, bracket, derive, volume

X, Y = ((1, 2, "-1/2"), ("1/2", -1, 3)), (1, "7/10")
CONVOLUTION = Problem(Convolutional((3, 3)), "regression", X, Y, 1, (("1/2", "1/5", "-1/10"), (0, 0, 0)))


def test_hypotheses():
    for hypothesis in (BRACKETS, LEAVES, PLAIN, TWO_POINTS):
        assert hypothesis.check(CONVOLUTION).answer is Answer.HOLDS
    diagonal = Problem(Diagonal(2, 3), "regression", X, Y, 1, ((1, 2, 1), (0, 0, 0)))
    assert BRACKETS.check(diagonal).answer is Answer.VIOLATED
    eye = (1, 0, 0, 0, 1, 0, 0, 0, 1)
    isotropic = Problem(FullyConnected(3, (3,)), "regression", X, Y, 1, (eye, (0, 0, 0)))
    assert BRACKETS.check(isotropic).answer is Answer.HOLDS
    assert LEAVES.check(isotropic).answer is Answer.VIOLATED
    assert TWO_POINTS.check(replace(CONVOLUTION, X=X[:1], y=Y[:1])).answer is Answer.VIOLATED
    assert PLAIN.check(replace(CONVOLUTION, weights=(1, 2))).answer is Answer.VIOLATED


@pytest.fixture(scope="module")
def sides():
    from litproof.claims.catalogue import claim_of

    claim = claim_of("bias/no-regulariser")
    return claim, claim.measure(CONVOLUTION, 8)


def test_the_pair_is_compared_exactly(sides):
    claim, measurement = sides
    said = claim.predict(CONVOLUTION, 8)
    assert claim.compare(said, measurement, 8).answer is Answer.HOLDS
    inputs, targets = said.details["second"]
    for other in ((inputs[:1], targets[:1]), (inputs, (targets[0] + Fraction(1, 10**9), targets[1]))):
        changed = replace(said, details={**said.details, "second": other})
        assert claim.compare(changed, measurement, 8).answer is Answer.VIOLATED
    met = replace(
        measurement, details={**measurement.details, "boxes": (measurement.details["boxes"][0],) * 2}
    )
    assert claim.compare(said, met, 8).answer is Answer.VIOLATED


def test_a_nearly_linear_network_has_a_small_gap(sides):
    """From a start that is large against the targets the limits share more than ten digits, and differ."""
    claim, _ = sides
    start = (("-625", "-55/4", "1/16000"), (0, 0, 0))
    problem = Problem(Convolutional((3, 3)), "regression", X, ("1/10", "-3/20"), 1, start)
    measurement = claim.measure(problem, 20)
    assert measurement.details["digits"] > 20
    assert claim.compare(claim.predict(problem, 20), measurement, 20).answer is Answer.HOLDS
    boxes = measurement.details["boxes"]
    assert max(abs(a[0] - b[0]) for a, b in zip(*boxes, strict=True)) < Fraction(1, 10**11)


def test_brackets_by_the_commutator_of_matrices():
    """grad of x^T A x / 2 is A x, so that the bracket of two is (B A - A B) x, up to the sign convention."""
    point = sp.Matrix(NEURONS)
    A, B = (sp.hessian(f, NEURONS) for f in PAIR)
    assert sp.Matrix(bracket(*PAIR, NEURONS)) == sp.expand((B * A - A * B) * point)
    parallel = dict(zip(NEURONS, (1, 2, 3, 6, 5, 10), strict=True))
    assert volume(*PAIR, NEURONS).subs(parallel) == 0
    assert volume(*PAIR, NEURONS).subs({**parallel, NEURONS[0]: 2}) > 0


def test_the_derivation_is_complete():
    assert {step.name for step in derive().steps} >= {"there", "back", "complex", "wide"}
    assert no_regulariser.predict(CONVOLUTION, 8).method == "the first row of the data doubled"
