"""Verdicts for other losses, weighted points and networks with functions; what stays refused."""

from dataclasses import replace
from fractions import Fraction

import pytest
from click.testing import CliRunner

from litproof.bias.verdict import judge
from litproof.cli import program
from litproof.dynamics import GradientDescent, WeightDecay
from litproof.errors import HypothesisError
from litproof.networks import Diagonal, FullyConnected
from litproof.networks.polynomial import network_of_formulas
from litproof.problem import Problem
from litproof.problem_file import write_problem
from litproof.results import Evidence

F = Fraction
X = ((1, 2, F(-1, 2)), (F(1, 2), -1, 3))
Y = (1, F(7, 10))
WIDE = ((F(1, 2), F(1, 5), F(-1, 10), F(1, 4), F(1, 3), F(-1, 2)), (F(3, 10), F(1, 10)))
DIAGONAL = Problem(Diagonal(2, 3), "regression", X, Y, 1, ((1, F(1, 2), 2), (0, 0, 0)))
FULL = Problem(FullyConnected(3, (2,)), "regression", X, Y, 1, WIDE)
NORMALISED = Problem(
    network_of_formulas(["g", "v[3]"], ["g*v[j]/sqrt(dot(v, v))"], 3),
    "regression",
    X,
    Y,
    1,
    ((F(1, 2),), (F(2, 7), F(3, 7), F(6, 7))),
)
"""Weight normalisation: by hand, g' = -u.G and v' = -(g/|v|)(I - u u^T) G with u = v/|v|, so |v| stays 1."""
ELEMENTWISE = Problem(
    network_of_formulas(["v[3]"], ["sinh(v[j])"], 3), "regression", X, Y, 1, ((0, F(1, 3), F(1, 5)),)
)
"""One function an entry: a mirror flow with grad Q = int d beta / (1 + beta^2) = atan beta, by hand."""


@pytest.mark.parametrize("loss", ["log-cosh", "r^2 + r^4"])
def test_another_loss_keeps_the_verdict(loss):
    assert judge(replace(DIAGONAL, loss=loss)).regulariser.name.startswith("hyperbolic")
    found = judge(replace(FULL, loss=loss))
    assert (found.answer, found.evidence, found.pair.certificate) == ("excluded", Evidence.CERTIFIED, None)
    assert found.pair.first.loss == found.pair.second.loss == replace(FULL, loss=loss).loss
    assert any("squared loss" in line for line in found.rests_on)


def test_another_loss_with_weights():
    assert judge(replace(FULL, loss="log-cosh", weights=(1, 3))).answer == "excluded"
    assert judge(replace(DIAGONAL, loss="log-cosh", weights=(1, 3))).answer == "potential"


def test_networks_with_functions():
    excluded = judge(NORMALISED)
    assert (excluded.answer, excluded.closure) == ("excluded", None)
    same = judge(ELEMENTWISE)
    assert (same.answer, same.regulariser) == ("consistent", None)
    assert "same limits" in same.rests_on[0]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (replace(FULL, dynamics=WeightDecay(F(1, 9))), "is for gradient flow"),
        (replace(FULL, dynamics=GradientDescent(F(1, 9))), "is for gradient flow"),
        (replace(FULL, X=(*X, X[0]), y=(*Y, Y[0]), loss="log-cosh"), "dependent rows"),
    ],
)
def test_what_stays_refused(problem, words, tmp_path):
    with pytest.raises(HypothesisError, match=words):
        judge(problem)
    (tmp_path / "p.toml").write_text(write_problem(problem), "utf-8")
    done = CliRunner().invoke(program, ["bias", str(tmp_path / "p.toml")])
    assert done.exit_code != 0 and "Traceback" not in done.output and "\n" not in done.stderr.strip()


def test_the_command_for_a_network_with_functions(tmp_path):
    (tmp_path / "p.toml").write_text(write_problem(ELEMENTWISE), "utf-8")
    done = CliRunner().invoke(program, ["bias", str(tmp_path / "p.toml")], standalone_mode=False)
    assert done.return_value == 0 and "brackets are counted for polynomial networks" in done.stdout
