"""Accumulated error: local errors, each with the growth since."""

from fractions import Fraction
from math import exp, log
from types import SimpleNamespace

import pytest

from litproof.flow.trace import trace_flow
from litproof.integrate.regression.error_estimate import ErrorTracker
from litproof.integrate.regression.taylor import Piece


def piece(start: int, log_error: float, growth: float | None) -> Piece:
    return Piece(Fraction(start), Fraction(start + 1), (0, 0), log_error, lambda _: (), 10, growth)


def test_known_growth(kit: SimpleNamespace) -> None:
    problem = kit.line(2, 3, [0, 0])
    tracker = ErrorTracker(trace_flow(problem.network, problem.X, problem.y), (Fraction(0), Fraction(0)))
    assert tracker.log_error() == float("-inf")
    tracker.add(piece(0, -10.0, 2.0), (Fraction(0), Fraction(0)))
    tracker.add(piece(1, -20.0, 0.5), (Fraction(0), Fraction(0)))
    local = 2**0.5
    true = (local * exp(-10.0) * exp(2.0) + local * exp(-20.0)) * exp(0.5)
    assert tracker.log_error() == pytest.approx(log(true))


def test_growth_from_the_jacobian_at_a_saddle(kit: SimpleNamespace) -> None:
    """At u = v = 0 of (uv - 3)^2 / 2 perturbations grow like e^{3t}."""
    problem = kit.line(2, 3, [0, 0])
    tracker = ErrorTracker(trace_flow(problem.network, problem.X, problem.y), (Fraction(0), Fraction(0)))
    tracker.add(piece(0, -30.0, None), (Fraction(0), Fraction(0)))
    assert tracker.log_error() == pytest.approx(-30.0 + log(2) / 2 + 3.0)
