import hashlib
import json
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")


@pytest.fixture
def record(coq):
    return json.loads((coq / "record.json").read_text())


@pytest.mark.parametrize(
    "proof",
    [
        "Theorem t : False. Proof. Admitted.",
        "Theorem t : False. Proof. admit. Qed.",
        "Axiom t : False.",
        "Parameters (a b : nat).",
        "Conjecture t : False.",
        "Unset Guard Checking.",
        "#[bypass_check(guard)] Fixpoint f (n : nat) : nat := f n.",
    ],
)
def test_escape_hatches_are_refused(checking, proof):
    with pytest.raises(checking.CheckFailed, match=r"X\.v:2: .* is not a proof"):
        checking.scan({"X.v": f"(* a comment *)\n{proof}"})


def test_escape_hatches_in_comments_are_fine(checking):
    source = "(* Axiom (* nested *) Admitted *) Theorem one : True. Proof. exact I. Qed."
    assert checking.scan({"X.v": source}) == ["one"]


def test_comments_keep_lines(checking):
    assert checking.without_comments("a (* b\n (* c *) d *) e").splitlines()[1].strip() == "e"


def test_unlisted_theorems_are_refused(checking):
    sources = {"X.v": "Theorem one : True.", "Listing.v": "Print Assumptions other."}
    with pytest.raises(checking.CheckFailed, match="not printed: one"):
        checking.scan(sources, listing=["Listing.v"])


PRINTED = """Axioms:
ClassicalDedekindReals.sig_not_dec : forall P : Prop,
  {~ ~ P} + {~ P}
Classical_Prop.classic : forall P : Prop, P \\/ ~ P
"""


def test_axioms_are_read_and_compared(checking):
    names = {"ClassicalDedekindReals.sig_not_dec", "Classical_Prop.classic"}
    assert checking.check_axioms("Assumptions.v", PRINTED) == names
    with pytest.raises(checking.CheckFailed, match=r"assumes Flow\.shortcut"):
        checking.check_axioms("Assumptions.v", PRINTED + "Flow.shortcut : False\n")
    with pytest.raises(checking.CheckFailed, match="no assumptions were printed"):
        checking.check_axioms("Assumptions.v", "")


def test_machine_integers_are_for_numeric_files_only(checking):
    line = "PrimInt63.add : PrimInt63.int -> PrimInt63.int -> PrimInt63.int\n"
    assert checking.check_axioms("NumericAssumptions.v", line) == {"PrimInt63.add"}
    with pytest.raises(checking.CheckFailed, match=r"assumes PrimInt63\.add"):
        checking.check_axioms("Assumptions.v", line)


def test_where_a_file_fails(checking):
    source = "Lemma a : True.\nProof. exact I. Qed.\nTheorem b : False.\nProof.\n  exact I.\nQed."
    message = 'File "./X.v", line 5, characters 8-9:\nError: no'
    assert checking.failing_lemma(source, message) == "b"
    assert checking.failing_lemma(source, "Out of memory").startswith("nothing")


class Compiler:
    """Answers for coqc, one a call."""

    def __init__(self, *answers):
        self.answers, self.sources = list(answers), []

    def __call__(self, directory, flags, name):
        self.sources.append((directory / name).read_text())
        return self.answers.pop(0)


MUTANT = {"name": "m", "file": "Kkt.v", "edits": [["Lemma strict_is_subgradient", "Lemma strict_is_changed"]]}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (SimpleNamespace(returncode=0, stderr="", stdout=""), "compiles"),
        (
            SimpleNamespace(returncode=1, stderr="line 1, characters 0-1:\nError", stdout=""),
            "fails in the header",
        ),
    ],
)
def test_mutants_that_live_are_reported(checking, monkeypatch, tmp_path, answer, message):
    monkeypatch.setattr(checking, "compile_file", Compiler(answer))
    with pytest.raises(checking.CheckFailed, match=message):
        checking.check_mutant(tmp_path, [], {**MUTANT, "fails_in": "supported_min"})


def test_mutants_must_change_one_place(checking, tmp_path):
    with pytest.raises(checking.CheckFailed, match="occurs 0 times"):
        checking.check_mutant(tmp_path, [], {**MUTANT, "edits": [["no such text", ""]], "fails_in": "x"})


def test_every_mutant_still_applies(coq):
    for mutant in json.loads((coq / "mutants.json").read_text()):
        source = (coq / mutant["file"]).read_text()
        for old, new in mutant["edits"]:
            assert source.count(old) == 1, mutant["name"]
            assert old != new
            source = source.replace(old, new)
        assert mutant["fails_in"] in source


def test_record_is_of_these_files(checking, coq, record):
    _, files = checking.project()
    assert list(record["files"]) == files == [*dict.fromkeys(files)]
    assert {path.name for path in coq.glob("*.v")} == set(files)
    for name, digest in record["files"].items():
        assert hashlib.sha256((coq / name).read_bytes()).hexdigest() == digest, (
            f"{name}: run check.py --record"
        )
    assert record["claims"] == json.loads((coq / "claims.json").read_text())


def test_record_lists_what_each_theorem_rests_on(checking, coq, record):
    needs = checking.required({name: (coq / name).read_text() for name in record["files"]})
    for theorem, entry in record["theorems"].items():
        assert entry["requires"] == needs[entry["file"]], theorem
        assert entry["file"] in entry["requires"]
        for other in entry["requires"]:
            assert set(needs[other]) <= set(entry["requires"])
    numeric = {name for name, entry in record["theorems"].items() if entry["axioms"] == "numeric"}
    assert numeric == {"ReferenceLimit"}
    assert set(record["axioms"]["library"]) < set(record["axioms"]["numeric"])


def test_claims_name_theorems(checking, record):
    assert record["claims"]
    assert checking.claims_table(list(record["theorems"])) == record["claims"]
    with pytest.raises(checking.CheckFailed, match="names"):
        checking.claims_table([])


def test_without_coq_the_exit_code_is_two(checking, monkeypatch, capsys):
    monkeypatch.setattr(checking.shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["check.py"])
    assert checking.main() == 2
    assert "not re-checked here" in capsys.readouterr().err


@pytest.mark.slow
@needs_coq
def test_sample_library_and_instances_compile(coq, generating, tmp_path):
    instances = []
    for name in ("two_layers", "four_layers"):
        theorem = "".join(map(str.capitalize, name.split("_")))
        case = generating.read_instance(coq / "instances" / f"{name}.toml", 50, theorem)
        instances.append(tmp_path / f"{theorem}.v")
        instances[-1].write_text(generating.coq_file(case))
    command = [sys.executable, str(coq / "check.py"), "--no-mutants", "--instance", *map(str, instances)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "FourLayers.v" in result.stdout


@pytest.mark.slow
@needs_coq
def test_a_wrong_digit_does_not_compile(coq, generating, tmp_path):
    case = generating.read_instance(coq / "instances" / "two_layers.toml", 50, "Wrong")
    source = generating.coq_file(case)
    start = source.index("Definition high")
    digits = source.index("(", source.index("0%nat", start)) + 40
    wrong = tmp_path / "Wrong.v"
    wrong.write_text(source[:digits] + str((int(source[digits]) - 1) % 10) + source[digits + 1 :])
    command = [sys.executable, str(coq / "check.py"), "--no-mutants", "--instance", str(wrong)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "Wrong.v does not compile" in result.stderr


@pytest.mark.slow
@needs_coq
def test_every_mutant_is_refused(coq):
    result = subprocess.run(
        [sys.executable, str(coq / "check.py")], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "mutants, each refused where expected" in result.stdout
