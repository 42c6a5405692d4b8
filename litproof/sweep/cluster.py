"""Calls on the workers of a Dask cluster."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from litproof.claims.store import fingerprint
from litproof.errors import InputError

TIMEOUT = 10
"""Seconds within which a scheduler must answer."""


def check_installed() -> None:
    """InputError when the client of Dask is missing."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise InputError("--scheduler needs Dask: pip install 'litproof[dask]'") from None


def completed_on_cluster(
    function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], address: str
) -> Iterator[tuple[int, Any]]:
    """Yield (position, function(*arguments[position])) as calls finish; what runs is cancelled when left early.

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
        _check_workers(client, address)
        futures = {
            client.submit(function, *argument, pure=False): position
            for position, argument in enumerate(arguments)
        }
        for future in as_completed(futures, loop=client.loop):
            yield futures[future], future.result()
    finally:
        client.cancel(list(futures), force=True)
        client.close(timeout=1)


def _check_workers(client: Any, address: str) -> None:
    try:
        fingerprints = client.run(fingerprint)
    except Exception as error:  # whatever a worker without litproof raises
        raise InputError(f"a worker cannot run litproof: {error}", source=address) from None
    if not fingerprints:
        raise InputError("the cluster has no workers", source=address)
    for worker, other in fingerprints.items():
        if other != fingerprint():
            raise InputError(f"worker {worker} has another version of litproof", source=address)
