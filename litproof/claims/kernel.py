"""Which claims stand on theorems that Coq's kernel has checked.

Nothing is compiled here. `derivations/coq/check.py --record` compiles every proof from scratch and records the
SHA-256 of each file; a theorem counts as long as every file that it rests on still has that hash, a claim as
long as all its theorems count and say what it says. An installed package without the sources has no kernel
evidence at all.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

FOLDER = Path("derivations") / "coq"
BESIDE = Path(__file__).resolve().parents[2] / FOLDER
"""Where the sources are in a checkout; a package installed from it looks into the current directory instead."""
RECHECK = "python3 derivations/coq/check.py"


@dataclass(frozen=True)
class KernelProof:
    """The theorems behind one claim.

    Attributes
    ----------
    theorems : names in the Coq sources.
    says : what exactly is proved, in words.
    """

    theorems: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class KernelRecord:
    """What the recorded run proves about the sources as they are now.

    Attributes
    ----------
    proofs : by claim; only claims whose whole statement is proved.
    outdated : claims that had such a proof until a source changed.
    found : False when there are no sources here.
    """

    proofs: Mapping[str, KernelProof]
    outdated: tuple[str, ...] = ()
    found: bool = True

    @property
    def note(self) -> str:
        """One line for the person, "" when nothing is missing."""
        if not self.found:
            return "kernel proofs not re-checked here (no Coq sources beside this package)"
        if self.outdated:
            return f"kernel proofs not re-checked here for {', '.join(self.outdated)}: run {RECHECK} --record"
        return ""


@cache
def kernel_record() -> KernelRecord:
    """The record of this checkout, read once."""
    return read_record(BESIDE if BESIDE.is_dir() else FOLDER)


def read_record(directory: Path) -> KernelRecord:
    """Read record.json in `directory` and compare its hashes with the files there.

    A record that is missing or malformed proves nothing.
    """
    try:
        record = json.loads((directory / "record.json").read_text("utf-8"))
        unchanged = {name for name, digest in record["files"].items() if _sha256(directory / name) == digest}
        proofs, outdated = {}, []
        for claim, entry in record["claims"].items():
            if entry["covers"] != "statement" or not entry["theorems"]:
                continue
            if all(_holds(record["theorems"].get(name), unchanged) for name in entry["theorems"]):
                proofs[claim] = KernelProof(tuple(entry["theorems"]), entry["says"])
            else:
                outdated.append(claim)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return KernelRecord({}, (), False)
    return KernelRecord(proofs, tuple(outdated))


def _holds(theorem: Any, unchanged: set[str]) -> bool:
    return bool(theorem and theorem["requires"]) and set(theorem["requires"]) <= unchanged


def _sha256(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
