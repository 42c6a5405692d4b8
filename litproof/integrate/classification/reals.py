"""Numbers of the classification flow: gmpy2 reals at a working precision, and doubles; arrays of either."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr
from numpy.typing import NDArray

Reals = NDArray[np.object_]
"""Array of gmpy2.mpfr."""
Floats = NDArray[np.float64]
Numbers = NDArray[Any]
"""Array of either; what is computed from it is of the same kind."""

_exp, _sqrt = np.frompyfunc(gmpy2.exp, 1, 1), np.frompyfunc(gmpy2.sqrt, 1, 1)


def exp(x: Numbers) -> Numbers:
    """Entry by entry."""
    return np.asarray(_exp(x) if x.dtype == object else np.exp(x))


def sqrt(x: Numbers) -> Numbers:
    """Entry by entry."""
    return np.asarray(_sqrt(x) if x.dtype == object else np.sqrt(x))


def reals(x: Any) -> Reals:
    """Numbers as an array of them."""
    return np.asarray(x, dtype=object)


def like(x: Numbers, number: Any) -> Any:
    """A real of the kind of x."""
    return number if x.dtype == object else float(number)


class Both:
    """Constants at the working precision, and in doubles for calculations in doubles."""

    def __init__(self, values: Any) -> None:
        self.reals = reals(values)
        self.floats = self.reals.astype(float)

    def like(self, x: Numbers) -> Numbers:
        """Of the kind of x."""
        return self.reals if x.dtype == object else self.floats


class Sums:
    """Adds up the terms that belong to one place: (.., terms) -> (.., size)."""

    def __init__(self, places: Sequence[int] | NDArray[np.int64], size: int) -> None:
        places = np.asarray(places, dtype=np.int64)
        self._size, self._order = size, np.argsort(places, kind="stable")
        self._filled, self._starts = np.unique(places[self._order], return_index=True)

    def __call__(self, terms: Numbers) -> Numbers:
        """The sums."""
        zero = mpfr(0) if terms.dtype == object else 0.0
        sums = np.full((*terms.shape[:-1], self._size), zero, dtype=terms.dtype)
        if len(self._starts):
            sums[..., self._filled] = np.add.reduceat(terms[..., self._order], self._starts, axis=-1)
        return sums


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
