"""Fully connected networks from a small start (R7): hypotheses over Q, the limit, and the rate in alpha.

W_l(0) = alpha Wbar_l for l < L and w_L(0) = 0. At every alpha the limit is the minimum-norm solution plus
alpha (I - P) Wbar_1 u, P the projector on the row space of X and u the product of the other layers, which is bounded:
exponent 1, with a constant that is known for two layers and one point. If (Wbar_1 .. Wbar_{L-1})^T X^T y = 0 the flow
rests at its start, at positive loss: that this does not happen is a hypothesis of its own. Derivation:
`derivations/bodies/ykm-fully-connected-small-init.tex` (`litproof derive R7`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from litproof.algebra.balls import Ball, ball
from litproof.algebra.linear import (
    dot,
    gram,
    inertia,
    matrix_product,
    minimum_norm,
    null_space,
    projected_start,
)
from litproof.errors import HypothesisError
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem

Rows = list[list[Fraction]]
Matrix = Sequence[Sequence[Fraction]]


@dataclass(frozen=True)
class SmallStart:
    """Which hypotheses of R7 hold, decided exactly.

    Attributes
    ----------
    last_zero : w_L(0) = 0.
    ordered : Wbar_l^T Wbar_l - Wbar_{l+1} Wbar_{l+1}^T is positive semidefinite, for l = 1 .. L-2.
    definite : Wbar_{L-1}^T Wbar_{L-1} is positive definite.
    moving : (Wbar_1 ... Wbar_{L-1})^T X^T y != 0.
    """

    last_zero: bool
    ordered: tuple[bool, ...]
    definite: bool
    moving: bool

    @property
    def hold(self) -> bool:
        """All of them."""
        return self.last_zero and self.definite and self.moving and all(self.ordered)


def small_start(problem: Problem) -> SmallStart:
    """The hypotheses of R7 for a fully connected problem of depth at least 2; HypothesisError for another network."""
    matrices = _matrices(problem)
    hidden = matrices[:-1]
    ordered = []
    for left, right in pairwise(hidden):
        outer, inner = gram(_transposed(left)), gram(right)
        difference = [[p - q for p, q in zip(a, b, strict=True)] for a, b in zip(outer, inner, strict=True)]
        ordered.append(inertia(difference)[1] == 0)
    last = gram(_transposed(hidden[-1]))
    return SmallStart(
        not any(entry for row in matrices[-1] for entry in row),
        tuple(ordered),
        inertia(last)[0] == len(last),
        any(_moments(problem)),
    )


def _moments(problem: Problem) -> list[Fraction]:
    """(Wbar_1 ... Wbar_{L-1})^T X^T W y, W the weights of the points."""
    targets = [w * t for w, t in zip(problem.row_weights, problem.y, strict=True)]
    moments = [dot(column, targets) for column in zip(*problem.X, strict=True)]
    for matrix in _matrices(problem)[:-1]:
        moments = [dot(column, moments) for column in zip(*matrix, strict=True)]
    return moments


def isotropic(problem: Problem) -> bool:
    """Whether the start is invariant under all rotations that leave the row space of X fixed (layers turned along).

    Then beta(t) is fixed by them too, so that it stays in the row space, and an interpolator in the limit is the
    minimum-norm one, for every alpha. For rows N that span the complement of the row space, and M those of the row
    space, W_1 can be turned along exactly when N W_1 W_1^T N^T = c N N^T and N W_1 W_1^T M^T = 0; then the rows
    N W_1 take the place of N for W_2, and so on, until they vanish. Layers that are multiples of orthogonal matrices
    satisfy this.
    """
    kept: Matrix = problem.X
    turned: Matrix = null_space(kept, problem.network.input_dim)
    for W in _matrices(problem):
        if not turned:
            return True
        images, others = matrix_product(turned, W), matrix_product(kept, W) if kept else []
        if not any(map(any, images)):
            return True
        if others and any(map(any, matrix_product(images, _transposed(others)))):
            return False
        before, after = gram(turned), gram(images)
        scale = after[0][0] / before[0][0]
        if any(q != scale * p for a, b in zip(after, before, strict=True) for q, p in zip(a, b, strict=True)):
            return False
        turned, kept = images, null_space(images, len(W[0]))
    return False


def isotropic_limit(problem: Problem) -> tuple[Fraction, ...] | None:
    """The limit at this alpha where symmetry gives it exactly and R7 proves that the loss goes to zero, else None."""
    network = problem.network
    if not isinstance(network, FullyConnected) or network.depth < 2:
        return None
    if not (isotropic(problem) and small_start(problem).hold):
        return None
    return minimum_norm(problem.X, problem.y)


def unseen_part(problem: Problem) -> Rows:
    """(I - P) Wbar_1, d x d_1: what the data never move in the first layer (before scaling by alpha)."""
    W = _matrices(problem)[0]
    zero = (Fraction(0),) * len(problem.y)
    columns = []
    for column in zip(*W, strict=True):
        # The nearest point to the column with X z = 0.
        kept = projected_start(problem.X, zero, column)
        if kept is None:
            raise HypothesisError("X z = 0 has no solution")
        columns.append(kept)
    return [list(row) for row in zip(*columns, strict=True)]


def outer_product(problem: Problem, layers: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    """u = W_2 ... W_{L-1} w_L of given layers of the problem's network, in R^{d_1}."""
    *matrices, last = _split(problem, layers)[1:]
    u = [row[0] for row in last]
    for matrix in reversed(matrices):
        u = [dot(row, u) for row in matrix]
    return u


