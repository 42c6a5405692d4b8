"""Flows with other losses, other dynamics, or networks with functions, by validated integration.

As in `validated`, with the velocity V of the motion in place of the gradient flow's: the Taylor series comes from the
polynomial flow in more states (`flow.lift`), the defect from V itself, functions as Taylor models; errors grow no
faster than the largest eigenvalue of the symmetric part of DV allows (Dahlquist 1959; Hairer, Norsett & Wanner I.10).

*Momentum* in the norm of (theta + lambda w, lambda w), w = theta': there DV is [[-H, H], [-H, H - 1/lambda]], H the
Hessian of the loss, with the symmetric part diag(-H, H - 1/lambda), while the plain norm sees growth like 1/lambda.

*The end of gradient flow* is `integrate.terminal_bound`, for losses with ell'(0) = 0 < ell''(0).

*The end of weight decay* that goes on: where the symmetric part of DV stays below -m < 0 on a ball of radius R around
theta, and |V(theta)| < m R, all solutions in the ball approach each other and none leaves it, so that they tend to one
point of rest; it is no farther from any x in the ball than |V(x)| / m, and Newton's method finds a near x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, partial
from math import ceil, log
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball, dyadic, endpoints, missing_bits
from litproof.certify.regression.enclosure import Enclosure
from litproof.certify.regression.validated import Run, attempted
from litproof.certify.regression.validated_steps import LOW_BITS, Steps
from litproof.dynamics import Momentum, WeightDecay
from litproof.errors import InputError
from litproof.flow.lift import lift
from litproof.flow.motion import Motion, slope_expression, trace_velocity
from litproof.flow.program import Operators, Program, Tracer
from litproof.flow.states import Expressions
from litproof.integrate.arithmetic import LOG_2
from litproof.integrate.ball_rings import Slope, Slopes, norm
from litproof.integrate.budget import SECOND, Budget
from litproof.integrate.terminal_bound import limit_of_parameters
from litproof.language.functions import OutsideDomain
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

_NEWTON_STEPS = 40
_RADII = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6)
"""Radii of balls on which contraction is tried."""


def enclose_motion(
    problem: Problem, digits: int, *, operations: float = 20 * SECOND, max_steps: int = 2000
) -> Enclosure | None:
    """Proven bounds of the limit of beta(t), half-widths below 10^-digits * max |beta|.

    None for momentum and mirror flow (gradient descent: `descent`), for a loss that is flat or not least at r = 0,
    for dependent points with such a loss, and where the budget ends first.
    """
    return _enclosed(MotionRun, problem, digits, operations, max_steps)


def enclose_motion_parameters(
    problem: Problem, digits: int, *, operations: float = 20 * SECOND, max_steps: int = 2000
) -> Enclosure | None:
    """Proven bounds of the limit of the parameters themselves, layer after layer; see `enclose_motion`."""
    return _enclosed(ParameterMotion, problem, digits, operations, max_steps)


def _enclosed(
    kind: type[MotionRun], problem: Problem, digits: int, operations: float, max_steps: int
) -> Enclosure | None:
    decay = isinstance(problem.dynamics, WeightDecay)
    if problem.task != "regression" or (problem.dynamics is not None and not decay):
        return None
    for_ever = isinstance(problem.dynamics, WeightDecay) and problem.dynamics.until is None
    if problem.loss is None:
        problem = problem.independent
    if not for_ever and (problem.has_dependent_rows or not is_curved(problem)):
        return None
    return attempted(partial(kind, problem), digits, operations, max_steps)


def is_curved(problem: Problem) -> bool:
    """Whether ell'(0) = 0 < ell''(0), as far as is seen."""
    symbol, slope = slope_expression(problem)
    return bool(slope.subs(symbol, 0) == 0 and slope.diff(symbol).subs(symbol, 0).is_positive)


