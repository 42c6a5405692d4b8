"""Statements about steps with mini-batches: the gradient of a step is that of its points, and only of them."""

import pytest

from litproof.claims.types import Status
from litproof.claims.verification import verify

LINEAR = """
[[claim.problems]]
network = {{ kind = "diagonal", depth = 1 }}
dynamics = {dynamics}
data = {{ X = [["1", "2", "0"], ["1/2", "-1", "1"], ["0", "1", "1"]], y = ["2", "1", "-1"] }}
init = {{ scale = "1", v = [["1", "0", "1/2"]] }}
"""
BATCHES = '{ kind = "gradient-descent", step = "1/8", order = [[1, 2], [3]] }'
FULL = '{ kind = "gradient-descent", step = "1/8" }'
FLOW = '{ kind = "gradient-flow" }'


@pytest.fixture
def run(write_claims):
    def run(statement, dynamics):
        file = write_claims(f"schema = 1\n[claim]\n{statement}\n" + LINEAR.format(dynamics=dynamics))
        (verdict,) = verify(file, digits=15, mutants=False).verdicts
        (result,) = verdict.instances
        return result

    return run


@pytest.mark.parametrize("steps", [1, 2, 7])
@pytest.mark.parametrize("dynamics", [BATCHES, FULL])
def test_one_layer_moves_by_the_sum_of_its_gradients(run, dynamics, steps):
    statement = f"equation = 'beta0[j] - beta[j] = integral(step*batch_gradient[j])'\nsteps = [{steps}]"
    assert run(statement, dynamics).status is Status.VERIFIED


def test_the_gradient_of_all_points_is_another_one(run):
    statement = "equation = 'beta0[j] - beta[j] = integral(step*gradient[j])'\nsteps = [3]"
    assert run(statement, BATCHES).status is Status.REFUTED
    assert run(statement, FULL).status is Status.VERIFIED


def test_the_second_step_by_hand(run):
    """From (1, 0, 1/2) points 1 and 2, with residuals -1 and 0, lead to (9/8, 1/4, 1/2), where point 3 has 7/4.

    The other way round point 3, with 3/2, leads to (1, -3/16, 5/16), where points 1 and 2 have -11/8 and 0.
    """
    alone = "equation = 'batch_gradient[j] = 7/4*X[3,j]'\nsteps = [1]"
    pair = "equation = 'batch_gradient[j] = -11/8*X[1,j]'\nsteps = [1]"
    turned = BATCHES.replace("[[1, 2], [3]]", "[[3], [1, 2]]")
    assert run(alone, BATCHES).status is Status.VERIFIED
    assert run(pair, turned).status is Status.VERIFIED
    assert run(alone, turned).status is Status.REFUTED


@pytest.mark.parametrize(
    ("statement", "dynamics", "words"),
    [
        (
            "equation = 'beta[j] = integral(batch_gradient[j])'\ntimes = [1]",
            FLOW,
            "about steps of gradient descent",
        ),
        ("equation = 'batch_gradient[j] = 0'", BATCHES, "not in the limit"),
    ],
)
def test_where_it_has_no_meaning(run, statement, dynamics, words):
    result = run(statement, dynamics)
    assert result.status is Status.INCONCLUSIVE
    assert words in result.detail


@pytest.mark.parametrize(
    ("dynamics", "words"),
    [
        (BATCHES, ""),
        (BATCHES.replace("[[1, 2], [3]]", "[[1], [3]]"), "point 2 is in no mini-batch"),
        (FULL, "all points at every step"),
        (FLOW, "gradient"),
    ],
)
def test_the_hypothesis(run, dynamics, words):
    statement = "hypotheses = ['mini-batches']\nequation = 'beta0[j] = start[j]'\nsteps = [1]"
    result = run(statement, dynamics)
    assert (result.status is Status.HYPOTHESIS_VIOLATED) == bool(words)
    assert words in result.detail
