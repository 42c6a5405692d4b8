"""Results for programs: JSON and JUnit XML. Keys are those of the stable surface, schema 1."""

from dataclasses import replace
from typing import Any

from litproof import __version__
from litproof.claims.catalogue import code_of
from litproof.claims.store import result_to_json
from litproof.claims.types import Status, Verdict
from litproof.claims.verification import Report
from litproof.limits.find import LimitResult
from litproof.text import to_json, visible

SCHEMA = 1


def report_to_json(report: Report) -> str:
    """`verify --json`."""
    content = {
        "schema": SCHEMA,
        "litproof": __version__,
        "digits": report.digits,
        "seed": report.seed,
        "complete": report.complete,
        "required evidence": str(report.required),
        "exit code": report.exit_code(),
        "seconds": round(report.seconds, 3),
        "claims": [
            verdict_to_json(verdict) | {"below required": report.falls_short(verdict)}
            for verdict in report.verdicts
        ],
        "unfinished": list(report.unfinished),
        "does not apply": [
            {"problem": problem, "claim": claim, "reason": reason}
            for problem, claim, reason in report.inapplicable
        ],
        "notes": list(report.notes),
    }
    return to_json(content)


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
    if verdict.expected is not Status.VERIFIED:
        content["expected"] = str(verdict.expected)
    if code := code_of(verdict.claim):
        content["code"] = code
    if second := verdict.details.get("second engine"):
        content["second_engine"] = second
    if reason := verdict.details.get("reason"):
        content["reason"] = reason
    if unproved := verdict.details.get("unproved"):
        content["not proved"] = unproved
    if instances := verdict.details.get("instances"):
        content["instance evidence"] = instances
    if theorems := verdict.details.get("theorems"):
        content["kernel"] = {"theorems": theorems.split(", "), "proved": verdict.details["proved"]}
        if missing := verdict.details["missing"]:
            content["kernel"]["missing"] = missing
    # pictures are for the report in HTML
    content["details"] = [result_to_json(replace(result, pictures=())) for result in verdict.instances]
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
        "clock": None if result.clock is None else dict(result.clock),
        "methods": list(result.methods),
        "seconds": round(result.seconds, 3),
        "parts": {name: round(seconds, 3) for name, seconds in result.parts.items()},
    }
    return to_json(content)


def report_to_junit(report: Report) -> str:
    """JUnit XML: one test case an instance, its class the claim; mutants are named in the messages.

    There is a failure or an error in it exactly when the exit code of `verify` is not 0.
    """
    from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

    suite = TestSuite("litproof")

    def add(claim: str, name: str, seconds: float, kind: str = "", message: str = "") -> None:
        made = TestCase(visible(name), visible(claim), round(seconds, 3))
        if kind:
            wrapper = Error if kind == str(Status.ERROR) else Failure
            made.result = [wrapper(visible(message, lines=True), kind)]
        suite.add_testcase(made)

    for verdict in report.verdicts:
        short = report.falls_short(verdict)
        for result in verdict.instances:
            kind, message = "" if result.status is verdict.expected else str(result.status), result.detail
            if kind and verdict.expected is Status.REFUTED:
                message = f"expected to be refuted: {message}"
            if short and result.evidence < report.required:
                kind, message = "evidence", f"evidence {result.evidence}, below {report.required}"
            add(verdict.claim, result.label, result.seconds, kind, message)
        if not verdict.as_expected and all(
            result.status is not verdict.status for result in verdict.instances
        ):
            add(verdict.claim, "mutants", 0.0, str(verdict.status), verdict.details.get("reason", ""))
    for claim in report.unfinished:
        add(claim, "not finished", 0.0, str(Status.INCONCLUSIVE), "the run ended first")
    if not report.verdicts and not report.unfinished:
        add("litproof", "nothing to verify", 0.0, str(Status.INCONCLUSIVE), "; ".join(report.notes))
    document = JUnitXml()
    document.add_testsuite(suite)
    text: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return text.decode("utf-8")
