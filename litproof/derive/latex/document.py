"""Derivations as LaTeX documents, and their compilation."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from litproof.derive.latex.bibliography import bibliography
from litproof.derive.latex.conventions import conventions
from litproof.derive.latex.escape import escape, label
from litproof.derive.latex.layout import display
from litproof.derive.latex.printer import latex
from litproof.errors import LitproofError

if TYPE_CHECKING:
    from litproof.derive.derivation import Derivation, Part
    from litproof.derive.stated import Step

PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage[margin=27mm]{geometry}
\usepackage{amsmath,amssymb,amsthm}
\usepackage{array,booktabs,longtable,tikz}
\usepackage[hidelinks]{hyperref}
\allowdisplaybreaks \postdisplaypenalty=10000
\numberwithin{equation}{section}
\newcommand{\litcheck}[1]{\par\nopagebreak\vspace{-2pt}{\footnotesize\sffamily\textcolor{gray}{#1}}\par\smallskip}
\newcommand{\litwords}{\textsf{\footnotesize[argued in words]}\ } \usepackage{xcolor}
\newcommand{\litproved}[3]{\expandafter\def\csname lit:#1\endcsname{{\sloppy\par Proved in Coq, #2: #3.\par}}}
\newcommand{\litkernel}[1]{\ifcsname lit:#1\endcsname\csname lit:#1\endcsname\fi}
\newcommand{\litequation}[2]{\ifcsname r@#1\endcsname\eqref{#1}\else the derivation of \texttt{#2}\fi}
\newcommand{\litsection}[2]{\ifcsname r@#1\endcsname section~\ref{#1}\else \texttt{#2}\fi}
\newcommand{\litstep}[1]{\textbf{#1.}\ }
\newcommand{\litcaption}[1]{\par\smallskip\begin{minipage}{0.85\textwidth}\small #1\end{minipage}}
\newcommand{\litpicture}[2]{\begin{center}#1\litcaption{#2}\end{center}}
\InputIfFileExists{litproof-kernel}{}{}
\makeatletter \renewcommand{\l@section}{\@dottedtocline{1}{0em}{2.2em}} \makeatother
\setlength{\parindent}{0pt} \setlength{\parskip}{4pt plus 2pt}
\AtBeginDocument{\setlength{\belowdisplayskip}{4pt}\setlength{\belowdisplayshortskip}{4pt}}
"""
COMPILE_SECONDS = 120.0
_COPY = "document.tex"


def to_latex(derivation: Derivation) -> str:
    r"""A complete document for one derivation; the same text for the same derivation, whenever it is made.

    Examples
    --------
    >>> from litproof.theorems.derivations import derivation
    >>> to_latex(derivation("ykm/linear-model")).startswith(r"\documentclass")
    True
    """
    return _document(derivation.title, [derivation])


def book(derivations: Sequence[Derivation], title: str = "Derivations") -> str:
    """All derivations in one document with a table of contents."""
    return _document(title, derivations, contents=True)


def documents(derivations: Sequence[Derivation]) -> dict[str, str]:
    r"""File name -> text: the body of each derivation once, a document for each, and the book ``litproof.tex``.

    Documents and book take preamble and bodies in with ``\input``, so that nothing stands twice. Beside them a file
    ``litproof-kernel.tex`` may say with ``\litproved{claim}{how much}{theorems}`` what is proved in Coq, and
    ``litproof-implications.tex`` which result implies which.
    """
    bodies = {f"bodies/{_file(d)}.tex": _Section(d).text() + "\n" for d in derivations}
    single = {f"{_file(d)}.tex": _document(d.title, [d], **_INPUTS) for d in derivations}
    whole = _document("Derivations", derivations, contents=True, **_INPUTS)
    return {
        "preamble.tex": PREAMBLE,
        "conventions.tex": conventions() + "\n",
        **bodies,
        **single,
        "litproof.tex": whole,
    }


def _file(derivation: Derivation) -> str:
    return derivation.claim.replace("/", "-")


def _input_body(derivation: Derivation) -> str:
    return f"\\input{{bodies/{_file(derivation)}}}"


