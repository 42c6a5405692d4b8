"""On a Dask cluster: the same result as here, also when a worker is killed on the way."""

import os
import signal
import subprocess
import sys

import pytest

from litproof.claims.falsify.search import falsify

CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, *(nanny.pid for nanny in cluster.workers.values()), flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def cluster(tmp_path):
    """Address of the scheduler, and the process numbers of two workers."""
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


@pytest.mark.slow
def test_a_killed_workers_problems_are_run_again(planted, cluster, tmp_path):
    address, (first, _) = cluster
    path, id = planted("refuted")
    options = {"origin": path, "instances": 120, "digits": 10}
    told = []

    def kill_one(finished, total):
        told.append(finished)
        if finished == 30:
            os.kill(first, signal.SIGKILL)

    log = tmp_path / "results.jsonl"
    there = falsify(id, scheduler=address, resume=log, progress=kill_one, **options)
    here = falsify(id, **options)
    assert told == list(range(1, 121))
    assert (there.outcomes, there.networks, there.first) == (here.outcomes, here.networks, here.first)
    assert there.counterexamples[0].problem == here.counterexamples[0].problem
    assert len(log.read_text().splitlines()) == 121
