"""Curvature of layered networks from norms of the layers: bounds for large ones, whose Hessians are not written out.

For beta(W) = W_1 ... W_L the second derivative of <C, beta> in directions U is sum_(a != b) <C, .. U_a .. U_b ..>, at
most |C| sum_(a != b) prod_(c != a, b) s_c |U_a| |U_b| with s_c the operator norms: |C| times the largest eigenvalue of
the matrix with these products off its diagonal. With two layers that is |C|, and attained.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from litproof.algebra.balls import Ball, ball
from litproof.flow.data_span import matrix_sizes
from litproof.flow.program import Program, split
from litproof.integrate.ball_rings import hessian, largest_eigenvalue, norm
from litproof.integrate.budget import hessian_cost
from litproof.networks.base import Network
from litproof.networks.ring import rows

_FEW = 220
"""Parameters up to which Hessians of three layers or more are written out: their bounds are sharper."""


def few_parameters(network: Network) -> bool:
    """Whether Hessians are written out where they say more than norms."""
    return sum(network.shapes) <= _FEW


def writes_hessian(network: Network) -> bool:
    """Whether `growth_bound` writes the Hessian out."""
    return len(network.shapes) > 2 and few_parameters(network)


def growth_cost(network: Network, gradient: Program) -> float:
    """Operations of one `growth_bound`."""
    size = sum(network.shapes)
    return hessian_cost(gradient, size) if writes_hessian(network) else 10.0 * size


def growth_bound(network: Network, gradient: Program, theta: Sequence[Ball], pull: Sequence[Ball]) -> Ball:
    """Upper bound, not below 0, of the eigenvalues of Hess_v (pull . beta(v)) over boxes `theta` and `pull`."""
    if writes_hessian(network):
        return largest_eigenvalue(hessian(gradient, theta, pull))
    bound: Ball = (norm(pull) * _curvature(network, theta)).upper()
    return bound


def lipschitz_bound(network: Network, rows_of_data: Sequence[Sequence[Ball]], theta: Sequence[Ball]) -> Ball:
    """Upper bound of |J(v) - J(w)| / |v - w| for the Jacobian J of all outputs x_i . beta, v and w in a box."""
    bound: Ball = (_operator_norm(rows_of_data) * _curvature(network, theta)).upper()
    return bound


def _curvature(network: Network, theta: Sequence[Ball]) -> Ball:
    """The largest eigenvalue of the matrix of products, from its row sums."""
    sizes = matrix_sizes(network)
    layers = split(theta, network.shapes)
    norms = [_operator_norm(rows(layer, width)) for layer, width in zip(layers, sizes[1:], strict=True)]
    top = ball(0)
    for a in range(len(norms)):
        others = [b for b in range(len(norms)) if b != a]
        top = top.max(
            sum((prod((norms[c] for c in others if c != b), start=ball(1)) for b in others), ball(0))
        )
    return top


def _operator_norm(matrix: Sequence[Sequence[Ball]]) -> Ball:
    """Upper bound of the largest singular value: the root of the Frobenius norm of the smaller Gram matrix."""
    from flint import arb_mat

    M = arb_mat([list(row) for row in matrix])
    gram = M * M.transpose() if M.nrows() <= M.ncols() else M.transpose() * M
    bound: Ball = norm(gram.entries()).sqrt().upper()
    return bound
