"""Two layers with a real odeco form and many l1 max margins: which of them the start picks, where it alone does.

With columns a_k = side * (column j of the margins) for the pairs k = (j, side) that the start allows, the l1 max
margins are the face {r >= 0 on K, sum_k a_k r_k >= 1 with equality where a multiplier is not 0}, K the columns with no
reduced cost. If all margins are constant on it, then sum_k z_k a_k = 0 for all its directions z, and (`litproof derive
A7`) sum_k z_k log(r_k / c_k) = 0 in the limit, c_k = (eta_1j + side eta_2j)^2(0): the limit is the point of the face
with the least relative entropy sum_k r_k log(r_k / c_k) - r_k, and r_k = c_k exp(a_k . mu). Copies of a coordinate
share what one alone would have in the ratio of their c_k.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, Exact, ball, ball_matrix, column, magnitude, sign
from litproof.algebra.krawczyk import Preconditioner, prove_zero
from litproof.algebra.linear import combination, first_independent, rank, rational_matrix
from litproof.algebra.linear_programme import minimise
from litproof.errors import HypothesisError
from litproof.precision import ball_precision

if TYPE_CHECKING:
    from flint import arb_mat

MOVING = (
    "the l1 max-margin problem has more than one solution, with different margins: the whole path of the flow, not its "
    "start alone, picks one"
)
_SPARE_BITS = 32
_STEPS = 200


@dataclass(frozen=True)
class Face:
    """The l1 max margins, as far as they are not zero, and the start.

    Attributes
    ----------
    columns : pairs (j, side) of the coordinates that are not zero on all of the face.
    rows : margins, k independent ones that are 1 on the face; entries for the columns.
    weights : c_k.
    inside : a point of the face with no zero entry, in doubles.
    """

    columns: tuple[tuple[int, int], ...]
    rows: tuple[tuple[Fraction, ...], ...]
    weights: tuple[Exact, ...]
    inside: tuple[float, ...]

    def point(self, bits: int) -> list[Ball] | None:
        """r in the limit, at about so many bits; None where the proof does not close."""
        with ball_precision(bits + _SPARE_BITS):
            equation = EntropyEquation(self)
            mu = [ball(Fraction(float(x))) for x in self._rough]
            linearised, best = equation.linearise(mu), None
            for _ in range(_STEPS):
                step = linearised.solve(equation.value(mu))
                size = max(magnitude(x.mid()) for x in step)
                if best is not None and size >= best:
                    break
                best = size
                mu = [(x - s).mid() for x, s in zip(mu, step, strict=True)]
            zero = prove_zero(equation, mu, bits + _SPARE_BITS)
            return None if zero is None else equation.shares(zero.box)

    @cached_property
    def _rough(self) -> Any:
        """mu in doubles: damped Newton steps for the convex sum_k c_k exp(a_k . mu) - sum mu."""
        import numpy as np

        with ball_precision(64):
            logs = np.array([float(ball(c).log()) for c in self.weights])
        B = np.array([[float(x) for x in row] for row in self.rows])
        mu = np.linalg.lstsq(B.T, np.log(np.array(self.inside)) - logs, rcond=None)[0]

        def value(at: Any) -> float:
            with np.errstate(over="ignore"):
                return float(np.exp(logs + B.T @ at).sum() - at.sum())

        for _ in range(_STEPS):
            with np.errstate(over="ignore", invalid="ignore"):
                r = np.exp(logs + B.T @ mu)
                slope, curvature = B @ r - 1, (B * r) @ B.T
            try:
                step = np.linalg.solve(curvature, -slope)
            except np.linalg.LinAlgError:
                break
            if not np.isfinite(step).all():
                break
            reach, now = 1.0, value(mu)
            while reach > 1e-12 and not value(mu + reach * step) <= now + 1e-4 * reach * float(slope @ step):
                reach /= 2
            mu = mu + reach * step
            if float(np.abs(step).max()) < 1e-12 * (1 + float(np.abs(mu).max())) or reach <= 1e-12:
                break
        return mu


@dataclass(frozen=True)
class EntropyEquation:
    """sum_k a_k c_k exp(a_k . mu) = 1 on the rows of a face."""

    face: Face

    @cached_property
    def transposed(self) -> Any:
        """Exact."""
        return rational_matrix(list(zip(*self.face.rows, strict=True)))

    def shares(self, mu: Sequence[Ball]) -> list[Ball]:
        """r_k = c_k exp(a_k . mu)."""
        from flint import arb_mat

        powers = (arb_mat(self.transposed) * column(mu)).entries()
        return [ball(c) * power.exp() for c, power in zip(self.face.weights, powers, strict=True)]

    def value(self, point: Sequence[Ball]) -> list[Ball]:
        """See `krawczyk.System`."""
        margins = (ball_matrix(self.face.rows) * column(self.shares(point))).entries()
        return [margin - 1 for margin in margins]

    def jacobian(self, point: Sequence[Ball]) -> arb_mat:
        """sum_k r_k a_k a_k^T."""
        from flint import arb_mat

        r, n = self.shares(point), len(self.face.rows)
        A = arb_mat(self.transposed)
        weighted = arb_mat(len(r), n, [A[k, i] * r[k] for k in range(len(r)) for i in range(n)])
        return A.transpose() * weighted

    def linearise(self, point: Sequence[Ball]) -> Preconditioner:
        """See `krawczyk.System`."""
        from flint import arb_mat

        n = len(self.face.rows)
        unit = arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
        return Preconditioner(self.jacobian(point).solve(unit, algorithm="approx").mid(), self.jacobian)


def face_of(
    rows: Sequence[Sequence[Fraction]],
    allowed: Sequence[Sequence[int]],
    alpha: Sequence[Fraction],
    start: Callable[[int, int], Exact],
) -> Face:
    """The face of the optimum with the multipliers alpha.

    Parameters
    ----------
    rows : the margins of the coordinates rho, n x m. allowed : signs of rho_j. alpha : n optimal multipliers.
    start : c of (j, side).

    Raises HypothesisError where margins differ on it.
    """
    pulls = combination(alpha, rows)
    tight = [(j, side) for j, sides in enumerate(allowed) for side in sides if sign(1 - side * pulls[j]) == 0]
    every = [[side * row[j] for j, side in tight] for row in rows]
    fixed = _independent([row for row, weight in zip(every, alpha, strict=True) if weight])
    used, inside = _support(fixed, [row for row, weight in zip(every, alpha, strict=True) if not weight])
    columns = tuple(tight[k] for k in used)
    fixed = _independent([[row[k] for k in used] for row in fixed])
    if len(fixed) < rank([[row[k] for k in used] for row in every]):
        raise HypothesisError(MOVING)
    return Face(
        columns,
        tuple(tuple(row) for row in fixed),
        tuple(start(j, side) for j, side in columns),
        inside,
    )


def _independent(rows: Sequence[Sequence[Fraction]]) -> list[Sequence[Fraction]]:
    """Rows that span all."""
    chosen = [rows[i] for i in first_independent(rows)]
    return chosen if len(chosen) == rank(rows) else list(rows)


def _support(
    fixed: Sequence[Sequence[Fraction]], others: Sequence[Sequence[Fraction]]
) -> tuple[list[int], tuple[float, ...]]:
    """The columns that are positive somewhere on {r >= 0, fixed r = 1, others r >= 1}, and such a point in doubles.

    Doubles name the columns, and an exact programme proves that the others are zero on the face.
    """
    import numpy as np
    from scipy.optimize import linprog

    size, n = len(fixed[0]), len(others)
    # largest sum of t <= 1, t <= r, over r / scale in the face
    A = np.array([[float(x) for x in row] for row in fixed])
    B = np.array([[float(x) for x in row] for row in others]).reshape(n, size)
    equal = np.hstack([A, np.zeros((len(A), size)), -np.ones((len(A), 1))])
    above = np.vstack(
        [
            np.hstack([-B, np.zeros((n, size)), np.ones((n, 1))]),
            np.hstack([-np.eye(size), np.eye(size), np.zeros((size, 1))]),
        ]
    )
    bounds = [(0, None)] * size + [(0, 1)] * size + [(1e-6, None)]
    found = linprog(
        np.concatenate([np.zeros(size), -np.ones(size), [0]]),
        A_ub=above,
        b_ub=np.zeros(n + size),
        A_eq=equal,
        b_eq=np.zeros(len(A)),
        bounds=bounds,
        method="highs",
    )
    if found.status != 0 or found.x is None:
        raise HypothesisError(MOVING)
    values = [float(x) for x in found.x]
    r, scale = values[:size], values[-1]
    used = [k for k in range(size) if values[size + k] > 1e-7]
    if len(used) < size:
        _require_zero(fixed, others, used)
    return used, tuple(r[k] / scale for k in used)


def _require_zero(
    fixed: Sequence[Sequence[Fraction]], others: Sequence[Sequence[Fraction]], used: Sequence[int]
) -> None:
    """HypothesisError unless the other columns are zero on the face, exactly."""
    n, size = len(others), len(fixed[0])
    table = [[*row, *(Fraction(0) for _ in range(n))] for row in fixed]
    table += [[*row, *(Fraction(-int(i == k)) for k in range(n))] for i, row in enumerate(others)]
    chosen = set(used)
    cost = [Fraction(-int(k not in chosen)) for k in range(size)] + [Fraction(0)] * n
    best = minimise(table, [Fraction(1)] * len(table), cost)
    if best.status != "optimal" or best.value != 0:
        raise HypothesisError("the l1 max-margin problem has more than one solution, the start picks one")
