"""Equations that are identities along every flow, decided exactly; true ones of one start, and false ones, are not."""

from fractions import Fraction

import pytest

from litproof.claims.formulas.identities import are_identities
from litproof.claims.formulas.moments import ALONG
from litproof.claims.formulas.relations import Relation, parts_of
from litproof.dynamics import GradientDescent, Mirror, Momentum, WeightDecay
from litproof.formula.setting import Setting
from litproof.language.grammar import LETTERS
from litproof.language.statements import parse_statement
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem

ENTROPY = "sum(u[j]*log(u[j])) + sum(v[j]*log(v[j]))"
DYNAMICS = {
    "flow": None,
    "decay": WeightDecay(Fraction(1, 3), Fraction(1, 2)),
    "decay for ever": WeightDecay(Fraction(1, 3)),
    "momentum": Momentum(Fraction(1, 5)),
    "mirror": Mirror(ENTROPY),
}


def problem(dynamics="flow", loss=None, v=("1", "1/2", "1", "1/2")):
    network = PolynomialNetwork.of(["u[2]", "v[2]"], ["u[1]*v[1]", "u[2]*v[2]"], 2)
    data = {"X": [["1", "2"]], "y": ["3/2"]}
    return Problem(
        network, "regression", **data, scale=1, v=[v[:2], v[2:]], loss=loss, dynamics=DYNAMICS[dynamics]
    )


def decided(where, text, kind="equation"):
    relation = Relation(
        kind, (parse_statement(text, implicit=LETTERS, relations=("=", "<=")),), (), (Fraction(1),)
    )
    return are_identities(parts_of(relation, where), Setting(where, ALONG))


@pytest.mark.parametrize(
    ("dynamics", "loss", "text"),
    [
        ("flow", None, "u[j]^2 - v[j]^2 = u0[j]^2 - v0[j]^2"),
        ("flow", "log-cosh", "u[j]^2 - v[j]^2 = u0[j]^2 - v0[j]^2"),
        ("flow", None, "rate(u[j]) = -gradient[j]*v[j]"),
        ("flow", None, "u[j] = v[j]"),  # on a subspace that the flow never leaves from this start
        ("flow", "log-cosh", "u[j] - u0[j] = -integral(gradient[j]*v[j])"),
        (
            "flow",
            None,
            "loss = (beta0[1] + 2*beta0[2] - 3/2)^2/2 - integral(sum(k, rate(u[k])^2 + rate(v[k])^2))",
        ),
        ("decay", None, "u[j] - u0[j] = integral(rate(u[j]))"),
        ("decay", None, "t^2/2 = integral(t)"),
        ("decay for ever", None, "rate(u[j]^2 - v[j]^2) = -2*decay*(u[j]^2 - v[j]^2)"),
        ("momentum", None, "u[j] + mass*rate(u[j]) - u0[j] = -integral(gradient[j]*v[j])"),
        ("mirror", None, "u[j] - v[j] = u0[j] - v0[j]"),
        ("mirror", "log-cosh", "u[j] - v[j] = u0[j] - v0[j]"),
    ],
)
def test_identities(dynamics, loss, text):
    assert decided(problem(dynamics, loss), text)


@pytest.mark.parametrize(
    ("dynamics", "text"),
    [
        ("flow", "u[j]^2 - v[j]^2 = u0[j]^2 - v0[j]^2 + 1/10^30"),
        ("flow", "(1 + 1/10^30)*u[j]^2 - v[j]^2 = (1 + 1/10^30)*u0[j]^2 - v0[j]^2"),
        ("flow", "u[j] = v[j]"),
        ("flow", "log(u[j]/v[j]) = log(u0[j]/v0[j])"),
        ("flow", "u[j] - u0[j] = -(1 + 1/10^30)*integral(gradient[j]*v[j])"),
        ("flow", "abs(u[j]) = u[j]"),
        ("decay", "u[j]^2 - v[j]^2 = u0[j]^2 - v0[j]^2"),
        ("decay", "rate(u[j]^2 - v[j]^2) = -2*decay*(u[j]^2 - v[j]^2)"),  # not once the decay has ended
        ("momentum", "u[j] - u0[j] = -integral(gradient[j]*v[j])"),
        ("mirror", "u[j]^2 - v[j]^2 = u0[j]^2 - v0[j]^2"),
    ],
)
def test_no_identities(dynamics, text):
    assert not decided(problem(dynamics, v=("1", "1/2", "1/3", "2")), text)


def test_inequalities_and_steps_are_none():
    from dataclasses import replace

    assert not decided(problem(), "u[j]^2 - v[j]^2 <= u0[j]^2 - v0[j]^2", "holds")
    steps = replace(problem(), dynamics=GradientDescent(Fraction(1, 10)))
    assert not decided(steps, "u[j] = u[j]")
