"""A classification flow followed with proved errors, from its exact start: enclosures of points of its orbit.

In the clock T = int F dt (F the loss) the flow is gradient ascent of kappa = -log F, d theta/dT = grad_v (c . beta(v))
with c = sum_i p_i y_i x_i held fixed. Each step has a Taylor polynomial with dyadic coefficients, whose defect is
bounded term by term; Hess kappa is at most Hess_v (c . beta), and the logarithmic norm bounds the distance of flow and
polynomial: `derivations/bodies/lemma-validated-steps.tex` (`litproof derive A5`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball
from litproof.certify.layered_growth import growth_bound, growth_cost
from litproof.flow.data_span import data_span
from litproof.flow.program import Operators, Program
from litproof.flow.trace import trace_coefficients, trace_gradient
from litproof.integrate import permission
from litproof.integrate.ball_rings import hessian, largest_eigenvalue, norm
from litproof.integrate.budget import Budget, hessian_cost, operations_of
from litproof.precision import ball_precision, series_length
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_poly

_BITS = 128
_ORDER = 14
_ACCURACY = 1e-12
"""Defect times length of a step, relative to |theta|."""
_TUBE = 1e-9
"""Least radius of the tube, relative to |theta|."""
_WIDEST = 0.01
"""Error, relative to |theta|, that ends the climb."""
_TRIES = 30
_SERIES_COST = 6
"""One operation on power series of balls, in operations on numbers (measured)."""


@dataclass(frozen=True)
class Field:
    """grad kappa, over numbers or power series of balls.

    Attributes
    ----------
    beta, gradient : programs v -> beta, and (v, c) -> grad_v (c . beta).
    rows : y_i x_i, n x d balls.
    """

    beta: Program
    gradient: Program
    rows: tuple[tuple[Ball, ...], ...]

    @classmethod
    def of(cls, problem: Problem, radius: Fraction = Fraction(0)) -> Field:
        """The field of a classification problem, of data within `radius` of those that it has."""
        from flint import arb

        with ball_precision(_BITS):
            wide = arb(0, ball(radius)) if radius else arb(0)
            rows = tuple(tuple(ball(x) + wide for x in row) for row in problem.signed_rows)
        return cls(trace_coefficients(problem.network), trace_gradient(problem.network), rows)

    @property
    def cost(self) -> float:
        """Of one evaluation over power series of balls, in the unit of `integrate.budget`."""
        terms = len(self.rows) * (len(self.rows[0]) + 1)
        return _SERIES_COST * (operations_of(self.beta) + operations_of(self.gradient) + terms)

    def margins(self, theta: Sequence[Any]) -> list[Any]:
        """m_i."""
        beta = self.beta.evaluate(Operators(ball), theta, "beta")
        return [_dot(row, beta) for row in self.rows]

    def pull(self, theta: Sequence[Any], shift: Ball) -> list[Any]:
        """c = sum_i p_i y_i x_i; `shift` is any number near the smallest margin."""
        sizes = [(shift - m).exp() for m in self.margins(theta)]
        total = sum(sizes[1:], sizes[0])
        weights = [size / total for size in sizes]
        return [_dot(column, weights) for column in zip(*self.rows, strict=True)]

    def velocity(self, theta: Sequence[Any], shift: Ball) -> list[Any]:
        """grad kappa."""
        return self.gradient.evaluate(Operators(ball), [*theta, *self.pull(theta, shift)], "gradient")


Growth = Callable[[Program, Sequence[Ball], Sequence[Ball]], Ball]
"""(gradient, v, c) -> upper bound, not below 0, of the eigenvalues of Hess_v (c . beta) over boxes."""


@dataclass(frozen=True)
class _Bound:
    growth: Growth
    cost: float


@dataclass(frozen=True)
class Point:
    """A point of the orbit.

    Attributes
    ----------
    clock : T, exact. theta : D balls around the parameters, layer by layer. margins : balls around the m_i.
    """

    clock: Fraction
    theta: tuple[Ball, ...]
    margins: tuple[Ball, ...]

    @property
    def loss(self) -> Ball:
        """F, at flint's current precision."""
        return sum(((-m).exp() for m in self.margins), ball(0))


def climb_in_span(problem: Problem, budget: Budget) -> Iterator[Point]:
    """The orbit of a large layered network on what its data and start span, see `flow.data_span`; else `climb`.

    Clocks and margins are those of the problem.
    """
    span = data_span(problem, _BITS)
    if span is None:
        yield from climb(problem, budget)
        return
    small = span.problem
    yield from _climb(
        small, budget, span.radius, partial(growth_bound, small.network), partial(growth_cost, small.network)
    )


def climb(problem: Problem, budget: Budget) -> Iterator[Point]:
    """Enclosures of successive points of the orbit, the start first.

    Ends when the budget is used up, when the flow rests, or when the proved error outgrows the tube.
    """

    def growth(gradient: Program, theta: Sequence[Ball], pull: Sequence[Ball]) -> Ball:
        return largest_eigenvalue(hessian(gradient, theta, pull))

    def cost(gradient: Program) -> float:
        return hessian_cost(gradient, sum(problem.network.shapes))

    yield from _climb(problem, budget, Fraction(0), growth, cost)


