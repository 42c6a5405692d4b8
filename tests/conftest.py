import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import settings

# A slow machine is no failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

PATIENCE = 300.0
"""Seconds after which a test gives up waiting for another process; only a defect takes that long."""


@pytest.fixture(scope="session")
def wait_until():
    """Wait for a condition that another process brings about; `process`, when given, must go on running."""

    def wait(condition, process=None):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            evaluated = condition()
            if evaluated:
                return evaluated
            assert process is None or process.poll() is None, process.communicate()
            time.sleep(0.05)
        raise AssertionError(f"nothing happened in {PATIENCE:g} s")

    return wait


@pytest.fixture(scope="session", autouse=True)
def listen_to_interrupts():
    """A test run that is itself in the background ignores interrupts, and so would the processes it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def alive():
    """Whether a process that this one started, or its child, still runs."""

    def check(pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as stream:
                return stream.read().rpartition(")")[2].split()[0] != "Z"
        except (
            FileNotFoundError,
            ProcessLookupError,
        ):  # gone before it was opened, or between opening and reading
            return False

    return check


CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, *(nanny.pid for nanny in cluster.workers.values()), flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def cluster(tmp_path):
    """Address of a Dask scheduler, and the process numbers of its two workers, which have two threads each."""
    pytest.importorskip("distributed", reason="needs Dask: pip install 'litproof[dask]'")
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    process = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        address, *pids = process.stdout.readline().split()
        yield address, [int(pid) for pid in pids]
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait()


QUICK = [
    "algebra",
    "derive",
    "flow",
    "language",
    "networks",
    "predict",
    "test_bundles.py",
    "test_decimals.py",
    "test_files.py",
    "test_precision.py",
    "test_problem.py",
    "test_problem_file.py",
    "test_results.py",
    "claims/test_catalogue.py",
    "claims/test_comparison.py",
    "claims/test_judge.py",
]
"""Exact and symbolic parts, and what predicts: a thousand tests in half a minute on two cores."""


def pytest_collection_modifyitems(items):
    root = Path(__file__).parent
    for item in items:
        place = item.path.relative_to(root)
        if any(place.is_relative_to(name) for name in QUICK):
            item.add_marker("quick")
