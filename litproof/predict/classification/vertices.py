"""K3 for an odeco network: stationary points of the l_{2/L} margin problem, one or all vertices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball
from litproof.algebra.linear import solve_exact
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks.base import Layers, OdecoForm, support as entries_of
from litproof.precision import ball_precision
from litproof.predict.classification.directions import unit_ball, working_bits
from litproof.predict.classification.modes import Mode, paired_modes
from litproof.predict.classification.stationary import Candidate, Stationary, polish
from litproof.predict.regression.reduction import design

if TYPE_CHECKING:
    from litproof.problem import Problem

_CLOSE = 1e-9

BUDGET = 20000
"""Vertices are enumerated up to this many choices of support and active points."""


@dataclass(frozen=True)
class Margins:
    """The margin problem of an odeco form: exact rows a_ij = y_i (S x_i)_j over the modes."""

    form: OdecoForm
    modes: tuple[Mode, ...]
    rows: tuple[tuple[Any, ...], ...]
    depth: int

    @property
    def weights(self) -> tuple[int, ...]:
        """1 for a real mode, 2 for a conjugate pair."""
        return tuple(mode.weight for mode in self.modes)

    def balls(self) -> list[list[Any]]:
        """Rows as flint acb at the current precision."""
        from flint import acb

        return [[acb(ball(x)) if isinstance(x, Fraction) else x.ball() for x in row] for row in self.rows]

    def coefficients(self, rho: Sequence[Any]) -> list[Ball]:
        """beta = S^T rho over all components."""
        beta: list[Any] = [0] * len(self.form.S[0])
        for mode, r in zip(self.modes, rho, strict=True):
            for z, s in entries_of(self.form.S[mode.index]):
                beta[z] += mode.weight * (s.ball() * r).real
        return beta


def margin_problem(problem: Problem, form: OdecoForm) -> Margins:
    """Exact rows of the margin problem in the coordinates rho."""
    modes = paired_modes(form)
    rows = tuple(zip(*design([form.S[mode.index] for mode in modes], problem.signed_rows), strict=True))
    return Margins(form, modes, rows, problem.layered.depth)


def candidate_near(margins: Margins, layers: Layers) -> Candidate:
    """Support, active points and rough multipliers read off layers close to the limit (any scale)."""
    import numpy as np

    eta = []
    for U, layer in zip(margins.form.U, layers, strict=True):
        matrix = np.array([[complex(u.ball()) for u in row] for row in U])
        eta.append(matrix.T @ np.array([float(x) for x in layer]))
    rho = np.prod(eta, axis=0)[[mode.index for mode in margins.modes]]
    a = np.array([[_complex(x) for x in row] for row in margins.rows])
    w = np.array(margins.weights)
    values = (a * rho * w).real.sum(axis=1)
    if values.min() <= 0:
        raise Inconclusive("the given layers do not separate the data")
    rho, values = rho / values.min(), values / values.min()
    support = [int(j) for j in np.flatnonzero(np.abs(rho) > 1e-5 * np.abs(rho).max())]
    active = [int(i) for i in np.flatnonzero(values < 1 + 1e-5)]
    u = rho[support].conj() / np.abs(rho[support]) * np.abs(rho[support]) ** (2 / margins.depth - 1)
    system = a[np.ix_(active, support)].T
    stacked = np.vstack([system.real, system.imag])
    alpha = np.linalg.lstsq(stacked, np.concatenate([u.real, u.imag]), rcond=None)[0]
    return Candidate(tuple(support), tuple(active), tuple(alpha), tuple(np.abs(rho[support])))


def _complex(value: Any) -> complex:
    return complex(value) if isinstance(value, Fraction) else complex(value.ball())


def point_near(margins: Margins, layers: Layers, digits: int) -> tuple[Stationary, tuple[Fraction, ...]]:
    """The stationary point of the type seen at `layers`, and its direction; solved from the type alone."""
    bits = working_bits(digits)
    with ball_precision(64):
        start = candidate_near(margins, layers)
    with ball_precision(bits):
        stationary = polish(margins.balls(), margins.weights, margins.depth, start, bits)
        return stationary, unit_ball(margins.coefficients(stationary.rho))


def stationary_vertices(
    margins: Margins, digits: int = 15
) -> Iterator[tuple[Stationary, tuple[Fraction, ...]]]:
    """All stationary points with as many active points as modes on (L >= 3), with directions.

    For L >= 3 these are the strict local minima of the problem, up to degenerate cases: with fewer active
    points the objective, concave in each mode, falls along the active set. Conjugate pairs have phases as
    well, in which it is convex. With one point in all the phases are those of the conjugate row, and the same
    holds of the moduli: one mode on.

    Raises Inconclusive above `BUDGET` choices and at a degenerate vertex (a multiplier 0, or a further point on
    the margin), HypothesisError for a complex form with two and more points.
    """
    n, m = len(margins.rows), len(margins.modes)
    if margins.depth < 3 or (n > 1 and any(mode.weight == 2 for mode in margins.modes)):
        raise HypothesisError("vertices are enumerated for depth 3 and more, real forms or one point")
    if sum(comb(n, k) * comb(m, k) for k in range(1, min(n, m) + 1)) > BUDGET:
        raise Inconclusive(f"more than {BUDGET} choices of support and active points")
    bits = working_bits(digits)
    for k in range(1, min(n, m) + 1):
        for active in combinations(range(n), k):
            for support in combinations(range(m), k):
                start = _vertex(margins, active, support) if n > 1 else _one_mode(margins, support[0])
                if start is None:
                    continue
                with ball_precision(bits):
                    try:
                        stationary = polish(margins.balls(), margins.weights, margins.depth, start, bits)
                    except (HypothesisError, Inconclusive):
                        continue
                    yield stationary, unit_ball(margins.coefficients(stationary.rho))


def _one_mode(margins: Margins, j: int) -> Candidate | None:
    """The candidate with one mode on, for one point; None when the point does not see the mode.

    w Re(a rho) = 1 and alpha a = |rho|^(2/L - 1) conj(rho)/|rho|, so |rho| = 1/(w |a|).
    """
    if not margins.rows[0][j]:
        return None
    size = abs(_complex(margins.rows[0][j]))
    rho = 1 / (margins.weights[j] * size)
    return Candidate((j,), (0,), (rho ** (2 / margins.depth - 1) / size,), (rho,))


def _vertex(margins: Margins, active: Sequence[int], support: Sequence[int]) -> Candidate | None:
    """The candidate with f_i = 1 on `active`, rho = 0 off `support`; None when none has alpha > 0."""
    import numpy as np

    square = [[margins.rows[i][j] for j in support] for i in active]
    ones = [Fraction(1)] * len(active)
    if all(isinstance(x, Fraction) for row in square for x in row):
        exact = solve_exact(square, ones)
        if exact is None or not all(exact):
            return None
        rho = np.array([float(x) for x in exact])
    else:
        try:
            rho = np.linalg.solve(
                np.array([[_complex(x).real for x in row] for row in square]), np.ones(len(ones))
            )
        except np.linalg.LinAlgError:
            return None
    a = np.array([[_complex(x).real for x in row] for row in margins.rows])
    others = np.delete(a[:, list(support)] @ rho, list(active))
    if others.min(initial=2.0) < 1 - _CLOSE:
        return None
    try:
        u = np.sign(rho) * np.abs(rho) ** (2 / margins.depth - 1)
        alpha = np.linalg.solve(a[np.ix_(list(active), list(support))].T, u)
    except np.linalg.LinAlgError:
        return None
    if alpha.min() < -_CLOSE * alpha.max():
        return None
    if alpha.min() < _CLOSE * alpha.max() or others.min(initial=2.0) < 1 + _CLOSE:
        raise Inconclusive(
            f"the l_(2/{margins.depth}) problem has a degenerate vertex: its multipliers are not unique, or one is 0"
        )
    return Candidate(tuple(support), tuple(active), tuple(alpha))
