"""M(x) of a two-layer network at one data point, and the parts that it falls into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.errors import InputError
from litproof.networks.base import MultilinearNetwork
from litproof.networks.convolutional import Convolutional

Matrix = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class Part:
    """A connected component of the rows and columns of a matrix: they meet in entries that are not zero.

    Attributes
    ----------
    rows, columns : their indices in the whole matrix, ascending; at least one of each.
    entries : the matrix on them, zeros included.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    entries: Matrix


def point_matrix(network: MultilinearNetwork, x: Sequence[Fraction]) -> Matrix:
    """M(x), k_1 x k_2, of a two-layer network. InputError for another depth."""
    _require_two_layers(network)
    if isinstance(network, Convolutional):
        return _shifted(network, x)
    first, second = network.shapes
    rows = [[Fraction(0)] * second for _ in range(first)]
    for i, j, entry in _entries(network, x):
        rows[i][j] += entry
    return tuple(tuple(row) for row in rows)


def point_parts(network: MultilinearNetwork, x: Sequence[Fraction]) -> list[Part]:
    """The parts of M(x) of a two-layer network, without writing out what lies between them."""
    _require_two_layers(network)
    if isinstance(network, Convolutional):
        return matrix_parts(_shifted(network, x))
    rows: list[dict[int, Fraction]] = [{} for _ in range(network.shapes[0])]
    for i, j, entry in _entries(network, x):
        rows[i][j] = rows[i].get(j, Fraction(0)) + entry
    supports = [[j for j, entry in row.items() if entry] for row in rows]
    zero = Fraction(0)
    return [
        Part(up, across, tuple(tuple(rows[i].get(j, zero) for j in across) for i in up))
        for up, across in _components(supports)
    ]


def matrix_parts(matrix: Sequence[Sequence[Fraction]]) -> list[Part]:
    """The parts of a matrix, by their first row; rows and columns of zeros belong to none."""
    supports = [[j for j, entry in enumerate(row) if entry] for row in matrix]
    return [
        Part(up, across, tuple(tuple(matrix[i][j] for j in across) for i in up))
        for up, across in _components(supports)
    ]


def _require_two_layers(network: MultilinearNetwork) -> None:
    if network.depth != 2:
        raise InputError(f"expected a network of depth 2, got depth {network.depth}", key="network")


def _shifted(network: Convolutional, x: Sequence[Fraction]) -> Matrix:
    """x_(i + j mod d) at (i, j): no data tensor of so many ones."""
    first, second = network.filter_sizes
    around = (*x, *x)
    return tuple(tuple(around[i : i + second]) for i in range(first))


def _entries(network: MultilinearNetwork, x: Sequence[Fraction]) -> Iterable[tuple[int, int, Fraction]]:
    for (z, i, j), entry in network.data_tensor().entries.items():
        if x[z]:
            yield i, j, x[z] * entry


def _components(supports: Sequence[Sequence[int]]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Rows and columns of each connected component, rows given by the columns of their entries."""
    meeting: dict[int, list[int]] = {}
    for i, support in enumerate(supports):
        for j in support:
            meeting.setdefault(j, []).append(i)
    found, seen, met = [], set(), set()
    for first, support in enumerate(supports):
        if first in seen or not support:
            continue
        rows, columns, waiting = [], [], [first]
        seen.add(first)
        while waiting:
            row = waiting.pop()
            rows.append(row)
            for j in supports[row]:
                if j in met:
                    continue
                met.add(j)
                columns.append(j)
                for other in meeting[j]:
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
        found.append((tuple(sorted(rows)), tuple(sorted(columns))))
    return found
