"""The integral of (J J^T)^-1 d beta along a line of outputs as a name in statements."""

import pytest

from litproof.claims.types import Status
from litproof.claims.verification import verify
from litproof.results import Evidence

PROBLEM = """
[[claim.problems]]
network = {{ kind = "polynomial", parameters = {parameters}, beta = {beta} }}
data = {{ X = [["1", "2"]], y = ["3"] }}
init = {{ scale = "1", v = {v} }}
"""
SQUARES = PROBLEM.format(parameters='["u[2]"]', beta='["u[j]^2"]', v='[["1", "1/2"]]')
POWERS = PROBLEM.format(parameters='["u[2]", "v[2]"]', beta='["u[j]^3"]', v='[["1", "1/2"], ["1", "1"]]')
NEURON = PROBLEM.format(parameters='["w[2]", "a"]', beta='["a*w[j]"]', v='[["1", "1/2"], ["1"]]')


@pytest.fixture
def run(write_claims):
    def run(statement, problem):
        file = write_claims(f"schema = 1\n[claim]\n{statement}\n{problem}")
        (verdict,) = verify(file, digits=12, mutants=False).verdicts
        (result,) = verdict.instances
        return result

    return run


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        ("log(beta[j]/beta0[j])/4", SQUARES),  # d beta / (4 beta)
        ("(beta0[j]^(-1/3) - beta[j]^(-1/3))/3", POWERS),  # d beta / (9 beta^(4/3))
    ],
)
def test_closed_forms(run, formula, problem):
    moments = "times = [1, 'limit']"
    result = run(f"equation = 'mirror[j] = {formula}'\n{moments}", problem)
    assert result.status is Status.VERIFIED and result.evidence is Evidence.AGREED
    assert run(f"equation = 'mirror[j] = 2*({formula})'\n{moments}", problem).status is Status.REFUTED


def test_gradients_that_do_not_commute(run):
    """Of a neuron, which moves beta in another time: the hypothesis says no, the integral misses the row space."""
    hypothesis = "hypotheses = ['commuting-gradients']\n"
    assert run(f"{hypothesis}rowspan = 'mirror[j]'", NEURON).status is Status.HYPOTHESIS_VIOLATED
    assert run("rowspan = 'mirror[j]'", NEURON).status is Status.REFUTED
    assert run(f"{hypothesis}rowspan = 'mirror[j]'", SQUARES).status is Status.VERIFIED


def test_where_it_has_no_value(run):
    result = run("equation = 'rate(mirror[1]) = 1'\ntimes = [1]", SQUARES)
    assert result.status is Status.INCONCLUSIVE and "no rate here" in result.detail
    dependent = SQUARES.replace('["u[j]^2"]', '["u[1]^2", "2*u[1]^2"]')
    result = run("equation = 'mirror[1] = 1'\ntimes = [1]", dependent)
    assert result.status is Status.INCONCLUSIVE and "dependent at the start" in result.detail
