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
        "Admit Obligations.",
        "Axiom t : False.",
        "Local Axiom t : False.",
        "Parameters (a b : nat).",
        "Conjecture t : False.",
        "Variable t : False.",
        "Hypotheses (t : False).",
        "Context (t : False).",
        "Section S. End S. Variable t : False.",
        'Declare ML Module "tricks".',
        "Module Type T. End T.",
        'Load "elsewhere".',
        "Primitive add := #int63_add.",
        "Unset Guard Checking.",
        "Unset   Universe  Checking.",
        "Set Definitional UIP.",
        "#[bypass_check(guard)] Fixpoint f (n : nat) : nat := f n.",
        'Definition s := "(*". Axiom t : False. Definition e := "*)".',
        '(* " *) " *) Axiom t : False.',
    ],
)
def test_escape_hatches_are_refused(checking, proof):
    with pytest.raises(checking.CheckFailed, match=r"X\.v:2: .* is not a proof"):
        checking.scan({"X.v": f"(* a comment *)\n{proof}"})


@pytest.mark.parametrize(
    "text",
    [
        "(* Axiom (* nested *) Admitted *) ",
        '(* "*)" Axiom *) ',
        'Definition s := "Axiom". ',
        "Section S. Variable n : nat. Section T. Hypothesis h : n = n. End T. Context (k : nat). End S. ",
    ],
)
def test_what_only_looks_like_an_escape_hatch_is_fine(checking, text):
    assert checking.scan({"X.v": f"{text}\nTheorem one : True. Proof. exact I. Qed."}) == {"one": "X.v"}


def test_comments_keep_lines(checking):
    assert checking.code_of("a (* b\n (* c *) d *) e").splitlines()[1].strip() == "e"


def test_a_theorem_has_one_file(checking):
    with pytest.raises(checking.CheckFailed, match=r"theorem one is in X\.v and in Y\.v"):
        checking.scan({"X.v": "Theorem one : True.", "Y.v": "Theorem one : True."})


@pytest.fixture
def copy(checking, coq, monkeypatch, tmp_path):
    """The checker at work on a copy of its folder."""
    folder = tmp_path / "coq"
    shutil.copytree(coq, folder)
    monkeypatch.setattr(checking, "HERE", folder)
    return folder


def edit(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("-Q . Litproof", "-Q . Litproof -type-in-type", "flags .* -type-in-type"),
        ("-Q . Litproof", "-Q . Litproof\n-arg -type-in-type", "flags .* -type-in-type"),
        ("-Q . Litproof", "-Q . Litproof\n-arg -impredicative-set", "flags .* -impredicative-set"),
        ("-Q . Litproof", "-R /elsewhere Other\n-Q . Litproof", "flags .*elsewhere"),
        ("Refuted.v\n", "", r"every \.v file of this folder once: Refuted\.v"),
        ("Refuted.v\n", "Refuted.v\nRefuted.v\n", r"once: Refuted\.v"),
        ("Refuted.v\n", "Refuted.v\nsub/Other.v\n", r"once: sub/Other\.v"),
    ],
)
def test_the_project_has_our_flags_and_every_file_once(checking, copy, old, new, message):
    assert checking.project()
    edit(copy / "_CoqProject", old, new)
    with pytest.raises(checking.CheckFailed, match=message):
        checking.project()


def test_an_unlisted_file_is_refused(checking, copy):
    (copy / "Cheat.v").write_text("Axiom cheat : False.")
    with pytest.raises(checking.CheckFailed, match=r"once: Cheat\.v"):
        checking.project()


def test_files_come_after_what_they_import(checking):
    one, two = "Definition n := 1.", "From Litproof Require Import A.\nDefinition k := n."
    assert checking.imports({"A.v": one, "B.v": two}) == {"A.v": set(), "B.v": {"A.v"}}
    with pytest.raises(checking.CheckFailed, match=r"B\.v imports A\.v"):
        checking.imports({"B.v": two, "A.v": one})


PRINTED = """Axioms:
ClassicalDedekindReals.sig_not_dec : forall P : Prop,
  {~ ~ P} + {~ P}
Classical_Prop.classic : forall P : Prop, P \\/ ~ P
"""


def test_axioms_are_read_and_compared(checking):
    names = {"ClassicalDedekindReals.sig_not_dec", "Classical_Prop.classic"}
    assert checking.check_axioms(PRINTED, numeric=False) == names
    with pytest.raises(checking.CheckFailed, match=r"assume Flow\.shortcut"):
        checking.check_axioms(PRINTED + "Flow.shortcut : False\n", numeric=False)
    with pytest.raises(checking.CheckFailed, match="no assumptions were printed"):
        checking.check_axioms("", numeric=False)


