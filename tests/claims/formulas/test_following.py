"""Paths that are followed, not enclosed: sums and integrals over all times."""

from fractions import Fraction

import pytest

from litproof.claims.formulas import following
from litproof.claims.types import Status
from litproof.claims.verification import verify
from litproof.problem_file import read_problem

LINEAR = """
schema = 1
[claim]
{statement}
[[claim.problems]]
network = {{ kind = "diagonal", depth = 1 }}
dynamics = {dynamics}
data = {{ X = [["1", "2", "0"], ["1/2", "-1", "1"]], y = ["2", "1"] }}
init = {{ scale = "1", v = [["1", "0", "1/2"]] }}
"""
MOVED = {
    '{ kind = "gradient-descent", step = "1/8" }': "beta0[j] - beta[j] = integral(step*gradient[j])",
    '{ kind = "gradient-flow" }': "beta0[j] - beta[j] = integral(gradient[j])",
}


@pytest.mark.parametrize("dynamics", MOVED)
@pytest.mark.parametrize("digits", [20, 120])
def test_all_that_moves_beta_adds_up_to_its_limit(write_claims, monkeypatch, dynamics, digits):
    """Newton's method finds the limit of linear equations in one step, long before the path is near."""
    monkeypatch.setattr(following, "enclose_steps", lambda *args, **options: None)
    monkeypatch.setattr(following, "enclose_path", lambda *args, **options: None)
    file = write_claims(LINEAR.format(statement=f'equation = "{MOVED[dynamics]}"', dynamics=dynamics))
    (verdict,) = verify(file, digits=digits, mutants=False).verdicts
    (result,) = verdict.instances
    assert (result.status, result.digits) == (Status.VERIFIED, digits)


def test_a_path_that_does_not_reach_its_limit_has_no_sum(monkeypatch):
    from litproof import example_problem
    from litproof.errors import Inconclusive

    problem = example_problem("regression")
    far = following.exact_moment(problem, None, problem.v0)
    far = following.Moment(None, far.layers, Fraction(0), (Fraction(10),) * len(far.beta), far.beta_radius)
    with pytest.raises(Inconclusive, match="not at its limit"):
        following._settled(problem, far, {"t": "1"}, 20)


def test_beta_of_functions_is_known_to_the_digits_of_the_parameters(tmp_path):
    file = tmp_path / "problem.toml"
    file.write_text("""
schema = 1
network = { kind = "formula", parameters = ["v[2]"], beta = ["exp(v[j])"] }
task = { kind = "regression" }
data = { X = [["1", "2"]], y = ["2"] }
init = { scale = "1", v = [["1", "1/2"]] }
""")
    problem = read_problem(file)
    (near,) = ((Fraction(1) + Fraction(1, 10**300), Fraction(1, 2)),)
    here, there = (following.exact_moment(problem, None, layers) for layers in (problem.v0, (near,)))
    assert there.beta[0] > here.beta[0]
    assert max(there.beta_radius) < Fraction(1, 10**310) < (there.beta[0] - here.beta[0]) / 10**9
