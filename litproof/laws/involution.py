"""Proof that counted brackets span the whole Lie algebra generically, by exact elimination over Q[theta].

If X_1..X_k contain all W_c = grad f_c in their span over the field Q(theta), and so do all [W_c, X_i], then
that span contains Lie(W), whose dimension at a generic point is therefore at most k. Membership is decided
by fraction-free (Bareiss) elimination of the polynomial matrix of all these fields: rows beyond the k-th
must vanish identically. Feasible for small maps only; larger ones are left to the bound from conserved
polynomials.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from flint import fmpz_mpoly_ctx, nmod_mat

from litproof.algebra.sparse_polynomials import Monomial
from litproof.laws.bracket import LieCount

MpolyField: TypeAlias = list[Any]
MAX_WORK = 4_000_000


class _TooLarge(Exception):
    """The elimination would need more term products than the budget allows."""


def proves_involutive(coordinates: Sequence[Mapping[Monomial, int]], lie: LieCount) -> bool:
    """Whether the generic dimension of the Lie algebra is proved to be `lie.dimension`; False: not proved."""
    size = len(lie.point)
    context = fmpz_mpoly_ctx.get([f"t{i}" for i in range(size)], "degrevlex")
    fields = [[_mpoly(f, context).derivative(i) for i in range(size)] for f in coordinates]
    budget = _Budget(MAX_WORK)
    try:
        basis, others = _generated(fields, lie, budget)
        return len(basis) == lie.dimension and _others_vanish(basis, others, lie, budget)
    except _TooLarge:
        return False


class _Budget:
    """Counts the term products that are left."""

    def __init__(self, left: int) -> None:
        self.left = left

    def times(self, a: Any, b: Any) -> Any:
        """a b, or _TooLarge."""
        self.left -= len(a) * len(b)
        if self.left < 0:
            raise _TooLarge
        return a * b


def _mpoly(polynomial: Mapping[Monomial, int], context: Any) -> Any:
    terms = {}
    for monomial, coefficient in polynomial.items():
        exponents = [0] * context.nvars()
        for i in monomial:
            exponents[i] += 1
        terms[tuple(exponents)] = coefficient
    return context.from_dict(terms)


def _bracket(X: MpolyField, Y: MpolyField, budget: _Budget) -> MpolyField:
    """[X, Y]_i = sum_j X_j dY_i/d theta_j - Y_j dX_i/d theta_j."""
    result = []
    for x, y in zip(X, Y, strict=True):
        total = x * 0
        for j, (a, b) in enumerate(zip(X, Y, strict=True)):
            total += budget.times(a, y.derivative(j)) - budget.times(b, x.derivative(j))
        result.append(total)
    return result


def _at(field: MpolyField, lie: LieCount) -> list[int]:
    return [int(entry(*lie.point)) % lie.prime if entry else 0 for entry in field]


def _generated(
    fields: list[MpolyField], lie: LieCount, budget: _Budget
) -> tuple[list[MpolyField], list[MpolyField]]:
    """Fields that are independent at the point mod p, closed under [W_c, .] but for the second list."""
    basis: list[MpolyField] = []
    values: list[list[int]] = []
    others: list[MpolyField] = []
    queue = list(fields)
    done: set[int] = set()
    position = 0
    while position < len(queue):
        field, is_first = queue[position], position < len(fields)
        if any(field):
            value = _at(field, lie)
            rows = [*values, value]
            matrix = nmod_mat(len(rows), len(value), [entry for row in rows for entry in row], lie.prime)
            if len(basis) < lie.dimension and matrix.rank() == len(rows):
                basis.append(field)
                values.append(value)
                # of two W_c in the basis, one order is enough
                partners = (c for c in range(len(fields)) if c != position and not (c in done and is_first))
                queue += [_bracket(fields[c], field, budget) for c in partners]
                done.add(position)
            else:
                others.append(field)
        position += 1
    return basis, others


def _others_vanish(basis: list[MpolyField], others: list[MpolyField], lie: LieCount, budget: _Budget) -> bool:
    """Fraction-free elimination of the basis rows from the others; whether nothing is left."""
    rows, rest = [list(row) for row in basis], [list(row) for row in others]
    previous: Any = None
    for step in range(len(rows)):
        candidates = [
            (len(row[column]), i, column)
            for i, row in enumerate(rows[step:], step)
            for column in range(len(row))
            if row[column]
        ]
        if not candidates:
            return False
        _, i, column = min(candidates)
        rows[step], rows[i] = rows[i], rows[step]
        pivot = rows[step]
        rows[step + 1 :] = [_eliminate(row, pivot, column, previous, budget) for row in rows[step + 1 :]]
        rest = [_eliminate(row, pivot, column, previous, budget) for row in rest]
        previous = pivot[column]
    return not any(entry for row in rest for entry in row)


def _eliminate(row: MpolyField, pivot: MpolyField, column: int, previous: Any, budget: _Budget) -> MpolyField:
    """(pivot_c row - row_c pivot) / previous pivot; the division is exact (Sylvester's identity)."""
    head, factor = pivot[column], row[column]
    result = []
    for a, b in zip(row, pivot, strict=True):
        value = budget.times(head, a) - budget.times(factor, b)
        result.append(value if previous is None else value // previous if value else value)
    return result
