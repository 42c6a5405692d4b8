"""R7 against R6 (two layers, one point, any start: hyperbolic functions), and its hypotheses."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.algebra.balls import dyadic
from litproof.algebra.linear import minimum_norm
from litproof.errors import HypothesisError
from litproof.integrate.regression.follow import follow_to_limit
from litproof.limits.find import find_limit
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision
from litproof.predict.regression.min_norm import (
    first_order_constant,
    isotropic,
    large_start_limit,
    outer_product,
    small_start,
    unseen_part,
)
from litproof.predict.regression.two_layer import two_layer_limit
from litproof.problem import Problem
from litproof.results import Evidence
from litproof.theorems.shared.instances import regression


def dense(kit, widths, X, y, layers):
    X = kit.rows(*X)
    network = FullyConnected(len(X[0]), widths)
    return Problem(network, "regression", X, kit.rows(y)[0], Fraction(1), kit.rows(*layers))


@pytest.fixture
def one_point(kit):
    return dense(kit, (2,), ["1 2 -1"], "3/2", ["1 1/2 -1/2 3/4 2 1/3", "0 0"])


def test_the_error_is_alpha_times_the_constant(one_point):
    """From R6 at alpha = 10^-10 and 10^-20."""
    star = minimum_norm(one_point.X, one_point.y)
    with ball_precision(300):
        constant = [dyadic(entry) for entry in first_order_constant(one_point)]
    assert max(map(abs, constant)) > Fraction(1, 100)
    for k in (10, 20):
        alpha = Fraction(1, 10**k)
        beta = two_layer_limit(replace(one_point, scale=alpha), 70).value
        rest = [(b - s) / alpha - c for b, s, c in zip(beta, star, constant, strict=True)]
        assert max(map(abs, rest)) < 100 * alpha**2


@pytest.mark.parametrize("alpha", [Fraction(1, 100), Fraction(1), Fraction(7)])
def test_the_identity_at_every_alpha(one_point, alpha):
    problem = replace(one_point, scale=alpha)
    prediction = two_layer_limit(problem, 50)
    u = outer_product(problem, prediction.details["v"])
    assert tuple(u) == tuple(prediction.details["v"][1])
    said = [
        b + alpha * sum(p * q for p, q in zip(row, u, strict=True))
        for b, row in zip(minimum_norm(problem.X, problem.y), unseen_part(problem), strict=True)
    ]
    size = max(map(abs, prediction.value))
    assert max(abs(a - b) for a, b in zip(said, prediction.value, strict=True)) < size / 10**48


def test_large_start(one_point):
    beta = two_layer_limit(replace(one_point, scale=Fraction(10**8)), 50).value
    limit = large_start_limit(one_point)
    gap = max(abs(a - b) for a, b in zip(beta, limit, strict=True))
    assert gap < Fraction(1, 10**28)
    assert max(
        abs(a - b) for a, b in zip(limit, minimum_norm(one_point.X, one_point.y), strict=True)
    ) > Fraction(1, 10)


def test_unseen_part_is_a_projection(one_point):
    rows = unseen_part(one_point)
    for column in zip(*rows, strict=True):
        assert sum(x * c for x, c in zip(one_point.X[0], column, strict=True)) == 0


def test_product_of_the_outer_layers(kit):
    problem = dense(kit, (2, 2), ["1 2"], "1", ["1 0 0 1", "1 2 3 4", "5 6"])
    assert outer_product(problem, problem.v) == [17, 39]


HIDDEN = "1 1/2 -1/2 1"


@pytest.mark.parametrize(
    ("layers", "failing"),
    [
        ([HIDDEN, "1/2 0 1/4 1/2", "0 1"], "last_zero"),
        ([HIDDEN, "1/2 0 1/4 0", "0 0"], "definite"),
        (["-2 0 1 0", "0 1/8 1/8 0", "0 0"], "moving"),
        ([HIDDEN, "3 0 1/4 5", "0 0"], "ordered"),
    ],
)
def test_each_hypothesis_is_named(kit, layers, failing):
    problem = dense(kit, (2, 2), ["1 2"], "1", layers)
    start = small_start(problem)
    assert not start.hold and not all(start.ordered if failing == "ordered" else [getattr(start, failing)])


def test_hypotheses_that_hold(kit):
    problem = dense(kit, (2, 2), ["1 2"], "1", [HIDDEN, "1/2 0 1/4 1/2", "0 0"])
    assert small_start(problem).hold
    assert minimum_norm(problem.X, problem.y) == (Fraction(1, 5), Fraction(2, 5))
    with pytest.raises(HypothesisError, match="two layers and one data point"):
        first_order_constant(problem)


def test_another_network_is_refused(kit):
    ones = (Fraction(1),) * 2
    problem = Problem(
        Diagonal(2, 2), "regression", kit.rows("1 2"), (Fraction(1),), Fraction(1), (ones, ones)
    )
    with pytest.raises(HypothesisError, match="fully connected"):
        small_start(problem)


# R7 with a start that rotations leave alone: the minimum-norm interpolator at every alpha, decided exactly


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
