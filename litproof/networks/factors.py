"""What convolutions and other tensors become in orthonormal coordinates of their layers: products of few factors."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import Any

from litproof.networks.base import Layers
from litproof.networks.ring import product


@dataclass(frozen=True)
class OuterProducts:
    """beta = v_1 (x) ... (x) v_L, flattened, the first layer slowest: any tensor M(x) is a row of data.

    Attributes
    ----------
    shapes : (k_1, ..., k_L).

    Examples
    --------
    >>> OuterProducts((2, 2)).coefficients(((1, 2), (3, 5)))
    (3, 5, 6, 10)
    """

    shapes: tuple[int, ...]

    @property
    def kind(self) -> str:
        """Word for messages."""
        return "tensor"

    @property
    def input_dim(self) -> int:
        """k_1 ... k_L."""
        return prod(self.shapes)

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """All products, shape (k_1 ... k_L,)."""
        return tuple(reduce(lambda a, b: [x * y for x in a for y in b], map(list, v)))


@dataclass(frozen=True)
class ComplexProducts:
    """Entrywise products of layers of real and complex numbers: convolutions of full-length filters by frequencies.

    A layer has `real` real numbers, then `pairs` complex ones, real part before imaginary part; so has beta.

    Attributes
    ----------
    depth : L.

    Examples
    --------
    >>> ComplexProducts(2, 1, 1).coefficients(((2, 1, 2), (3, 1, 3)))  # (1 + 2i) (1 + 3i) = -5 + 5i
    (6, -5, 5)
    """

    depth: int
    real: int
    pairs: int

    @property
    def kind(self) -> str:
        """Word for messages."""
        return "convolutional"

    @property
    def input_dim(self) -> int:
        """Real numbers in a layer."""
        return self.real + 2 * self.pairs

    @property
    def shapes(self) -> tuple[int, ...]:
        """L times the same."""
        return (self.input_dim,) * self.depth

    def components(self, layer: Sequence[Any]) -> list[Sequence[Any]]:
        """The real numbers and the pairs of a layer."""
        pairs = [layer[i : i + 2] for i in range(self.real, self.input_dim, 2)]
        return [*([x] for x in layer[: self.real]), *pairs]

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """Products over the layers, shape (real + 2 pairs,)."""
        beta: list[Any] = []
        for factors in zip(*map(self.components, v), strict=True):
            if len(factors[0]) == 1:
                beta.append(product(x for (x,) in factors))
            else:
                whole = factors[0]
                for factor in factors[1:]:
                    whole = _times(whole, factor)
                beta += whole
        return tuple(beta)


def _times(a: Sequence[Any], b: Sequence[Any]) -> list[Any]:
    return [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
