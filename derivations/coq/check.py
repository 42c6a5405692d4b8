"""Compile every proof from scratch with coqc, and refuse anything that is not a complete proof.

Usage: python3 check.py [--record] [--no-mutants] [--mutants N [--seed K]] [--keep DIRECTORY] [--instance FILE.v ...]

1. _CoqProject has exactly the flags below and every .v file of this folder once.
2. No source contains an escape hatch (Admitted, Axiom, a Variable outside every section, ...).
3. All files compile, in a fresh directory.
4. The axioms that `Print Assumptions` prints for all theorems together are those of allowed_axioms.txt.
5. Every mutant of mutants.json (a wrong exponent, a missing hypothesis, a changed digit) fails to compile,
   in the lemma where the mistake matters. Where a mutant names a theorem (`refuted_by`: an example against the mutated
   statement), that theorem exists.
6. claims.json names claims of claim_ids.txt and theorems that exist, and says what is missing where only a part
   of a claim is proved.
7. record.json says all of this of exactly these files; `--record` writes it instead. README.md has the format.
`--mutants N` tries N mutants drawn with the seed in place of all; two coqc run at a time. `--keep DIRECTORY` compiles
there in place of a fresh directory, and passes over files and mutants that went well there before on exactly the same
sources. `--instance` also compiles files written by generate_instance.py, same gate.

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
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROJECT_FLAGS = ["-Q", ".", "Litproof", "-w", "-ambiguous-paths"]
"""All that coqc is told, besides not to read the user's settings (-q)."""
RULES = ("_CoqProject", "allowed_axioms.txt", "check.py", "claims.json", "mutants.json")
"""The files that a verdict rests on, besides the proofs; claim_ids.txt only guards against slips of the pen."""
NUMERIC = {"ReferenceLimit.v"}
"""Files whose theorems may rest on the kernel's machine integers."""
ESCAPES = re.compile(
    r"\b(Admitted|Admit|admit|give_up|Axioms?|Parameters?|Conjectures?|Cheat|Declare|Primitive|Register|Load|Module|"
    r"Include|bypass_check|(?:Guard|Positivity|Universe)\s+Checking|Typing\s+Flags|Definitional\s+UIP)\b"
)
SECTIONS = re.compile(r"\b(Section|End|Variables?|Hypothes[ie]s|Context)\b")
LEXEMES = re.compile(r'\(\*|\*\)|"[^"]*"|[^("*]+|.', re.DOTALL)
MISFITS = re.compile(r"Found no subterm matching|Syntax error")
"""Errors of a proof that no longer fits its goal: they say nothing about whether the goal is false."""
TIMEOUT = 300.0
PROCESSES = 2
"""coqc processes at a time; each takes about half a gigabyte."""


class CheckFailed(Exception):
    """What does not hold, one line."""


def project() -> list[str]:
    """Files of _CoqProject, in order of compilation; raises unless it has our flags and each .v file here once."""
    words = [word for word in (HERE / "_CoqProject").read_text().split() if word != "-arg"]
    files = [word for word in words if word.endswith(".v")]
    if (flags := [word for word in words if word not in files]) != PROJECT_FLAGS:
        raise CheckFailed(f"_CoqProject: flags {' '.join(flags)!r}, expected {' '.join(PROJECT_FLAGS)!r}")
    here = sorted(path.name for path in HERE.glob("*.v"))
    if sorted(files) != here:
        wrong = sorted(set(files) ^ set(here)) or sorted({name for name in files if files.count(name) > 1})
        raise CheckFailed(f"_CoqProject must list every .v file of this folder once: {', '.join(wrong)}")
    return files


