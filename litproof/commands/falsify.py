"""`litproof falsify`: many drawn problems for a claim, and the smallest on which it fails."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from litproof.commands.completion import claims_and_files
from litproof.commands.options import (
    ENDINGS,
    TimedCommand,
    check_writable,
    current_clock,
    digits_option,
    jobs_option,
    json_option,
    write,
)
from litproof.errors import InputError
from litproof.files import check_directory

if TYPE_CHECKING:
    from litproof.claims.falsify.search import Falsification


@click.command(cls=TimedCommand, epilog=ENDINGS)
@click.argument("claim", metavar="CLAIM", shell_complete=claims_and_files)
@click.option(
    "--instances", type=click.IntRange(1, 10**7), default=1000, show_default=True, help="Problems to try."
)
@digits_option(20, 4, 1000)
@jobs_option
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Run on this Dask cluster instead.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of what is drawn.")
@click.option(
    "--operations",
    type=click.FloatRange(1e4, 1e15),
    metavar="N",
    default=2e7,
    show_default=True,
    help="What integration of one problem may cost, in products of two numbers; more is inconclusive.",
)
@json_option
@click.option(
    "--resume",
    metavar="FILE",
    help="Append each result to FILE as it comes; what stands there is not done again.",
)
@click.option(
    "-o",
    "--output",
    "directory",
    metavar="DIR",
    default=".",
    help="Where problem files of failures go, made when missing.  [default: .]",
)
def falsify(
    claim: str,
    instances: int,
    digits: int,
    jobs: int | None,
    scheduler: str | None,
    seed: int,
    operations: float,
    json_file: str | None,
    resume: str | None,
    directory: str,
) -> int:
    """Try to break a claim: draw problems that meet its hypotheses, and shrink those on which it fails.

    CLAIM is an id, a code (R2) or a pattern of the catalogue, or a file with claims of your own. The smallest problem
    of each kind of failure is written as a problem file, with the command that shows the failure again.
    """
    check_writable(json_file)
    check_writable(resume)
    check_directory(Path(directory))
    if scheduler:
        from litproof.claims.cluster import check_cluster

        check_cluster(scheduler)
    from litproof.claims.catalogue import load_file, matching
    from litproof.report.falsify import (
        falsifications_to_json,
        print_falsification,
        to_mapping,
        write_counterexamples,
    )

    own = claim.endswith((".py", ".toml", ".json"))
    ids = load_file(claim) if own else matching(claim)
    if resume and len(ids) > 1:
        raise InputError(f"expected one claim, got {', '.join(ids)}", key="--resume")
    entries: list[dict[str, Any]] = []
    reports: list[Falsification] = []
    options = {"instances": instances, "digits": digits, "seed": seed, "operations": operations}
    for id in ids:
        search = _search(id, claim if own else "", jobs, scheduler, resume, options)
        written = write_counterexamples(search, Path(directory))
        entries.append(to_mapping(search, written))
        reports.append(search)
        if json_file != "-":
            print_falsification(search, written)
        if not search.complete:
            break
    if json_file:
        write(json_file, falsifications_to_json(entries, reports))
    if not reports[-1].complete and not current_clock().rang:
        return 130
    codes = {search.exit_code() for search in reports}
    return 1 if 1 in codes else max(codes)


def _search(
    id: str, origin: str, jobs: int | None, scheduler: str | None, resume: str | None, options: dict[str, Any]
) -> "Falsification":
    from litproof.claims.falsify.search import Stopped, falsify as run
    from litproof.parallel import usable_cores
    from litproof.report.progress import counting_bar

    try:
        with counting_bar(id) as progress:
            return run(
                id,
                origin=origin,
                jobs=jobs or usable_cores(),
                scheduler=scheduler,
                resume=resume,
                progress=progress,
                shrinking=progress,
                **options,
            )
    except Stopped as stop:
        current_clock().stop()
        done = f"{stop.search.tried} of {stop.search.asked} problems are finished"
        current_clock().lost = done + ("; started again it goes on there" if resume else "")
        return stop.search
