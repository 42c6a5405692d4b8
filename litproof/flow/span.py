"""A problem in orthonormal coordinates of subspaces in which its layers move; their numbers are rounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from litproof.algebra.balls import ball, dyadic, to_fmpq
from litproof.algebra.linear import gram, rational_matrix, square_root_free
from litproof.networks.base import Network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.ring import rows
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

Vector = tuple[Fraction, ...]
Basis = tuple[Vector, ...] | None
"""Rows that span a subspace; None for the whole space."""


def layer_sizes(network: Network) -> list[tuple[int, int]]:
    """Rows and columns of every layer: of the matrices of a product, of columns elsewhere."""
    if isinstance(network, FullyConnected):
        return list(pairwise((network.input_dim, *network.widths, 1)))
    if isinstance(network, MatrixSensing):
        return [(network.size, network.size)] * network.depth
    return [(size, 1) for size in network.shapes]


class Found(NamedTuple):
    """A smaller network, and the problem on it from the bits of its numbers, at flint's current precision.

    rounded(bits) is None where that precision is not enough.
    """

    network: Network
    rounded: Callable[[int], Span | None]


@dataclass(frozen=True)
class Span:
    """A problem on what its data and its start span.

    Attributes
    ----------
    given : the problem. problem : the smaller one, its data and start rounded.
    sides : for each layer W orthonormal rows Q and R, rounded, None for the whole space; Q W R^T is the layer of the
        smaller problem, filled up with zeros where that has more rows or columns.
    radius : bound of the rounding of every number in `problem` and `sides`.
    """

    given: Problem
    problem: Problem
    sides: tuple[tuple[Basis, Basis], ...]
    radius: Fraction

    @property
    def description(self) -> str:
        """Where the flow is followed, for the report."""
        moving, given = (sum(p.network.shapes) for p in (self.problem, self.given))
        return f"in the {moving} of {given} dimensions that data and start span"

    def parameters(self, theta: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """The parameters of the given problem at those of the smaller one, as exact as the bases."""
        start = [x for layer in self.problem.v0 for x in layer]
        moves = [to_fmpq(b - a) for a, b in zip(start, theta, strict=True)]
        return tuple(Fraction(int(x.p), int(x.q)) for x in self.embedded(moves, to_fmpq))

    def embedded(self, moves: Sequence[Any], number: Callable[[Fraction], Any]) -> list[Any]:
        """The parameters of the given problem after a motion of the smaller one's, in any field.

        number : from an entry of a basis; for balls, one of this radius.
        """
        matrix = type(rational_matrix([[1]])) if number is to_fmpq else _balls()
        turns: dict[int, Any] = {}

        def turn(basis: Sequence[Vector]) -> Any:
            """The basis as a matrix, once for all layers that it belongs to."""
            if id(basis) not in turns:
                entries = {x: number(x) for row in basis for x in row}
                turns[id(basis)] = matrix(
                    len(basis), len(basis[0]), [entries[x] for row in basis for x in row]
                )
            return turns[id(basis)]

        result: list[Any] = []
        place = 0
        own = layer_sizes(self.problem.network)
        for start, (a, b), (left, right) in zip(self.given.v0, own, self.sides, strict=True):
            entries = rows(moves[place : place + a * b], b)
            place += a * b
            # Rows and columns that only fill a square up do not move.
            height, width = (
                len(q) if q is not None else d for q, d in zip((left, right), (a, b), strict=True)
            )
            move = matrix(height, width, [x for row in entries[:height] for x in row[:width]])
            if left is not None:
                move = turn(left).transpose() * move
            if right is not None:
                move = move * turn(right)
            result += [x + to_fmpq(y) for x, y in zip(move.entries(), start, strict=True)]
        return result


def _balls() -> Any:
    from flint import arb_mat

    return arb_mat


def whole_space(problem: Problem) -> Span:
    """The span that is everything: the problem itself, nothing rounded."""
    return Span(problem, problem, ((None, None),) * len(problem.v0), Fraction(0))


def orthonormal(basis: Sequence[Vector]) -> arb_mat:
    """Gram and Schmidt: D^(-1/2) T^(-T) B for the Gram matrix T^T D T of the rows B, in balls.

    Raises ZeroDivisionError where flint's current precision is not enough.
    """
    from flint import arb_mat

    T, D = square_root_free(gram(basis))
    orthogonal = arb_mat(rational_matrix(list(zip(*T, strict=True)))).solve(arb_mat(rational_matrix(basis)))
    count, width = len(basis), len(basis[0])
    entries, lengths = orthogonal.entries(), [ball(d).sqrt() for d in D]
    return arb_mat(
        count, width, [entries[i * width + j] / lengths[i] for i in range(count) for j in range(width)]
    )


def all_nearest(vectors: Sequence[Sequence[Any]], bits: int) -> tuple[Vector, ...] | None:
    """Balls, or exact numbers, rounded to 2^-bits, good to as much; None where they are not known so well."""
    from flint import arb

    # The midpoints are rounded to half of it; the radii have the rest.
    widest = ball(Fraction(1, 2 << bits))
    balls = [[arb(entry) for entry in vector] for vector in vectors]
    if not all(entry.rad() < widest for vector in balls for entry in vector):
        return None
    return tuple(
        tuple(Fraction(round(dyadic(entry) * (1 << bits)), 1 << bits) for entry in vector) for vector in balls
    )
