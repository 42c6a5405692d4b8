"""The rest of the flow from a point close to zero loss, in balls.

With sigma_min(J) >= mu and J Lambda-Lipschitz on the ball of radius R around theta(T), and rho = |r|/mu <= R, the limit
has zero loss and is at most sqrt(5)/2 Lambda rho^2 / mu from theta(T) - J^T (J J^T)^-1 r:
`derivations/bodies/lemma-close-to-zero-loss.tex` (`litproof derive A4`).

*Another loss* ell with ell(0) = ell'(0) = 0 and 0 < c <= ell'' <= C where the residuals stay: theta' = -J^T s, s_i =
ell'(r_i). Phi = sum ell(r_i) lies between c |r|^2 / 2 and C |r|^2 / 2, and |s| >= c |r|, so that

    d sqrt(Phi)/dt <= -mu c / sqrt(2 C) |theta'|:

the path is no longer than rho = (C/c) |r| / mu, and |r_i| <= sqrt(C/c) |r(T)|. As ||int s|| <= rho / mu, the rest is as
above with this rho.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from litproof.algebra.balls import Ball, Exact, ball
from litproof.flow.program import Operators, Program
from litproof.integrate.ball_rings import hessian, norm, residual
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat


class Data(NamedTuple):
    """Rows of X, exact or balls, targets and weights of a loss."""

    X: Sequence[Sequence[Exact]]
    y: Sequence[Fraction]
    row_weights: Sequence[Fraction]


Curvature = Callable[[Ball], tuple[Ball, Ball]]


Lipschitz = Callable[[Sequence[Sequence[Ball]], Sequence[Ball]], Ball]


def one(_: Ball) -> tuple[Ball, Ball]:
    """ell'' of the squared loss."""
    return ball(1), ball(1)


def limit_of_parameters(
    problem: Problem | Data,
    gradient: Program,
    theta: Sequence[Ball],
    curvature: Curvature = one,
    lipschitz: Lipschitz | None = None,
) -> list[Ball] | None:
    """The parameters in the limit of the flow through any point of the box `theta` (P balls), in balls.

    `curvature(R)` bounds ell'' for |r| <= R, from below and above; 1 for the squared loss. `lipschitz(rows, box)`
    bounds Lambda, for rows times roots of the weights; from Hessians unless given. At flint's current precision. None
    when the bounds of the module docstring do not close: the box is too wide or too far from zero loss.
    """
    from flint import arb, arb_mat

    ring = Operators(ball)
    roots = [ball(w).sqrt() for w in problem.row_weights]  # rows times roots: the loss without weights
    rows = [[root * ball(x) for x in row] for root, row in zip(roots, problem.X, strict=True)]
    atoms = [gradient.run(ring, [*theta, *row]) for row in rows]
    beta = [atoms[0][a] for a in gradient.outputs["beta"]]
    r = [root * e for root, e in zip(roots, residual(problem.X, problem.y, beta), strict=True)]
    J = arb_mat(len(rows), len(theta), [w[a] for w in atoms for a in gradient.outputs["gradient"]])
    try:
        inverse = (J * J.transpose()).inv()
    except ZeroDivisionError:
        return None
    size, sigma = norm(r), 1 / norm(inverse.entries()).sqrt()
    widest = 2 * size / min(roots, key=float).lower()
    low, high = curvature(widest.upper())
    if not (low > 0 and high < 4 * low):
        return None
    ratio = (high / low).upper()
    reach = (2 * ratio * size / sigma).upper()
    if not (reach.is_finite() and sigma > 0):
        return None
    wide = [entry + arb(0, reach) for entry in theta]
    if lipschitz is not None:
        Lambda = lipschitz(rows, wide)
    else:
        Lambda = norm([norm(hessian(gradient, wide, row).entries()) for row in rows])
    mu = (sigma - Lambda * reach).lower()
    if not (mu > 0 and ratio * size <= mu * reach):
        return None
    rho = ratio * size / mu
    distance = (arb(5).sqrt() / 2 * Lambda * rho * rho / mu).upper()
    shift = _pseudo_step(J, inverse, r)
    return [entry - move + arb(0, distance) for entry, move in zip(theta, shift, strict=True)]


def _pseudo_step(J: arb_mat, inverse: arb_mat, r: Sequence[Ball]) -> list[Ball]:
    """J^T (J J^T)^{-1} r."""
    from flint import arb_mat

    step: list[Ball] = (J.transpose() * (inverse * arb_mat(len(r), 1, list(r)))).entries()
    return step
