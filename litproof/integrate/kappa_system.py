"""The two systems whose solution is the path of gradient flow on the exponential loss.

Flow: theta' = sum_i exp(-m_i) grad m_i. With kappa = -log(loss), p_i = exp(kappa - m_i) (sum 1) and U =
sum_i p_i grad m_i: theta' = exp(-kappa) U and kappa' = exp(-kappa) ||U||^2. Both systems only change the
clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import inf
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr

from litproof.integrate.kappa_margins import Margins, to_real
from litproof.integrate.radau import Floats, Reals


@dataclass(frozen=True)
class EarlyFlow:
    """Clock tau, dt = exp(kappa) dtau: d theta/d tau = U(theta), the ascent of kappa; no algebraic part."""

    margins: Margins

    def evaluate(self, s: Any, y: Reals, z: Reals) -> tuple[Reals, Reals]:
        """F = U at theta = y."""
        p = [gmpy2.exp(x) for x in self.margins.kappa(y)[1]]
        return np.array(self.margins.combined_gradient(y, p, range(self.margins.count)), dtype=object), z

    def jacobian(self, s: Sequence[Any], y: Reals, z: Reals) -> tuple[Floats, Floats, Floats, Floats]:
        """U_theta = sum p_i Hess m_i - cov_p(grad m)."""
        k, D = y.shape
        p = np.array([[float(gmpy2.exp(x)) for x in self.margins.kappa(row)[1]] for row in y])
        theta = y.astype(float)
        g = self.margins.gradients_float(theta)
        mean = np.einsum("ki,kia->ka", p, g)
        cov = np.einsum("ki,kia,kib->kab", p, g, g) - np.einsum("ka,kb->kab", mean, mean)
        empty = np.zeros((k, D, 0))
        H = self.margins.hessian_float(theta, p, range(self.margins.count))
        return H - cov, empty, empty.transpose(0, 2, 1), np.zeros((k, 0, 0))

    def move(self, s: Sequence[Any], z: Reals, change: Reals, stiffness: Floats) -> tuple[Reals, float]:
        """Nothing to move."""
        return z, 0.0


@dataclass(frozen=True)
class LateFlow:
    """Clock s = log kappa for an L-homogeneous network: theta = kappa^(1/L) w.

    dw/ds = -w/L + P^2 U/||U||^2 with p_i = exp(lambda_i), U = sum p_i grad m_i(w), P = sum p_i, and
    m_i(w) + exp(-s) (lambda_i - b_i) = 1, b_i = log(copies of row i). On the flow P = 1; the factor P^2
    makes that a stable invariant, dP/ds = kappa (P - P^2), and fixes the scale of p also where exp(-s) no
    longer matters. Where rows depend on each other (sum a_i y_i x_i = 0, sum a_i = 0) one of their
    equations is replaced by the equivalent sum a_i (lambda_i - b_i) = 0, which stays regular as kappa grows.
    State y = w, algebraic variables z = lambda over `active`; the other points have p_i = 0.
    """

    margins: Margins
    active: tuple[int, ...]

    @cached_property
    def _relations(self) -> tuple[tuple[int, tuple[Fraction, ...]], ...]:
        return self.margins.relations(self.active)

    def evaluate(self, s: Any, y: Reals, z: Reals) -> tuple[Reals, Reals]:
        """F = dw/ds and G = m_i + exp(-s) (lambda_i - b_i) - 1 over the active points."""
        m = self.margins
        values = m.values(m.coefficients(y), self.active)
        p = [gmpy2.exp(x) for x in z]
        U = np.array(m.combined_gradient(y, p, self.active), dtype=object)
        total = sum(p, mpfr(0))
        F = U * (total * total / sum(U * U)) - y / m.depth
        eps = gmpy2.exp(-s)
        excess = [x - m.log_copies[i] for x, i in zip(z, self.active, strict=True)]
        G = [v - 1 + eps * x for v, x in zip(values, excess, strict=True)]
        for place, a in self._relations:
            G[place] = sum((to_real(c) * x for c, x in zip(a, excess, strict=True)), mpfr(0))
        return F, np.array(G, dtype=object)

    def jacobian(self, s: Sequence[Any], y: Reals, z: Reals) -> tuple[Floats, Floats, Floats, Floats]:
        """Analytic derivatives; x = lambda (p + exp(-s)), so that both regimes of p are well scaled."""
        w = y.astype(float)
        p, weight, direct = self._weights(s, z)
        g = self.margins.gradients_float(w)[:, list(self.active), :]
        Fy, Fp = self.speed_derivatives(w, p)
        Gx = np.zeros((len(s), len(self.active), len(self.active)))
        np.einsum("kii->ki", Gx)[...] = direct
        for place, a in self._relations:
            g[:, place] = 0
            Gx[:, place] = np.array([float(c) for c in a]) * weight / np.maximum(p, 1e-300)
        return Fy, Fp * weight[:, None, :], g, Gx

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
    def _weights(s: Sequence[Any], z: Reals) -> tuple[Floats, Floats, Floats]:
        """p, p/(p + eps) and eps/(p + eps) with eps = exp(-s), in double precision."""
        eps = np.array([gmpy2.exp(-x) for x in s], dtype=object)[:, None]
        p = np.array([[gmpy2.exp(x) for x in row] for row in z], dtype=object)
        return p.astype(float), (p / (p + eps)).astype(float), (eps / (p + eps)).astype(float)

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
