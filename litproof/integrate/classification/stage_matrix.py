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

# Stage matrices have a few hundred rows: threads inside the factorisation cost many times what they save.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from scipy.linalg.lapack import dgetrf, dgetrs


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
    lu, pivots, rows, columns : of the equilibrated matrix.
    stiffness : (k, m), how strongly x_i acts on its equation through y, over how strongly it acts directly.
    influence : (k, D, m), what a unit of V^-1 x does to y.
    T, V : (k, m, m), rows of G and columns of x combined.
    """

    lu: Floats
    pivots: NDArray[np.int32]
    rows: Floats
    columns: Floats
    stiffness: Floats
    influence: Floats
    T: Reals
    V: Reals

    def correct(self, R: Reals, G: Reals, sizes: Reals) -> tuple[Reals, Reals, float]:
        """One Newton correction (dY, dX), and the largest scaled change of y that dX brings about.

        The right-hand side is normalised so that it fits a double.
        """
        s, D = R.shape
        rows = np.array([t @ g for t, g in zip(self.T, G, strict=True)], dtype=object).reshape(G.shape)
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
        real = np.array([mpfr(x) for x in solution], dtype=object).reshape(s, -1) * biggest
        apart = real[:, D:]
        dX = np.array([v @ x for v, x in zip(self.V, apart, strict=True)], dtype=object).reshape(G.shape)
        effect = np.einsum("kji,ki->kj", self.influence, np.abs(apart).astype(float))
        return real[:, :D] * sizes, dX, float(np.max(effect))


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
    fast, through, direct, T, V = _apart(d, length, sizes)
    ratio = (sizes[None, :] / sizes[:, None]).astype(float)
    big = np.zeros((s, D + m, s, D + m))
    big[:, :D, :, :D] = -h * np.einsum("kl,lij->kilj", matrix, d.F_y * ratio)
    big[:, :D, :, D:] = -np.einsum("kl,lij->kilj", matrix, fast)
    for k in range(s):
        big[k, :D, k, :D] += np.eye(D)
        big[k, D:, k, :D] = through[k]
        big[k, D:, k, D:] = direct[k]
    full = big.reshape(s * (D + m), s * (D + m))
    columns = np.max(np.abs(full), axis=0)
    if not np.all(np.isfinite(full)) or np.any(columns == 0):
        raise NewtonFailure("singular stage Jacobian")
    full /= columns
    rows = np.max(np.abs(full), axis=1)
    if np.any(rows == 0):
        raise NewtonFailure("singular stage Jacobian")
    lu, pivots, info = dgetrf(full / rows[:, None])
    if info != 0:
        raise NewtonFailure("singular stage Jacobian")
    stiffness = np.array([_stiffness(d, k, length * mpfr(matrix[k, k])) for k in range(s) if m])
    return Factors(lu, pivots, rows, columns, stiffness.reshape(s, m), np.abs(fast), T, V)


def _apart(d: Derivatives, length: Any, sizes: Reals) -> tuple[Floats, Floats, Floats, Reals, Reals]:
    """(h F_x V over sizes, T G_y times sizes, T G_x V, T, V) at all stages; entries of size 1 at most."""
    s, m = d.G_x.shape
    D = len(sizes)
    fast, through, direct = np.zeros((s, D, m)), np.zeros((s, m, D)), np.zeros((s, m, m))
    T, V = np.zeros((s, m, m), dtype=object), np.zeros((s, m, m), dtype=object)
    for k in range(s if m else 0):
        columns, right = separated((length * d.F_x[k] / sizes[:, None]).T)
        rows, left = separated(d.G_y[k] * sizes)
        spread = (left * d.G_x[k]) @ right.T
        unit = _largest(rows, spread)
        rows, spread, T[k] = rows / unit, spread / unit, left / unit
        # what is left of columns that agree entirely is rounding: small beside the direct action
        unit = _largest(columns, spread.T)
        fast[k], direct[k], V[k] = (columns / unit).T, spread / unit.T, (right / unit).T
        through[k] = rows
    return fast, through, direct, T, V


def _largest(*blocks: Reals) -> Reals:
    """Size of every row over blocks that stand side by side, shape (m, 1)."""
    return np.asarray(np.max(np.abs(np.concatenate(blocks, axis=1)), axis=1)[:, None])


def separated(rows: Reals) -> tuple[Reals, Reals]:
    """(T rows, T), T invertible: elimination with complete pivoting.

    Where rows (nearly) agree, their difference is all that tells them apart.
    """
    m = len(rows)
    rows, T = rows.copy(), np.array([[mpfr(int(i == j)) for j in range(m)] for i in range(m)], dtype=object)
    free = list(range(m)) if m > 1 else []
    while free:
        sizes = np.abs(rows[free])
        place, column = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
        top = free.pop(int(place))
        if rows[top, column] == 0:
            break
        for i in free:
            factor = rows[i, column] / rows[top, column]
            rows[i] = rows[i] - factor * rows[top]
            rows[i, column] = mpfr(0)
            T[i] = T[i] - factor * T[top]
    return rows, T


def _stiffness(d: Derivatives, k: int, step: Any) -> list[float]:
    """For every x_i: reaction of its own equation while the others hold, over G_x, less 1.

    This is 1/(S^-1)_ii with S = G_x + h A_kk G_y F_x: where equations nearly agree, far less than S_ii.
    """
    S = step * (d.G_y[k] @ d.F_x[k]) + np.diag(d.G_x[k])
    inverse = _diagonal_of_inverse(S)
    return [float(1 / (x * g) - 1) if x * g > 0 else 0.0 for x, g in zip(inverse, d.G_x[k], strict=True)]


def _diagonal_of_inverse(S: Reals) -> list[Any]:
    """Diagonal of S^-1 by Gauss-Jordan elimination with complete pivoting; 0 where S is singular."""
    m = len(S)
    if m == 1:
        return [1 / S[0, 0] if S[0, 0] != 0 else mpfr(0)]
    S, inverse = S.copy(), np.array([[mpfr(int(i == j)) for j in range(m)] for i in range(m)], dtype=object)
    free, solved = list(range(m)), {}
    while free:
        sizes = np.abs(S[free])
        place, column = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
        top = free.pop(int(place))
        if S[top, column] == 0:
            return [mpfr(0)] * m
        inverse[top], S[top] = inverse[top] / S[top, column], S[top] / S[top, column]
        solved[int(column)] = inverse[top]
        for i in range(m):
            if i != top:
                factor = S[i, column]
                S[i], inverse[i] = S[i] - factor * S[top], inverse[i] - factor * inverse[top]
    return [solved[i][i] for i in range(m)]