def code_of(source: str) -> str:
    """The source with comments and strings blanked, lines kept; comments nest, and hold strings, as in Coq."""
    out, depth = [], 0
    for lexeme in LEXEMES.findall(source):
        inside = depth > 0
        depth += (lexeme == "(*") - (inside and lexeme == "*)")
        hidden = inside or depth > 0 or (len(lexeme) > 1 and lexeme.startswith('"'))
        out.append(re.sub(r"[^\n]", " ", lexeme) if hidden else lexeme)
    return "".join(out)


def scan(sources: Mapping[str, str]) -> dict[str, str]:
    """The file of each published theorem; raises if a source has an escape hatch or a name is published twice."""
    places: dict[str, str] = {}
    for name, text in sources.items():
        code = code_of(text)
        for found in (*ESCAPES.finditer(code), *outside_sections(code)):
            number = code.count("\n", 0, found.start()) + 1
            raise CheckFailed(f"{name}:{number}: {found.group(0)!r} is not a proof")
        for theorem in re.findall(r"^\s*Theorem\s+([\w']+)", code, re.MULTILINE):
            if theorem in places:
                raise CheckFailed(f"theorem {theorem} is in {places[theorem]} and in {name}")
            places[theorem] = name
    return places


def outside_sections(code: str) -> list[re.Match[str]]:
    """Declarations that Coq takes for axioms because no section is open."""
    depth, found = 0, []
    for word in SECTIONS.finditer(code):
        if word.group(0) in ("Section", "End"):
            depth += 1 if word.group(0) == "Section" else -1
        elif depth == 0:
            found.append(word)
    return found


