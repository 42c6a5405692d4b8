"""Sums of products over any commutative ring, without a stray zero or one from the integers."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce
from operator import add, mul
from typing import Any

from litproof.networks.base import DataTensor, Layers, Network

_LONG = 32


def total(terms: Iterable[Any]) -> Any:
    """Sum of the terms; the integer 0 for none. Long ones in halves: forms added one by one are copied often."""
    if len(rest := list(terms)) > _LONG:
        middle = len(rest) // 2
        return total(rest[:middle]) + total(rest[middle:])
    return reduce(add, rest) if rest else 0


def dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    """sum_i a_i b_i."""
    return total(p * q for p, q in zip(a, b, strict=True))


def weighted(weights: Sequence[Fraction], values: Sequence[Any]) -> Any:
    """sum_i weights_i values_i with rational weights; zeros are skipped and ones are not multiplied."""
    return total(q if c == 1 else c * q for c, q in zip(weights, values, strict=True) if c)


def product(factors: Iterable[Any]) -> Any:
    """Product of at least one factor."""
    return reduce(mul, factors)


def rows(flat: Sequence[Any], width: int) -> list[Sequence[Any]]:
    """A matrix with `width` columns from its entries row by row."""
    return [flat[i : i + width] for i in range(0, len(flat), width)]


def vector_times_matrix(vector: Sequence[Any], matrix: Sequence[Sequence[Any]]) -> list[Any]:
    """vector^T matrix."""
    return [dot(vector, column) for column in zip(*matrix, strict=True)]


def contract(tensor: DataTensor, v: Layers) -> tuple[Any, ...]:
    """The coefficients of x in M(x) o (v_1, ..., v_L), shape (d,): one slot at a time, the last first."""
    partial: dict[tuple[int, ...], Any] = dict(tensor.entries)
    for layer in reversed(v):
        summed: dict[tuple[int, ...], Any] = {}
        for (*rest, j), entry in partial.items():
            term = layer[j] if isinstance(entry, Fraction) and entry == 1 else entry * layer[j]
            key = tuple(rest)
            summed[key] = summed[key] + term if key in summed else term
        partial = summed
    return tuple(partial.get((z,), 0) for z in range(tensor.input_dim))


class _Terms:
    """Counts the products that an expression has when it is multiplied out, before any cancel."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __add__(self, other: Any) -> "_Terms":
        return _Terms(self.count + getattr(other, "count", 1))

    __radd__ = __sub__ = __rsub__ = __add__

    def __mul__(self, other: Any) -> "_Terms":
        return _Terms(self.count * getattr(other, "count", 1))

    __rmul__ = __mul__

    def __neg__(self) -> "_Terms":
        return self

    __pos__ = __neg__

    def __truediv__(self, other: Any) -> "_Terms":
        return self

    def __pow__(self, exponent: int) -> "_Terms":
        return _Terms(self.count**exponent)


def count_terms(network: Network) -> int:
    """How many products the linear coefficients have when they are multiplied out: what sympy would have to hold.

    Examples
    --------
    >>> from litproof.networks import Diagonal, FullyConnected
    >>> count_terms(Diagonal(3, 2)), count_terms(FullyConnected(2, (3, 3)))
    (2, 18)
    """
    beta = network.coefficients([[_Terms(1)] * size for size in network.shapes])
    return sum(getattr(entry, "count", 1) for entry in beta)
