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

from litproof.algebra.number_field import Coefficients, FieldElement, real_roots
from litproof.algebra.spectral import apply, spectral_blocks
from litproof.errors import InputError
from litproof.networks.base import MultilinearNetwork
from litproof.precision import ball_precision

if TYPE_CHECKING:
    from flint import arb

Matrix = tuple[tuple[Fraction, ...], ...]


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
        s, left, right = [], [], []
        for block, root in self._roots():
            singular = root.sqrt()
            for w, image, norm in zip(block.right, block.left, block.norms, strict=True):
                length = norm.at(root).sqrt()
                s.append(singular)
                right.append([entry.at(root) / length for entry in w])
                left.append([entry.at(root) / (length * singular) for entry in image])
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


def singular_form(matrix: Sequence[Sequence[Fraction]]) -> SingularForm:
    """The exact singular value decomposition of a rational matrix, at least 1 x 1 (rank 0: no blocks)."""
    M = tuple(tuple(row) for row in matrix)
    columns = list(zip(*M, strict=True))
    gram = [[sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0)) for b in columns] for a in columns]
    blocks = []
    for block in spectral_blocks([gram]):
        if block.modulus[0]:  # p(0) = 0 is the null space
            left = tuple(apply(M, w) for w in block.vectors)
            blocks.append(SingularBlock(block.modulus, block.vectors, left, block.norms))
    return SingularForm(M, tuple(blocks))


def point_matrix(network: MultilinearNetwork, x: Sequence[Fraction]) -> Matrix:
    """M(x), k_1 x k_2, of a two-layer network. InputError for another depth."""
    if network.depth != 2:
        raise InputError(f"expected a network of depth 2, got depth {network.depth}", key="network")
    tensor = network.data_tensor()
    rows = [[Fraction(0)] * tensor.shapes[1] for _ in range(tensor.shapes[0])]
    for (z, i, j), entry in tensor.entries.items():
        rows[i][j] += x[z] * entry
    return tuple(tuple(row) for row in rows)


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