def large_start_limit(problem: Problem) -> tuple[Fraction, ...]:
    """lim_{alpha -> inf} lim_{t -> inf} beta: w_L alone moves, so beta = G G^T X^T (X G G^T X^T)^{-1} y.

    G = Wbar_1 ... Wbar_{L-1}. HypothesisError when X G has not the rank of X.
    """
    G = _matrices(problem)[0]
    for matrix in _matrices(problem)[1:-1]:
        columns = _transposed(matrix)
        G = [[dot(row, column) for column in columns] for row in G]
    columns = _transposed(G)
    w = minimum_norm([[dot(row, column) for column in columns] for row in problem.X], problem.y)
    return tuple(dot(row, w) for row in G)


def first_order_constant(problem: Problem) -> list[Ball]:
    """lim (beta(inf) - beta*) / alpha for two layers and one data point, at flint's current precision.

    HypothesisError for other depths or several points, where the constant depends on the whole path, or when
    Wbar_1^T x = 0.
    """
    if problem.layered.depth != 2 or len(problem.X) != 1:
        raise HypothesisError("the constant of the rate is known for two layers and one data point only")
    W = _matrices(problem)[0]
    x, target = problem.X[0], problem.y[0]
    along = [target * dot(column, x) for column in zip(*W, strict=True)]
    if not any(along):
        raise HypothesisError("the first layer does not see the data: W_1^T x = 0, or y = 0")
    size = minimum_norm(problem.X, problem.y)
    length = ball(dot(size, size)).sqrt().sqrt() / ball(dot(along, along)).sqrt()
    return [ball(dot(row, along)) * length for row in unseen_part(problem)]


def _matrices(problem: Problem) -> list[Rows]:
    """Wbar_1 ... Wbar_L (the last one a column)."""
    return _split(problem, problem.v)


def _split(problem: Problem, layers: Sequence[Sequence[Fraction]]) -> list[Rows]:
    network = problem.network
    if not isinstance(network, FullyConnected) or network.depth < 2:
        raise HypothesisError(f"expected a fully connected network of depth at least 2, got {network.kind}")
    return [
        [list(layer[i * columns : (i + 1) * columns]) for i in range(rows)]
        for layer, (rows, columns) in zip(layers, network.matrix_shapes, strict=True)
    ]


def _transposed(matrix: Matrix) -> Rows:
    return [list(column) for column in zip(*matrix, strict=True)]
