"""The recorded evidence of the catalogue: about claims that there are, with a reason where nothing is proved."""

import json

import pytest

from litproof.claims.catalogue import catalogue
from litproof.claims.verification import verify
from litproof.report.recorded import RECORD, recorded_evidence
from litproof.report.show import describe_claim

CLAIMS = json.loads(RECORD.read_text("utf-8"))["claims"]


def test_the_record_is_about_the_catalogue():
    assert CLAIMS.keys() <= catalogue().keys()


@pytest.mark.parametrize("id", CLAIMS)
def test_what_is_not_proved_has_a_reason_and_nothing_else_has_one(id):
    weak = CLAIMS[id]["evidence"] in ("agreed", "numeric")
    assert bool(CLAIMS[id].get("not proved")) == weak


@pytest.mark.parametrize("id", ["marcotte/mirror", "matt-stoger/rate"])
def test_a_run_finds_what_is_recorded(id):
    (verdict,) = verify(id, quick=True, mutants=False).verdicts
    assert str(verdict.evidence) == CLAIMS[id]["evidence"]
    assert ("unproved" in verdict.details) == ("not proved" in CLAIMS[id])


def test_show_says_why_a_claim_is_not_proved():
    text = " ".join(describe_claim(catalogue()["matt-stoger/rate"]).split())
    assert "agreed; not proved: extrapolated from 9 rungs of a ladder" in text


def test_a_claim_without_a_record_says_nothing():
    assert recorded_evidence("mine/none") == ("", "")
