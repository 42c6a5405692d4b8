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
from litproof.integrate.classification.reals import Floats, Reals
from litproof.problem import Problem

Vector = Sequence[Any] | Reals


class Margins:
    """The n margins of a problem over `unit`, as functions of theta in R^D, coordinates of the parameters.

    Numbers are rounded at the precision in force when the object is made.

    Attributes
    ----------
    depth : L, the degree of homogeneity. coordinates : from theta to the layers. size : D.
    count : number n of different rows. data : the different rows y_i x_i, exact.
    unit : a power of two, the size of the largest entry of the data; entries are divided by it.
    copies : how often each row occurs (equal rows have one margin). log_copies : their logarithms.
    """

    def __init__(self, problem: Problem) -> None:
        self.depth, terms = homogeneous_terms(problem.network)
        self.coordinates = Coordinates(problem)
        self.size = self.coordinates.size
        rows = Counter(problem.signed_rows)
        self.data = tuple(rows)
        self.copies = tuple(rows.values())
        self.log_copies = [gmpy2.log(mpfr(k)) for k in self.copies]
        self.count = len(self.data)
        self._terms = [(z, index, to_real(entry)) for z, index, entry in terms]
        largest = to_real(max(abs(x) for row in self.data for x in row))
        self.unit = mpfr(2) ** int(gmpy2.floor(gmpy2.log2(largest))) if largest else mpfr(1)
        self._rows = [[to_real(x) / self.unit for x in row] for row in self.data]
        self._inputs = problem.network.input_dim
        self._z = np.array([z for z, _, _ in self._terms])
        self._index = np.array([j for _, j, _ in self._terms])
        self._weight = np.array([float(entry) for _, _, entry in self._terms])
        self._rows_float = np.array([[float(x) for x in row] for row in self._rows])

    @property
    def terms(self) -> int:
        """Number of monomials of beta."""
        return len(self._terms)

    def coefficients(self, theta: Vector) -> list[Any]:
        """beta(theta), length d."""
        theta = self.coordinates.parameters(theta)
        beta = [mpfr(0)] * self._inputs
        for z, index, entry in self._terms:
            term = entry
            for i in index:
                term = term * theta[i]
            beta[z] = beta[z] + term
        return beta

    def values(self, beta: Sequence[Any], points: Sequence[int]) -> list[Any]:
        """m_i = y_i x_i^T beta / unit for the points asked for."""
        return [sum(map(mpfr.__mul__, self._rows[i], beta), mpfr(0)) for i in points]

    def combined_gradient(self, theta: Vector, p: Sequence[Any], points: Sequence[int]) -> list[Any]:
        """U = sum_i p_i grad m_i(theta), length D."""
        weights = [
            sum((q * self._rows[i][z] for q, i in zip(p, points, strict=True)), mpfr(0))
            for z in range(self._inputs)
        ]
        theta = self.coordinates.parameters(theta)
        U = [mpfr(0)] * len(theta)
        last = self.depth - 1
        for z, index, entry in self._terms:
            after = [entry * weights[z]]
            for i in reversed(index[1:]):
                after.append(after[-1] * theta[i])
            before = None
            for slot, i in enumerate(index):
                term = after[last - slot]
                U[i] = U[i] + (term if before is None else before * term)
                before = theta[i] if before is None else before * theta[i]
        return self.coordinates.gradient(U)

    def gradients(self, theta: Vector, points: Sequence[int]) -> list[list[Any]]:
        """grad m_i(theta) for the points asked for, at the working precision; (m, D)."""
        theta = self.coordinates.parameters(theta)
        result = [[mpfr(0)] * len(theta) for _ in points]
        last = self.depth - 1
        for z, index, entry in self._terms:
            after = [entry]
            for i in reversed(index[1:]):
                after.append(after[-1] * theta[i])
            before = None
            for slot, i in enumerate(index):
                term = after[last - slot] if before is None else before * after[last - slot]
                for row, point in zip(result, points, strict=True):
                    row[i] = row[i] + self._rows[point][z] * term
                before = theta[i] if before is None else before * theta[i]
        return [self.coordinates.gradient(row) for row in result]

    def gradients_float(self, theta: Floats) -> Floats:
        """Gradients of all n margins in double precision at k points; theta (k, D) -> (k, n, D)."""
        basis = self.coordinates.floats
        factors = (theta @ basis)[:, self._index]
        result = np.zeros((len(theta), self.count, basis.shape[1]))
        rows = self._rows_float[:, self._z] * self._weight
        for slot in range(self.depth):
            others = np.prod(np.delete(factors, slot, axis=2), axis=2)
            for k in range(len(theta)):
                np.add.at(result[k].T, self._index[:, slot], (rows * others[k]).T)
        return result @ basis.T

    def hessian_float(self, theta: Floats, p: Floats, points: Sequence[int]) -> Floats:
        """sum_i p_i Hessian of m_i in double precision at k points; theta (k, D), p (k, m) -> (k, D, D)."""
        basis = self.coordinates.floats
        factors = (theta @ basis)[:, self._index]
        weights = (p @ self._rows_float[list(points)])[:, self._z] * self._weight
        result = np.zeros((len(theta), basis.shape[1], basis.shape[1]))
        for a, b in combinations(range(self.depth), 2):
            values = weights * np.prod(np.delete(factors, (a, b), axis=2), axis=2)
            for k in range(len(theta)):
                np.add.at(result[k], (self._index[:, a], self._index[:, b]), values[k])
        return np.asarray(basis @ (result + result.transpose(0, 2, 1)) @ basis.T)

    def kappa(self, theta: Vector) -> tuple[Any, list[Any]]:
        """kappa = -log(loss) and lambda_i = kappa - unit m_i + log(copies of row i), without overflow."""
        margins = self.values(self.coefficients(theta), range(self.count))
        shifted = [b - self.unit * m for b, m in zip(self.log_copies, margins, strict=True)]
        most = max(shifted)
        kappa = -most - gmpy2.log(sum((gmpy2.exp(x - most) for x in shifted), mpfr(0)))
        return kappa, [kappa + x for x in shifted]
