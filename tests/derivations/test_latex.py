import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from litproof.derive.latex import document as module
from litproof.derive.latex.bibliography import REFERENCES, bibliography
from litproof.derive.latex.document import book, compile_pdf, documents, to_latex
from litproof.derive.latex.layout import RELATION_WIDTH, display, printed_width
from litproof.derive.latex.names import name_to_latex
from litproof.derive.latex.printer import latex
from litproof.derive.matrix_words import MatrixRate
from litproof.derive.notation import LayerProduct, Rate, Relation
from litproof.errors import LitproofError
from litproof.theorems import implications_book
from litproof.theorems.derivations import DERIVATIONS, derivation

ROOT = Path(__file__).resolve().parents[2]
L, i, j, l = sp.symbols("L i j l", integer=True, positive=True)
q, s, t, x, y = sp.symbols("q s t x y", real=True)
eta = sp.IndexedBase("eta")
real = sp.IndexedBase("eta", real=True)
A, B = sp.MatrixSymbol("A", 2, 2), sp.MatrixSymbol("W_l", 2, 2)

needs_tex = pytest.mark.skipif(
    not (shutil.which("latexmk") or shutil.which("pdflatex")), reason="no TeX installation"
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ((1 + q**2) ** ((L - 1) / 2), r"\left(1 + q^{2}\right)^{(L - 1)/2}"),
        (L + 2, "L + 2"),
        (1 - q**2, "1 - q^{2}"),
        (y - x**2, "y - x^{2}"),
        (x / (2 * y), r"\frac{x}{2 y}"),
        (-x * y, "- x y"),
        (sp.gamma(L / 2 - sp.S.Half), r"\Gamma\left(\frac{L - 1}{2}\right)"),
        (Rate(real[l, j], t), r"\dot{\eta}_{l,j}"),
        (Rate(q, s), r"\frac{d q}{d s}"),
        (Rate(q * s, t) ** 2, r"\left(\frac{d}{d t} \left(q s\right)\right)^{2}"),
        (Rate(q, s) * x, r"x \frac{d q}{d s}"),
        (LayerProduct(real[i, j], i, L, l), r"\prod_{i \ne l} \eta_{i,j}"),
        (LayerProduct(real[i, j], i, L), r"\prod_{i=1}^{L} \eta_{i,j}"),
        (eta[l, j] * sp.conjugate(eta[l, j]), r"\left|\eta_{l,j}\right|^{2}"),
        (sp.conjugate(x * eta[l, j]), r"\overline{\eta_{l,j}} x"),
        (sp.Symbol("beta_star"), r"\beta^{\ast}"),
        (sp.Symbol("eta_bar"), r"\bar{\eta}"),
        (B.T * A - A * B, "W_{l}^{T} A - A W_{l}"),
        (MatrixRate(B, t), r"\dot{W}_{l}"),
        (-(A * B), "-A W_{l}"),
        (A * (A + B), r"A \left(A + W_{l}\right)"),
        (sp.exp(-2 * x), "e^{- 2 x}"),
        (sp.sqrt(1 + x**2), r"\sqrt{1 + x^{2}}"),
        (x ** (-L), r"\frac{1}{x^{L}}"),
        (x ** (2 - L), "x^{2 - L}"),
    ],
)
def test_expressions_in_print(expression, expected):
    assert (
        re.sub(r"\s*\{\\left\(", r"\\left(", latex(expression)).replace(r"\right)}", r"\right)") == expected
    )


def test_relations_and_names():
    assert latex(Relation(x, y, "<=")) == r"x \le y"
    assert latex(Relation(x, sp.S.Zero, ">", y**2)) == "x = y^{2} > 0"
    assert name_to_latex("sigma_min") == r"\sigma_{\min}"
    assert name_to_latex("beta(0)") == r"\beta(0)"
    assert name_to_latex("W_bar_1") == r"\bar{W}_{1}"


