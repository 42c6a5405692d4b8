"""Limits of regression flows without any reduction: validated integration in the original parameters.

Each step has a candidate polynomial p(u), u in [0, 1], from the Taylor recurrence (its rounding does not matter); its
defect dp/du - H velocity(p), H the exact dyadic length of the step, is enclosed as a Taylor model, and the logarithmic
norm of the flow, at most the largest eigenvalue of -Hess_v (c^T beta), c = X^T r held fixed, bounds the distance of
flow and p: `derivations/bodies/lemma-validated-steps.tex` (`litproof derive A5`). The rest of the path, from a point
close to zero loss on, is bounded in `terminal_bound` (A4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import ceil, exp, inf, log
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball, dyadic as dyadic_midpoint, endpoints, missing_bits
from litproof.certify.regression.enclosure import Enclosure
from litproof.flow.program import Operators, Program
from litproof.flow.trace import trace_flow, trace_gradient
from litproof.integrate import permission
from litproof.integrate.arithmetic import LOG_2, FixedPoint
from litproof.integrate.ball_rings import (
    Model,
    Models,
    absolute_sum,
    hessian,
    largest_eigenvalue,
    norm,
    residual,
)
from litproof.integrate.budget import (
    SECOND,
    Budget,
    hessian_cost,
    operations_of,
    spend_allowance,
    taylor_cost,
)
from litproof.integrate.regression.taylor import dyadic, taylor_coefficients
from litproof.integrate.terminal_bound import limit_of_beta, limit_of_parameters
from litproof.integrate.watch import tell
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_poly

_LOW_BITS = 64
_PARTS = 4
"""Pieces of a step on which the logarithmic norm is bounded one by one, to begin with."""
_MAX_PARTS = 64
_MODERATE = 0.5
_TUBE = Fraction(1, 1 << 24)
_LONGEST = 2.0**64
"""A step as long as this means that the flow rests, at positive loss."""
_GUARD_DIGITS = 8
_ATTEMPTS = 4


def enclose_by_integration(
    problem: Problem, digits: int, *, operations: float = 60 * SECOND, max_steps: int = 4000
) -> Enclosure | None:
    """Proven bounds of the limit of beta(t) for any network, half-widths below 10^-digits * max |beta|.

    None when the budget is used up before zero loss is near: always so for a flow that ends in a saddle,
    and where the path amplifies errors beyond the precision that the budget allows.

    Parameters
    ----------
    problem : a regression problem.
    digits : significant decimal digits of the largest entry.
    operations : budget of all runs together, see `integrate.budget`.
    max_steps : steps allowed in one run.
    """
    return _enclosed(Run, problem, digits, operations, max_steps)


def enclose_parameters_by_integration(
    problem: Problem, digits: int, *, operations: float = 60 * SECOND, max_steps: int = 4000
) -> Enclosure | None:
    """Proven bounds of the limit of the parameters themselves, layer after layer; see `enclose_by_integration`."""
    return _enclosed(ParameterRun, problem, digits, operations, max_steps)


def _enclosed(
    kind: type[Run], problem: Problem, digits: int, operations: float, max_steps: int
) -> Enclosure | None:
    if problem.task != "regression":
        return None
    problem.require_plain("validated integration")
    problem = problem.independent
    budget = Budget(operations)
    extra = _GUARD_DIGITS
    for _ in range(_ATTEMPTS):
        enclosure = kind(problem, digits, digits + extra, budget, max_steps).follow()
        if isinstance(enclosure, Enclosure):
            return enclosure
        if enclosure is None:
            return None
        extra += enclosure
    return None


@dataclass(frozen=True)
class Piece:
    """The flow during one step, enclosed.

    Attributes
    ----------
    start, length : of the step in t, exact.
    polynomials : the candidate for every parameter in u = (t - start) / length, 0 <= u <= 1.
    error : bound of the distance of flow and candidate in all of the step.
    """

    start: Fraction
    length: Fraction
    polynomials: Sequence[arb_poly]
    error: Ball

    def at(self, u: Ball) -> list[Ball]:
        """The parameters at u, in balls (for a ball u: at every time in it)."""
        from flint import arb

        wide = arb(0, self.error)
        return [polynomial(u) + wide for polynomial in self.polynomials]


class Run:
    """One pass through time at `work` decimal digits."""

    def __init__(self, problem: Problem, digits: int, work: int, budget: Budget, max_steps: int) -> None:
        self.problem, self.digits, self.work = problem, digits, work
        self.budget, self.max_steps = budget, max_steps
        self.flow: Program = trace_flow(problem.network, problem.X, problem.y, weights=problem.row_weights)
        self.gradient: Program = trace_gradient(problem.network)
        self.arithmetic = FixedPoint(digits_to_bits(work) + 40)
        self.bits = self.arithmetic.bits
        start = [q for layer in problem.v0 for q in layer]
        self.state: list[Any] = [self.arithmetic.number(q) for q in start]
        with ball_precision(_LOW_BITS):
            # Rounding of the start: below one unit in every parameter.
            self.error: Ball = ball(Fraction(len(start) ** 2 + 1, len(start) * (1 << self.bits)))
        self.order = ceil(work * log(10.0) / 2) + 4
        self.length = 0.25
        self.time = Fraction(0)
        self.end: Fraction | None = None
        self.piece: Piece | None = None

    def follow(self) -> Enclosure | int | None:
        """The enclosure, or how many more digits are needed, or None."""
        permission.ask("validated integration")
        steps = 0
        while steps < self.max_steps and not self.budget.used_up:
            enclosure = self._limit()
            if enclosure is not None:
                return enclosure
            if not self.step():
                return 2 * _GUARD_DIGITS if steps else None
            steps += 1
            tell("proving the limit", partial("step {}".format, steps))
        return None

    def _limit(self) -> Enclosure | int | None:
        """Try to finish from here: None when zero loss is not near enough yet."""
        from flint import arb

        with ball_precision(self.bits):
            point = [ball(self.arithmetic.fraction(x)) for x in self.state]
            theta = [x + arb(0, self.error) for x in point]
            loss = norm(self._residual(point))
            if not loss < arb(10) ** (-self.digits // 2):
                return None
            limit = self._terminal(theta)
            if limit is None or not all(entry.is_finite() for entry in limit):
                return 2 * _GUARD_DIGITS if norm(self._residual(theta)) > 16 * loss else None
            missing = missing_bits(limit, digits_to_bits(self.digits) + 2)
            if missing <= 0:
                method = f"validated integration, Taylor order {self.order}, in the original parameters"
                return Enclosure(tuple(endpoints(entry) for entry in limit), self.digits, method)
            # While the rest of the path is what is wide, every step makes it narrower; integration error
            # does not.
            ahead = self._terminal(point)
            if ahead is None or missing_bits(ahead, digits_to_bits(self.digits) + 3) > 0:
                return None
        return ceil(missing * LOG_2 / log(10.0)) + 2

    def _terminal(self, theta: Sequence[Ball]) -> list[Ball] | None:
        return limit_of_beta(self.problem, self.gradient, theta)

    def _residual(self, theta: Sequence[Ball]) -> list[Ball]:
        zeros = [ball(0)] * len(self.problem.X[0])
        beta = self.gradient.evaluate(Operators(ball), [*theta, *zeros], "beta")
        return residual(self.problem.X, self.problem.y, beta)

    def step(self) -> bool:
        """One step; False when the tube is left or the flow does not move."""
        while True:
            if not self.length < _LONGEST:
                return False
            numerator, shift = dyadic(self.length)
            last = self.end is not None and self.end - self.time <= Fraction(numerator) / Fraction(2) ** shift
            if self.end is not None and last:
                left = self.end - self.time
                numerator, shift = left.numerator, left.denominator.bit_length() - 1
            self.budget.spend(cost := taylor_cost(self.flow, self.order))
            spend_allowance(cost)
            series = taylor_coefficients(
                self.flow, self.arithmetic, self._inputs(), (numerator, shift), self.order
            )[: len(self.state)]
            reach = self._reach(series)
            if reach >= 0.05:
                break
            self.length = min(self.length, float(Fraction(numerator) / Fraction(2) ** shift)) * reach * 0.9
        part = min(int(reach * 64), 64 if last else 86)
        length = Fraction(numerator) / Fraction(2) ** shift * Fraction(part, 64)
        with ball_precision(self.bits + 16):
            self.budget.spend(operations_of(self.flow) * self.order)
            path = [self._polynomial(entry, part) for entry in series]
            defect = self._defect(path, length)
            end = [sum(polynomial.coeffs(), ball(0)) for polynomial in path]
        parts = _PARTS
        while True:
            self.budget.spend(parts * hessian_cost(self.gradient, len(self.state)))
            growth = self._growth(path, parts)
            with ball_precision(_LOW_BITS):
                exponent = (growth * ball(length)).upper()
            if parts >= _MAX_PARTS or exponent < _MODERATE:
                break
            parts *= 4
        with ball_precision(_LOW_BITS):
            error = (exponent.exp() * (self.error + defect)).upper()
            if not error < ball(_TUBE):
                return False
        self.piece = Piece(self.time, length, path, error)
        self.time += length
        self.state = [self.arithmetic.number(dyadic_midpoint(entry)) for entry in end]
        with ball_precision(self.bits + 16):
            rounding = norm(
                [x - ball(self.arithmetic.fraction(s)) for x, s in zip(end, self.state, strict=True)]
            )
        with ball_precision(_LOW_BITS):
            self.error = (error + rounding).upper()
        self.length = float(length) * 64 / part * min(reach, 3.0)
        return True

    def _inputs(self) -> list[Any]:
        """What the Taylor recurrence starts from: the parameters, and whatever follows from them."""
        return self.state

    def _reach(self, series: list[list[Any]]) -> float:
        """Largest multiple of the step on which the last terms stay below the working accuracy."""
        exponent = inf
        for k in (self.order, self.order - 1):
            size = max(self.arithmetic.log_size(entry[k]) for entry in series)
            if size > -inf:
                exponent = min(exponent, (-self.work * log(10.0) - size) / k)
        return exp(min(exponent, 3.0))

    def _polynomial(self, series: Sequence[Any], part: int) -> arb_poly:
        """The candidate in u = x / (part/64)."""
        from flint import arb, arb_poly, fmpz

        unit, ratio = arb(2) ** -self.bits, arb(part) / 64
        entries = []
        for coefficient in series:
            entries.append(arb(fmpz(int(coefficient))) * unit)
            unit *= ratio
        return arb_poly(entries)

    def _velocities(self) -> Program:
        """The program of the velocity in the parameters alone."""
        return self.flow

    def _defect(self, path: Sequence[arb_poly], length: Fraction) -> Ball:
        """Upper bound of |dp/du - H velocity(p)| on [0, 1]."""
        zero, H = ball(0), ball(length)
        speeds = self._velocities().evaluate(Models(self.order), [Model(p, zero) for p in path], "velocity")
        parts = [
            absolute_sum((p.derivative() - H * speed.polynomial).coeffs()) + H * speed.remainder
            for p, speed in zip(path, speeds, strict=True)
        ]
        return norm(parts)

    def _tube(self, path: Sequence[arb_poly], parts: int) -> Iterator[list[Ball]]:
        """Hulls of the tube on equal pieces."""
        from flint import arb

        tube = arb(0, ball(_TUBE))
        for k in range(parts):
            u = arb(2 * k + 1) / (2 * parts) + arb(0, arb(1) / (2 * parts))
            yield [polynomial(u) + tube for polynomial in path]

    def _growth(self, path: Sequence[arb_poly], parts: int) -> Ball:
        """Upper bound of int_0^1 mu^+ du along the tube, from its hulls on equal pieces."""
        from flint import arb

        total = arb(0)
        with ball_precision(_LOW_BITS):
            for v in self._tube(path, parts):
                r = [ball(w) * e for w, e in zip(self.problem.row_weights, self._residual(v), strict=True)]
                c = [
                    -sum((ball(x) * e for x, e in zip(column, r, strict=True)), arb(0))
                    for column in zip(*self.problem.X, strict=True)
                ]
                total += largest_eigenvalue(hessian(self.gradient, v, c)) / parts
        return total.upper()


class ParameterRun(Run):
    """A run whose limit is that of the parameters."""

    def _terminal(self, theta: Sequence[Ball]) -> list[Ball] | None:
        return limit_of_parameters(self.problem, self.gradient, theta)
