"""Plans, verdicts and exit codes."""

import itertools
import json
from dataclasses import replace

import pytest

from litproof.claims.catalogue import catalogue
from litproof.claims.claim import claim
from litproof.claims.runner import verdict_of
from litproof.claims.types import InstanceResult, Mutant, MutantResult, Status, Verdict
from litproof.claims.verification import Report, plan, verify
from litproof.errors import InputError
from litproof.predict.regression.limit import predict_regression
from litproof.report.machine import report_to_json, report_to_junit
from litproof.results import Evidence
from litproof.theorems.shared.variants import least_squares

L2 = Mutant("minimum l2 norm", least_squares)


@pytest.fixture
def true_claim(small):
    @claim(id="test/true", title="t", statement="s", instances=[small], mutants=[L2])
    def made(problem, digits):
        return predict_regression(problem, digits)

    return made


def result(status=Status.VERIFIED, evidence=Evidence.AGREED, digits=30, mutants=(), label="i"):
    return InstanceResult("test/true", label, status, evidence, digits, "detail", 1.0, mutants)


def report(*verdicts):
    return Report(tuple(verdicts), 30, 0, 1.0)


def verdict(status=Status.VERIFIED, evidence=Evidence.AGREED):
    return Verdict("a/b", status, evidence, 30, (), 0, 0, 1.0)


def test_a_claim_object_is_verified(true_claim):
    (verdict,) = verify(true_claim, digits=12).verdicts
    assert (verdict.status, verdict.digits, verdict.tried, verdict.rejected) == (Status.VERIFIED, 12, 1, 1)


def test_a_false_claim_is_refuted(small):
    @claim(id="test/false", title="l2 always", statement="s", instances=[small])
    def made(problem, digits):
        return least_squares(problem, digits)

    report = verify(made, digits=12)
    assert [v.status for v in report.verdicts] == [Status.REFUTED]
    assert report.exit_code() == 1


def test_the_worst_instance_decides(true_claim):
    for statuses in itertools.permutations(Status, 2):
        verdict = verdict_of(true_claim, [result(s) for s in statuses], every_mutant=False)
        assert verdict.status is max(statuses, key=lambda s: s.severity)
        assert verdict.status is not Status.VERIFIED


def test_a_violated_hypothesis_is_never_verified(true_claim):
    results = [result(), result(Status.HYPOTHESIS_VIOLATED)]
    verdict = verdict_of(true_claim, results, every_mutant=False)
    assert verdict.status is Status.HYPOTHESIS_VIOLATED
    assert report(verdict).exit_code() == 3


def test_the_weakest_instance_gives_evidence_and_digits(true_claim):
    results = [result(evidence=Evidence.CERTIFIED, digits=30), result(evidence=Evidence.AGREED, digits=22)]
    verdict = verdict_of(true_claim, results, every_mutant=False)
    assert verdict.evidence is Evidence.AGREED and verdict.digits == 22


def test_a_mutant_that_no_instance_tells_apart_is_an_error(true_claim):
    vacuous = result(mutants=(MutantResult(L2.name, "vacuous"),))
    rejected = result(mutants=(MutantResult(L2.name, "rejected"),))
    assert verdict_of(true_claim, [vacuous], every_mutant=True).status is Status.ERROR
    assert verdict_of(true_claim, [vacuous], every_mutant=False).status is Status.INCONCLUSIVE
    not_tried = verdict_of(true_claim, [result(mutants=())], every_mutant=False)
    assert not_tried.status is Status.INCONCLUSIVE and "mutants not tried" in not_tried.details["reason"]
    known = catalogue()["ykm/linear-model"]
    assert verdict_of(known, [vacuous], every_mutant=False).status is Status.VERIFIED
    assert verdict_of(true_claim, [vacuous, rejected], every_mutant=True).status is Status.VERIFIED