def _climb(
    problem: Problem, budget: Budget, radius: Fraction, growth: Growth, cost: Callable[[Program], float]
) -> Iterator[Point]:
    """The orbit of data and start within `radius` of those of the problem."""
    permission.ask("validated classification flow")
    field = Field.of(problem, radius)
    with ball_precision(_BITS), series_length(_ORDER + 2):
        state = [ball(q) for layer in problem.v0 for q in layer]
        error = norm([x.rad() + ball(radius) for x in state])
        state = [x.mid() for x in state]
    yield _point(field, Fraction(0), state, error)
    clock, length = Fraction(0), 1.0
    bound = _Bound(growth, cost(field.gradient))
    if bound.cost > budget.operations:
        return
    while not budget.used_up:
        with ball_precision(_BITS), series_length(_ORDER + 2):
            step = _step(field, bound, state, error, length, budget)
        if step is None:
            return
        state, error, length = step
        clock += Fraction(length)
        yield _point(field, clock, state, error)


def _point(field: Field, clock: Fraction, state: Sequence[Ball], error: Ball) -> Point:
    from flint import arb

    with ball_precision(_BITS):
        theta = [x + arb(0, error) for x in state]
        return Point(clock, tuple(theta), tuple(field.margins(theta)))


def _step(
    field: Field, bound: _Bound, state: Sequence[Ball], error: Ball, last: float, budget: Budget
) -> tuple[list[Ball], Ball, float] | None:
    """State, error and length after one step, at most 1.2 times the `last`; None when the proof fails."""
    shift = min(field.margins(state), key=float).mid()
    budget.spend(_ORDER * field.cost)
    path = _taylor(field, state, shift)
    if all(q.degree() <= 0 for q in path):
        return None
    size = float(norm(state)) + 1e-300
    reach = min(
        (_ACCURACY * size / (float(abs(q[k])) + 1e-300)) ** (1.0 / k)
        for q in path
        for k in (_ORDER - 1, _ORDER)
    )
    length = min(reach, 1.2 * last)
    if not error < ball(Fraction(_WIDEST * size)):
        return None
    tube = (4 * error + ball(Fraction(_TUBE * size))).upper()
    for _ in range(_TRIES):
        if not isfinite(length):
            return None
        h = ball(Fraction(length))
        budget.spend(2 * field.cost)
        drift = h * _defect(field, path, h, shift)
        if drift < ball(Fraction(_ACCURACY * size * 64)):
            budget.spend(bound.cost)
            exponent = h * _growth(field, bound, path, h, tube, shift)
            if exponent < 1:
                after = (exponent.exp() * (error + drift)).upper()
                if not after < tube:
                    return None
                end = [q(h) for q in path]
                rounding = norm([x.rad() for x in end])
                return [x.mid() for x in end], (after + rounding).upper(), length
        length *= 0.75
    return None


def _taylor(field: Field, state: Sequence[Ball], shift: Ball) -> list[arb_poly]:
    """The solution's Taylor polynomials of degree `_ORDER`, coefficients rounded to points."""
    from flint import arb_poly, arb_series

    coefficients = [[x] for x in state]
    for k in range(_ORDER):
        series = [arb_series(entries, prec=k + 1) for entries in coefficients]
        for entries, speed in zip(coefficients, field.velocity(series, shift), strict=True):
            entries.append((_coefficient(speed, k) / (k + 1)).mid())
    return [arb_poly(entries) for entries in coefficients]


def _defect(field: Field, path: Sequence[arb_poly], h: Ball, shift: Ball) -> Ball:
    """Upper bound of |q' - grad kappa(q)| on [0, h]."""
    from flint import arb, arb_poly, arb_series

    here = [arb_series(q.coeffs(), prec=_ORDER) for q in path]
    middle = h / 2
    stretch = arb_poly([middle + arb(0, middle), 1])
    everywhere = [arb_series(q(stretch).coeffs(), prec=_ORDER + 1) for q in path]
    try:
        near, far = field.velocity(here, shift), field.velocity(everywhere, shift)
    except ValueError:  # a stretch so long that the balls do not keep the loss from 0
        return arb("inf")
    parts = []
    for q, first, rest in zip(path, near, far, strict=True):
        total, power = arb(0), arb(1)
        for k in range(_ORDER):
            total += abs((k + 1) * q[k + 1] - _coefficient(first, k)) * power
            power *= h
        # q has degree _ORDER, so q' has no term of that order
        total += abs(_coefficient(rest, _ORDER)) * power
        parts.append(total)
    return norm(parts)


def _growth(field: Field, bound: _Bound, path: Sequence[arb_poly], h: Ball, tube: Ball, shift: Ball) -> Ball:
    """Upper bound, not below 0, of the eigenvalues of Hess kappa on the tube around the path."""
    from flint import arb

    middle = h / 2
    stretch, around = middle + arb(0, middle), arb(0, tube)
    v = [q(stretch) + around for q in path]
    return bound.growth(field.gradient, v, field.pull(v, shift))


def _dot(balls: Sequence[Ball], values: Sequence[Any]) -> Any:
    return sum((x * value for x, value in zip(balls, values, strict=True) if x != 0), ball(0))


def _coefficient(series: Any, k: int) -> Ball:
    """Coefficient k of a power series, or of a number that does not depend on the variable."""
    from flint import arb, arb_series

    if isinstance(series, arb_series):
        coefficient: Ball = series[k]
        return coefficient
    return series if k == 0 else arb(0)
