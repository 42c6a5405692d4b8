"""`litproof sweep`: a grid of problems to one table."""

import shutil
from collections import Counter
from pathlib import Path

import click

from litproof.commands.completion import files
from litproof.commands.options import ENDINGS, TimedCommand, check_writable, current_clock, jobs_option, say


@click.command(cls=TimedCommand, epilog=ENDINGS)
@click.argument("grid_file", metavar="GRID.toml", shell_complete=files)
@click.option(
    "-o", "output", metavar="FILE", help="Table to write, .csv or .parquet.  [default: CSV on stdout]"
)
@jobs_option
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Run on this Dask cluster instead.")
@click.option(
    "--resume",
    metavar="DIR",
    help="Keep finished rows in DIR and reuse those found there.  [default: FILE.parts until FILE is complete]",
)
def sweep(
    grid_file: str, output: str | None, jobs: int | None, scheduler: str | None, resume: str | None
) -> int:
    """Find where the flow goes, and what claims say, at every point of a grid.

    GRID.toml holds a problem (or the name of a problem file) and, under [grid], lists of values by dotted key such as
    init.scale, network.depth or seed. A run that was cut off goes on where it was when it is started again.
    """
    check_writable(output)
    from litproof.files import check_directory
    from litproof.parallel import usable_cores
    from litproof.report.progress import counting_bar
    from litproof.sweep.grid import read_grid
    from litproof.sweep.output import check_output, csv_lines, write_table
    from litproof.sweep.run import Stopped, run_grid

    if output:
        check_output(Path(output))
    if scheduler:
        from litproof.claims.cluster import check_cluster

        check_cluster(scheduler)
    parts = Path(resume) if resume else Path(f"{output}.parts") if output else None
    if parts:
        check_directory(parts)
    with counting_bar("problems read") as progress:
        grid = read_grid(grid_file, progress)
    try:
        with counting_bar("points") as progress:
            rows = run_grid(
                grid, jobs=jobs or usable_cores(), scheduler=scheduler, resume=parts, progress=progress
            )
        interrupted = False
    except Stopped as stop:
        current_clock().stop()
        rows, interrupted = stop.rows, True
        current_clock().lost = (
            f"{len(grid.points) - len(rows)} points are not finished; started again it goes on there"
        )
    if output:
        write_table(rows, Path(output))
    else:
        for line in csv_lines(rows):
            click.echo(line, nl=False)
    statuses = Counter(str(value) for row in rows for name, value in row.items() if name.endswith("status"))
    counts = ", ".join(f"{count} {status}" for status, count in statuses.items())
    say(f"{len(rows)} of {len(grid.points)} points: {counts or 'nothing finished'}", err=True)
    if interrupted and not current_clock().rang:
        return 130
    if parts and not resume and not interrupted and "error" not in statuses:
        shutil.rmtree(parts, ignore_errors=True)
    if {"disagreement", "refuted", "error"} & set(statuses):
        return 1
    return 3 if "inconclusive" in statuses else 0
