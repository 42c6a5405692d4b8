"""An exact linear programme: minimise c . x subject to A x = b, x >= 0, over an ordered field.

Two-phase tableau simplex with Bland's rule (Bland, Math. Oper. Res. 2 (1977) 103): it ends, and every answer
is exact. The entries are Fractions or other exact real numbers with `sign` (see `balls`). Larger programmes over Q
start from the basis that doubles end at, and only the steps from there are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from litproof.algebra.balls import Exact, sign
from litproof.algebra.guessed_basis import solve_from_doubles
from litproof.algebra.linear import rank
from litproof.algebra.programme import Programme

_SMALL = 1000
"""Entries of A up to which the tableau takes less time than loading doubles."""


def minimise(A: Sequence[Sequence[Exact]], b: Sequence[Exact], c: Sequence[Exact]) -> Programme:
    """Solve the programme; A has n rows of k entries, n >= 1."""
    optimum = _solve(A, b, c)
    if optimum.status != "optimal":
        return optimum
    return replace(optimum, unique=_is_unique(A, b, optimum))


def rational(rows: Sequence[Sequence[Exact]]) -> bool:
    """Whether all entries are Fractions."""
    return all(isinstance(entry, Fraction | int) for row in rows for entry in row)


def _is_unique(A: Sequence[Sequence[Exact]], b: Sequence[Exact], optimum: Programme) -> bool:
    """Another optimal x would move mass to a zero entry with zero reduced cost: maximise that mass."""
    face = [k for k, value in enumerate(optimum.reduced) if sign(value) == 0]
    objective = [Fraction(-1) if sign(optimum.x[k]) == 0 else Fraction(0) for k in face]
    if not any(objective):
        return _independent([[row[k] for row in A] for k in face])
    other = _solve([[row[k] for k in face] for row in A], b, objective)
    if other.status != "optimal" or sign(other.value) != 0:
        return False
    return _independent([[row[k] for row in A] for k, x in enumerate(optimum.x) if sign(x) != 0])


def _independent(vectors: list[list[Exact]]) -> bool:
    if rational(vectors):
        return not vectors or rank(vectors) == len(vectors)
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


def _solve(A: Sequence[Sequence[Exact]], b: Sequence[Exact], c: Sequence[Exact]) -> Programme:
    if len(A) * len(c) > _SMALL and rational((*A, b, c)):
        solved = solve_from_doubles(A, b, c)
        if solved is not None:
            return solved
    return _tableau(A, b, c)


def _tableau(A: Sequence[Sequence[Exact]], b: Sequence[Exact], c: Sequence[Exact]) -> Programme:
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
    dual = tuple(signs[i] * -costs[k + i] for i in range(n))
    return Programme("optimal", tuple(x), -costs[-1], dual, reduced=tuple(costs[:k]))


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
