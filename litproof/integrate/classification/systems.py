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
from litproof.integrate.classification.reals import Floats, Reals, working_precision
from litproof.integrate.classification.stage_matrix import Derivatives

MOVE_BITS = 100
"""Precision of moves of multipliers: they come from corrections in double precision."""


@dataclass(frozen=True)
class EarlyFlow:
    """Clock tau, dt = exp(kappa) |theta|^(2 - L) dtau: growth of a small start is exponential in it, at any depth.

    With theta = sigma u, unit = sigma^L and rho = |u|^(2 - L) (1 for L <= 2), du/dtau = rho P^2 U(u) and
    dkappa/dtau = rho unit |U(u)|^2, where p_i = exp(lambda_i), U = sum p_i grad m_i(u),
    P = sum p_i and unit m_i(u) + lambda_i - b_i = kappa. On the flow P = 1; the factor P^2 makes that a stable
    invariant. State y = (u, kappa / size), algebraic variables z = lambda over `stiff`; over `direct` lambda follows
    from y, and acts too weakly to count in the derivatives.
    """

    margins: Margins
    stiff: tuple[int, ...]
    direct: tuple[int, ...]
    unit: Any
    size: Any

    def evaluate(self, s: Any, y: Reals, z: Reals) -> tuple[Reals, Reals]:
        """F = dy/dtau and G = (unit m_i + lambda_i - b_i - kappa) / size over the stiff points."""
        m, u, kappa = self.margins, y[:-1], y[-1] * self.size
        values = self._lifted(u)
        count = len(self.stiff)
        p = [gmpy2.exp(x) for x in (*z, *(kappa - x for x in values[count:]))]
        U = np.array(m.combined_gradient(u, p, (*self.stiff, *self.direct)), dtype=object)
        total = sum(p, mpfr(0))
        F = np.append(U * (total * total), self.unit / self.size * sum(U * U)) * self.pace(u)
        G = [(v + x - kappa) / self.size for v, x in zip(values[:count], z, strict=True)]
        return F, np.array(G, dtype=object)

    def pace(self, u: Reals) -> Any:
        """rho = |u|^(2 - L)."""
        depth = self.margins.depth
        return gmpy2.sqrt(sum(u * u)) ** (2 - depth) if depth > 2 else mpfr(1)

    def _lifted(self, u: Reals) -> list[Any]:
        """unit m_i(u) - b_i, the stiff points first."""
        m, points = self.margins, (*self.stiff, *self.direct)
        values = m.values(m.coefficients(u), points)
        return [self.unit * v - m.log_copies[i] for v, i in zip(values, points, strict=True)]

    def direct_multipliers(self, s: Any, y: Reals) -> list[Any]:
        """lambda_i over the direct points."""
        return [y[-1] * self.size - x for x in self._lifted(y[:-1])[len(self.stiff) :]]

    def jacobian(self, s: Sequence[Any], y: Reals, z: Reals) -> Derivatives:
        """Analytic derivatives; x = lambda (p + 1), so that both regimes of p are well scaled."""
        u, k = y[:, :-1], len(y)
        points, D, m, unit = (*self.stiff, *self.direct), u.shape[1], z.shape[1], self.unit / self.size
        every = np.array(
            [[gmpy2.exp(x) for x in (*a, *self.direct_multipliers(0, b))] for a, b in zip(z, y, strict=True)]
        )
        p = every[:, :m]
        H = self.margins.hessian_float(u.astype(float), every.astype(float), points)
        g = np.array([self.margins.gradients(row, points) for row in u], dtype=object)
        F_y, F_x = np.zeros((k, D + 1, D + 1)), np.zeros((k, D + 1, m), dtype=object)
        G_y = np.full((k, m, D + 1), mpfr(-1), dtype=object)
        for j in range(k):
            U, P, rho = every[j] @ g[j], sum(every[j]), self.pace(u[j])
            gs = g[j][:m]
            weight = rho * p[j] / (p[j] + 1)
            F_y[j, :D, :D] = float(rho * P * P) * H[j]
            F_y[j, D, :D] = (2 * rho * unit * U).astype(float) @ H[j]
            if self.margins.depth > 2:
                F = np.append(P * P * U, unit * (U @ U))
                turn = (2 - self.margins.depth) * rho / (u[j] @ u[j])
                F_y[j, :, :D] += (np.outer(F, turn * u[j])).astype(float)
            F_x[j, :D] = (P * P * gs.T + 2 * P * U[:, None]) * weight
            F_x[j, D] = 2 * unit * (gs @ U) * weight
            G_y[j, :, :D] = unit * gs
        return Derivatives(F_y, F_x, G_y, 1 / (p + 1) / self.size)

    def move(self, s: Sequence[Any], z: Reals, change: Reals, stiffness: Floats) -> tuple[Reals, float]:
        """See `LateFlow.move`, with eps = 1."""
        return _moved([mpfr(1)] * len(z), z, change, stiffness)


