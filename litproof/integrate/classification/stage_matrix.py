"""The Newton matrix of the stage equations of a collocation step, factorised in double precision.

Unknowns are the y of every stage in units of `sizes`, and x, a scaling of the algebraic variables. Speeds of
y may differ by as many powers of ten as the digits of the path, and columns of F_x or rows of G_y may agree
in all components but the slowest. What sets them apart is then far below the rounding of a double, so both
are brought apart at the working precision first.
"""

import os
from dataclasses import dataclass
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr
from numpy.typing import NDArray

from litproof.integrate.classification.reals import Floats, Reals
from litproof.integrate.classification.row_separation import Separated, separated

# Stage matrices have a few hundred rows: threads inside the factorisation cost many times what they save.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from scipy.linalg.lapack import dgetrf, dgetrs

WELL_CONDITIONED = 1e8
"""Condition up to which equations are solved in doubles as they are: half of the digits of a double remain."""


MODEST_SPREAD = 1e6
"""Ratio of speeds up to which that is tried; where speeds differ more, columns may agree in all but the slowest."""


EQUILIBRATIONS = 12
"""Rounds of scaling rows and columns together, at most; each takes the square root of what is left.

Scaled one after the other, a fast component that acts on one of a far smaller unit makes all pivots come from the row
of the latter. Source: Ruiz, A scaling algorithm to equilibrate both rows and columns norms in matrices (2001),
Rutherford Appleton Laboratory, RAL-TR-2001-034.
"""


class NewtonFailure(ArithmeticError):
    """The stage equations could not be solved at this step length."""


@dataclass(frozen=True)
class Derivatives:
    """First derivatives of F and G at k points.

    x is any scaling of z that the system's `move` understands, so that nothing overflows; x_i enters no
    algebraic equation but its own.

    Attributes
    ----------
    F_y : (k, D, D), in double precision.
    F_x : (k, D, m). G_y : (k, m, D).
    G_x : the diagonal, (k, m).
    """

    F_y: Floats
    F_x: Reals
    G_y: Reals
    G_x: Reals


def ordinary(F_y: Floats) -> Derivatives:
    """Derivatives of a system without algebraic part; F_y (k, D, D)."""
    k, D, _ = F_y.shape
    F_x, G_y, G_x = (np.zeros(shape, dtype=object) for shape in ((k, D, 0), (k, 0, D), (k, 0)))
    return Derivatives(F_y, F_x, G_y, G_x)


@dataclass(frozen=True)
class Factors:
    """LU factors of the stage matrix.

    Attributes
    ----------
    lu, pivots, rows, columns : of the matrix over rows and columns.
    stiffness : (k, m), how strongly x_i acts on its equation through y, over how strongly it acts directly.
    influence : (k, D, m), what a unit of V^-1 x does to y.
    T, V : for every stage, rows of G and columns of x combined, (m, m), or only scaled, (m,).
    """

    lu: Floats
    pivots: NDArray[np.int32]
    rows: Floats
    columns: Floats
    stiffness: Floats
    influence: Floats
    T: list[Reals]
    V: list[Reals]

    def correct(self, R: Reals, G: Reals, sizes: Reals) -> tuple[Reals, Reals, float]:
        """One Newton correction (dY, dX), and the largest scaled change of y that dX brings about.

        The right-hand side is normalised so that it fits a double.
        """
        s, D = R.shape
        rows = np.array([_applied(t, g) for t, g in zip(self.T, G, strict=True)], dtype=object).reshape(
            G.shape
        )
        right = np.concatenate([R / sizes, rows], axis=1)
        biggest = np.max(np.abs(right))
        if biggest == 0:
            return R * 0, G * 0, 0.0
        if not gmpy2.is_finite(biggest):
            raise NewtonFailure("stage values left the range of numbers")
        solution, _ = dgetrs(self.lu, self.pivots, (right / biggest).astype(float).ravel() / self.rows)
        if not np.all(np.isfinite(solution)):
            raise NewtonFailure("singular stage Jacobian")
        solution = solution / self.columns
        real = np.array([mpfr(x) for x in solution.tolist()], dtype=object).reshape(s, -1) * biggest
        apart = real[:, D:]
        dX = np.array([_applied(v, x) for v, x in zip(self.V, apart, strict=True)], dtype=object).reshape(
            G.shape
        )
        effect = np.einsum("kji,ki->kj", self.influence, np.abs(apart).astype(float))
        return real[:, :D] * sizes, dX, float(np.max(effect))


