"""Starters that `litproof new` writes: a claim, true or false, in Python or TOML, and a problem for it."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from litproof.errors import InputError
from litproof.files import write_atomically

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}", re.ASCII)
_FORMULAS = {
    False: "sum((alpha*etabar[j])^2*H(depth, rho[j]/(alpha*abs(etabar[j]))^depth))",
    True: "sum(abs(rho[j]))",
}


def write_starter(
    name: str, *, toml: bool = False, refuted: bool = False, directory: str | Path = "."
) -> tuple[Path, Path]:
    """Write a claim file and a problem file that run at once; returns their paths.

    Parameters
    ----------
    name : letters, digits, - and _; names the files NAME.py (or NAME.toml) and NAME_problem.toml.
    toml : the claim as a formula in TOML.
    refuted : a claim that is false for the problem.

    Raises
    ------
    InputError : a name that is none, or a file that exists already; nothing is written then.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as directory:
    ...     claim, problem = write_starter("norm", toml=True, directory=directory)
    ...     print(claim.name, problem.name)
    norm.toml norm_problem.toml
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"expected a name of letters, digits, - and _, got {name[:40]!a}", key="NAME")
    folder = Path(directory)
    claim, problem = folder / f"{name}.{'toml' if toml else 'py'}", folder / f"{name}_problem.toml"
    for path in (claim, problem):
        if path.exists():
            raise InputError("exists already; expected a new name", source=str(path))
    text = _template("claim.toml.txt" if toml else "claim.py.txt")
    for word, value in (("NAME", name), ("POWER", "1" if refuted else "2"), ("FORMULA", _FORMULAS[refuted])):
        text = text.replace(word, value)
    write_atomically(problem, _template("problem.toml.txt"))
    write_atomically(claim, text)
    return claim, problem


def _template(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")
