"""Deep matrix sensing: square factors, inputs are sensor matrices."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as indices
from typing import Any

from litproof.errors import InputError
from litproof.networks.base import DataTensor, Layers, OdecoForm, require_few_entries
from litproof.networks.diagonal import identity_form
from litproof.networks.ring import dot, rows, total, vector_times_matrix


@dataclass(frozen=True)
class MatrixSensing:
    """f(A) = <A, W_1 ... W_L>, W_l of shape k x k, v_l = W_l row by row, x = A row by row.

    Attributes
    ----------
    depth : L >= 1.
    size : k >= 1.

    Raises InputError for a depth or size below 1.

    Examples
    --------
    >>> MatrixSensing(2, 2).shapes
    (4, 4)
    """

    depth: int
    size: int

    def __post_init__(self) -> None:
        if self.depth < 1:
            raise InputError(f"expected a depth of at least 1, got {self.depth}", key="network.depth")
        if self.size < 1:
            raise InputError(f"expected sensors of size at least 1, got {self.size}", key="data.A")

    def _repr_latex_(self) -> str:
        product = " ".join(f"W_{{{l}}}" for l in range(1, self.depth + 1))
        space = rf"\mathbb{{R}}^{{{self.size} \times {self.size}}}"
        return rf"$f(A) = \langle A, {product} \rangle, \quad W_l \in {space}$"

    @property
    def kind(self) -> str:
        """Word used in problem files."""
        return "matrix-sensing"

    @property
    def shapes(self) -> tuple[int, ...]:
        """(k^2, ..., k^2)."""
        return (self.size**2,) * self.depth

    @property
    def input_dim(self) -> int:
        """Number k^2 of entries of a sensor matrix."""
        return self.size**2

    def forward(self, x: Sequence[Any], v: Layers) -> Any:
        """Trace of A^T W_1 ... W_L, multiplied from the left."""
        sensor = rows(x, self.size)
        hidden = [list(column) for column in zip(*sensor, strict=True)]
        for layer in v:
            matrix = rows(layer, self.size)
            hidden = [vector_times_matrix(row, matrix) for row in hidden]
        return total(hidden[i][i] for i in range(self.size))

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """Entries of the product W_1 ... W_L row by row, multiplied from the right, shape (k^2,)."""
        result = rows(v[-1], self.size)
        for layer in reversed(v[:-1]):
            columns = list(zip(*result, strict=True))
            result = [[dot(row, column) for column in columns] for row in rows(layer, self.size)]
        return tuple(entry for row in result for entry in row)

    def data_tensor(self) -> DataTensor:
        """Ones where (row of z, a_1, ..., a_{L-1}, column of z) is the path of the matrix product."""
        k = self.size
        require_few_entries(k ** (self.depth + 1))
        entries = {}
        for path in indices(range(k), repeat=self.depth + 1):
            position = (path[layer] * k + path[layer + 1] for layer in range(self.depth))
            entries[(path[0] * k + path[-1], *position)] = Fraction(1)
        return DataTensor(self.input_dim, self.shapes, entries)

    def odeco(self) -> OdecoForm | None:
        """Depth 1: S = U_1 = I. None otherwise (for commuting sensors see networks.sensing)."""
        return identity_form(self.input_dim, 1) if self.depth == 1 else None
