"""Results for programs: JSON and JUnit XML. Keys are those of the stable surface, schema 1."""

import json
from typing import Any

from litproof import __version__
from litproof.claims.catalogue import code_of
from litproof.claims.claim import InstanceResult, Status, Verdict
from litproof.claims.store import result_to_json
from litproof.claims.verification import Report
from litproof.limits.find import LimitResult

SCHEMA = 1


def report_to_json(report: Report) -> str:
    """`verify --json`."""
    content = {
        "schema": SCHEMA,
        "litproof": __version__,
        "digits": report.digits,
        "seed": report.seed,
        "complete": report.complete,
        "seconds": round(report.seconds, 3),
        "claims": [verdict_to_json(verdict) for verdict in report.verdicts],
        "notes": list(report.notes),
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """One claim: the sums, and every instance under "details"."""
    content: dict[str, Any] = {
        "id": verdict.claim,
        "status": str(verdict.status),
        "evidence": str(verdict.evidence),
        "instances": len(verdict.instances),
        "digits": verdict.digits,
        "mutants": {"tried": verdict.tried, "rejected": verdict.rejected},
        "seconds": round(verdict.seconds, 3),
    }
    if code := code_of(verdict.claim):
        content["code"] = code
    if second := verdict.details.get("second engine"):
        content["second_engine"] = second
    if reason := verdict.details.get("reason"):
        content["reason"] = reason
    if instances := verdict.details.get("instances"):
        content["instance evidence"] = instances
    if theorems := verdict.details.get("theorems"):
        content["kernel"] = {"theorems": theorems.split(", "), "proved": verdict.details["proved"]}
        if missing := verdict.details["missing"]:
            content["kernel"]["missing"] = missing
    content["details"] = [result_to_json(result) for result in verdict.instances]
    return content


def limit_to_json(result: LimitResult) -> str:
    """`limit --json`."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "task": result.task,
        "digits": result.digits,
        "beta" if result.task == "regression" else "direction": list(result.decimals),
        "evidence": str(result.evidence),
    }
    if result.enclosure:
        content["enclosure"] = [list(bounds) for bounds in result.enclosure]
    content |= {
        "residual": result.residual,
        "clock": dict(result.clock),
        "methods": list(result.methods),
        "seconds": round(result.seconds, 3),
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def report_to_junit(report: Report) -> str:
    """JUnit XML: one test case an instance, its class the claim; mutants are named in the messages."""
    from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

    wrapper: dict[Status, Any] = {
        Status.REFUTED: Failure,
        Status.ERROR: Error,
        Status.INCONCLUSIVE: Skipped,
        Status.HYPOTHESIS_VIOLATED: Skipped,
    }

    def case(verdict: Verdict, result: InstanceResult) -> Any:
        made = TestCase(result.label, verdict.claim, round(result.seconds, 3))
        if result.status is not Status.VERIFIED:
            made.result = [wrapper[result.status](result.detail, str(result.status))]
        return made

    suite = TestSuite("litproof")
    for verdict in report.verdicts:
        for result in verdict.instances:
            suite.add_testcase(case(verdict, result))
        if verdict.status is Status.ERROR and all(r.status is not Status.ERROR for r in verdict.instances):
            defect = TestCase("mutants", verdict.claim, 0.0)
            defect.result = [Error(verdict.details.get("reason", ""), str(verdict.status))]
            suite.add_testcase(defect)
    document = JUnitXml()
    document.add_testsuite(suite)
    text: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return text.decode("utf-8")
