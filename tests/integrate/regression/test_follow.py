"""The limit of the flow, its error bound, and the flows that do not get there."""

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from litproof.errors import Inconclusive, InputError
from litproof.integrate.regression.follow import follow_to_limit, trajectory
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.predict.regression.limit import predict_regression
from litproof.problem import Problem
from litproof.problem_file import read_problem
from litproof.results import Measurement

REFERENCE = Path(__file__).parents[2] / "reference.toml"


def worst(one: tuple[Fraction, ...], other: tuple[Fraction, ...]) -> Fraction:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def relative(one: Measurement, other: tuple[Fraction, ...]) -> Fraction:
    return worst(one.value, other) / max(map(abs, other))


@pytest.mark.parametrize("digits", [15, 40, 70])
def test_reference_instance(method: str, digits: int) -> None:
    problem = read_problem(str(REFERENCE))
    measurement = follow_to_limit(problem, digits, method=method)
    assert measurement.converged
    assert relative(measurement, predict_regression(problem, digits + 10).value) < Fraction(1, 10**digits)


@pytest.mark.slow
def test_reference_instance_to_five_hundred_digits_sample() -> None:
    problem = read_problem(str(REFERENCE))
    measurement = follow_to_limit(problem, 500)
    assert relative(measurement, predict_regression(problem, 510).value) < Fraction(1, 10**500)


@pytest.mark.parametrize("kind", ["convolutional", "fully-connected", "tensor", "diagonal"])
def test_error_bound_holds_against_more_digits(kit: SimpleNamespace, method: str, kind: str) -> None:
    problem = kit.sample(kind)
    true = follow_to_limit(problem, 60).value
    for digits in (15, 35):
        measurement = follow_to_limit(problem, digits, method=method)
        assert measurement.converged
        assert measurement.error < Fraction(1, 10**digits)
        assert worst(measurement.value, true) <= measurement.error
        assert (
            measurement.residual
            <= max(map(sum, ([abs(q) for q in row] for row in problem.X))) * measurement.error
        )


@settings(max_examples=12, deadline=None)
@given(
    depth=st.integers(1, 4),
    target=st.fractions(Fraction(1, 4), 3, max_denominator=8),
    start=st.lists(st.fractions(Fraction(1, 2), 2, max_denominator=8), min_size=4, max_size=4),
    method=st.sampled_from(["taylor", "collocation"]),
)
def test_one_parameter_a_layer_reaches_its_target(
    depth: int, target: Fraction, start: list[Fraction], method: str
) -> None:
    v = tuple((q,) for q in start[:depth])
    problem = Problem(Diagonal(depth, 1), "regression", ((Fraction(1),),), (target,), Fraction(1), v)
    measurement = follow_to_limit(problem, 25, method=method)
    assert measurement.converged
    assert abs(measurement.value[0] - target) <= measurement.error < Fraction(1, 10**24)


@pytest.mark.parametrize("gap", [Fraction(1, 10**3), Fraction(1, 10**12)])
def test_passing_close_to_a_saddle_is_not_taken_for_the_end(kit: SimpleNamespace, gap: Fraction) -> None:
    """The product must change its sign: the flow waits near zero, the longer the smaller the gap of the layers."""
    for depth in (2, 3):
        measurement = follow_to_limit(kit.line(depth, -1, [*[1] * (depth - 1), 1 - gap]), 20)
        assert measurement.converged
        assert abs(measurement.value[0] + 1) <= measurement.error < Fraction(1, 10**19)


@pytest.mark.parametrize(("depth", "scale"), [(2, "1e-6"), (3, "1e-2")])
def test_long_plateaus_of_small_starts(kit: SimpleNamespace, depth: int, scale: str) -> None:
    X = [[1, "1/2", -1], ["-1/2", 1, "3/4"]]
    v = [[1, "3/4", "5/4"]] * (depth - 1) + [[0, 0, 0]]
    problem = kit.regression(Diagonal(depth, 3), X, [1, "1/2"], v, scale)
    measurement = follow_to_limit(problem, 30)
    assert measurement.converged
    assert relative(measurement, predict_regression(problem, 40).value) < Fraction(1, 10**30)


def test_large_start(kit: SimpleNamespace, method: str) -> None:
    problem = kit.regression(
        Diagonal(2, 3), [[1, "1/2", -1]], [3], [[1, "3/4", "5/4"], ["1/2", "-1/4", "1/8"]], 1000
    )
    measurement = follow_to_limit(problem, 30, method=method)
    assert relative(measurement, predict_regression(problem, 40).value) < Fraction(1, 10**30)


def test_stiff_flow(kit: SimpleNamespace) -> None:
    """Depth 4 with entries of the limit over more than five orders of magnitude."""
    start = [Fraction(1, k) for k in (1, 2, 10, 20, 40)]
    X = [[1, "-1/2", "3/4", 2, "1/4"], ["1/2", 1, -1, "1/4", "3/2"], ["-3/4", "1/2", 1, -1, 1]]
    problem = kit.regression(Diagonal(4, 5), X, [1, "-1/2", "3/4"], [start, start, start, [0] * 5])
    measurement = follow_to_limit(problem, 25)
    sizes = sorted(map(abs, measurement.value))
    assert sizes[0] * 10**5 < sizes[-1]
    assert relative(measurement, predict_regression(problem, 35).value) < Fraction(1, 10**25)


@pytest.mark.parametrize(
    ("depth", "start", "message"),
    [
        (3, [0, 0, 0], "does not move"),
        (2, [1, 1], "velocity fell below"),
        (3, [1, 1, 1], "velocity fell below"),
        (2, [1, 0], ""),
    ],
)
def test_flows_that_cannot_change_sign_say_what_was_seen(
    kit: SimpleNamespace, depth: int, start: list[int], message: str
) -> None:
    measurement = follow_to_limit(kit.line(depth, -2, start), 15)
    assert measurement.converged is (not message)
    if message:
        assert message in measurement.reason
        assert "loss 2" in measurement.reason
    assert measurement.at_rest is bool(message)


