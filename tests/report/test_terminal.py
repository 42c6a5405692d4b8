"""What a person reads."""

import sys

from litproof.claims.types import Status, Verdict
from litproof.claims.verification import Report
from litproof.report.terminal import print_report, progress_bar, summary
from litproof.results import Evidence


def verdict(id, status, reason=""):
    details = {"reason": reason} if reason else {}
    return Verdict(id, status, Evidence.AGREED, 30, (), 6, 6, 1.25, details)


def report(*verdicts, complete=True):
    return Report(verdicts, 30, 7, 2.0, (), complete)


def test_table_and_reasons(capsys):
    print_report(report(verdict("a/true", Status.VERIFIED), verdict("a/false", Status.REFUTED, "i: gap [1]")))
    output = capsys.readouterr().out
    lines = output.splitlines()
    true, false = (next(line for line in lines if line.startswith(id)) for id in ("a/true", "a/false"))
    assert "agreed" in true and "30" in true and "6/6" in true
    assert "agreed" not in false  # evidence and digits are said of verified claims only
    assert "a/false: refuted: i: gap [1]" in output
    assert "\x1b" not in output


def test_summary_counts_every_status():
    text = summary(report(*(verdict(f"a/{s}", s) for s in Status), complete=False))
    for status in Status:
        assert f"1 {status}" in text
    assert "30 digits" in text and "seed 7" in text and "interrupted" in text
    assert summary(report()).startswith("nothing finished")


def test_no_bar_without_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    with progress_bar() as advance:
        assert advance is None
    assert capsys.readouterr().err == ""
