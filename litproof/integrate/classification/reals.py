"""Numbers of the late integrator: gmpy2 reals at a working precision, and doubles."""

from collections.abc import Iterator
from contextlib import contextmanager

import gmpy2
import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.object_]
"""Array of gmpy2.mpfr."""
Floats = NDArray[np.float64]


@contextmanager
def working_precision(bits: int) -> Iterator[None]:
    """Work at `bits` bits in gmpy2 with the widest exponents; the old context is restored afterwards."""
    saved = gmpy2.get_context()
    context = gmpy2.context(precision=bits, emax=gmpy2.get_emax_max(), emin=gmpy2.get_emin_min())
    gmpy2.set_context(context)
    try:
        yield
    finally:
        gmpy2.set_context(saved)
