"""Calls in worker processes."""

import os
import signal
import time

import pytest

from litproof.parallel import WorkerDied, completed


def square(x):
    return x * x


def fail(x):
    raise ValueError(f"no {x}")


def end(x):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_call_once_with_its_position(jobs):
    assert sorted(completed(square, [(x,) for x in range(7)], jobs)) == [(x, x * x) for x in range(7)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_exceptions_are_raised(jobs):
    with pytest.raises(ValueError, match="no 1"):
        list(completed(fail, [(1,), (1,)], jobs))


def test_a_lost_worker_is_reported_for_every_call_it_took_along():
    assert sorted(completed(end, [(1,), (2,)], 2)) == [(0, WorkerDied()), (1, WorkerDied())]


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="looks at processes through /proc")
def test_leaving_early_ends_the_workers():
    calls = completed(pid_of_worker, [(x,) for x in range(50)], 2)
    workers = {next(calls)[1], next(calls)[1]}
    calls.close()
    for _ in range(600):
        if not any(map(alive, workers)):
            return
        time.sleep(0.05)
    pytest.fail("worker processes live on")


def pid_of_worker(x):
    return os.getpid()


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
