"""An exact linear programme: minimise c . x subject to A x = b, x >= 0, over an ordered field.

Two-phase tableau simplex with Bland's rule (Bland, Math. Oper. Res. 2 (1977) 103): it ends, and every answer
is exact. The entries are Fractions or other exact real numbers with `sign` (see `balls`); meant for tens of
variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from litproof.algebra.balls import Exact, sign


@dataclass(frozen=True)
class Programme:
    """Outcome of an exact linear programme.

    Attributes
    ----------
    status : "optimal", "infeasible" or "unbounded".
    x : an optimal vertex (empty unless optimal).
    value : c . x.
    dual : n numbers w. Optimal: A^T w <= c and b . w = value. Infeasible: A^T w <= 0 and b . w > 0 (Farkas).
    unique : whether x is the only optimal solution (decided exactly).
    """

    status: Literal["optimal", "infeasible", "unbounded"]
    x: tuple[Exact, ...] = ()
    value: Exact = Fraction(0)
    dual: tuple[Exact, ...] = ()
    unique: bool = False


def minimise(A: Sequence[Sequence[Exact]], b: Sequence[Exact], c: Sequence[Exact]) -> Programme:
    """Solve the programme; A has n rows of k entries, n >= 1."""
    optimum = _solve(A, b, c)
    if optimum.status != "optimal":
        return optimum
    return Programme("optimal", optimum.x, optimum.value, optimum.dual, _is_unique(A, b, c, optimum))


def _is_unique(
    A: Sequence[Sequence[Exact]], b: Sequence[Exact], c: Sequence[Exact], optimum: Programme
) -> bool:
    """Another optimal x would move mass to a zero entry with zero reduced cost: maximise that mass."""
    reduced = [c[k] - _dot(optimum.dual, [row[k] for row in A]) for k in range(len(c))]
    face = [k for k, value in enumerate(reduced) if sign(value) == 0]
    objective = [Fraction(-1) if sign(optimum.x[k]) == 0 else Fraction(0) for k in face]
    if not any(objective):
        return _independent([[row[k] for row in A] for k in face])
    other = _solve([[row[k] for k in face] for row in A], b, objective)
    if other.status != "optimal" or sign(other.value) != 0:
        return False
    return _independent([[row[k] for row in A] for k in range(len(c)) if sign(optimum.x[k]) != 0])


def _independent(vectors: list[list[Exact]]) -> bool:
    rest = [list(vector) for vector in vectors]
    for position in range(len(rest)):
        pivot = next((k for k, entry in enumerate(rest[position]) if sign(entry) != 0), None)
        if pivot is None:
            return False
        for other in rest[position + 1 :]:
            if sign(other[pivot]) != 0:
                factor = other[pivot] / rest[position][pivot]
                other[:] = [p - factor * q for p, q in zip(other, rest[position], strict=True)]
    return True


def _dot(a: Sequence[Exact], b: Sequence[Exact]) -> Exact:
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def _solve(A: Sequence[Sequence[Exact]], b: Sequence[Exact], c: Sequence[Exact]) -> Programme:
    n, k = len(A), len(c)
    signs = [-1 if sign(entry) < 0 else 1 for entry in b]
    table = [
        [signs[i] * entry for entry in A[i]] + [Fraction(int(i == j)) for j in range(n)] + [signs[i] * b[i]]
        for i in range(n)
    ]
    basis = [k + i for i in range(n)]
    first = [Fraction(0)] * k + [Fraction(1)] * n
    costs = _reduced_costs(table, basis, first)
    _iterate(table, basis, costs, k + n)
    if sign(costs[-1]) < 0:
        return Programme("infeasible", dual=tuple(signs[i] * (1 - costs[k + i]) for i in range(n)))
    for i in range(n):
        if basis[i] >= k:
            entering = next((j for j in range(k) if sign(table[i][j]) != 0), None)
            if entering is not None:
                _pivot(table, basis, costs, i, entering)
    second = list(c) + [Fraction(0)] * n
    costs = _reduced_costs(table, basis, second)
    if not _iterate(table, basis, costs, k):
        return Programme("unbounded")
    x: list[Exact] = [Fraction(0)] * k
    for i, j in enumerate(basis):
        if j < k:
            x[j] = table[i][-1]
    return Programme("optimal", tuple(x), -costs[-1], tuple(signs[i] * -costs[k + i] for i in range(n)))


def _reduced_costs(table: list[list[Exact]], basis: list[int], c: list[Exact]) -> list[Exact]:
    costs = [*c, Fraction(0)]
    for row, j in zip(table, basis, strict=True):
        if sign(c[j]) != 0:
            factor = c[j]
            costs = [p - factor * q for p, q in zip(costs, row, strict=True)]
    return costs


def _iterate(table: list[list[Exact]], basis: list[int], costs: list[Exact], allowed: int) -> bool:
    """Pivot until no allowed column has negative cost; False when the programme is unbounded."""
    while True:
        entering = next((j for j in range(allowed) if sign(costs[j]) < 0), None)
        if entering is None:
            return True
        leaving = None
        for i, row in enumerate(table):
            if sign(row[entering]) > 0:
                ratio = row[-1] / row[entering]
                if leaving is None:
                    leaving, best = i, ratio
                    continue
                order = sign(ratio - best)
                if order < 0 or (order == 0 and basis[i] < basis[leaving]):
                    leaving, best = i, ratio
        if leaving is None:
            return False
        _pivot(table, basis, costs, leaving, entering)


def _pivot(table: list[list[Exact]], basis: list[int], costs: list[Exact], row: int, column: int) -> None:
    scale = table[row][column]
    table[row] = [entry / scale for entry in table[row]]
    for other in (*(r for i, r in enumerate(table) if i != row), costs):
        factor = other[column]
        if sign(factor) != 0:
            other[:] = [p - factor * q for p, q in zip(other, table[row], strict=True)]
    basis[row] = column
