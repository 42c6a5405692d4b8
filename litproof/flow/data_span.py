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

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

from litproof.algebra.linear import first_independent, matrix_product, rank, rational_matrix
from litproof.flow.span import Basis, Found, Span, Vector, all_nearest, layer_sizes, orthonormal
from litproof.flow.tensor_span import spanned_tensor
from litproof.networks.base import Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.ring import rows
from litproof.networks.tensor import TensorNetwork
from litproof.precision import ball_precision
from litproof.problem import Problem

LEAST_PARAMETERS = 100
"""Smaller networks are followed as they are."""

_GAIN = 0.8
"""Share of the parameters below which the smaller network is worth its rounded numbers."""

_MOST_PRODUCTS = 30_000_000
_MOST_VECTORS = 200
"""Exact products of images of the data, and vectors of a basis made orthonormal; beyond, no span is looked for."""

_MARGIN = 64
"""Bits beyond those asked for, to begin with."""


def is_large_and_layered(problem: Problem) -> bool:
    """Whether it has two or more layers of matrices, filters or a tensor, `LEAST_PARAMETERS` or more."""
    network = problem.network
    layered = isinstance(network, FullyConnected | MatrixSensing | Convolutional | TensorNetwork)
    return layered and len(network.shapes) > 1 and sum(network.shapes) >= LEAST_PARAMETERS


def has_matrices(network: Network) -> bool:
    """Whether the network is a product of matrices."""
    return isinstance(network, FullyConnected | MatrixSensing)


@lru_cache(maxsize=8)
def data_span(problem: Problem, bits: int) -> Span | None:
    """The problem on what its data and its start span, numbers rounded to about 2^-bits; None where little is gained.

    Only what is `is_large_and_layered` is looked at.

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
    margin = _MARGIN
    while True:
        with ball_precision(bits + margin):
            span = found.rounded(bits)
        if span is not None:
            return span
        margin *= 2


def spanned_network(problem: Problem) -> Network:
    """The network of `data_span`, or the one of the problem where it has none; nothing is rounded."""
    found = _smaller(problem) if is_large_and_layered(problem) else None
    return problem.network if found is None else found.network


@lru_cache(maxsize=8)
def _smaller(problem: Problem) -> Found | None:
    """The smaller network and how its numbers are rounded."""
    return _spanned_matrices(problem) if has_matrices(problem.network) else spanned_tensor(problem)


def _spanned_matrices(problem: Problem) -> Found | None:
    parameters, sizes = sum(problem.network.shapes), _matrix_sizes(problem.network)
    if len(problem.X) * sizes[-1] * parameters > _MOST_PRODUCTS:
        return None
    spaces = _spaces(problem)
    counts = [d if space is None else len(space) for d, space in zip(sizes, spaces, strict=True)]
    if 0 in counts:
        return None
    network = _network(problem.network, counts)
    if sum(network.shapes) > _GAIN * parameters or max(len(space or ()) for space in spaces) > _MOST_VECTORS:
        return None
    return Found(network, partial(_rounded, problem, network, spaces))


def _matrix_sizes(network: Network) -> tuple[int, ...]:
    """d_0, ..., d_L of a network of matrices."""
    sizes = layer_sizes(network)
    return (*(a for a, _ in sizes), sizes[-1][1])


def _network(network: Network, counts: Sequence[int]) -> Network:
    if isinstance(network, FullyConnected):
        return FullyConnected(counts[0], tuple(counts[1:-1]))
    return MatrixSensing(len(counts) - 1, max(counts))


def _sensors(problem: Problem) -> list[list[Sequence[Fraction]]]:
    """A_i as rows."""
    return [rows(row, _matrix_sizes(problem.network)[-1]) for row in problem.X]


def _spaces(problem: Problem) -> list[Basis]:
    """Rational bases of U_0..U_L."""
    sizes, sensors = _matrix_sizes(problem.network), _sensors(problem)
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


def _rounded(problem: Problem, network: Network, spaces: Sequence[Basis], bits: int) -> Span | None:
    """The span from orthonormal bases at flint's current precision; None where that is not enough."""
    from flint import arb_mat

    sizes, small = _matrix_sizes(problem.network), _matrix_sizes(network)
    try:
        Q = [None if space is None else orthonormal(space) for space in spaces]
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
    X, v = (all_nearest([matrix.entries() for matrix in part], bits) for part in (data, layers))
    bases = [None if q is None else all_nearest(q.tolist(), bits) for q in Q]
    if X is None or v is None or any(q is not None and not basis for q, basis in zip(Q, bases, strict=True)):
        return None
    smaller = replace(problem, network=network, X=X, scale=Fraction(1), v=v)
    return Span(problem, smaller, tuple(pairwise(bases)), Fraction(1, 1 << bits))
