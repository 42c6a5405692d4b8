"""Calls in worker processes, which can import what is installed and not these tests."""

import os

import pytest

from litproof import parallel
from litproof.bundles import MOST
from litproof.parallel import WorkerDied, completed, streamed


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


@pytest.mark.parametrize("jobs", [1, 2])
def test_streamed_calls_come_once_with_their_positions(jobs, monkeypatch):
    monkeypatch.setattr(parallel, "RECYCLED", 3)
    assert sorted(streamed(pow, ((x, 2) for x in range(8)), jobs)) == [(x, x * x) for x in range(8)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_streamed_arguments_are_taken_as_workers_get_free(jobs):
    taken = []
    source = ((taken.append(x) or x, 2) for x in range(10**9))
    results = streamed(pow, source, jobs)
    for _ in range(5):
        next(results)
    results.close()
    assert len(taken) <= 5 + 2 * parallel._AHEAD * MOST


def test_what_was_under_way_when_a_worker_died_is_done_again():
    calls = [(code,) for code in ("1 + 1", "__import__('os')._exit(1)", "2 + 2", "3 + 3", "4 + 4")]
    results = dict(streamed(eval, calls * 3, 2))
    assert len(results) == 15
    for position, result in results.items():
        assert result == (WorkerDied() if position % 5 == 1 else [2, None, 4, 6, 8][position % 5])
