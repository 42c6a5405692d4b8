"""Two layers, one data point: the exact odeco form of any M(x) through its singular value decomposition.

M = U_1 diag(s) U_2^T with s_j = sqrt(lambda_j), lambda_j the positive eigenvalues of M^T M. Everything is
kept exact in the fields Q(lambda): right vectors w, left vectors M w, N = w^T w; then u_2 = w / sqrt(N) and
u_1 = M w / (s sqrt(N)).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from litproof.algebra.linear import gram
from litproof.algebra.number_field import Coefficients, FieldElement, real_roots
from litproof.algebra.spectral import apply, spectral_blocks
from litproof.errors import Inconclusive
from litproof.networks.point_matrix import Matrix, matrix_parts
from litproof.precision import ball_precision

if TYPE_CHECKING:
    from flint import arb


@dataclass(frozen=True)
class SingularBlock:
    """Singular triples over one irreducible factor p of the characteristic polynomial of M^T M, p(0) != 0.

    Attributes
    ----------
    modulus : p; its roots lambda = s^2 are positive.
    right, left : orthogonal vectors w (k_2 entries) and M w (k_1 entries) over Q(lambda).
    norms : w^T w.
    """

    modulus: Coefficients
    right: tuple[tuple[FieldElement, ...], ...]
    left: tuple[tuple[FieldElement, ...], ...]
    norms: tuple[FieldElement, ...]


@dataclass(frozen=True)
class SingularBalls:
    """Enclosures of s (m), U_1 (k_1 x m), U_2 (k_2 x m) as flint arb numbers; components block by block."""

    s: tuple[arb, ...]
    U1: tuple[tuple[arb, ...], ...]
    U2: tuple[tuple[arb, ...], ...]


@dataclass(frozen=True)
class SingularForm:
    """The exact singular value decomposition of a rational k_1 x k_2 matrix M of rank m.

    Components are numbered block by block, in a block by ascending lambda, for each lambda by vector.
    """

    matrix: Matrix
    blocks: tuple[SingularBlock, ...]

    @property
    def rank(self) -> int:
        """m, the number of non-zero singular values with multiplicity."""
        return sum((len(block.modulus) - 1) * len(block.right) for block in self.blocks)

    def balls(self, bits: int) -> SingularBalls:
        """Enclosures: s with relative, U_1, U_2 with absolute error below 2^-bits; certified isolation."""
        work = bits + 32
        while True:
            with ball_precision(work):
                balls = self._balls()
            entries = [entry for matrix in (balls.U1, balls.U2) for row in matrix for entry in row]
            if all(_narrow(e, bits) for e in entries) and all(s.rel_accuracy_bits() >= bits for s in balls.s):
                return balls
            work *= 2

    def _balls(self) -> SingularBalls:
        from flint import arb

        s, left, right, zero = [], [], [], arb(0)
        for block, root in self._roots():
            singular = root.sqrt()
            for w, image, norm in zip(block.right, block.left, block.norms, strict=True):
                length = norm.at(root).sqrt()
                s.append(singular)
                right.append([entry.at(root) / length if entry else zero for entry in w])
                left.append([entry.at(root) / (length * singular) if entry else zero for entry in image])
        k1, k2 = len(self.matrix), len(self.matrix[0])
        U1 = tuple(tuple(column[i] for column in left) for i in range(k1))
        U2 = tuple(tuple(column[i] for column in right) for i in range(k2))
        return SingularBalls(tuple(s), U1, U2)

    def _roots(self) -> Iterator[tuple[SingularBlock, arb]]:
        for block in self.blocks:
            for root in real_roots(block.modulus):
                yield block, root

    def cancellations(self, v1: Sequence[Fraction], v2: Sequence[Fraction]) -> tuple[tuple[bool, bool], ...]:
        """For each component whether eta_1 + eta_2 = 0, and whether eta_1 - eta_2 = 0, for eta_l = u_l^T v_l.

        Exact: with a = (M w)^T v_1 and b = w^T v_2 this is a = -+ s b; a^2 = lambda b^2 is decided in
        Q(lambda), the sign of a b by balls.
        """
        result = []
        for block in self.blocks:
            t = FieldElement.generator(block.modulus)
            pairs = []
            for w, image in zip(block.right, block.left, strict=True):
                a, b = apply([v1], image)[0], apply([v2], w)[0]
                pairs.append((a, b, a * a == t * b * b))
            for index in range(len(block.modulus) - 1):
                for a, b, equal in pairs:
                    sign = _sign(a * b, index) if equal else 0
                    both = equal and not a
                    result.append((both or sign < 0, both or sign > 0))
        return tuple(result)


MOST = 40
"""Rows or columns, whichever are fewer, of a part of a matrix that is decomposed exactly: minutes."""


def singular_form(matrix: Sequence[Sequence[Fraction]]) -> SingularForm:
    """The exact singular value decomposition of a rational matrix, at least 1 x 1 (rank 0: no blocks).

    Raises Inconclusive where a connected part of the matrix is larger than `MOST`.
    """
    M = tuple(tuple(row) for row in matrix)
    found: dict[Coefficients, list[_Triple]] = {}
    known: dict[Matrix, list[tuple[Coefficients, _Triple]]] = {}
    for part in matrix_parts(M):
        if part.entries not in known:
            known[part.entries] = list(_triples(part.entries))
        for modulus, (w, image, norm) in known[part.entries]:
            triple = _spread(w, part.columns, len(M[0])), _spread(image, part.rows, len(M)), norm
            found.setdefault(modulus, []).append(triple)
    return SingularForm(
        M, tuple(SingularBlock(modulus, *zip(*triples, strict=True)) for modulus, triples in found.items())
    )


_Triple = tuple[tuple[FieldElement, ...], tuple[FieldElement, ...], FieldElement]
"""w, M w and w^T w."""


def _triples(M: Matrix) -> Iterator[tuple[Coefficients, _Triple]]:
    """The singular triples of a connected matrix, from M^T M or M M^T, whichever is smaller."""
    columns = tuple(zip(*M, strict=True))
    wide = len(columns) > len(M)
    few, many = (M, columns) if wide else (columns, M)
    if len(few) > MOST:
        raise Inconclusive(
            f"a part of M(x) has {len(M)} rows and {len(columns)} columns; its singular values are found exactly up to "
            f"{MOST} of one of them"
        )
    for block in spectral_blocks([gram(few)]):
        if not block.modulus[0]:  # p(0) = 0 is the null space
            continue
        t = FieldElement.generator(block.modulus)
        for vector, norm in zip(block.vectors, block.norms, strict=True):
            image = apply(many, vector)
            if wide:  # w = M^T u, M w = lambda u
                yield block.modulus, (image, tuple(t * entry for entry in vector), t * norm)
            else:
                yield block.modulus, (vector, image, norm)


def _spread(entries: Sequence[FieldElement], places: Sequence[int], size: int) -> tuple[FieldElement, ...]:
    """The entries at their places, 0 elsewhere."""
    whole = [FieldElement.of(entries[0].modulus, (0,))] * size
    for place, entry in zip(places, entries, strict=True):
        whole[place] = entry
    return tuple(whole)


def _narrow(value: arb, bits: int) -> bool:
    return bool(value.rad() * 2**bits < 1)


def _sign(element: FieldElement, index: int) -> int:
    """Sign of the conjugate at the root number `index`; a non-zero element has no zero conjugate."""
    bits = 64
    while element:
        with ball_precision(bits):
            value = element.at(real_roots(element.modulus)[index])
            if value > 0:
                return 1
            if value < 0:
                return -1
        bits *= 2
    return 0
