"""Sweeps on a Dask cluster of this machine: problems a second, and what client and scheduler spend on each.

    python scripts/benchmark_cluster.py [--points 1000 10000 100000] [--workers 1 2] [--repeat 3] [--digits 4] [--kill]
                                        [--at-rest]

For each size and number of workers (in turn, `--repeat` times) a scheduler and one-thread workers are started, and
`litproof sweep` runs a grid of small problems on them: the plain linear model, n = 1, d = 2, 3 ms each; with --at-rest
problems whose flow starts at its limit, half a millisecond each. With --kill the first worker is killed when half of
the rows are there, and all rows are compared with those of one process here. Columns:

problems/s   rows a second of wall time, from the first that is kept to the last: spoilt where other programs run.
worker ms    processor time of all workers a problem, of which the problem itself (`seconds` of the rows) is
problem ms   wall time in a worker.
client ms, scheduler ms   processor time a problem: with problems of p ms, p / (the larger one) workers are kept busy.
client MB    the most memory that the client had.
busy         the share of the workers' wall time that they were inside problems, which other programs do not spoil: two
             workers that are as busy as one make twice as much on cores of their own.

The clients' start (imports, and every problem made once to be checked) is in client ms.
"""

import argparse
import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

GRID = """
schema = 1
digits = {digits}
[problem]
schema = 1
[problem.network]
kind = "diagonal"
depth = 1
[problem.task]
kind = "regression"
[problem.data]
X = [["1", "{second_input}"]]
y = ["1"]
[problem.init]
scale = "1"
v = [["1", "1/2"]]
[grid]
"{axes[0]}" = [{values[0]}]
"{axes[1]}" = [{values[1]}]
"""


@dataclass(frozen=True)
class Run:
    """What one sweep took; times in seconds of the whole run."""

    points: int
    workers: int
    rate: float
    worker: float
    problems: float
    client: float
    scheduler: float
    memory: float

    @property
    def busy(self) -> float:
        """Share of the workers' time; times of problems are known to a millisecond."""
        return self.problems / self.points * self.rate / self.workers

    def __str__(self) -> str:
        a_problem = [
            1000 * x / self.points for x in (self.worker, self.problems, self.client, self.scheduler)
        ]
        cells = "".join(f"{x:14.2f}" for x in (self.rate, *a_problem))
        return f"{self.points:8d}{self.workers:8d}{cells}{self.memory:12.0f}{self.busy:7.2f}"


HEADER = "  points workers    problems/s     worker ms    problem ms     client ms  scheduler ms   client MB   busy"


def write_grid(path: Path, points: int, digits: int, at_rest: bool) -> None:
    """About `points` problems, of two axes."""
    firsts = min(points, 100)
    axis_numbers = range(1, firsts + 1), range(1, points // firsts + 1)
    axes, forms = ("init.scale", "data.y"), ('"{}/100"', '["{}/10"]')
    if at_rest:
        axes, forms = ("data.weights", "init.v"), ('["{}"]', '[["1", "{}"]]')
    values = [", ".join(map(form.format, numbers)) for form, numbers in zip(forms, axis_numbers, strict=True)]
    second_input = 0 if at_rest else 2
    path.write_text(GRID.format(digits=digits, second_input=second_input, axes=axes, values=values))


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[Path, psutil.Process, psutil.Process]]:
    """Scheduler file, scheduler, and the process that starts workers."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    python = [sys.executable, "-m"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    scheduler = subprocess.Popen(
        [
            *python,
            "distributed.cli.dask_scheduler",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            file,
        ],
        **quiet,
    )
    options = ["--nthreads", "1", "--nworkers", str(workers), "--no-dashboard", "--scheduler-file", file]
    nanny = subprocess.Popen([*python, "distributed.cli.dask_worker", *options], **quiet)
    try:
        while not file.exists():
            time.sleep(0.1)
        parent = psutil.Process(nanny.pid)
        while len(worker_processes(parent)) < workers:
            time.sleep(0.1)
        time.sleep(3)  # they have to register
        yield file, psutil.Process(scheduler.pid), parent
    finally:
        for process in (nanny, scheduler):
            process.send_signal(signal.SIGINT)
            process.wait()


def worker_processes(parent: psutil.Process) -> list[psutil.Process]:
    """The workers themselves, below the process that starts them again when they die."""
    return [child for child in parent.children() if "spawn_main" in " ".join(child.cmdline())]


def rows_in(kept: Path) -> int:
    """How many rows are kept."""
    file = kept / "rows.jsonl"
    return file.read_bytes().count(b"\n") if file.exists() else 0


def processor_seconds(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def sweep(folder: Path, points: int, workers: int, digits: int, kill: bool, at_rest: bool) -> Run:
    """One sweep on a cluster of its own."""
    import json

    grid, table, kept = folder / "grid.toml", folder / "table.csv", folder / "kept"
    write_grid(grid, points, digits, at_rest)
    subprocess.run(["rm", "-rf", kept, table], check=True)
    with cluster(folder, workers) as (file, scheduler, parent):
        address = json.loads(file.read_text())["address"]
        before = processor_seconds([scheduler]), processor_seconds(worker_processes(parent))
        command = [sys.executable, "-m", "litproof", "sweep", grid, "-o", table, "--scheduler", address]
        client = subprocess.Popen([*command, "--resume", kept])
        begun = time.monotonic()
        while not (early := rows_in(kept)):
            begun = time.monotonic()
            time.sleep(0.02)
        dead, size, ended = 0.0, 0, begun
        while True:
            pid, status, usage = os.wait4(client.pid, os.WNOHANG)
            if (kept / "rows.jsonl").stat().st_size != size:
                size, ended = (kept / "rows.jsonl").stat().st_size, time.monotonic()
            if pid:
                break
            if kill and rows_in(kept) > points // 2:
                (victim, *_) = worker_processes(parent)
                dead, kill = processor_seconds([victim]), False
                victim.kill()
            time.sleep(0.02 if not kill else 0.5)
        assert status == 0, f"the sweep ended with {os.waitstatus_to_exitcode(status)}"
        after = processor_seconds([scheduler]), processor_seconds(worker_processes(parent)) + dead
    with table.open() as stream:
        inside = sum(float(row["seconds"]) for row in csv.DictReader(stream))
    return Run(
        rows_in(kept),
        workers,
        (rows_in(kept) - early) / (ended - begun),
        after[1] - before[1],
        inside,
        usage.ru_utime + usage.ru_stime,
        after[0] - before[0],
        usage.ru_maxrss / 1024,
    )


def same_as_in_one_process(folder: Path) -> bool:
    """Whether a sweep in one process here has the same rows, but for the seconds that they took."""
    alone = folder / "alone.csv"
    command = [sys.executable, "-m", "litproof", "sweep", folder / "grid.toml", "-o", alone, "--jobs", "1"]
    subprocess.run(command, check=True)
    tables = []
    for path in (folder / "table.csv", alone):
        with path.open() as stream:
            tables.append([{**row, "seconds": ""} for row in csv.DictReader(stream)])
    return tables[0] == tables[1]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--digits", type=int, default=4)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--at-rest", action="store_true")
    asked = parser.parse_args()
    print(HEADER, flush=True)
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        for points in asked.points:
            for _ in range(asked.repeat):
                for workers in asked.workers:
                    options = asked.digits, asked.kill, asked.at_rest
                    print(sweep(folder, points, workers, *options), flush=True)
                    if asked.kill:
                        print("  all rows as in one process:", same_as_in_one_process(folder), flush=True)


if __name__ == "__main__":
    main()
