"""Curvature of layered networks from norms of the layers: bounds for large ones, whose Hessians are not written out.

For beta(W) = W_1 ... W_L the second derivative of <C, beta> in directions U is sum_(a != b) <C, .. U_a .. U_b ..>, at
most |C| sum_(a != b) prod_(c != a, b) s_c |U_a| |U_b| with s_c the operator norms: |C| times the largest eigenvalue of
the matrix with these products off its diagonal. With two layers that is |C|, and attained. Outer products of vectors
are the same with their norms. Components that share no parameter, as the frequencies of convolutions, are bounded one
by one: the largest counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from litproof.algebra.balls import Ball, ball
from litproof.flow.program import Program, split
from litproof.flow.span import layer_sizes
from litproof.integrate.ball_rings import hessian, largest, largest_eigenvalue, norm
from litproof.integrate.budget import hessian_cost
from litproof.networks.base import Network
from litproof.networks.factors import ComplexProducts
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
    pulls = (
        list(map(norm, network.components(pull))) if isinstance(network, ComplexProducts) else [norm(pull)]
    )
    return largest([c * _curvature(norms) for c, norms in zip(pulls, _norms(network, theta), strict=True)])


def lipschitz_bound(network: Network, rows_of_data: Sequence[Sequence[Ball]], theta: Sequence[Ball]) -> Ball:
    """Upper bound of |J(v) - J(w)| / |v - w| for the Jacobian J of all outputs x_i . beta, v and w in a box."""
    bound: Ball = (
        _operator_norm(rows_of_data) * largest(list(map(_curvature, _norms(network, theta))))
    ).upper()
    return bound


def _norms(network: Network, theta: Sequence[Ball]) -> list[list[Ball]]:
    """The norms of the layers, for each component that shares no parameter with others."""
    layers = split(theta, network.shapes)
    if isinstance(network, ComplexProducts):
        return [list(map(norm, parts)) for parts in zip(*map(network.components, layers), strict=True)]
    sizes = layer_sizes(network)
    return [[_operator_norm(rows(layer, width)) for layer, (_, width) in zip(layers, sizes, strict=True)]]


def _curvature(norms: Sequence[Ball]) -> Ball:
    """The largest eigenvalue of the matrix of products, from its row sums."""
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
