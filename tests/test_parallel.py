"""Calls in worker processes, which can import what is installed and not these tests."""

import os

import pytest

from litproof.parallel import WorkerDied, completed


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_call_once_with_its_position(jobs):
    assert sorted(completed(pow, [(x, 2) for x in range(7)], jobs)) == [(x, x * x) for x in range(7)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_exceptions_are_raised(jobs):
    with pytest.raises(ValueError, match="no number"):
        list(completed(int, [("no number",), ("no number",)], jobs))


def test_a_lost_worker_is_reported_for_every_call_it_took_along():
    assert sorted(completed(os._exit, [(1,), (2,)], 2)) == [(0, WorkerDied()), (1, WorkerDied())]


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="looks at processes through /proc")
def test_leaving_early_ends_the_workers(alive, wait_until):
    calls = completed(os.getpid, [() for _ in range(50)], 2)
    workers = {next(calls)[1], next(calls)[1]}
    calls.close()
    wait_until(lambda: not any(map(alive, workers)))