@dataclass(frozen=True)
class LateFlow:
    """Clock s = log kappa for an L-homogeneous network: theta = kappa^(1/L) w.

    dw/ds = -w/L + P^2 U/||U||^2 with p_i = exp(lambda_i), U = sum p_i grad m_i(w), P = sum p_i, and
    m_i(w) + exp(-s) (lambda_i - b_i) = 1, b_i = log(copies of row i). On the flow P = 1; the factor P^2 makes
    that a stable invariant, dP/ds = kappa (P - P^2), and fixes the scale of p also where exp(-s) no longer
    matters. State y = w, algebraic variables z = lambda over `active`; over `direct` lambda follows from w, and
    acts too weakly to count in the derivatives; the other points have p_i = 0.
    """

    margins: Margins
    active: tuple[int, ...]
    direct: tuple[int, ...] = ()

    def evaluate(self, s: Any, y: Reals, z: Reals) -> tuple[Reals, Reals]:
        """F = dw/ds and G = m_i + exp(-s) (lambda_i - b_i) - 1 over the active points."""
        m, points = self.margins, (*self.active, *self.direct)
        values = m.values(m.coefficients(y), points)
        lifted = (*z, *self._lifted(s, values[len(self.active) :]))
        p = [gmpy2.exp(x) for x in lifted]
        U = np.array(m.combined_gradient(y, p, points), dtype=object)
        total = sum(p, mpfr(0))
        F = U * (total * total / sum(U * U)) - y / m.depth
        eps, values = gmpy2.exp(-s), values[: len(self.active)]
        G = [v - 1 + eps * (x - m.log_copies[i]) for v, x, i in zip(values, z, self.active, strict=True)]
        return F, np.array(G, dtype=object)

    def _lifted(self, s: Any, values: Sequence[Any]) -> list[Any]:
        """lambda_i = kappa (1 - m_i) + b_i over the direct points."""
        kappa = gmpy2.exp(s)
        return [
            kappa * (1 - v) + self.margins.log_copies[i] for v, i in zip(values, self.direct, strict=True)
        ]

    def direct_multipliers(self, s: Any, y: Reals) -> list[Any]:
        """lambda_i over the direct points."""
        return self._lifted(s, self.margins.values(self.margins.coefficients(y), self.direct))

    def jacobian(self, s: Sequence[Any], y: Reals, z: Reals) -> Derivatives:
        """Analytic derivatives; x = lambda (p + exp(-s)), so that both regimes of p are well scaled."""
        p, weight, direct = self._weights(s, z)
        Fw, _ = self.speed_derivatives(y.astype(float), p.astype(float))
        g = np.array([self.margins.gradients(row, self.active) for row in y], dtype=object)
        Fx = np.array([_multiplier_columns(a, b, c) for a, b, c in zip(g, p, weight, strict=True)])
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
        return _moved([gmpy2.exp(-point) for point in s], z, change, stiffness)


def _moved(eps: Sequence[Any], z: Reals, change: Reals, stiffness: Floats) -> tuple[Reals, float]:
    moves, size = np.zeros_like(z), 0.0
    with working_precision(MOVE_BITS):
        for k, weight in enumerate(eps):
            for i in range(z.shape[1]):
                p = gmpy2.exp(z[k, i])
                step = change[k, i] / (p + weight)
                ratio = max(float(stiffness[k, i]), 0.0)
                moves[k, i] = move = _tempered(step, mpfr(ratio)) if ratio < inf else step
                size = max(size, float(abs(p * gmpy2.expm1(move))))
    return z + moves, size


def _multiplier_columns(g: Reals, p: Reals, weight: Reals) -> Reals:
    """dF/dp = P^2 (g - 2 U (U.g)/|U|^2)/|U|^2 + 2 P U/|U|^2 times a weight a column, (D, m)."""
    U, P = p @ g, sum(p)
    q = U @ U
    along = (1 - P / q * (g @ U)) * (2 * P / q * weight)
    return np.asarray(g.T * (P * P / q * weight) + np.outer(U, along))


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
