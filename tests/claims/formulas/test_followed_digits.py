"""Statements about directions that cannot be followed to all digits are judged to those that can."""

from fractions import Fraction

import pytest

from litproof.claims import measurement
from litproof.claims.catalogue import claim_of
from litproof.claims.formulas.following import Asked, follow_asked
from litproof.claims.judge import judge
from litproof.claims.types import Instance, Status
from litproof.networks.convolutional import Convolutional
from litproof.problem import Problem

PROBLEM = Problem(
    Convolutional((3, 3)),
    "classification",
    ((Fraction(1), Fraction(2), Fraction(-1)), (Fraction(2), Fraction(1), Fraction(1))),
    (Fraction(1), Fraction(1)),
    Fraction(1),
    ((Fraction(1), Fraction(1, 2), Fraction(-1, 3)), (Fraction(1, 2), Fraction(1), Fraction(1, 4))),
)


@pytest.fixture
def short(monkeypatch):
    """Few decades of kappa, so that fewer digits than asked for are in reach."""
    monkeypatch.setattr(measurement, "MOST_DECADES", 130)


def test_the_measurement_says_how_many(short):
    limit = follow_asked(PROBLEM, Asked((None,), parameters=False, gradient=True), 150)
    assert limit.converged and measurement.FEW_DIGITS <= limit.digits < 150
    assert limit.error <= Fraction(1, 10 ** (limit.digits - 1))


def test_the_claim_is_verified_to_them_and_its_mutants_are_rejected(short):
    claim = claim_of("gunasekar/convolutional")
    result = judge(claim, Instance("short", PROBLEM), 150)
    assert result.status is Status.VERIFIED, result.detail
    assert 30 < result.digits < 146
    assert "rejected" in {mutant.outcome for mutant in result.mutants}
    assert {mutant.outcome for mutant in result.mutants} <= {"rejected", "vacuous", "inapplicable"}


def test_few_digits_are_all_judged(short):
    claim = claim_of("gunasekar/convolutional")
    result = judge(claim, Instance("few", PROBLEM), 20)
    assert result.status is Status.VERIFIED and result.digits == 20