def test_symmetric_start_of_a_wide_network_stays_symmetric(kit: SimpleNamespace) -> None:
    """Two hidden units with equal weights act as one, and one unit whose sign cannot change is stuck."""
    v = [[1, 1], [1, 1]]
    problem = kit.regression(FullyConnected(1, (2,)), [[1]], [-1], v)
    measurement = follow_to_limit(problem, 15)
    assert not measurement.converged
    assert "velocity fell below" in measurement.reason


def test_budget_is_kept(kit: SimpleNamespace, method: str) -> None:
    measurement = follow_to_limit(kit.sample("diagonal"), 30, method=method, max_steps=2)
    assert not measurement.converged
    assert "budget of 2 steps" in measurement.reason
    assert measurement.details["steps"] == 2
    assert not measurement.at_rest


def test_start_at_the_solution(kit: SimpleNamespace) -> None:
    measurement = follow_to_limit(kit.line(2, 6, [2, 3]), 30)
    assert measurement.converged
    assert measurement.value == (6,)
    assert measurement.error == 0


def test_what_is_refused(kit: SimpleNamespace) -> None:
    problem = kit.sample("diagonal")
    with pytest.raises(InputError, match="times >= 0"):
        trajectory(problem, (Fraction(-1),), 20)
    with pytest.raises(Inconclusive, match="budget of 1 steps"):
        trajectory(problem, (Fraction(1000),), 20, max_steps=1)
    labels = Problem(
        problem.network, "classification", problem.X, (Fraction(1), Fraction(-1)), problem.scale, problem.v
    )
    with pytest.raises(InputError, match="regression"):
        follow_to_limit(labels, 20)


def test_many_digits_are_followed_once(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run with few digits tells how strongly the path amplifies errors; node counts are seldom guessed twice."""
    from litproof.integrate.regression import collocation, follow as limits

    start = ["1/100000", "1/200000", "3/400000"]
    problem = kit.regression(
        Diagonal(2, 3), [[1, 2, -2], ["-1/4", "1/4", "1/2"]], [1, "1/2"], [start, [0, 0, 0]]
    )
    runs, solved = [], []

    def follow(*args: Any) -> Any:
        runs.append((args[4], follow_once(*args)))
        return runs[-1][1]

    def collocate(*args: Any) -> Any:
        solved.append(args)
        return collocate_once(*args)

    follow_once, collocate_once = limits._follow, collocation._collocate
    monkeypatch.setattr(limits, "_follow", follow)
    monkeypatch.setattr(collocation, "_collocate", collocate)
    measurement = follow_to_limit(problem, 61)
    assert measurement.converged
    assert [digits for digits, _ in runs] == [20, 61]
    assert limits._missing_digits(runs[0][1], 20) > 0
    assert len(solved) <= sum(run.steps for _, run in runs) + 5
    assert relative(measurement, predict_regression(problem, 70).value) < Fraction(1, 10**61)


def test_a_limit_that_can_only_be_zero_is_found(kit: SimpleNamespace, method: str) -> None:
    """As many data points as inputs, y = 0: no digit of the limit is significant, so they count absolutely."""
    measurement = follow_to_limit(kit.line(2, 0, ["1/2", "2/3"]), 20, method=method)
    assert measurement.converged
    assert abs(measurement.value[0]) <= measurement.error < Fraction(1, 10**20)


@pytest.mark.parametrize("away", [20, 90, 200])
def test_a_start_beside_the_limit_takes_few_steps(kit: SimpleNamespace, method: str, away: int) -> None:
    """The state moves by as much as its size only in 10^away times; the flow's own time decides the first step."""
    beside = Fraction(1) + Fraction(1, 10**away)
    problem = kit.regression(Diagonal(2, 2), [[1, "1/2"]], ["9/8"], [[beside, "1/2"], [1, "1/2"]])
    measurement = follow_to_limit(problem, 30, method=method, max_steps=100)
    assert measurement.converged
    assert worst(measurement.value, (Fraction(1), Fraction(1, 4))) < Fraction(1, 10 ** min(away - 1, 30))


def test_a_run_gives_up_when_its_budget_is_spent(kit: SimpleNamespace, method: str) -> None:
    measurement = follow_to_limit(kit.sample("diagonal"), 30, method=method, operations=0)
    assert not measurement.converged
    assert measurement.reason.startswith("budget of 0 operations used up before the loss came close to zero")


def test_a_flow_that_collocation_loses_is_reported(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from litproof.integrate.regression import collocation

    monkeypatch.setattr(collocation, "_profile", lambda *_: None)
    measurement = follow_to_limit(kit.sample("diagonal"), 30)
    assert not measurement.converged
    assert measurement.reason.startswith(
        "collocation found no interval that resolves the flow, down to a width of"
    )


def test_small_starts_do_not_take_ever_more_nodes(kit: SimpleNamespace) -> None:
    """What a plateau needs says nothing about the fast interval after it."""
    start = ["3/1000", "-1/1000", "1/500"]
    problem = kit.regression(
        Diagonal(3, 3), [[1, 2, -2], ["-1/4", "1/4", "1/2"]], [1, "1/2"], [start, start, [0, 0, 0]]
    )
    measurement = follow_to_limit(problem, 43)
    assert measurement.converged
    assert relative(measurement, predict_regression(problem, 50).value) < Fraction(1, 10**43)
    assert measurement.details["largest size"] <= 500
