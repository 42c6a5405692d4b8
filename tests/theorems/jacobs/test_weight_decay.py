"""Weight decay that ends: random instances, and what the hypotheses leave out."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.claims.catalogue import claim_of
from litproof.claims.judge import judge
from litproof.claims.types import Instance, Status
from litproof.dynamics import WeightDecay

CLAIM = claim_of("jacobs/weight-decay")


@pytest.mark.parametrize("seed", range(1, 4))
def test_random_problems(seed):
    *_, drawn = CLAIM.instances(seed)
    result = judge(CLAIM, drawn, 15)
    assert result.status is Status.VERIFIED, result.detail
    assert [mutant.outcome for mutant in result.mutants] == ["rejected"] * 4


def test_what_is_left_out():
    problem = CLAIM.instances(0)[0].problem
    for dynamics in (None, WeightDecay(Fraction(1))):
        result = judge(CLAIM, Instance("", replace(problem, dynamics=dynamics)), 10)
        assert result.status is Status.HYPOTHESIS_VIOLATED
        assert "weight decay until" in result.detail