def compile_file(directory: Path, name: str, library: Path | None = None) -> subprocess.CompletedProcess[str]:
    """What coqc says to the file in that directory, on top of the compiled library (the same directory, or another)."""
    flags = [str(library or ".") if flag == "." else flag for flag in PROJECT_FLAGS]
    return subprocess.run(
        ["coqc", "-q", *flags, name],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def imports(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """For each file the files of the library that it imports; raises if one of them does not come before it."""
    found: dict[str, set[str]] = {}
    for name, text in sources.items():
        groups = re.findall(r"From\s+Litproof\s+Require\s+(?:Import|Export)\s+([\w\s]+)\.", code_of(text))
        found[name] = {f"{word}.v" for group in groups for word in group.split()}
        if late := sorted(found[name] - (found.keys() - {name})):
            raise CheckFailed(f"{name} imports {', '.join(late)}, which _CoqProject does not list before it")
    return found


def rests_on(name: str, needed: Mapping[str, set[str]]) -> list[str]:
    """The file and all that it imports, directly or not."""
    found, below = set[str](), {name}
    while below:
        found |= below
        below = {other for file in below for other in needed[file]} - found
    return sorted(found)


def digest_of(*parts: str) -> str:
    """SHA-256 of the parts and of the version of Coq."""
    return hashlib.sha256("\0".join([coq_version(), *parts]).encode()).hexdigest()


def compile_library(directory: Path, sources: Mapping[str, str]) -> None:
    """Compile all files in `directory`, each after the files that it imports, if not done there from these sources."""
    needed = imports(sources)
    digests = {name: digest_of(*(sources[file] for file in rests_on(name, needed))) for name in sources}
    waiting, running, done = dict(needed), dict[Future[Any], tuple[str, float]](), set[str]()
    for name, text in sources.items():
        made = directory / f"{name}.digest"
        if made.exists() and made.read_text() == digests[name]:
            done.add(name)
            del waiting[name]
        else:
            made.unlink(missing_ok=True)
            (directory / name).write_text(text)
    with ThreadPoolExecutor(PROCESSES) as pool:
        while waiting or running:
            ready = [name for name, needs in waiting.items() if needs <= done]
            for name in ready[: PROCESSES - len(running)]:
                del waiting[name]
                running[pool.submit(compile_file, directory, name)] = name, time.monotonic()
            for job in wait(running, return_when=FIRST_COMPLETED).done:
                name, start = running.pop(job)
                result = job.result()
                if result.returncode:
                    raise CheckFailed(f"{name} does not compile\n{result.stderr.strip()}")
                done.add(name)
                (directory / f"{name}.digest").write_text(digests[name])
                print(f"  {name:24} {time.monotonic() - start:6.1f} s", flush=True)


def assumptions(directory: Path, theorems: Mapping[str, str], *, numeric: bool) -> list[str]:
    """The axioms behind the theorems (name -> file), printed by one walk through all their proofs.

    The file that prints them is written here, so that no source can leave a theorem out.
    """
    modules = dict.fromkeys(name.removesuffix(".v") for name in theorems.values())
    terms = [f"let _ := @{file.removesuffix('.v')}.{theorem} in" for theorem, file in theorems.items()]
    library = "\n  ".join(["Definition library :=", *terms, "I."])
    source = f"From Litproof Require {' '.join(modules)}.\n{library}\nPrint Assumptions library.\n"
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "listing.v").write_text(source)
        result = compile_file(Path(scratch), "listing.v", directory)
    if result.returncode:
        raise CheckFailed(f"the axioms of {', '.join(theorems)} cannot be printed\n{result.stderr.strip()}")
    return sorted(check_axioms(result.stdout, numeric=numeric))


def printed_axioms(output: str) -> set[str]:
    """Names in the output of Print Assumptions; wrapped statements are indented."""
    titles = ("Axioms:", "Closed under the global context")
    lines = [line for line in output.splitlines() if line and not line.startswith((" ", "	"))]
    return {line.split(":")[0].strip() for line in lines if line not in titles}


def check_axioms(output: str, *, numeric: bool) -> set[str]:
    """The axioms that were printed; raises if one is not allowed, or if nothing was printed."""
    allowed: set[str] = set()
    for line in (HERE / "allowed_axioms.txt").read_text().splitlines():
        words = line.split()
        if words and not line.startswith("#") and (words[0] != "numeric" or numeric):
            allowed.add(words[-1])
    found = printed_axioms(output)
    if not found:
        raise CheckFailed("no assumptions were printed")
    if extra := sorted(found - allowed):
        raise CheckFailed(f"the theorems assume {', '.join(extra)}")
    return found


def failing_lemma(source: str, message: str) -> str:
    """The statement in which the first error of coqc's message lies."""
    place = re.search(r"line (\d+), characters \d+-\d+:\s*\nError", message)
    if place is None:
        return "nothing: no error with a place"
    above = "\n".join(source.splitlines()[: int(place.group(1))])
    names = re.findall(r"^\s*(?:Lemma|Theorem|Definition)\s+([\w']+)", above, re.MULTILINE)
    return names[-1] if names else "the header"


def mutated(mutant: Mapping[str, Any]) -> str:
    """The source with the mutant's edits; raises unless each changes exactly one place."""
    source = (HERE / mutant["file"]).read_text()
    for old, new in mutant["edits"]:
        if source.count(old) != 1 or old == new:
            raise CheckFailed(
                f"mutant {mutant['name']!r}: {old!r} occurs {source.count(old)} times in {mutant['file']}"
            )
        source = source.replace(old, new)
    return source


def check_mutant(directory: Path, mutant: Mapping[str, Any]) -> None:
    """The mutant must fail where it says; its file lives in a copy, so that nothing else is touched."""
    source = mutated(mutant)
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / mutant["file"]).write_text(source)
        result = compile_file(Path(scratch), mutant["file"], directory)
    if result.returncode == 0:
        raise CheckFailed(f"mutant {mutant['name']!r} compiles")
    if misfit := MISFITS.search(result.stderr):
        raise CheckFailed(
            f"mutant {mutant['name']!r} fails as a script ({misfit.group(0)}), not as a statement"
        )
    where = failing_lemma(source, result.stderr)
    if where != mutant["fails_in"]:
        raise CheckFailed(f"mutant {mutant['name']!r} fails in {where}, expected in {mutant['fails_in']}")


