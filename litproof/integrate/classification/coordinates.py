"""Orthonormal coordinates of the subspace that a flow never leaves."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr

from litproof.flow.invariant_subspace import invariant_subspace
from litproof.integrate.classification.reals import Reals
from litproof.problem import Problem


def to_real(value: Fraction | int) -> Any:
    """The nearest number at the working precision."""
    return mpfr(gmpy2.mpq(value.numerator, value.denominator))


class Coordinates:
    """Coordinates of `flow.invariant_subspace`; the parameters themselves where that is all of R^K.

    Entries that are zero on the subspace, or equal up to sign, are so in all bits. Numbers are rounded at the
    precision in force when the object is made.

    Attributes
    ----------
    size : D. floats : orthonormal basis, shape (D, K), in doubles.
    """

    def __init__(self, problem: Problem) -> None:
        self._shapes = problem.network.shapes
        self._start = [to_real(x) for layer in problem.v0 for x in layer]
        subspace = invariant_subspace(problem)
        self._basis: list[list[tuple[int, Any]]] | None = None
        if subspace is None:
            self.size, self.floats = len(self._start), np.eye(len(self._start))
            return
        rows = _orthonormal([[to_real(x) for x in row] for row in subspace.basis], aligned=subspace.aligned)
        self.size, self.floats = len(rows), np.array(rows, dtype=object).astype(float)
        self._basis = [[(i, x) for i, x in enumerate(row) if x] for row in rows]

    def start(self) -> Reals:
        """theta at t = 0."""
        return np.array(self.gradient(self._start), dtype=object)

    def parameters(self, theta: Sequence[Any] | Reals) -> Sequence[Any] | Reals:
        """All parameters, layers one after the other, length K."""
        if self._basis is None:
            return theta
        entries = [mpfr(0)] * len(self._start)
        for x, row in zip(theta, self._basis, strict=True):
            for i, entry in row:
                entries[i] = entries[i] + entry * x
        return entries

    def gradient(self, slopes: list[Any]) -> list[Any]:
        """The gradient in the coordinates from the one in the parameters."""
        if self._basis is None:
            return slopes
        return [sum((entry * slopes[i] for i, entry in row), mpfr(0)) for row in self._basis]

    def layers(self, theta: Sequence[Any] | Reals) -> list[list[Any]]:
        """The parameters layer by layer."""
        entries = iter(self.parameters(theta))
        return [[next(entries) for _ in range(size)] for size in self._shapes]


def _orthonormal(rows: list[list[Any]], *, aligned: bool) -> list[list[Any]]:
    """Gram-Schmidt, twice; aligned rows are orthogonal already."""
    basis: list[list[Any]] = []
    for row in rows:
        for _ in range(1 if aligned else 2):
            for other in () if aligned else basis:
                part = sum((a * b for a, b in zip(row, other, strict=True)), mpfr(0))
                row = [a - part * b for a, b in zip(row, other, strict=True)]
            norm = gmpy2.sqrt(sum((a * a for a in row), mpfr(0)))
            row = [a / norm for a in row]
        basis.append(row)
    return basis
