"""Compile every proof from scratch with coqc, and refuse anything that is not a complete proof.

Usage: python3 check.py [--record] [--no-mutants] [--mutants N [--seed K]] [--instance FILE.v ...]

1. No source contains an escape hatch (Admitted, Axiom, ...); every `Theorem` is named in Assumptions.v or
   NumericAssumptions.v.
2. All files of _CoqProject compile, in a fresh directory.
3. The axioms printed by `Print Assumptions` are those of allowed_axioms.txt.
4. Every mutant of mutants.json (a wrong exponent, a missing hypothesis, a changed digit) fails to compile,
   in the lemma where the mistake matters.
5. Every theorem that claims.json names exists.
`--record` then writes record.json: what compiled (hashes), the Coq version, the axioms, and which theorems
stand behind which claim. `--mutants N` tries N mutants drawn with the seed in place of all; two coqc run at a time.
`--instance` also compiles files written by generate_instance.py, same gate.

Exit code 0: all of it holds; 1: something does not; 2: coqc is not installed. Standard library only.
"""

import argparse
import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ESCAPES = re.compile(
    r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjectures?|Declare ML|bypass_check|"
    r"Unset (Guard|Positivity|Universe) Checking|Typing Flags|Cheat)\b"
)
ASSUMPTION_FILES = {"Assumptions.v": False, "NumericAssumptions.v": True}
"""The files that print assumptions, and whether machine integers are allowed there."""
TIMEOUT = 300.0
PROCESSES = 2
"""coqc processes at a time; each takes about half a gigabyte."""


class CheckFailed(Exception):
    """What does not hold, one line."""


def project() -> tuple[list[str], list[str]]:
    """Flags and files of _CoqProject, in order."""
    flags: list[str] = []
    files: list[str] = []
    words = iter((HERE / "_CoqProject").read_text().split())
    for word in words:
        if word.endswith(".v"):
            files.append(word)
        elif word == "-arg":
            flags.append(next(words))
        else:
            flags.append(word)
    return flags, files


def without_comments(source: str) -> str:
    """The source with comments blanked; comments of Coq nest."""
    out, depth, i = [], 0, 0
    while i < len(source):
        if source.startswith("(*", i):
            depth, i = depth + 1, i + 2
        elif depth and source.startswith("*)", i):
            depth, i = depth - 1, i + 2
        else:
            out.append(source[i] if depth == 0 or source[i] == "\n" else " ")
            i += 1
    return "".join(out)


def scan(sources: dict[str, str], listing: Iterable[str] = ()) -> list[str]:
    """Names of the published theorems; raises if a source has an escape hatch.

    With a `listing` (files that print assumptions), also if a theorem is not named there.
    """
    code = {name: without_comments(text) for name, text in sources.items()}
    for name, text in code.items():
        for number, line in enumerate(text.splitlines(), 1):
            if found := ESCAPES.search(line):
                raise CheckFailed(f"{name}:{number}: {found.group(0)!r} is not a proof")
    theorems = [t for text in code.values() for t in re.findall(r"^\s*Theorem\s+(\w+)", text, re.M)]
    listed = set(re.findall(r"\w+", " ".join(code[name] for name in listing)))
    if listing and (unlisted := [t for t in theorems if t not in listed]):
        raise CheckFailed(f"theorems whose assumptions are not printed: {', '.join(unlisted)}")
    return theorems


def compile_file(directory: Path, flags: list[str], name: str) -> subprocess.CompletedProcess[str]:
    """What coqc says to the file, in that directory."""
    command = ["coqc", *flags, name]
    return subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )


def compile_library(directory: Path, flags: list[str], sources: dict[str, str]) -> dict[str, str]:
    """Compile every file after the files it imports; what coqc printed, by file."""
    waiting, running, printed = direct_imports(sources), dict[Future[Any], tuple[str, float]](), {}
    with ThreadPoolExecutor(PROCESSES) as pool:
        while waiting or running:
            ready = [name for name, needs in waiting.items() if needs <= printed.keys()]
            for name in ready[: PROCESSES - len(running)]:
                del waiting[name]
                running[pool.submit(compile_file, directory, flags, name)] = name, time.monotonic()
            if not running:
                raise CheckFailed(f"files that import each other: {', '.join(waiting)}")
            for job in wait(running, return_when=FIRST_COMPLETED).done:
                name, start = running.pop(job)
                result = job.result()
                if result.returncode:
                    raise CheckFailed(f"{name} does not compile\n{result.stderr.strip()}")
                printed[name] = result.stdout
                print(f"  {name:24} {time.monotonic() - start:6.1f} s", flush=True)
    return printed


