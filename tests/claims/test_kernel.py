"""Kernel evidence: only while every file that the recorded verdict rests on still is what it was."""

import json
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import replace
from pathlib import Path

import pytest

from litproof import Evidence
from litproof.claims import kernel, runner
from litproof.claims.catalogue import catalogue
from litproof.claims.judge import unproved_reduction
from litproof.claims.kernel import KernelRecord, checkout_record, packaged_record
from litproof.claims.types import InstanceResult, Status
from litproof.report import show
from litproof.report.machine import verdict_to_json
from litproof.theorems.shared.instances import REFERENCE

WHOLE, PART = "ykm/regression-limit", "ykm/classification-odeco"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def sources(tmp_path):
    """A copy of the sources whose record is of these files, whatever the state of the checkout."""
    copy = tmp_path / "coq"
    shutil.copytree(ROOT / "derivations" / "coq", copy)
    change_record(copy, lambda record: record.update(files=digests(copy), claims=table(copy)))
    return copy


def digests(folder):
    from hashlib import sha256

    names = [path.name for path in folder.glob("*.v")] + list(kernel.RULES)
    return {name: sha256((folder / name).read_bytes()).hexdigest() for name in names}


def table(folder):
    return json.loads((folder / "claims.json").read_text())


def change_record(folder, change):
    path = folder / "record.json"
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))


def verdict(status=Status.VERIFIED, claim=WHOLE, evidence=Evidence.AGREED):
    result = InstanceResult(claim, "one", status, evidence, 30, "", 0.0)
    return runner.verdict_of(catalogue()[claim], [result], every_mutant=False)


def test_every_claim_of_the_record_is_in_the_catalogue(sources):
    record = checkout_record(sources)
    assert record.note == ""
    assert set(record.proofs) == set(table(sources)) <= set(catalogue())
    assert all(proof.theorems and proof.says for proof in record.proofs.values())
    assert not record.proofs[WHOLE].missing
    assert record.proofs[PART].missing


FILES = [
    "Sums.v",
    "Refuted.v",
    "_CoqProject",
    "allowed_axioms.txt",
    "check.py",
    "claims.json",
    "mutants.json",
]


@pytest.mark.parametrize("name", FILES)
def test_a_changed_or_missing_file_takes_all_evidence_away(sources, name):
    text = (sources / name).read_text()
    (sources / name).write_text(text + " ")
    changed = checkout_record(sources)
    (sources / name).unlink()
    missing = checkout_record(sources)
    (sources / name).write_text(text)
    assert not changed.proofs and not missing.proofs
    assert f"{name} changed" in changed.note and "--record" in changed.note
    assert missing.note
    assert checkout_record(sources).proofs


@pytest.mark.parametrize("name", FILES)
def test_a_record_that_leaves_a_file_out_proves_nothing(sources, name):
    change_record(sources, lambda record: record["files"].pop(name))
    assert not checkout_record(sources).proofs


def test_an_added_proof_or_a_recorded_file_that_is_not_there_proves_nothing(sources):
    (sources / "Cheat.v").write_text("Axiom cheat : False.")
    assert "Cheat.v changed" in checkout_record(sources).note
    (sources / "Cheat.v").unlink()
    change_record(sources, lambda record: record["files"].update({"Gone.v": "0" * 64}))
    assert "Gone.v changed" in checkout_record(sources).note


def promoted(record):
    entry = record["claims"][PART]
    entry["covers"] = "statement"
    del entry["missing"]


@pytest.mark.parametrize(
    "forge",
    [
        promoted,
        lambda record: record["claims"].update({"jacobs/weight-decay": record["claims"][WHOLE]}),
        lambda record: record["claims"][WHOLE].update(theorems=["no_such_theorem"]),
        lambda record: record["claims"][WHOLE].update(theorems=[]),
        lambda record: record["claims"][WHOLE].update(says="everything"),
    ],
)
def test_claims_of_the_record_are_those_of_the_table(sources, forge):
    assert checkout_record(sources).proofs
    change_record(sources, forge)
    assert not checkout_record(sources).proofs


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "3", '{"files": 3, "claims": {}, "theorems": {}}', "\x00", '{"files": {}}']
)
def test_a_broken_record_proves_nothing(sources, text):
    (sources / "record.json").write_text(text)
    for record in (checkout_record(sources), packaged_record(sources / "record.json")):
        assert not record.proofs
        assert record.note.startswith("not re-checked here")


def test_without_sources_nothing_is_proved(tmp_path):
    assert not checkout_record(tmp_path / "nowhere").proofs


def test_verdicts_show_the_kernel_only_for_verified_claims_of_the_catalogue(monkeypatch, sources):
    record = checkout_record(sources)
    monkeypatch.setattr(runner, "kernel_record", lambda: record)
    assert verdict().evidence is Evidence.KERNEL
    shown = verdict_to_json(verdict())
    assert shown["instance evidence"] == "agreed"
    assert set(shown["kernel"]) == {"theorems", "proved"}
    assert verdict(Status.REFUTED).evidence is Evidence.AGREED
    assert verdict(claim="jacobs/weight-decay").evidence is Evidence.AGREED
    monkeypatch.setattr(runner, "catalogue", dict)
    assert verdict().evidence is Evidence.AGREED


