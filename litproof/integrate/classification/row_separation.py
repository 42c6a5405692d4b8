"""Rows that (nearly) agree in all but the slowest columns, combined so that what sets them apart is seen.

Columns of very different sizes do no harm to an elimination: with the same pivots, its rounding errors scale with each
column. It is therefore done in doubles, where cancellation leaves these enough digits, and only the combinations
themselves are found at the working precision, from the columns of the pivots alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr

from litproof.integrate.classification.reals import Floats, Reals

NOISE, CLEAR = 2.0**-40, 2.0**-20
"""An entry below the first, relative to the terms it is left of, counts as 0; a pivot has to lie above the second."""

ROUNDING, NEGLIGIBLE = 2.0**-50, 2.0**-20
"""Rounding of an entry relative to its terms, and what may be neglected beside the pivot of its row."""

TINIEST = 1e-290
"""Entries below this, over their scale, may have left the range of doubles."""


@dataclass(frozen=True)
class Separated:
    """T rows scale = unit * apart.

    Attributes
    ----------
    apart : combined rows, (m, D), entries of size 1 at most. unit : of every row, (m,). T : invertible, (m, m).
    """

    apart: Floats
    unit: Reals
    T: Reals


def separated(rows: Reals, scale: Reals) -> Separated:
    """Elimination with complete pivoting on the rows, (m, D), with columns in units of scale, (D,).

    Where rows (nearly) agree, their difference is all that tells them apart.
    """
    found = _in_doubles(rows, scale)
    return _at_working_precision(rows * scale) if found is None else found


def _identity(m: int) -> Reals:
    return np.array([[mpfr(int(i == j)) for j in range(m)] for i in range(m)], dtype=object)


def _at_working_precision(rows: Reals) -> Separated:
    m = len(rows)
    rows, T = rows.copy(), _identity(m)
    free = list(range(m))
    while free:
        sizes = np.abs(rows[free])
        place, column = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
        top = free.pop(int(place))
        if rows[top, column] == 0:
            break
        for i in free:
            factor = rows[i, column] / rows[top, column]
            rows[i] = rows[i] - factor * rows[top]
            rows[i, column] = mpfr(0)
            T[i] = T[i] - factor * T[top]
    unit = np.array([max(map(abs, row)) or mpfr(1) for row in rows], dtype=object)
    return Separated((rows / unit[:, None]).astype(float), unit, T)


def _in_doubles(rows: Reals, scale: Reals) -> Separated | None:
    """The same with T rows good to a double; None where that is not sure."""
    top = max(scale)
    scale = scale / top
    left = rows.astype(float) * scale.astype(float)
    if not np.all(np.isfinite(left)):
        return None
    terms = np.abs(left)
    order, pivots, free = list[int](), list[int](), list(range(len(rows)))
    while free:
        sizes = np.abs(left[free])
        place, column = map(int, np.unravel_index(int(np.argmax(sizes)), sizes.shape))
        if not sizes[place, column]:
            break
        first = free.pop(place)
        if sizes[place, column] < max(TINIEST, CLEAR * terms[first, column]):
            return None
        order, pivots = [*order, first], [*pivots, column]
        factors = left[free, column] / left[first, column]
        left[free] -= factors[:, None] * left[first]
        terms[free] += np.abs(factors)[:, None] * terms[first]
        left[free, column] = terms[free, column] = 0.0
        left[np.abs(left) < NOISE * terms] = 0.0
    order += free
    T = _combinations(rows, order, pivots)
    if T is None or not _made_good(left, rows, scale, T, terms, order, len(pivots)):
        return None
    unit = np.max(np.abs(left), axis=1)
    unit[unit == 0] = 1.0
    return Separated(left / unit[:, None], np.array([mpfr(x) for x in unit.tolist()], dtype=object) * top, T)


def _combinations(rows: Reals, order: Sequence[int], pivots: Sequence[int]) -> Reals | None:
    """T at the working precision; None where a pivot is 0."""
    block = [[rows[i, j] for j in pivots] for i in order]
    T: list[list[Any]] = [[mpfr(int(i == j)) for j in range(len(order))] for i in range(len(order))]
    for k in range(len(pivots)):
        if not block[k][k]:
            return None
        for i in range(k + 1, len(order)):
            factor = block[i][k] / block[k][k]
            for c in range(k + 1, len(pivots)):
                block[i][c] = block[i][c] - factor * block[k][c]
            for c in range(k):
                T[i][c] = T[i][c] - factor * T[k][c]
            T[i][k] = -factor
    place = {row: position for position, row in enumerate(order)}
    every = range(len(order))
    return np.array([[T[place[i]][place[j]] for j in every] for i in every], dtype=object)


def _made_good(
    left: Floats, rows: Reals, scale: Reals, T: Reals, terms: Floats, order: Sequence[int], rank: int
) -> bool:
    """Entries whose rounding counts beside the pivot are computed again; False where doubles chose a wrong pivot."""
    rest = mpfr(2) ** (20 - gmpy2.get_context().precision)
    for k, i in enumerate(order):
        pivot = float(np.max(np.abs(left[i])))
        doubtful = np.flatnonzero(ROUNDING * terms[i] > NEGLIGIBLE * pivot) if k < rank else range(len(scale))
        for j in map(int, doubtful):
            value = (T[i] @ rows[:, j]) * scale[j]
            # where no pivot is left, all is rounding of the working precision
            if abs(value) > (2 * pivot if k < rank else terms[i, j] * rest):
                return False
            left[i, j] = value
    return True
