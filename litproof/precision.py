"""The only door to the process-global precision of python-flint and mpmath.

Both libraries keep the working precision in a global; every use goes through these context managers, which
put the old value back on the way out, also after an exception. Neither library is thread-safe: run processes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil, log2

LOG2_10 = log2(10)


def digits_to_bits(digits: float) -> int:
    """Number of bits that carry `digits` decimal digits (rounded up)."""
    return ceil(digits * LOG2_10)


@contextmanager
def ball_precision(bits: int) -> Iterator[None]:
    """Work at `bits` bits in python-flint inside the block; the previous precision is restored after it."""
    from flint import ctx

    saved = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = saved


@contextmanager
def series_length(length: int) -> Iterator[None]:
    """Let power series of python-flint keep `length` coefficients inside the block."""
    from flint import ctx

    saved = ctx.cap
    ctx.cap = length
    try:
        yield
    finally:
        ctx.cap = saved


@contextmanager
def mp_precision(bits: int) -> Iterator[None]:
    """Work at `bits` bits in mpmath's `mp` inside the block; the previous precision is restored after it."""
    from mpmath import mp

    saved = mp.prec
    mp.prec = bits
    try:
        yield
    finally:
        mp.prec = saved
