"""Verdicts on one instance: what makes them verified, refuted, inconclusive, hypothesis-violated and error."""

from dataclasses import replace
from fractions import Fraction

import pytest

from litproof.claims.claim import claim
from litproof.claims.judge import MUTANT_DIGITS, judge
from litproof.claims.types import Answer, Check, Hypothesis, Instance, Mutant, Status
from litproof.errors import Inconclusive
from litproof.integrate.regression.follow import follow_to_limit
from litproof.predict.regression.limit import predict_regression
from litproof.theorems.shared.variants import least_squares

L2 = Mutant("minimum l2 norm", least_squares)


def make(small, name="claim", predict=predict_regression, mutants=(L2,), **other):
    return claim(id=f"test/{name}", title="t", statement="s", instances=[small], mutants=mutants, **other)(
        predict
    )


def outcome(made, problem, digits=12, **options):
    return judge(made, Instance("i", problem), digits, **options)


def test_true_claim_is_verified_and_its_mutant_rejected(small):
    result = outcome(make(small), small)
    assert result.status is Status.VERIFIED and result.digits == 12
    assert [m.outcome for m in result.mutants] == ["rejected"]


def test_false_claim_is_refuted_and_its_mutants_not_tried(small):
    result = outcome(make(small, predict=least_squares), small)
    assert result.status is Status.REFUTED
    assert result.mutants == ()


def test_a_claim_wrong_in_the_last_digits_is_refuted(small):
    def nearly(problem, digits):
        true = predict_regression(problem, digits)
        return replace(true, value=(true.value[0] * (1 + Fraction(1, 10**9)), *true.value[1:]))

    assert outcome(make(small, predict=nearly), small, 12).status is Status.REFUTED
    assert outcome(make(small, name="coarse", predict=nearly), small, 6).status is Status.VERIFIED


def test_nothing_runs_when_a_hypothesis_is_violated(small):
    def never(problem, digits):
        raise AssertionError("a flow was run")

    no = Hypothesis("d < 3", lambda p: Check(Answer.of(p.network.input_dim < 3), "d = 3"))
    result = outcome(make(small, predict=never, measure=never, hypotheses=[no]), small)
    assert result.status is Status.HYPOTHESIS_VIOLATED
    assert result.detail == "d < 3: d = 3"


def test_an_undecided_hypothesis_is_inconclusive(small):
    open_question = Hypothesis("unknown", lambda p: Check(Answer.UNKNOWN))
    result = outcome(make(small, hypotheses=[open_question]), small)
    assert result.status is Status.INCONCLUSIVE and "unknown" in result.detail


def test_a_violated_hypothesis_wins_over_an_undecided_one(small):
    hypotheses = [
        Hypothesis("a", lambda p: Check(Answer.UNKNOWN)),
        Hypothesis("b", lambda p: Check(Answer.VIOLATED)),
    ]
    assert outcome(make(small, hypotheses=hypotheses), small).status is Status.HYPOTHESIS_VIOLATED


@pytest.mark.parametrize(
    ("error", "status"), [(Inconclusive("budget"), Status.INCONCLUSIVE), (KeyError("k"), Status.ERROR)]
)
def test_exceptions_of_a_claim_become_results(small, error, status):
    def failing(problem, digits):
        raise error

    assert outcome(make(small, predict=failing), small).status is status
    assert outcome(make(small, name="m", measure=failing), small).status is status


def test_an_accepted_mutant_is_an_error(small):
    """The check below compares nothing, so it accepts a false variant: a defect of the claim."""
    from litproof.claims.types import Comparison
    from litproof.results import Evidence

    def lax(prediction, measurement, digits):
        return Comparison(Answer.HOLDS, digits, Evidence.AGREED)

    result = outcome(make(small, compare=lax), small)
    assert result.status is Status.ERROR
    assert "mutant 'minimum l2 norm' accepted" in result.detail


def slightly_off(problem, digits):
    true = predict_regression(problem, digits)
    return replace(true, value=tuple(b * (1 + Fraction(3 * 10**3, 10**12)) for b in true.value))


def test_a_mutant_that_misses_by_too_little_counts_neither_way(small):
    shift = Mutant("3e-9", slightly_off)
    made = make(small, mutants=[shift], same=lambda a, b, digits: False)
    assert [m.outcome for m in outcome(made, small, 12).mutants] == ["rejected"]
    result = outcome(made, small, 9)  # beyond the tolerance, but not a thousand times
    assert [m.outcome for m in result.mutants] == ["vacuous"]
    assert "with 27" in result.mutants[0].detail


def test_a_mutant_that_misses_by_too_little_is_accepted_where_the_claim_fails_with_more_digits(small):
    def as_far_off(problem, digits):
        true = predict_regression(problem, digits)
        return replace(true, value=tuple(b * (1 + Fraction(1, 10**12)) for b in true.value))

    shift = Mutant("3e-9", slightly_off)
    made = replace(make(small, mutants=[shift], same=lambda a, b, digits: False), predict=as_far_off)
    result = outcome(made, small, 9)
    assert [m.outcome for m in result.mutants] == ["accepted"] and result.status is Status.ERROR


def test_a_broken_mutant_is_an_error(small):
    def broken(problem, digits):
        raise ZeroDivisionError("boom")

    result = outcome(make(small, mutants=[Mutant("broken", broken)]), small)
    assert result.status is Status.ERROR and "boom" in result.detail


def test_mutants_without_meaning_and_mutants_that_coincide_are_told_apart(small):
    none = Mutant("none", lambda problem, digits: None)
    itself = Mutant("itself", predict_regression)
    result = outcome(make(small, mutants=[none, itself, L2]), small)
    assert [m.outcome for m in result.mutants] == ["inapplicable", "vacuous", "rejected"]
    assert result.status is Status.VERIFIED


def test_a_mutant_with_a_changed_problem_has_a_flow_of_its_own_of_few_digits(small):
    recorded = []

    def watched(problem, digits):
        recorded.append((problem, digits))
        return follow_to_limit(problem, digits)

    moved = replace(small, scale=small.scale * 2)
    mutant = Mutant("from elsewhere", lambda p, digits: predict_regression(small, digits), lambda p: moved)
    made = make(small, mutants=[mutant], measure=watched)
    for digits in (12, MUTANT_DIGITS + 20):
        result = outcome(made, small, digits)
        assert result.digits >= digits
        assert [m.outcome for m in result.mutants] == ["rejected"]
    few = MUTANT_DIGITS
    assert recorded == [(small, 12), (moved, 12), (small, few + 20), (moved, few)]


def test_mutants_can_be_left_out(small):
    assert outcome(make(small), small, mutants=False).mutants == ()
