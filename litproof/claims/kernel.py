"""Which claims stand on theorems that Coq's kernel has checked.

Nothing is compiled here. `derivations/coq/check.py --record` compiles every proof from scratch and records the
SHA-256 of each file that its verdict rests on: proofs, table of claims, mutants, allowed axioms and itself. In a
checkout the record counts as long as all these files are as they were, none is missing and no proof was added.
A wheel carries a record that passed this test when the wheel was built (`hatch_build.py`), and no sources: there
it is trusted as far as the package is. The current directory never counts.

Standard library only: the build loads this file by its path.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).resolve().parents[2] / "derivations" / "coq"
"""Where the sources are in a checkout."""
PACKAGED = Path(__file__).with_name("kernel_record.json")
"""Where a wheel has the record."""
RULES = frozenset(("_CoqProject", "allowed_axioms.txt", "check.py", "claims.json", "mutants.json"))
"""Files that the verdict of check.py rests on, besides the proofs."""
RECHECK = "python3 derivations/coq/check.py"


@dataclass(frozen=True)
class KernelProof:
    """The theorems behind one claim.

    Attributes
    ----------
    theorems : names in the Coq sources.
    says : what exactly is proved, in words.
    missing : what of the claim is not proved, in words; "" where the theorems say the whole claim.
    """

    theorems: tuple[str, ...]
    says: str
    missing: str = ""


@dataclass(frozen=True)
class KernelRecord:
    """What the recorded run proves.

    Attributes
    ----------
    proofs : by claim, whole statements and parts; empty when the record does not count.
    note : how far the record can be trusted here, or why it does not count; one line, "" for a checkout whose
        sources are those of the record.
    statements : by theorem, its statement in Coq's language.
    """

    proofs: Mapping[str, KernelProof]
    note: str = ""
    statements: Mapping[str, str] = field(default_factory=dict)


@cache
def kernel_record() -> KernelRecord:
    """The record that belongs to this package, read once."""
    return packaged_record(PACKAGED) if PACKAGED.is_file() else checkout_record(SOURCES)


def packaged_record(path: Path) -> KernelRecord:
    """The record that the build put into a wheel."""
    try:
        record = json.loads(path.read_text("utf-8"))
        return KernelRecord(
            _proofs(record),
            f"checked by Coq when this version was built; re-check with {RECHECK}",
            {str(name): str(text) for name, text in record.get("statements", {}).items()},
        )
    except _MALFORMED:
        return KernelRecord({}, "not re-checked here (the record in this package cannot be read)")


def checkout_record(directory: Path) -> KernelRecord:
    """The record beside the sources in `directory`: it counts if it is of exactly these sources."""
    try:
        record = json.loads((directory / "record.json").read_text("utf-8"))
        table = json.loads((directory / "claims.json").read_text("utf-8"))
        recorded = dict(record["files"])
        proofs = _proofs(record)
    except _MALFORMED:
        return KernelRecord({}, "not re-checked here (no Coq sources with a record beside this package)")
    here = {name: _sha256(directory / name) for name in RULES.union(p.name for p in directory.glob("*.v"))}
    changed = {name for name in recorded.keys() | here.keys() if recorded.get(name) != here.get(name, "")}
    if record["claims"] != table:
        changed.add("record.json")
    if changed:
        return KernelRecord(
            {}, f"not re-checked here since {', '.join(sorted(changed))} changed: run {RECHECK} --record"
        )
    return KernelRecord(proofs, statements=_statements(directory, proofs, record["theorems"]))


def _statements(
    directory: Path, proofs: Mapping[str, KernelProof], files: Mapping[str, str]
) -> dict[str, str]:
    """The statements of the theorems behind claims, as the sources have them, from the keyword to the full stop."""
    texts = {name: (directory / name).read_text("utf-8") for name in set(files.values())}
    statements = {}
    for theorem in dict.fromkeys(name for proof in proofs.values() for name in proof.theorems):
        pattern = rf"^(?:Theorem|Lemma|Corollary|Proposition)\s+{re.escape(theorem)}\b.*?\.(?=\s*^Proof)"
        if match := re.search(pattern, texts[files[theorem]], re.DOTALL | re.MULTILINE):
            statements[theorem] = match[0]
    return statements


_MALFORMED = (OSError, ValueError, KeyError, TypeError, AttributeError)


def _proofs(record: Any) -> dict[str, KernelProof]:
    """The table of claims; KeyError, TypeError or ValueError where it is malformed."""
    proofs = {}
    for claim, entry in record["claims"].items():
        missing = {"statement": "", "part": entry.get("missing")}[entry["covers"]]
        if missing is None or not entry["theorems"] or not set(entry["theorems"]) <= set(record["theorems"]):
            raise ValueError(claim)
        proofs[claim] = KernelProof(tuple(entry["theorems"]), entry["says"], missing)
    if not proofs:
        raise ValueError("no claims")
    return proofs


def _sha256(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
