"""Limits proved in what data and start span: they hold what the flow of all parameters finds."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from litproof.algebra.balls import ball
from litproof.certify import layered_growth
from litproof.certify.regression import spanned as module
from litproof.certify.regression.spanned import SpannedRun, enclose_in_span, is_spanned
from litproof.flow import data_span as flow_module
from litproof.flow.program import Operators
from litproof.flow.trace import trace_flow
from litproof.integrate.budget import SECOND, Budget
from litproof.integrate.regression.follow import follow_to_limit
from litproof.networks import Convolutional, FullyConnected
from litproof.precision import ball_precision
from litproof.problem import Problem
from tests.certify.regression.test_validated import holds, widths
from tests.flow.test_data_span import drawn, low_rank

PROBLEMS = [
    drawn(FullyConnected(9, (6,)), 3, 30),
    drawn(FullyConnected(9, (4, 3)), 1, 31),
    low_rank(6, 2, 1, 32),
    drawn(Convolutional((2, 9)), 2, 37),
    drawn(Convolutional((2, 2, 8)), 1, 38),
    drawn(Convolutional((5, 5)), 2, 39),
    drawn(Convolutional((4, 4, 4)), 2, 40),
]


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(flow_module, "LEAST_PARAMETERS", 1)
    monkeypatch.setattr(module, "data_span", flow_module.data_span.__wrapped__)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_box_holds_the_limit_of_all_parameters(problem):
    enclosure = enclose_in_span(problem, 12, operations=20 * SECOND)
    flow = follow_to_limit(problem, 25)
    assert holds(enclosure.bounds, flow.value, flow.error)
    assert widths(enclosure) < Fraction(2, 10**12)
    assert enclosure.method.endswith(("that data and start span", "by frequencies"))
    parameters = [x for layer in flow.parameters for x in layer]
    assert holds(enclosure.parameters, parameters, Fraction(1, 10**20))


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("bits", [40, 30])
def test_rough_numbers_make_the_box_wider_or_prove_nothing(problem, bits, monkeypatch):
    """A box that forgets by how much data, start and bases were rounded lies beside the limit."""
    rough, flow = flow_module.data_span.__wrapped__(problem, bits), follow_to_limit(problem, 25)
    for span, right in ((rough, True), (replace(rough, radius=Fraction(0)), False)):
        monkeypatch.setattr(module, "data_span", lambda *_, span=span: span)
        wide, narrow = (enclose_in_span(problem, digits, operations=2 * SECOND) for digits in (3, 10))
        if right:
            assert wide is None or holds(wide.bounds, flow.value, flow.error)
            assert narrow is None
        else:
            assert not holds(narrow.bounds, flow.value, flow.error)


def test_the_uncertainty_bounds_what_rounding_does_to_the_velocity(monkeypatch):
    monkeypatch.setattr(module, "_SPARE_BITS", -40)
    problem, random = PROBLEMS[0], Random(0)
    run = SpannedRun(problem, 12, 22, Budget(), 10)
    small, radius = run.problem, run.span.radius

    class Point:
        """A candidate that rests."""

        def __init__(self, x):
            self.x = x

        def coeffs(self):
            return [ball(self.x)]

    theta = [x for layer in small.v0 for x in layer]
    with ball_precision(64):
        bound = float(run._uncertainty([Point(x) for x in theta]))
    speed = trace_flow(small.network, small.X, small.y).evaluate(Operators(), theta, "velocity")
    worst = 0.0
    for _ in range(50):
        X = [[x + random.choice((-1, 1)) * radius for x in row] for row in small.X]
        other = trace_flow(small.network, X, small.y).evaluate(Operators(), theta, "velocity")
        worst = max(worst, sum(float(a - b) ** 2 for a, b in zip(speed, other, strict=True)) ** 0.5)
    assert bound / 100 < worst <= bound


@pytest.mark.parametrize("problem", [PROBLEMS[0], PROBLEMS[5]])
def test_with_two_layers_the_growth_bounds_that_of_the_hessian(problem):
    run = SpannedRun(problem, 10, 20, Budget(), 10)
    with ball_precision(64):
        theta = [ball(x) for layer in run.problem.v0 for x in layer]
        short, full = float(run._growth_on(theta)), float(super(SpannedRun, run)._growth_on(theta))
    assert full <= short * (1 + 1e-9) and short <= full * (1 + 1e-6)


def test_dependent_points_are_combined_first():
    given = PROBLEMS[0]
    doubled = Problem(given.network, "regression", [*given.X, given.X[0]], [*given.y, given.y[0]], 1, given.v)
    enclosure = enclose_in_span(doubled, 10, operations=20 * SECOND)
    assert holds(enclosure.bounds, follow_to_limit(doubled, 20).value)


@pytest.mark.parametrize(
    "problem", [drawn(FullyConnected(2, (2,)), 2, 33), drawn(FullyConnected(2, (2, 2)), 1, 36), PROBLEMS[1]]
)
def test_without_hessians_the_box_holds_the_limit_as_well(problem, monkeypatch):
    """From norms of the layers alone, with a smaller network or without."""
    monkeypatch.setattr(layered_growth, "_FEW", 0)
    enclosure = enclose_in_span(problem, 10, operations=60 * SECOND)
    flow = follow_to_limit(problem, 25)
    assert holds(enclosure.bounds, flow.value, flow.error) and widths(enclosure) < Fraction(2, 10**10)


def test_the_way_depends_on_sizes(monkeypatch):
    monkeypatch.setattr(flow_module, "LEAST_PARAMETERS", 10)
    assert not is_spanned(drawn(FullyConnected(2, (2,)), 2, 33))  # few parameters
    assert is_spanned(drawn(FullyConnected(3, (3,)), 3, 34))  # two layers
    assert not is_spanned(drawn(FullyConnected(3, (3, 3)), 3, 35))  # Hessians are sharper, nothing to gain
    assert is_spanned(drawn(FullyConnected(9, (3, 3)), 2, 36))  # a smaller network
    monkeypatch.setattr(layered_growth, "_FEW", 0)
    assert is_spanned(drawn(FullyConnected(3, (3, 3)), 3, 35))


def test_what_the_budget_cannot_pay_for_is_not_begun(monkeypatch):
    def never(*_):
        raise AssertionError("a run was begun")

    monkeypatch.setattr(module, "SpannedRun", never)
    assert enclose_in_span(PROBLEMS[0], 12, operations=100) is None