def test_a_mutant_accepted_once_is_not_rejected(true_claim):
    results = [
        result(mutants=(MutantResult(L2.name, "rejected"),)),
        result(Status.ERROR, mutants=(MutantResult(L2.name, "accepted"),)),
    ]
    verdict = verdict_of(true_claim, results, every_mutant=True)
    assert (verdict.tried, verdict.rejected, verdict.status) == (1, 0, Status.ERROR)


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((Status.VERIFIED,), 0),
        ((Status.VERIFIED, Status.INCONCLUSIVE), 3),
        ((Status.HYPOTHESIS_VIOLATED,), 3),
        ((Status.INCONCLUSIVE, Status.REFUTED), 1),
        ((Status.VERIFIED, Status.ERROR), 1),
        ((), 3),
    ],
)
def test_exit_codes(statuses, code):
    assert report(*map(verdict, statuses)).exit_code() == code


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((Status.REFUTED,), 0),
        ((Status.VERIFIED,), 1),
        ((Status.ERROR,), 1),
        ((Status.INCONCLUSIVE,), 3),
        ((Status.HYPOTHESIS_VIOLATED, Status.VERIFIED), 1),
    ],
)
def test_exit_codes_where_a_refutation_is_expected(statuses, code):
    report_ = report(verdict(), *(replace(verdict(s), expected=Status.REFUTED) for s in statuses))
    assert report_.exit_code() == code
    assert replace(report_, required=Evidence.AGREED).exit_code() == code


def test_a_known_falsehood_has_to_fail_everywhere(small, true_claim):
    """Of two instances one that verifies it decides, and the machine-readable results say the same."""

    @claim(id="test/known", title="t", statement="s", instances=[small], expected="refuted")
    def made(problem, digits):
        return least_squares(problem, digits)

    checked = verify(made, true_claim, digits=12)
    assert [v.outcome for v in checked.verdicts] == ["refuted, as expected", "verified"]
    assert checked.exit_code() == 0
    first, second = json.loads(report_to_json(checked))["claims"]
    assert first["expected"] == "refuted" and "expected" not in second
    assert "<failure" not in report_to_junit(checked)
    for status in Status:
        decided = verdict_of(made, [result(Status.REFUTED), result(status)], every_mutant=False)
        assert decided.as_expected == (status is Status.REFUTED)
        junit = report_to_junit(report(decided))
        assert ("<failure" in junit or "<error" in junit) == (status is not Status.REFUTED)


@pytest.mark.parametrize("word", ["open", "", None, 3, "Refuted"])
def test_another_expected_outcome_is_refused(small, word):
    with pytest.raises(InputError, match="expected 'verified' or 'refuted'"):
        claim(id="test/word", title="t", statement="s", instances=[small], expected=word)


def test_exit_code_with_required_evidence():
    weak = report(verdict(), verdict(evidence=Evidence.EXACT))
    assert replace(weak, required=Evidence.AGREED).exit_code() == 0
    assert replace(weak, required=Evidence.CERTIFIED).exit_code() == 1


@pytest.mark.parametrize("digits", [3, 0, -1, 1001])
def test_digits_out_of_range(true_claim, digits):
    with pytest.raises(InputError, match="digits must lie between"):
        verify(true_claim, digits=digits)


def test_a_problem_alone_runs_every_claim_that_applies(small):
    made = plan([small], 0)
    ids = [task.claim for task in made.tasks]
    assert "ykm/regression-limit" in ids and "ykm/two-layer-one-point" in ids
    assert "ykm/linear-model" not in ids and "ykm/matrix-sensing" not in ids
    assert not made.own_instances
    assert ("ykm/linear-model", "depth L = 1: depth 2") in [entry[1:] for entry in made.inapplicable]
    (note,) = made.notes  # however many they are
    assert note.startswith(
        f"{small.name}: {len(made.inapplicable)} of {len(catalogue())} claims do not apply"
    )
    assert len(made.inapplicable) + len(ids) == len(catalogue())


def test_a_claim_on_a_problem_that_violates_its_hypotheses(small):
    moved = replace(small, v=(small.v[0], small.v[0]))
    report = verify("ykm/regression-limit", moved, digits=12)
    assert [v.status for v in report.verdicts] == [Status.HYPOTHESIS_VIOLATED]
    assert report.exit_code() == 3


def test_nothing_named_is_the_whole_catalogue_in_order():
    tasks = plan([], 0).tasks
    assert list(dict.fromkeys(task.claim for task in tasks)) == list(catalogue())


def test_a_claim_without_instances_asks_for_a_problem():
    made = claim(id="test/bare", title="t", statement="s")(lambda problem, digits: [])
    with pytest.raises(InputError, match="give it a problem file"):
        plan([made], 0)


def test_results_are_found_again(true_claim, tmp_path):
    first = verify(true_claim, digits=12, resume=tmp_path)
    seconds = first.verdicts[0].instances[0].seconds
    again = verify(true_claim, digits=12, resume=tmp_path)
    assert again.verdicts[0].instances[0].seconds == round(seconds, 3)
    assert verify(true_claim, digits=13, resume=tmp_path).verdicts[0].digits == 13