def test_machine_integers_are_for_numeric_files_only(checking):
    line = "PrimInt63.add : PrimInt63.int -> PrimInt63.int -> PrimInt63.int\n"
    assert checking.check_axioms(line, numeric=True) == {"PrimInt63.add"}
    with pytest.raises(checking.CheckFailed, match=r"assume PrimInt63\.add"):
        checking.check_axioms(line, numeric=False)


def test_where_a_file_fails(checking):
    source = "Lemma a : True.\nProof. exact I. Qed.\nTheorem b : False.\nProof.\n  exact I.\nQed."
    message = 'File "./X.v", line 5, characters 8-9:\nError: no'
    assert checking.failing_lemma(source, message) == "b"
    assert checking.failing_lemma(source, "Out of memory").startswith("nothing")


class Compiler:
    """Answers for coqc, one a call."""

    def __init__(self, *answers):
        self.answers, self.sources = list(answers), []

    def __call__(self, directory, name, library):
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
        (
            SimpleNamespace(
                returncode=1,
                stderr="line 1, characters 0-1:\nError:\nFound no subterm matching x in the current goal.",
                stdout="",
            ),
            "fails as a script .*, not as a statement",
        ),
    ],
)
def test_mutants_that_live_are_reported(checking, monkeypatch, tmp_path, answer, message):
    monkeypatch.setattr(checking, "compile_file", Compiler(answer))
    with pytest.raises(checking.CheckFailed, match=message):
        checking.check_mutant(tmp_path, {**MUTANT, "fails_in": "supported_min"})


