"""Deep matrix sensing with commuting sensors: the exact reduction to a diagonal network.

If A_i = Q diag(lambda_i) Q^T and W_l(0) = Q diag(mu_l) Q^T, the flow keeps W_l = Q diag(eta_l) Q^T and the
eta_l follow a diagonal network with rows lambda_i. Source: Gunasekar et al. 2017; arXiv 2010.02501.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from litproof.algebra.number_field import real_roots
from litproof.algebra.spectral import SpectralBlock, commutation_fault, spectral_blocks
from litproof.errors import HypothesisError
from litproof.networks.ring import rows
from litproof.precision import ball_precision

if TYPE_CHECKING:
    from flint import arb

Flat = Sequence[Fraction]


@dataclass(frozen=True)
class RationalReduction:
    """The diagonal network when every eigenvalue is rational (Q may hold square roots; it is not needed).

    Attributes
    ----------
    X : n x k, eigenvalues lambda_i of the sensors.
    v : L x k, eigenvalues mu_l of the layers.
    projectors : k matrices q_j q_j^T, k^2 fractions each, row by row: beta = sum_j rho_j projectors[j].
    """

    X: tuple[tuple[Fraction, ...], ...]
    v: tuple[tuple[Fraction, ...], ...]
    projectors: tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class BallReduction:
    """The diagonal network in flint arb numbers: X (n x k), v (L x k) and the orthogonal Q (k x k)."""

    X: tuple[tuple[arb, ...], ...]
    v: tuple[tuple[arb, ...], ...]
    Q: tuple[tuple[arb, ...], ...]


@dataclass(frozen=True)
class CommutingForm:
    """Sensors and layers diagonalised together, exactly; numbered block by block, by ascending root.

    Attributes
    ----------
    sensors, layers : how many matrices of each there are (n and L).
    blocks : joint eigenspaces; `eigenvalues` lists the sensors first, then the layers.
    """

    sensors: int
    layers: int
    blocks: tuple[SpectralBlock, ...]

    @property
    def is_rational(self) -> bool:
        """Whether all joint eigenvalues are rational."""
        return all(block.degree == 1 for block in self.blocks)

    def rational(self) -> RationalReduction:
        """The exact diagonal network; HypothesisError when an eigenvalue is irrational (use `balls`)."""
        if not self.is_rational:
            raise HypothesisError("the joint eigenvalues of the sensors and layers are not all rational")
        table, projectors = [], []
        for block in self.blocks:
            for vector, norm in zip(block.vectors, block.norms, strict=True):
                w, length = [entry.coefficients[0] for entry in vector], norm.coefficients[0]
                table.append([value.coefficients[0] for value in block.eigenvalues])
                projectors.append(tuple(a * b / length for a in w for b in w))
        values = tuple(zip(*table, strict=True))
        return RationalReduction(values[: self.sensors], values[self.sensors :], tuple(projectors))

    def balls(self, bits: int) -> BallReduction:
        """Enclosures with radius below 2^-bits (times 1 + modulus); roots isolated rigorously."""
        work = bits + 32
        while True:
            with ball_precision(work):
                table, columns = [], []
                for block in self.blocks:
                    for root in real_roots(block.modulus):
                        for vector, norm in zip(block.vectors, block.norms, strict=True):
                            length = norm.at(root).sqrt()
                            table.append([value.at(root) for value in block.eigenvalues])
                            columns.append([entry.at(root) / length for entry in vector])
                narrow = all(
                    bool(e.rad() * 2**bits < 1 + abs(e).lower()) for line in (*table, *columns) for e in line
                )
            if narrow:
                values = tuple(zip(*table, strict=True))
                Q = tuple(zip(*columns, strict=True))
                return BallReduction(values[: self.sensors], values[self.sensors :], Q)
            work *= 2


def commuting_form(sensors: Sequence[Flat], layers: Sequence[Flat], size: int) -> CommutingForm:
    """Diagonalise n sensors and L layers (each k^2 fractions row by row, k = size) together.

    HypothesisError names the first matrix that is not symmetric, or the first pair that does not commute;
    matrices 1..n are the sensors, n+1..n+L the layers.
    """
    matrices = [rows(flat, size) for flat in (*sensors, *layers)]
    if fault := commutation_fault(matrices):
        raise HypothesisError(f"sensors and layers must be symmetric and commute, but {fault}")
    return CommutingForm(len(sensors), len(layers), spectral_blocks(matrices))
