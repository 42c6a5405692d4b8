"""The tools of `litproof mcp`: each call is the command of the same name, in a process and a folder of its own.

So a call has the exact input, the errors, the budget and the JSON of the command line, and nothing that it does can
disturb the server or another call. Problems and claims come as data: no Python of the caller's is run and no file named
by the caller is read.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import anyio
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from litproof import __version__

GRACE = 20.0
"""Seconds that a command has for starting, and for writing what it has, beyond those it was given."""

INSTRUCTIONS = (
    "Theorems about the implicit bias of gradient flow on linear tensor networks, checked. Numbers are exact: "
    "integers, or text such as '3/10' and '0.3'; floats are refused. Every answer says how strongly it is backed: "
    "numeric, agreed (two independent computations), certified (a proven enclosure), exact (an identity), kernel "
    "(proved in Coq)."
)

_NAME = re.compile(r"[A-Za-z0-9/_*?\[\]-]+")

Data = Mapping[str, Any] | str
Problem = Annotated[
    Data,
    Field(
        description="A problem: a table, or the text of a TOML or JSON problem file. Keys: schema = 1; network {kind, "
        "depth, ..}; task {kind = regression or classification}; data {X, y}; init {scale, v: one list a layer}. "
        "Numbers are integers or text such as '3/10'."
    ),
]
Optional = Annotated[
    Data | None, Field(description="A problem, as for `limit`; none: the claims' own instances.")
]
Claim = Annotated[str, Field(description="Id, code (R2) or pattern (ykm/*) of the catalogue; see `claims`.")]
Own = Annotated[
    Data | None,
    Field(
        description="A claim of your own in place of one of the catalogue: a table, or TOML text, with schema = 1 and "
        "claim {id, minimises | stationary | limit | conserved: a formula, hypotheses}."
    ),
]
Digits = Annotated[int, Field(ge=4, le=1000, description="Significant decimal digits.")]
Degree = Annotated[int, Field(ge=1, le=8, description="Highest degree of polynomials.")]
Seconds = Annotated[float, Field(gt=0, le=3600, description="Budget; what is cut off is said to be.")]


def make_server() -> MCPServer:
    """The server with its tools."""
    server = MCPServer("litproof", version=__version__, instructions=INSTRUCTIONS, log_level="ERROR")
    for tool in (limit, conserved, bias, verify, falsify, derive, check, claims):
        server.add_tool(tool)
    return server


async def limit(problem: Problem, digits: Digits = 30, seconds: Seconds = 60) -> dict[str, Any]:
    """Where gradient flow goes on a problem: the limit of beta (or of its direction) as decimals, with its evidence."""
    return await _json(["limit", "{problem}", "--digits", str(digits)], seconds, problem=problem)


async def conserved(problem: Problem, degree: Degree = 2, seconds: Seconds = 60) -> dict[str, Any]:
    """The polynomials that the flow of a network conserves for all data, their number, and whether these are all."""
    return await _json(["conserved", "{problem}", "--degree", str(degree)], seconds, problem=problem)


async def bias(problem: Problem, seconds: Seconds = 60) -> dict[str, Any]:
    """Is there a regulariser: excluded by a certified pair of problems, known exactly, or neither (consistent)."""
    return await _json(["bias", "{problem}"], seconds, problem=problem)


async def verify(
    claims: Annotated[list[str], Field(description="Ids, codes or patterns of the catalogue.")] = [],  # noqa: B006
    own_claim: Own = None,
    problem: Optional = None,
    digits: Digits = 30,
    seconds: Seconds = 120,
    mutants: Annotated[bool, Field(description="Whether false variants are tried as well.")] = True,
    details: Annotated[bool, Field(description="Every instance and mutant, not only the sums.")] = False,
) -> dict[str, Any]:
    """Verify claims: on their own instances, or on a problem. A problem alone: every claim that applies to it."""
    if not (claims or own_claim or problem):
        raise ToolError("expected claims, a claim of your own, or a problem")
    targets = [*map(_name, claims), *(["{claim}"] if own_claim else []), *(["{problem}"] if problem else [])]
    command = ["verify", *targets, "--digits", str(digits), "--jobs", "1"]
    record = await _json(
        command if mutants else [*command, "--no-mutants"], seconds, problem=problem, claim=own_claim
    )
    if not details:
        for entry in record.get("claims", ()):
            entry.pop("details", None)
    return record


async def falsify(
    claim: Claim = "",
    own_claim: Own = None,
    instances: Annotated[int, Field(ge=1, le=10**6, description="Problems to draw.")] = 100,
    digits: Digits = 20,
    seconds: Seconds = 120,
    seed: Annotated[int, Field(description="Of what is drawn.")] = 0,
) -> dict[str, Any]:
    """Try to break a claim on problems drawn to meet its hypotheses; failures are shrunk to small problems."""
    if bool(claim) == bool(own_claim):
        raise ToolError("expected a claim of the catalogue or one of your own")
    command = ["falsify", "{claim}" if own_claim else _name(claim), "--instances", str(instances)]
    command += ["--digits", str(digits), "--seed", str(seed), "--jobs", "1"]
    return await _json(command, seconds, claim=own_claim)


async def derive(
    claim: Claim = "", problem: Optional = None, degree: Degree = 2, seconds: Seconds = 120
) -> str:
    """The derivation of a claim, or of a problem's equations, laws and limit, as LaTeX; every equation is checked."""
    if bool(claim) == bool(problem):
        raise ToolError("expected a claim or a problem")
    target = ["{problem}", "--degree", str(degree)] if problem else [_name(claim)]
    return (await _run(["derive", *target], seconds, problem=problem))[0]


