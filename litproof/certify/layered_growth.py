"""How fast distances grow along flows of layered networks, from norms of the layers: no Hessian is written out.

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
from litproof.integrate.ball_rings import absolute_sum, hessian, largest_eigenvalue, norm
from litproof.integrate.budget import hessian_cost
from litproof.networks.base import Network
from litproof.networks.ring import rows

_FEW = 150
"""Parameters up to which the Hessian of three layers or more is written out: its bound is sharper."""


def writes_hessian(network: Network) -> bool:
    """Whether `growth_bound` writes the Hessian out."""
    return len(network.shapes) > 2 and sum(network.shapes) <= _FEW


def growth_cost(network: Network, gradient: Program) -> float:
    """Operations of one `growth_bound`."""
    size = sum(network.shapes)
    return hessian_cost(gradient, size) if writes_hessian(network) else 10.0 * size


def growth_bound(network: Network, gradient: Program, theta: Sequence[Ball], pull: Sequence[Ball]) -> Ball:
    """Upper bound, not below 0, of the eigenvalues of Hess_v (pull . beta(v)) over boxes `theta` and `pull`."""
    if writes_hessian(network):
        return largest_eigenvalue(hessian(gradient, theta, pull))
    sizes = matrix_sizes(network)
    layers = split(theta, network.shapes)
    norms = [_operator_norm(rows(layer, width)) for layer, width in zip(layers, sizes[1:], strict=True)]
    sums = []
    for a in range(len(norms)):
        others = [b for b in range(len(norms)) if b != a]
        sums.append(sum((prod((norms[c] for c in others if c != b), start=ball(1)) for b in others), ball(0)))
    top = ball(0)
    for total in sums:
        top = top.max(total)
    bound: Ball = (norm(pull) * top).upper()
    return bound


def _operator_norm(matrix: Sequence[Sequence[Ball]]) -> Ball:
    """Upper bound of the largest singular value: Frobenius, or row and column sums."""
    largest = [ball(0), ball(0)]
    for side, lines in enumerate((matrix, list(zip(*matrix, strict=True)))):
        for line in lines:
            largest[side] = largest[side].max(absolute_sum(line))
    return norm([x for row in matrix for x in row]).min((largest[0] * largest[1]).sqrt()).upper()