def _applied(matrix: Reals, vector: Reals) -> Reals:
    """The product with a matrix, or with a diagonal one given by its diagonal."""
    return np.asarray(matrix * vector if matrix.ndim == 1 else matrix @ vector)


def factorise(derivatives: Derivatives, matrix: Floats, length: Any, sizes: Reals) -> Factors:
    """Factors of [1 - h A F_y, -h A F_x; G_y, G_x] at the stages.

    Parameters
    ----------
    derivatives : at the s stages. matrix : A, (s, s). length : h. sizes : unit of each component of y, (D,).

    Raises
    ------
    NewtonFailure : the matrix is singular or leaves the range of doubles.
    """
    d, h = derivatives, float(length)
    s, m = d.G_x.shape
    D = len(sizes)
    blocks = [_block(d, k, length, matrix[k, k], sizes) for k in range(s if m else 0)]
    fast, through, direct, stiffness = (
        np.array([getattr(block, name) for block in blocks]).reshape(s, *shape)
        for name, shape in (("fast", (D, m)), ("through", (m, D)), ("direct", (m, m)), ("stiffness", (m,)))
    )
    ratio = (sizes[None, :] / sizes[:, None]).astype(float)
    big = np.zeros((s, D + m, s, D + m))
    big[:, :D, :, :D] = -h * np.einsum("kl,lij->kilj", matrix, d.F_y * ratio)
    big[:, :D, :, D:] = -np.einsum("kl,lij->kilj", matrix, fast)
    for k in range(s):
        big[k, :D, k, :D] += np.eye(D)
        big[k, D:, k, :D] = through[k]
        big[k, D:, k, D:] = direct[k]
    full = big.reshape(s * (D + m), s * (D + m))
    rows, columns = _equilibration(np.abs(full))
    full /= rows[:, None] * columns
    lu, pivots, info = dgetrf(full)
    if info != 0:
        raise NewtonFailure("singular stage Jacobian")
    nothing = np.zeros(0, dtype=object)
    T = [block.T for block in blocks] or [nothing] * s
    V = [block.V for block in blocks] or [nothing] * s
    return Factors(lu, pivots, rows, columns, stiffness, np.abs(fast), T, V)


def _equilibration(sizes: Floats) -> tuple[Floats, Floats]:
    """Scales (rows, columns) over which a matrix of nonnegative entries has rows and columns of size 1."""
    rows, columns = np.ones(len(sizes)), np.ones(len(sizes))
    for _ in range(EQUILIBRATIONS):
        row, column = (np.sqrt(np.max(sizes, axis=axis)) for axis in (1, 0))
        if not np.all(np.isfinite(row)) or np.any(row == 0) or np.any(column == 0):
            raise NewtonFailure("singular stage Jacobian")
        sizes = sizes / (row[:, None] * column)
        rows, columns = rows * row, columns * column
        if max(np.max(x) / np.min(x) for x in (row, column)) < 10:
            break
    return rows, columns


@dataclass(frozen=True)
class _Block:
    """h F_x V over sizes (D, m), T G_y times sizes (m, D) and T G_x V (m, m) at one stage: entries of size 1 at most.

    stiffness, T, V : see `Factors`.
    """

    fast: Floats
    through: Floats
    direct: Floats
    stiffness: list[float]
    T: Reals
    V: Reals


