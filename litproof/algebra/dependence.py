"""Which rows of a linear system X beta = y follow from the others, and whether the system has a solution; exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.linear import row_echelon


@dataclass(frozen=True)
class DependentRow:
    """A row that is a combination of rows before it.

    Attributes
    ----------
    index : its number, from 0. coefficients : {k: c_k}, x_index = sum_k c_k x_k over independent rows k < index
        (empty for a zero row). gap : y_index - sum_k c_k y_k, zero where the row asks nothing new.
    """

    index: int
    coefficients: dict[int, Fraction]
    gap: Fraction


def dependent_rows(X: Sequence[Sequence[Fraction]], y: Sequence[Fraction]) -> tuple[DependentRow, ...]:
    """The rows that depend on rows before them; X beta = y has a solution exactly where all gaps are zero.

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> rows = ((F(1), F(2)), (F(0), F(0)), (F(3), F(6)))
    >>> [(r.index, r.coefficients, int(r.gap)) for r in dependent_rows(rows, (F(1), F(0), F(4)))]
    [(1, {}, 0), (2, {0: Fraction(3, 1)}, 1)]
    """
    reduced, pivots = row_echelon(list(zip(*X, strict=True)))
    found = []
    for index in sorted(set(range(len(X))) - set(pivots)):
        coefficients = {k: row[index] for row, k in zip(reduced, pivots, strict=True) if row[index]}
        gap = y[index] - sum((c * y[k] for k, c in coefficients.items()), Fraction(0))
        found.append(DependentRow(index, coefficients, gap))
    return tuple(found)
