"""Write derivations/*.tex and their README for every claim that has a derivation, and the book litproof.tex.

The table of the papers cited in the guide is brought up to date as well.

python scripts/derive_all.py [--check | --pdf DIRECTORY]
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from litproof.derive.derivation import Argument, Derivation
from litproof.derive.latex.document import compile_pdf, documents
from litproof.derive.latex.escape import escape, label
from litproof.derive.stated import STATED
from litproof.theorems import cited, implications_book
from litproof.theorems.derivations import DERIVATIONS

GUIDE = "../litproof/guide/theory.md"
"""Its table of the papers cited is written from the objects as well."""

FOLDER = Path(__file__).resolve().parent.parent / "derivations"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="fail when a committed file differs")
    mode.add_argument(
        "--pdf", type=Path, metavar="DIRECTORY", help="compile all documents into this directory"
    )
    arguments = parser.parse_args()
    built = [build() for build in DERIVATIONS.values()]
    texts = {
        **documents(built),
        "litproof-kernel.tex": kernel_proofs(built),
        implications_book.FILE: implications_book.section(),
        "README.md": readme(built),
        GUIDE: guide((FOLDER / GUIDE).read_text(encoding="utf-8")),
    }
    if arguments.check:
        stale = [name for name, text in texts.items() if not _same(FOLDER / name, text)]
        print("\n".join(f"out of date: derivations/{name}" for name in stale) or "derivations are up to date")
        return bool(stale)
    for name, text in texts.items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")
    for name in texts if arguments.pdf else ():
        if name.endswith(".tex") and r"\begin{document}" in texts[name]:
            print(compile_pdf(FOLDER / name, arguments.pdf))
    return 0


def guide(text: str) -> str:
    """The page with the table of the papers cited as it is now."""
    head, old, rest = text.partition(cited.HEADER)
    return f"{head}{cited.table()}\n\n{rest.partition(chr(10) * 2)[2]}" if old else text


def kernel_proofs(derivations: Sequence[Derivation]) -> str:
    """What the sections of the book say about the theorems in Coq behind their claims and lemmas."""
    claims = json.loads((FOLDER / "coq" / "claims.json").read_text("utf-8"))
    lines = []
    for claim, proof in claims.items():
        whole = proof["covers"] == "statement"
        extent = "whole statement" if whole else f"a part (missing: {escape(proof['missing'])})"
        lines.append(_proved(claim, extent, proof["theorems"]))
    own = (made for made in derivations if made.kernel and made.claim not in claims)
    lines += [_proved(made.claim, "in part", made.kernel) for made in own]
    return "".join(lines)


def _proved(claim: str, extent: str, theorems: Sequence[str]) -> str:
    names = ", ".join(f"\\texttt{{{escape(name)}}}" for name in theorems).replace(r"\_", r"\_\allowbreak{}")
    return f"\\litproved{{{label(claim.replace('/', ':'))}}}{{{extent}}}{{{names}}}\n"


def readme(derivations: Sequence[Derivation]) -> str:
    """The table of derivations: code, claim, file, what stands in words, theorems in Coq."""
    kernel = json.loads((FOLDER / "coq" / "claims.json").read_text("utf-8"))
    rows = []
    for made in derivations:
        parts = (*made.statement, *made.hypotheses, *made.body, *made.conclusion)
        arguments = sum(isinstance(part, Argument) for part in parts)
        stated = sum(step.kind in STATED for step in made.steps)
        argued = [step.name for step in made.steps if step.kind in ("argued", "cited")]
        argued += [part.name for part in parts if isinstance(part, Argument) and part.name]
        name = made.claim.replace("/", "-")
        proofs = kernel.get(made.claim, {"theorems": made.kernel, "covers": "part"})
        coq = ", ".join(f"`{theorem}`" for theorem in proofs["theorems"])
        coq += f" ({proofs['covers']})" if coq else ""
        rows.append(
            f"| {made.code} | `{made.claim}` | [bodies/{name}.tex](bodies/{name}.tex) "
            f"| {len(made.steps) - stated} / {stated} / {arguments} | {', '.join(argued)} | {coq} |"
        )
    return README + "\n".join(rows) + "\n"


README = """# Derivations

Written by `python scripts/derive_all.py` from the objects that were checked; `--check` tells when a file is out of
date. `litproof.tex` is the book, the other documents hold one derivation each, and both take in `bodies/`. The proofs
for Coq are in `coq/`, with a README of their own.

Steps: decided by a normal form / stated (definitions, hypotheses, other readings of a step, steps of other derivations,
argued and cited relations) / paragraphs argued in words. `litproof derive ID` prints one of them, `litproof show ID`
its statement.

| code | id | derivation | steps | argued in words or cited (names of steps) | theorems in Coq (what they cover) |
| --- | --- | --- | --- | --- | --- |
"""


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
