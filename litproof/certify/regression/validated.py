"""Limits of regression flows without any reduction: validated integration in the original parameters.

The steps are those of `validated_steps`; the logarithmic norm of the flow is at most the largest eigenvalue of
-Hess_v (c^T beta), c = X^T r held fixed. The rest of the path, from a point close to zero loss on, is bounded in
`terminal_bound` (A4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import ceil, log

from litproof.algebra.balls import Ball, ball, endpoints, missing_bits
from litproof.certify.regression.enclosure import Enclosure
from litproof.certify.regression.validated_steps import Steps
from litproof.flow.program import Operators, Program
from litproof.flow.trace import trace_flow, trace_gradient
from litproof.integrate import permission
from litproof.integrate.arithmetic import LOG_2
from litproof.integrate.ball_rings import hessian, largest_eigenvalue, norm, residual
from litproof.integrate.budget import SECOND, Budget, hessian_cost, taylor_cost
from litproof.integrate.terminal_bound import Data, limit_of_parameters
from litproof.integrate.watch import tell
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

GUARD_DIGITS = 8
_ATTEMPTS = 4
_PILOT, _PILOT_FROM = 20, 60
"""With more digits than the second, runs with the first tell how many digits the path loses."""
_MORE_STEPS = 4
"""Digits that errors of more steps, and of longer series, may take."""


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
    return attempted(partial(kind, problem), digits, operations, max_steps)


def attempted(make: Callable[..., Run], digits: int, operations: float, max_steps: int) -> Enclosure | None:
    """Runs of `make(digits, work, budget, max_steps)` with more and more digits, until one succeeds or gives up.

    How many digits a path loses hardly depends on how many there are, and more of them take no fewer steps: where many
    are asked for, runs with few tell how many are lost, and whether so many steps are beyond the budget.
    """
    extra = GUARD_DIGITS
    if digits > _PILOT_FROM:
        pilot, found = _last_run(make, _PILOT, extra, Budget(operations), max_steps)
        if found is not None:
            extra = pilot.work - _PILOT + _MORE_STEPS
            full = make(digits, digits + extra, Budget(operations), max_steps)
            if pilot.steps * taylor_cost(full.flow, full.order) > operations:
                return None
    return _last_run(make, digits, extra, Budget(operations), max_steps)[1]


def _last_run(
    make: Callable[..., Run], digits: int, extra: int, budget: Budget, max_steps: int
) -> tuple[Run, Enclosure | None]:
    """The run that succeeded or gave up, and what it found."""
    for _ in range(_ATTEMPTS):
        run = make(digits, digits + extra, budget, max_steps)
        found = run.follow()
        if found is None or isinstance(found, Enclosure):
            return run, found
        extra += found
    return run, None


class Run(Steps):
    """One pass through time at `work` decimal digits; `steps` counts those that were taken."""

    def __init__(self, problem: Problem, digits: int, work: int, budget: Budget, max_steps: int) -> None:
        super().__init__([q for layer in problem.v0 for q in layer], work, budget)
        self.steps = 0
        self.problem, self.digits, self.max_steps = problem, digits, max_steps
        self.flow = self.velocity = trace_flow(
            problem.network, problem.X, problem.y, weights=problem.row_weights
        )
        self.gradient: Program = trace_gradient(problem.network)

    def follow(self) -> Enclosure | int | None:
        """The enclosure, or how many more digits are needed, or None."""
        permission.ask("validated integration")
        if not self.affords_step:
            return None
        while self.steps < self.max_steps and not self.budget.used_up:
            enclosure = self._limit()
            if enclosure is not None:
                return enclosure
            if not self.step():
                return 2 * GUARD_DIGITS if self.steps else None
            self.steps += 1
            tell("proving the limit", partial("step {}".format, self.steps))
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
            end = self._terminal(theta)
            limit = None if end is None else self._shown(end)
            if end is None or limit is None or not all(entry.is_finite() for entry in (*end, *limit)):
                return 2 * GUARD_DIGITS if norm(self._residual(theta)) > 16 * loss else None
            missing = missing_bits(limit, digits_to_bits(self.digits) + 2)
            if missing <= 0:
                bounds, parameters = (tuple(map(endpoints, entries)) for entries in (limit, self._given(end)))
                return Enclosure(bounds, self.digits, self._method, parameters)
            # While the rest of the path is what is wide, every step makes it narrower; integration error
            # does not.
            ahead = self._terminal(point)
            if ahead is None or missing_bits(self._shown(ahead), digits_to_bits(self.digits) + 3) > 0:
                return None
        return ceil(missing * LOG_2 / log(10.0)) + 2

    @property
    def _method(self) -> str:
        return f"validated integration, Taylor order {self.order}, in the original parameters"

    def _data(self) -> Data:
        """Data of the flow."""
        return Data(self.problem.X, self.problem.y, self.problem.row_weights)

    def _terminal(self, theta: Sequence[Ball]) -> list[Ball] | None:
        """The parameters in the limit."""
        return limit_of_parameters(self._data(), self.gradient, theta)

    def _given(self, theta: Sequence[Ball]) -> list[Ball]:
        """The parameters of the problem that was given."""
        return list(theta)

    def _shown(self, theta: Sequence[Ball]) -> list[Ball]:
        """What is asked for at parameters in the limit: beta."""
        return self._beta(theta)

    def _beta(self, theta: Sequence[Ball]) -> list[Ball]:
        zeros = [ball(0)] * len(self.problem.X[0])
        return list(self.gradient.evaluate(Operators(ball), [*theta, *zeros], "beta"))

    def _residual(self, theta: Sequence[Ball]) -> list[Ball]:
        return residual(self._data().X, self.problem.y, self._beta(theta))

    def _growth_cost(self) -> float:
        return hessian_cost(self.gradient, len(self.state))

    def _growth_on(self, theta: Sequence[Ball]) -> Ball:
        return largest_eigenvalue(hessian(self.gradient, theta, self._pull(theta)))

    def _pull(self, theta: Sequence[Ball]) -> list[Ball]:
        """-X^T W r."""
        from flint import arb

        data = self._data()
        r = [ball(w) * e for w, e in zip(data.row_weights, self._residual(theta), strict=True)]
        return [
            -sum((ball(x) * e for x, e in zip(column, r, strict=True)), arb(0))
            for column in zip(*data.X, strict=True)
        ]


class ParameterRun(Run):
    """A run whose limit is that of the parameters."""

    def _shown(self, theta: Sequence[Ball]) -> list[Ball]:
        return list(theta)
