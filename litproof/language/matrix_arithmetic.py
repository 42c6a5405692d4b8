"""Sums, products, powers and functions of vectors and matrices over any ring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from litproof.language.functions import POWER, apply, whole_power

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Array:
    """A vector (shape (k,)) or matrix (shape (r, c), entries row by row) over some ring."""

    shape: Shape
    entries: tuple[Any, ...]

    @property
    def matrix(self) -> tuple[int, int]:
        """Rows and columns; a vector is one column."""
        return (self.shape[0], 1) if len(self.shape) == 1 else (self.shape[0], self.shape[1])


def scaled(value: Any, factor: Any) -> Any:
    """factor * value, entry by entry."""
    if isinstance(value, Array):
        return Array(value.shape, tuple(scaled(entry, factor) for entry in value.entries))
    return value if isinstance(factor, int | Fraction) and factor == 1 else _times(value, factor)


def product(factors: Sequence[Any]) -> Any:
    """Numbers times the matrix product of the arrays, in the order that takes the fewest multiplications."""
    arrays = [factor for factor in factors if isinstance(factor, Array)]
    number: Any = None
    for factor in factors:
        if not isinstance(factor, Array):
            number = factor if number is None else _times(number, factor)
    if not arrays:
        return number
    result = _chain(arrays)
    return result if number is None else scaled(result, number)


def _times(a: Any, b: Any) -> Any:
    return b * a if isinstance(a, int | Fraction) else a * b


def _chain(arrays: Sequence[Array]) -> Array:
    if len(arrays) == 1:
        return arrays[0]
    cut = _best_cut(tuple(array.matrix for array in arrays))[1]
    return _matrix_product(_chain(arrays[:cut]), _chain(arrays[cut:]))


@cache
def _best_cut(sizes: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """(multiplications, where to cut the chain); chains are short."""
    if len(sizes) == 1:
        return 0, 0
    rows, columns = sizes[0][0], sizes[-1][1]
    return min(
        (_best_cut(sizes[:cut])[0] + _best_cut(sizes[cut:])[0] + rows * sizes[cut][0] * columns, cut)
        for cut in range(1, len(sizes))
    )


def _matrix_product(a: Array, b: Array) -> Array:
    (rows, inner), (_, columns) = a.matrix, b.matrix
    entries = tuple(
        total(a.entries[i * inner + k] * b.entries[k * columns + j] for k in range(inner))
        for i in range(rows)
        for j in range(columns)
    )
    return Array((rows, *b.shape[1:]), entries)


def total(terms: Iterable[Any]) -> Any:
    """The sum of numbers, or of arrays of one shape; at least one."""
    result: Any = None
    for term in terms:
        if result is None:
            result = term
        elif isinstance(term, Array):
            result = Array(
                term.shape, tuple(a + b for a, b in zip(result.entries, term.entries, strict=True))
            )
        else:
            result = term + result if isinstance(result, int | Fraction) else result + term
    return result


def power_of(base: Any, exponent: int) -> Any:
    """A whole power, at least 0, of a number or a square matrix."""
    if isinstance(base, Array):
        if not exponent:
            n = base.shape[0]
            return Array(base.shape, tuple(Fraction(int(i == j)) for i in range(n) for j in range(n)))
        return _chain([base] * exponent)
    return whole_power(base, exponent)


def called(name: str, arguments: Sequence[Any]) -> Any:
    """The value of a function of vectors and matrices, or of a number."""
    first = arguments[0]
    if name == "softmax":
        weights = [apply("exp", entry) for entry in first.entries]
        share = apply(POWER, total(weights))
        return Array(first.shape, tuple(_times(weight, share) for weight in weights))
    if name == "dot":
        return total(a * b for a, b in zip(first.entries, arguments[1].entries, strict=True))
    if name == "vec":
        return Array((len(first.entries),), first.entries)
    return transposed(first)


def transposed(a: Array) -> Array:
    """A^T; a vector becomes a row."""
    if len(a.shape) == 1:
        return Array((1, a.shape[0]), a.entries)
    rows, columns = a.shape
    return Array(
        (columns, rows), tuple(a.entries[i * columns + j] for j in range(columns) for i in range(rows))
    )