def printed_axioms(output: str) -> set[str]:
    """Names in the output of Print Assumptions; wrapped statements are indented."""
    titles = ("Axioms:", "Closed under the global context")
    lines = [line for line in output.splitlines() if line and not line.startswith((" ", "	"))]
    return {line.split(":")[0].strip() for line in lines if line not in titles}


def check_axioms(name: str, output: str) -> set[str]:
    """The axioms that the file printed; raises if one is not allowed there."""
    allowed: set[str] = set()
    for line in (HERE / "allowed_axioms.txt").read_text().splitlines():
        words = line.split()
        if words and not line.startswith("#") and (words[0] != "numeric" or ASSUMPTION_FILES[name]):
            allowed.add(words[-1])
    found = printed_axioms(output)
    if not found:
        raise CheckFailed(f"{name}: no assumptions were printed")
    if extra := sorted(found - allowed):
        raise CheckFailed(f"{name}: assumes {', '.join(extra)}")
    return found


def failing_lemma(source: str, message: str) -> str:
    """The statement in which the first error of coqc's message lies."""
    place = re.search(r"line (\d+), characters \d+-\d+:\s*\nError", message)
    if place is None:
        return "nothing: no error with a place"
    above = "\n".join(source.splitlines()[: int(place.group(1))])
    names = re.findall(r"^\s*(?:Lemma|Theorem|Definition)\s+(\w+)", above, re.M)
    return names[-1] if names else "the header"


def check_mutant(directory: Path, flags: list[str], mutant: dict[str, Any]) -> None:
    """The mutant must fail where it says; its file lives in a copy, so that nothing else is touched."""
    original = (HERE / mutant["file"]).read_text()
    source = original
    for old, new in mutant["edits"]:
        if source.count(old) != 1:
            raise CheckFailed(
                f"mutant {mutant['name']!r}: {old!r} occurs {source.count(old)} times in {mutant['file']}"
            )
        source = source.replace(old, new)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / mutant["file"]
        copy.write_text(source)
        moved = [str(directory) if flag == "." else flag for flag in flags]
        result = compile_file(Path(scratch), moved, mutant["file"])
    if result.returncode == 0:
        raise CheckFailed(f"mutant {mutant['name']!r} compiles")
    where = failing_lemma(source, result.stderr)
    if where != mutant["fails_in"]:
        raise CheckFailed(f"mutant {mutant['name']!r} fails in {where}, expected in {mutant['fails_in']}")


def coq_version() -> str:
    """Version number of coqc."""
    answer = subprocess.run(["coqc", "--print-version"], capture_output=True, text=True, check=True)
    return answer.stdout.split()[0]


def direct_imports(sources: dict[str, str]) -> dict[str, set[str]]:
    """For each file the files of the library that it imports."""
    imports = re.compile(r"From\s+Litproof\s+Require\s+Import\s+([\w\s]+)\.")
    return {
        name: {f"{word}.v" for group in imports.findall(without_comments(text)) for word in group.split()}
        for name, text in sources.items()
    }


def required(sources: dict[str, str]) -> dict[str, list[str]]:
    """For each file the files of the library that its proofs rest on, itself included."""
    needs: dict[str, list[str]] = {}
    for name, direct in direct_imports(sources).items():
        reached = {name}.union(*(needs[other] for other in direct))
        needs[name] = [other for other in sources if other in reached]
    return needs


def declared(sources: dict[str, str], theorems: list[str]) -> dict[str, str]:
    """The file of each theorem."""
    places: dict[str, str] = {}
    for name, text in sources.items():
        for theorem in re.findall(r"^\s*Theorem\s+(\w+)", without_comments(text), re.M):
            if theorem in theorems:
                places[theorem] = name
    return places


def claims_table(theorems: list[str]) -> dict[str, Any]:
    """claims.json; raises if it names a theorem that is not there."""
    table: dict[str, Any] = json.loads((HERE / "claims.json").read_text())
    for claim, entry in table.items():
        if unknown := sorted(set(entry["theorems"]) - set(theorems)):
            raise CheckFailed(f"claims.json: {claim} names {', '.join(unknown)}")
        if entry["covers"] not in ("statement", "part"):
            raise CheckFailed(f"claims.json: {claim} covers {entry['covers']!r}")
    return table


