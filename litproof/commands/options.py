"""Options and small helpers that the commands share."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from litproof.errors import InputError

ENDINGS = """
Exit codes: 0 all as claimed; 1 a claim refuted or defective, or below the evidence asked for; 2 bad input or usage;
3 inconclusive; 130 interrupted.
"""

json_option = click.option(
    "--json",
    "json_file",
    metavar="FILE",
    help="Write JSON to FILE ('-': standard output, and nothing else there).",
)


def digits_option(default: int, low: int, high: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--digits` within its range."""
    kind = click.IntRange(low, high)
    return click.option(
        "--digits", type=kind, default=default, show_default=True, help="Significant decimal digits."
    )


def check_writable(name: str | None) -> None:
    """Refuse a file that cannot be written before any work is done; nothing is created."""
    if name is None or name == "-":
        return
    path = Path(name)
    if path.is_dir():
        raise InputError("is a directory, expected a file to write", source=name)
    if not path.parent.is_dir():
        raise InputError(f"the directory {str(path.parent)!r} does not exist", source=name)
    if not os.access(path.parent, os.W_OK):
        raise InputError(f"the directory {str(path.parent)!r} is not writable", source=name)


def write(name: str, text: str) -> None:
    """Write text to a file in one step, or to standard output for "-"; a missing line end is added."""
    if name == "-":
        click.echo(text)
        return
    from litproof.files import write_atomically

    write_atomically(Path(name), text if text.endswith("\n") else text + "\n")
