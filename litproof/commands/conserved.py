"""`litproof conserved`: what a network or vector fields conserve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from litproof.commands.completion import files
from litproof.commands.options import (
    ENDINGS,
    FEW_LINES,
    MOST_LINES,
    PATIENCE,
    TimedCommand,
    all_option,
    check_writable,
    json_option,
    say,
    write,
)
from litproof.errors import InputError
from litproof.text import to_json

if TYPE_CHECKING:
    from litproof.laws.candidates import Candidate
    from litproof.problem import Problem
    from litproof.problem_file import NetworkFile


@click.command(cls=TimedCommand, epilog=ENDINGS, seconds=PATIENCE)
@click.argument("problem_file", metavar="PROBLEM", shell_complete=files)
@click.option(
    "--degree", type=click.IntRange(1, 8), default=2, show_default=True, help="Highest degree searched."
)
@click.option(
    "--law",
    "formulas",
    multiple=True,
    metavar="FORMULA",
    help="Decide whether this formula in the parameters and t is conserved; 1 where it is not.",
)
@json_option
@click.option("--latex", is_flag=True, help="Print the quantities as LaTeX.")
@all_option("Show all quantities of a long list, not only the first ones.")
def conserved(
    problem_file: str,
    degree: int,
    formulas: tuple[str, ...],
    json_file: str | None,
    latex: bool,
    everything: bool,
) -> int:
    """Find the conserved quantities of a network, their number, and whether the list is complete.

    PROBLEM may hold vector fields, the table [field], in place of a network.
    """
    check_writable(json_file)
    from litproof.laws.fields import fields_of, fields_of_file
    from litproof.networks.polynomial import FormulaNetwork
    from litproof.problem_file import read_network
    from litproof.problem_file.field import FieldFile

    file = read_network(problem_file, fields=True)
    if isinstance(file, FieldFile):
        return _of_fields(fields_of_file(file), "field", degree, formulas, json_file, latex=latex)
    problem = file.problem
    if problem is not None and problem.dynamics is not None:
        return _in_training(problem, degree, formulas, json_file, latex=latex)
    if isinstance(file.network, FormulaNetwork):
        from litproof.laws.fields import fields_of_map

        fields = fields_of(problem) if problem is not None else fields_of_map(file.network, problem_file)
        return _of_fields(fields, "formula", degree, formulas, json_file, latex=latex)
    return _of_network(file, problem_file, degree, formulas, json_file, latex=latex, everything=everything)


def _of_network(
    file: NetworkFile,
    source: str,
    degree: int,
    formulas: Sequence[str],
    json_file: str | None,
    *,
    latex: bool,
    everything: bool,
) -> int:
    """The laws of gradient flow of a polynomial network."""
    from litproof.laws.search import discover_conserved

    report = discover_conserved(file.network, degree)  # says first what sizes rule out
    candidates = _candidates(file, source, formulas)
    if json_file:
        write(json_file, to_json(_with(report.to_json(), candidates)))
    if json_file == "-":
        return _code(candidates)
    if latex:
        click.echo(report.to_latex(), nl=False)
        return _code(candidates)
    whole = everything or len(report.quantities) <= MOST_LINES
    for quantity in report.quantities if whole else report.quantities[:FEW_LINES]:
        mark = "" if report.independent else "* " if quantity.independent else "  "
        say(f"{mark}{quantity.name} = {quantity.polynomial}")
    if not whole:
        say(f"... and {len(report.quantities) - FEW_LINES} more (--all shows them)")
    if not report.independent:
        say("* a basis: the others are functions of these")
    say(report.summary)
    return _told(candidates)


def _candidates(file: NetworkFile, source: str, formulas: Sequence[str]) -> tuple[Candidate, ...]:
    if not formulas:
        return ()
    from litproof.laws.candidates import decide
    from litproof.laws.fields import fields_of_map

    fields = fields_of_map(file.network, source)
    return tuple(decide(fields, formula) for formula in formulas)


def _of_fields(
    fields: Any, kind: str, degree: int, formulas: Sequence[str], json_file: str | None, *, latex: bool
) -> int:
    from litproof.laws.field_report import report_on

    if latex:
        raise InputError("--latex is for polynomial networks", key="--latex", source=fields.source)
    report = report_on(fields, kind, degree, formulas)
    if json_file:
        write(json_file, to_json(report.to_json()))
    if json_file == "-":
        return _code(report.candidates)
    say("\n".join(report.lines()), lines=True)
    return _told(report.candidates)


def _in_training(
    problem: Problem, degree: int, formulas: Sequence[str], json_file: str | None, *, latex: bool
) -> int:
    """The laws of momentum, weight decay, mirror flow or gradient descent."""
    from litproof.laws.fields import fields_of
    from litproof.limits.training_laws import training_laws

    if latex:
        raise InputError("--latex is for gradient flow", key="--latex", source=problem.name)
    assert problem.dynamics is not None
    if problem.network.kind == "formula":
        return _of_fields(fields_of(problem), problem.dynamics.kind, degree, formulas, json_file, latex=latex)
    candidates: tuple[Candidate, ...] = ()
    if formulas:
        from litproof.laws.candidates import decide

        fields = fields_of(problem)
        candidates = tuple(decide(fields, formula) for formula in formulas)
    laws = training_laws(problem, degree)
    if json_file:
        write(json_file, to_json(_with(laws.to_json(), candidates)))
    if json_file == "-":
        return _code(candidates)
    say("\n".join(laws.lines()), lines=True)
    return _told(candidates)


def _with(record: dict[str, Any], candidates: Sequence[Candidate]) -> dict[str, Any]:
    return {**record, "candidates": [c.to_json() for c in candidates]} if candidates else record


def _told(candidates: Sequence[Candidate]) -> int:
    """Say what was decided."""
    verdicts = {True: "conserved", False: "not conserved", None: "not decided"}
    for candidate in candidates:
        say(f"{candidate.formula}: {verdicts[candidate.conserved]} ({candidate.reason})")
    return _code(candidates)


def _code(candidates: Sequence[Candidate]) -> int:
    """0 where all are conserved, 1 where one is not, 3 where one is not decided."""
    if any(candidate.conserved is False for candidate in candidates):
        return 1
    return 3 if any(candidate.conserved is None for candidate in candidates) else 0