class MotionRun(Run):
    """One pass through time; first the phase that ends, if there is one, then the one that does not."""

    def __init__(self, problem: Problem, digits: int, work: int, budget: Budget, max_steps: int) -> None:
        super().__init__(problem, digits, work, budget, max_steps)
        dynamics = problem.dynamics
        self.earlier = Fraction(0)
        if isinstance(dynamics, WeightDecay) and dynamics.until is not None:
            self.end = Fraction(1)
            self._enter(problem, dynamics.until)
        else:
            self._enter(problem, Fraction(1))
        resting = len(self.velocity.outputs["velocity"]) - len(self.state)
        self.state += [self.arithmetic.number(Fraction(0))] * resting
        self._inputs()  # refuses what is not defined
        if isinstance(dynamics, Momentum):
            mass = ball(dynamics.mass)
            self.stretch, self.shrink = (1 + 2 * mass**2).sqrt(), (2 + 1 / mass**2).sqrt()
            self.error = (self.stretch * self.error).upper()

    @cached_property
    def curvature(self) -> Curvature:
        """Bounds of ell''."""
        return Curvature(self.problem)

    _growth_cost, _growth_on = Steps._growth_cost, Steps._growth_on

    def _enter(self, problem: Problem, pace: Fraction) -> None:
        traced = trace_velocity(problem)
        self.pace = pace
        velocity = [node * pace for node in traced.velocity]
        lifted = lift(traced.tracer, {"beta": traced.beta, "residual": traced.residual}, velocity)
        self.motion = Motion(lifted, len(velocity), 0, problem.name)
        self.velocity: Program = traced.tracer.program({"velocity": velocity})
        self.flow, self.problem = self.motion.program, problem

    def _inputs(self) -> list[Any]:
        theta = [self.arithmetic.fraction(x) for x in self.state]
        whole = self.motion.lifted.start(theta, self.work + 20, self.problem.name)
        return [*self.state, *map(self.arithmetic.number, whole[len(theta) :])]

    def step(self) -> bool:
        """See `Steps.step`; a phase that has ended gives way to the next."""
        try:
            moved = super().step()
        except (OutsideDomain, InputError):
            return False
        if moved and self.piece is not None:
            start, length = self.earlier + self.piece.start * self.pace, self.piece.length * self.pace
            self.piece = replace(self.piece, start=start, length=length)
        if moved and self.end is not None and self.time >= self.end:
            self.earlier += self.pace
            self.time, self.end, self.length = Fraction(0), None, 0.25
            self._enter(replace(self.problem, dynamics=None), Fraction(1))
        return moved

    def _turned(self, jacobian: arb_mat) -> arb_mat:
        """See `Steps._turned`."""
        dynamics = self.problem.dynamics
        return _sheared(jacobian, ball(dynamics.mass)) if isinstance(dynamics, Momentum) else jacobian

    def _terminal(self, theta: Sequence[Ball]) -> list[Ball] | None:
        try:
            return limit_of_parameters(self.problem, self.gradient, theta, self.curvature)
        except OutsideDomain:
            return None

    def _limit(self) -> Enclosure | int | None:
        if self.end is not None:
            return None
        try:
            return self._rest() if isinstance(self.problem.dynamics, WeightDecay) else super()._limit()
        except OutsideDomain:
            return None

    def _rest(self) -> Enclosure | int | None:
        """The point of rest that all solutions near by tend to."""
        from flint import arb

        for radius in _RADII:
            with ball_precision(LOW_BITS):
                theta = [ball(self.arithmetic.fraction(x)) for x in self.state]
                R = arb(radius) * (1 + norm(theta))
                m = -self._growth_on([x + arb(0, R) for x in theta])
                if not m > 0:
                    continue
                speed = norm(self.velocity.evaluate(Operators(ball), theta, "velocity"))
                if not (speed < m * R and self.error < R):
                    continue
            return self._found(m.lower(), R.lower())
        return None

    def _found(self, m: Ball, R: Ball) -> Enclosure | int | None:
        from flint import arb, arb_mat

        with ball_precision(self.bits):
            first = [ball(self.arithmetic.fraction(x)) for x in self.state]
            x, P = first, len(first)
            for _ in range(_NEWTON_STEPS):
                inputs = [Slope(c, arb_mat(1, P, [int(p == i) for p in range(P)])) for i, c in enumerate(x)]
                slopes = self.velocity.evaluate(Slopes(P), inputs, "velocity")
                J = arb_mat(P, P, [entry for s in slopes for entry in s.tangent.mid().entries()])
                move = J.solve(arb_mat(P, 1, [s.value.mid() for s in slopes])).entries()
                x = [ball(dyadic(c - d)) for c, d in zip(x, move, strict=True)]
                if norm(move) < arb(2) ** (8 - self.bits):
                    break
            off = norm([a - b for a, b in zip(x, first, strict=True)])
            if not off < R:
                return None
            radius = (norm(self.velocity.evaluate(Operators(ball), x, "velocity")) / m).upper()
            end = [c + arb(0, radius) for c in x]
            shown = self._shown(end)
            missing = missing_bits(shown, digits_to_bits(self.digits) + 2)
            if missing > 0:
                return ceil(missing * LOG_2 / log(10.0)) + 2
            method = f"validated integration, Taylor order {self.order}, to a ball where the flow contracts"
            bounds, parameters = (tuple(map(endpoints, entries)) for entries in (shown, end))
            return Enclosure(bounds, self.digits, method, parameters)


class ParameterMotion(MotionRun):
    """A run whose limit is that of the parameters."""

    def _shown(self, theta: Sequence[Ball]) -> list[Ball]:
        return list(theta)


def _sheared(full: arb_mat, mass: Ball) -> arb_mat:
    """T J T^-1 for T (theta, w) = (theta + lambda w, lambda w)."""
    from flint import arb_mat

    P = full.nrows() // 2
    T, inverse = arb_mat(2 * P, 2 * P), arb_mat(2 * P, 2 * P)
    for i in range(P):
        T[i, i], T[i, P + i], T[P + i, P + i] = 1, mass, mass
        inverse[i, i], inverse[i, P + i], inverse[P + i, P + i] = 1, -1, 1 / mass
    return T * full * inverse


class Curvature:
    """Bounds of ell'' on intervals around 0; c = 0 where there are none."""

    def __init__(self, problem: Problem) -> None:
        symbol, slope = slope_expression(problem)
        tracer = Tracer(1)
        (r,) = tracer.variables()
        expressions = Expressions(tracer)
        expressions.bind(symbol, r)
        node = tracer.lift(expressions.value(slope))
        self.program = tracer.program({"curvature": tracer.gradient([node], [tracer.lift(1)])})

    def __call__(self, R: Ball) -> tuple[Ball, Ball]:
        """(c, C) with c <= ell'' <= C on [-R, R]."""
        from flint import arb

        try:
            (value,) = self.program.evaluate(Operators(ball), [arb(0, R)], "curvature")
        except OutsideDomain:
            return ball(0), ball(1)
        return value.lower(), value.upper()
