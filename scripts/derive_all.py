"""Write derivations/*.tex and their README for every claim that has a derivation, and the book litproof.tex.

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
from litproof.derive.steps import STATED
from litproof.theorems.derivations import DERIVATIONS

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
    texts = {**documents(built), "litproof-kernel.tex": kernel_proofs(), "README.md": readme(built)}
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


def kernel_proofs() -> str:
    """What the sections of the book say about the theorems in Coq behind their claims."""
    lines = []
    for claim, proof in json.loads((FOLDER / "coq" / "claims.json").read_text("utf-8")).items():
        whole = proof["covers"] == "statement"
        extent = "whole statement" if whole else f"a part (missing: {escape(proof['missing'])})"
        names = ", ".join(f"\\texttt{{{escape(name)}}}" for name in proof["theorems"])
        names = names.replace(r"\_", r"\_\allowbreak{}")
        lines.append(f"\\litproved{{{label(claim.replace('/', ':'))}}}{{{extent}}}{{{names}}}\n")
    return "".join(lines)


def readme(derivations: Sequence[Derivation]) -> str:
    """The table of derivations: code, claim, file, what stands in words, theorems in Coq."""
    kernel = json.loads((FOLDER / "coq" / "claims.json").read_text("utf-8"))
    rows = []
    for made in derivations:
        arguments = sum(
            isinstance(part, Argument)
            for part in (*made.statement, *made.hypotheses, *made.body, *made.conclusion)
        )
        stated = sum(step.kind in STATED for step in made.steps)
        decided = len(made.steps) - stated
        name = made.claim.replace("/", "-")
        proofs = kernel.get(made.claim)
        coq = (
            f"{', '.join(f'`{name}`' for name in proofs['theorems'])} ({proofs['covers']})" if proofs else ""
        )
        rows.append(
            f"| {made.code} | `{made.claim}` | [bodies/{name}.tex](bodies/{name}.tex) "
            f"| {decided} / {stated} / {arguments} | {coq} |"
        )
    return README + "\n".join(rows) + "\n"


README = """# Derivations

Written by `python scripts/derive_all.py` from the objects that were checked; `--check` tells when a file is out of
date. `litproof.tex` is the book, the other documents hold one derivation each, and both take in `bodies/`. The proofs
for Coq are in `coq/`, with a README of their own.

Steps: decided by a normal form / stated (definitions, hypotheses, another reading of a step) / paragraphs argued
in words.

| code | claim | derivation | steps | theorems in Coq (what they cover) |
| --- | --- | --- | --- | --- |
"""


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
