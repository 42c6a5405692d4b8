"""Orthonormal coordinates of the subspace that a flow never leaves."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from litproof.flow.invariant_subspace import invariant_subspace
from litproof.integrate.classification.reals import Both, Floats, Numbers, Reals, Sums, reals
from litproof.networks.factors import ComplexProducts, OuterProducts
from litproof.problem import Problem


def to_real(value: Fraction | int) -> Any:
    """The nearest number at the working precision."""
    return mpfr(gmpy2.mpq(value.numerator, value.denominator))


SMALL = 6
"""Coordinates below which a group is joined to the next: a few small systems cost less as one."""


class Coordinates:
    """Coordinates of `flow.invariant_subspace`; the parameters themselves where that is all of R^K.

    Entries that are zero on the subspace, or equal up to sign, are so in all bits. Numbers are rounded at the
    precision in force when the object is made.

    Attributes
    ----------
    size : D.
    """

    def __init__(self, problem: Problem) -> None:
        self._ends = np.cumsum(problem.network.shapes)[:-1]
        self._start = reals([to_real(x) for layer in problem.v0 for x in layer])
        self.size = K = len(self._start)
        self._floats: Floats | None = None
        rounded = isinstance(problem.network, OuterProducts | ComplexProducts)  # lies in no subspace any more
        subspace = None if rounded else invariant_subspace(problem)
        if subspace is not None:
            self._aligned = subspace.aligned
            rows = _orthonormal([[to_real(x) for x in row] for row in subspace.basis], aligned=self._aligned)
            self.size, self._floats = len(rows), reals(rows).astype(float).reshape(-1, K)
            places = [(r, i) for r, row in enumerate(rows) for i, x in enumerate(row) if x]
            self._own, self._parameter = np.array(places, dtype=np.int64).reshape(-1, 2).T
            self._entries = Both([rows[r][i] for r, i in places])
            self._parameters, self._gradient = Sums(self._parameter, K), Sums(self._own, self.size)

    def start(self) -> Reals:
        """theta at t = 0."""
        return self.gradient(self._start)

    def parameters(self, theta: Numbers) -> Numbers:
        """All parameters, layers one after the other, (.., K), from (.., D)."""
        if self._floats is None:
            return theta
        return self._parameters(theta[..., self._own] * self._entries.like(theta))

    def gradient(self, slopes: Numbers) -> Numbers:
        """The gradient in the coordinates, (.., D), from the one in the parameters, (.., K)."""
        if self._floats is None:
            return slopes
        return self._gradient(slopes[..., self._parameter] * self._entries.like(slopes))

    def curvature(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> Callable[[Floats], Floats]:
        """From the weights of pairs of parameters, (.., pairs), to the matrix in the coordinates, (.., D, D)."""
        K, D = len(self._start), self.size
        if self._floats is not None and not self._aligned:
            floats, sums = self._floats, Sums(first * K + second, K * K)
            return lambda weights: floats @ sums(weights).reshape(*weights.shape[:-1], K, K) @ floats.T
        own, entry = np.arange(K), np.ones(K)
        if self._floats is not None:
            own[:], entry[self._parameter] = -1, self._entries.floats
            own[self._parameter] = self._own
        kept = np.flatnonzero((own[first] >= 0) & (own[second] >= 0))
        first, second = first[kept], second[kept]
        factor, sums = entry[first] * entry[second], Sums(own[first] * D + own[second], D * D)
        return lambda weights: sums(weights[..., kept] * factor).reshape(*weights.shape[:-1], D, D)

    def groups(self, index: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """The places of coordinates that have monomials in common; index (terms, L), the parameters of each monomial.

        Small groups are put together.
        """
        K = len(self._start)
        own, parameter = (
            (np.arange(K), np.arange(K)) if self._floats is None else (self._own, self._parameter)
        )
        ends = [(own + K, parameter), *((index[:, 0], column) for column in index.T[1:])]
        first, second = (np.concatenate(side) for side in zip(*ends, strict=True))
        graph = coo_array((np.ones(len(first)), (first, second)), shape=(2 * K, 2 * K))
        labels = connected_components(graph, directed=False)[1][K : K + self.size]
        order = np.argsort(labels, kind="stable")
        groups = [np.zeros(0, dtype=np.int64)]
        for group in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
            if len(groups[-1]) < SMALL:
                groups[-1] = np.concatenate([groups[-1], group])
            else:
                groups.append(group)
        return groups

    def layers(self, theta: Reals) -> list[list[Any]]:
        """The parameters layer by layer."""
        return [list(layer) for layer in np.split(self.parameters(theta), self._ends)]


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
