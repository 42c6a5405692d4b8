"""Running a grid: points that are known are taken from the store, the others are spread over processes."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from litproof.claims.store import Store
from litproof.errors import InputError
from litproof.parallel import WorkerDied, streamed
from litproof.sweep.grid import Grid
from litproof.sweep.point import Row, find_row, key_of_point, lost


class Stopped(KeyboardInterrupt):
    """Ctrl-C during a sweep; `rows` holds what was finished (None for the others)."""

    def __init__(self, rows: Sequence[Row | None]) -> None:
        self.rows = tuple(rows)
        super().__init__("interrupted")


def run_grid(
    grid: Grid,
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    resume: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Row]:
    """Find the rows of all points, in the order of the grid; each begins with the values of the point.

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
    store = Store(resume) if resume else None
    if scheduler and grid.origins:
        raise InputError("claim files run on this machine only: leave --scheduler out", key="claims")
    keys = [key_of_point(point.problem, grid.digits, grid.claims, grid.origins) for point in grid.points]
    rows: list[Row | None] = [_kept(store, key) for key in keys]
    waiting = [position for position, row in enumerate(rows) if row is None]
    here = scheduler is None
    arguments = (
        (grid.points[k].problem, grid.digits, grid.claims, store if here else None, keys[k], grid.origins)
        for k in waiting
    )
    try:
        if progress:
            progress(len(rows) - len(waiting), len(rows))
        for finished, (index, result) in enumerate(_completed(arguments, jobs, scheduler), start=1):
            position = waiting[index]
            row: Row = lost() if isinstance(result, WorkerDied) else result
            rows[position] = row
            if store and not here and row["status"] != "error":
                store.write(keys[position], row)
            if progress:
                progress(len(rows) - len(waiting) + finished, len(rows))
    except KeyboardInterrupt:
        # a worker may have kept a row that had not arrived here yet
        for position in waiting:
            rows[position] = rows[position] or _kept(store, keys[position])
        raise Stopped([_labelled(grid, position, row) for position, row in enumerate(rows)]) from None
    return [row for row in (_labelled(grid, k, row) for k, row in enumerate(rows)) if row is not None]


def _kept(store: Store | None, key: str) -> Row | None:
    row = store.read(key) if store else None
    return row if isinstance(row, dict) and "status" in row else None


def _completed(
    arguments: Iterator[tuple[Any, ...]], jobs: int, scheduler: str | None
) -> Iterator[tuple[int, Any]]:
    if scheduler is None:
        return streamed(find_row, arguments, jobs)
    from litproof.claims.cluster import completed_on_cluster

    return completed_on_cluster(find_row, arguments, scheduler)


def _labelled(grid: Grid, position: int, row: Row | None) -> Row | None:
    return None if row is None else {**dict(grid.points[position].values), **row}
