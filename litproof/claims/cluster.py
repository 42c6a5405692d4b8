"""Calls on the workers of a Dask cluster."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from litproof.bundles import Bundles, Call, run_bundle
from litproof.claims.store import fingerprint
from litproof.errors import InputError
from litproof.parallel import WorkerDied

if TYPE_CHECKING:
    from distributed import Client

TIMEOUT = 10
"""Seconds within which a scheduler must answer."""

AHEAD = 2
"""Bundles a worker's thread that wait on the cluster or are under way, so that it is never idle."""

SECONDS, SECONDS_A_THREAD = 0.25, 0.01
"""What a bundle lasts: at least, and for each thread of the cluster. A bundle costs the scheduler 1.7 ms and the client
1.5 ms (measured), so a sixth of a core each however many workers there are."""

COUNTED_AFTER = 10
"""Seconds after which the threads of the cluster are counted again: workers may join, and leave."""

_ALONE = threading.Lock()
"""Precision contexts are global to a process: a worker with several threads takes turns."""


def check_cluster(address: str) -> None:
    """Refuse, before any work, a cluster that cannot be used.

    Raises
    ------
    InputError : Dask is not installed here, no scheduler answers, or workers are missing or have another litproof.
    """
    with _connected(address):
        pass


def completed_on_cluster(
    function: Callable[..., Any], arguments: Iterable[tuple[Any, ...]], address: str
) -> Iterator[tuple[int, Any]]:
    """Yield (position, function(*arguments[position])) as calls finish; what runs is cancelled when left early.

    Arguments are taken as workers get free, so that memory does not grow with their number, and small calls are
    handed over in bundles (`litproof.bundles`). A bundle whose worker dies is made again on another one, by Dask, three
    times at most; its calls then wait until all others are done, and are made one at a time, with nothing beside them
    that could end their workers: one that ends four workers again yields `WorkerDied`.

    Raises
    ------
    InputError : no scheduler answers, or it went away; a worker has another litproof, or none.
    """
    with _connected(address) as client:
        lost: list[Call] = []
        bundles = Bundles(enumerate(arguments), SECONDS)
        yield from _bundled(client, address, function, bundles, lost)
        for position, argument in lost:
            alone = Bundles([(position, argument)], SECONDS)
            again: list[Call] = []
            yield from _bundled(client, address, function, alone, again)
            if again:
                yield position, WorkerDied()


@contextmanager
def _connected(address: str) -> Iterator["Client"]:
    with _silenced("distributed"):
        client = _client(address)
        try:
            _check_workers(client, address)
            yield client
        finally:
            client.close(timeout=1)


@contextmanager
def _silenced(name: str) -> Iterator[None]:
    """No log of what is said here in one line, and would come with tracebacks."""
    log = logging.getLogger(name)
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _client(address: str) -> "Client":
    try:
        from distributed import Client
        from distributed.comm.core import connect
    except ImportError:
        raise InputError("--scheduler needs Dask: pip install 'litproof[dask]'") from None

    async def knock() -> None:
        (await asyncio.wait_for(connect(address, timeout=TIMEOUT), TIMEOUT)).abort()

    try:
        # a client that cannot connect leaves threads and tracebacks behind; notebooks have a loop of their own
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, knock()).result()
        return Client(address, timeout=TIMEOUT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = str(error) or f"what is there does not speak its language within {TIMEOUT} s"
        raise InputError(f"no Dask scheduler answers: {reason}", source=address) from None


def _bundled(
    client: "Client", address: str, function: Callable[..., Any], bundles: Bundles, lost: list[Call]
) -> Iterator[tuple[int, Any]]:
    """Results as they come; the calls of bundles that ended every worker that tried them go to `lost`."""
    from distributed import as_completed

    under_way: dict[Any, list[Call]] = {}
    running = as_completed(loop=client.loop)
    room, counted = 0, -float("inf")
    try:
        while True:
            if monotonic() > counted + COUNTED_AFTER:
                threads = max(
                    1, sum(client.nthreads().values())
                )  # none where all of them are being started again
                room, bundles.seconds = AHEAD * threads, max(SECONDS, SECONDS_A_THREAD * threads)
                counted = monotonic()
            while len(under_way) < room and (bundle := bundles.take()):
                arguments = [argument for _, argument in bundle]
                future = client.submit(_run, fingerprint(), function, arguments, bundles.seconds, pure=False)
                under_way[future] = bundle
                running.add(future)
            if not under_way:
                return
            future = next(running)
            result = _result(future, address)
            bundle = under_way.pop(future)
            future.release()
            if isinstance(result, WorkerDied):
                lost += bundle
                continue
            results, seconds = result
            bundles.finished(bundle, len(results), seconds)
            yield from zip((position for position, _ in bundle), results, strict=False)
    finally:
        client.cancel(list(under_way), force=True)


def _run(
    source: str, function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], seconds: float
) -> tuple[list[Any], float] | None:
    """A bundle on a worker; None where its litproof is not the one of the client, `source`."""
    with _ALONE:
        return run_bundle(function, arguments, seconds) if fingerprint() == source else None


def _result(future: Any, address: str) -> Any:
    """Results and seconds, or `WorkerDied` where every worker that tried the bundle was lost."""
    from distributed import CancelledError, KilledWorker

    try:
        result = future.result()
    except KilledWorker:
        return WorkerDied()
    except CancelledError:
        message = "the Dask scheduler went away; what arrived is kept where the run can be resumed"
        raise InputError(message, source=address) from None
    if result is None:
        raise InputError("a worker that joined has another version of litproof", source=address)
    return result


def _check_workers(client: "Client", address: str) -> None:
    """There are workers, each with this litproof."""
    try:
        fingerprints = client.run(fingerprint)
    except Exception as error:  # whatever a worker without litproof raises
        raise InputError(f"a worker cannot run litproof: {error}", source=address) from None
    if not fingerprints:
        raise InputError("the cluster has no workers", source=address)
    for worker, other in fingerprints.items():
        if other != fingerprint():
            raise InputError(f"worker {worker} has another version of litproof", source=address)
