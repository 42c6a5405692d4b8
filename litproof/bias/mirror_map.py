"""The potential of a mirror flow as a function that is evaluated to any digits, with proved errors.

Where the fields X_b / g commute (`rescaled_fields`), psi = grad Q has d psi = g (J J^T)^-1 d beta on the leaf of the
start. Along the path on which M beta moves in a straight line by Delta, A = M J,

    theta' = A^T lambda,  (A A^T) lambda = Delta,  g' = g sum_b (M^T lambda)_b Phi_b,  nu' = g lambda,  Q' = nu . Delta,

and psi = M^T nu, so that M = I reaches any beta in sight of the start, and M = X the point of the interpolators where
grad Q is in the row space of X: the KKT conditions of the limit, with multipliers nu. Q and nu start
at 0, g at 1. The
path is enclosed by validated integration. Proof: `derivations/bodies/lemma-rescaled-fields.tex` (`litproof derive
A11`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from litproof.algebra.balls import Ball, ball, endpoints
from litproof.algebra.linear import dot, identity, rank
from litproof.bias.regulariser import Regulariser, gradients_at
from litproof.bias.rescaled_fields import Rate, rescaling
from litproof.certify.regression.validated_steps import Steps
from litproof.errors import HypothesisError, Inconclusive, InputError, Outcome
from litproof.exact_numbers import exact_numbers
from litproof.flow.lift import lift
from litproof.flow.monomials import table_of
from litproof.flow.program import Node, Operators, Tracer, split
from litproof.flow.trace import trace_coefficients
from litproof.integrate import permission
from litproof.integrate.budget import SECOND, Budget
from litproof.language.functions import OutsideDomain
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.precision import ball_precision
from litproof.problem import Problem

Bounds = tuple[Fraction, Fraction]
_GUARD_DIGITS = (10, 40, 100)
_MAX_STEPS = 2000


@dataclass(frozen=True)
class MirrorPoint:
    """Q at a point, enclosed.

    Attributes
    ----------
    beta : the point. value : Q, 0 at the start. gradient : grad Q(beta), 0 at the start.
    multipliers : nu with grad Q = M^T nu: those of the KKT conditions for `MirrorMap.limit`.
    factor : g, 1 at the start.
    """

    beta: tuple[Bounds, ...]
    value: Bounds
    gradient: tuple[Bounds, ...]
    multipliers: tuple[Bounds, ...]
    factor: Bounds


class MirrorMap:
    """The potential Q of a problem's start, with Q and grad Q both 0 there.

    Raises
    ------
    HypothesisError : the fields do not commute in any time, or gradients are dependent at the start.

    Examples
    --------
    >>> from litproof.networks.polynomial import PolynomialNetwork
    >>> radial = PolynomialNetwork.of(["w[2]"], ["dot(w, w)*w[j]"], 2)
    >>> Q = MirrorMap(Problem(radial, "regression", ((1, 2),), (1,), 1, ((1, 0),)))
    >>> point = Q.at((8, 0), 20)  # grad Q = |beta|^(-8/9) beta - (1, 0), so Q = 9/10 |beta|^(10/9) - beta_1 + 1/10
    >>> round(float(point.value[0]), 9), round(float(point.gradient[0][0]), 9)
    (1.171431559, 0.25992105)
    """

    def __init__(self, problem: Problem) -> None:
        problem.require_plain("a mirror map")
        found = None if isinstance(problem.network, MatrixSensing) else rescaling(problem.network)
        if found is None:
            raise HypothesisError("the gradients of beta do not commute in any time, as far as is decided")
        if rank(gradients_at(problem)) < problem.network.input_dim:
            raise HypothesisError("the gradients of beta are dependent at the start")
        self.problem, self.rescaling = problem, found

    def at(self, beta: Sequence[Any], digits: int = 30, *, operations: float = 20 * SECOND) -> MirrorPoint:
        """Q and its gradient at beta, each within 10^-digits of the larger of 1 and the largest number.

        Raises
        ------
        Inconclusive : the straight line from the start leaves the leaf, as far as is seen, or the budget ends first.
        """
        rows = identity(self.problem.network.input_dim)
        return self._reached(rows, exact_numbers(beta, "beta"), digits, operations)

    def limit(self, digits: int = 30, *, operations: float = 20 * SECOND) -> MirrorPoint:
        """The interpolator of the problem's data at which grad Q = X^T nu, as `at`."""
        problem = self.problem.independent
        return self._reached(problem.X, problem.y, digits, operations)

    def _reached(
        self, rows: Sequence[Sequence[Fraction]], targets: Sequence[Fraction], digits: int, operations: float
    ) -> MirrorPoint:
        return _reached(self.problem, self.rescaling.rates, rows, targets, digits, operations)


