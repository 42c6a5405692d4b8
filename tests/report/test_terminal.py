"""What a person reads."""

import re
import sys

import pytest

from litproof import discover_conserved, example_problem, find_limit, verify
from litproof.bias.verdict import judge as no_regulariser
from litproof.claims.types import Status, Verdict
from litproof.claims.verification import Report
from litproof.report.terminal import print_report, summary
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


@pytest.mark.parametrize("columns", [40, 60, 140])
def test_nothing_is_cut_on_a_narrow_terminal(capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    long = "somebody/a-claim-with-quite-a-long-name"
    print_report(report(verdict(long, Status.VERIFIED), verdict("a/false", Status.REFUTED, "gap")))
    output = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert "\u2026" not in output and long in "".join(output.split())
    joined = " ".join(output.split())
    assert ("mutants rejected 6/6" in joined) == (columns < 140)
    assert all(len(line) <= columns for line in output.splitlines())


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (
            lambda: find_limit(example_problem("regression"), 12),
            ["beta", "0.14184387", "residual", "evidence"],
        ),
        (lambda: find_limit(example_problem("classification"), 12), ["direction", "smallest margin"]),
        (lambda: verify("network/odeco-form", digits=12), ["network/odeco-form", "verified"]),
        (
            lambda: discover_conserved(example_problem("regression").network),
            ["v[1,1]", "2 of any kind: complete"],
        ),
        (lambda: no_regulariser(example_problem("regression")), ["verdict", "potential"]),
    ],
)
def test_results_print_as_words_and_in_notebooks_as_tables(made, shown):
    result = made()
    for text in (str(result), result._repr_html_()):
        assert all(part in text for part in shown), text
        assert "Fraction(" not in text
    assert result._repr_html_().startswith("<table>")


def test_a_derivation_is_markdown_in_a_notebook():
    from litproof.theorems.derivations import derivation

    made = derivation("ykm/regression-limit")
    text = made._repr_markdown_()
    assert text.startswith(f"### {made.title}") and text.count("$$") % 2 == 0
    assert all(f"\\tag{{{k}}}" in text for k in range(1, len(made.steps) + 1))


def test_an_undefined_formula_is_one_sentence():
    from litproof.formula.jets import NotDefined

    assert str(NotDefined("v[1,1]/v[2,1] (position 38): division by zero", True)).startswith(
        "v[1,1]/v[2,1] (pos"
    )
    assert str(NotDefined("division by zero")) == "division by zero"
