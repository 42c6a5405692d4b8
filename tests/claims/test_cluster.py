"""Calls on a Dask cluster: in bundles, with workers that die, and clusters that cannot be used.

Workers can import what is installed and not these tests, so that the calls are of `eval`.
"""

import os
import signal
import subprocess
import sys
from itertools import count, islice

import pytest

from litproof.claims import cluster as module
from litproof.claims.cluster import check_cluster, completed_on_cluster
from litproof.errors import InputError
from litproof.parallel import WorkerDied

Client = pytest.importorskip("distributed", reason="needs Dask: pip install 'litproof[dask]'").Client


@pytest.mark.slow
def test_sample_of_small_calls_on_a_cluster_in_bundles_however_their_workers_fare(cluster, monkeypatch):
    """Few bundles, each call once and in its place; a worker that is killed from outside costs nothing."""
    address, (first, _) = cluster
    sent, bundle = [], module.Bundles.take
    monkeypatch.setattr(module.Bundles, "take", lambda self: sent.append(made := bundle(self)) or made)
    results = {}
    calls = ((f"__import__('time').sleep(0.002) or {k}",) for k in range(3000))
    for position, result in completed_on_cluster(eval, calls, address):
        if len(results) == 500:
            os.kill(first, signal.SIGKILL)
        assert position not in results
        results[position] = result
    assert results == {k: k for k in range(3000)}
    assert len([bundle for bundle in sent if bundle]) < 300


@pytest.mark.slow
def test_of_a_bundle_that_ends_its_workers_only_the_call_that_does_is_lost(cluster):
    address, _ = cluster
    calls = [("__import__('os')._exit(1)",) if k == 700 else (f"{k}",) for k in range(1000)]
    results = dict(completed_on_cluster(eval, calls, address))
    assert results == {k: WorkerDied() if k == 700 else k for k in range(1000)}


@pytest.mark.slow
def test_exceptions_are_raised_on_a_cluster_and_what_arrived_is_there(cluster):
    address, _ = cluster
    calls = [("1 // 0",) if k == 400 else (f"{k}",) for k in range(1000)]
    arrived = {}
    with pytest.raises(ZeroDivisionError):
        arrived.update(completed_on_cluster(eval, calls, address))
    assert arrived and all(k == result for k, result in arrived.items())


@pytest.mark.slow
def test_a_worker_with_another_version_is_refused(cluster, monkeypatch):
    address, _ = cluster
    monkeypatch.setattr(module, "fingerprint", os.getpid)
    with pytest.raises(InputError, match=r"worker tcp://\S+ has another version of litproof"):
        check_cluster(address)
    monkeypatch.setattr(module, "_check_workers", lambda client, address: None)  # it joined later
    with pytest.raises(InputError, match="a worker that joined has another version"):
        list(completed_on_cluster(eval, [("1",)], address))


SCHEDULER = """
import asyncio, sys
from distributed import Scheduler

async def main():
    async with Scheduler(port=0, dashboard_address=None) as scheduler:
        print(scheduler.address, flush=True)
        await scheduler.finished()

asyncio.run(main())
"""


WORKER = """
import asyncio, sys
from distributed import Worker

async def main():
    async with Worker(sys.argv[1], nthreads=1, dashboard_address=None) as worker:
        await worker.finished()

asyncio.run(main())
"""


@pytest.mark.slow
def test_a_scheduler_that_goes_away_is_one_line(capfd):
    scheduler = subprocess.Popen([sys.executable, "-c", SCHEDULER], stdout=subprocess.PIPE, text=True)
    address = scheduler.stdout.readline().strip()
    worker = subprocess.Popen([sys.executable, "-c", WORKER, address], stderr=subprocess.DEVNULL)
    results = {}
    try:
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(1)
        calls = ((f"__import__('time').sleep(0.01) or {k}",) for k in count())
        arriving = completed_on_cluster(eval, calls, address)
        results.update(islice(arriving, 20))
        scheduler.kill()
        with pytest.raises(InputError, match="the Dask scheduler went away"):
            results.update(arriving)
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.communicate()
    assert len(results) >= 20 and all(k == result for k, result in results.items())
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.slow
def test_a_cluster_without_workers_is_refused():
    process = subprocess.Popen([sys.executable, "-c", SCHEDULER], stdout=subprocess.PIPE, text=True)
    try:
        with pytest.raises(InputError, match="has no workers"):
            check_cluster(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "no address"])
def test_a_cluster_that_does_not_answer_is_bad_input(address, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", 0.5)
    with pytest.raises(InputError, match="no Dask scheduler answers") as caught:
        check_cluster(address)
    assert "\n" not in str(caught.value)
