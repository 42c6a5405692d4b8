"""The linearised flow on one collocation interval, solved in doubles.

Along the flow v' = -J^T r the Jacobian A of the velocity is -(J^T J + E), E = sum_i r_i Hess f_i. The
collocation equations  u - S A u = R  (S spectral integration, node by node) are solved by GMRES (Saad &
Schultz, SIAM J. Sci. Stat. Comput. 7, 1986), preconditioned on the right with the solver for E = 0, which the
Woodbury identity reduces to the n values J u at each node: the stiff part of the flow has rank n, and E
fades as the loss goes to zero. First J J^T is taken as constant there, which makes n systems of the size of the
nodes; where that is too far off, the whole system is inverted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from math import hypot, sqrt

import numpy as np

from litproof.integrate.regression.doubles import Array

_MAX_ITERATIONS = 60
_PATIENCE = 25
"""Iterations with a constant J J^T; as many cost about as much as the inverse of the whole."""


class LinearisedFlow:
    """Solver of the collocation equations linearised around given states.

    Parameters
    ----------
    S : (m, m) integration from the start of the interval to each of its m nodes, in units of time.
    J : (m, n, P) Jacobian of the residual at the nodes.
    A : the Jacobian of the velocity at the nodes, or at one state for all of them.
    near : a solver for nearby states and the same S, which lends its preconditioner.
    """

    def __init__(
        self, S: Array, J: Array, A: Callable[[Array], Array], near: LinearisedFlow | None = None
    ) -> None:
        self._S, self._J, self._A, self._near = S, J, A, near
        self._Jt = np.ascontiguousarray(J.transpose(0, 2, 1))
        self._varies = False

    @cached_property
    def _frozen(self) -> tuple[Array, Array]:
        """Eigenvectors (n, n) of the mean of J J^T, and (1 + eigenvalue S)^-1 for each, (n, m, m)."""
        if self._near is not None:
            return self._near._frozen
        m = len(self._S)
        eigenvalues, vectors = np.linalg.eigh((self._J @ self._Jt).mean(axis=0))
        inverses = np.linalg.inv(np.eye(m) + eigenvalues[:, None, None] * self._S)
        return np.asarray(vectors), np.asarray(inverses)

    @cached_property
    def _inverse(self) -> Array:
        """(1 + J S J^T)^-1, (m n, m n)."""
        m, n, _ = self._J.shape
        gram = np.einsum("iap,jbp->iajb", self._J, self._J, optimize=True) * self._S[:, None, :, None]
        return np.asarray(np.linalg.inv(np.eye(m * n) + gram.reshape(m * n, m * n)))

    def _without_curvature(self, c: Array) -> Array:
        """Solution of u + S J^T J u = c, or near it."""
        image = (self._J @ c[:, :, None])[:, :, 0]
        if self._varies:
            s = (self._inverse @ image.reshape(-1)).reshape(image.shape)
        else:
            vectors, inverses = self._frozen
            s = (inverses @ (image @ vectors).T[:, :, None])[:, :, 0].T @ vectors.T
        return np.asarray(c - self._S @ (self._Jt @ s[:, :, None])[:, :, 0])

    def solve(self, right: Array, tolerance: float = 1e-13) -> Array:
        """u of shape (m, P) with residual below tolerance * |right|, or the best found."""
        size = float(np.linalg.norm(right))
        if not size or not np.isfinite(size):
            return np.zeros_like(right)
        if not self._varies:
            solution, left = self._gmres(right / size, tolerance, _PATIENCE)
            if left <= tolerance:
                return solution * size
            self._varies = True
        solution, _ = self._gmres(right / size, tolerance, _MAX_ITERATIONS)
        return solution * size

    def _gmres(self, right: Array, tolerance: float, iterations: int) -> tuple[Array, float]:
        """Solution for a right side of norm 1, and the norm of what is left."""
        basis, images = np.empty((iterations + 1, right.size)), np.empty((iterations, right.size))
        basis[0] = right.reshape(-1)
        columns: list[list[float]] = []
        rotations: list[tuple[float, float]] = []
        rhs = [1.0]
        for k in range(iterations):
            image = self._without_curvature(basis[k].reshape(right.shape))
            images[k] = image.reshape(-1)
            w = (image - self._S @ self._A(image)).reshape(-1)
            h = np.zeros(k + 1)
            for _ in range(2):
                part = basis[: k + 1] @ w
                w, h = w - part @ basis[: k + 1], h + part
            norm = sqrt(float(w @ w))
            column = h.tolist()
            for i, (c, s) in enumerate(rotations):
                a, b = column[i], column[i + 1]
                column[i], column[i + 1] = c * a + s * b, c * b - s * a
            radius = hypot(column[k], norm)
            if not 0.0 < radius < float("inf"):
                break
            c, s = column[k] / radius, norm / radius
            column[k] = radius
            rotations.append((c, s))
            columns.append(column)
            rhs[k], last = c * rhs[k], -s * rhs[k]
            rhs.append(last)
            if abs(last) <= tolerance or norm <= 1e-15:
                break
            basis[k + 1] = w / norm
        weights = [0.0] * len(columns)
        for i in range(len(columns) - 1, -1, -1):
            above = sum(columns[j][i] * weights[j] for j in range(i + 1, len(columns)))
            weights[i] = (rhs[i] - above) / columns[i][i]
        solution = np.asarray(weights) @ images[: len(columns)]
        return solution.reshape(right.shape), abs(rhs[len(columns)])
