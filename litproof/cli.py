"""The command line: parse, call, print. Each command imports what it needs, so that `--help` stays quick."""

import contextlib
import errno
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from litproof import __version__
from litproof.commands import bias, completion, conserved, derive, falsify, figures, mcp, sweep, users
from litproof.commands.options import (
    ENDINGS,
    FEW_LINES,
    MOST_LINES,
    PATIENCE,
    TimedCommand,
    all_option,
    certificate_option,
    check_writable,
    current_clock,
    digits_option,
    engine_option,
    jobs_option,
    json_option,
    say,
    write,
)
from litproof.deadline import OutOfTime
from litproof.errors import Inconclusive, InputError, LitproofError
from litproof.text import to_json

if TYPE_CHECKING:
    from litproof.limits.find import Engine, LimitResult
    from litproof.problem import Problem

EVIDENCE = ("numeric", "agreed", "certified", "exact", "kernel")


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: runs a command and leaves with its exit code; expected errors become one line each."""
    main_thread = threading.current_thread() is threading.main_thread()  # others cannot set handlers
    before = signal.signal(signal.SIGTERM, _interrupted) if main_thread else None
    try:
        code = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        if error.filename is not None or error.errno not in OUTPUT_FAULTS:
            raise
        # what is still in the buffer cannot be written either when the interpreter ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno == errno.EPIPE:  # whoever read has seen enough
            code = 1
        else:
            code = _complain(f"standard output cannot be written: {error.strerror}", 2)
    finally:
        # after one SIGTERM further ones wait until the process has ended
        if main_thread and signal.getsignal(signal.SIGTERM) is _interrupted:
            signal.signal(signal.SIGTERM, before)
    sys.exit(code)


def _interrupted(number: int, frame: FrameType | None) -> None:
    """Batch systems and CI end a job by SIGTERM: what is finished is kept, as after Ctrl-C, and a second one waits."""
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


OUTPUT_FAULTS = frozenset([errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT, errno.EBADF])
"""What goes wrong with a pipe or a full disk."""


def _run(arguments: Sequence[str] | None) -> int:
    """The exit code of a command."""
    try:
        code = program.main(args=arguments, prog_name="litproof", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "litproof"
        return _complain(f"{error.format_message()} (see {where} --help)", 2)
    except click.ClickException as error:
        return _complain(error.format_message(), 2)
    except LitproofError as error:
        if trace := getattr(error, "traceback", ""):
            say(trace, err=True, lines=True)
        outcome = getattr(error, "outcome", None)
        return _complain(f"{error}; to try: {outcome.advice}" if outcome else str(error), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _complain("interrupted", 130)
    return code if isinstance(code, int) else 0


def _complain(message: str, code: int) -> int:
    with contextlib.suppress(OSError):  # nobody can be told where standard error is full or closed
        say(f"litproof: error: {' '.join(message.split())}", err=True)
    return code


@click.group(epilog=ENDINGS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def program() -> None:
    """Verify theorems about the implicit bias of gradient flow on linear tensor networks."""


program.command_class = TimedCommand


@program.command(epilog=ENDINGS)
@click.argument("targets", nargs=-1, metavar="[CLAIM_OR_FILE]...", shell_complete=completion.claims_and_files)
@digits_option(30, 10, 1000)
@jobs_option
@json_option
@click.option("--junit", "junit_file", metavar="FILE", help="Write JUnit XML to FILE.")
@click.option(
    "--html",
    "html_directory",
    metavar="DIR",
    help="Write a report for a browser to DIR: index and a page a claim.",
)
@click.option(
    "--certificates",
    "certificate_directory",
    metavar="DIR",
    help="Write certificates for `litproof check` to DIR.",
)
@click.option("--evidence", type=click.Choice(EVIDENCE), help="Fail (1) claims with weaker evidence.")
@click.option("--no-mutants", is_flag=True, help="Leave out the false variants.")
@click.option("--resume", metavar="DIR", help="Keep finished results in DIR and reuse those found there.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the random instances.")
@click.option("--quick", is_flag=True, help="One instance a claim, without the second engine.")
@engine_option("mpmath: follow the flow of every instance by the second engine too, not of one a claim.")
def verify(
    targets: tuple[str, ...],
    digits: int,
    jobs: int | None,
    json_file: str | None,
    junit_file: str | None,
    html_directory: str | None,
    certificate_directory: str | None,
    evidence: str | None,
    no_mutants: bool,
    resume: str | None,
    seed: int,
    quick: bool,
    engine: str,
) -> int:
    """Try claims and their mutants: the catalogue, or the claims and problem files named.

    A problem file alone runs every claim whose hypotheses hold there; claims and files together run these claims
    on these problems.
    """
    check_writable(json_file)
    check_writable(junit_file)
    from litproof.files import check_directory, make_directory

    for directory in (html_directory, certificate_directory, resume):
        if directory:
            check_directory(Path(directory))
    from litproof.claims.verification import Stopped, verify as run
    from litproof.parallel import usable_cores
    from litproof.report.machine import report_to_json, report_to_junit
    from litproof.report.progress import counting_bar, progress_bar
    from litproof.report.terminal import print_report
    from litproof.results import Evidence

    try:
        with progress_bar() as progress:
            report = run(
                *targets,
                digits=digits,
                jobs=jobs or usable_cores(),
                mutants=not no_mutants,
                seed=seed,
                resume=resume,
                progress=progress,
                quick=quick,
                second_engine="all" if engine == "mpmath" else "none" if quick else "one",
                required=Evidence[evidence.upper()] if evidence else Evidence.NUMERIC,
                pictures=html_directory is not None,
            )
    except Stopped as stop:
        current_clock().stop()
        report = stop.report
        current_clock().lost = f"not finished: {', '.join(report.unfinished)}"
    if json_file:
        write(json_file, report_to_json(report))
    if junit_file:
        write(junit_file, report_to_junit(report))
    if json_file != "-":
        print_report(report)
    if html_directory:
        from litproof.report.html import write_html

        with counting_bar("report") as counted:
            write_html(report, Path(html_directory), jobs=jobs or usable_cores(), progress=counted)
    if certificate_directory:
        from litproof.theorems.certificates import write_certificates

        make_directory(Path(certificate_directory))
        written, missing = write_certificates(report, Path(certificate_directory))
        say(f"{written} certificates written; {missing} verified instances have none", err=True)
    for trace in report.tracebacks:
        say(trace, err=True, lines=True)
    for note in report.notes:
        say(f"note: {note}", err=True)
    if not report.complete and not current_clock().rang:
        return 130
    return report.exit_code()


@program.command(epilog=ENDINGS, seconds=PATIENCE)
@click.argument("problem_file", metavar="PROBLEM", shell_complete=completion.files)
@digits_option(30, 1, 10000)
@json_option
@click.option("--path", "path_file", metavar="FILE", help="Write the trajectory to FILE (.csv or .json).")
@certificate_option("a certificate")
@click.option("--follow", is_flag=True, help="Follow the flow beside a proof, however long it takes.")
@all_option("Show all entries of a long limit, not only the largest ones.")
@engine_option("mpmath: follow the flow by the second engine as well; both must agree.")
def limit(
    problem_file: str,
    digits: int,
    json_file: str | None,
    path_file: str | None,
    certificate_file: str | None,
    follow: bool,
    everything: bool,
    engine: "Engine",
) -> int:
    """Find where the flow of a problem goes."""
    for name in (json_file, path_file, certificate_file):
        check_writable(name)
    from litproof.integrate.watch import listened
    from litproof.limits.find import Interrupted, find_limit
    from litproof.problem_file import read_problem
    from litproof.report.progress import in_a_line, live_line

    problem = read_problem(problem_file)
    if path_file and problem.training and problem.task == "classification":
        raise InputError(f"no path is written of {problem.training}", key="--path", source=problem_file)
    interrupted = False
    try:
        with (
            live_line("looking for the limit") as show,
            listened(lambda phase, where, known: show(in_a_line(phase, where, known))),
        ):
            result = find_limit(problem, digits, engine=engine, follow=follow)
    except Inconclusive:
        if path_file:
            _write_path(path_file, problem, digits, follow=follow)
        raise
    except Interrupted as cut:
        if path_file or certificate_file:
            say("note: interrupted: path and certificate are not written", err=True)
        result, interrupted, path_file, certificate_file = cut.result, True, None, None
    whole, clock = True, current_clock()
    try:
        if path_file:
            clock.lost = "the path is not written"
            whole = _write_path(path_file, problem, digits, follow=follow)
        if certificate_file:
            clock.lost = "the certificate is not written"
            whole = _write_certificate(certificate_file, problem, result) and whole
        clock.lost = ""
    except OutOfTime:
        pass
    except KeyboardInterrupt:
        interrupted = True
    clock.stop()
    if json_file:
        from litproof.report.machine import limit_to_json

        write(json_file, limit_to_json(result))
    if json_file != "-":
        say("\n".join(_entries(result, everything=everything)), lines=True)
        reached = f"; followed to {result.followed_to}" if result.clock else ""
        say(f"evidence: {result.evidence} ({'; '.join(result.methods)}{reached})")
        parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in result.parts.items())
        say(
            f"{result.residual_name}: {result.residual}   seconds: {result.seconds:.2f}{parts and f' ({parts})'}"
        )
    if interrupted:
        raise KeyboardInterrupt
    return 0 if whole else 3


def _entries(result: "LimitResult", *, everything: bool) -> list[str]:
    """The entries of a limit as lines; of many only the largest, unless everything is asked for."""
    name = "beta" if result.task == "regression" else "direction"
    places = range(len(result.value))
    few = everything or len(places) <= MOST_LINES
    shown = places if few else sorted(sorted(places, key=lambda j: -abs(result.value[j]))[:FEW_LINES])
    wholes = {j: result.decimals[j].partition(".")[0] for j in shown}
    width = max(map(len, wholes.values()))
    lines = [
        f"{name}_{j + 1} = {wholes[j].rjust(width)}{result.decimals[j][len(wholes[j]) :]}" for j in shown
    ]
    if not few:
        lines.append(f"... and {len(places) - len(shown)} more, no larger in modulus (--all shows them)")
    return lines


def _write_path(name: str, problem: "Problem", digits: int, *, follow: bool) -> bool:
    """Write the path, with a word on standard error where it ends early; False where sizes rule it out."""
    from litproof.integrate.estimate import path_takes_long, run_in_words
    from litproof.integrate.paths import path_of

    if not follow and path_takes_long(problem, digits):
        say(
            f"note: the path is not written: {run_in_words(problem, digits)} takes minutes by its sizes "
            "(--follow follows it; fewer digits take less)",
            err=True,
        )
        return False
    from litproof.report.path import path_to_csv, path_to_json

    path = path_of(problem, digits)
    text = path_to_json(path, digits) if name.endswith(".json") else path_to_csv(path, digits)
    write(name, text.rstrip("\n"))
    if path.ended:
        say(f"note: the path ends before the limit: {path.ended}", err=True)
    return True


def _write_certificate(name: str, problem: "Problem", result: "LimitResult") -> bool:
    """Write a certificate of the limit; False, with a word on standard error, where there is none."""
    from litproof.certify.certificates.format import to_json as certificate_text
    from litproof.certify.certificates.limit import NoCertificate, certificate_for

    try:
        certificate = certificate_for(problem, result.value, result.digits)
    except NoCertificate as error:
        say(f"note: {error}", err=True)
        return False
    write(name, certificate_text(certificate).rstrip("\n"))
    return True


@program.command(name="list")
@json_option
def list_claims(json_file: str | None) -> int:
    """List the claims of the catalogue."""
    from litproof.claims.catalogue import catalogue, code_of, paper_of

    check_writable(json_file)
    claims = catalogue().values()
    if json_file:
        entries = [
            {
                "id": claim.id,
                "code": code_of(claim.id),
                "title": claim.title,
                "source": claim.source,
                "paper": paper_of(claim.id),
            }
            for claim in claims
        ]
        write(json_file, to_json({"schema": 1, "claims": entries}))
    if json_file != "-":
        width = max(len(claim.id) for claim in claims)
        for paper in dict.fromkeys(paper_of(claim.id) for claim in claims):
            say(paper)
            for claim in claims:
                if paper_of(claim.id) == paper:
                    say(f"  {code_of(claim.id).ljust(2)}  {claim.id.ljust(width)}  {claim.title}")
    return 0


@program.command()
@click.argument("claim", shell_complete=completion.claims_and_files)
def show(claim: str) -> int:
    """Show a claim: statement, hypotheses, what is predicted and measured, mutants, source. Or a lemma's statement."""
    from litproof.claims.catalogue import catalogue, claim_of, code_of, load_file, matching
    from litproof.report.show import describe_claim, describe_derivation
    from litproof.theorems import THEOREMS, has

    only_derived = [id for id in THEOREMS if claim in (id, code_of(id)) and not has(id, "claim")]
    if only_derived and not any(claim == code_of(id) for id in catalogue()):
        from litproof.theorems.derivations import derivation

        say("\n\n".join(describe_derivation(derivation(id)) for id in only_derived), lines=True)
        return 0
    ids = load_file(claim) if claim.endswith((".py", ".toml", ".json")) else matching(claim)
    say("\n\n".join(describe_claim(claim_of(id)) for id in ids), lines=True)
    return 0


@program.command(epilog=ENDINGS)
@click.argument(
    "certificates", nargs=-1, required=True, metavar="CERTIFICATE...", shell_complete=completion.files
)
def check(certificates: tuple[str, ...]) -> int:
    """Re-check certificates with the independent checker."""
    from litproof.certify.checker import Refused, Unreadable, check as recheck, read

    contents = []
    for name in certificates:
        try:
            contents.append(read(name))
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", source=name) from None
        except Unreadable as error:
            raise InputError(str(error), source=name) from None
        if not isinstance(contents[-1], dict) or "format" not in contents[-1]:
            raise InputError("expected a certificate, got other JSON", source=name)
    refused = False
    for name, content in zip(certificates, contents, strict=True):
        try:
            say(f"{name}: accepted ({content.get('kind')}): {recheck(content)}")
        except Refused as error:
            refused = True
            say(f"{name}: refused: {error}")
    return 1 if refused else 0


_PARTS = (
    bias.bias,
    conserved.conserved,
    derive.derive,
    falsify.falsify,
    figures.figures,
    mcp.mcp,
    sweep.sweep,
)
for command in (*users.COMMANDS, *_PARTS):
    program.add_command(command)