async def check(
    certificate: Annotated[Data, Field(description="A certificate: the object, or its JSON text.")],
    seconds: Seconds = 60,
) -> dict[str, Any]:
    """Re-check a certificate with the independent checker: whether it is accepted, and what it proves."""
    text, code = await _run(["check", "{certificate}"], seconds, certificate=certificate)
    return {"accepted": code == 0, "says": text.strip().partition(": ")[2]}


async def claims() -> dict[str, Any]:
    """The catalogue: id, code, title and source of every claim."""
    return await _json(["list"], 60.0)


def _name(text: str) -> str:
    """A name of the catalogue: nothing that the command line would take for a file or an option."""
    if not _NAME.fullmatch(text) or text.startswith("-"):
        raise ToolError(f"expected an id, a code or a pattern of the catalogue, got {text[:60]!r}")
    return text


async def _json(command: list[str], seconds: float, **files: Data | None) -> dict[str, Any]:
    text, code = await _run([*command, "--json", "-"], seconds, **files)
    record: dict[str, Any] = json.loads(text)
    return {**record, "exit code": code}


async def _run(arguments: list[str], seconds: float, **files: Data | None) -> tuple[str, int]:
    """Standard output and exit code of a command; `{name}` among the words is the file with that data.

    Raises
    ------
    ToolError : the one line that the command ends with, when it has no result.
    """
    with TemporaryDirectory(prefix="litproof-mcp-") as folder:
        names = {name: _written(Path(folder), name, data) for name, data in files.items() if data is not None}
        command = [sys.executable, "-m", "litproof", *(word.format(**names) for word in arguments)]
        try:
            with anyio.fail_after(seconds + GRACE):  # leaving the block kills the process
                done = await anyio.run_process(
                    [*command, "--seconds", repr(float(seconds))], cwd=folder, check=False
                )
        except TimeoutError:
            raise ToolError(f"cut off after {seconds:g} s: nothing was finished") from None
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if done.returncode not in (0, 1, 3) or not done.stdout.strip():
        line = said[-1] if said else f"the command ended with exit code {done.returncode}"
        raise ToolError(line.removeprefix("litproof: error: "))
    return done.stdout.decode(), done.returncode


def _written(folder: Path, name: str, data: Data) -> str:
    """The name of a file in `folder` with this data."""
    if isinstance(data, str):
        file = f"{name}.json" if data.lstrip().startswith("{") else f"{name}.toml"
        (folder / file).write_text(data, "utf-8")
    else:
        file = f"{name}.json"
        (folder / file).write_text(json.dumps(data), "utf-8")
    return file
