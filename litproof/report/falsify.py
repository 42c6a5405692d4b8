"""What `falsify` found, as a table, as JSON, and as problem files."""

from pathlib import Path
from shlex import quote
from typing import Any

from rich.table import Table
from rich.text import Text

from litproof import __version__
from litproof.claims.catalogue import claim_of, code_of
from litproof.claims.falsify.search import LOST, Counterexample, Falsification
from litproof.claims.falsify.trial import FAILURES, NOT_DRAWN
from litproof.claims.judge import judge
from litproof.claims.types import Instance, Status
from litproof.errors import InputError, LitproofError
from litproof.files import make_directory, write_atomically
from litproof.problem_file import read_problem, write_problem
from litproof.report.terminal import COLOURS, plain_console
from litproof.text import to_json, visible

SCHEMA = 1
_OUTCOMES = (*map(str, Status), LOST, NOT_DRAWN)


def command_of(search: Falsification, path: Path) -> str:
    """The command that shows a counterexample again."""
    name = search.origin or search.claim
    return f"litproof verify {quote(name)} {quote(str(path))} --digits {search.digits}"


def write_counterexamples(search: Falsification, directory: Path) -> list[dict[str, Any]]:
    """Write each counterexample as a problem file, read it back and judge the claim there as `verify` does.

    Returns what is said of each: file, command, verdict, and whether the file gives the verdict again.
    """
    if search.counterexamples:
        make_directory(directory)
    return [
        _write(search, one, directory / f"{_stem(search)}-{number}.toml")
        for number, one in enumerate(search.counterexamples, start=1)
    ]


def _stem(search: Falsification) -> str:
    return "counterexample-" + "".join(c if c.isalnum() else "-" for c in search.claim)


def _write(search: Falsification, one: Counterexample, path: Path) -> dict[str, Any]:
    shrunk = one.shrunk
    said: dict[str, Any] = {
        "outcome": one.outcome,
        "detail": one.detail,
        "problem": one.number,
        "fault": one.fault,
        "shrunk": {"judged": shrunk.judged, "complete": shrunk.complete} if shrunk else None,
    }
    try:
        text = write_problem(one.problem)
    except InputError as error:
        return {**said, "file": None, "reason": str(error), "python": repr(one.problem)}
    command = command_of(search, path)
    comments = (
        f"{search.claim}: {one.outcome} ({' '.join(visible(one.detail).split())})",
        f"problem {one.number} of seed {search.seed}{', shrunk' if shrunk else ''}",
        command,
    )
    write_atomically(path, "".join(f"# {line}\n" for line in comments) + text)
    again = _again(search, path) == one.outcome if shrunk else None
    return {**said, "file": str(path), "command": command, "reproduced": again}


def _again(search: Falsification, path: Path) -> str:
    try:
        problem = read_problem(path)
    except LitproofError as error:
        return str(error)
    return judge(
        claim_of(search.claim, search.origin), Instance(str(path), problem), search.digits, mutants=False
    ).status


def to_mapping(search: Falsification, counterexamples: list[dict[str, Any]]) -> dict[str, Any]:
    """One claim for `falsify --json`."""
    code = code_of(search.claim)
    return {
        "id": search.claim,
        **({"code": code} if code else {}),
        "instances": search.asked,
        "tried": search.tried,
        "outcomes": {name: search.outcomes[name] for name in _OUTCOMES if search.outcomes[name]},
        "draws": search.attempts,
        "acceptance": round(search.acceptance, 4),
        "failed hypotheses": dict(search.failed.most_common()),
        "first failure": search.first,
        "counterexamples": counterexamples,
        "undecided": {
            name: {"problem": trial.number, "detail": trial.detail}
            for name, trial in sorted(search.examples.items())
        },
        "exit code": search.exit_code(),
        "complete": search.complete,
        "seconds": round(search.seconds, 3),
    }


def falsifications_to_json(entries: list[dict[str, Any]], searches: list[Falsification]) -> str:
    """`falsify --json`."""
    options = {"digits": searches[0].digits, "seed": searches[0].seed, "operations": searches[0].operations}
    return to_json({"schema": SCHEMA, "litproof": __version__, **options, "claims": entries})


def print_falsification(search: Falsification, counterexamples: list[dict[str, Any]]) -> None:
    """The table of networks and outcomes, then what was search."""
    console = plain_console()
    columns = [name for name in _OUTCOMES if search.outcomes[name] and name not in (LOST, NOT_DRAWN)]
    table = Table(box=None, pad_edge=False)
    table.add_column("network", no_wrap=True)
    for name in columns:
        table.add_column(Text(name, COLOURS[Status(name)]), justify="right", no_wrap=True)
    for kind in sorted({kind for kind, _ in search.networks}):
        table.add_row(kind, *(str(search.networks[kind, name] or "-") for name in columns))
    if columns:
        console.print(table)
    for line in lines_of(search, counterexamples):
        console.print(Text(visible(line)), soft_wrap=True)


def lines_of(search: Falsification, counterexamples: list[dict[str, Any]]) -> list[str]:
    """The verdict in sentences."""
    counts = ", ".join(f"{search.outcomes[name]} {name}" for name in _OUTCOMES if search.outcomes[name])
    lines = []
    for one in counterexamples:
        ending = ", shrunk" if one["shrunk"] else ""
        lines.append(f"{one['outcome']}: {one['detail']} (problem {one['problem']}{ending})")
        if one["file"] is None:
            lines.append(f"  no problem file: {one['reason']}: {one['python']}")
            continue
        lines.append(f"  {one['command']}")
        if one["reproduced"] is False:
            lines.append("  note: read back from the file the claim does not fail in the same way")
    for name, trial in sorted(search.examples.items()):
        if name != NOT_DRAWN:
            lines.append(f"{name}, as problem {trial.number}: {trial.detail}")
    if not search.drawn and search.tried:
        most = f"; most fail {search.failed.most_common(1)[0][0]!r}" if search.failed else ""
        lines.append(
            f"nothing is tested: none of {search.attempts} problems drawn meets the hypotheses{most}"
        )
    rejected = f"; {search.acceptance:.0%} of {search.attempts} draws meet the hypotheses"
    options = f"{search.digits} digits, seed {search.seed}, {search.seconds:.1f} s"
    ending = "" if search.complete else ", interrupted"
    first = "" if search.first is None else f"; fails first at problem {search.first}"
    lines.append(f"{search.claim}: {counts or 'nothing finished'}{first}{rejected} ({options}{ending})")
    return lines


__all__ = ["FAILURES", "falsifications_to_json", "print_falsification", "to_mapping", "write_counterexamples"]
