"""Options and small helpers that the commands share."""

import os
from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import Any

import click

from litproof.deadline import Clock, OutOfTime, clock, has_alarms
from litproof.errors import Inconclusive, InputError
from litproof.text import visible

ENDINGS = """
Exit codes: 0 all as claimed; 1 a claim refuted or defective, or below the evidence asked for; 2 bad input or usage;
3 inconclusive; 130 interrupted.
"""

PATIENCE = 600.0
"""Seconds, unless others are given, for commands that answer one question of a person who waits."""


class TimedCommand(click.Command):
    """A command with `--seconds`: what it has by then is its result, it says what was cut off, exit code 3.

    Parameters
    ----------
    seconds : the default, None for no limit.
    """

    def __init__(self, *arguments: Any, seconds: float | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        text = "End with what there is after S seconds (3)."
        self.params.append(
            click.Option(
                ["--seconds"],
                type=click.FloatRange(0, min_open=True),
                metavar="S",
                default=seconds,
                callback=_number,
                help=f"{text}  [default: {seconds:g}; inf: no limit]"
                if seconds
                else f"{text}  [default: no limit]",
            )
        )

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command against the clock."""
        seconds = ctx.params.pop("seconds")
        explicit = ctx.get_parameter_source("seconds") is not click.core.ParameterSource.DEFAULT
        try:
            with clock(seconds if explicit or has_alarms() else None) as ctx.obj:
                code = super().invoke(ctx)
        except OutOfTime as cut:
            reached = cut.partial.reason if cut.partial else "nothing was finished"
            lost = ctx.obj.lost if ctx.obj else ""
            raise Inconclusive(f"{cut}: {lost or reached}") from None
        if ctx.obj.rang:
            say(f"note: {ctx.obj}: {ctx.obj.lost or 'the result is what was found until then'}", err=True)
            return code if code == 1 else 3
        return code


def _number(ctx: click.Context, option: click.Parameter, value: float | None) -> float | None:
    if value is not None and isnan(value):
        raise click.BadParameter("expected a number of seconds, got nan")
    return value


def say(text: object, *, err: bool = False, lines: bool = False) -> None:
    """Print a line (or `lines`), without what a terminal would take for commands."""
    click.echo(visible(text, lines=lines), err=err)


def current_clock() -> Clock:
    """The clock of the command that runs."""
    clock: Clock = click.get_current_context().obj
    return clock


json_option = click.option(
    "--json",
    "json_file",
    metavar="FILE",
    help="Write JSON to FILE ('-': standard output, and nothing else there).",
)


jobs_option = click.option(
    "--jobs", type=click.IntRange(1), help="Worker processes.  [default: the cores there are]"
)


MOST_LINES = 100
"""Entries of one result that are all printed."""
FEW_LINES = 20
"""Entries of a longer one that are."""


def certificate_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--certificate`; `what` says of what."""
    text = f"Write {what} for `litproof check` to FILE."
    return click.option("--certificate", "certificate_file", metavar="FILE", help=text)


def all_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--all`, for results of more than MOST_LINES entries."""
    return click.option("--all", "everything", is_flag=True, help=text)


def digits_option(default: int, low: int, high: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--digits` within its range."""
    kind = click.IntRange(low, high)
    return click.option(
        "--digits", type=kind, default=default, show_default=True, help="Significant decimal digits."
    )


def engine_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--engine`; `text` says what mpmath means to the command."""
    return click.option(
        "--engine", type=click.Choice(("gmpy2", "mpmath")), default="gmpy2", show_default=True, help=text
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
