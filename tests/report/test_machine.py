"""JSON and JUnit of reports made by hand: what a program reads."""

import json
import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st
from junitparser import JUnitXml

from litproof.claims.runner import Task
from litproof.claims.types import Instance, InstanceResult, MutantResult, Status, Verdict
from litproof.claims.verification import Report
from litproof.limits.find import LimitResult
from litproof.report.machine import limit_to_json, report_to_json, report_to_junit
from litproof.report.terminal import print_report, summary
from litproof.results import Evidence
from litproof.text import visible


def result(status, label, detail="d"):
    mutants = (MutantResult("m", "rejected"),) if status is Status.VERIFIED else ()
    return InstanceResult("a/b", label, status, Evidence.AGREED, 30, detail, 0.25, mutants)


def verdict(status, *results, reason=""):
    details = {"reason": reason} if reason else {}
    return Verdict("a/b", status, Evidence.AGREED, 30, results, 1, 1, 0.5, details)


def report(*verdicts, complete=True):
    return Report(verdicts, 30, 4, 1.0, ("a note",), complete)


def test_json_of_a_report():
    refuted = verdict(
        Status.REFUTED, result(Status.VERIFIED, "one"), result(Status.REFUTED, "two"), reason="two: d"
    )
    content = json.loads(report_to_json(report(refuted, complete=False)))
    assert (content["schema"], content["seed"], content["digits"]) == (1, 4, 30)
    assert content["complete"] is False and content["notes"] == ["a note"]
    (claim,) = content["claims"]
    assert claim["status"] == "refuted" and claim["reason"] == "two: d"
    assert claim["instances"] == 2 and claim["mutants"] == {"tried": 1, "rejected": 1}
    assert [d["status"] for d in claim["details"]] == ["verified", "refuted"]


def test_junit_has_a_case_an_instance():
    cases = [result(status, str(status)) for status in Status]
    document = JUnitXml.fromstring(report_to_junit(report(verdict(Status.ERROR, *cases))))
    assert (document.tests, document.failures, document.errors, document.skipped) == (5, 3, 1, 0)


def test_junit_survives_awkward_words():
    strange = result(Status.REFUTED, 'a < b & "c" é', "x < y & z")
    text = report_to_junit(report(verdict(Status.REFUTED, strange)))
    (suite,) = JUnitXml.fromstring(text)
    (case,) = suite
    assert case.name == 'a < b & "c" é' and case.result[0].message == "x < y & z"


def test_a_mutant_that_nothing_rejects_is_an_error_case():
    unseen = verdict(Status.ERROR, result(Status.VERIFIED, "one"), reason="no instance tells mutant 'm'")
    document = JUnitXml.fromstring(report_to_junit(report(unseen)))
    assert (document.tests, document.errors) == (2, 1)


def weak(level, *cases):
    finished = report(verdict(Status.VERIFIED, *(cases or [result(Status.VERIFIED, "one")])))
    return replace(finished, required=level)


@pytest.mark.parametrize("level", Evidence)
def test_every_form_says_that_the_evidence_is_below_what_was_asked(level):
    weak_report, short = weak(level), level > Evidence.AGREED
    document = JUnitXml.fromstring(report_to_junit(weak_report))
    content = json.loads(report_to_json(weak_report))
    assert weak_report.exit_code() == content["exit code"] == int(short)
    assert document.failures == int(short)
    assert content["required evidence"] == str(level)
    assert [claim["below required"] for claim in content["claims"]] == [short]
    assert ("below what is asked" in summary(weak_report)) is short
    if short:
        ((case,),) = document
        assert case.result[0].message == f"evidence agreed, below {level}"


STATUSES = st.lists(st.lists(st.sampled_from(Status), min_size=1, max_size=3), max_size=3)


@given(STATUSES, st.sampled_from(Evidence), st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_junit_has_a_failure_exactly_when_the_exit_code_is_not_0(claims, level, complete, silent):
    verdicts = [
        verdict(max(statuses, key=lambda s: s.severity), *(result(s, str(k)) for k, s in enumerate(statuses)))
        for statuses in claims
    ]
    if silent and verdicts:  # as when no mutant says anything
        verdicts[0] = verdict(Status.INCONCLUSIVE, result(Status.VERIFIED, "one"), reason="no mutant")
    tasks = () if complete else (Task("a/late", Instance("x", None)),)
    finished = replace(report(*verdicts, complete=complete), required=level, tasks=tasks)
    document = JUnitXml.fromstring(report_to_junit(finished))
    assert (document.failures + document.errors > 0) is (finished.exit_code() != 0)
    assert json.loads(report_to_json(finished))["exit code"] == finished.exit_code()


HOSTILE = "a\x1b[31mb\x00c\x9bd\ufffee\ud800f\u202eg <&> é"


def test_no_form_passes_on_what_a_terminal_or_a_parser_would_take_for_commands(capsys):
    strange = replace(result(Status.ERROR, HOSTILE, HOSTILE), claim=f"x/{HOSTILE}")
    failed = Verdict(
        f"x/{HOSTILE}", Status.ERROR, Evidence.AGREED, 30, (strange,), 1, 1, 0.5, {"reason": HOSTILE}
    )
    finished = replace(report(failed), notes=(HOSTILE,), required=Evidence.EXACT)
    ((case,),) = JUnitXml.fromstring(report_to_junit(finished))
    assert case.name == visible(HOSTILE) and "\\x1b[31mb" in case.name
    text = report_to_json(finished)
    assert json.loads(text)["notes"] == [HOSTILE]
    print_report(finished)
    table = capsys.readouterr().out
    for shown in (report_to_junit(finished), text, table, failed._repr_html_(), finished._repr_html_()):
        shown.encode("utf-8")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\u202e]", shown)


def limit(task, evidence=Evidence.AGREED, enclosure=()):
    return LimitResult(
        task, 3, (Fraction(1, 3),), ("0.333",), evidence, "1.0e-10", {"t": "9"}, ("a", "b"), 0.1234, enclosure
    )


def test_json_of_a_limit():
    content = json.loads(limit_to_json(limit("regression")))
    assert content["beta"] == ["0.333"] and "direction" not in content and "enclosure" not in content
    assert content["seconds"] == 0.123 and content["clock"] == {"t": "9"}
    content = json.loads(limit_to_json(limit("classification")))
    assert content["direction"] == ["0.333"] and "beta" not in content


def test_json_of_a_certified_limit():
    proved = limit("regression", Evidence.CERTIFIED, (("0.333", "0.334"),))
    content = json.loads(limit_to_json(proved))
    assert content["evidence"] == "certified" and content["enclosure"] == [["0.333", "0.334"]]
