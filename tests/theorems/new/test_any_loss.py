"""One limit for every loss: random instances, and problems that its hypotheses leave out."""

from dataclasses import replace

import pytest

from litproof.claims.catalogue import claim_of
from litproof.claims.judge import judge
from litproof.claims.types import Instance, Status
from litproof.losses import Loss

CLAIM = claim_of("new/any-loss")


@pytest.mark.parametrize("seed", range(1, 5))
def test_random_problems(seed):
    *_, drawn = CLAIM.instances(seed)
    result = judge(CLAIM, drawn, 15)
    assert result.status is Status.VERIFIED, result.detail
    assert all(mutant.outcome in ("rejected", "does not apply") for mutant in result.mutants)
    assert any(mutant.outcome == "rejected" for mutant in result.mutants)


def test_losses_and_data_that_are_left_out():
    problem = CLAIM.instances(0)[0].problem
    for changed, message in (
        (replace(problem, loss=Loss.of("r^4 - 2*r^2", "regression")), "r^4 - 2*r^2 is not seen"),
        (
            replace(problem, X=(*problem.X, problem.X[0]), y=(*problem.y, problem.y[0])),
            "rows of X are dependent",
        ),
        (replace(problem, v=((0, 1, 1), (0, 1, 0))), "rests at 0"),
    ):
        result = judge(CLAIM, Instance("", changed), 10)
        assert result.status is Status.HYPOTHESIS_VIOLATED
        assert message in result.detail
