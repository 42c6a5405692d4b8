"""The two systems whose solution is the path of gradient flow on the exponential loss.

Flow: theta' = sum_i exp(-m_i) grad m_i. With kappa = -log(loss), p_i = exp(kappa - m_i) (sum 1) and U =
sum_i p_i grad m_i: theta' = exp(-kappa) U and kappa' = exp(-kappa) ||U||^2. Both systems only change the
clock.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from gmpy2 import mpfr

from litproof.integrate.classification.margins import Margins
from litproof.integrate.classification.reals import Floats, Numbers, Reals, exp, like, sqrt
from litproof.integrate.classification.stage_matrix import Derivatives


@dataclass(frozen=True)
class EarlyFlow:
    """Clock tau, dt = exp(kappa) |theta|^(2 - L) dtau: growth of a small start is exponential in it, at any depth.

    With theta = sigma u, unit = sigma^L and rho = |u|^(2 - L) (1 for L <= 2), du/dtau = rho P^2 U(u) and
    dkappa/dtau = rho unit |U(u)|^2, where p_i = exp(lambda_i), U = sum p_i grad m_i(u),
    P = sum p_i and unit m_i(u) + lambda_i - b_i = kappa. On the flow P = 1; the factor P^2 makes that a stable
    invariant. State y = (u, kappa / size), algebraic variables z = lambda over `stiff`; over `direct` lambda follows
    from y, and acts too weakly to count in the derivatives. All functions take k points at once.
    """

    margins: Margins
    stiff: tuple[int, ...]
    direct: tuple[int, ...]
    unit: Any
    size: Any

    def evaluate(self, s: Numbers, y: Numbers, z: Numbers) -> tuple[Numbers, Numbers]:
        """F = dy/dtau and G = (unit m_i + lambda_i - b_i - kappa) / size over the stiff points."""
        lifted, count, size = self._lifted(y), len(self.stiff), like(y, self.size)
        _, P, U, rho = self._shares(y[:, :-1], np.concatenate([z, lifted[:, count:]], axis=1))
        rise = (U * U).sum(axis=1)[:, None] * like(y, self.unit / self.size)
        return np.concatenate([U * (P * P), rise], axis=1) * rho, (z - lifted[:, :count]) / size

    def straight(self, y: Reals, z: Reals, ahead: Reals) -> tuple[Reals, Reals]:
        """(y, z) at so much further on the tangent, (k, D + 1) and (k, m); no weight above 1 that was not."""
        speed = self.evaluate(ahead[:1], y[None], z[None])[0][0]
        rise = speed[-1] * self.size - (self.margins.gradients(y[:-1], self.stiff) @ speed[:-1]) * self.unit
        return y + np.outer(ahead, speed), np.minimum(z + np.outer(ahead, rise), np.maximum(z, mpfr(0)))

    def direct_multipliers(self, s: Numbers, y: Numbers) -> Numbers:
        """lambda_i over the direct points."""
        return self._lifted(y)[:, len(self.stiff) :]

    def _lifted(self, y: Numbers) -> Numbers:
        """The lambda_i that follow from y, the stiff points first."""
        m, points = self.margins, [*self.stiff, *self.direct]
        values = m.values(m.coefficients(y[:, :-1]), points) * like(y, self.unit)
        return np.asarray(y[:, -1:] * like(y, self.size) - values + m.log_copies.like(y)[points])

    def _shares(self, u: Numbers, lifted: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """p (k, n), P (k, 1), U (k, D), and rho (k, 1)."""
        p, m = exp(lifted), self.margins
        U = m.gradient(u, m.pull(p, (*self.stiff, *self.direct)))
        return p, p.sum(axis=1)[:, None], U, self.pace(u)[:, None]

    def pace(self, u: Numbers) -> Numbers:
        """rho = |u|^(2 - L), (k,)."""
        square = (u * u).sum(axis=1)
        depth = self.margins.depth
        return np.asarray(sqrt(square) ** (2 - depth) if depth > 2 else square**0)

    def jacobian(self, s: Numbers, y: Numbers, z: Numbers) -> Derivatives:
        """Analytic derivatives; x = lambda, so that points of little weight are told from others last."""
        every = np.concatenate([z, self.direct_multipliers(s, y)], axis=1)
        u, m, unit = y[:, :-1], z.shape[1], like(y, self.unit / self.size)
        p, P, U, rho = self._shares(u, every)
        slopes, weight = self.margins.gradients(u, self.stiff), rho * p[:, :m]
        rise = 2 * unit * (slopes @ U[:, :, None]).swapaxes(1, 2)
        pushes = (P * P)[:, :, None] * slopes.swapaxes(1, 2) + (2 * P * U)[:, :, None]
        F_x = np.concatenate([pushes, rise], axis=1) * weight[:, None, :]
        G_y = np.concatenate([unit * slopes, slopes[:, :, :1] * 0 - 1], axis=2)
        F_y, rank = self._by_state(u, p, P, U, rho)
        groups = [*self.margins.groups, np.array([u.shape[1]])]
        return Derivatives(F_y, F_x, G_y, z * 0 + 1 / like(y, self.size), groups, *rank)

    def _by_state(
        self, u: Numbers, p: Numbers, P: Numbers, U: Numbers, rho: Numbers
    ) -> tuple[Floats, tuple[Floats, Floats]]:
        """(F_y but for push pull^T, (push, pull)) in double precision."""
        u, p, P, U, rho = (x.astype(float) for x in (u, p, P, U, rho))
        D, unit = u.shape[1], float(self.unit / self.size)
        H = self.margins.hessian(u, self.margins.pull(p, (*self.stiff, *self.direct)))
        F_y, push, pull = (np.zeros((len(u), D + 1, size)) for size in (D + 1, 2, 2))
        F_y[:, :D, :D] = (rho * P * P)[:, :, None] * H
        push[:, D, 0], pull[:, :D, 0] = 1, 2 * unit * rho * (H @ U[:, :, None])[:, :, 0]
        if self.margins.depth > 2:
            push[:, :, 1] = np.concatenate([P * P * U, unit * (U * U).sum(axis=1)[:, None]], axis=1)
            pull[:, :D, 1] = (2 - self.margins.depth) * rho / (u * u).sum(axis=1)[:, None] * u
        return F_y, (push, pull)

    def move(self, s: Numbers, z: Numbers, change: Numbers, stiffness: Floats) -> tuple[Numbers, float]:
        """See `LateFlow.move`."""
        return _moved(z, change, stiffness)


@dataclass(frozen=True)
class LateFlow:
    """Clock s = log kappa for an L-homogeneous network: theta = kappa^(1/L) w.

    dw/ds = -w/L + P^2 U/||U||^2 with p_i = exp(lambda_i), U = sum p_i grad m_i(w), P = sum p_i, and
    m_i(w) + exp(-s) (lambda_i - b_i) = 1, b_i = log(copies of row i). On the flow P = 1; the factor P^2 makes
    that a stable invariant, dP/ds = kappa (P - P^2), and fixes the scale of p also where exp(-s) no longer
    matters. State y = w, algebraic variables z = lambda over `active`; over `direct` lambda follows from w, and
    acts too weakly to count in the derivatives; the other points have p_i = 0. All functions take k points at once.
    """

    margins: Margins
    active: tuple[int, ...]
    direct: tuple[int, ...] = ()

    def evaluate(self, s: Numbers, y: Numbers, z: Numbers) -> tuple[Numbers, Numbers]:
        """F = dw/ds and G = m_i + exp(-s) (lambda_i - b_i) - 1 over the active points."""
        m, points, count = self.margins, (*self.active, *self.direct), len(self.active)
        values = m.values(m.coefficients(y), points)
        p = exp(np.concatenate([z, self._lifted(s, values[:, count:])], axis=1))
        U = m.gradient(y, m.pull(p, points))
        total = p.sum(axis=1)
        F = U * (total * total / (U * U).sum(axis=1))[:, None] - y / m.depth
        copies = m.log_copies.like(y)[list(self.active)]
        return F, values[:, :count] - 1 + exp(-s)[:, None] * (z - copies)

    def _lifted(self, s: Numbers, values: Numbers) -> Numbers:
        """lambda_i = kappa (1 - m_i) + b_i over the direct points."""
        return np.asarray(
            exp(s)[:, None] * (1 - values) + self.margins.log_copies.like(values)[list(self.direct)]
        )

    def direct_multipliers(self, s: Numbers, y: Numbers) -> Numbers:
        """lambda_i over the direct points."""
        return self._lifted(s, self.margins.values(self.margins.coefficients(y), self.direct))

    def jacobian(self, s: Numbers, y: Numbers, z: Numbers) -> Derivatives:
        """Analytic derivatives; x = lambda, so that points of little weight are told from others last."""
        p = exp(z)
        F_w, rank, _ = self.speed_derivatives(y.astype(float), p.astype(float))
        slopes = self.margins.gradients(y, self.active)
        F_x = self._pushes(slopes, p) * p[:, None, :]
        return Derivatives(F_w, F_x, slopes, z * 0 + exp(-s)[:, None], self.margins.groups, *rank)

    def speed_derivatives(self, w: Floats, p: Floats) -> tuple[Floats, tuple[Floats, Floats], Floats]:
        """(F_w but for push pull^T, (push, pull), F_p) in double precision at k points."""
        slopes, H = (
            self.margins.gradients(w, self.active),
            self.margins.hessian(w, self.margins.pull(p, self.active)),
        )
        U, P = (p[:, None, :] @ slopes)[:, 0], p.sum(axis=1)[:, None]
        q = (U * U).sum(axis=1)[:, None]
        # derivative of P^2 U/q, q = |U|^2, along dU: P^2 (dU - 2 U (U.dU)/q)/q
        weight = (P * P / q)[:, :, None]
        return (
            weight * H - np.eye(w.shape[1]) / self.margins.depth,
            (U[:, :, None], -2 * weight / q[:, :, None] * (H @ U[:, :, None])),
            self._pushes(slopes, p),
        )

    @staticmethod
    def _pushes(slopes: Numbers, p: Numbers) -> Numbers:
        """F_p, (k, D, m): the derivative of P^2 U/q along (dU, dP) is P^2 (dU - 2 U (U.dU)/q)/q + 2 P dP U/q."""
        U, P = (p[:, None, :] @ slopes)[:, 0], p.sum(axis=1)[:, None]
        q = (U * U).sum(axis=1)[:, None]
        along = 2 * P / q * (1 - P / q * (slopes @ U[:, :, None])[:, :, 0])
        return np.asarray((P * P / q)[:, :, None] * slopes.swapaxes(1, 2) + U[:, :, None] * along[:, None, :])

    def move(self, s: Numbers, z: Numbers, change: Numbers, stiffness: Floats) -> tuple[Numbers, float]:
        """Newton in the variable lambda + p/p*, in which eps lambda + B p is linear (p* = eps/B).

        stiffness = p/p*. p stays positive, a multiplier rises or falls in one correction whatever the size
        of eps.
        """
        return _moved(z, change, stiffness)


_TINY = 1e-20
"""Changes of lambda that `_tempered` leaves as they are; those of slow points may be too small for a double."""


def _moved(z: Numbers, change: Numbers, stiffness: Floats) -> tuple[Numbers, float]:
    rounded = change.astype(float)
    moves = _tempered(rounded, np.maximum(stiffness, 0))
    moved = float(np.max(np.exp(z.astype(float)) * np.abs(np.expm1(moves)), initial=0.0))
    return z + np.where(np.abs(rounded) < _TINY, change, moves), moved


def _tempered(steps: Floats, ratios: Floats) -> Floats:
    """The changes x of lambda with x + ratio (e^x - 1) = (1 + ratio) step.

    Corrections are known in double precision only.
    """
    ratios = np.minimum(ratios, 1e300)
    a, b = 1 / (1 + ratios), ratios / (1 + ratios)
    # convex increasing function; start where it is not negative, then Newton falls onto the root
    x = np.where(
        steps > 0,
        np.fmin(steps / a, np.log1p(steps / b)),
        np.minimum(np.where(steps > -1, steps, (steps + b) / a), 0),
    )
    for _ in range(80):
        falls = (a * x + b * np.expm1(x) - steps) / (a + b * np.exp(x))
        x = x - falls
        if not np.any(np.abs(falls) > 1e-15 * np.abs(x)):
            break
    return x
