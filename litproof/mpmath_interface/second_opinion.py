"""One flow by both engines, and whether they agree."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor, inf, log10

from mpmath import mp, mpf

from litproof.decimals import order_of_magnitude, scientific
from litproof.errors import HypothesisError, Inconclusive
from litproof.integrate.classification.samples import sample_path
from litproof.integrate.training.flows import is_flat
from litproof.integrate.training.follow import follow_any
from litproof.mpmath_interface.follow import MOST_STEPS, direction_at, follow_regression
from litproof.mpmath_interface.paths import Equations, starting_point
from litproof.networks.ring import count_terms
from litproof.precision import digits_to_bits, mp_precision
from litproof.problem import Problem

DIRECTION_DIGITS = 12
"""Digits to which directions on the way are compared: more than any accident would share, in seconds."""

KAPPA = 12.0
"""Where they are compared, or at twice the kappa of the start: an explicit method takes about kappa steps to double it.
"""


MOST_TERMS = 3000
"""Products of parameters beyond which sympy takes minutes to differentiate."""


@dataclass(frozen=True)
class Opinion:
    """What the second engine says.

    Attributes
    ----------
    agrees : False for a contradiction; None when it came to no end.
    digits : that agree.
    description : one line.
    """

    agrees: bool | None
    digits: int
    description: str


def second_opinion(
    problem: Problem, digits: int, *, max_steps: int = MOST_STEPS, operations: float = inf
) -> Opinion:
    """Follow the flow of the problem by the mpmath engine and by the other one, and compare.

    Regression: the limits, to `digits` digits of max |beta|. Classification: the directions where kappa is `KAPPA` or
    twice that of the start, to at most `DIRECTION_DIGITS` digits; an explicit method does not reach the limit.
    """
    if (terms := count_terms(problem.network)) > MOST_TERMS:
        return Opinion(None, 0, f"{terms} products are too many for the second engine, which multiplies out")
    if obstacle := _obstacle(problem):
        return Opinion(None, 0, obstacle)
    if problem.task == "regression":
        return _limits(problem, digits, max_steps, operations)
    return _directions(problem, min(digits, DIRECTION_DIGITS), max_steps, operations)


def _obstacle(problem: Problem) -> str:
    """Why the second engine does not follow this problem; empty where it does."""
    if problem.dynamics is not None or (problem.task == "classification" and problem.loss is not None):
        return f"the second engine does not follow {problem.training}"
    if problem.loss is None:
        return ""
    if is_flat(problem):
        return "residuals decay like a power of the time: too long for the explicit second engine"
    try:
        _ = Equations(problem).slope
    except HypothesisError as unknown:
        return str(unknown)
    return ""


def _limits(problem: Problem, digits: int, max_steps: int, operations: float) -> Opinion:
    second = follow_regression(problem, digits, max_steps=max_steps, operations=operations)
    if not second.converged:
        return Opinion(None, 0, second.reason)
    first = follow_any(problem, digits + 3)
    if not first.converged:
        return Opinion(None, 0, first.reason)
    size = max(map(abs, first.value)) or Fraction(1)
    gap = max(abs(a - b) for a, b in zip(first.value, second.value, strict=True))
    return _opinion(gap, size, max(size / 10**digits, 2 * (first.error + second.error)), digits, "limits")


def _directions(problem: Problem, digits: int, max_steps: int, operations: float) -> Opinion:
    with mp_precision(digits_to_bits(30)):
        lowest = float(-mp.log(Equations(problem).loss(starting_point(problem))))
    power = Fraction(log10(max(KAPPA, 2 * lowest))).limit_denominator(1000)
    try:
        (first,) = sample_path(problem, digits + 8, [power])
        with mp_precision(digits_to_bits(digits + 30)):
            kappa = mpf(10) ** (mpf(power.numerator) / power.denominator)
        second = direction_at(problem, kappa, digits + 3, max_steps=max_steps, operations=operations)
    except Inconclusive as stop:
        return Opinion(None, 0, str(stop))
    with mp_precision(digits_to_bits(digits + 30)):
        gap = max(
            abs(mpf(a.numerator) / a.denominator - b) for a, b in zip(first.direction, second, strict=True)
        )
        difference = Fraction(mp.nstr(gap, 5))
    return _opinion(
        difference, Fraction(1), Fraction(1, 10**digits), digits, f"directions at kappa = {float(kappa):.3g}"
    )


def _opinion(gap: Fraction, size: Fraction, allowed: Fraction, digits: int, what: str) -> Opinion:
    agreed = digits if not gap else min(digits, floor(order_of_magnitude(size) - order_of_magnitude(gap)))
    if gap > allowed:
        return Opinion(False, max(agreed, 0), f"{what} of the two engines differ by {scientific(gap)}")
    return Opinion(True, agreed, f"{what} of both engines agree to {agreed} digits")
