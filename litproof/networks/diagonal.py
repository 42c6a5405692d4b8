"""Diagonal networks: entrywise products of the layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from litproof.errors import InputError
from litproof.networks.base import DataTensor, Layers, OdecoForm, UnitVector
from litproof.networks.ring import product, total


def identity_form(size: int, depth: int) -> OdecoForm:
    """S = I and U_l = I: the form of a diagonal network, and of the plain linear model (depth 1)."""
    identity = tuple(UnitVector(size, place) for place in range(size))
    return OdecoForm(S=identity, U=(identity,) * depth)


@dataclass(frozen=True)
class Diagonal:
    """f(x) = sum_j x_j prod_l v_{l,j}; M(x) has x_j at (j, ..., j) and 0 elsewhere.

    Attributes
    ----------
    depth : L >= 1.
    width : d = k_1 = ... = k_L >= 1.

    Raises InputError for a depth or width below 1.

    Examples
    --------
    >>> Diagonal(2, 2).coefficients(((1, 2), (3, 4)))
    (3, 8)
    """

    depth: int
    width: int

    def __post_init__(self) -> None:
        if self.depth < 1:
            raise InputError(f"expected a depth of at least 1, got {self.depth}", key="network.depth")
        if self.width < 1:
            raise InputError(f"expected a width of at least 1, got {self.width}", key="network")

    def _repr_latex_(self) -> str:
        return rf"$f(x) = \sum_{{j=1}}^{{{self.width}}} x_j \prod_{{l=1}}^{{{self.depth}}} v_{{l,j}}$"

    @property
    def kind(self) -> str:
        """Word used in problem files."""
        return "diagonal"

    @property
    def shapes(self) -> tuple[int, ...]:
        """(d, ..., d)."""
        return (self.width,) * self.depth

    @property
    def input_dim(self) -> int:
        """Number d of inputs."""
        return self.width

    def forward(self, x: Sequence[Any], v: Layers) -> Any:
        """Layer after layer h <- h * v_l entrywise, at last the sum."""
        hidden = list(x)
        for layer in v:
            hidden = [h * w for h, w in zip(hidden, layer, strict=True)]
        return total(hidden)

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """Entrywise product of the layers, shape (d,)."""
        return tuple(product(entries) for entries in zip(*v, strict=True))

    def data_tensor(self) -> DataTensor:
        """Ones at (z; z, ..., z)."""
        entries = {(z,) * (self.depth + 1): Fraction(1) for z in range(self.width)}
        return DataTensor(self.width, self.shapes, entries)

    def odeco(self) -> OdecoForm:
        """S = I, U_l = I."""
        return identity_form(self.width, self.depth)
