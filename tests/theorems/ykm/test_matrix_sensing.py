"""R8 against the diagonal network that it is, and its hypotheses."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.claims.judge import judge
from litproof.claims.types import Instance, Status
from litproof.predict.regression.limit import predict_regression
from litproof.theorems.shared.instances import diagonal_from_zero, vector
from litproof.theorems.ykm.matrix_sensing.claim import matrix_sensing, sensing

TURNED = sensing(2, 3, "2 1 1 2", "-1", "1/2", "1 0 0 1", "turned")


def test_limit_has_the_eigenvalues_of_the_diagonal_limit():
    """[[2, 1], [1, 2]] has eigenvalues 3, 1: W = (rho_1 + rho_2)/2 on, (rho_1 - rho_2)/2 off the diagonal."""
    rho = predict_regression(diagonal_from_zero(3, "3 1", "-1", "1/2", "1 1"), 25).value
    prediction = matrix_sensing.predict(TURNED, 25).value
    expected = ((rho[0] + rho[1]) / 2, (rho[0] - rho[1]) / 2)
    for entry, value in zip(prediction, (*expected, *reversed(expected)), strict=True):
        assert abs(entry - value) < Fraction(1, 10**25)


def test_claim_and_mutants():
    result = judge(matrix_sensing, Instance("turned", TURNED), 12)
    assert result.status is Status.VERIFIED
    assert {m.outcome for m in result.mutants} == {"rejected", "vacuous"}
    assert [m.name for m in result.mutants if m.outcome == "vacuous"] == ["weights etabar dropped"]


@pytest.mark.parametrize(
    ("v", "message"),
    [
        (("1 1/2 0 1", "1 1/2 0 1", "0 0 0 0"), "not symmetric"),
        (("1 0 0 2", "1 0 0 2", "0 0 0 0"), "do not commute"),
        (("1 0 0 1", "2 0 0 2", "0 0 0 0"), "W_2(0) differs"),
        (("1 0 0 1", "1 0 0 1", "1 0 0 1"), "W_L(0) is not zero"),
        (("1 1 1 1", "1 1 1 1", "0 0 0 0"), "singular"),
    ],
)
def test_hypotheses_are_named(v, message):
    problem = replace(TURNED, v=tuple(map(vector, v)))
    result = judge(matrix_sensing, Instance("i", problem), 12)
    assert result.status is Status.HYPOTHESIS_VIOLATED and message in result.detail
