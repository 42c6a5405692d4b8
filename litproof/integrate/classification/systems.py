"""The two systems whose solution is the path of gradient flow on the exponential loss.

Flow: theta' = sum_i exp(-m_i) grad m_i. With kappa = -log(loss), p_i = exp(kappa - m_i) (sum 1) and U =
sum_i p_i grad m_i: theta' = exp(-kappa) U and kappa' = exp(-kappa) ||U||^2. Both systems only change the
clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr

from litproof.integrate.classification.margins import Margins
from litproof.integrate.classification.reals import Floats, Reals
from litproof.integrate.classification.stage_matrix import Derivatives, ordinary


@dataclass(frozen=True)
class EarlyFlow:
    """Clock tau, dt = exp(kappa) dtau: d theta/d tau = U(theta), the ascent of kappa; no algebraic part."""

    margins: Margins

    def evaluate(self, s: Any, y: Reals, z: Reals) -> tuple[Reals, Reals]:
        """F = U at theta = y."""
        p = [gmpy2.exp(x) for x in self.margins.kappa(y)[1]]
        return np.array(self.margins.combined_gradient(y, p, range(self.margins.count)), dtype=object), z

    def jacobian(self, s: Sequence[Any], y: Reals, z: Reals) -> Derivatives:
        """U_theta = sum p_i Hess m_i - cov_p(grad m)."""
        p = np.array([[float(gmpy2.exp(x)) for x in self.margins.kappa(row)[1]] for row in y])
        theta = y.astype(float)
        g = self.margins.gradients_float(theta)
        mean = np.einsum("ki,kia->ka", p, g)
        cov = np.einsum("ki,kia,kib->kab", p, g, g) - np.einsum("ka,kb->kab", mean, mean)
        H = self.margins.hessian_float(theta, p, range(self.margins.count))
        return ordinary(H - cov)

    def move(self, s: Sequence[Any], z: Reals, change: Reals, stiffness: Floats) -> tuple[Reals, float]:
        """Nothing to move."""
        return z, 0.0


@dataclass(frozen=True)
class LateFlow:
    """Clock s = log kappa for an L-homogeneous network: theta = kappa^(1/L) w.

    dw/ds = -w/L + P^2 U/||U||^2 with p_i = exp(lambda_i), U = sum p_i grad m_i(w), P = sum p_i, and
    m_i(w) + exp(-s) (lambda_i - b_i) = 1, b_i = log(copies of row i). On the flow P = 1; the factor P^2 makes
    that a stable invariant, dP/ds = kappa (P - P^2), and fixes the scale of p also where exp(-s) no longer
    matters. State y = w, algebraic variables z = lambda over `active`; the other points have p_i = 0.
    """

    margins: Margins
    active: tuple[int, ...]

    def evaluate(self, s: Any, y: Reals, z: Reals) -> tuple[Reals, Reals]:
        """F = dw/ds and G = m_i + exp(-s) (lambda_i - b_i) - 1 over the active points."""
        m = self.margins
        values = m.values(m.coefficients(y), self.active)
        p = [gmpy2.exp(x) for x in z]
        U = np.array(m.combined_gradient(y, p, self.active), dtype=object)
        total = sum(p, mpfr(0))
        F = U * (total * total / sum(U * U)) - y / m.depth
        eps = gmpy2.exp(-s)
        G = [v - 1 + eps * (x - m.log_copies[i]) for v, x, i in zip(values, z, self.active, strict=True)]
        return F, np.array(G, dtype=object)

    def jacobian(self, s: Sequence[Any], y: Reals, z: Reals) -> Derivatives:
        """Analytic derivatives; x = lambda (p + exp(-s)), so that both regimes of p are well scaled."""
        p, weight, direct = self._weights(s, z)
        Fw, _ = self.speed_derivatives(y.astype(float), p.astype(float))
        g = np.array([self.margins.gradients(row, self.active) for row in y], dtype=object)
        Fx = np.array([_multiplier_columns(a, b) * c for a, b, c in zip(g, p, weight, strict=True)])
        return Derivatives(Fw, Fx, g, direct)

    def speed_derivatives(self, w: Floats, p: Floats) -> tuple[Floats, Floats]:
        """(F_w, F_p) in double precision at k points, shapes (k, D, D) and (k, D, m)."""
        g = self.margins.gradients_float(w)[:, list(self.active), :]
        H = self.margins.hessian_float(w, p, self.active)
        U = np.einsum("ki,kia->ka", p, g)
        q = np.einsum("ka,ka->k", U, U)[:, None, None]
        P = p.sum(axis=1)[:, None, None]
        identity = np.eye(w.shape[1])
        # derivative of P^2 U/q, q = |U|^2, along (dU, dP): P^2 (dU - 2 U (U.dU)/q)/q + 2 P dP U/q
        project = identity - 2 * np.einsum("ka,kb->kab", U, U) / q
        Fw = P * P / q * (project @ H) - identity / self.margins.depth
        Fp = P * P / q * (project @ g.transpose(0, 2, 1)) + 2 * P / q * U[:, :, None]
        return Fw, Fp

    @staticmethod
    def _weights(s: Sequence[Any], z: Reals) -> tuple[Reals, Reals, Reals]:
        """p, p/(p + eps) and eps/(p + eps) with eps = exp(-s)."""
        eps = np.array([gmpy2.exp(-x) for x in s], dtype=object)[:, None]
        p = np.array([[gmpy2.exp(x) for x in row] for row in z], dtype=object)
        return p, p / (p + eps), eps / (p + eps)

    def move(self, s: Sequence[Any], z: Reals, change: Reals, stiffness: Floats) -> tuple[Reals, float]:
        """Newton in the variable lambda + p/p*, in which eps lambda + B p is linear (p* = eps/B).

        stiffness = p/p*. p stays positive, a multiplier rises or falls in one correction whatever the size
        of eps.
        """
        new, size = z.copy(), 0.0
        for k, point in enumerate(s):
            eps = gmpy2.exp(-point)
            for i in range(z.shape[1]):
                p = gmpy2.exp(z[k, i])
                step = change[k, i] / (p + eps)
                ratio = max(float(stiffness[k, i]), 0.0)
                move = _tempered(step, mpfr(ratio)) if ratio < inf else step
                new[k, i] = z[k, i] + move
                size = max(size, float(abs(gmpy2.exp(new[k, i]) - p)))
        return new, size


def _multiplier_columns(g: Reals, p: Reals) -> Reals:
    """dF/dp = P^2 (g - 2 U (U.g)/|U|^2)/|U|^2 + 2 P U/|U|^2 at the working precision, (D, m)."""
    U, P = p @ g, sum(p)
    q = U @ U
    return np.asarray(P * P / q * (g.T - np.outer(U, 2 / q * (g @ U))) + (2 * P / q * U)[:, None])


def _tempered(step: Any, ratio: Any) -> Any:
    """The change x of lambda with x + ratio (e^x - 1) = (1 + ratio) step."""
    goal = (1 + ratio) * step
    # convex increasing function; start where it is not below the goal, then Newton falls onto the root
    x = min(goal, gmpy2.log1p(goal / ratio)) if ratio > 0 and goal > 0 else step
    if goal < 0 and ratio > 0:
        x = max(step, goal) if step > -1 else goal + ratio
        x = min(x, mpfr(0))
    for _ in range(80):
        value = x + ratio * gmpy2.expm1(x) - goal
        change = value / (1 + ratio * gmpy2.exp(x))
        x -= change
        if abs(change) <= abs(x) * mpfr("1e-16"):
            break
    return x