def test_long_displays_break_between_terms_and_lose_none():
    symbols = sp.symbols("a0:40")
    text = display(Relation(x, sp.Add(*symbols)), "sum")
    assert text.count(r"\\") >= 3
    assert all(latex(symbol) in text for symbol in symbols)
    assert r"\begin{split}" in text
    for line in text.splitlines():
        assert printed_width(line) <= RELATION_WIDTH + 15
    assert r"\begin{split}" not in display(Relation(x, y))


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("derive_all", ROOT / "scripts" / "derive_all.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def texts(script):
    return {
        **documents([build() for build in DERIVATIONS.values()]),
        "litproof-kernel.tex": script.kernel_proofs([build() for build in DERIVATIONS.values()]),
    }


def test_committed_files_are_up_to_date(texts):
    for name, text in texts.items():
        assert (ROOT / "derivations" / name).read_text(encoding="utf-8") == text, (
            f"run scripts/derive_all.py: {name}"
        )


def test_no_file_is_left_over(texts):
    folder = ROOT / "derivations"
    written = {str(path.relative_to(folder)) for path in folder.rglob("*.tex") if "coq" not in path.parts}
    assert written == {*texts, implications_book.FILE}


def test_a_section_names_the_theorems_in_coq_behind_its_claim(texts):
    claims = json.loads((ROOT / "derivations" / "coq" / "claims.json").read_text("utf-8"))
    said = texts["litproof-kernel.tex"].splitlines()
    lemmas = [claim for claim, build in DERIVATIONS.items() if build().kernel and claim not in claims]
    assert len(said) == len(claims) + len(lemmas)
    for line, claim in zip(said[len(claims) :], lemmas, strict=True):
        assert line.startswith(f"\\litproved{{{claim.replace('/', ':')}}}{{in part}}{{\\texttt")
    for line, (claim, proof) in zip(said, claims.items(), strict=False):
        key = claim.replace("/", ":")
        assert line.startswith(f"\\litproved{{{key}}}{{")
        names = re.findall(r"\\texttt\{((?:[^{}]|\{\})*)\}", line)
        assert [name.replace(r"\_\allowbreak{}", "_") for name in names] == proof["theorems"]
        assert ("missing: " in line) == (proof["covers"] == "part")
        if (body := f"bodies/{claim.replace('/', '-')}.tex") in texts:
            assert texts[body].count(f"\\litkernel{{{key}}}") == 1


def test_output_does_not_depend_on_the_hash_seed(texts):
    code = "from litproof.theorems.derivations import derivation; from litproof.derive.latex.document import to_latex; import sys; sys.stdout.write(to_latex(derivation(sys.argv[1])))"  # noqa: E501
    for claim in ("ykm/regression-limit", "ykm/conserved-odeco"):
        run = subprocess.run(
            [sys.executable, "-c", code, claim],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": "12345"},
        )
        assert run.stdout == to_latex(derivation(claim))


def test_references_and_labels_fit_together(texts):
    whole = {name: inserted(text, texts) for name, text in texts.items() if r"\begin{document}" in text}
    for name, text in whole.items():
        labels = re.findall(r"\\label\{([^}]*)\}", text)
        assert len(labels) == len(set(labels)), name
        body = text.partition(r"\begin{document}")[2]
        assert set(re.findall(r"\\eqref\{([^}]*)\}", body)) <= set(labels), name
        if name == "litproof.tex":
            recalled = re.findall(r"\\lit(?:equation|section)\{([^}]*)\}", body)
            assert set(recalled) <= set(labels)
        cited = {key for group in re.findall(r"\\cite\{([^}]*)\}", text) for key in group.split(",")}
        assert cited <= set(re.findall(r"\\bibitem\{([^}]*)\}", text)), name
        assert text.count("{") == text.count("}"), name


def inserted(text, texts):
    r"""The text with its \input files in their places."""
    return re.sub(r"\\input\{([^}]*)\}", lambda match: texts[f"{match[1]}.tex"], text)


def test_a_body_stands_once(texts):
    for claim in DERIVATIONS:
        name = claim.replace("/", "-")
        assert inserted(texts[f"{name}.tex"], texts).count(rf"\label{{{claim.replace('/', ':')}}}") == 1
        assert texts["litproof.tex"].count(rf"\input{{bodies/{name}}}") == 1


def test_every_step_says_how_it_was_checked():
    derived = derivation("ykm/regression-limit")
    text = to_latex(derived)
    assert text.count(r"\litcheck{") == len(derived.steps)
    assert "derivative: normal form of the difference is zero" in text


def test_bibliography_knows_its_keys():
    assert "arXiv:2010.02501" in bibliography(["ykm"])
    assert set(REFERENCES) >= {"ykm", "carlson"}
    with pytest.raises(KeyError, match="nobody"):
        bibliography(["nobody"])


@needs_tex
def test_the_book_compiles_without_complaints(tmp_path, texts):
    (tmp_path / "bodies").mkdir()
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    source = tmp_path / "litproof.tex"
    pdf = compile_pdf(source, tmp_path / "out")
    assert pdf.read_bytes().startswith(b"%PDF")
    log = pdf.with_suffix(".log").read_text(encoding="latin-1")
    assert "undefined" not in log
    assert not re.search(r"Overfull \\hbox \((\d{2,})\.", log)


@needs_tex
def test_errors_of_tex_are_reported(tmp_path):
    source = tmp_path / "bad.tex"
    source.write_text(r"\documentclass{article}\begin{document}\nonsense\end{document}", encoding="utf-8")
    with pytest.raises(LitproofError, match="Undefined control sequence"):
        compile_pdf(source, tmp_path)


def test_missing_tex_and_time_limits_are_said_clearly(tmp_path, monkeypatch):
    source = tmp_path / "any.tex"
    source.write_text(book([derivation("ykm/linear-model")]), encoding="utf-8")
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    with pytest.raises(LitproofError, match="neither latexmk nor pdflatex"):
        compile_pdf(source, tmp_path)

    def slow(command, **options):
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(module.shutil, "which", lambda name: name)
    monkeypatch.setattr(module.subprocess, "run", slow)
    with pytest.raises(LitproofError, match="did not finish"):
        compile_pdf(source, tmp_path, timeout=1)


AWKWARD = [
    "a_b%c#d&e",
    "{$x$}",
    "back\\slash^~|<>\"'`",
    "é Ł ß œ ș Ž",
    "漢字 Ω Я",
    "-dash",
    "a\x1bb",
    "x\udcffy",
    "1. [a]{b}",
]


@pytest.mark.parametrize("name", AWKWARD)
def test_names_of_files_are_plain_text_to_tex(name):
    derived = replace(derivation("ykm/linear-model"), claim=f"discovered/{name}", title=name)
    text = to_latex(derived)
    text.encode("ascii")
    unescaped = re.sub(r"\\[&%$#_{}]", "", text).partition(r"\title")[2]
    assert unescaped.count("{") == unescaped.count("}") and "#" not in unescaped
    labels = re.findall(r"\\label\{([^}]*)\}", text)
    assert labels and all(re.fullmatch(r"[A-Za-z0-9:./+-]+", entry) for entry in labels)
    assert set(re.findall(r"\\eqref\{([^}]*)\}", text.partition(r"\begin{document}")[2])) <= set(labels)


@needs_tex
def test_a_title_of_every_awkward_letter_compiles_under_an_awkward_name(tmp_path):
    """One document for all names: what fails in one of them fails here."""
    title = " ".join(AWKWARD)
    derived = replace(derivation("ykm/linear-model"), claim=f"discovered/{title}", title=title)
    source = tmp_path / "a_b%c#d&e{f}$g é漢 h.tex"
    source.write_text(to_latex(derived), "utf-8")
    pdf = compile_pdf(source, tmp_path / "out")
    assert pdf.name == "a_b%c#d&e{f}$g é漢 h.pdf" and pdf.read_bytes().startswith(b"%PDF")
    assert "undefined" not in pdf.with_suffix(".log").read_text("latin-1")


def test_different_names_have_different_labels():
    from litproof.derive.latex.escape import label

    names = ["a_b", "a-b", "a b", "a+5f+b", "a%b", "é"]
    assert len({label(name) for name in names}) == len(names)
