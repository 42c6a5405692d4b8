"""What the benchmark compares with: heyoka, mpmath.odefun, scipy in doubles, HiGHS, and a count of multiplications."""

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from operator import mul
from typing import Any, TypeVar

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import linprog, nnls

from litproof.flow.program import Linear, Operators, Product, Program
from litproof.flow.trace import trace_flow, trace_gradient
from litproof.precision import ball_precision, digits_to_bits, mp_precision
from litproof.problem import Problem

Value = TypeVar("Value")
ODEFUN_SPAN = Fraction(1)
NEWTON_STEPS = 8
"""Iterations that the dual problem takes at least, doubling digits from a start in doubles."""


def flow_of(problem: Problem) -> tuple[Program, list[Fraction]]:
    """The flow in the original parameters and its start."""
    return trace_flow(problem.network, problem.X, problem.y), [q for layer in problem.v0 for q in layer]


def timed(run: Callable[[], Value], repeat: int) -> tuple[float, Value]:
    """Least processor time of some runs of this process (repeat >= 1), and what the last one gave."""
    best = float("inf")
    for _ in range(repeat):
        begin = time.process_time()
        value = run()
        best = min(best, time.process_time() - begin)
    return best, value


def seconds(run: Callable[[], object], repeat: int) -> float:
    """Least processor time of some runs of this process (repeat >= 1)."""
    return timed(run, repeat)[0]


class Expressions:
    """Program ring on heyoka's expressions."""

    def __init__(self, number: Callable[[Fraction], Any]) -> None:
        self.number = number

    def linear(self, step: Linear, values: Sequence[Any]) -> Any:
        """One sum of many terms."""
        import heyoka as hy

        terms = [self.number(c) * v for c, v in zip(step.coefficients, values, strict=True)]
        return hy.sum([*terms, hy.expression(self.number(step.constant))])

    def product(self, a: Any, b: Any) -> Any:
        """a * b."""
        return a * b

    def square(self, a: Any) -> Any:
        """a * a."""
        return a * a


class Heyoka:
    """heyoka's adaptive Taylor integrator in multiprecision, compact mode, on the flow of any network."""

    def __init__(self, problem: Problem, digits: int) -> None:
        import heyoka as hy
        import numpy as np

        self.bits = digits_to_bits(digits) + 32
        flow, start = flow_of(problem)
        v = hy.make_vars(*[f"v{i}" for i in range(flow.inputs)])
        system = list(zip(v, self.velocity(problem, v), strict=True))
        self.start = np.array([self.number(q) for q in start])
        self.real = hy.real
        tolerance = hy.real(f"1e-{digits}", self.bits)
        self.integrator = hy.taylor_adaptive(
            system, self.start.copy(), fp_type=hy.real, prec=self.bits, compact_mode=True, tol=tolerance
        )

    def velocity(self, problem: Problem, v: list[Any]) -> list[Any]:
        """The gradient of the network's own coefficients, as one writes it: sum_j p_j grad beta_j, p = -X^T r."""
        numbers, gradient = Expressions(self.number), trace_gradient(problem.network)
        zeros = [self.number(Fraction(0))] * problem.network.input_dim
        beta = gradient.evaluate(numbers, [*v, *zeros], "beta")
        residual = [
            self.combined(row, beta) - self.number(y) for row, y in zip(problem.X, problem.y, strict=True)
        ]
        pull = [-self.combined(column, residual) for column in zip(*problem.X, strict=True)]
        return gradient.evaluate(numbers, [*v, *pull], "gradient")

    def combined(self, coefficients: Sequence[Fraction], values: Sequence[Any]) -> Any:
        """sum_i coefficients[i] values[i]."""
        import heyoka as hy

        return hy.sum([self.number(c) * x for c, x in zip(coefficients, values, strict=True)])

    def number(self, q: Fraction) -> Any:
        """A rational at the working precision."""
        import heyoka as hy

        return hy.real(q.numerator, self.bits) / hy.real(q.denominator, self.bits)

    def run(self, end: Fraction, limit: float = float("inf")) -> Fraction:
        """Integrate from the start to `end` or until the processor seconds are over; the time reached."""
        self.integrator.time = self.real(0, self.bits)
        self.integrator.state[:] = self.start
        goal = self.number(end)
        if limit == float("inf"):
            self.integrator.propagate_until(goal)
            return end
        begin = time.process_time()
        while self.integrator.time < goal and time.process_time() - begin < limit:
            self.integrator.propagate_until(goal, max_steps=50)
        return min(end, Fraction(float(self.integrator.time)))

    def state(self) -> list[Fraction]:
        """The present state, rounded to the digits of its decimal form."""
        return [Fraction(str(x)) for x in self.integrator.state]


