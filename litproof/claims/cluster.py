"""Calls on the workers of a Dask cluster."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from litproof.claims.store import fingerprint
from litproof.errors import InputError
from litproof.parallel import WorkerDied

TIMEOUT = 10
"""Seconds within which a scheduler must answer."""

AHEAD = 4
"""Calls a worker's thread that wait on the cluster, so that it is never idle."""


def check_installed() -> None:
    """InputError when the client of Dask is missing."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise InputError("--scheduler needs Dask: pip install 'litproof[dask]'") from None


def completed_on_cluster(
    function: Callable[..., Any], arguments: Iterable[tuple[Any, ...]], address: str
) -> Iterator[tuple[int, Any]]:
    """Yield (position, function(*arguments[position])) as calls finish; what runs is cancelled when left early.

    Arguments are taken as workers get free, so that memory does not grow with their number. A call whose worker dies
    is made again on another one, by Dask, three times at most.

    Raises
    ------
    InputError : no scheduler answers, or a worker has another litproof or none.
    """
    check_installed()
    from distributed import Client, as_completed

    try:
        client = Client(address, timeout=TIMEOUT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(f"no Dask scheduler answers: {error}", source=address) from None
    futures: dict[Any, int] = {}
    try:
        ahead = AHEAD * _check_workers(client, address)
        calls = enumerate(arguments)

        def submitted(count: int) -> list[Any]:
            made = {
                client.submit(function, *argument, pure=False): position
                for position, argument in islice(calls, count)
            }
            futures.update(made)
            return list(made)

        running = as_completed(submitted(ahead), loop=client.loop)
        for future in running:
            result = _result(future)
            yield futures.pop(future), result
            future.release()
            for new in submitted(1):
                running.add(new)
    finally:
        client.cancel(list(futures), force=True)
        client.close(timeout=1)


def _result(future: Any) -> Any:
    """The result, or `WorkerDied` where every worker that tried the call was lost."""
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker:
        return WorkerDied()


def _check_workers(client: Any, address: str) -> int:
    """The number of threads of all workers, each of which has this litproof."""
    try:
        fingerprints = client.run(fingerprint)
    except Exception as error:  # whatever a worker without litproof raises
        raise InputError(f"a worker cannot run litproof: {error}", source=address) from None
    if not fingerprints:
        raise InputError("the cluster has no workers", source=address)
    for worker, other in fingerprints.items():
        if other != fingerprint():
            raise InputError(f"worker {worker} has another version of litproof", source=address)
    return sum(client.nthreads().values())
