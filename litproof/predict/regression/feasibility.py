"""Can the flow reach zero loss? Which coordinates move, which sign they keep, and is there a solution then? Exact.

A coordinate whose two smallest layers start at equal modulus keeps the sign of rho_j (and never reaches 0);
one with two layers at zero stays at 0 for ever. Where A^T rho = y has a solution with these strict signs the
dual function has a minimiser. Where it has one only on the boundary, the limit has further zeros, nu runs off
to infinity, and the Bregman distance of every solution to the flow falls by the same amount, so the limit is
the Bregman projection: the same problem with those coordinates left out. Where there is none, a vector w with
(A w)_j rho_j <= 0 for all allowed rho and y . w > 0 (Farkas) proves that no parameters on the flow's orbit
fit the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from litproof.algebra.balls import Exact, ball, ball_matrix, column, sign
from litproof.algebra.linear import rank, row_echelon
from litproof.algebra.linear_programme import minimise, rational
from litproof.errors import Unreachable
from litproof.precision import ball_precision
from litproof.predict.regression.dual import Dual
from litproof.text import few

_FROZEN = 2

_SMALL = 1000
"""Entries of A up to which exact programmes take less time than loading doubles."""

_BITS = 192
"""For the proof of a point found in doubles: their errors squared, and room for what a solution loses."""


@dataclass(frozen=True)
class ReachableDual:
    """A dual problem with a minimiser.

    Attributes
    ----------
    dual : the problem on the coordinates that end at a non-zero place, with linearly independent columns.
    kept : indices of these coordinates in the original problem; every other rho_j is 0 in the limit.
    vanishing : those that tend to 0 although they start elsewhere (nu is then unbounded).
    """

    dual: Dual
    kept: tuple[int, ...]
    vanishing: tuple[int, ...] = ()


def reachable(dual: Dual) -> ReachableDual:
    """The solvable part of a dual problem; Unreachable (with a proof) when the flow cannot reach zero loss."""
    reach = [c.reach for c in dual.coordinates]
    everything = tuple(range(len(reach)))
    if not any(reach):
        return ReachableDual(dual, everything)
    n = len(dual.y)
    free = [dual.A[j] for j in everything if reach[j] == 0]
    if len(independent_columns(free, n)) == n or _reaches_inside(dual, reach):
        kept = tuple(j for j in everything if reach[j] != _FROZEN)
        return ReachableDual(_restricted(dual, kept, range(n)), kept)
    vanishing = _forced_zeros(dual, reach)
    kept = tuple(j for j in everything if reach[j] != _FROZEN and j not in vanishing)
    columns = independent_columns([dual.A[j] for j in kept], n)
    return ReachableDual(_restricted(dual, kept, columns), kept, tuple(sorted(vanishing)))


def unexamined(dual: Dual) -> ReachableDual:
    """All coordinates that move, without a look at the signs: for data that lie in several number fields at once."""
    kept = tuple(j for j, c in enumerate(dual.coordinates) if c.reach != _FROZEN)
    return ReachableDual(_restricted(dual, kept, range(len(dual.y))), kept)


def _restricted(dual: Dual, kept: Sequence[int], columns: Sequence[int]) -> Dual:
    return replace(
        dual,
        A=tuple(tuple(dual.A[j][i] for i in columns) for j in kept),
        y=tuple(dual.y[i] for i in columns),
        coordinates=tuple(dual.coordinates[j] for j in kept),
    )


def _reaches_inside(dual: Dual, reach: Sequence[int]) -> bool:
    """Whether a solution of A^T rho = y with every sign strictly as allowed is found in doubles and proved in balls.

    The doubles maximise the least |rho_j| of the tied coordinates; the rest of A^T rho - y is then removed by a move
    of which every component is small beside rho_j. Then A^T has full row rank too. Small problems are left to exact
    programmes, which load no doubles.
    """
    n, moving = len(dual.y), [j for j, kind in enumerate(reach) if kind != _FROZEN]
    if n * len(moving) <= _SMALL:
        return False
    import numpy as np
    from flint import arb, arb_mat
    from scipy.optimize import linprog

    sides = [reach[j] or 1 for j in moving]
    with ball_precision(_BITS):
        A = ball_matrix(
            [[side * entry for entry in dual.A[j]] for j, side in zip(moving, sides, strict=True)]
        )
        y = column(ball(target) for target in dual.y)
        unit = max(map(abs, dual.y)) or Fraction(1)
        columns = np.array([[float(entry) for entry in row] for row in A.tolist()]).T
        largest = abs(columns).max()
        if not 0 < largest < np.inf:
            return False
        columns /= largest
        right = [float(ball(target / unit)) for target in dual.y]
        tied = np.array([float(reach[j] != 0) for j in moving])
        bounds = [(0, None) if t else (None, None) for t in tied] + [(0, 1)]
        answer = linprog(
            [*(0.0 * tied), -1.0],
            A_eq=np.column_stack([columns, columns @ tied]),
            b_eq=right,
            bounds=bounds,
            method="highs",
        )
        if answer.x is None or not answer.x[-1] > 0:
            return False
        rho = [arb(float(x)) for x in answer.x[:-1] + answer.x[-1] * tied]
        weights = [x * x if t else arb(1) for x, t in zip(rho, tied, strict=True)]
        A /= arb(float(largest))
        y /= ball(unit)
        weighted = arb_mat(
            len(rho), n, [w * a for w, row in zip(weights, A.tolist(), strict=True) for a in row]
        )
        try:
            multipliers = (A.transpose() * weighted).solve(y - A.transpose() * column(rho))
        except ZeroDivisionError:
            return False
        moved = column(rho) + weighted * multipliers
        return all(not t or bool(x > 0) for x, t in zip(moved.entries(), tied, strict=True))


def _forced_zeros(dual: Dual, reach: Sequence[int]) -> set[int]:
    """Tied coordinates that are 0 in every solution with the allowed signs."""
    n = len(dual.y)
    columns: list[tuple[int, int]] = []
    for j, kind in enumerate(reach):
        if kind == 0:
            columns += [(j, 1), (j, -1)]
        elif kind != _FROZEN:
            columns.append((j, kind))
    matrix = [[side * dual.A[j][i] for j, side in columns] for i in range(n)]
    feasible = minimise(matrix, dual.y, [Fraction(0)] * len(columns))
    if feasible.status == "infeasible":
        raise Unreachable(_unreachable(feasible.dual))
    open_tied = {j for j, kind in enumerate(reach) if kind in (1, -1)}
    while open_tied:
        # Maximise sum of t_j over 0 <= t_j <= 1, t_j <= |rho_j|: rows rho_j - t_j - slack_j = 0 and t_j + slack'_j = 1.
        tied = sorted(open_tied)
        width = len(columns) + 3 * len(tied)
        rows: list[list[Exact]] = [[*row, *[Fraction(0)] * (3 * len(tied))] for row in matrix]
        right: list[Exact] = list(dual.y)
        cost = [Fraction(0)] * width
        for position, j in enumerate(tied):
            base = len(columns) + 3 * position
            first, second = [Fraction(0)] * width, [Fraction(0)] * width
            first[next(k for k, (index, _) in enumerate(columns) if index == j)] = Fraction(1)
            first[base], first[base + 1] = Fraction(-1), Fraction(-1)
            second[base], second[base + 2] = Fraction(1), Fraction(1)
            rows += [first, second]
            right += [Fraction(0), Fraction(1)]
            cost[base] = Fraction(-1)
        optimum = minimise(rows, right, cost)
        # One optimum may leave out coordinates that another solution uses; by convexity all that are found
        # can be combined.
        used = {j for position, j in enumerate(tied) if sign(optimum.x[len(columns) + 3 * position]) > 0}
        if not used:
            return open_tied
        open_tied -= used
    return set()


def _unreachable(w: Sequence[Exact]) -> str:
    return (
        "the flow cannot reach zero loss: coordinates that start with two smallest layers of equal modulus keep "
        f"their sign (or stay 0), and w = ({few(w)}) proves that no such coefficients fit the data: "
        "w . X beta <= 0 < w . y for all of them"
    )


def independent_columns(rows: Sequence[Sequence[Exact]], n: int) -> tuple[int, ...]:
    """Indices of a maximal set of linearly independent columns of a matrix with n columns."""
    if rational(rows):
        return tuple(range(n)) if rows and rank(rows) == n else tuple(row_echelon(rows)[1])
    chosen: list[int] = []
    reduced: list[tuple[int, list[Exact]]] = []
    for i in range(n):
        vector = [row[i] for row in rows]
        for pivot, known in reduced:
            if sign(vector[pivot]) != 0:
                factor = vector[pivot] / known[pivot]
                vector = [p - factor * q for p, q in zip(vector, known, strict=True)]
        position = next((k for k, entry in enumerate(vector) if sign(entry) != 0), None)
        if position is not None:
            chosen.append(i)
            reduced.append((position, vector))
    return tuple(chosen)