@lru_cache(maxsize=64)
def line_integral(
    problem: Problem, beta: tuple[Fraction, ...], digits: int = 30, *, operations: float = 20 * SECOND
) -> MirrorPoint:
    """The integral of (J J^T)^-1 d beta along the straight line from the start to beta, theta moving by J^T lambda.

    grad Q(beta) where the gradients of beta commute; elsewhere that of this one path, and of no function.

    Raises
    ------
    HypothesisError : gradients are dependent at the start. Inconclusive : as `MirrorMap.at`.
    """
    problem.require_plain("an integral along a line of outputs")
    d = problem.network.input_dim
    if rank(gradients_at(problem)) < d:
        raise HypothesisError("the gradients of beta are dependent at the start")
    return _reached(problem, (), identity(d), beta, digits, operations)


def _reached(
    problem: Problem,
    rates: Sequence[Rate],
    rows: Sequence[Sequence[Fraction]],
    targets: Sequence[Fraction],
    digits: int,
    operations: float,
) -> MirrorPoint:
    permission.ask("validated integration")
    budget = Budget(operations)
    for guard in _GUARD_DIGITS:
        steps = _LeafSteps(problem, rates, rows, targets, digits + guard, budget)
        for _ in range(_MAX_STEPS):
            if steps.time >= 1 or budget.used_up or not steps.step():
                break
        if steps.time < 1:
            if budget.used_up:
                message = "the mirror map takes more than its budget"
                raise Inconclusive(message, outcome=Outcome.BUDGET)
            continue
        point = steps.point()
        numbers = (point.value, *point.gradient, *point.multipliers, *point.beta)
        size = max(Fraction(1), *(abs(x) for pair in numbers for x in pair))
        if all(high - low <= 2 * size / 10**digits for low, high in numbers):
            return point
    raise Inconclusive("the line of outputs from the start is not seen to stay on the leaf")


def of_rescaled_fields(problem: Problem) -> Regulariser | None:
    """The potential that exists where the gradients of beta commute after division by g."""
    try:
        mirror = MirrorMap(problem)
    except HypothesisError:
        return None
    starts = "this start, data whose flow keeps the gradients of beta independent"
    if mirror.rescaling.inside and mirror.rescaling.in_time:
        name, what = (
            "potential of a commuting parametrisation",
            "all brackets of the gradients of beta vanish",
        )
        starts = "this start, all data and losses"
    else:
        name = "a mirror flow" if mirror.rescaling.in_time else "a mirror flow in another time"
        what = "the gradients of beta commute when divided by some g > 0"
        if not mirror.rescaling.inside:
            what += ", as they move beta and J J^T"
    return Regulariser(name, "", starts, f"exact: {what} (Li, Wang, Lee & Arora; A11)", mirror=mirror)


