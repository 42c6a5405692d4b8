"""What every network offers, what linear tensor networks add, and the exact odeco form of those that have one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, overload, runtime_checkable

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.errors import Inconclusive

Layers = Sequence[Sequence[Any]]
"""v_1..v_L: one sequence of ring elements a layer (Fraction, sympy symbol or Poly, traced node, ball ...)."""


@dataclass(frozen=True)
class DataTensor:
    """M(x) = sum_z x_z T[z], sparse and exact.

    Attributes
    ----------
    input_dim : d
    shapes : (k_1, ..., k_L)
    entries : {(z, j_1, ..., j_L): Fraction}, indices from 0, zeros left out.

    Examples
    --------
    >>> from litproof.networks import Diagonal
    >>> sorted(Diagonal(2, 2).data_tensor().entries)
    [(0, 0, 0), (1, 1, 1)]
    """

    input_dim: int
    shapes: tuple[int, ...]
    entries: Mapping[tuple[int, ...], Fraction]


MOST_ENTRIES = 300_000
"""Entries of a data tensor that are written out: a second or so, and some hundred megabytes."""


def require_few_entries(count: int, most: int = MOST_ENTRIES) -> None:
    """Say at once that a data tensor is too large to be written out: `Inconclusive`, with its number of entries."""
    if count > most:
        raise Inconclusive(
            f"the data tensor has {count} entries; what needs them one by one is done up to {most}"
        )


class UnitVector(Sequence[Cyclotomic]):
    """A row of an identity matrix, which takes no room: 1 at one place, 0 elsewhere; equal to the tuple it stands for.

    Examples
    --------
    >>> UnitVector(3, 1) == (0, 1, 0), support(UnitVector(3, 1)) == [(1, 1)]
    (True, True)
    """

    def __init__(self, size: int, place: int) -> None:
        self.size, self.place = size, place

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, index: int) -> Cyclotomic: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Cyclotomic, ...]: ...

    def __getitem__(self, index: int | slice) -> Cyclotomic | tuple[Cyclotomic, ...]:
        if isinstance(index, slice):
            return tuple(self)[index]
        return _ONE if range(self.size)[index] == self.place else _ZERO

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple | UnitVector) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


_ZERO, _ONE = Cyclotomic.rational(0), Cyclotomic.rational(1)


def support(row: Sequence[Any]) -> list[tuple[int, Any]]:
    """The entries of a row that are not zero, with their places."""
    if isinstance(row, UnitVector):
        return [(row.place, _ONE)]
    return [(index, entry) for index, entry in enumerate(row) if entry]


@dataclass(frozen=True)
class OdecoForm:
    """M(x) = sum_j (S x)_j u_{1,j} (x) ... (x) u_{L,j} with exact entries (orthogonally decomposable).

    Attributes
    ----------
    S : m x d matrix of Cyclotomic, full column rank; rows are tuples or, of identity matrices, `UnitVector`.
    U : L matrices k_l x m of Cyclotomic, U_l^H U_l = I_m; likewise.

    Examples
    --------
    >>> from litproof.networks import Convolutional
    >>> form = Convolutional((3, 3)).odeco()
    >>> form.rank, form.is_real
    (3, False)
    """

    S: tuple[Sequence[Cyclotomic], ...]
    U: tuple[tuple[Sequence[Cyclotomic], ...], ...]

    @property
    def rank(self) -> int:
        """m, the number of components."""
        return len(self.S)

    @property
    def is_real(self) -> bool:
        """Whether every entry of S and U is real (decided exactly)."""
        matrices = (self.S, *self.U)
        return all(entry.is_real for matrix in matrices for row in matrix for _, entry in support(row))


def parameter_names(network: "Network") -> tuple[tuple[str, ...], ...]:
    """Names of the parameters, one tuple a layer: v[l,j] (layer, entry; matrices row by row), from 1.

    A network whose parameters have names of their own says so by an attribute `parameter_names`. Equations, laws,
    formulas, files and printed results all use these names.

    Examples
    --------
    >>> from litproof.networks import Diagonal
    >>> parameter_names(Diagonal(2, 2))
    (('v[1,1]', 'v[1,2]'), ('v[2,1]', 'v[2,2]'))
    """
    own: tuple[tuple[str, ...], ...] | None = getattr(network, "parameter_names", None)
    return own if own is not None else layer_names(network.shapes)


def layer_names(shapes: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """v[l,j] for layers of these sizes."""
    return tuple(tuple(f"v[{l},{j}]" for j in range(1, size + 1)) for l, size in enumerate(shapes, start=1))


class Network(Protocol):
    """A polynomial network f(x) = x^T beta(v), parameters always real: what every command needs.

    `coefficients` works over any commutative ring: it uses only +, -, * between entries of v and with Fraction or int.
    """

    def __hash__(self) -> int:
        """What was found out about a network is kept with it."""

    @property
    def kind(self) -> str:
        """Word used in problem files."""

    @property
    def shapes(self) -> tuple[int, ...]:
        """(k_1, ..., k_L), the number of entries of each parameter (matrices are flattened row by row)."""

    @property
    def input_dim(self) -> int:
        """d, the length of beta (matrix sensing: number of entries of a sensor matrix)."""

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """beta(v), length d, with f(x; v) = sum_z x_z beta_z(v)."""


@runtime_checkable
class MultilinearNetwork(Network, Protocol):
    """A linear tensor network f(x) = M(x) o (v_1, ..., v_L): beta is linear in each of the layers v_l.

    What is said about layers, their number (the depth) or the data tensor takes this protocol. `forward` works over
    any commutative ring, like `coefficients`.
    """

    @property
    def depth(self) -> int:
        """L."""

    def forward(self, x: Sequence[Any], v: Layers) -> Any:
        """f(x; v) by the network's own forward pass; x has length d."""

    def data_tensor(self) -> DataTensor:
        """The data tensor M in exact sparse form; Inconclusive where it is too large to be written out."""

    def odeco(self) -> OdecoForm | None:
        """The odeco form, or None when the network has none that is known."""
