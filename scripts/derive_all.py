"""Write derivations/*.tex for every claim that has a derivation, and the book litproof.tex.

python scripts/derive_all.py [--check | --pdf DIRECTORY]
"""

import argparse
import sys
from pathlib import Path

from litproof.derive.latex.document import compile_pdf, documents
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
    texts = documents([build() for build in DERIVATIONS.values()])
    if arguments.check:
        stale = [name for name, text in texts.items() if not _same(FOLDER / name, text)]
        print("\n".join(f"out of date: derivations/{name}" for name in stale) or "derivations are up to date")
        return bool(stale)
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        if arguments.pdf:
            print(compile_pdf(FOLDER / name, arguments.pdf))
    return 0


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