_INPUTS: dict[str, Any] = {
    "preamble": "\\input{preamble}\n",
    "reading": "\\input{conventions}",
    "section": _input_body,
}


def compile_pdf(tex: Path, out_dir: Path, *, timeout: float = COMPILE_SECONDS) -> Path:
    """Compile a .tex file to PDF in `out_dir` with latexmk, or with pdflatex run twice.

    TeX sees a copy under a name of its own, since it takes letters such as % and # in names for commands; files that
    the document takes in are looked for beside it. Returns the path of the PDF, with its log beside it.

    LitproofError when neither program is there, when the time is up, or when TeX reports an error (with the first
    line of it).
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    copy = out_dir / _COPY
    copy.write_bytes(tex.read_bytes())
    places = os.pathsep.join([".", str(tex.resolve().parent), ""])
    options = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
    if shutil.which("latexmk"):
        commands = [["latexmk", "-pdf", "-norc", *options, _COPY]]
    elif shutil.which("pdflatex"):
        commands = [["pdflatex", *options, _COPY]] * 2
    else:
        raise LitproofError(
            "no PDF: neither latexmk nor pdflatex is installed; the .tex file itself is complete"
        )
    for command in commands:
        try:
            run = subprocess.run(
                command, cwd=out_dir, capture_output=True, timeout=timeout, check=False,
                stdin=subprocess.DEVNULL, env={**os.environ, "TEXINPUTS": places},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise LitproofError(f"no PDF: {command[0]} did not finish {tex.name} in {timeout:g} s") from None
        if run.returncode:
            output = run.stdout.decode("utf-8", "replace")
            fault = next((line for line in output.splitlines() if line.startswith("!")), "see its log file")
            raise LitproofError(f"no PDF: {command[0]} failed on {tex.name}: {fault}")
    pdf = out_dir / tex.with_suffix(".pdf").name
    copy.with_suffix(".log").replace(pdf.with_suffix(".log"))
    return copy.with_suffix(".pdf").replace(pdf)


LEMMAS = "lemma/"
"""Ids of derivations that claims and certificates rest on, without a claim of their own."""


def _in_parts(
    derivations: Sequence[Derivation], section: Callable[[Derivation], str], titled: bool
) -> list[str]:
    """The sections in order; in a book the lemmas are a part of their own, at its end."""
    lemmas = [derivation for derivation in derivations if derivation.claim.startswith(LEMMAS)]
    theorems = [derivation for derivation in derivations if derivation not in lemmas]
    if not (titled and lemmas and theorems):
        return [section(derivation) for derivation in derivations]
    return [
        "\\part{Theorems}",
        *map(section, theorems),
        "\\InputIfFileExists{litproof-implications}{}{}",
        "\\part{Lemmas behind the certificates}",
        *map(section, lemmas),
    ]


def _body(derivation: Derivation) -> str:
    return _Section(derivation).text()


def _document(
    title: str,
    derivations: Sequence[Derivation],
    *,
    contents: bool = False,
    preamble: str = PREAMBLE,
    reading: str = "",
    section: Callable[[Derivation], str] = _body,
) -> str:
    keys = {key for derivation in derivations for key in derivation.sources}
    parts = [
        preamble,
        f"\\title{{{escape(title)}}}\n\\author{{litproof}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle",
        "\\tableofcontents" if contents else "",
        reading or conventions(),
        *_in_parts(derivations, section, contents),
        bibliography(keys),
        "\\end{document}\n",
    ]
    return "\n\n".join(part for part in parts if part)


def _prefix(claim: str) -> str:
    return label(claim.replace("/", ":"))


class _Section:
    """One derivation as a section; labels carry the claim id so that many fit into one document."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.prefix = _prefix(derivation.claim)
        self.numbers = derivation.argument_numbers

    def text(self) -> str:
        derivation = self.derivation
        source = f"; source \\cite{{{','.join(derivation.sources)}}}" if derivation.sources else ""
        kind = "Lemma" if derivation.claim.startswith(LEMMAS) else "Theorem"
        name = f"{kind} {derivation.code}, claim" if derivation.code else "Claim"
        if kind == "Lemma":
            name = f"{kind} {derivation.code}"
        short = f"[{derivation.code}: {escape(derivation.title)}]" if derivation.code else ""
        blocks = [
            f"\\section{short}{{{escape(derivation.title)}}}\\label{{{self.prefix}}}",
            f"{name} \\texttt{{{escape(derivation.claim)}}}{source}.\\litkernel{{{self.prefix}}}",
            "\\subsection*{Statement}",
            *self.parts(derivation.statement),
            "\\subsection*{Hypotheses and notation}",
            *self.parts(derivation.hypotheses),
            "\\subsection*{Derivation}",
            *self.parts(derivation.body),
        ]
        if derivation.conclusion:
            blocks += ["\\subsection*{Conclusion}", *self.parts(derivation.conclusion)]
        blocks += ["\\subsection*{What was checked by machine}", self.summary()]
        return "\n\n".join(blocks)

    def parts(self, parts: Iterable[Part]) -> list[str]:
        from litproof.derive.derivation import Argument, Picture, Shown
        from litproof.derive.stated import Step

        blocks = []
        for part in parts:
            if isinstance(part, Step):
                blocks.append(self.step(part))
            elif isinstance(part, Shown):
                blocks.append(display(self.derivation.step(part.name).relation))
            elif isinstance(part, Argument):
                number = f"\\litstep{{{self.numbers[part.name]}}}" if part.name else ""
                blocks.append(f"{number}\\litwords {self.prose(part.text)}")
            elif isinstance(part, Picture):
                drawing = f"\\begin{{tikzpicture}}\n{part.drawing}\n\\end{{tikzpicture}}"
                blocks.append(f"\\litpicture{{{drawing}}}{{{self.prose(part.caption)}}}")
            else:
                blocks.append(self.prose(part))
        return blocks

    def step(self, step: Step) -> str:
        lines = [self.prose(step.reason)] if step.reason else []
        lines.append(display(step.relation, f"{self.prefix}:{step.name}"))
        lines.append(f"\\litcheck{{{self.tag(step)}}}")
        return "\n".join(lines)

    def tag(self, step: Step) -> str:
        tag = escape(step.kind if not step.check else f"{step.kind}: {step.check}")
        if step.defines is not None:
            tag += f" of ${latex(step.defines)}$"
        if step.source:
            tag = f"{step.kind}: \\cite{{{step.source}}}, {escape(step.check)}"
        if step.origin[0]:
            claim, name = step.origin
            tag = f"{step.kind}: \\litequation{{{_prefix(claim)}:{name}}}{{{escape(claim)}}}"
        if step.uses:
            tag += "; uses " + ", ".join(self.reference(name) for name in step.uses)
        return tag

    def reference(self, name: str) -> str:
        return f"\\eqref{{{self.prefix}:{name}}}"

    def prose(self, template: str) -> str:
        pieces = []
        for text, name, reference, _ in Formatter().parse(template):
            pieces.append(escape(text))
            if name == "eq" and reference:
                pieces.append(self.reference(reference))
            elif name == "step" and reference:
                pieces.append(f"step~{self.numbers[reference]}")
            elif name == "see" and reference:
                pieces.append(f"\\litsection{{{_prefix(reference)}}}{{{escape(reference)}}}")
            elif name == "cite" and reference:
                pieces.append(f"\\cite{{{reference}}}")
            elif name is not None:
                pieces.append(f"${latex(self.derivation.formula(name))}$")
        return "".join(pieces)

    def summary(self) -> str:
        from litproof.derive.stated import STATED

        kinds: dict[str, list[str]] = {}
        for step in self.derivation.steps:
            kinds.setdefault(step.kind, []).append(self.reference(step.name))
        lines = []
        for heading, stated in (("Decided", False), ("Stated", True)):
            groups = [
                f"{kind} {', '.join(refs)}" for kind, refs in kinds.items() if (kind in STATED) == stated
            ]
            if groups:
                lines.append(f"\\textbf{{{heading}}}: {'; '.join(groups)}.")
        return "{\\footnotesize " + "\\par\n".join(lines) + "\\par}"
