"""Networks given by their odeco form, real or complex."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from itertools import product as indices
from math import prod
from operator import mul
from typing import Any

from litproof.algebra.cyclotomic import Cyclotomic, Rational
from litproof.algebra.linear import rank
from litproof.errors import InputError
from litproof.networks.base import DataTensor, Layers, OdecoForm, require_few_entries
from litproof.networks.ring import total, weighted

Entries = tuple[tuple[Cyclotomic, ...], ...]


def exact_matrix(rows: Sequence[Sequence[Rational]]) -> Entries:
    """A rational matrix with entries in the cyclotomic numbers."""
    return tuple(tuple(Cyclotomic.rational(entry) for entry in row) for row in rows)


MOST_ENTRIES = 50_000
"""Entries of a data tensor that are multiplied out: some seconds."""


@dataclass(frozen=True)
class Odeco:
    """f(x) = sum_j (S x)_j prod_l (U_l^T v_l)_j with U_l^H U_l = I_m, S of full column rank, M(x) real.

    The components of v_l that U_l^T does not see (k_l > m) never move. Source: arXiv 2010.02501.

    Attributes
    ----------
    S : m x d, rational or Gaussian-rational entries.
    U : L matrices k_l x m, likewise.

    Raises InputError for unfitting shapes, columns of U_l that are not orthonormal, S of deficient column
    rank, an entry outside Q(i), or a data tensor that is not real.

    Examples
    --------
    >>> from fractions import Fraction
    >>> U = ((Fraction(3, 5), Fraction(4, 5)), (Fraction(-4, 5), Fraction(3, 5)))
    >>> network = Odeco.from_rationals([[1, 2], [0, 1]], [U, U])
    >>> [int(b) for b in network.coefficients(((5, 0), (0, 5)))]
    [-12, -12]
    """

    S: Entries
    U: tuple[Entries, ...]

    def __post_init__(self) -> None:
        m = len(self.S)
        if not m or not self.S[0] or any(len(row) != len(self.S[0]) for row in self.S):
            raise InputError("expected an m x d matrix, m, d >= 1", key="network.S")
        if not self.U:
            raise InputError("expected at least one matrix U_1", key="network.U")
        for layer, matrix in enumerate(self.U, 1):
            if not matrix or any(len(row) != m for row in matrix):
                raise InputError(f"expected U_{layer} with m = {m} columns (the rows of S)", key="network.U")
        for key, matrices in (("network.S", (self.S,)), ("network.U", self.U)):
            entries = (entry for matrix in matrices for row in matrix for entry in row)
            for entry in entries:
                if not (entry.real.is_rational and entry.imag.is_rational):
                    raise InputError(f"expected rational or Gaussian-rational entries, got {entry}", key=key)
        for layer, matrix in enumerate(self.U, 1):
            if fault := first_orthonormality_fault(matrix):
                raise InputError(f"expected orthonormal columns in U_{layer}, but {fault}", key="network.U")
        if (column_rank := rank(self.S)) < self.input_dim:
            raise InputError(
                f"expected full column rank {self.input_dim}, got rank {column_rank}", key="network.S"
            )
        if not self.odeco().is_real:
            self._require_real()

    @classmethod
    def from_rationals(
        cls, S: Sequence[Sequence[Rational]], U: Sequence[Sequence[Sequence[Rational]]]
    ) -> "Odeco":
        """The network with rational S (m x d) and U_l (k_l x m), integers or fractions."""
        return cls(exact_matrix(S), tuple(map(exact_matrix, U)))

    def _repr_latex_(self) -> str:
        factors = r" \, ".join(rf"(U_{{{l}}}^T v_{{{l}}})_j" for l in range(1, self.depth + 1))
        real = "" if self.odeco().is_real else r"\operatorname{Re} "
        return rf"$f(x) = {real}\sum_{{j=1}}^{{{len(self.S)}}} (S x)_j \, {factors}$"

    @property
    def kind(self) -> str:
        """Word used in problem files."""
        return "odeco"

    @property
    def depth(self) -> int:
        """L."""
        return len(self.U)

    @property
    def shapes(self) -> tuple[int, ...]:
        """(k_1, ..., k_L)."""
        return tuple(len(matrix) for matrix in self.U)

    @property
    def input_dim(self) -> int:
        """Number d of inputs."""
        return len(self.S[0])

    def forward(self, x: Sequence[Any], v: Layers) -> Any:
        """Real part of sum_j (S x)_j rho_j, computed with pairs (real part, imaginary part)."""
        terms = []
        for component, reduced in zip(self._inputs, self._reduced(v), strict=True):
            re, im = weighted(component[0], x), weighted(component[1], x)
            terms.append(_real_part_of_product((re, im), reduced))
        return total(terms)

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """beta = Re S^T rho, rho_j = prod_l (U_l^T v_l)_j, shape (d,)."""
        reduced = self._reduced(v)
        re = [r[0] for r in reduced]
        im = [r[1] for r in reduced]
        beta = []
        for z in range(self.input_dim):
            real = weighted([component[0][z] for component in self._inputs], re)
            imaginary = weighted([component[1][z] for component in self._inputs], im)
            beta.append(_difference(real, imaginary))
        return tuple(beta)

    def data_tensor(self) -> DataTensor:
        """M(x) = sum_j (S x)_j u_{1,j} (x) ... (x) u_{L,j}, multiplied out; Inconclusive beyond MOST_ENTRIES."""
        return DataTensor(self.input_dim, self.shapes, self._real_entries)

    def odeco(self) -> OdecoForm:
        """(S, U) as given."""
        return OdecoForm(S=self.S, U=self.U)

    @cached_property
    def _inputs(self) -> list[tuple[list[Fraction], list[Fraction]]]:
        """Rows of S, real and imaginary parts."""
        return [_parts(row) for row in self.S]

    def _reduced(self, v: Layers) -> list[tuple[Any, Any]]:
        """rho_j as pairs (real part, imaginary part); an imaginary part that is zero is the integer 0."""
        result = []
        for j in range(len(self.S)):
            rho: tuple[Any, Any] | None = None
            for matrix, layer in zip(self.U, v, strict=True):
                re, im = _parts([row[j] for row in matrix])
                eta = (weighted(re, layer), weighted(im, layer))
                rho = eta if rho is None else _product(rho, eta)
            assert rho is not None
            result.append(rho)
        return result

    @property
    def _entries(self) -> int:
        """Entries of the data tensor, zeros included."""
        return self.input_dim * prod(self.shapes)

    def _require_real(self) -> None:
        """Refuse a data tensor that is not real, whatever its size.

        With orthonormal u_{l,j} the slice T of input z has |T|^2 = sum_j |S_jz|^2, and its bilinear product with
        itself is T . T = sum_jk S_jz S_kz prod_l (u_{l,j}^T u_{l,k}). |T - conj T|^2 = 2 |T|^2 - 2 Re T . T vanishes
        exactly for real T.
        """
        m, zero, one = len(self.S), Cyclotomic.rational(0), Cyclotomic.rational(1)
        columns = [list(zip(*matrix, strict=True)) for matrix in self.U]
        products = [
            [reduce(mul, (sum(map(mul, u[j], u[k]), zero) for u in columns), one) for k in range(m)]
            for j in range(m)
        ]
        for z, column in enumerate(zip(*self.S, strict=True), start=1):
            square = sum((entry * entry.conjugate() for entry in column), zero)
            product = sum((column[j] * column[k] * products[j][k] for j in range(m) for k in range(m)), zero)
            if square.real != product.real:
                if self._entries <= MOST_ENTRIES:
                    self.data_tensor()  # names the entry
                raise InputError(
                    f"expected a real data tensor, but its entries for input {z} are not all real",
                    key="network",
                )

    @cached_property
    def _real_entries(self) -> dict[tuple[int, ...], Fraction]:
        require_few_entries(self._entries, MOST_ENTRIES)
        entries = {}
        ranges = [range(size) for size in (self.input_dim, *self.shapes)]
        for z, *j in indices(*ranges):
            value = Cyclotomic.rational(0)
            for component in range(len(self.S)):
                term = self.S[component][z]
                for matrix, i in zip(self.U, j, strict=True):
                    term = term * matrix[i][component]
                value = value + term
            if not value.is_real:
                place = ", ".join(str(i + 1) for i in (z, *j))
                raise InputError(
                    f"expected a real data tensor, but its entry [{place}] is {value}", key="network"
                )
            if value:
                entries[(z, *j)] = value.to_fraction()
        return entries


def first_orthonormality_fault(matrix: Sequence[Sequence[Cyclotomic]]) -> str:
    """Words for the first pair of columns whose inner product is not that of I; empty when U^H U = I."""
    columns = list(zip(*matrix, strict=True))
    for i, a in enumerate(columns):
        for j, b in enumerate(columns[i:], i):
            inner = sum((p.conjugate() * q for p, q in zip(a, b, strict=True)), Cyclotomic.rational(0))
            if inner != (i == j):
                return f"the inner product of columns {i + 1} and {j + 1} is {inner}, not {int(i == j)}"
    return ""


def _parts(values: Sequence[Cyclotomic]) -> tuple[list[Fraction], list[Fraction]]:
    return [value.real.to_fraction() for value in values], [value.imag.to_fraction() for value in values]


def _is_zero(value: Any) -> bool:
    """Whether `value` is the integer 0 that stands for an empty sum (ring elements are never compared)."""
    return isinstance(value, int) and value == 0


def _times(a: Any, b: Any) -> Any:
    return 0 if _is_zero(a) or _is_zero(b) else a * b


def _difference(a: Any, b: Any) -> Any:
    return a if _is_zero(b) else a - b


def _sum(a: Any, b: Any) -> Any:
    return b if _is_zero(a) else a if _is_zero(b) else a + b


def _real_part_of_product(a: tuple[Any, Any], b: tuple[Any, Any]) -> Any:
    return _difference(_times(a[0], b[0]), _times(a[1], b[1]))


def _product(a: tuple[Any, Any], b: tuple[Any, Any]) -> tuple[Any, Any]:
    imaginary = _sum(_times(a[0], b[1]), _times(a[1], b[0]))
    return _real_part_of_product(a, b), imaginary
