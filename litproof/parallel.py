"""Calls spread over worker processes of this machine; results come as they finish.

Precision contexts are global to a process, hence processes and not threads.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from litproof.bundles import Bundles, Call, run_bundle


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
    with _workers(min(jobs, len(arguments))) as executor:
        with _interrupt_deferred():  # children inherit the mask: Ctrl-C reaches this process only
            futures = {
                executor.submit(function, *argument): position for position, argument in enumerate(arguments)
            }
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except BrokenProcessPool:
                yield futures[future], WorkerDied()


RECYCLED = 4000
"""Calls after which `streamed` starts its processes afresh: what they cache is bounded."""

_AHEAD = 2
"""Bundles a worker that wait in its queue or are under way, so that it is never idle."""

_SECONDS = 0.25
"""What a bundle of `streamed` lasts: handing one over takes half a millisecond, results come several times a second."""


def streamed(
    function: Callable[..., Any], arguments: Iterable[tuple[Any, ...]], jobs: int
) -> Iterator[tuple[int, Any]]:
    """Like `completed`, for any number of calls in memory that does not grow.

    Arguments are taken as workers get free, and after every RECYCLED calls there are new processes. Small calls are
    handed over in bundles (`bundles`). When a worker dies the calls that were under way are made again, one at a time;
    one that kills its process then as well yields `WorkerDied`.
    """
    source: Iterator[Call] = enumerate(arguments)
    if jobs <= 1:
        for position, argument in source:
            yield position, function(*argument)
        return
    while (first := next(source, None)) is not None:
        batch = Bundles(chain([first], islice(source, RECYCLED - 1)), _SECONDS)
        while lost := (yield from _until_one_dies(function, batch, jobs)):
            yield from _one_at_a_time(function, lost)


def _until_one_dies(
    function: Callable[..., Any], bundles: Bundles, jobs: int
) -> Generator[tuple[int, Any], None, list[Call]]:
    """Yields the results of calls as they finish; returns those that were under way when a worker died."""
    under_way: dict[Future[Any], list[Call]] = {}
    lost: list[Call] = []
    with _workers(jobs) as executor:
        while not lost:
            while len(under_way) < _AHEAD * jobs and (bundle := bundles.take()):
                arguments = [argument for _, argument in bundle]
                try:
                    with _interrupt_deferred():  # children inherit the mask
                        made = executor.submit(run_bundle, function, arguments, bundles.seconds)
                except BrokenProcessPool:
                    lost += bundle
                    break
                under_way[made] = bundle
            if not under_way:
                break
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                bundle = under_way.pop(future)
                try:
                    results, seconds = future.result()
                except BrokenProcessPool:
                    lost += bundle
                    continue
                bundles.finished(bundle, len(results), seconds)
                yield from zip((position for position, _ in bundle), results, strict=False)
    return sorted(chain(lost, *under_way.values()), key=itemgetter(0))


def _one_at_a_time(function: Callable[..., Any], calls: Sequence[Call]) -> Iterator[tuple[int, Any]]:
    """Results of calls in one process, renewed when it dies: the call that was under way is the one that killed it."""
    remaining = iter(calls)
    while (call := next(remaining, None)) is not None:
        with _workers(1) as executor:
            while call is not None:
                position, argument = call
                try:
                    with _interrupt_deferred():
                        alone = executor.submit(function, *argument)
                    yield position, alone.result()
                except BrokenProcessPool:
                    yield position, WorkerDied()
                    break
                call = next(remaining, None)


@contextmanager
def _workers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that are killed when the block is left early."""
    others = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker
    )
    try:
        yield executor
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
    for sent_to_all in (signal.SIGINT, signal.SIGTERM):  # to the whole group of processes: the parent decides
        signal.signal(sent_to_all, signal.SIG_IGN)
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
