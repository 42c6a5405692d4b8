"""K0-K5: every claim holds on short problems, and its check rejects what is false."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.claims import measurement
from litproof.claims.catalogue import claim_of
from litproof.claims.judge import hypotheses_of, judge
from litproof.claims.types import Answer, Instance, Status
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.theorems.shared.classification import classification, distinct
from litproof.theorems.ykm.classification_initialisation.claim import _directions
from litproof.theorems.ykm.classification_odeco.claim import (
    EXAMPLE_X,
    EXAMPLE_Y,
    candidates_of,
    stationary_limit,
)
from litproof.theorems.ykm.classification_rates.claim import true_exponents

EXAMPLE = classification(Diagonal(2, 3), EXAMPLE_X, EXAMPLE_Y, "1/20", ["4 3 2", "0 0 0"], "example")
DEEP = classification(
    Diagonal(3, 3),
    "1 2 1/2; 3/2 -1/2 1; -2 1/4 -3",
    "1 1 -1",
    "1/2",
    ["1 2 1", "5/4 2 1", "1/4 0 1/4"],
    "deep",
)
DENSE = classification(
    FullyConnected(2, (1,)), "2 1; 1 -1/2; -1 -2", "1 1 -1", 1, ["2 1", "1"], "fully connected"
)
POINT = classification(Convolutional((2, 3)), "1 -2 1/4", "-1", 1, ["3/2 -1/4", "1/2 1/3 1/4"], "one point")
LINE = classification(Diagonal(1, 2), "1 3; 2 -1/2; 4 4", "1 1 1", 1, ["0 0"], "linear")

CASES = (
    ("ykm/classification-convergence", DENSE),
    ("ykm/singular-vectors", EXAMPLE),
    ("ykm/fully-connected-max-margin", DENSE),
    ("ykm/classification-odeco", EXAMPLE),
    ("ykm/classification-odeco", DEEP),
    ("ykm/classification-one-point", POINT),
    ("ykm/classification-rates", EXAMPLE),
    ("ykm/classification-loss-rate", EXAMPLE),
    ("soudry/linear-classifier", LINE),
)


@pytest.mark.parametrize(("id", "problem"), CASES)
def test_claim_holds_and_its_mutants_fall(id, problem):
    result = judge(claim_of(id), Instance("t", problem), 12)
    assert result.status is Status.VERIFIED, result.detail
    assert {m.outcome for m in result.mutants} <= {"rejected", "vacuous", "inapplicable"}
    assert sum(m.outcome == "rejected" for m in result.mutants) >= 2


@pytest.mark.parametrize(
    ("id", "problem"),
    [
        ("ykm/classification-odeco", replace(EXAMPLE, v=(EXAMPLE.v[0], EXAMPLE.v[0]))),
        ("ykm/classification-odeco", DENSE),
        ("ykm/fully-connected-max-margin", EXAMPLE),
        ("ykm/classification-one-point", EXAMPLE),
        ("ykm/classification-convergence", EXAMPLE),
        ("ykm/classification-initialisation", EXAMPLE),
        ("soudry/linear-classifier", EXAMPLE),
        ("ykm/classification-rates", replace(EXAMPLE, task="regression")),
    ],
)
def test_hypotheses_are_asked_for(id, problem):
    assert hypotheses_of(claim_of(id), problem).answer is Answer.VIOLATED


def test_unseparable_data_violate_the_hypothesis():
    problem = replace(
        EXAMPLE, X=((Fraction(1), Fraction(0), Fraction(0)), (Fraction(-1), Fraction(0), Fraction(0)))
    )
    assert hypotheses_of(claim_of("ykm/classification-odeco"), problem).answer is Answer.VIOLATED


def test_exponents_of_the_worked_example():
    """u = (1, 1, 4/7); component 3 enters both margins, so 3/7 everywhere."""
    assert true_exponents(EXAMPLE) == [Fraction(3, 7)] * 3


def test_exponents_of_a_fully_connected_network():
    """One support vector (1, 0): entry 2 is off its span."""
    problem = replace(DENSE, X=((Fraction(1), Fraction(0)),), y=(Fraction(1),))
    assert list(true_exponents(problem)) == [1, Fraction(1, 2)]


def test_all_stationary_points_are_listed():
    supports = {one.details["support"] for one in candidates_of(stationary_limit(DEEP, 10))}
    assert len(supports) >= 2


def test_copies_are_one_row():
    doubled = replace(EXAMPLE, X=(*EXAMPLE.X, EXAMPLE.X[0]), y=(*EXAMPLE.y, Fraction(1)))
    assert distinct(doubled).X == EXAMPLE.X
    result = judge(claim_of("ykm/classification-odeco"), Instance("t", doubled), 10, mutants=False)
    assert result.status is Status.VERIFIED, result.detail


def test_a_wrong_prediction_is_refuted():
    claim = claim_of("ykm/fully-connected-max-margin")
    wrong = replace(
        claim,
        predict=lambda problem, digits: claim_of("ykm/fully-connected-max-margin").predict(
            replace(problem, X=((Fraction(1), Fraction(1)),), y=(Fraction(1),)), digits
        ),
    )
    assert judge(wrong, Instance("t", DENSE), 10, mutants=False).status is Status.REFUTED


def test_digits_out_of_reach_are_not_claimed(monkeypatch):
    """Where the slow decay would take more decades of kappa than are allowed, fewer digits are followed, and said."""
    claim, digits = claim_of("ykm/fully-connected-max-margin"), measurement.FEW_DIGITS + 6
    far = judge(claim, Instance("far", DENSE), digits, mutants=False)
    assert (far.status, far.digits) == (Status.VERIFIED, digits)
    monkeypatch.setattr(measurement, "MOST_DECADES", 1)
    near = judge(claim, Instance("near", DENSE), digits, mutants=False)
    assert (near.status, near.digits) == (Status.VERIFIED, measurement.FEW_DIGITS)


def test_two_vertices_are_known_to_all_digits_asked_for():
    few, many = (
        _directions(claim_of("ykm/classification-initialisation").instances(0)[0].problem, digits)
        for digits in (120, 160)
    )
    assert len(few) == 2
    gap = max(abs(a - b) for x, y in zip(few, many, strict=True) for a, b in zip(x, y, strict=True))
    assert gap < Fraction(1, 10**119)
