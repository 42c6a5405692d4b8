"""JSON and JUnit of reports made by hand: what a program reads."""

import json
from fractions import Fraction

from junitparser import JUnitXml

from litproof.claims.claim import InstanceResult, MutantResult, Status, Verdict
from litproof.claims.verification import Report
from litproof.limits.find import LimitResult
from litproof.report.machine import limit_to_json, report_to_json, report_to_junit
from litproof.results import Evidence


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
    assert (document.tests, document.failures, document.errors, document.skipped) == (5, 1, 1, 2)


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
