"""Fully connected linear networks with one output."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product as indices
from math import prod
from typing import Any

from litproof.errors import InputError
from litproof.networks.base import DataTensor, Layers, OdecoForm, require_few_entries
from litproof.networks.diagonal import identity_form
from litproof.networks.ring import dot, rows, vector_times_matrix


@dataclass(frozen=True)
class FullyConnected:
    """f(x) = x^T W_1 ... W_{L-1} w_L, W_l of shape d_{l-1} x d_l (d_0 = d, d_L = 1), v_l = W_l row by row.

    M(x) is x_z at ((z, a_1), (a_1, a_2), ..., (a_{L-1}, 1)) and 0 where neighbouring indices differ.

    Attributes
    ----------
    input_dim : d >= 1.
    widths : (d_1, ..., d_{L-1}), each >= 1; () is the plain linear model.

    Raises InputError for a size below 1.

    Examples
    --------
    >>> FullyConnected(2, (1,)).coefficients(((1, 2), (3,)))
    (3, 6)
    """

    input_dim: int
    widths: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.input_dim < 1:
            raise InputError(f"expected at least 1 input, got {self.input_dim}", key="network.input-dim")
        for width in self.widths:
            if width < 1:
                raise InputError(f"expected widths of at least 1, got {width}", key="network.widths")

    def _repr_latex_(self) -> str:
        sizes = ", ".join(map(str, (self.input_dim, *self.widths, 1)))
        product = " ".join(f"W_{{{l}}}" for l in range(1, self.depth + 1))
        return rf"$f(x) = x^T {product}, \quad ({sizes})$"

    @property
    def kind(self) -> str:
        """Word used in problem files."""
        return "fully-connected"

    @property
    def depth(self) -> int:
        """L."""
        return len(self.widths) + 1

    @property
    def matrix_shapes(self) -> tuple[tuple[int, int], ...]:
        """(d_{l-1}, d_l) of W_1, ..., W_L, with d_L = 1."""
        sizes = (self.input_dim, *self.widths, 1)
        return tuple(pairwise(sizes))

    @property
    def shapes(self) -> tuple[int, ...]:
        """(d_0 d_1, d_1 d_2, ..., d_{L-1})."""
        return tuple(height * width for height, width in self.matrix_shapes)

    def forward(self, x: Sequence[Any], v: Layers) -> Any:
        """Row vector times matrix, from the first layer to the last."""
        hidden = list(x)
        for layer, (_, width) in zip(v, self.matrix_shapes, strict=True):
            hidden = vector_times_matrix(hidden, rows(layer, width))
        return hidden[0]

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """Matrix times column vector, from the last layer to the first, shape (d,)."""
        beta = list(v[-1])
        for layer, (_, width) in reversed(list(zip(v[:-1], self.matrix_shapes[:-1], strict=True))):
            beta = [dot(row, beta) for row in rows(layer, width)]
        return tuple(beta)

    def data_tensor(self) -> DataTensor:
        """Ones where the column index of each layer is the row index of the next."""
        require_few_entries(prod((self.input_dim, *self.widths)))
        columns = [width for _, width in self.matrix_shapes]
        entries = {}
        for path in indices(*(range(size) for size in (self.input_dim, *self.widths)), (0,)):
            position = (path[layer] * columns[layer] + path[layer + 1] for layer in range(self.depth))
            entries[(path[0], *position)] = Fraction(1)
        return DataTensor(self.input_dim, self.shapes, entries)

    def odeco(self) -> OdecoForm | None:
        """Depth 1: S = U_1 = I. None for deeper networks."""
        return identity_form(self.input_dim, 1) if self.depth == 1 else None