class _LeafSteps(Steps):
    """The path of the module's head; the state is theta, g where it moves, nu and Q."""

    def __init__(
        self,
        problem: Problem,
        rates: Sequence[Rate],
        rows: Sequence[Sequence[Fraction]],
        targets: Sequence[Fraction],
        work: int,
        budget: Budget,
    ) -> None:
        network, theta = problem.network, [x for layer in problem.v0 for x in layer]
        self.rows, self.size = rows, len(theta)
        self.warped = any(len(rate.numerator) for rate in rates)
        zeros = (Fraction(0),) * (len(rows) + 1)
        super().__init__([*theta, *(Fraction(1),) * self.warped, *zeros], work, budget)
        self.end, self.beta = Fraction(1), trace_coefficients(network)
        origin = network.coefficients(problem.v0)
        move = [target - dot(row, origin) for row, target in zip(rows, targets, strict=True)]
        tracer = Tracer(self.size + self.warped + len(rows) + 1)
        inputs = tracer.variables()
        place, nu = inputs[: self.size], inputs[self.size + self.warped : -1]
        beta = [tracer.lift(b) for b in network.coefficients(split(place, network.shapes))]
        A = [tracer.gradient(beta, list(map(tracer.lift, row)))[: self.size] for row in rows]
        gram = [[tracer.named_exactly(tracer.combined(a, b)) for b in A] for a in A]
        weights = _solved(tracer, gram, move)
        velocity = [tracer.combined(weights, column) for column in zip(*A, strict=True)]
        if self.warped:
            factor = inputs[self.size]
            pulls = [tracer.combined(column, weights) for column in zip(*rows, strict=True)]
            velocity.append(tracer.combined(pulls, _rates_at(tracer, rates, place)) * factor)
            weights = [w * factor for w in weights]
        velocity += [*weights, tracer.combined(move, nu)]
        self.velocity = tracer.program({"velocity": velocity})
        self.lifted = lift(tracer, {}, velocity)
        self.flow = self.lifted.program

    def step(self) -> bool:
        """See `Steps.step`; False also where a pivot of A A^T cannot be told from 0."""
        try:
            return super().step()
        except (OutsideDomain, InputError):
            return False

    def _inputs(self) -> list[Any]:
        here = [self.arithmetic.fraction(x) for x in self.state]
        more = self.lifted.start(here, self.work + 20)[len(here) :]
        return [*self.state, *map(self.arithmetic.number, more)]

    def point(self) -> MirrorPoint:
        """What has been reached."""
        from flint import arb

        with ball_precision(self.bits):
            state: list[Ball] = [ball(self.arithmetic.fraction(x)) + arb(0, self.error) for x in self.state]
            beta = self.beta.evaluate(Operators(ball), state[: self.size], "beta")
            nu = state[self.size + self.warped : -1]
            gradient = [
                sum((ball(x) * n for x, n in zip(column, nu, strict=True)), arb(0))
                for column in zip(*self.rows, strict=True)
            ]
            factor = state[self.size] if self.warped else arb(1)
            groups = [tuple(map(endpoints, group)) for group in (beta, gradient, nu)]
            return MirrorPoint(groups[0], endpoints(state[-1]), groups[1], groups[2], endpoints(factor))


def _solved(tracer: Tracer, matrix: list[list[Node]], right: Sequence[Fraction]) -> list[Node]:
    """The solution of a positive definite system, by elimination without exchanges."""
    n, table = len(matrix), [list(row) for row in matrix]
    sides = [tracer.lift(x) for x in right]
    inverses = []
    for k in range(n):
        inverse = tracer.lift(1) / table[k][k]
        inverses.append(inverse)
        for i in range(k + 1, n):
            part = tracer.named_exactly(table[i][k] * inverse)
            for j in range(k + 1, n):
                table[i][j] = tracer.named_exactly(table[i][j] - part * table[k][j])
            sides[i] = tracer.named_exactly(sides[i] - part * sides[k])
    solution = sides
    for k in reversed(range(n)):
        for j in range(k + 1, n):
            solution[k] = solution[k] - table[k][j] * solution[j]
        solution[k] = tracer.named_exactly(solution[k] * inverses[k])
    return solution


def _rates_at(tracer: Tracer, rates: Sequence[Rate], theta: Sequence[Node]) -> list[Node]:
    """Phi_b as nodes."""

    def node(polynomial: Any) -> Node:
        total = tracer.lift(0)
        for powers, value in table_of(polynomial).items():
            term = tracer.lift(value)
            for x, power in zip(theta, powers, strict=True):
                term = term * x**power if power else term
            total = total + term
        return total

    return [
        node(rate.numerator) / node(rate.denominator)
        if rate.denominator.total_degree()
        else node(rate.numerator)
        for rate in rates
    ]
