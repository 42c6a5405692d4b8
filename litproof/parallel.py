"""Calls spread over worker processes of this machine; results come as they finish.

Precision contexts are global to a process, hence processes and not threads.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class WorkerDied:
    """Stands for the result of a call whose worker process was lost (killed, or out of memory)."""


def completed(
    function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], jobs: int
) -> Iterator[tuple[int, Any]]:
    """Yield (position, function(*arguments[position])) in the order in which calls finish.

    One job or one call runs in this process. Worker processes are started afresh, are killed when the iteration
    is left early (Ctrl-C), and end by themselves when this process is killed. A call whose worker died yields
    `WorkerDied`; exceptions of `function` are raised.
    """
    if jobs <= 1 or len(arguments) <= 1:
        for position, argument in enumerate(arguments):
            yield position, function(*argument)
        return
    others = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(
        min(jobs, len(arguments)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
    )
    try:
        with _interrupt_deferred():  # children inherit the mask: Ctrl-C reaches this process only
            futures = {
                executor.submit(function, *argument): position for position, argument in enumerate(arguments)
            }
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except BrokenProcessPool:
                yield futures[future], WorkerDied()
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - others:
            child.kill()
        raise
    # Waited for: the interpreter's own end may find the pool half closed and complain (seen with Python 3.11).
    executor.shutdown()


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _interrupt_deferred() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    saved = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, saved)
