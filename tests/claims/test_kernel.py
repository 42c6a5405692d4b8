"""Kernel evidence: only while every source still is what the recorded run compiled."""

import json
import shutil
from pathlib import Path

import pytest

from litproof import Evidence
from litproof.claims import runner
from litproof.claims.catalogue import catalogue
from litproof.claims.claim import InstanceResult, Status
from litproof.claims.kernel import read_record

CLAIM = "ykm/regression-limit"
SOURCES = Path(__file__).resolve().parents[2] / "derivations" / "coq"


@pytest.fixture
def sources(tmp_path):
    copy = tmp_path / "coq"
    shutil.copytree(SOURCES, copy)
    return copy


def verdict(status=Status.VERIFIED, claim=CLAIM, evidence=Evidence.AGREED):
    result = InstanceResult(claim, "one", status, evidence, 30, "", 0.0)
    return runner.verdict_of(catalogue()[claim], [result], every_mutant=False)


def test_every_claim_of_the_record_is_in_the_catalogue_or_says_what_it_is(sources):
    record = json.loads((sources / "record.json").read_text())
    known = read_record(sources)
    assert known.found
    assert set(known.proofs) | set(known.outdated) == {
        name for name, entry in record["claims"].items() if entry["covers"] == "statement"
    }
    assert all(proof.theorems and proof.says for proof in known.proofs.values())


def test_a_changed_source_takes_the_evidence_away(sources):
    record = json.loads((sources / "record.json").read_text())
    theorem = record["claims"][CLAIM]["theorems"][0]
    record["files"] = {name: digest_of(sources / name) for name in record["files"]}
    (sources / "record.json").write_text(json.dumps(record))
    assert CLAIM in read_record(sources).proofs
    changed = sources / record["theorems"][theorem]["file"]
    changed.write_text(changed.read_text() + "\n(* changed *)\n")
    known = read_record(sources)
    assert CLAIM not in known.proofs and CLAIM in known.outdated
    assert "not re-checked here" in known.note and CLAIM in known.note


def digest_of(path):
    from hashlib import sha256

    return sha256(path.read_bytes()).hexdigest()


def test_a_missing_source_takes_the_evidence_away(sources):
    record = json.loads((sources / "record.json").read_text())
    theorem = record["claims"][CLAIM]["theorems"][0]
    (sources / record["theorems"][theorem]["file"]).unlink()
    assert CLAIM not in read_record(sources).proofs


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": 3, "claims": {}, "theorems": {}}', "\x00"])
def test_a_broken_record_proves_nothing(sources, text):
    (sources / "record.json").write_text(text)
    known = read_record(sources)
    assert not known.proofs and not known.found
    assert known.note == "kernel proofs not re-checked here (no Coq sources beside this package)"


def test_without_sources_nothing_is_proved(tmp_path):
    assert not read_record(Path(tmp_path / "nowhere")).proofs


def test_a_part_of_the_statement_is_not_enough(sources):
    record = json.loads((sources / "record.json").read_text())
    record["claims"][CLAIM]["covers"] = "part"
    (sources / "record.json").write_text(json.dumps(record))
    known = read_record(sources)
    assert CLAIM not in known.proofs and CLAIM not in known.outdated


def test_verdicts_show_the_kernel_only_for_verified_claims_of_the_catalogue(monkeypatch, sources):
    record = json.loads((sources / "record.json").read_text())
    record["files"] = {name: digest_of(sources / name) for name in record["files"]}
    (sources / "record.json").write_text(json.dumps(record))
    known = read_record(sources)
    monkeypatch.setattr(runner, "kernel_record", lambda: known)
    assert verdict().evidence is Evidence.KERNEL
    assert verdict().details["instances"] == "agreed"
    assert verdict(Status.REFUTED).evidence is Evidence.AGREED
    assert verdict(claim="mgp/conserved-complete").evidence is Evidence.AGREED
    monkeypatch.setattr(runner, "catalogue", dict)
    assert verdict().evidence is Evidence.AGREED
