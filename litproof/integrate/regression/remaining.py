"""How far the flow still has to go, by a bound, and a second-order jump to the limit.

With the residual r, J the Jacobian of the outputs, mu a lower bound of its singular values and Lambda a Lipschitz
constant on the ball of radius R around theta: if rho = |r|/mu <= R, the flow stays in the ball, its limit is at most
rho away, and theta - J^T (J J^T)^-1 r is off it by at most sqrt(5)/2 Lambda rho^2 / mu. Proof:
`derivations/bodies/lemma-close-to-zero-loss.tex` (`litproof derive A4`). Here in floating point; `terminal_bound` has
the balls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from litproof.algebra.balls import ball, dyadic
from litproof.flow.program import Operators, Program
from litproof.integrate.regression.doubles import Array, gradient_majorants
from litproof.precision import ball_precision

_SAFETY = 1.0 + 1e-9
"""Room for the rounding of the double-precision bounds: a few thousand operations on nonnegative numbers."""


@dataclass(frozen=True)
class Jump:
    """The limit, as seen from a point close to it.

    Attributes
    ----------
    parameters : theta_hat.
    beta, residual : beta(theta_hat) and max |X beta - y| there.
    distance : bound of max |beta - limit|, for the flow that starts at the point given.
    sensitivity : bound of ||grad beta_z|| around it: how an error of theta shows in beta.
    """

    parameters: tuple[Fraction, ...]
    beta: tuple[Fraction, ...]
    residual: Fraction
    distance: Fraction
    sensitivity: float


def norm_bounds(
    gradient: Program, theta: Array, X: Array, residual: float
) -> tuple[float, float, float] | None:
    """(mu, Lambda, R) with sigma_min(J) >= mu, J Lambda-Lipschitz on the ball of radius R, residual/mu <= R.

    None when no such ball was found. residual : upper bound of ||r|| at theta.
    """
    parameters = len(theta)
    rows = gradient.evaluate(Operators(float), [*theta, *X.T], "gradient")
    jacobian = np.stack([np.broadcast_to(row, (len(X),)) for row in rows], axis=1)
    majorant, _ = gradient_majorants(gradient, np.abs(theta), X, second=False)
    rounding = 1e-15 * (len(gradient.steps) + parameters) * float(np.linalg.norm(majorant))
    least = float(np.linalg.svd(jacobian, compute_uv=False)[-1]) - rounding
    if not least > 0 or not np.isfinite(residual):
        return None
    radius = 2.0 * residual / least + 1e-300
    _, hessian = gradient_majorants(gradient, (np.abs(theta) + radius) * _SAFETY, X, second=True)
    lipschitz = float(np.linalg.norm(hessian)) * _SAFETY if hessian is not None else np.inf
    mu = (least - lipschitz * radius) / _SAFETY
    return (mu, lipschitz, radius) if mu > 0 and residual <= mu * radius else None


def jump_to_limit(
    gradient: Program,
    X: Sequence[Sequence[Fraction]],
    y: Sequence[Fraction],
    theta: Sequence[Fraction],
    bits: int,
    weights: Sequence[Fraction] = (),
) -> Jump | None:
    """Second-order jump from theta to the limit of its flow with the bound of the module docstring.

    None when the bounds do not close (theta is still too far away). Works on Arb balls of `bits` bits.
    weights : w_i > 0 of the loss, all 1 unless given; rows and targets are multiplied by their square roots.
    """
    from flint import arb, arb_mat

    n, d, parameters = len(X), len(X[0]), len(theta)
    with ball_precision(bits):
        ring = Operators(ball)
        roots = [ball(w).sqrt() for w in weights or [Fraction(1)] * len(X)]
        v = [ball(q) for q in theta]
        rows = [[root * ball(q) for q in row] for root, row in zip(roots, X, strict=True)]
        targets = [root * ball(t) for root, t in zip(roots, y, strict=True)]
        atoms = [gradient.run(ring, v + row) for row in rows]
        beta = [atoms[0][a] for a in gradient.outputs["beta"]]

        def residual_of(coefficients: list[arb]) -> list[arb]:
            return [
                sum((a * b for a, b in zip(row, coefficients, strict=True)), -t)
                for row, t in zip(rows, targets, strict=True)
            ]

        residual = residual_of(beta)
        tops = [abs(r).upper() for r in residual]  # r * r of a ball around 0 would reach below 0
        size = dyadic(sum((r * r for r in tops), arb(0)).sqrt().upper())
        bounds = norm_bounds(
            gradient,
            np.array([float(q) for q in theta]),
            np.array([[float(q) for q in row] for row in rows]),
            float(size) * _SAFETY + 1e-300,
        )
        if bounds is None:
            return None
        mu, lipschitz, radius = bounds
        J = arb_mat(n, parameters, [w[a] for w in atoms for a in gradient.outputs["gradient"]])
        try:
            dual = (J * J.transpose()).solve(arb_mat(n, 1, residual))
        except ZeroDivisionError:
            return None
        shift = J.transpose() * dual
        v = [a - shift[p, 0] for p, a in enumerate(v)]
        limit = gradient.evaluate(ring, v + rows[0], "beta")
        left = max(abs(r).upper() for r in residual_of(limit))
        if not left.is_finite():
            return None
        reach = (np.abs(np.array([float(q) for q in theta])) + radius) * _SAFETY
        first, _ = gradient_majorants(gradient, reach, np.eye(d), second=False)
        sensitivity = float(np.max(np.linalg.norm(first, axis=1))) * _SAFETY
        distance = Fraction(sensitivity * 1.1181 * lipschitz / mu**3 * _SAFETY) * size * size
        distance += max(dyadic(b.rad().upper()) for b in limit)
        return Jump(
            tuple(dyadic(a) for a in v), tuple(dyadic(b) for b in limit), dyadic(left), distance, sensitivity
        )
