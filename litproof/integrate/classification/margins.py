"""Margins m_i(theta) = y_i f(x_i; theta), their gradients and second derivatives, from the monomials.

theta are orthonormal coordinates of the subspace that the flow never leaves from its start (`Coordinates`): rounding
cannot leave it either, and a gradient flow stays one.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr

from litproof.flow.monomials import homogeneous_terms
from litproof.integrate.classification.coordinates import Coordinates, to_real
from litproof.integrate.classification.reals import Both, Floats, Numbers, Reals, Sums, exp, reals
from litproof.problem import Problem


class Margins:
    """The n margins of a problem over `unit`, as functions of theta in R^D, coordinates of the parameters.

    Numbers are rounded at the precision in force when the object is made. All functions take arrays of reals or of
    doubles, one point or several at once.

    Attributes
    ----------
    depth : L, the degree of homogeneity. coordinates : from theta to the layers. size : D.
    count : number n of different rows. data : the different rows y_i x_i, exact.
    unit : a power of two, the size of the largest entry of the data; entries are divided by it.
    log_copies : logarithms of how often each row occurs (equal rows have one margin).
    terms : number of monomials of beta. groups : places of coordinates that have monomials in common.
    """

    def __init__(self, problem: Problem) -> None:
        self.depth, terms = homogeneous_terms(problem.network)
        self.coordinates = Coordinates(problem)
        self.size, self.terms = self.coordinates.size, len(terms)
        rows = Counter(problem.signed_rows)
        self.data = tuple(rows)
        self.log_copies = Both([gmpy2.log(mpfr(k)) for k in rows.values()])
        self.count = len(self.data)
        largest = to_real(max(abs(x) for row in self.data for x in row))
        self.unit = mpfr(2) ** int(gmpy2.floor(gmpy2.log2(largest))) if largest else mpfr(1)
        self._rows = Both([[to_real(x) / self.unit for x in row] for row in self.data])
        K = sum(problem.network.shapes)
        self._z = np.array([z for z, _, _ in terms])
        self._index = np.array([index for _, index, _ in terms]).T
        self._entries = Both([to_real(entry) for _, _, entry in terms])
        self._beta = Sums(self._z, problem.network.input_dim)
        self._slopes = Sums(self._index.ravel(), K)
        self.groups = self.coordinates.groups(self._index.T)
        pairs = [(self._index[a], self._index[b]) for a, b in combinations(range(self.depth), 2)]
        nothing = np.zeros(0, dtype=np.int64)
        self._curvature = self.coordinates.curvature(
            *(np.concatenate(side) for side in zip(*pairs, (nothing, nothing), strict=True))
        )

    def coefficients(self, theta: Numbers) -> Numbers:
        """beta(theta), (.., d)."""
        theta = self.coordinates.parameters(theta)
        term = self._entries.like(theta)
        for places in self._index:
            term = term * theta[..., places]
        return self._beta(term)

    def values(self, beta: Numbers, points: Sequence[int]) -> Numbers:
        """m_i = y_i x_i^T beta / unit for the points asked for, (.., m)."""
        return np.asarray(beta @ self._rows.like(beta)[list(points)].T)

    def pull(self, p: Numbers, points: Sequence[int]) -> Numbers:
        """c = sum_i p_i y_i x_i / unit, (.., d)."""
        return np.asarray(p @ self._rows.like(p)[list(points)])

    def gradient(self, theta: Numbers, c: Numbers) -> Numbers:
        """The gradient of c . beta, (.., D)."""
        return self.coordinates.gradient(
            self._slopes(self._products(theta) * np.tile(c[..., self._z], self.depth))
        )

    def gradients(self, theta: Numbers, points: Sequence[int]) -> Numbers:
        """grad m_i(theta) for the points asked for, (.., m, D)."""
        rows = np.tile(self._rows.like(theta)[list(points)][:, self._z], self.depth)
        return self.coordinates.gradient(self._slopes(self._products(theta)[..., None, :] * rows))

    def hessian(self, theta: Floats, c: Floats) -> Floats:
        """The Hessian of c . beta in double precision, (.., D, D)."""
        parameters = self.coordinates.parameters(theta)
        factors = parameters[..., self._index]
        weights = c[..., self._z] * self._entries.floats
        pairs = [
            weights * np.prod(np.delete(factors, pair, axis=-2), axis=-2)
            for pair in combinations(range(self.depth), 2)
        ]
        half = self._curvature(np.concatenate([*pairs, weights[..., :0]], axis=-1))
        return half + half.swapaxes(-1, -2)

    def kappa(self, theta: Reals) -> tuple[Any, Reals]:
        """kappa = -log(loss) and lambda_i = kappa - unit m_i + log(copies of row i), without overflow."""
        shifted = self.log_copies.reals - self.unit * self.values(self.coefficients(theta), range(self.count))
        most = max(shifted)
        kappa = -most - gmpy2.log(sum(exp(shifted - most)))
        return kappa, reals(kappa + shifted)

    def _products(self, theta: Numbers) -> Numbers:
        """For every factor of every monomial the product of the others with its coefficient, (.., L terms)."""
        theta = self.coordinates.parameters(theta)
        factors = [theta[..., places] for places in self._index]
        after = [np.broadcast_to(self._entries.like(theta), factors[0].shape)]
        for factor in reversed(factors[1:]):
            after.append(after[-1] * factor)
        products, before = [after.pop()], factors[0]
        for factor in factors[1:]:
            products.append(before * after.pop())
            before = before * factor
        return np.concatenate(products, axis=-1)
