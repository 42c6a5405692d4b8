r"""Layered networks on what the data and the start span: fewer parameters, the same flow.

For f_i = <A_i, W_1 W_2 ... W_L> (fully connected: A_i = x_i, one column) the flow of a loss of the outputs is

    W_l' = -(W_1 ... W_{l-1})^T R (W_{l+1} ... W_L)^T,    R = sum_i s_i A_i,  s_i the slope of the loss.

Take subspaces U_l of R^{d_l}, l = 0..L: U_0 holds the columns of all A_i, U_L their rows, and between them

    W_l(0)^T U_{l-1} and W_{l+1}(0) U_{l+1} lie in U_l,    0 < l < L.

Then every W_l moves in U_{l-1} (x) U_l only. With orthonormal bases Q_l (rows) of the U_l, the matrices
Q_{l-1} W_l Q_l^T follow the flow of the same network on the data Q_0 A_i Q_L^T from Q_{l-1} W_l(0) Q_l^T, and
W_l(t) - W_l(0) = Q_{l-1}^T (its motion there) Q_l, isometrically. Proof: what is said of W_l(0) holds of W_l(t), as its
motion maps U_l into U_{l-1} and back; so the right side lies in U_{l-1} (x) U_l, and its coordinates there see only
those of the factors.

With n points in more than n dimensions the first layer moves in n of them; a hidden layer of depth 2 in n + 1 at most.
The bases come from rational vectors and their dimensions are exact; orthonormal bases have square roots, so that their
entries are rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import ball, dyadic, to_fmpq
from litproof.algebra.linear import (
    first_independent,
    gram,
    matrix_product,
    rank,
    rational_matrix,
    square_root_free,
)
from litproof.networks.base import Network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.ring import rows
from litproof.precision import ball_precision
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

Vector = tuple[Fraction, ...]
Basis = tuple[Vector, ...] | None
"""Rows that span a subspace; None for the whole space."""

LEAST_PARAMETERS = 100
"""Smaller networks are followed as they are."""

_GAIN = 0.8
"""Share of the parameters below which the smaller network is worth its rounded numbers."""

_MOST_PRODUCTS = 30_000_000
_MOST_VECTORS = 200
"""Exact products of images of the data, and vectors of a basis made orthonormal; beyond, no span is looked for."""

_MARGIN = 64
"""Bits beyond those asked for, to begin with."""


@dataclass(frozen=True)
class Span:
    """A problem on what its data and its start span.

    Attributes
    ----------
    given : the problem. problem : the smaller one, its data and start rounded.
    bases : orthonormal rows Q_0..Q_L, rounded; None for the whole space.
    radius : bound of the rounding of every number in `problem` and `bases`.
    """

    given: Problem
    problem: Problem
    bases: tuple[Basis, ...]
    radius: Fraction

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
        given, own = matrix_sizes(self.given.network), matrix_sizes(self.problem.network)
        result: list[Any] = []
        place = 0
        for l, start in enumerate(self.given.v0):
            (a, b), left, right = own[l : l + 2], self.bases[l], self.bases[l + 1]
            entries = rows(moves[place : place + a * b], b)
            place += a * b
            # Rows and columns that only fill a square up do not move.
            height, width = (
                len(q) if q is not None else d for q, d in zip((left, right), (a, b), strict=True)
            )
            move = matrix(height, width, [x for row in entries[:height] for x in row[:width]])
            if left is not None:
                move = matrix(given[l], height, [number(q[i]) for i in range(given[l]) for q in left]) * move
            if right is not None:
                move = move * matrix(width, given[l + 1], [number(x) for q in right for x in q])
            result += [x + to_fmpq(y) for x, y in zip(move.entries(), start, strict=True)]
        return result


def _balls() -> Any:
    from flint import arb_mat

    return arb_mat


def whole_space(problem: Problem) -> Span:
    """The span that is everything: the problem itself, nothing rounded."""
    return Span(problem, problem, (None,) * len(matrix_sizes(problem.network)), Fraction(0))


def is_large_and_layered(problem: Problem) -> bool:
    """Whether the network is a product of two or more matrices with `LEAST_PARAMETERS` or more."""
    network = problem.network
    layered = isinstance(network, FullyConnected | MatrixSensing) and network.depth > 1
    return layered and sum(network.shapes) >= LEAST_PARAMETERS


def matrix_sizes(network: Network) -> tuple[int, ...]:
    """d_0, ..., d_L of a network of matrices."""
    if isinstance(network, FullyConnected):
        return (network.input_dim, *network.widths, 1)
    assert isinstance(network, MatrixSensing)
    return (network.size,) * (network.depth + 1)


@lru_cache(maxsize=8)
def data_span(problem: Problem, bits: int) -> Span | None:
    """The problem on what its data and its start span, numbers rounded to about 2^-bits; None where little is gained.

    Only fully connected networks and matrix sensing with `LEAST_PARAMETERS` or more are looked at.

    Examples
    --------
    >>> from litproof.networks import FullyConnected
    >>> ones = [[1] * 200, [1] * 2]
    >>> problem = Problem(FullyConnected(100, (2,)), "regression", X=[[3, 4, *[0] * 98]], y=[1], scale=1, v=ones)
    >>> span = data_span(problem, 50)
    >>> span.problem.network.shapes, span.problem.X
    ((1, 1), ((Fraction(5, 1),),))
    """
    found = _smaller(problem) if is_large_and_layered(problem) else None
    if found is None:
        return None
    network, spaces = found
    margin = _MARGIN
    while True:
        with ball_precision(bits + margin):
            span = _rounded(problem, network, spaces, bits)
        if span is not None:
            return span
        margin *= 2


def spanned_network(problem: Problem) -> Network:
    """The network of `data_span`, or the one of the problem where it has none; nothing is rounded."""
    found = _smaller(problem) if is_large_and_layered(problem) else None
    return problem.network if found is None else found[0]


@lru_cache(maxsize=8)
def _smaller(problem: Problem) -> tuple[Network, list[Basis]] | None:
    """The smaller network and rational bases of U_0..U_L."""
    parameters, sizes = sum(problem.network.shapes), matrix_sizes(problem.network)
    if len(problem.X) * sizes[-1] * parameters > _MOST_PRODUCTS:
        return None
    spaces = _spaces(problem)
    counts = [d if space is None else len(space) for d, space in zip(sizes, spaces, strict=True)]
    if 0 in counts:
        return None
    network = _network(problem.network, counts)
    if sum(network.shapes) > _GAIN * parameters or max(len(space or ()) for space in spaces) > _MOST_VECTORS:
        return None
    return network, spaces


def _network(network: Network, counts: Sequence[int]) -> Network:
    if isinstance(network, FullyConnected):
        return FullyConnected(counts[0], tuple(counts[1:-1]))
    return MatrixSensing(len(counts) - 1, max(counts))


def _sensors(problem: Problem) -> list[list[Sequence[Fraction]]]:
    """A_i as rows."""
    return [rows(row, matrix_sizes(problem.network)[-1]) for row in problem.X]


def _spaces(problem: Problem) -> list[Basis]:
    """Rational bases of U_0..U_L."""
    sizes, sensors = matrix_sizes(problem.network), _sensors(problem)
    weights = [rows(layer, width) for layer, width in zip(problem.v0, sizes[1:], strict=True)]
    spaces: list[Basis] = [()] * len(sizes)
    spaces[0] = _grown((), [column for A in sensors for column in zip(*A, strict=True)], sizes[0])
    spaces[-1] = _grown((), [row for A in sensors for row in A], sizes[-1])
    while True:
        before = [size if space is None else len(space) for size, space in zip(sizes, spaces, strict=True)]
        for l in range(1, len(sizes) - 1):
            left, right = _filled(spaces[l - 1], sizes[l - 1]), _filled(spaces[l + 1], sizes[l + 1])
            back = list(zip(*weights[l], strict=True))
            reached = [*_images(left, weights[l - 1]), *_images(right, back)]
            spaces[l] = _grown(spaces[l], reached, sizes[l])
        if before == [
            size if space is None else len(space) for size, space in zip(sizes, spaces, strict=True)
        ]:
            return spaces


def _filled(space: Basis, size: int) -> Sequence[Sequence[Fraction]]:
    if space is not None:
        return space
    return [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]


def _images(vectors: Sequence[Sequence[Fraction]], matrix: Sequence[Sequence[Fraction]]) -> list[Vector]:
    return matrix_product(vectors, matrix) if vectors else []


def _grown(space: Basis, vectors: Sequence[Sequence[Fraction]], size: int) -> Basis:
    """A basis of the span of a basis and further vectors, taken from them."""
    if space is None:
        return None
    known = set(space)
    further: list[Vector] = [v for v in dict.fromkeys(map(tuple, vectors)) if any(v) and v not in known]
    if not further:
        return space
    together: list[Vector] = [*space, *further]
    chosen = first_independent(together)
    if len(chosen) == size:
        return None
    basis = tuple(together[i] for i in chosen)
    rest = [v for v in further if v not in set(basis)]
    # Independent modulo a prime is independent; that the others depend on these is decided over Q.
    if len(basis) < len(space) or (rest and rank([*basis, *rest]) > len(basis)):
        return None
    return basis


def _orthonormal(basis: Sequence[Vector]) -> arb_mat:
    """Gram and Schmidt: D^(-1/2) T^(-T) B for the Gram matrix T^T D T of the rows B."""
    from flint import arb_mat

    T, D = square_root_free(gram(basis))
    orthogonal = arb_mat(rational_matrix(list(zip(*T, strict=True)))).solve(arb_mat(rational_matrix(basis)))
    count, width = len(basis), len(basis[0])
    entries, lengths = orthogonal.entries(), [ball(d).sqrt() for d in D]
    return arb_mat(
        count, width, [entries[i * width + j] / lengths[i] for i in range(count) for j in range(width)]
    )


def _rounded(problem: Problem, network: Network, spaces: Sequence[Basis], bits: int) -> Span | None:
    """The span from orthonormal bases at flint's current precision; None where that is not enough."""
    from flint import arb_mat

    sizes, small = matrix_sizes(problem.network), matrix_sizes(network)
    try:
        Q = [None if space is None else _orthonormal(space) for space in spaces]
    except ZeroDivisionError:
        return None

    def turned(matrix: Any, l: int, m: int) -> Any:
        """Q_l matrix Q_m^T, filled up with zeros."""
        left, right = Q[l], Q[m]
        matrix = matrix if left is None else left * matrix
        matrix = matrix if right is None else matrix * right.transpose()
        height, width = small[l], small[m]
        entries = [[*row, *[0] * (width - len(row))] for row in matrix.tolist()]
        entries += [[0] * width] * (height - len(entries))
        return arb_mat(entries)

    last = len(sizes) - 1
    data = [turned(arb_mat(rational_matrix(A)), 0, last) for A in _sensors(problem)]
    layers = [
        turned(arb_mat(rational_matrix(rows(layer, sizes[l + 1]))), l, l + 1)
        for l, layer in enumerate(problem.v0)
    ]
    numbers = [*data, *layers, *(q for q in Q if q is not None)]
    # The midpoints are rounded to 2^-bits below; the radii have the rest.
    if not all(
        entry.rad() < ball(Fraction(1, 2 << bits)) for matrix in numbers for entry in matrix.entries()
    ):
        return None

    def nearest(matrix: Any) -> Vector:
        return tuple(Fraction(round(dyadic(entry) * (1 << bits)), 1 << bits) for entry in matrix.entries())

    smaller = replace(
        problem,
        network=network,
        X=tuple(map(nearest, data)),
        scale=Fraction(1),
        v=tuple(map(nearest, layers)),
    )
    bases = tuple(None if q is None else tuple(map(tuple, rows(nearest(q), q.ncols()))) for q in Q)
    return Span(problem, smaller, bases, Fraction(1, 1 << bits))
