r"""Limits of gradient descent, enclosed: steps in balls, then a contraction of the residuals.

From theta_T on, with the rows and residuals times sqrt(w_i), J the Jacobian of the outputs, s_i = ell'(r_i), c <= ell''
<= C where the residuals stay, kappa = (c + C)/2: on the ball of radius R around theta_T let J be Lambda-Lipschitz and
its singular values lie in [sigma, tau]. A step theta' = theta - h J^T s gives

    r' = r - h J J^T s + q,   |q| <= Lambda h^2 tau^2 C^2 |r|^2 / 2,   so |r'| <= gamma |r| with
    gamma = max |1 - h kappa x|, x in {sigma^2, tau^2}, + h tau^2 (C - c)/2 + Lambda h^2 tau^2 C^2 |r| / 2.

Where gamma < 1 the rest of the path is no longer than l = h tau C |r| / (1 - gamma); if l <= R it stays in the ball and
ends at zero loss. As in `integrate.terminal_bound` its end is theta_T - J^+ r within

    Lambda l^2 / (2 sigma_T) + h Lambda l C |r| / (1 - gamma).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, ball, endpoints, missing_bits
from litproof.certify.regression.enclosure import Enclosure
from litproof.certify.regression.motion import Curvature, is_curved
from litproof.dynamics import GradientDescent
from litproof.flow.motion import slope_expression
from litproof.flow.program import Operators, Program, Tracer
from litproof.flow.states import Expressions
from litproof.flow.trace import trace_gradient
from litproof.integrate import permission
from litproof.integrate.arithmetic import LOG_2
from litproof.integrate.ball_rings import eigenvalue_bound, hessian, norm, residual
from litproof.integrate.budget import SECOND, Budget, operations_of
from litproof.language.functions import OutsideDomain
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

_GUARD_BITS = 64
_ATTEMPTS = 5
_COARSE = 1e-3
"""Balls of residuals that are wider have lost what they knew: they are tried again with many more bits."""
_NEAR = 1e-2
"""The end is tried from residuals below this part of the first ones, and again whenever they fell by `_FALL`."""
_FALL = 0.3


def enclose_descent(
    problem: Problem, digits: int, *, operations: float = 10 * SECOND, max_steps: int = 20_000
) -> Enclosure | None:
    """Proven bounds of the limit of beta under gradient descent, half-widths below 10^-digits * max |beta|.

    None for mini-batches, a loss that is flat or not least at r = 0, dependent points, and where the budget ends first.
    """
    dynamics = problem.dynamics
    if not isinstance(dynamics, GradientDescent) or dynamics.order or problem.task != "regression":
        return None
    if problem.loss is None:
        problem = problem.independent
    if problem.has_dependent_rows or not is_curved(problem):
        return None
    permission.ask("gradient descent in balls")
    budget, bits = Budget(operations), digits_to_bits(digits) + _GUARD_BITS
    for _ in range(_ATTEMPTS):
        found = _Descent(problem, dynamics, digits, bits).follow(budget, max_steps)
        if found is None or isinstance(found, Enclosure):
            return found
        bits += found
    return None


@dataclass(frozen=True)
class DescentEnd:
    """What is proved of all steps from some step T on.

    Attributes
    ----------
    theta : the limit. wide : holds every point from theta_T on.
    size, ratio : residuals times the roots of their weights are at most size * ratio^(k - T), |r| Euclidean.
    """

    theta: Sequence[Ball]
    wide: Sequence[Ball]
    size: Ball
    ratio: Ball


@dataclass(frozen=True)
class DescentPath:
    """Parameters after 0, 1, 2, .. steps, in balls; and where it was asked for, what is proved of the rest."""

    points: Sequence[Sequence[Ball]]
    end: DescentEnd | None


def enclose_steps(
    problem: Problem, steps: int, digits: int, *, limit: bool = False, operations: float = 10 * SECOND
) -> DescentPath | None:
    """Gradient descent in balls of radius below 10^-digits of the largest parameter, for `steps` steps.

    Mini-batches, other losses and classification are allowed. With `limit` it goes on, for at most so many steps, until
    residuals are below 10^-digits and provably contract, as `enclose_descent`. None where the budget ends first, for
    cross-entropy, and at the edge of a function's domain.
    """
    dynamics = problem.dynamics
    if not isinstance(dynamics, GradientDescent) or (problem.loss and problem.loss.text == "cross-entropy"):
        return None
    curved = problem.task == "regression" and not problem.has_dependent_rows and is_curved(problem)
    if limit and (dynamics.order or not curved):
        return None
    permission.ask("gradient descent in balls")
    budget, bits, wanted = Budget(operations), digits_to_bits(digits) + _GUARD_BITS, digits_to_bits(digits)
    for _ in range(_ATTEMPTS):
        with ball_precision(bits):
            path = _Descent(problem, dynamics, digits, bits).path(budget, steps, limit)
        if budget.used_up:
            return None
        if path is not None and all(missing_bits(theta, wanted) <= 0 for theta in path.points):
            return path
        bits *= 2
    return None


class _Descent:
    """One pass in balls of so many bits."""

    def __init__(self, problem: Problem, dynamics: GradientDescent, digits: int, bits: int) -> None:
        self.problem, self.digits, self.bits = problem, digits, bits
        self.gradient: Program = trace_gradient(problem.network)
        self.curvature = Curvature(problem)
        self.dynamics, self.step = dynamics, dynamics.step
        symbol, slope = slope_expression(problem)
        tracer = Tracer(1)
        expressions = Expressions(tracer)
        expressions.bind(symbol, tracer.variables()[0])
        self.slope = tracer.program({"slope": [tracer.lift(expressions.value(slope))]})

    def path(self, budget: Budget, steps: int, limit: bool) -> DescentPath | None:
        """The points after 0 .. steps steps, or to where the rest is bounded; None where the balls have grown."""
        from flint import arb

        points, end = [[ball(q) for layer in self.problem.v0 for q in layer]], None
        while not (end if limit else len(points) > steps):
            budget.spend(2 * operations_of(self.gradient) * max(1.0, self.bits / 200))
            theta = points[-1]
            try:
                r = self._residual(self._beta(theta))
                if budget.used_up or len(points) > steps or max(x.rad() for x in [*r, *theta]) > _COARSE:
                    return None
                if limit and norm(r) < arb(10) ** -self.digits:
                    end = self._rest(theta, r)
                if end is None:
                    points.append(self._next(theta, r, len(points) - 1))
            except OutsideDomain:
                return None
        return DescentPath(points, end)

    def follow(self, budget: Budget, max_steps: int) -> Enclosure | int | None:
        """The enclosure, or how many more bits are needed, or None."""
        with ball_precision(self.bits):
            theta = [ball(q) for layer in self.problem.v0 for q in layer]
            tried: float | None = None
            for k in range(max_steps):
                budget.spend(2 * operations_of(self.gradient) * max(1.0, self.bits / 200))
                if budget.used_up:
                    return None
                r = self._residual(self._beta(theta))
                if not all(x.is_finite() for x in r):
                    return None
                if max(x.rad() for x in r) > _COARSE:
                    return self.bits  # the balls have grown: many more bits
                size = float(norm(r))
                tried = size / _NEAR * 1e-2 if tried is None else tried
                if size < tried:
                    tried = size * _FALL
                    found = self._end(theta, r)
                    if found is not None:
                        return found
                try:
                    theta = self._next(theta, r, k)
                except OutsideDomain:
                    return None
        return None

    def _residual(self, beta: Sequence[Ball]) -> list[Ball]:
        """r_i, or the margins m_i of a classification."""
        problem = self.problem
        if problem.task == "regression":
            return residual(problem.X, problem.y, beta)
        return residual(problem.signed_rows, [Fraction(0)] * len(problem.X), beta)

    def _next(self, theta: Sequence[Ball], r: Sequence[Ball], k: int) -> list[Ball]:
        """Step k + 1."""
        problem = self.problem
        pull = [ball(0)] * problem.network.input_dim
        weights = problem.row_weights if problem.task == "regression" else problem.y
        for i in self.dynamics.batch(k, len(problem.X), getattr(problem.network, "outputs", 1)):
            (s,) = self.slope.evaluate(Operators(ball), [r[i]], "slope")
            pull = [p + s * ball(weights[i] * x) for p, x in zip(pull, problem.X[i], strict=True)]
        G = self.gradient.evaluate(Operators(ball), [*theta, *pull], "gradient")
        h = ball(self.step)
        return [x - h * g for x, g in zip(theta, G, strict=True)]

    def _end(self, theta: Sequence[Ball], r: Sequence[Ball]) -> Enclosure | int | None:
        """The limit from here, or more bits, or None where it is too early."""
        end = self._rest(theta, r)
        if end is None:
            return None
        try:
            beta = self._beta(end.theta)
        except OutsideDomain:
            return None
        missing = missing_bits(beta, digits_to_bits(self.digits) + 2)
        if missing <= 0:
            method = f"gradient descent in balls of {self.bits} bits, to where residuals contract"
            bounds, parameters = (tuple(map(endpoints, entries)) for entries in (beta, end.theta))
            return Enclosure(bounds, self.digits, method, parameters)
        middle = [ball(0) + x.mid() for x in theta]
        ahead = self._rest(middle, self._residual(self._beta(middle)))
        if ahead is None or missing_bits(self._beta(ahead.theta), digits_to_bits(self.digits) + 3) > 0:
            return None
        return ceil(missing * LOG_2 / log(2.0)) + 8

    def _beta(self, theta: Sequence[Ball]) -> list[Ball]:
        zeros = [ball(0)] * self.problem.network.input_dim
        return list(self.gradient.evaluate(Operators(ball), [*theta, *zeros], "beta"))

    def _rest(self, theta: Sequence[Ball], r: Sequence[Ball]) -> DescentEnd | None:
        """All steps from here on; None where no contraction is proved."""
        from flint import arb, arb_mat

        problem, h = self.problem, ball(self.step)
        roots = [ball(w).sqrt() for w in problem.row_weights]
        rows = [[root * ball(x) for x in row] for root, row in zip(roots, problem.X, strict=True)]
        scaled = [root * e for root, e in zip(roots, r, strict=True)]
        J = self._jacobian(theta, rows)
        gram = J * J.transpose()
        try:
            inverse = gram.inv()
        except ZeroDivisionError:
            return None
        size, sigma_here = norm(scaled), 1 / norm(inverse.entries()).sqrt()
        low, high = self.curvature((size / min(roots, key=float).lower()).upper())
        tau_here, kappa = eigenvalue_bound(gram).sqrt(), (low + high) / 2
        here = abs(1 - h * kappa * sigma_here**2).max(abs(1 - h * kappa * tau_here**2))
        if not (low > 0 and here < 1):
            return None
        reach = (1 + tau_here / sigma_here) / sigma_here
        R = (2 * size * reach.max(h * tau_here * high / (1 - here))).upper()
        if not R.is_finite():
            return None
        wide = [x + arb(0, R) for x in theta]
        try:
            Lambda = norm([norm(hessian(self.gradient, wide, row).entries()) for row in rows])
        except OutsideDomain:
            return None
        sigma, tau = (sigma_here - Lambda * R).lower(), (tau_here + Lambda * R).upper()
        if not sigma > 0:
            return None
        shrink = abs(1 - h * kappa * sigma**2).max(abs(1 - h * kappa * tau**2))
        gamma = shrink + h * tau**2 * (high - low) / 2 + Lambda * h**2 * tau**2 * high**2 * size / 2
        if not gamma < 1:
            return None
        length = (h * tau * high * size / (1 - gamma)).upper()
        if not length <= R:
            return None
        distance = Lambda * length**2 / (2 * sigma_here) + h * Lambda * length * high * size / (1 - gamma)
        shift = (J.transpose() * (inverse * arb_mat(len(scaled), 1, scaled))).entries()
        end = [x - move + arb(0, distance.upper()) for x, move in zip(theta, shift, strict=True)]
        return DescentEnd(end, wide, size, gamma.upper())

    def _jacobian(self, theta: Sequence[Ball], rows: Sequence[Sequence[Ball]]) -> arb_mat:
        from flint import arb_mat

        slopes = [self.gradient.evaluate(Operators(ball), [*theta, *row], "gradient") for row in rows]
        return arb_mat(len(rows), len(theta), [x for row in slopes for x in row])
