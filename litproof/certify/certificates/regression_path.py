"""Certificates of limits by validated integration, for networks without a reduction (kind regression-path).

Nothing here is trusted: the path is found in fixed point, the checker proves what it is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, inf, log, log2, sqrt
from typing import Any

from litproof.certify.certificates.format import (
    Certificate,
    accepted,
    decimal_bounds,
    exact_text,
    tensor_fields,
    text_rows,
    texts,
)
from litproof.certify.checker.flow import Flow, lifting, read_flow
from litproof.certify.checker.interval import Interval, magnitude
from litproof.certify.checker.regression_path import Step, exponent
from litproof.certify.checker.work import Work
from litproof.decimals import order_of_magnitude
from litproof.flow.monomials import expanded
from litproof.flow.program import Program, split
from litproof.flow.trace import trace_flow
from litproof.integrate import permission
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.budget import SECOND, Budget, taylor_cost
from litproof.integrate.regression.taylor import coefficients_by_code, dyadic
from litproof.networks.base import MultilinearNetwork, Network
from litproof.precision import digits_to_bits
from litproof.problem import Problem

_GUARD_DIGITS = 6
_ATTEMPTS = 4
_FRACTION = 64
_UNITS = 32
"""Defect of a step by parameter and coefficient: 6 to 13 units, now and then 55."""
_SHORTEST, _LONGEST = 2.0**-64, 2.0**64
"""Steps outside mean that the flow blows up or rests, at positive loss."""


@dataclass(frozen=True)
class Path:
    """A polynomial path close to the flow.

    Attributes
    ----------
    bits : coefficients are integers over 2^bits.
    lengths : of the steps, in time. steps : one polynomial a parameter and step, lowest coefficient first.
    end : parameters at the end.
    """

    bits: int
    lengths: tuple[Fraction, ...]
    steps: tuple[tuple[tuple[int, ...], ...], ...]
    end: tuple[Fraction, ...]

    @property
    def fields(self) -> dict[str, Any]:
        """What a certificate says of it."""
        steps = [[list(p) for p in step] for step in self.steps]
        return {"bits": self.bits, "lengths": texts(self.lengths), "path": steps}


def find_path(problem: Problem, work: int, small: Fraction, *, budget: Budget, max_steps: int) -> Path | None:
    """The flow at `work` decimal digits until every residual is below `small`; None when the budget is used up."""
    permission.ask("validated integration")
    flow = trace_flow(problem.network, problem.X, problem.y, weights=problem.row_weights)

    def is_near(end: Sequence[Fraction]) -> bool:
        return max(map(abs, _residuals(problem, end))) < small

    return path_to(problem, flow, work, is_near, budget=budget, max_steps=max_steps)


def path_to(
    problem: Problem,
    flow: Program,
    work: int,
    is_near: Callable[[Sequence[Fraction]], bool],
    *,
    budget: Budget,
    max_steps: int,
) -> Path | None:
    """The flow from the start at `work` decimal digits until `is_near` its end; None when the budget is used up."""
    arithmetic = FixedPoint(digits_to_bits(work) + 8)
    order = ceil(work * log(10.0) / 2) + 4
    state: list[Any] = [arithmetic.number(q) for layer in problem.v0 for q in layer]
    lengths: list[Fraction] = []
    steps: list[tuple[tuple[int, ...], ...]] = []
    length, coefficients = 0.25, coefficients_by_code(flow, arithmetic)
    while len(steps) < max_steps and not budget.used_up:
        end = [arithmetic.fraction(x) for x in state]
        if steps and is_near(end):
            return Path(arithmetic.bits, tuple(lengths), tuple(steps), tuple(end))
        step = _taylor_step(flow, coefficients, arithmetic, state, order, work, length, budget)
        if step is None:
            return None
        taken, polynomials, length = step
        lengths.append(taken)
        steps.append(polynomials)
        state = [arithmetic.number(Fraction(sum(p), 1 << arithmetic.bits)) for p in polynomials]
    return None


def _taylor_step(
    flow: Program,
    coefficients: Callable[..., list[list[Any]]],
    arithmetic: FixedPoint,
    state: list[Any],
    order: int,
    work: int,
    length: float,
    budget: Budget,
) -> tuple[Fraction, tuple[tuple[int, ...], ...], float] | None:
    """(length of a step, its polynomials, length to try next)."""
    while _SHORTEST < length < _LONGEST:
        numerator, shift = dyadic(length)
        budget.spend(taylor_cost(flow, order))
        series = coefficients(state, (numerator, shift), order)
        reach = _reach(arithmetic, series, order, work)
        if reach >= 0.05:
            part = min(int(reach * _FRACTION), _FRACTION)
            taken = Fraction(numerator) / Fraction(2) ** shift * Fraction(part, _FRACTION)
            return taken, tuple(_shortened(entry, part) for entry in series), length * min(reach, 3.0)
        length *= reach * 0.9
    return None


def _reach(arithmetic: FixedPoint, series: Sequence[Sequence[Any]], order: int, work: int) -> float:
    """Largest multiple of the step on which the last terms stay below the working accuracy."""
    exponent = inf
    for k in (order, order - 1):
        size = max(arithmetic.log_size(entry[k]) for entry in series)
        if size > -inf:
            exponent = min(exponent, (-work * log(10.0) - size) / k)
    return exp(min(exponent, 3.0))


def _shortened(coefficients: Sequence[Any], part: int) -> tuple[int, ...]:
    """The polynomial on the first part/64 of its interval, without the zeros at its end."""
    out = [(2 * int(c) * part**k + _FRACTION**k) // (2 * _FRACTION**k) for k, c in enumerate(coefficients)]
    while len(out) > 1 and not out[-1]:
        out.pop()
    return tuple(out)


def _residuals(problem: Problem, v: Sequence[Fraction]) -> list[Fraction]:
    """X beta(v) - y."""
    beta = problem.network.coefficients(split(v, problem.network.shapes))
    return [
        sum((x * b for x, b in zip(row, beta, strict=True)), -target)
        for row, target in zip(problem.X, problem.y, strict=True)
    ]


def polynomial_fields(network: Network) -> dict[str, Any] | None:
    """beta as polynomials in all parameters; None where these are too many terms, or no polynomials."""
    betas = expanded(network)
    if betas is None:
        return None
    terms = [[[exact_text(c), list(e)] for e, c in sorted(beta.items())] for beta in betas]
    return {"input_dim": network.input_dim, "shapes": list(network.shapes), "beta": terms}


def data_fields(problem: Problem) -> dict[str, Any]:
    """Data and start."""
    return {"X": text_rows(problem.X), "y": texts(problem.y), "v0": text_rows(problem.v0)}


def path_certificate(
    problem: Problem, digits: int, *, operations: float = 60 * SECOND, max_steps: int = 1000
) -> Certificate | None:
    """The limit of beta(t) for any network of layers, in decimals of `digits` significant digits of the largest entry.

    None when the budget is used up before zero loss is near, always so for a flow that ends in a saddle, and where
    rows of the Jacobian are dependent at the limit.

    Parameters
    ----------
    problem : a regression problem.
    digits : the sides of the stated box are below 10^-digits * max |beta|.
    operations : budget of the search of a path, see `integrate.budget`. max_steps : its steps at most.
    """
    network = problem.network
    if isinstance(network, MultilinearNetwork):
        network_fields: dict[str, Any] | None = tensor_fields(network)
    else:
        network_fields = polynomial_fields(network)
    if network_fields is None or problem.independent is not problem:
        return None
    fields = {**network_fields, **data_fields(problem)}
    work = Work()
    flow, _ = read_flow(fields, work)
    kind = "polynomial-path" if "beta" in fields else "regression-path"
    for record in limit_records(problem, flow, digits, work, operations=operations, max_steps=max_steps):
        if (certificate := accepted(kind, {**fields, **record})) is not None:
            return certificate
    return None


def limit_records(
    problem: Problem,
    flow: Flow,
    digits: int,
    allowed: Work,
    *,
    operations: float = 60 * SECOND,
    max_steps: int = 1000,
) -> Iterator[dict[str, Any]]:
    """Paths and enclosures of the limit, as `checker.regression_path.check_limit` reads them.

    How far the flow is from the path is only estimated here, so that the path is followed once, by the checker. It may
    refuse; the next one comes with more digits and a wider estimate. There is none where `path_certificate` has none.

    Parameters
    ----------
    flow : of the problem, as the checker builds it. allowed : the work that the checker still does.
    """
    budget = Budget(operations)
    tiny = digits + _GUARD_DIGITS // 2
    work, refused = tiny + _GUARD_DIGITS // 2 + 2, 0
    for _ in range(_ATTEMPTS):
        path = find_path(problem, work, Fraction(1, 10**tiny), budget=budget, max_steps=max_steps)
        if path is None:
            return
        growth = growths(flow, path, Work(allowed.left))
        lost = ceil(sum(growth) / log(10.0))
        if work < digits + lost + _GUARD_DIGITS // 2:
            work = digits + lost + _GUARD_DIGITS
            continue
        error = likely_error(path, growth) * 10**refused
        rest = _rest(flow, path.end, error, path.bits)
        if rest is None:
            return
        C, reach = rest
        beta = flow.coefficients(path.end, error + reach, path.bits)
        bounds = [entry.ends for entry in beta]
        size = max(max(abs(low), abs(high)) for low, high in bounds)
        missing = order_of_magnitude(max(high - low for low, high in bounds) / (size or 1)) + digits + 2
        if missing <= 0:
            yield path.fields | {
                "preconditioner": text_rows(C),
                "reach": exact_text(reach),
                "enclosure": decimal_bounds(bounds, digits),
            }
            missing, refused = _GUARD_DIGITS, refused + _GUARD_DIGITS // 2
        tiny, work = tiny + missing, work + missing


def growths(flow: Flow, path: Path, work: Work, rate: Fraction = Fraction(0)) -> list[float]:
    """By step, the logarithm of the factor by which errors grow, as the checker bounds it."""
    steps = [
        Step(step, length * flow.clock, path.bits)
        for length, step in zip(path.lengths, path.steps, strict=True)
    ]
    return [float(exponent(flow, step, work, rate / flow.clock)) for step in steps]


def likely_error(path: Path, growth: Sequence[float]) -> Fraction:
    """How far the flow is from the path by the checker's bound, when all coefficients are off by some units."""
    total = -inf  # in bits
    for step, factor in zip(path.steps, growth, strict=True):
        defect = log2(_UNITS * max(map(len, step)) * sqrt(len(step))) - path.bits
        total = max(total, defect) + log2(1 + 2 ** -abs(total - defect)) + factor / log(2.0)
    return Fraction(2) ** ceil(total)


def _rest(
    flow: Flow, end: Sequence[Fraction], error: Fraction, bits: int
) -> tuple[list[list[Fraction]], Fraction] | None:
    """Rows that make those of J orthonormal, and a bound of the rest of the path; None where they are dependent."""
    near, lift = [Interval.around(x, bits, error) for x in end], lifting(bits)
    C = precondition(flow.jacobian(near, lift))
    if C is None:
        return None
    squares = sum(magnitude(x) ** 2 for x in flow.residual(near, lift)) * sum(x * x for row in C for x in row)
    exponent = (squares.numerator.bit_length() - squares.denominator.bit_length()) // 2 + 2
    return C, Fraction(2) ** exponent


def precondition(jacobian: Sequence[Sequence[Interval]]) -> list[list[Fraction]] | None:
    """Rows that make those of J orthonormal, about; None where they are dependent."""
    import numpy as np

    J = np.array([[float(sum(entry.ends)) / 2 for entry in row] for row in jacobian])
    try:
        inverse = np.linalg.inv(np.linalg.cholesky(J @ J.T))
    except np.linalg.LinAlgError:
        return None
    return [[Fraction(float(x)) for x in row] for row in inverse]
