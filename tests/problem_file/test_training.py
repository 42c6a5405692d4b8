"""Loss and dynamics in problem files: read, written, refused."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.dynamics import GradientDescent, Mirror, Momentum, WeightDecay
from litproof.errors import InputError
from litproof.problem_file import problem_from_mapping, read_problem, write_problem


def content(*, task="regression", loss=None, dynamics=None):
    table = {
        "schema": 1,
        "network": {"kind": "diagonal", "depth": 2},
        "task": {"kind": task, **({"loss": loss} if loss is not None else {})},
        "data": {"X": [["1", "2"], ["1", "-1"]], "y": ["1", "1" if task == "classification" else "1/2"]},
        "init": {"scale": "1/2", "v": [["1", "3/2"], ["1/2", "0"]]},
    }
    return {**table, "dynamics": dynamics} if dynamics is not None else table


DYNAMICS = {
    "descent": ({"kind": "gradient-descent", "step": "1/100"}, GradientDescent(Fraction(1, 100))),
    "batches": (
        {"kind": "gradient-descent", "step": "0.1", "order": [[1], [2, 1]]},
        GradientDescent(Fraction(1, 10), ((1,), (2, 1))),
    ),
    "momentum": ({"kind": "momentum", "lambda": "1/2"}, Momentum(Fraction(1, 2))),
    "decay": ({"kind": "weight-decay", "rate": "1/3"}, WeightDecay(Fraction(1, 3))),
    "decay that ends": (
        {"kind": "weight-decay", "rate": "1/3", "until": 2},
        WeightDecay(Fraction(1, 3), Fraction(2)),
    ),
    "mirror": (
        {"kind": "mirror", "potential": "sum(i, sum(v[i,j]^2))"},
        Mirror("sum(i, sum(v[i,j]^2))"),
    ),
}


@pytest.mark.parametrize("label", DYNAMICS)
@pytest.mark.parametrize("loss", [None, "log-cosh", "r^2/2 + exp(-r) + r"])
def test_files_read_back(label, loss, tmp_path):
    table, dynamics = DYNAMICS[label]
    problem = problem_from_mapping(content(loss=loss, dynamics=table))
    assert problem.dynamics == dynamics
    path = tmp_path / "problem.toml"
    path.write_text(write_problem(problem))
    assert replace(read_problem(path), name="") == problem


def test_defaults_leave_problems_as_they_were():
    plain = problem_from_mapping(content())
    assert plain.loss is None
    assert plain.dynamics is None
    assert plain.training == ""
    assert "dynamics" not in write_problem(plain)
    assert "loss" not in write_problem(plain)
    named = content(loss="squared", dynamics={"kind": "gradient-flow"})
    assert problem_from_mapping(named) == plain
    assert problem_from_mapping(content(loss=" r^2 / 2 ")) == plain
    assert hash(problem_from_mapping(named)) == hash(plain)
    classification = problem_from_mapping(content(task="classification", loss="exp(-m)"))
    assert classification == problem_from_mapping(content(task="classification"))


def test_formulas_with_a_name_get_it():
    assert problem_from_mapping(content(loss="r**4/4")).loss.text == "power-4"
    other = problem_from_mapping(content(task="classification", loss="log(1+exp(-m))"))
    assert other.loss.text == "logistic"


LOSSES = {
    "hinge": "task.loss, position 1: unknown name 'hinge'",
    "abs(r)": "position 1: unknown name 'abs'",
    "r^2 + m": "position 7: unknown name 'm'",
    "r^2 +": "position 6: expected a number, a name or '('",
    "3": "expected a formula in r, got the constant '3'",
    "logistic": "'logistic' is a loss of classification; for regression expected squared, power-4, log-cosh",
    "r[1]": "r is a number and takes no index",
    "__import__('os')": "task.loss, position",
    "sqrt(r, 2)": "sqrt takes 1 argument",
}


@pytest.mark.parametrize("text", LOSSES)
def test_wrong_losses(text):
    with pytest.raises(InputError) as refusal:
        problem_from_mapping(content(loss=text), source="p.toml")
    message = str(refusal.value)
    assert LOSSES[text] in message
    assert message.startswith("p.toml: task.loss")
    assert "\n" not in message


def test_a_loss_that_is_no_text():
    with pytest.raises(InputError, match="expected a loss as text, got int"):
        problem_from_mapping(content(loss=3))


WRONG = {
    "kind": ({"kind": "adam"}, "dynamics.kind: expected 'gradient-flow', 'gradient-descent'"),
    "no kind": ({"step": "1"}, "dynamics.kind: missing key"),
    "no step": ({"kind": "gradient-descent"}, "dynamics.step: missing key"),
    "another's key": ({"kind": "momentum", "lambda": "1", "step": "1"}, "unknown key 'step'"),
    "a float": ({"kind": "gradient-descent", "step": 0.1}, "dynamics.step: expected an exact number"),
    "zero": ({"kind": "gradient-descent", "step": "0"}, "dynamics.step: expected a number above 0, got 0"),
    "negative": ({"kind": "momentum", "lambda": "-1"}, "dynamics.lambda: expected a number above 0, got -1"),
    "until": (
        {"kind": "weight-decay", "rate": "1", "until": "0"},
        "dynamics.until: expected a number above 0",
    ),
    "no such point": (
        {"kind": "gradient-descent", "step": "1", "order": [[1], [3]]},
        "dynamics.order: batch 2: expected lists of different data points from 1 to 2, such as [[1], [2]], got 3",
    ),
    "twice": (
        {"kind": "gradient-descent", "step": "1", "order": [[1, 1]]},
        "batch 1: expected lists of different",
    ),
    "an empty batch": ({"kind": "gradient-descent", "step": "1", "order": [[]]}, "not an empty list"),
    "flat list": (
        {"kind": "gradient-descent", "step": "1", "order": [1, 2]},
        "dynamics.order: expected lists",
    ),
    "no formula": (
        {"kind": "mirror", "potential": 3},
        "dynamics.potential: expected a formula as text, got 3",
    ),
    "unknown name": (
        {"kind": "mirror", "potential": "sum(beta[j]^2)"},
        "dynamics.potential, position 5: unknown",
    ),
    "no such entry": (
        {"kind": "mirror", "potential": "v[3,1]^2"},
        "potential, position 1: there is no v[3,1]",
    ),
    "a parameter left out": (
        {"kind": "mirror", "potential": "sum(v[1,j]^2)"},
        "expected a strictly convex potential of all parameters, but its second derivative by v[2,1] is 0",
    ),
    "a sum over nothing": (
        {"kind": "mirror", "potential": "sum(v[1,1]^2)"},
        "expected an entry with the index j",
    ),
    "no table": ("momentum", "dynamics: expected a table"),
}


@pytest.mark.parametrize("label", WRONG)
def test_wrong_dynamics(label):
    table, expected = WRONG[label]
    with pytest.raises(InputError) as refusal:
        problem_from_mapping(content(dynamics=table), source="p.toml")
    assert expected in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_replaced_task_needs_its_own_loss():
    problem = problem_from_mapping(content(loss="log-cosh"))
    with pytest.raises(InputError, match="expected a loss of classification"):
        replace(problem, task="classification", y=(1, 1))