def record_of(sources: dict[str, str], theorems: list[str], axioms: dict[str, list[str]]) -> dict[str, Any]:
    """What record.json says; README.md describes the format."""
    needs = required(sources)
    numeric = {name for file, machine in ASSUMPTION_FILES.items() if machine for name in needs[file]}
    numeric -= {name for file, machine in ASSUMPTION_FILES.items() if not machine for name in needs[file]}
    return {
        "schema": 1,
        "coq": coq_version(),
        "axioms": {"library": axioms["Assumptions.v"], "numeric": axioms["NumericAssumptions.v"]},
        "files": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sources.items()},
        "theorems": {
            theorem: {
                "file": name,
                "requires": needs[name],
                "axioms": "numeric" if name in numeric else "library",
            }
            for theorem, name in declared(sources, theorems).items()
        },
        "claims": claims_table(theorems),
    }


def check_instance(directory: Path, flags: list[str], path: Path) -> None:
    """A generated file compiles on top of the library, under the same gate."""
    source = path.read_text()
    scan({path.name: source})
    theorem = re.findall(r"^\s*Theorem\s+(\w+)", without_comments(source), re.M)
    if len(theorem) != 1:
        raise CheckFailed(f"{path.name}: {len(theorem)} theorems, expected 1")
    (directory / path.name).write_text(f"{source}\nPrint Assumptions {theorem[0]}.\n")
    start = time.monotonic()
    result = compile_file(directory, flags, path.name)
    if result.returncode:
        raise CheckFailed(f"{path.name} does not compile\n{result.stderr.strip()}")
    check_axioms("NumericAssumptions.v", result.stdout)
    print(f"  {path.name:24} {time.monotonic() - start:6.1f} s", flush=True)


def chosen_mutants(count: int | None, seed: int) -> list[dict[str, Any]]:
    """All mutants of mutants.json, or `count` of them drawn with the seed."""
    table: list[dict[str, Any]] = json.loads((HERE / "mutants.json").read_text())
    if count is None or count >= len(table):
        return table
    print(f"{count} of {len(table)} mutants, drawn with seed {seed}")
    return random.Random(seed).sample(table, count)


def run(record: bool, mutants: list[dict[str, Any]], instances: list[Path]) -> None:
    """All checks in order; raises CheckFailed at the first that does not hold."""
    flags, files = project()
    if missing := sorted({path.name for path in HERE.glob("*.v")} - set(files)):
        raise CheckFailed(f"not in _CoqProject: {', '.join(missing)}")
    sources = {name: (HERE / name).read_text() for name in files}
    theorems = scan(sources, listing=ASSUMPTION_FILES)
    claims_table(theorems)
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        for name, text in sources.items():
            (directory / name).write_text(text)
        printed = compile_library(directory, flags, sources)
        axioms = {name: sorted(check_axioms(name, printed[name])) for name in ASSUMPTION_FILES}
        print(f"{len(theorems)} theorems; axioms: {', '.join(axioms['Assumptions.v'])}")
        for path in instances:
            check_instance(directory, flags, path)
        with ThreadPoolExecutor(PROCESSES) as pool:
            for trial in [pool.submit(check_mutant, directory, flags, mutant) for mutant in mutants]:
                trial.result()
        print(f"{len(mutants)} mutants, each refused where expected")
    if record:
        (HERE / "record.json").write_text(json.dumps(record_of(sources, theorems, axioms), indent=1) + "\n")
        print("record.json written")


def main() -> int:
    """Exit code of the command."""
    parser = argparse.ArgumentParser(description="Compile and check every kernel proof.")
    parser.add_argument("--record", action="store_true", help="write record.json afterwards")
    parser.add_argument("--no-mutants", action="store_true", help="skip the mutants")
    parser.add_argument(
        "--mutants", type=int, metavar="N", help="try N mutants, drawn with the seed, in place of all"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of that draw (default 0)")
    parser.add_argument(
        "--instance", type=Path, nargs="+", default=[], help="generated files to check as well"
    )
    arguments = parser.parse_args()
    if shutil.which("coqc") is None:
        print("coqc is not installed: kernel proofs not re-checked here", file=sys.stderr)
        return 2
    try:
        mutants = chosen_mutants(0 if arguments.no_mutants else arguments.mutants, arguments.seed)
        run(arguments.record, mutants, arguments.instance)
    except (CheckFailed, subprocess.TimeoutExpired) as failure:
        print(f"failed: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
