"""derive, show and the book agree: one id or code leads to one derivation everywhere."""

from pathlib import Path

import pytest

from litproof.cli import _run as litproof
from litproof.derive.latex.document import to_latex
from litproof.theorems import THEOREMS
from litproof.theorems.derivations import DERIVATIONS, derivation, matching_derivations

BODIES = Path(__file__).resolve().parents[2] / "derivations" / "bodies"
LEMMAS = [id for id in DERIVATIONS if id.startswith("lemma/")]


@pytest.mark.parametrize("claim", ["ykm/regression-limit", "ykm/classification-clock", *LEMMAS])
def test_what_derive_prints_is_the_section_of_the_book(claim):
    body = (BODIES / f"{claim.replace('/', '-')}.tex").read_text("utf-8").strip()
    assert body in to_latex(derivation(claim))


def test_codes_and_ids_lead_to_derivations():
    assert matching_derivations("R2") == ("ykm/regression-limit",)
    assert matching_derivations("lemma/*") == tuple(LEMMAS)
    assert [THEOREMS[claim] for claim in LEMMAS] == [f"A{number}" for number in range(1, len(LEMMAS) + 1)]
    assert not matching_derivations("ykm/nothing")


@pytest.mark.parametrize("name", ["A4", "lemma/close-to-zero-loss"])
def test_show_and_derive_take_lemmas(name, capsys):
    assert litproof(["show", name]) == 0
    shown = capsys.readouterr().out
    made = derivation("lemma/close-to-zero-loss")
    assert made.title in shown
    assert "litproof derive lemma/close-to-zero-loss" in shown
    assert litproof(["derive", name]) == 0
    assert r"\label{lemma:close-to-zero-loss}" in capsys.readouterr().out


def test_show_names_the_derivation_of_a_claim_and_derive_says_what_is_ambiguous(capsys):
    assert litproof(["show", "ykm/classification-loss-rate"]) == 0
    assert litproof(["show", "soudry/linear-classifier"]) == 0
    assert "Derivation: litproof derive ykm/classification-rates" in capsys.readouterr().out
    assert litproof(["derive", "K5"]) == 2
    assert "ykm/classification-clock, ykm/classification-rates" in capsys.readouterr().err
