"""The Newton matrix of the stage equations of a collocation step, factorised in double precision.

Unknowns are the y of every stage in units of `sizes`, and x, a scaling of the algebraic variables. Speeds of
y may differ by as many powers of ten as the digits of the path, and columns of F_x or rows of G_y may agree
in all components but the slowest. What sets them apart is then far below the rounding of a double, so both
are brought apart at the working precision first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr
from numpy.typing import NDArray
from scipy.linalg.lapack import dgetrf, dgetrs

from litproof.integrate.classification.reals import Floats, Numbers, Reals
from litproof.integrate.classification.row_separation import Separated, separated

WELL_CONDITIONED = 1e8
"""Condition up to which equations are solved in doubles as they are: half of the digits of a double remain."""


APART = 1e-6
"""Least singular value of rows of size 1 that rounding does not make dependent: ten digits are left."""


FITTING = 1e-100, 1e100
"""Sizes of the largest entry of a right-hand side whose other entries matter in doubles, or are far below rounding."""


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
    """First derivatives of F and G at k points, in doubles or in reals; F_y in doubles.

    x is any scaling of z that the system's `move` understands, so that nothing overflows; x_i enters no
    algebraic equation but its own.

    Attributes
    ----------
    F_y : (k, D, D), without a part of small rank. F_x : (k, D, m). G_y : (k, m, D).
    G_x : the diagonal, (k, m).
    groups : places of components that only act on each other in F_y; None if all do.
    push, pull : (k, D, r) in doubles, the other part of F_y is push pull^T.
    """

    F_y: Floats
    F_x: Numbers
    G_y: Numbers
    G_x: Numbers
    groups: Sequence[NDArray[np.int64]] | None = None
    push: Floats | None = None
    pull: Floats | None = None


def ordinary(F_y: Floats) -> Derivatives:
    """Derivatives of a system without algebraic part; F_y (k, D, D)."""
    k, D, _ = F_y.shape
    return Derivatives(F_y, np.zeros((k, D, 0)), np.zeros((k, 0, D)), np.zeros((k, 0)))


@dataclass(frozen=True)
class Factors:
    """Factors of the stage matrix [B, -C; E, S_0] by blocks: y is eliminated first, group by group.

    Attributes
    ----------
    groups : for each its places, and the LU factors of B on it. sizes : of y. unit : these over the largest.
    C : B^-1 C, (s D, s (m + r)). lu, pivots, rows, columns : of S_0 + E B^-1 C over rows and columns.
    blocks : how x enters, the part of small rank included. count : m.
    """

    groups: Sequence[tuple[NDArray[np.int64], Floats, NDArray[np.int32]]]
    sizes: Numbers
    unit: Floats
    C: Floats
    lu: Floats
    pivots: NDArray[np.int32]
    rows: Floats
    columns: Floats
    blocks: "_Blocks"
    count: int

    @property
    def stiffness(self) -> Floats:
        """(k, m), how strongly x_i acts on its equation through y, over how strongly it acts directly."""
        return self.blocks.stiffness

    def correct(self, R: Numbers, G: Numbers) -> tuple[Numbers, Numbers, float]:
        """One Newton correction (dY, dX), and the largest scaled change of y that dX brings about."""
        s, m = len(R), self.count
        biggest, first, second = _normalised(R / self.sizes, _applied(self.blocks.T, G))
        if biggest == 0:
            return R * 0, G * 0, 0.0
        y = _eliminated(self.groups, self.unit, first[:, :, None])[:, :, 0]
        right = -(self.blocks.through @ y[:, :, None])[:, :, 0]
        right[:, :m] += second
        x = _solved(self.lu, self.pivots, right.ravel() / self.rows) / self.columns
        y, x = y + (self.C @ x).reshape(y.shape), x.reshape(s, -1)[:, :m]
        if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
            raise NewtonFailure("singular stage Jacobian")
        effect = np.einsum("kji,ki->kj", np.abs(self.blocks.fast[:, :, :m]), np.abs(x))
        y, x = y.astype(R.dtype), x.astype(R.dtype)
        if biggest != 1:
            y, x = y * biggest, x * biggest
        return y * self.sizes, _applied(self.blocks.V, x), float(np.max(effect) * biggest)


def _normalised(*parts: Numbers) -> tuple[Any, Floats, Floats]:
    """(unit, parts over it in doubles): 1 where they fit as they are, with room for what comes of them."""
    first, second = (x.astype(float) for x in parts)
    largest = max(np.max(np.abs(x), initial=0.0) for x in (first, second))
    if FITTING[0] < largest < FITTING[1]:
        return 1, first, second
    largest = max(np.max(np.abs(x), initial=0) for x in parts)
    if not gmpy2.is_finite(largest):
        raise NewtonFailure("stage values left the range of numbers")
    first, second = ((x / (largest or 1)).astype(float) for x in parts)
    return largest, first, second


def _eliminated(
    groups: Sequence[tuple[NDArray[np.int64], Floats, NDArray[np.int32]]], sizes: Floats, right: Floats
) -> Floats:
    """B^-1 times a right-hand side (s, D, c), both over the sizes of y."""
    result = np.empty_like(right)
    for places, lu, pivots in groups:
        part = right[:, places] * sizes[places, None]
        solution = _solved(lu, pivots, part.reshape(len(lu), -1)) if part.size else part
        result[:, places] = solution.reshape(part.shape) / sizes[places, None]
    return result


def _applied(matrices: Numbers, vectors: Numbers) -> Numbers:
    """The products with matrices, or with diagonal ones given by their diagonals."""
    if matrices.ndim == 2:
        return np.asarray(matrices * vectors)
    return np.asarray((matrices @ vectors[:, :, None])[:, :, 0])


def factorise(derivatives: Derivatives, matrix: Floats, length: Any, sizes: Numbers) -> Factors | None:
    """Factors of [1 - h A F_y, -h A F_x; G_y, G_x] at the stages; None where derivatives in doubles do not suffice.

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
    in_doubles = d.F_x.dtype == float
    blocks = _plain(d, matrix.diagonal(), h, sizes.astype(float)) if in_doubles else None
    if blocks is None:
        if in_doubles:
            return None
        blocks = _combined(d, matrix.diagonal(), length, sizes)
    unit = (sizes / np.max(sizes)).astype(float)
    if d.push is not None and d.pull is not None:
        blocks = _with_rank(blocks, h * d.push / unit[:, None], (d.pull * unit[:, None]).swapaxes(1, 2))
    groups = []
    for places in d.groups or [np.arange(D)]:
        part = (-h * matrix)[:, None, :, None] * d.F_y[:, places][:, :, places].swapaxes(0, 1)[None]
        size = s * len(places)
        groups.append((places, *_lu(np.eye(size) + part.reshape(size, size))))
    count = blocks.fast.shape[2]
    C = matrix[:, None, :, None] * blocks.fast.swapaxes(0, 1)[None]
    C = _eliminated(groups, unit, C.reshape(s, D, s * count))
    core = (blocks.through @ C).reshape(s, count, s, count)
    k = np.arange(s)
    core[k, :, k, :] += blocks.direct
    full = core.reshape(s * count, s * count)
    rows, columns = _equilibration(np.abs(full))
    full /= rows[:, None] * columns
    return Factors(groups, sizes, unit, C.reshape(s * D, s * count), *_lu(full), rows, columns, blocks, m)


