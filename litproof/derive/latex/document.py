"""Derivations as LaTeX documents, and their compilation."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from litproof.derive.latex.bibliography import bibliography
from litproof.derive.latex.escape import escape, label
from litproof.derive.latex.layout import display
from litproof.derive.latex.printer import latex
from litproof.errors import LitproofError

if TYPE_CHECKING:
    from litproof.derive.derivation import Derivation, Part
    from litproof.derive.steps import Step

PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage[margin=27mm]{geometry}
\usepackage{amsmath,amssymb,amsthm}
\usepackage{booktabs,longtable}
\usepackage[hidelinks]{hyperref}
\allowdisplaybreaks
\numberwithin{equation}{section}
\newcommand{\litcheck}[1]{\par\nopagebreak\vspace{-2pt}{\footnotesize\sffamily\textcolor{gray}{#1}}\par\smallskip}
\newcommand{\litwords}{\textsf{\footnotesize[argued in words]}\ } \usepackage{xcolor}
\newcommand{\litproved}[3]{\expandafter\def\csname lit:#1\endcsname{{\sloppy\par Proved in Coq, #2: #3.\par}}}
\newcommand{\litkernel}[1]{\ifcsname lit:#1\endcsname\csname lit:#1\endcsname\fi}
\InputIfFileExists{litproof-kernel}{}{}
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
    ``litproof-kernel.tex`` may say with ``\litproved{claim}{how much}{theorems}`` what is proved in Coq.
    """
    bodies = {f"bodies/{_file(d)}.tex": _Section(d).text() + "\n" for d in derivations}
    single = {
        f"{_file(d)}.tex": _document(d.title, [d], preamble=_INPUT_PREAMBLE, section=_input_body)
        for d in derivations
    }
    whole = _document(
        "Derivations", derivations, contents=True, preamble=_INPUT_PREAMBLE, section=_input_body
    )
    return {"preamble.tex": PREAMBLE, **bodies, **single, "litproof.tex": whole}


_INPUT_PREAMBLE = "\\input{preamble}\n"


def _file(derivation: Derivation) -> str:
    return derivation.claim.replace("/", "-")


def _input_body(derivation: Derivation) -> str:
    return f"\\input{{bodies/{_file(derivation)}}}"


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


def _body(derivation: Derivation) -> str:
    return _Section(derivation).text()


def _document(
    title: str,
    derivations: Sequence[Derivation],
    *,
    contents: bool = False,
    preamble: str = PREAMBLE,
    section: Callable[[Derivation], str] = _body,
) -> str:
    keys = {key for derivation in derivations for key in derivation.sources}
    parts = [
        preamble,
        f"\\title{{{escape(title)}}}\n\\author{{litproof}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle",
        "\\tableofcontents" if contents else "",
        CONVENTIONS,
        *(section(derivation) for derivation in derivations),
        bibliography(keys),
        "\\end{document}\n",
    ]
    return "\n\n".join(part for part in parts if part)


CONVENTIONS = (
    r"\paragraph{How to read this.} Every displayed relation is printed from the symbolic object that was "
    r"checked, and the line below it says what the check was. Definitions and hypotheses are stated, not "
    r"checked. Reasoning that rests on a theorem of analysis and not on a computation is marked \litwords."
)


class _Section:
    """One derivation as a section; labels carry the claim id so that many fit into one document."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.prefix = label(derivation.claim.replace("/", ":"))

    def text(self) -> str:
        derivation = self.derivation
        cites = ",".join(derivation.sources)
        name = f"Theorem {derivation.code}, claim" if derivation.code else "Claim"
        blocks = [
            f"\\section{{{escape(derivation.title)}}}\\label{{{self.prefix}}}",
            f"{name} \\texttt{{{escape(derivation.claim)}}}; source \\cite{{{cites}}}.\\litkernel{{{self.prefix}}}",
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
        from litproof.derive.derivation import Argument, Shown
        from litproof.derive.steps import Step

        blocks = []
        for part in parts:
            if isinstance(part, Step):
                blocks.append(self.step(part))
            elif isinstance(part, Shown):
                blocks.append(display(self.derivation.step(part.name).relation))
            elif isinstance(part, Argument):
                blocks.append("\\litwords " + self.prose(part.text))
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
            elif name == "cite" and reference:
                pieces.append(f"\\cite{{{reference}}}")
            elif name is not None:
                pieces.append(f"${latex(self.object(name))}$")
        return "".join(pieces)

    def object(self, name: str) -> object:
        if name in self.derivation.symbols:
            return self.derivation.symbols[name]
        return self.derivation.step(name).relation

    def summary(self) -> str:
        from litproof.derive.steps import STATED

        kinds: dict[str, list[str]] = {}
        for step in self.derivation.steps:
            kinds.setdefault(step.kind, []).append(self.reference(step.name))
        checked = [f"{kind} & {', '.join(refs)} \\\\" for kind, refs in kinds.items() if kind not in STATED]
        stated = [f"{kind} & {', '.join(refs)} \\\\" for kind, refs in kinds.items() if kind in STATED]
        rows = "\n".join([*checked, "\\midrule", *stated])
        return (
            "\\begin{longtable}{@{}lp{0.72\\textwidth}@{}}\n\\toprule\n"
            + rows
            + "\n\\bottomrule\n\\end{longtable}"
        )