def check_mutants(directory: Path, mutants: Iterable[Mapping[str, Any]]) -> None:
    """Try all that were not refused here before on the same sources; one line for each that is not refused now."""
    sources = {name: (HERE / name).read_text() for name in (*project(), "check.py")}
    needed = imports({name: text for name, text in sources.items() if name != "check.py"})
    record = directory / "refused.txt"
    refused = set(record.read_text().split()) if record.exists() else set[str]()

    def try_once(mutant: Mapping[str, Any]) -> None:
        below = [sources[name] for name in (*rests_on(mutant["file"], needed), "check.py")]
        digest = digest_of(mutated(mutant), mutant["fails_in"], *below)
        if digest not in refused:
            check_mutant(directory, mutant)
            with record.open("a") as stream:
                stream.write(f"{digest}\n")

    with ThreadPoolExecutor(PROCESSES) as pool:
        trials = [pool.submit(try_once, mutant) for mutant in mutants]
    faults = [fault for trial in trials if (fault := trial.exception()) is not None]
    if other := [fault for fault in faults if not isinstance(fault, CheckFailed)]:
        raise other[0]
    if faults:
        raise CheckFailed("\n".join(map(str, faults)))


def chosen_mutants(count: int | None, seed: int) -> list[dict[str, Any]]:
    """All mutants of mutants.json, or `count` of them drawn with the seed; raises if there are none to choose from."""
    table: list[dict[str, Any]] = json.loads((HERE / "mutants.json").read_text())
    if not table:
        raise CheckFailed("mutants.json: no mutants")
    if count is None or count >= len(table):
        return table
    print(f"{count} of {len(table)} mutants, drawn with seed {seed}")
    return random.Random(seed).sample(table, count)


def refutations(mutants: Iterable[Mapping[str, Any]], theorems: Iterable[str]) -> int:
    """How many mutants name a theorem that refutes them; raises if there is no such theorem."""
    named = {mutant["name"]: mutant["refuted_by"] for mutant in mutants if "refuted_by" in mutant}
    if unknown := sorted(set(named.values()) - set(theorems)):
        raise CheckFailed(f"mutants.json names {', '.join(unknown)}")
    return len(named)


def claims_table(theorems: Iterable[str]) -> dict[str, Any]:
    """claims.json; raises if it names a claim or a theorem that is not there, or hides what is missing."""
    table: dict[str, Any] = json.loads((HERE / "claims.json").read_text())
    if unknown := sorted(set(table) - set((HERE / "claim_ids.txt").read_text().split())):
        raise CheckFailed(f"claims.json: no claim {', '.join(unknown)} in claim_ids.txt")
    for claim, entry in table.items():
        expected = {
            "statement": {"covers", "says", "theorems"},
            "part": {"covers", "says", "missing", "theorems"},
        }
        if set(entry) != expected.get(entry["covers"]) or not all(entry.values()):
            raise CheckFailed(
                f"claims.json: {claim} needs covers (statement, part), says, theorems; a part: missing"
            )
        if unknown := sorted(set(entry["theorems"]) - set(theorems)):
            raise CheckFailed(f"claims.json: {claim} names {', '.join(unknown)}")
    return table


def digests(files: Iterable[str]) -> dict[str, str]:
    """SHA-256 of every file that the verdict rests on."""
    return {name: hashlib.sha256((HERE / name).read_bytes()).hexdigest() for name in (*files, *RULES)}


@cache
def coq_version() -> str:
    """Version number of coqc."""
    answer = subprocess.run(["coqc", "--print-version"], capture_output=True, text=True, check=True)
    return answer.stdout.split()[0]


