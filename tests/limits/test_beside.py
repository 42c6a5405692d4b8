"""The flow beside a proof: sizes decide whether it is followed, never a clock; what was not followed is said."""

import json
from dataclasses import replace
from fractions import Fraction
from math import inf
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from litproof.cli import main, program
from litproof.deadline import OutOfTime
from litproof.errors import Inconclusive
from litproof.integrate.estimate import FEW_SECONDS, classification_run, layered_run, regression_run
from litproof.limits import beside, find
from litproof.limits.find import find_limit
from litproof.losses import Loss
from litproof.networks import Diagonal, FullyConnected
from litproof.problem import Problem
from litproof.problem_file import write_problem
from litproof.results import Evidence


def drawn(task, n, d, depth=2):
    random = Random(n * d)
    X = tuple(tuple(Fraction(random.randint(-9, 9), 10) for _ in range(d)) for _ in range(n))
    y = tuple(Fraction(1) if task == "classification" else Fraction(random.randint(1, 9)) for _ in range(n))
    v = (*([tuple([Fraction(1)] * d)] * (depth - 1)), tuple([Fraction(0)] * d))
    return Problem(network=Diagonal(depth=depth, width=d), task=task, X=X, y=y, scale=Fraction(1, 2), v=v)


@pytest.mark.parametrize(("task", "n", "d"), [("regression", 20, 120), ("classification", 6, 80)])
def test_a_proved_limit_of_a_large_problem_does_not_wait_for_its_flow(task, n, d, monkeypatch):
    def never(*_, **__):
        raise AssertionError("the flow was followed")

    monkeypatch.setattr("litproof.integrate.regression.follow.follow_to_limit", never)
    monkeypatch.setattr("litproof.integrate.classification.follow.follow_direction", never)
    result = find_limit(drawn(task, n, d), 30)
    assert result.evidence is Evidence.CERTIFIED and result.clock is None
    assert beside.NOT_FOLLOWED in result.methods
    assert set(result.parts) == {"proof", "flow"}


def test_one_point_with_many_inputs_is_not_followed_either():
    """The Jacobians of the flow are dense, however few the data are."""
    assert regression_run(drawn("regression", 1, 1000), 5) > 10 * FEW_SECONDS


@pytest.mark.parametrize(("task", "n", "d"), [("regression", 2, 5), ("classification", 2, 5)])
def test_a_small_flow_is_followed_and_meets_the_proof(task, n, d):
    result = find_limit(drawn(task, n, d), 15)
    assert result.evidence is Evidence.CERTIFIED and result.clock


def test_the_flow_is_followed_where_it_was_asked_for(monkeypatch):
    monkeypatch.setattr(beside, "FEW_SECONDS", 0)
    problem = drawn("regression", 2, 4)
    assert find_limit(problem, 12).clock is None
    asked = find_limit(problem, 12, follow=True)
    assert asked.clock and asked.decimals == find_limit(problem, 12).decimals


FLOWS = {
    "regression": "litproof.integrate.regression.follow.follow_to_limit",
    "classification": "litproof.integrate.classification.follow.follow_direction",
}


def raising(error):
    def stopped(*_, **__):
        raise error

    return stopped


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize("task", ["regression", "classification"])
def test_a_flow_cut_off_before_it_saw_anything_does_not_take_the_proof_along(task, follow, monkeypatch):
    monkeypatch.setattr(FLOWS[task], raising(OutOfTime("cut off after 1 s")))
    result = find_limit(drawn(task, 2, 4), 12, follow=follow)
    assert result.evidence is Evidence.CERTIFIED and result.enclosure and result.clock is None
    assert result.methods[1] == "the flow did not come to its end: cut off after 1 s"


@pytest.mark.parametrize(
    ("task", "loss"), [("regression", ""), ("regression", "log(cosh(r))"), ("classification", "")]
)
def test_a_person_who_ends_the_flow_gets_the_proof(task, loss, monkeypatch):
    problem = drawn(task, 2, 4)
    if loss:
        problem = replace(problem, loss=Loss.of(loss, task))
        monkeypatch.setattr(
            "litproof.integrate.training.follow.follow_training", raising(KeyboardInterrupt())
        )
    plain = None if loss else find_limit(problem, 12)
    monkeypatch.setattr(FLOWS[task], raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt) as caught:
        find_limit(problem, 12, follow=True)
    result = caught.value.result
    assert result.evidence is Evidence.CERTIFIED and result.enclosure and result.clock is None
    assert result.methods[1] == "the flow did not come to its end: interrupted"
    assert plain is None or result.decimals == plain.decimals


def test_what_is_done_after_a_limit_was_found_does_not_take_it_along(monkeypatch):
    """A second try, for entries too close to where rounding turns, and the second engine."""
    problem = drawn("regression", 2, 4)
    plain = find_limit(problem, 12)
    monkeypatch.setattr(
        "litproof.mpmath_interface.second_opinion.second_opinion", raising(KeyboardInterrupt())
    )
    with pytest.raises(find.Interrupted) as caught:
        find_limit(problem, 12, engine="mpmath")
    assert caught.value.result.decimals == plain.decimals
    assert caught.value.result.methods[-1] == "mpmath: interrupted"
    first = find._minimiser
    tries = []

    def once(*arguments):
        tries.append(arguments)
        if len(tries) > 1:
            raise KeyboardInterrupt
        return first(*arguments)

    monkeypatch.setattr(find, "_minimiser", once)
    monkeypatch.setattr(find, "rounds_safely", lambda *_: False)
    with pytest.raises(find.Interrupted) as caught:
        find_limit(problem, 12)
    assert len(tries) == 2 and caught.value.result.evidence is Evidence.CERTIFIED


