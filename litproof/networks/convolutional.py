"""Circular convolutional networks with one channel and any filter sizes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as indices
from math import prod
from typing import Any

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.errors import InputError
from litproof.networks.base import DataTensor, Layers, OdecoForm, require_few_entries
from litproof.networks.diagonal import identity_form
from litproof.networks.ring import dot, total


@dataclass(frozen=True)
class Convolutional:
    """Layers h -> h (*) w, [h (*) w]_i = sum_{j<k} h_{(i+j) mod d} w_j (from 0), then an inner product.

    M(x)_{j_1..j_L} = x_{(j_1 + ... + j_L) mod d}. Source: Yun, Krishnan, Mobahi, arXiv 2010.02501.

    Attributes
    ----------
    filter_sizes : (k_1, ..., k_L), 1 <= k_l <= d = k_L.

    Raises InputError when the sizes break these bounds.

    Examples
    --------
    >>> Convolutional((2, 3)).forward((1, 0, 0), ((1, 2), (3, 4, 5)))
    13
    """

    filter_sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        key = "network.filter-sizes"
        if not self.filter_sizes:
            raise InputError("expected at least one filter size", key=key)
        d = self.filter_sizes[-1]
        for size in self.filter_sizes:
            if not 1 <= size <= d:
                raise InputError(
                    f"expected filter sizes from 1 to d = {d} (the last size), got {size}", key=key
                )

    def _repr_latex_(self) -> str:
        sizes = ", ".join(map(str, self.filter_sizes))
        hidden = r" \star ".join(["x", *(f"v_{{{l}}}" for l in range(1, self.depth))])
        return rf"$f(x) = \langle {hidden}, v_{{{self.depth}}} \rangle, \quad k = ({sizes})$"

    @property
    def kind(self) -> str:
        """Word used in problem files."""
        return "convolutional"

    @property
    def depth(self) -> int:
        """L."""
        return len(self.filter_sizes)

    @property
    def shapes(self) -> tuple[int, ...]:
        """(k_1, ..., k_L)."""
        return self.filter_sizes

    @property
    def input_dim(self) -> int:
        """Number d of inputs, the size of the last filter."""
        return self.filter_sizes[-1]

    def forward(self, x: Sequence[Any], v: Layers) -> Any:
        """Convolve with the filters one after the other, then the inner product with the last one."""
        d, hidden = self.input_dim, list(x)
        for w in v[:-1]:
            hidden = [dot([hidden[(i + j) % d] for j in range(len(w))], w) for i in range(d)]
        return dot(hidden, v[-1])

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """The transposed convolutions applied to v_L, last filter first, shape (d,)."""
        d, beta = self.input_dim, list(v[-1])
        for w in reversed(v[:-1]):
            beta = [total(beta[(i - j) % d] * w[j] for j in range(len(w))) for i in range(d)]
        return tuple(beta)

    def data_tensor(self) -> DataTensor:
        """Ones at (z; j_1, ..., j_L) with z = j_1 + ... + j_L mod d."""
        require_few_entries(prod(self.filter_sizes))
        d = self.input_dim
        positions = indices(*(range(size) for size in self.filter_sizes))
        return DataTensor(d, self.shapes, {(sum(j) % d, *j): Fraction(1) for j in positions})

    @property
    def is_complex(self) -> bool:
        """Whether an odeco form is known that is not real; quicker than the form itself."""
        return self.depth > 1 and self.input_dim > 2 and set(self.filter_sizes) == {self.input_dim}

    def odeco(self) -> OdecoForm | None:
        """For full-length filters U_l = F, S = d^((L-1)/2) F^*, F the unitary Fourier matrix; None otherwise.

        Exact over Q(zeta_4d). Depth 1 is the plain linear model: S = U_1 = I.
        """
        d = self.input_dim
        if self.depth == 1:
            return identity_form(d, 1)
        if any(size != d for size in self.filter_sizes):
            return None
        root = Cyclotomic.sqrt(d)
        roots = [Cyclotomic.root_of_unity(d, k) for k in range(d)]
        # d numbers fill the d^2 places: large fields have room for no more
        entries, duals = ([scale * w for w in roots] for scale in (root.inverse(), root ** (self.depth - 2)))
        fourier = tuple(tuple(entries[-j * k % d] for k in range(d)) for j in range(d))
        S = tuple(tuple(duals[j * k % d] for k in range(d)) for j in range(d))
        return OdecoForm(S=S, U=(fourier,) * self.depth)
