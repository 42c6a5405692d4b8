"""Starters: what `litproof new` writes (a claim, true or false, and a problem for it), and a problem for examples."""

from __future__ import annotations

import re
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

from litproof.errors import InputError
from litproof.files import write_atomically
from litproof.networks.diagonal import Diagonal
from litproof.problem import Problem, Task

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}", re.ASCII)
_FORMULAS = {
    False: "sum((alpha*etabar[j])^2*H(depth, rho[j]/(alpha*abs(etabar[j]))^depth))",
    True: "sum(abs(rho[j]))",
}


def example_problem(task: Task) -> Problem:
    """Two diagonal layers from (1/2, 1/2) and 0, and one sample (1, 2) with target or label 1.

    Parameters
    ----------
    task : "regression" or "classification".

    Examples
    --------
    >>> from litproof import find_limit
    >>> find_limit(example_problem("regression"), 12).decimals
    ('0.1418438758993', '0.4290780620504')
    """
    half, zero, one = Fraction(1, 2), Fraction(0), Fraction(1)
    return Problem(Diagonal(2, 2), task, ((one, Fraction(2)),), (one,), half, ((one, one), (zero, zero)))


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
