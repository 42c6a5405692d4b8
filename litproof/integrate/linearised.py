"""The linearised flow on one collocation interval, solved in doubles.

Along the flow v' = -J^T r the Jacobian of the velocity is -(J^T J + E), E = sum_i r_i Hess f_i. The
collocation equations  u + S (J^T J + E) u = R  (S spectral integration, node by node) are solved by GMRES
(Saad & Schultz, SIAM J. Sci. Stat. Comput. 7, 1986), preconditioned with the solver for E = 0, which the
Woodbury identity reduces to the n values J u at each node: the stiff part of the flow has rank n, and E
fades as the loss goes to zero.
"""

from __future__ import annotations

import numpy as np

from litproof.integrate.doubles import Array

_MAX_ITERATIONS = 60


class LinearisedFlow:
    """Solver of the collocation equations linearised around given states.

    Parameters
    ----------
    S : (m, m) integration from the start of the interval to each of its m nodes, in units of time.
    J : (m, n, P) Jacobian of the residual at the nodes.
    A : (m, P, P) Jacobian of the velocity.
    """

    def __init__(self, S: Array, J: Array, A: Array) -> None:
        m, n, _ = J.shape
        self._S, self._J, self._Jt = S, J, np.ascontiguousarray(J.transpose(0, 2, 1))
        self._E = -A - self._Jt @ J
        gram = np.einsum("iap,jbp->iajb", J, J, optimize=True) * S[:, None, :, None]
        self._inverse = np.linalg.inv(np.eye(m * n) + gram.reshape(m * n, m * n))

    def _without_curvature(self, c: Array) -> Array:
        """Solution of u + S J^T J u = c."""
        image = (self._J @ c[:, :, None]).reshape(-1)
        s = (self._inverse @ image).reshape(len(c), -1, 1)
        return np.asarray(c - self._S @ (self._Jt @ s)[:, :, 0])

    def solve(self, right: Array, tolerance: float = 1e-13) -> Array:
        """u of shape (m, P) with residual below tolerance * |right|, or the best found."""
        size = float(np.linalg.norm(right))
        if not size or not np.isfinite(size):
            return np.zeros_like(right)
        basis, images, h = [right / size], [], np.zeros((_MAX_ITERATIONS + 1, _MAX_ITERATIONS))
        coefficients: Array = np.zeros(0)
        for k in range(_MAX_ITERATIONS):
            image = self._without_curvature(basis[k])
            images.append(image)
            w = basis[k] + self._S @ (self._E @ image[:, :, None])[:, :, 0]
            for i, q in enumerate(basis):
                h[i, k] = np.vdot(q, w)
                w = w - h[i, k] * q
            h[k + 1, k] = np.linalg.norm(w)
            rhs = np.zeros(k + 2)
            rhs[0] = size
            coefficients = np.asarray(np.linalg.lstsq(h[: k + 2, : k + 1], rhs, rcond=None)[0])
            left = float(np.linalg.norm(h[: k + 2, : k + 1] @ coefficients - rhs))
            if left <= tolerance * size or h[k + 1, k] <= 1e-15 * size:
                break
            basis.append(w / h[k + 1, k])
        return np.asarray(sum(c * image for c, image in zip(coefficients, images, strict=False)))
