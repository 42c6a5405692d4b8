"""Networks given by nothing but their data tensor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.linear import rank
from litproof.errors import InputError
from litproof.networks.base import DataTensor, Layers, OdecoForm
from litproof.networks.diagonal import identity_form
from litproof.networks.ring import contract, product, total


@dataclass(frozen=True)
class TensorNetwork:
    """f(x) = M(x) o (v_1, ..., v_L), M(x) = sum_z x_z T[z], for any rational tensor T, d x k_1 x ... x k_L.

    Attributes
    ----------
    tensor : the data tensor.

    Raises InputError when the tensor has no layer, an empty slot, or an entry out of range.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from litproof.networks import DataTensor
    >>> TensorNetwork(DataTensor(1, (2, 2), {(0, 0, 1): Fraction(1)})).forward((3,), ((1, 2), (5, 7)))
    Fraction(21, 1)
    """

    tensor: DataTensor

    def __post_init__(self) -> None:
        sizes = (self.tensor.input_dim, *self.tensor.shapes)
        if len(sizes) < 2 or min(sizes) < 1:
            raise InputError(
                f"expected a shape d x k_1 x ... x k_L of sizes >= 1, got {sizes}", key="network.tensor"
            )
        for index in self.tensor.entries:
            if len(index) != len(sizes) or any(not 0 <= i < n for i, n in zip(index, sizes, strict=True)):
                raise InputError(f"index {index} is outside the shape {sizes}", key="network.tensor")

    def __hash__(self) -> int:
        return hash((self.tensor.input_dim, self.tensor.shapes, frozenset(self.tensor.entries.items())))

    def _repr_latex_(self) -> str:
        layers = ", ".join(f"v_{{{l}}}" for l in range(1, self.depth + 1))
        sizes = r" \times ".join(map(str, (self.input_dim, *self.shapes)))
        return rf"$f(x) = M(x) \circ ({layers}), \quad M \in \mathbb{{R}}^{{{sizes}}}$"

    @property
    def kind(self) -> str:
        """Word used in problem files."""
        return "tensor"

    @property
    def depth(self) -> int:
        """L."""
        return len(self.tensor.shapes)

    @property
    def shapes(self) -> tuple[int, ...]:
        """(k_1, ..., k_L)."""
        return self.tensor.shapes

    @property
    def input_dim(self) -> int:
        """Number d of inputs."""
        return self.tensor.input_dim

    def forward(self, x: Sequence[Any], v: Layers) -> Any:
        """The definition: sum over all entries of x_z T[z, j_1..j_L] prod_l v_{l, j_l}."""
        return total(
            entry * x[z] * product(layer[i] for layer, i in zip(v, j, strict=True))
            for (z, *j), entry in self.tensor.entries.items()
        )

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """Slot after slot contracted, the last first, shape (d,)."""
        return contract(self.tensor, v)

    def data_tensor(self) -> DataTensor:
        """The tensor itself."""
        return self.tensor

    def odeco(self) -> OdecoForm | None:
        """Depth 1 with T^T of full column rank: S = T^T, U_1 = I. None otherwise."""
        if self.depth > 1:
            return None
        entries, d = self.tensor.entries, self.input_dim
        S = tuple(
            tuple(Cyclotomic.rational(entries.get((z, j), 0)) for z in range(d))
            for j in range(self.shapes[0])
        )
        if rank(S) < d:
            return None
        return OdecoForm(S=S, U=identity_form(self.shapes[0], 1).U)
