"""The bound of the remaining distance, against the limit followed much further, and where it must not close."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from litproof.flow.trace import trace_gradient
from litproof.integrate.regression.follow import follow_to_limit, trajectory
from litproof.integrate.regression.remaining import jump_to_limit


@pytest.mark.parametrize("kind", ["diagonal", "convolutional", "fully-connected", "tensor"])
def test_bound_covers_the_distance_and_is_of_second_order(kit: SimpleNamespace, kind: str) -> None:
    problem = kit.sample(kind)
    limit = follow_to_limit(problem, 60).value
    times = tuple(Fraction(k, 2) for k in (1, 2, 3, 4, 6, 8, 12, 16))
    gradient, recorded = trace_gradient(problem.network), []
    for _, layers in trajectory(problem, times, 60):
        theta = [q for layer in layers for q in layer]
        jump = jump_to_limit(gradient, problem.X, problem.y, theta, 260)
        if jump is None:
            continue
        distance = max(abs(a - b) for a, b in zip(jump.beta, limit, strict=True))
        before = max(
            abs(sum(a * b for a, b in zip(row, problem.network.coefficients(layers), strict=True)) - t)
            for row, t in zip(problem.X, problem.y, strict=True)
        )
        # Both runs have errors of their own, to 60 digits.
        assert distance <= jump.distance + Fraction(1, 10**59)
        if before > Fraction(1, 10**30):
            recorded.append((before, jump.distance))
    assert len(recorded) >= 2
    (r1, d1), (r2, d2) = recorded[0], recorded[-1]
    assert float(d2 / d1) < float(r2 / r1) ** 1.5


def test_linear_model_is_jumped_to_exactly(kit: SimpleNamespace) -> None:
    problem = kit.line(1, 5, [-2])
    jump = jump_to_limit(trace_gradient(problem.network), problem.X, problem.y, [Fraction(-2)], 200)
    assert jump is not None
    assert abs(jump.beta[0] - 5) <= jump.distance < Fraction(1, 10**50)


@pytest.mark.parametrize("start", [[0, 0], ["1/1000000", "-1/1000000"], [1, 1]])
def test_no_bound_at_a_saddle_near_it_or_far_from_the_limit(
    kit: SimpleNamespace, start: list[object]
) -> None:
    problem = kit.line(2, -1, start)
    theta = [q for layer in problem.v0 for q in layer]
    assert jump_to_limit(trace_gradient(problem.network), problem.X, problem.y, theta, 200) is None
