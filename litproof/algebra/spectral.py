"""Exact joint spectral decomposition of commuting symmetric rational matrices, one block a Galois orbit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count

from litproof.algebra.linear import identity
from litproof.algebra.number_field import Coefficients, FieldElement, from_poly, to_poly

Rows = Sequence[Sequence[Fraction]]


@dataclass(frozen=True)
class SpectralBlock:
    """A joint eigenspace over Q[t]/(p), and with it all its conjugates: p has deg p real roots.

    Attributes
    ----------
    modulus : p, monic and irreducible, constant term first.
    vectors : orthogonal basis of the eigenspace, each of n field elements, not normalised.
    norms : w^T w for each vector w.
    eigenvalues : the eigenvalue of each matrix of the family on this space.
    """

    modulus: Coefficients
    vectors: tuple[tuple[FieldElement, ...], ...]
    norms: tuple[FieldElement, ...]
    eigenvalues: tuple[FieldElement, ...]

    @property
    def degree(self) -> int:
        """Number of conjugate eigenspaces."""
        return len(self.modulus) - 1


def commutation_fault(matrices: Sequence[Rows]) -> str:
    """Words for the first matrix that is not symmetric or pair that does not commute, else empty."""
    for i, a in enumerate(matrices, 1):
        if any(a[r][c] != a[c][r] for r in range(len(a)) for c in range(r)):
            return f"matrix {i} is not symmetric"
    for i, a in enumerate(matrices):
        for j, b in enumerate(matrices[:i]):
            if _product(a, b) != _product(b, a):
                return f"matrices {j + 1} and {i + 1} do not commute"
    return ""


def spectral_blocks(matrices: Sequence[Rows]) -> tuple[SpectralBlock, ...]:
    """Joint eigenspaces of commuting symmetric n x n matrices (at least one); the dimensions add up to n.

    The characteristic polynomial of a combination A = sum_i c^i A_i that separates the joint eigenspaces is
    factored. With m its squarefree part, the projector for a root t of an irreducible factor p is
    [m(x)/(x - t)](A) / m'(t), a matrix over Q[t]/(p).
    ValueError when the matrices are not symmetric or do not commute.
    """
    if fault := commutation_fault(matrices):
        raise ValueError(fault)
    for c in count(1):  # ends: only finitely many c let two different eigenspaces coincide
        n = len(matrices[0])
        combined = [
            [sum((c**i * a[r][s] for i, a in enumerate(matrices)), Fraction(0)) for s in range(n)]
            for r in range(n)
        ]
        blocks = _blocks(combined, matrices)
        if blocks is not None:
            return blocks
    raise AssertionError("unreachable")


def _blocks(combined: Rows, matrices: Sequence[Rows]) -> tuple[SpectralBlock, ...] | None:
    from flint import fmpq, fmpq_mat

    n = len(combined)
    entries = [fmpq(q.numerator, q.denominator) for row in combined for q in row]
    _, factors = fmpq_mat(n, n, entries).charpoly().factor()
    squarefree = to_poly([1])
    for factor, _ in factors:
        squarefree *= factor
    powers = _powers(combined, squarefree.degree())
    blocks = []
    for factor, multiplicity in factors:
        modulus = from_poly(factor / factor.leading_coefficient())
        projector = _projector(modulus, from_poly(squarefree), powers)
        vectors, norms = _orthogonal_basis(projector, multiplicity)
        eigenvalues = []
        for matrix in matrices:
            value = _common_eigenvalue(matrix, vectors)
            if value is None:
                return None
            eigenvalues.append(value)
        blocks.append(SpectralBlock(modulus, vectors, norms, tuple(eigenvalues)))
    return tuple(blocks)


def _projector(modulus: Coefficients, m: Coefficients, powers: Sequence[Rows]) -> list[list[FieldElement]]:
    """P(t) = sum_k h_k(t) A^k / m'(t) with m(x)/(x - t) = sum_k h_k(t) x^k."""
    t = FieldElement.generator(modulus)
    quotient = [FieldElement.of(modulus, (m[-1],))]
    for coefficient in reversed(m[1:-1]):
        quotient.append(quotient[-1] * t + FieldElement.of(modulus, (coefficient,)))
    quotient.reverse()
    derivative = FieldElement.of(modulus, [k * c for k, c in enumerate(m)][1:])
    weights = [h / derivative for h in quotient]
    n = len(powers[0])
    zero = FieldElement.of(modulus, (0,))
    projector = [[zero] * n for _ in range(n)]
    for weight, power in zip(weights, powers, strict=True):
        for r in range(n):
            for s in range(n):
                if power[r][s]:
                    projector[r][s] = projector[r][s] + weight * power[r][s]
    return projector


def _orthogonal_basis(
    projector: list[list[FieldElement]], dimension: int
) -> tuple[tuple[tuple[FieldElement, ...], ...], tuple[FieldElement, ...]]:
    """Gram-Schmidt on the columns: w = P e_j has w^T w = P_jj, and P - w w^T / P_jj projects on the rest."""
    rest = [list(row) for row in projector]
    vectors, norms = [], []
    for _ in range(dimension):
        j = next(i for i in range(len(rest)) if rest[i][i])
        vector, norm = [row[j] for row in rest], rest[j][j]
        scaled = [entry / norm for entry in vector]
        rest = [
            [p - a * b for p, b in zip(row, scaled, strict=True)] for row, a in zip(rest, vector, strict=True)
        ]
        vectors.append(tuple(vector))
        norms.append(norm)
    return tuple(vectors), tuple(norms)


def _common_eigenvalue(matrix: Rows, vectors: Sequence[Sequence[FieldElement]]) -> FieldElement | None:
    """mu with A w = mu w for every w, or None."""
    eigenvalue: FieldElement | None = None
    for vector in vectors:
        image = apply(matrix, vector)
        pivot = next(i for i, entry in enumerate(vector) if entry)
        value = image[pivot] / vector[pivot]
        if any(a != value * b for a, b in zip(image, vector, strict=True)):
            return None
        if eigenvalue is not None and value != eigenvalue:
            return None
        eigenvalue = value
    return eigenvalue


def apply(matrix: Rows, vector: Sequence[FieldElement]) -> tuple[FieldElement, ...]:
    """A w for a rational matrix A and a vector w of field elements (length >= 1)."""
    result = []
    for row in matrix:
        value = vector[0] * row[0]
        for entry, factor in zip(vector[1:], row[1:], strict=True):
            if factor and entry:
                value = value + entry * factor
        result.append(value)
    return tuple(result)


def _powers(matrix: Rows, number: int) -> list[Rows]:
    """A^0, ..., A^(number - 1)."""
    powers: list[Rows] = [identity(len(matrix))]
    while len(powers) < number:
        powers.append(_product(powers[-1], matrix))
    return powers


def _product(a: Rows, b: Rows) -> Rows:
    columns = list(zip(*b, strict=True))
    return [
        [sum((p * q for p, q in zip(row, column, strict=True)), Fraction(0)) for column in columns]
        for row in a
    ]
