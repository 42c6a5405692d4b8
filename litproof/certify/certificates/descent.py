"""Certificates of limits of gradient descent (kind descent)."""

from __future__ import annotations

from fractions import Fraction

from litproof.certify.certificates.format import (
    Certificate,
    decimal_bounds,
    exact_text,
    seal,
    text_rows,
)
from litproof.certify.certificates.regression_path import data_fields, polynomial_fields, precondition
from litproof.certify.checker import Refused, TooMuchWork
from litproof.certify.checker.descent import Place, contracts, places
from litproof.certify.checker.flow import Flow, lifting, read_flow
from litproof.certify.checker.interval import Interval, magnitude
from litproof.certify.checker.work import Work
from litproof.decimals import order_of_magnitude
from litproof.dynamics import GradientDescent
from litproof.precision import digits_to_bits
from litproof.problem import Problem

_GUARD_BITS = (48, 160, 400)
_FALL = Fraction(1, 4)
"""The end is tried when the residuals have fallen by this much."""


def descent_certificate(problem: Problem, digits: int) -> Certificate | None:
    """The limit of beta under gradient descent on the squared loss, sides below 10^-digits of the largest entry.

    None for mini-batches, weights, dependent points, networks with functions or of too many terms, and where steps do
    not contract or errors grow.

    Raises
    ------
    checker.TooMuchWork : the checker would not try.
    """
    dynamics, network_fields = problem.dynamics, polynomial_fields(problem.network)
    if not isinstance(dynamics, GradientDescent) or dynamics.order or problem.loss or problem.weights:
        return None
    if network_fields is None or problem.has_dependent_rows or problem.task != "regression":
        return None
    fields = {**network_fields, **data_fields(problem), "step": exact_text(dynamics.step)}
    for guard in _GUARD_BITS:
        bits, work = digits_to_bits(digits) + guard, Work()
        flow, start = read_flow(fields, work)
        try:
            found = _end(flow, start, dynamics.step, digits, bits, work)
        except TooMuchWork:
            raise
        except Refused:
            continue
        return None if found is None else seal("descent", {**fields, "bits": bits, **found})
    return None


def _end(
    flow: Flow, start: list[Fraction], step: Fraction, digits: int, bits: int, work: Work
) -> dict[str, object] | None:
    """How many steps, and what bounds the rest; None where residuals do not fall."""
    lift, tried = lifting(bits), None
    for steps, here in enumerate(places(flow, start, step, bits, work)):
        point = [Interval.around(x, bits) for x in here[0]]
        left = sum(magnitude(x) ** 2 for x in flow.residual(point, lift))
        if tried is None:
            tried = left
        if not left or left > tried * _FALL:
            if left:
                continue
            return None
        tried = left
        found = _rest(flow, here, step, digits, bits)
        if found is not None:
            return {"steps": steps, **found}
    return None


def _rest(flow: Flow, here: Place, step: Fraction, digits: int, bits: int) -> dict[str, object] | None:
    point, lift = [Interval.around(x, bits) for x in here[0]], lifting(bits)
    size = max(map(magnitude, flow.coefficients(here[0], here[1], bits))) or Fraction(1)
    C = precondition(flow.jacobian(point, lift))
    residuals = sum(magnitude(x) ** 2 for x in flow.residual(point, lift))
    if C is None or not residuals:
        return None
    value = residuals * sum(c * c for row in C for c in row)
    exponent = (value.numerator.bit_length() - value.denominator.bit_length()) // 2
    for more in (2, 5, 8, 12):
        reach = Fraction(2) ** (exponent + more)
        bounds = [entry.ends for entry in flow.coefficients(here[0], here[1] + reach, bits)]
        wide = max(high - low for low, high in bounds)
        if wide and order_of_magnitude(wide / size) + digits + 2 > 0:
            return None
        if contracts(flow, here, step, C, reach, bits, Work()):
            return {
                "preconditioner": text_rows(C),
                "reach": exact_text(reach),
                "enclosure": decimal_bounds(bounds, digits),
            }
    return None