def test_a_part_is_shown_with_what_is_missing_and_is_no_kernel_evidence(monkeypatch, sources):
    record = checkout_record(sources)
    monkeypatch.setattr(runner, "kernel_record", lambda: record)
    monkeypatch.setattr(show, "kernel_record", lambda: record)
    assert verdict(claim=PART).evidence is Evidence.AGREED
    shown = verdict_to_json(verdict(claim=PART))
    assert "instance evidence" not in shown
    assert shown["kernel"]["missing"] == record.proofs[PART].missing
    text = " ".join(show.describe_claim(catalogue()[PART]).split())
    assert "Proved in Coq, a part" in text
    assert f"Missing: {record.proofs[PART].missing}." in text
    text = " ".join(show.describe_claim(catalogue()[WHOLE]).split())
    assert "Proved in Coq, the whole statement" in text and "Missing" not in text
    assert record.proofs[WHOLE].theorems[0] in text
    assert "re-check with python3 derivations/coq/check.py" in text


def test_show_says_why_a_record_does_not_count(monkeypatch):
    monkeypatch.setattr(
        show, "kernel_record", lambda: KernelRecord({}, "not re-checked here since X.v changed")
    )
    text = show.describe_claim(catalogue()[WHOLE])
    assert "not re-checked here since X.v changed" in text
    assert "Proved in Coq" not in text


class Installed:
    """litproof from a wheel, in an environment of its own."""

    def __init__(self, folder, tree):
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "wheel", cwd=tree)
        venv.create(folder / "env", with_pip=False)
        self.python = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
        self.folder = folder / "elsewhere"
        self.folder.mkdir()
        (wheel,) = (folder / "wheel").glob("*.whl")
        run(
            sys.executable,
            "-m",
            "pip",
            "--python",
            self.python,
            "install",
            "-q",
            "--no-deps",
            "--no-index",
            wheel,
        )
        where = "import sysconfig; print(sysconfig.get_path('purelib'))"
        packages = Path(run(self.python, "-c", where).strip())
        (packages / "dependencies.pth").write_text("\n".join(p for p in sys.path if p.endswith("-packages")))

    def __call__(self, *arguments):
        return run(self.python, "-m", "litproof", *arguments, cwd=self.folder)


def run(*command, cwd=None):
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of what a wheel is made from, with a record that is of its files."""
    copy = tmp_path_factory.mktemp("tree") / "litproof"
    shutil.copytree(ROOT / "litproof", copy / "litproof", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "derivations" / "coq", copy / "derivations" / "coq")
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    coq = copy / "derivations" / "coq"
    change_record(coq, lambda record: record.update(files=digests(coq), claims=table(coq)))
    return copy


def hostile_sources(installed):
    """What another folder may hold: sources that are no proofs, with a record that fits them."""
    folder = installed.folder / "derivations" / "coq"
    shutil.copytree(ROOT / "derivations" / "coq", folder)
    (folder / "Sums.v").write_text("")
    forged = table(folder)
    forged["ykm/network"] = forged["jacobs/weight-decay"] = forged[WHOLE]
    (folder / "claims.json").write_text(json.dumps(forged))
    change_record(folder, lambda record: record.update(files=digests(folder), claims=forged))


def test_a_wheel_shows_what_was_checked_when_it_was_built(tree, tmp_path):
    pytest.importorskip("hatchling", reason="hatchling is not installed: pip install '.[test]'")
    installed = Installed(tmp_path, tree)
    hostile_sources(installed)
    text = " ".join(installed("show", WHOLE).split())
    assert "Proved in Coq, the whole statement" in text
    assert (
        "checked by Coq when this version was built; re-check with python3 derivations/coq/check.py" in text
    )
    assert "Proved in Coq" not in installed("show", "jacobs/weight-decay")
    report = json.loads(
        installed("verify", "ykm/linear-model", "jacobs/weight-decay", "--digits", "15", "--json", "-")
    )
    known, forged = report["claims"]
    assert known["evidence"] == "kernel" and known["instance evidence"] != "kernel"
    assert forged["evidence"] != "kernel" and "kernel" not in forged
    assert any("checked by Coq when this version was built" in note for note in report["notes"])


def test_a_wheel_of_changed_sources_has_no_kernel_evidence(tree, tmp_path):
    pytest.importorskip("hatchling", reason="hatchling is not installed: pip install '.[test]'")
    changed = tmp_path / "changed"
    shutil.copytree(tree, changed)
    with (changed / "derivations" / "coq" / "Kkt.v").open("a") as stream:
        stream.write("(* changed *)\n")
    installed = Installed(tmp_path, changed)
    hostile_sources(installed)
    text = " ".join(installed("show", WHOLE).split())
    assert "not re-checked here (no Coq sources with a record beside this package)" in text
    assert "Proved in Coq" not in text


def test_evidence_of_the_kernel_ends_where_a_reduction_is_not_checked(monkeypatch, sources):
    record = checkout_record(sources)
    monkeypatch.setattr(runner, "kernel_record", lambda: record)
    problem = REFERENCE.problem if hasattr(REFERENCE, "problem") else REFERENCE
    assert unproved_reduction(problem) == ""
    assert unproved_reduction(replace(problem, weights=(2, 3))) == "independent rows"
    doubled = replace(problem, X=(*problem.X, problem.X[0]), y=(*problem.y, problem.y[0]))
    assert unproved_reduction(doubled) == "independent rows"
    assert unproved_reduction(replace(problem, loss="power-4")) == "another loss or dynamics"
    one = InstanceResult(WHOLE, "one", Status.VERIFIED, Evidence.CERTIFIED, 30, "", 0.0)
    reduced = replace(one, label="two", reduction="independent rows")
    assert runner.verdict_of(catalogue()[WHOLE], [one], every_mutant=False).evidence is Evidence.KERNEL
    verdict = runner.verdict_of(catalogue()[WHOLE], [one, reduced], every_mutant=False)
    assert verdict.evidence is Evidence.CERTIFIED and "independent rows" in verdict.details["missing"]