def check_record(made: Mapping[str, Any]) -> None:
    """record.json must say what this run found; with another Coq the rest must agree."""
    try:
        stored = json.loads((HERE / "record.json").read_text())
        different = [key for key in {**made, **stored} if key != "coq" and made.get(key) != stored.get(key)]
    except (OSError, ValueError, TypeError) as error:
        raise CheckFailed(f"record.json: {error}; run check.py --record") from None
    if different:
        raise CheckFailed(
            f"record.json says something else under {', '.join(different)}: run check.py --record"
        )


def check_instance(directory: Path, path: Path) -> None:
    """A generated file compiles on top of the library, under the same gate."""
    source = path.read_text()
    theorems = scan({path.name: source})
    if len(theorems) != 1:
        raise CheckFailed(f"{path.name}: {len(theorems)} theorems, expected 1")
    if (directory / path.name).exists():
        raise CheckFailed(f"{path.name}: a file of this name is in the library, or given twice")
    (directory / path.name).write_text(source)
    start = time.monotonic()
    result = compile_file(directory, path.name)
    if result.returncode:
        raise CheckFailed(f"{path.name} does not compile\n{result.stderr.strip()}")
    assumptions(directory, theorems, numeric=True)
    print(f"  {path.name:24} {time.monotonic() - start:6.1f} s", flush=True)


def run(*, record: bool, count: int | None, seed: int, keep: Path | None, instances: list[Path]) -> None:
    """All checks in order; raises CheckFailed at the first that does not hold. `count` None: all mutants."""
    if record and count is not None:
        raise CheckFailed("--record needs all mutants")
    files = project()
    hashes = digests(files)
    sources = {name: (HERE / name).read_text() for name in files}
    theorems = scan(sources)
    claims = claims_table(theorems)
    mutants = chosen_mutants(count, seed)
    refuted = refutations(mutants, theorems)
    with tempfile.TemporaryDirectory() as scratch:
        directory = keep or Path(scratch)
        directory.mkdir(exist_ok=True)
        compile_library(directory, sources)
        axioms = {}
        for group in ("library", "numeric"):
            members = {t: file for t, file in theorems.items() if (file in NUMERIC) == (group == "numeric")}
            axioms[group] = assumptions(directory, members, numeric=group == "numeric")
        print(f"{len(theorems)} theorems; axioms: {', '.join(axioms['library'])}", flush=True)
        for path in instances:
            check_instance(directory, path)
        check_mutants(directory, mutants)
        if mutants:
            print(f"{len(mutants)} mutants, each refused where expected, {refuted} by an example", flush=True)
    if digests(files) != hashes:
        raise CheckFailed("a file changed during the run")
    made = {
        "schema": 2,
        "coq": coq_version(),
        "axioms": axioms,
        "files": hashes,
        "theorems": theorems,
        "claims": claims,
    }
    if record:
        (HERE / "record.json").write_text(json.dumps(made, indent=1) + "\n")
        print("record.json written")
    else:
        check_record(made)


def main() -> int:
    """Exit code of the command."""
    parser = argparse.ArgumentParser(description="Compile and check every kernel proof.")
    parser.add_argument("--record", action="store_true", help="write record.json instead of comparing")
    parser.add_argument("--no-mutants", action="store_true", help="skip the mutants")
    parser.add_argument(
        "--mutants", type=int, metavar="N", help="try N mutants, drawn with the seed, not all"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of that draw (default 0)")
    parser.add_argument("--keep", type=Path, metavar="DIRECTORY", help="compile there, keep what went well")
    parser.add_argument(
        "--instance", type=Path, nargs="+", default=[], help="generated files to check as well"
    )
    arguments = parser.parse_args()
    if shutil.which("coqc") is None:
        print("coqc is not installed: kernel proofs not re-checked here", file=sys.stderr)
        return 2
    try:
        count = 0 if arguments.no_mutants else arguments.mutants
        run(
            record=arguments.record,
            count=count,
            seed=arguments.seed,
            keep=arguments.keep,
            instances=arguments.instance,
        )
    except (CheckFailed, subprocess.TimeoutExpired) as failure:
        print(f"failed: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
