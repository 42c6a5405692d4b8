"""R3: the work along the flow against closed forms known otherwise."""

from fractions import Fraction
from math import asinh, isclose, sqrt

import pytest

from litproof.claims.judge import judge
from litproof.claims.types import Instance, Status
from litproof.theorems.ykm.potential_closed_form.claim import (
    closed_form_proved,
    measure_work,
    one_coordinate,
    potential_closed_form,
)


def test_two_layers_by_the_formula_of_woodworth_and_others():
    """H_2(t) = (t asinh 2t - sqrt(t^2 + 1/4) + 1/2) / 2, from the flow alone, alpha = 1."""
    for sample in measure_work(one_coordinate(2, "3/2", 1), 12).details["samples"]:
        t = float(sample.rho[0])
        expected = (t * asinh(2 * t) - sqrt(t * t + 0.25) + 0.5) / 2
        assert isclose(float(sample.value), expected, rel_tol=1e-9)
        assert isclose(float(sample.pull[0]), asinh(2 * t) / 2, rel_tol=1e-9)


@pytest.mark.parametrize("depth", range(2, 9))
def test_closed_form_is_proved_for_every_depth(depth):
    assert closed_form_proved(depth)


@pytest.mark.parametrize(("depth", "target", "scale"), [(3, "-2", "1/2"), (5, "1/7", "3/2")])
def test_claim_and_mutants_on_unseen_coordinates(depth, target, scale):
    problem = one_coordinate(depth, target, scale)
    result = judge(potential_closed_form, Instance("i", problem), 15)
    assert result.status is Status.VERIFIED and result.digits == 15
    assert {m.outcome for m in result.mutants} == {"rejected"}


def test_a_target_of_zero_says_nothing():
    problem = one_coordinate(3, Fraction(0), 1)
    assert judge(potential_closed_form, Instance("i", problem), 15).status is Status.HYPOTHESIS_VIOLATED
