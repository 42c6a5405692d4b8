"""Limits of large layered networks, proved by validated integration on what data and start span.

The smaller problem of `flow.data_span` is known up to rounding: its data and its start lie within a radius delta of
those that are followed. The start adds delta sqrt(P) to the error; every step adds its length times a bound of |V - V'|
for the fields V of the exact data and V' of the rounded ones at the candidate,

    |V - V'| <= |R - R'| (sum_l prod_{k != l} |W_k|^2)^(1/2),    R = sum_i w_i r_i A_i,
    |R - R'| <= sum_i w_i delta_i (2 |A_i| prod_k |W_k| + |y_i|),    delta_i = delta (number of entries of A_i)^(1/2),

with Frobenius norms. What remains after the last step, and the growth of distances, are bounded with data in balls.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, ball
from litproof.certify.layered_growth import few_parameters, growth_bound, growth_cost, lipschitz_bound
from litproof.certify.regression.enclosure import Enclosure
from litproof.certify.regression.validated import GUARD_DIGITS, Run, attempted
from litproof.certify.regression.validated_steps import LOW_BITS, series_order
from litproof.flow.data_span import data_span, has_matrices, is_large_and_layered, spanned_network
from litproof.flow.program import split
from litproof.flow.span import Span, whole_space
from litproof.integrate.ball_rings import absolute_sum, norm, product, products_of_others
from litproof.integrate.budget import SECOND, Budget, series_cost
from litproof.integrate.estimate import layered_size
from litproof.integrate.terminal_bound import Data, limit_of_parameters
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_poly

_SPARE_BITS = 96
_LEAST_STEPS = 15
"""No path is proved in fewer."""


def is_spanned(problem: Problem) -> bool:
    """Whether `enclose_in_span` is the way: for large networks with a span, and matrices that need no Hessians."""
    if not is_large_and_layered(problem):
        return False
    if has_matrices(problem.network) and (len(problem.v0) == 2 or not few_parameters(problem.network)):
        return True
    return spanned_network(problem) != problem.network


def enclose_in_span(
    problem: Problem, digits: int, *, operations: float = 60 * SECOND, max_steps: int = 4000
) -> Enclosure | None:
    """Proven bounds of the limit of beta(t), see `validated.enclose_by_integration`, of a large layered network.

    None at once where the sizes say that a few steps are beyond the budget.
    """
    problem.require_plain("validated integration")
    problem = problem.independent
    order = series_order(digits + GUARD_DIGITS)
    if _LEAST_STEPS * series_cost(layered_size(problem)[0], order) > operations:
        return None
    return attempted(partial(SpannedRun, problem), digits, operations, max_steps)


class SpannedRun(Run):
    """A run on the smaller problem, where there is one; what it proves is said of the given one."""

    def __init__(self, problem: Problem, digits: int, work: int, budget: Budget, max_steps: int) -> None:
        span = data_span(problem, digits_to_bits(work) + _SPARE_BITS) or whole_space(problem)
        super().__init__(span.problem, digits, work, budget, max_steps)
        self.span: Span = span
        with ball_precision(LOW_BITS):
            self.error = (self.error + ball(span.radius) * ball(len(self.state)).sqrt()).upper()

    @property
    def _method(self) -> str:
        if not self.span.radius:
            return super()._method
        return f"{super()._method}, {self.span.description}"

    def _data(self) -> Data:
        """Data that hold the exact ones."""
        X = tuple(tuple(self._near(x) for x in row) for row in self.problem.X)
        return Data(X, self.problem.y, self.problem.row_weights)

    def _near(self, number: Fraction) -> Ball:
        from flint import arb

        return ball(number) + arb(0, ball(self.span.radius))

    def _terminal(self, theta: Sequence[Ball]) -> list[Ball] | None:
        network = self.problem.network
        lipschitz = None if few_parameters(network) else partial(lipschitz_bound, network)
        return limit_of_parameters(self._data(), self.gradient, theta, lipschitz=lipschitz)

    def _given(self, theta: Sequence[Ball]) -> list[Ball]:
        """W_l(0) + Q_l^T (the motion) Q_(l+1), in balls."""
        start = [x for layer in self.problem.v0 for x in layer]
        moves = [a - self._near(b) for a, b in zip(theta, start, strict=True)]
        return self.span.embedded(moves, self._near)

    def _shown(self, theta: Sequence[Ball]) -> list[Ball]:
        network = self.span.given.network
        return list(network.coefficients(split(self._given(theta), network.shapes)))

    def _defect(self, path: Sequence[arb_poly], length: Fraction) -> Ball:
        defect = super()._defect(path, length)
        with ball_precision(LOW_BITS):
            return (defect + ball(length) * self._uncertainty(path)).upper()

    def _uncertainty(self, path: Sequence[arb_poly]) -> Ball:
        """Bound of |V - V'| along the candidate."""
        tops = [absolute_sum(polynomial.coeffs()) for polynomial in path]
        norms = [norm(layer) for layer in split(tops, self.problem.network.shapes)]
        whole, total = product(norms), ball(0)
        wide = ball(self.span.radius) * ball(len(self.problem.X[0])).sqrt()
        for w, row, target in zip(self.problem.row_weights, self.problem.X, self.problem.y, strict=True):
            size = norm(list(map(ball, row))) + wide
            total += ball(w) * wide * (2 * size * whole + abs(ball(target)))
        return (total * norm(products_of_others(norms))).upper()

    def _growth_cost(self) -> float:
        return growth_cost(self.problem.network, self.gradient)

    def _growth_on(self, theta: Sequence[Ball]) -> Ball:
        return growth_bound(self.problem.network, self.gradient, theta, self._pull(theta))