def _block(d: Derivatives, k: int, length: Any, weight: float, sizes: Reals) -> _Block:
    """The block of stage k; `weight` is A_kk. Equations and columns are combined only where a double needs it."""
    pushes, slopes = d.F_x[k].T, d.G_y[k]
    if max(sizes) < MODEST_SPREAD * min(sizes):
        plain = _plain(length * pushes / sizes, slopes * sizes, d.G_x[k], weight)
        if plain is not None:
            return plain
    columns, rows = separated(pushes, length / sizes), separated(slopes, sizes)
    spread = (rows.T * d.G_x[k]) @ columns.T.T
    unit = np.maximum(rows.unit, np.max(np.abs(spread), axis=1))
    through, T = _in_units(rows, unit)
    spread = spread / unit[:, None]
    # what is left of columns that agree entirely is rounding: small beside the direct action
    unit = np.maximum(columns.unit, np.max(np.abs(spread), axis=0))
    fast, V = _in_units(columns, unit)
    fast, V = fast.T, V.T
    own = (spread / unit).astype(float)
    return _Block(fast, through, own, _stiffness(own + weight * through @ fast, T, V, d.G_x[k]), T, V)


def _in_units(of: Separated, unit: Reals) -> tuple[Floats, Reals]:
    """Combined rows, and the combinations, over a unit of each."""
    return of.apart * (of.unit / unit).astype(float)[:, None], of.T / unit[:, None]


def _plain(pushes: Reals, slopes: Reals, direct: Reals, weight: float) -> _Block | None:
    """The block with rows and columns as they are; None where equations nearly agree.

    They do where the rounding of the terms of the reaction S = G_x + h A_kk G_y F_x matters: |S^-1| times the sums
    of absolute values of these terms is large (Skeel's condition number).
    """
    unit = np.max(np.abs(np.concatenate([slopes, direct[:, None]], axis=1)), axis=1)
    rows, own = (slopes / unit[:, None]).astype(float), (direct / unit).astype(float)
    columns = pushes.astype(float)
    S = weight * rows @ columns.T + np.diag(own)
    terms = weight * np.abs(rows) @ np.abs(columns).T + np.diag(own)
    if not (np.all(np.isfinite(S)) and np.all(own > 0)):
        return None
    try:
        inverse = np.linalg.inv(S)
    except np.linalg.LinAlgError:
        return None
    if not np.max(np.sum(np.abs(inverse) @ terms, axis=1)) < WELL_CONDITIONED:
        return None
    reaction = np.diag(inverse) * own
    stiffness = [1 / x - 1 if x > 0 else 0.0 for x in map(float, reaction)]
    size = np.maximum(np.max(np.abs(columns), axis=1), own)
    return _Block(
        (columns / size[:, None]).T,
        rows,
        np.diag(own / size),
        stiffness,
        1 / unit,
        np.array([1 / mpfr(x) for x in size]),
    )


def _stiffness(reaction: Floats, T: Reals, V: Reals, own: Reals) -> list[float]:
    """For every x_i: reaction of its own equation while the others hold, over G_x, less 1.

    This is 1/(S^-1)_ii with S = G_x + h A_kk G_y F_x: where equations nearly agree, far less than S_ii. The reaction
    T S V is well scaled, and inverted in doubles; own = G_x.
    """
    try:
        inverse = np.linalg.inv(reaction)
    except np.linalg.LinAlgError:
        return [0.0] * len(own)
    if not np.all(np.isfinite(inverse)):
        raise NewtonFailure("stage values left the range of numbers")
    middle = np.array([[mpfr(x) for x in row] for row in inverse.tolist()], dtype=object) @ T
    diagonal = [V[i] @ middle[:, i] for i in range(len(own))]
    return [float(1 / (x * g) - 1) if x * g > 0 else 0.0 for x, g in zip(diagonal, own, strict=True)]