def odefun_seconds(problem: Problem, digits: int, end: Fraction) -> float:
    """mpmath.odefun over a short span after the same span of warming up, extrapolated to `end`."""
    from mpmath import mpf, odefun

    flow, start = flow_of(problem)
    with mp_precision(digits_to_bits(digits)):
        numbers = Operators(lambda q: mpf(q.numerator) / q.denominator)
        solution = odefun(
            lambda _, state: flow.evaluate(numbers, state, "velocity"),
            0,
            [mpf(q.numerator) / q.denominator for q in start],
        )
        solution(float(ODEFUN_SPAN))
        begin = time.process_time()
        solution(float(2 * ODEFUN_SPAN))
        return (time.process_time() - begin) * float(end / ODEFUN_SPAN)


def follow_in_doubles(problem: Problem, method: str) -> object:
    """The parameters at t = 200 by scipy to a relative 1e-10, gradients of diagonal layers by hand."""
    X, y = np.array(problem.X, float), np.array(problem.y, float)
    L, d = len(problem.v0), len(problem.v0[0])

    def right(_: float, flat: Any) -> Any:
        v = flat.reshape(L, d)
        pull = X.T @ (X @ v.prod(0) - y)
        return -np.concatenate([np.delete(v, layer, 0).prod(0) * pull for layer in range(L)])

    start = np.array([[float(x) for x in layer] for layer in problem.v0]).ravel()
    return solve_ivp(right, (0, 200), start, method=method, rtol=1e-10, atol=1e-13)


def l2_margin_in_doubles(A: Any) -> object:
    """The l2 margin by scipy's nonnegative least squares: about nine digits."""
    n, d = A.shape
    return nnls(np.vstack([A.T, np.ones(n)]), np.append(np.zeros(d), 1.0))


def l1_margin_in_doubles(A: Any) -> object:
    """The l1 margin by HiGHS."""
    n, d = A.shape
    return linprog(np.ones(2 * d), A_ub=np.hstack([-A, A]), b_ub=-np.ones(n), method="highs")


def taylor_products(problem: Problem, digits: int, steps: int, order: int) -> float:
    """Seconds of the multiplications of a Taylor method alone: order^2 / 2 a product of two series, half for a square.

    Each at the price of one product of integers of half the precision: later coefficients have fewer and fewer bits.
    """
    from gmpy2 import mpz

    products = [step for step in flow_of(problem)[0].steps if isinstance(step, Product)]
    count = sum(0.5 if step.left == step.right else 1.0 for step in products)
    half = digits_to_bits(digits) // 2
    a, b = [mpz(3) ** int(half / 1.585)] * 1000, [mpz(7) ** int(half / 2.807)] * 1000
    one = seconds(lambda: [sum(map(mul, a, b)) for _ in range(50)], 3) / 50_000
    return one * steps * count * order**2 / 2


def newton_products(n: int, d: int, digits: int) -> float:
    """Seconds of n^2 d / 2 products of balls a Hessian and n d a gradient, as often as Newton needs them."""
    from flint import arb

    with ball_precision(digits_to_bits(digits)):
        a, b = [arb(2).sqrt()] * 1000, [arb(3).sqrt()] * 1000
        one = seconds(lambda: [list(map(mul, a, b)) for _ in range(50)], 3) / 50_000
    return one * NEWTON_STEPS * (n * n * d / 2 + n * d)