def _lu(matrix: Floats) -> tuple[Floats, NDArray[np.int32]]:
    """LU factors and pivots."""
    if not matrix.size:
        return matrix, np.zeros(0, dtype=np.int32)
    lu, pivots, info = dgetrf(matrix)
    if info != 0 or not np.all(np.isfinite(lu)):
        raise NewtonFailure("singular stage Jacobian")
    return lu, pivots


def _solved(lu: Floats, pivots: NDArray[np.int32], right: Floats) -> Floats:
    """The solution of a system with these factors."""
    return np.asarray(dgetrs(lu, pivots, right)[0]) if lu.size else right


def _with_rank(blocks: "_Blocks", push: Floats, pull: Floats) -> "_Blocks":
    """The blocks with the sums pull y as further variables, r a stage; push (k, D, r) and pull (k, r, D) over sizes."""
    k, r, _ = pull.shape
    column = np.maximum(np.max(np.abs(push), axis=1), 1e-300)
    row = np.maximum(np.max(np.abs(pull), axis=2), 1 / column)
    m = blocks.fast.shape[2]
    direct = np.zeros((k, m + r, m + r))
    direct[:, :m, :m] = blocks.direct
    direct[:, range(m, m + r), range(m, m + r)] = 1 / (row * column)
    return replace(
        blocks,
        fast=np.concatenate([blocks.fast, push / column[:, None, :]], axis=2),
        through=np.concatenate([blocks.through, -pull / row[:, :, None]], axis=1),
        direct=direct,
    )


