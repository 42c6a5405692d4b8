"""Proofs stand in the book: modules keep a few lines and a link that leads there."""

import ast
import re
from pathlib import Path

import pytest

from litproof.theorems import THEOREMS
from litproof.theorems.derivations import DERIVATIONS, matching_derivations

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bias", "certify", "integrate", "laws", "limits", "predict")
MOST_LINES = 14
"""An algorithm in words may take this much; a proof does not fit."""
MODULES = sorted(path for room in ROOMS for path in (ROOT / "litproof" / room).rglob("*.py"))
BODY = re.compile(r"([a-z]+(?:-[a-z0-9]+)+)\.tex")


def docstring(path):
    return ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_argues_a_proof(path):
    assert len(docstring(path).splitlines()) <= MOST_LINES


def test_links_into_the_book_lead_somewhere():
    linked = set()
    for path in (ROOT / "litproof").rglob("*.py"):
        text = " ".join(docstring(path).split())
        for name in BODY.findall(text):
            assert (ROOT / "derivations" / "bodies" / f"{name}.tex").is_file(), (path, name)
            linked.add(name)
        for code in re.findall(r"litproof derive ([A-Z]\d+)", text):
            assert matching_derivations(code), (path, code)
    lemmas = {id.replace("/", "-") for id in DERIVATIONS if id.startswith("lemma/")}
    assert lemmas <= linked, "every lemma is what some module rests on"
    assert set(THEOREMS) >= set(DERIVATIONS)