@pytest.mark.parametrize("asked", [[], ["--path", "p.csv", "--certificate", "c.json"]])
def test_the_command_prints_what_was_proved_before_it_was_interrupted(asked, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(write_problem(drawn("regression", 2, 4)))
    monkeypatch.setattr(FLOWS["regression"], raising(KeyboardInterrupt()))
    with pytest.raises(SystemExit) as ended:
        main(["limit", "small.toml", "--digits", "12", "--follow", *asked])
    said = capsys.readouterr()
    assert ended.value.code == 130 and "beta_4 = " in said.out and "evidence: certified" in said.out
    assert ("path and certificate are not written" in said.err) == bool(asked)
    assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]


def test_the_command_prints_the_limit_where_its_certificate_is_interrupted(tmp_path, monkeypatch, capsys):
    path = tmp_path / "small.toml"
    path.write_text(write_problem(drawn("regression", 2, 4)))
    monkeypatch.setattr("litproof.cli._write_certificate", raising(KeyboardInterrupt()))
    with pytest.raises(SystemExit) as ended:
        main(["limit", str(path), "--digits", "12", "--certificate", str(tmp_path / "c.json")])
    assert ended.value.code == 130 and "beta_4 = " in capsys.readouterr().out


def test_what_is_not_proved_is_always_followed(monkeypatch):
    """Many l1 max margins with different margins."""
    monkeypatch.setattr(beside, "FEW_SECONDS", 0)
    X = (("1", "2", "1/2"), ("2", "-1/2", "1"), ("1", "1", "-1"))
    start = (("1", "1", "1/2"), ("1/3", "1/2", "1/4"))
    problem = Problem(network=Diagonal(2, 3), task="classification", X=X, y=(1, 1, 1), scale=1, v=start)
    assert find_limit(problem, 5).clock


def test_a_step_budget_that_ends_first_is_said(monkeypatch):
    monkeypatch.setattr(beside, "_STEPS", 10)
    result = find_limit(drawn("classification", 2, 5), 20)
    assert result.evidence is Evidence.CERTIFIED and "did not come to its end" in result.methods[1]


def test_estimates_grow_with_every_size():
    for run, task in ((regression_run, "regression"), (classification_run, "classification")):
        least = run(drawn(task, 2, 5), 20)
        assert 0 < least < FEW_SECONDS
        assert least < min(run(drawn(task, 4, 5), 20), run(drawn(task, 2, 9), 20), run(drawn(task, 2, 5), 40))


def test_json_and_words_of_a_flow_that_was_not_followed(tmp_path):
    path = tmp_path / "large.toml"
    path.write_text(write_problem(drawn("regression", 20, 120)))
    run = CliRunner().invoke(program, ["limit", str(path), "--digits", "20"])
    assert run.exit_code == 0 and "proved, not followed" in run.output and "followed to" not in run.output
    data = json.loads(
        CliRunner().invoke(program, ["limit", str(path), "--digits", "20", "--json", "-"]).output
    )
    assert data["clock"] is None and set(data["parts"]) == {"proof", "flow"}


def large(n, width=50, d=60):
    random = Random(f"large {n} {width} {d}")

    def numbers(count, size):
        return tuple(Fraction(random.randint(-99, 99), size) for _ in range(count))

    return Problem(
        network=FullyConnected(d, (width, width)),
        task="regression",
        X=tuple(numbers(d, 100) for _ in range(n)),
        y=numbers(n, 100),
        scale=Fraction(1),
        v=(numbers(d * width, 500), numbers(width * width, 500), numbers(width, 500)),
    )


def test_the_cost_of_products_of_matrices_grows_with_their_sizes(monkeypatch):
    least = layered_run(large(5), 20)
    assert least < min(
        layered_run(large(20), 20), layered_run(large(5, 70), 20), layered_run(large(5), 40), inf
    )
    assert layered_run(large(5, 50, 200), 20) == least  # five points span five dimensions
    monkeypatch.setattr("litproof.integrate.estimate._MOST_ENTRIES", 10_000)
    assert layered_run(large(5), 20) == inf


def test_a_flow_that_is_too_large_is_refused_at_once(monkeypatch):
    def never(*_, **__):
        raise AssertionError("the flow was followed")

    monkeypatch.setattr("litproof.integrate.regression.follow.follow_to_limit", never)
    monkeypatch.setattr(find, "MOST_OPERATIONS", 1000)
    monkeypatch.setattr(find, "SPAN_OPERATIONS", 1000)
    with pytest.raises(Inconclusive, match="moves in 2800 dimensions, with 5 points, to 20 digits"):
        find_limit(large(5), 20)


def test_a_second_method_that_takes_too_long_is_left_out(monkeypatch):
    monkeypatch.setattr(find, "SPAN_OPERATIONS", 0)
    problem = large(2, 8, 12)
    monkeypatch.setattr(find, "_TAYLOR_STEPS", 10**9)
    result = find_limit(problem, 8)
    assert result.evidence is Evidence.NUMERIC
    assert "compared with nothing: a second method takes" in result.methods[1]
    monkeypatch.undo()
    assert find_limit(problem, 8).decimals == result.decimals
