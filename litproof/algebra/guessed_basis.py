"""A linear programme over Q from the basis that doubles end at: exact steps of the revised simplex method from there.

The doubles (HiGHS, through scipy) only say where to start. What is returned was solved, and checked, over Q: primal and
dual feasibility for an optimum, Farkas' vector for an infeasible programme.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from litproof.algebra.linear import combination, dot, first_independent, solve_square
from litproof.algebra.programme import Programme

Rows = Sequence[Sequence[Fraction]]


def solve_from_doubles(A: Rows, b: Sequence[Fraction], c: Sequence[Fraction]) -> Programme | None:
    """minimise c . x subject to A x = b, x >= 0; None where no basis near the doubles' answer is feasible."""
    answer = _doubles(A, b, c)
    if answer.status == 0:
        basis = _basis(A, answer)
        return None if basis is None else _steps(A, b, c, basis)
    return _infeasible(A, b) if answer.status == 2 else None


def _infeasible(A: Rows, b: Sequence[Fraction]) -> Programme | None:
    """Farkas' vector as the multipliers of the least sum of artificial variables, where that is positive."""
    n, k = len(A), len(A[0])
    signs = [-1 if entry < 0 else 1 for entry in b]
    rows = [
        [*(signs[i] * entry for entry in A[i]), *(Fraction(int(i == j)) for j in range(n))] for i in range(n)
    ]
    right, cost = (
        [s * entry for s, entry in zip(signs, b, strict=True)],
        [Fraction(0)] * k + [Fraction(1)] * n,
    )
    answer = _doubles(rows, right, cost)
    basis = _basis(rows, answer) if answer.status == 0 else None
    least = None if basis is None else _steps(rows, right, cost, basis)
    if least is None or least.status != "optimal" or least.value <= 0:
        return None
    return Programme("infeasible", dual=tuple(s * w for s, w in zip(signs, least.dual, strict=True)))


def _doubles(A: Rows, b: Sequence[Fraction], c: Sequence[Fraction]) -> Any:
    """The programme in doubles, every row over its largest entry."""
    import numpy as np
    from scipy.optimize import linprog

    sizes = [max(map(abs, row)) or Fraction(1) for row in A]
    matrix = np.array([[float(entry / size) for entry in row] for row, size in zip(A, sizes, strict=True)])
    right = np.array([float(entry / size) for entry, size in zip(b, sizes, strict=True)])
    largest = max(map(abs, c)) or Fraction(1)
    cost = np.array([float(entry / largest) for entry in c])
    return linprog(cost, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs-ds")


def _basis(A: Rows, answer: Any) -> list[int] | None:
    """As many independent columns as rows: those in use first, then those of least reduced cost."""
    order = sorted(range(len(answer.x)), key=lambda j: (-answer.x[j], answer.lower.marginals[j]))
    basis = [order[j] for j in first_independent([[row[j] for row in A] for j in order])]
    return basis if len(basis) == len(A) else None


def _steps(A: Rows, b: Sequence[Fraction], c: Sequence[Fraction], basis: list[int]) -> Programme | None:
    """The simplex method with Bland's rule from a basis; None where the basis is singular or not feasible."""
    while True:
        inside = [[row[j] for j in basis] for row in A]
        x = solve_square(inside, b)
        if x is None or min(x) < 0:
            return None
        dual = solve_square(list(zip(*inside, strict=True)), [c[j] for j in basis])
        if dual is None:
            return None
        reduced = tuple(cost - pull for cost, pull in zip(c, combination(dual, A), strict=True))
        entering = next((j for j, value in enumerate(reduced) if value < 0), None)
        if entering is None:
            at = dict(zip(basis, x, strict=True))
            full = tuple(at.get(j, Fraction(0)) for j in range(len(c)))
            return Programme("optimal", full, dot(dual, b), dual, reduced=reduced)
        direction = solve_square(inside, [row[entering] for row in A])
        if direction is None:
            return None
        ratios = [(x[i] / step, basis[i], i) for i, step in enumerate(direction) if step > 0]
        if not ratios:
            return Programme("unbounded")
        basis[min(ratios)[2]] = entering
