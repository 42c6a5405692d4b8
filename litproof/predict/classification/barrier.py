"""A rough solution of an l1 margin problem with complex modes, in double precision.

Primal: min sum_j w_j |rho_j| subject to sum_j w_j Re(a_ij rho_j) >= 1. Dual: maximise sum_i alpha_i over
alpha >= 0 with |u_j| <= 1, u = sum_i alpha_i a_i. A logarithmic barrier finds which modes and points are
active; Newton on the exact conditions (`stationary`) does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from litproof.errors import Inconclusive
from litproof.predict.classification.stationary import Candidate


def rough_l1(rows: Sequence[Sequence[complex]], weights: Sequence[int]) -> Candidate:
    """Support, active points and rough multipliers; Inconclusive when they cannot be told apart."""
    a = np.array(rows, dtype=complex)
    n, _ = a.shape
    alpha = np.full(n, 0.25 / max(np.abs(a).sum(axis=0).max(), 1e-300))
    mu = float(alpha.sum())
    for _ in range(400):
        alpha, centred = _newton(a, np.array(weights, dtype=float), alpha, mu)
        if centred:
            if mu < 1e-13 * alpha.sum():
                break
            mu *= 0.2
    u = alpha @ a
    slack = 1 - np.abs(u) ** 2
    tau = 2 * mu / slack
    slope = mu / alpha  # margin - 1, by stationarity
    support = tuple(int(j) for j in np.flatnonzero(tau > 1e-6 * tau.max()))
    active = tuple(int(i) for i in np.flatnonzero(alpha > 1e-6 * alpha.max()))
    doubtful = np.any((tau > 1e-9 * tau.max()) & (tau < 1e-5 * tau.max())) or np.any(
        (slope > 1e-9) & (slope < 1e-6)
    )
    if doubtful:
        raise Inconclusive(
            "the l1 problem is (nearly) degenerate: support and active points cannot be told apart"
        )
    return Candidate(support, active, tuple(alpha[list(active)]), tuple(tau[list(support)]))


def _newton(a: np.ndarray, w: np.ndarray, alpha: np.ndarray, mu: float) -> tuple[np.ndarray, bool]:
    """One damped Newton step on sum alpha + mu (sum w log(1 - |u|^2) + sum log alpha), centred or not."""
    u = alpha @ a
    slack = 1 - np.abs(u) ** 2
    d = 2 * np.real(a * u.conj())  # d |u_j|^2 / d alpha_i
    gradient = 1 + mu * (-(d * w / slack).sum(axis=1) + 1 / alpha)
    curve = (2 * np.real((a * (w / slack)) @ a.conj().T)) + (d * (w / slack**2)) @ d.T + np.diag(1 / alpha**2)
    try:
        step = np.linalg.solve(mu * curve, gradient)
    except (
        np.linalg.LinAlgError
    ):  # points that depend on one another, with multipliers of very different size
        raise Inconclusive("the l1 problem is too degenerate for a solution in double precision") from None
    decrement = float(gradient @ step) / mu
    length = 1.0
    while True:
        new = alpha + length * step
        if np.all(new > 0) and np.all(np.abs(new @ a) < 1):
            break
        length *= 0.5
        if length < 1e-12:
            return alpha, True
    if decrement > 0.25:
        length = min(length, 1 / (1 + decrement**0.5))
    return alpha + length * step, decrement < 1e-6
