"""Running a grid: rows that are kept are taken from there, the other points are spread over processes."""

from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from litproof.deadline import together
from litproof.errors import InputError
from litproof.parallel import WorkerDied, streamed
from litproof.sweep.grid import Grid
from litproof.sweep.kept import Kept
from litproof.sweep.point import Task, find_row, key_of_point, lost
from litproof.sweep.rows import Rows


class Stopped(KeyboardInterrupt):
    """Ctrl-C during a sweep; `rows` holds what was finished."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        super().__init__("interrupted")


def run_grid(
    grid: Grid,
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    resume: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Rows:
    """Find the rows of all points, in the order of the grid; each begins with the values of the point.

    Problems are made, and rows put aside, one at a time: memory does not grow with the grid.

    Parameters
    ----------
    jobs : worker processes on this machine, when there is no `scheduler`.
    scheduler : address of a Dask cluster, such as ``tcp://host:8786``; its workers need the same litproof.
    resume : directory where finished rows are kept and found again.
    progress : called with (finished, total).

    Raises
    ------
    Stopped : on Ctrl-C, with the finished rows.
    InputError : the cluster cannot be reached, or runs another litproof; claim files on a cluster.

    Examples
    --------
    >>> from litproof import example_problem
    >>> from litproof.sweep.grid import Point
    >>> problem = example_problem("regression")
    >>> grid = Grid(keys=("n",), points=(Point((("n", 1),), problem),), digits=5, claims=())
    >>> [(row["n"], row["status"], row["beta_1"]) for row in run_grid(grid)]
    [(1, 'found', '0.141844')]
    """
    if scheduler and grid.origins:
        raise InputError("claim files run on this machine only: leave --scheduler out", key="claims")
    total = len(grid.points)
    task = Task(grid.digits, grid.claims, grid.origins)
    rows = Rows(total)
    kept = Kept(resume) if resume else None
    if kept is not None and len(kept):
        for position, point in enumerate(grid.points):
            if (known := kept.get(key_of_point(task, point.problem))) is not None:
                rows.put(position, {**dict(point.values), **known})
    if progress:
        progress(len(rows), total)
    waiting = array("q", (k for k in range(total) if not rows.finished(k)))
    arguments = ((task, grid.points[k]) for k in waiting)
    try:
        for index, result in _completed(arguments, jobs, scheduler):
            key, row = ("", lost()) if isinstance(result, WorkerDied) else result
            with together():
                if kept is not None and row["status"] != "error":
                    kept.add(key, row)
                rows.put(waiting[index], {**dict(grid.points[waiting[index]].values), **row})
            if progress:
                progress(len(rows), total)
    except KeyboardInterrupt:
        raise Stopped(rows) from None
    finally:
        if kept is not None:
            kept.close()
    return rows


def _completed(
    arguments: Iterator[tuple[Any, ...]], jobs: int, scheduler: str | None
) -> Iterator[tuple[int, Any]]:
    if scheduler is None:
        return streamed(find_row, arguments, jobs)
    from litproof.claims.cluster import completed_on_cluster

    return completed_on_cluster(find_row, arguments, scheduler)