def test_every_mutant_that_lives_is_named(checking, monkeypatch, tmp_path):
    alive = SimpleNamespace(returncode=0, stderr="", stdout="")
    monkeypatch.setattr(checking, "compile_file", lambda *_: alive)
    mutants = [{**MUTANT, "name": name, "fails_in": "supported_min"} for name in ("first", "second")]
    with pytest.raises(checking.CheckFailed, match="mutant 'first' compiles\nmutant 'second' compiles"):
        checking.check_mutants(tmp_path, mutants)
    monkeypatch.setattr(checking, "compile_file", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        checking.check_mutants(tmp_path, mutants)


def test_mutants_are_passed_over_only_on_the_same_sources(checking, copy, monkeypatch, tmp_path):
    tried = []
    monkeypatch.setattr(checking, "check_mutant", lambda _, mutant: tried.append(mutant["name"]))
    monkeypatch.setattr(checking, "coq_version", lambda: "8")
    mutants = [{**MUTANT, "fails_in": "supported_min"}]
    for _ in range(2):
        checking.check_mutants(tmp_path, mutants)
    assert len(tried) == 1
    checking.check_mutants(tmp_path, [{**MUTANT, "fails_in": "elsewhere"}])
    assert len(tried) == 2
    for name in ("Sums.v", "check.py"):
        (copy / name).write_text((copy / name).read_text() + "\n")
        checking.check_mutants(tmp_path, mutants)
    assert len(tried) == 4


def test_files_are_passed_over_only_on_the_same_sources(checking, monkeypatch, tmp_path):
    compiled = []
    good = SimpleNamespace(returncode=0, stderr="", stdout="")
    monkeypatch.setattr(checking, "compile_file", lambda _, name: compiled.append(name) or good)
    monkeypatch.setattr(checking, "coq_version", lambda: "8")
    first = {"A.v": "a", "B.v": "From Litproof Require Import A.", "C.v": "c"}
    for sources, expected in (
        (first, {"A.v", "B.v", "C.v"}),
        (first, set()),
        ({**first, "A.v": "changed"}, {"A.v", "B.v"}),
        (first, {"A.v", "B.v"}),
    ):
        compiled.clear()
        checking.compile_library(tmp_path, sources)
        assert set(compiled) == expected


def test_an_instance_cannot_take_the_place_of_a_file(checking, tmp_path):
    (tmp_path / "Kkt.v").write_text("Definition n := 1.")
    instance = tmp_path / "given" / "Kkt.v"
    instance.parent.mkdir()
    instance.write_text("Theorem one : True. Proof. exact I. Qed.")
    with pytest.raises(checking.CheckFailed, match=r"Kkt\.v: a file of this name is in the library"):
        checking.check_instance(tmp_path, instance)


def test_mutants_must_change_one_place(checking, tmp_path):
    with pytest.raises(checking.CheckFailed, match="occurs 0 times"):
        checking.check_mutant(tmp_path, {**MUTANT, "edits": [["no such text", ""]], "fails_in": "x"})


def test_every_mutant_still_applies(checking):
    for mutant in checking.chosen_mutants(None, 0):
        assert mutant["fails_in"] in checking.mutated(mutant)


def test_record_is_of_these_files(checking, coq, record):
    files = checking.project()
    assert record["files"] == checking.digests(files), "run check.py --record"
    assert record["theorems"] == checking.scan({name: (coq / name).read_text() for name in files})
    assert record["claims"] == checking.claims_table(record["theorems"])
    assert set(record["axioms"]["library"]) < set(record["axioms"]["numeric"])


def test_the_reader_agrees_on_what_the_verdict_rests_on(checking):
    from litproof.claims.kernel import RULES

    assert set(checking.RULES) == RULES


def test_claim_ids_are_those_of_the_catalogue(coq):
    from litproof.claims.catalogue import catalogue

    assert (coq / "claim_ids.txt").read_text().split() == sorted(catalogue())


def test_an_example_against_a_mutant_is_a_theorem(checking, record):
    mutants = checking.chosen_mutants(None, 0)
    assert checking.refutations(mutants, record["theorems"]) >= 30
    wrong = [{"name": "a mutant", "refuted_by": "no_such_theorem"}]
    with pytest.raises(checking.CheckFailed, match=r"mutants\.json names no_such_theorem"):
        checking.refutations(wrong, record["theorems"])


WHOLE, PART = "ykm/linear-model", "ykm/singular-vectors"


@pytest.mark.parametrize(
    ("claim", "change", "message"),
    [
        (WHOLE, {"theorems": []}, "linear-model needs covers"),
        (WHOLE, {"theorems": ["no_such_theorem"]}, "names no_such_theorem"),
        (WHOLE, {"covers": "part"}, "linear-model needs covers"),
        (WHOLE, {"missing": "nothing"}, "linear-model needs covers"),
        (PART, {"missing": ""}, "singular-vectors needs covers"),
        (PART, {"covers": "statement"}, "singular-vectors needs covers"),
        (PART, {"covers": "all"}, "singular-vectors needs covers"),
        ("ykm/linear-models", {}, r"no claim ykm/linear-models in claim_ids\.txt"),
    ],
)
def test_the_table_of_claims_is_refused_where_it_is_wrong(checking, copy, record, claim, change, message):
    table = checking.claims_table(record["theorems"])
    assert table == record["claims"]
    assert table[WHOLE]["covers"] == "statement" and table[PART]["covers"] == "part"
    table[claim] = table.get(claim, table[WHOLE]) | change
    (copy / "claims.json").write_text(json.dumps(table))
    with pytest.raises(checking.CheckFailed, match=message):
        checking.claims_table(record["theorems"])


def test_a_table_without_mutants_is_refused(checking, copy):
    (copy / "mutants.json").write_text("[]")
    with pytest.raises(checking.CheckFailed, match="no mutants"):
        checking.chosen_mutants(None, 0)


def test_a_record_needs_the_mutants(checking):
    with pytest.raises(checking.CheckFailed, match="--record needs all mutants"):
        checking.run(record=True, count=5, seed=0, keep=None, instances=[])


def test_the_record_must_be_of_this_run(checking, copy, record):
    checking.check_record(record)
    checking.check_record({**record, "coq": "8.99"})
    for key in ("files", "theorems", "claims", "axioms", "schema"):
        with pytest.raises(checking.CheckFailed, match=f"something else under {key}: run check.py --record"):
            checking.check_record({**record, key: None})
    for text in ("", "[]", "3", "{}"):
        (copy / "record.json").write_text(text)
        with pytest.raises(checking.CheckFailed, match="run check"):
            checking.check_record(record)


@needs_coq
def test_an_axiom_behind_a_theorem_is_found_whatever_hides_it(checking, tmp_path):
    honest = "Theorem one : True. Proof. exact I. Qed."
    hidden = "Axiom cheat : False. Theorem two : 0 = 1. Proof. destruct cheat. Qed."
    checking.compile_library(tmp_path, {"A.v": honest, "B.v": hidden})
    with pytest.raises(checking.CheckFailed, match=r"assume B\.cheat"):
        checking.assumptions(tmp_path, {"one": "A.v", "two": "B.v"}, numeric=False)
    with pytest.raises(checking.CheckFailed, match=r"A\.v does not compile"):
        checking.compile_library(
            tmp_path, {"A.v": "Theorem one : False. Proof. exact I. Qed.", "B.v": honest}
        )


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