def _equilibration(sizes: Floats) -> tuple[Floats, Floats]:
    """Scales (rows, columns) over which a matrix of nonnegative entries has rows and columns of size 1."""
    rows, columns = np.ones(len(sizes)), np.ones(len(sizes))
    if not sizes.size:
        return rows, columns
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
class _Blocks:
    """h F_x V over sizes (k, D, m), T G_y times sizes (k, m, D) and T G_x V (k, m, m): entries of size 1 at most.

    Attributes
    ----------
    T, V : rows of G and columns of x combined, (k, m, m), or only scaled, (k, m).
    stiffness : see `Factors`.
    """

    fast: Floats
    through: Floats
    direct: Floats
    stiffness: Floats
    T: Numbers
    V: Numbers


def _plain(d: Derivatives, weights: Floats, h: float, sizes: Floats) -> _Blocks | None:
    """The blocks with rows and columns as they are; None where equations nearly agree.

    They do where rows or columns nearly do, or where the rounding of the terms of the reaction
    S = G_x + h A_kk G_y F_x matters: |S^-1| times the sums of absolute values of these terms is large (Skeel's
    condition number).
    """
    pushes, slopes = h * d.F_x / sizes[:, None], d.G_y * sizes
    unit = np.maximum(np.max(np.abs(slopes), axis=2, initial=0.0), d.G_x)
    rows, own = slopes / unit[:, :, None], d.G_x / unit
    place = np.arange(own.shape[1])
    S, terms = weights[:, None, None] * rows @ pushes, weights[:, None, None] * np.abs(rows) @ np.abs(pushes)
    S[:, place, place] += own
    terms[:, place, place] += own
    if not (np.all(np.isfinite(S)) and np.all(own >= 0)):
        return None
    try:
        inverse = np.linalg.inv(S)
    except np.linalg.LinAlgError:
        return None
    if not np.max(np.sum(np.abs(inverse) @ terms, axis=2), initial=0.0) < WELL_CONDITIONED:
        return None
    reaction = inverse[:, place, place] * own
    size = np.maximum(np.max(np.abs(pushes), axis=1, initial=0.0), own)
    columns, direct = pushes / size[:, None, :], np.zeros_like(S)
    direct[:, place, place] = own / size
    if not (_told_apart(rows, own) and _told_apart(columns.swapaxes(1, 2), own / size)):
        return None
    stiffness = np.where(reaction > 0, 1 / reaction - 1, 0.0)
    return _Blocks(columns, rows, direct, stiffness, 1 / unit, 1 / size)


def _told_apart(rows: Floats, own: Floats) -> bool:
    """Whether the rows, each with an entry of its own, are far from dependent."""
    if not own.size:
        return True
    gram = rows @ rows.swapaxes(1, 2)
    place = np.arange(own.shape[1])
    gram[:, place, place] += own * own
    return bool(np.min(np.linalg.eigvalsh(gram)) > APART**2)


def _combined(d: Derivatives, weights: Floats, length: Any, sizes: Reals) -> _Blocks:
    """The blocks with rows and columns combined, stage by stage: what sets them apart is far below a double."""
    parts = [_apart(d, k, length, weight, sizes) for k, weight in enumerate(weights)]
    return _Blocks(*(np.array(part) for part in zip(*parts, strict=True)))


def _apart(
    d: Derivatives, k: int, length: Any, weight: float, sizes: Reals
) -> tuple[Floats, Floats, Floats, list[float], Reals, Reals]:
    """The entries of `_Blocks` at stage k; `weight` is A_kk."""
    columns, rows = separated(d.F_x[k].T, length / sizes), separated(d.G_y[k], sizes)
    spread = (rows.T * d.G_x[k]) @ columns.T.T
    unit = np.maximum(rows.unit, np.max(np.abs(spread), axis=1))
    through, T = _in_units(rows, unit)
    spread = spread / unit[:, None]
    # what is left of columns that agree entirely is rounding: small beside the direct action
    unit = np.maximum(columns.unit, np.max(np.abs(spread), axis=0))
    fast, V = _in_units(columns, unit)
    fast, V = fast.T, V.T
    own = (spread / unit).astype(float)
    return fast, through, own, _stiffness(own + weight * through @ fast, T, V, d.G_x[k]), T, V


def _in_units(of: Separated, unit: Reals) -> tuple[Floats, Reals]:
    """Combined rows, and the combinations, over a unit of each."""
    return of.apart * (of.unit / unit).astype(float)[:, None], of.T / unit[:, None]


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
