"""Stationary points of the l_{2/L} margin problem (K3, any depth).

Min sum_j w_j |rho_j|^(2/L) subject to f_i(rho) = sum_j w_j Re(a_ij rho_j) >= 1.
Modes j are real (w_j = 1, rho_j real) or stand for a pair of complex conjugates (w_j = 2). In the smooth
parametrisation rho_j = prod_l eta_lj with |eta_lj| all equal, a point is stationary when multipliers
alpha_i >= 0 exist, 0 where f_i > 1, with

    u_j = sum_i alpha_i a_ij = |rho_j|^(2/L - 1) conj(rho_j)/|rho_j|   wherever rho_j != 0,

and, for L = 2 only, |u_j| <= 1 elsewhere (for L >= 3, rho_j = 0 is stationary on its own). L = 2 is convex.
For L >= 3 the function rho(alpha) = conj(u)/|u| |u|^(-L/(L-2)) reduces the conditions to f_i(rho(alpha)) =
1 on the active points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import column
from litproof.errors import HypothesisError, Inconclusive

if TYPE_CHECKING:
    from flint import acb, arb

Rows = Sequence[Sequence["acb"]]


@dataclass(frozen=True)
class Candidate:
    """Which modes are on, which points are active, and rough values to start Newton from.

    Attributes
    ----------
    support : indices of modes. active : indices of points. alpha : one start for each active point.
    tau : |rho_j| on the support (used for L = 2, where u fixes only the phases).
    """

    support: tuple[int, ...]
    active: tuple[int, ...]
    alpha: tuple[float, ...]
    tau: tuple[float, ...] = ()


@dataclass(frozen=True)
class Stationary:
    """A stationary point, as balls (midpoints carry the digits).

    Attributes
    ----------
    rho : all modes. alpha : all points. margins : f_i(rho), all points. u : all modes. norm : sum_j w_j
        |rho_j|^(2/L).
    residual : how well the equations hold. descent : for L >= 3, number of directions along which the
        objective falls at second order on the active set (0: a strict local minimum; otherwise a saddle
        that repels the flow).
    """

    rho: tuple[acb, ...]
    alpha: tuple[arb, ...]
    margins: tuple[arb, ...]
    u: tuple[acb, ...]
    norm: arb
    residual: float
    descent: int
    support: tuple[int, ...]
    active: tuple[int, ...]


def polish(rows: Rows, weights: Sequence[int], L: int, start: Candidate, bits: int) -> Stationary:
    """Newton on the stationarity conditions at the current precision (>= `bits`), then all signs are checked.

    Raises
    ------
    Inconclusive : no convergence. HypothesisError : a sign condition fails (not a stationary point of this
        type).
    """
    from flint import arb

    k, unknown = len(start.active), [arb(x) for x in (*start.alpha, *(start.tau if L == 2 else ()))]
    for _ in range(12 + bits.bit_length()):
        values, jacobian = _equations(rows, weights, L, start, unknown)
        try:
            step = jacobian.solve(column(-v.mid() for v in values), algorithm="approx")
        except ZeroDivisionError as error:
            raise Inconclusive("the stationarity equations are singular: more than one solution?") from error
        unknown = [(x + step[i, 0]).mid() for i, x in enumerate(unknown)]
        change = max((abs(step[i, 0]) / (abs(x) + arb(1) / 1000) for i, x in enumerate(unknown)), key=float)
        if not change.is_finite() or float(change) > 1e6:
            raise Inconclusive("Newton on the stationarity conditions does not converge")
        if change < arb(2) ** (-bits + 8):
            break
    else:
        raise Inconclusive("Newton on the stationarity conditions does not converge")
    values, jacobian = _equations(rows, weights, L, start, unknown)
    residual = max((float(abs(v)) for v in values), default=0.0)
    return _checked(rows, weights, L, start, unknown[:k], unknown[k:], residual)


def _rho(L: int, u: acb, tau: Any) -> acb:
    """rho_j from u_j (and its modulus tau for L = 2)."""
    return u.conjugate() * tau if L == 2 else u.conjugate() / abs(u) * abs(u) ** _power(L)


def _power(L: int) -> arb:
    from flint import arb

    return arb(-L) / (L - 2)


def _equations(
    rows: Rows, weights: Sequence[int], L: int, start: Candidate, unknown: Sequence[arb]
) -> tuple[list[arb], Any]:
    """Residuals and Jacobian: f_i - 1 on the active points; for L = 2 also (|u_j|^2 - 1)/2 on the support."""
    from flint import arb, arb_mat

    k = len(start.active)
    a = [[rows[i][j] for j in start.support] for i in start.active]
    w = [weights[j] for j in start.support]
    u = [sum((unknown[i] * a[i][j] for i in range(1, k)), unknown[0] * a[0][j]) for j in range(len(w))]
    size = k + (len(w) if L == 2 else 0)
    jacobian, values = [[arb(0)] * size for _ in range(size)], []
    for i in range(k):
        total = arb(0)
        for j, weight in enumerate(w):
            rho = _rho(L, u[j], unknown[k + j] if L == 2 else None)
            total += weight * (a[i][j] * rho).real
            for b in range(k):
                jacobian[i][b] += weight * (a[i][j] * _rho_slope(L, u[j], rho, a[b][j], unknown, k + j)).real
            if L == 2:
                jacobian[i][k + j] = weight * (a[i][j] * u[j].conjugate()).real
        values.append(total - 1)
    if L == 2:
        for j in range(len(w)):
            values.append((abs(u[j]) * abs(u[j]) - 1) / 2)
            for b in range(k):
                jacobian[k + j][b] = (u[j].conjugate() * a[b][j]).real
    return values, arb_mat(jacobian)


def _rho_slope(L: int, u: acb, rho: acb, direction: acb, unknown: Sequence[arb], tau: int) -> acb:
    """d rho_j when u_j moves along `direction`: conj(u) |u|^(q-1), q = -L/(L-2) (L = 2: tau conj(u))."""
    if L == 2:
        return direction.conjugate() * unknown[tau]
    q = _power(L)
    radial = (u.conjugate() * direction).real / (abs(u) * abs(u))
    return abs(u) ** (q - 1) * (direction.conjugate() + (q - 1) * radial * u.conjugate())


def _checked(
    rows: Rows,
    weights: Sequence[int],
    L: int,
    start: Candidate,
    alpha: Sequence[arb],
    tau: Sequence[arb],
    residual: float,
) -> Stationary:
    from flint import acb, arb

    n, m = len(rows), len(weights)
    full = [arb(0)] * n
    for i, value in zip(start.active, alpha, strict=True):
        full[i] = value
        if not value > 0:
            raise HypothesisError(f"multiplier {i + 1} is not positive: {value}")
    u = [sum((full[i] * rows[i][j] for i in start.active), acb(0)) for j in range(m)]
    rho = [acb(0)] * m
    for place, j in enumerate(start.support):
        if L == 2 and not tau[place] > 0:
            raise HypothesisError(f"mode {j + 1} has no positive size: {tau[place]}")
        rho[j] = _rho(L, u[j], tau[place] if L == 2 else None)
    margins = [
        sum((w * (r * z).real for w, r, z in zip(weights, row, rho, strict=True)), arb(0)) for row in rows
    ]
    for i in range(n):
        if i not in start.active and not margins[i] > 1:
            raise HypothesisError(f"point {i + 1} is not beyond the margin: {margins[i]}")
    if L == 2:
        for j in range(m):
            if j not in start.support and not abs(u[j]) < 1:
                raise HypothesisError(f"mode {j + 1} wants to grow: |u| = {abs(u[j])}")
    norm = sum(
        (w * (abs(rho[j]) ** (arb(2) / L)) for j, w in enumerate(weights) if j in start.support), arb(0)
    )
    return Stationary(
        rho=tuple(rho),
        alpha=tuple(full),
        margins=tuple(margins),
        u=tuple(u),
        norm=norm,
        residual=residual,
        descent=_descent(rows, L, start, rho, u),
        support=start.support,
        active=start.active,
    )


def _descent(rows: Rows, L: int, start: Candidate, rho: Sequence[acb], u: Sequence[acb]) -> int:
    """Negative eigenvalues of the Lagrangian's Hessian in rho on the tangent space of the active constraints.

    For a mode of modulus r and |u| = r^(q-1), q = 2/L (the factor q absorbed): radial curvature (q-1)
    |u|/r, across |u|/r.
    """
    import numpy as np

    blocks, gradients = [], []
    for j in start.support:
        r, phase, size = abs(complex(rho[j])), complex(rho[j]) / abs(complex(rho[j])), abs(complex(u[j]))
        real = bool(rows[0][j].imag == 0) and all(bool(row[j].imag == 0) for row in rows)
        blocks += [(2 / L - 1) * size / r] + ([] if real else [size / r])
        local = [complex(rows[i][j]) * phase for i in start.active]
        gradients.append([x.real for x in local])
        if not real:
            gradients.append([-x.imag for x in local])
    matrix = np.array(gradients).T
    _, sizes, right = np.linalg.svd(matrix)
    kernel = right[int(np.sum(sizes > 1e-9 * sizes[0])) :]
    if not len(kernel):
        return 0
    return int(np.sum(np.linalg.eigvalsh(kernel @ np.diag(blocks) @ kernel.T) < -1e-9 * max(np.abs(blocks))))
