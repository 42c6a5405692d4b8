"""Limits from a dual problem: rho and beta in balls, to the digits asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from litproof.algebra.balls import Ball, Exact, ball, dyadic, missing_bits, simplest
from litproof.errors import Inconclusive
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.coordinates import Kind
from litproof.predict.regression.dual import Dual
from litproof.predict.regression.dual_newton import DualSolution, solve
from litproof.predict.regression.feasibility import ReachableDual, reachable
from litproof.results import Prediction

GUARD_DIGITS = 5
"""Digits that beta may lose against rho by cancellation before the precision is raised."""


def limit_of_form(
    dual: Dual, S: Sequence[Sequence[Exact]], digits: int, offset: Sequence[Fraction] = ()
) -> Prediction:
    """The limit of beta = offset + S^T rho."""
    return limit_of_dual(dual, reachable(dual), combined(S, offset), digits)


def combined(
    S: Sequence[Sequence[Exact]], offset: Sequence[Fraction] = ()
) -> Callable[[Sequence[Ball]], list[Ball]]:
    """m balls rho -> d balls offset + S^T rho, at flint's current precision."""
    d = len(S[0])
    support = [[(j, simplest(row[z])) for j, row in enumerate(S) if row[z]] for z in range(d)]
    constants = offset or [Fraction(0)] * d

    def coefficients(rho: Sequence[Ball]) -> list[Ball]:
        return [
            sum((ball(s) * rho[j] for j, s in entries), ball(constant))
            for entries, constant in zip(support, constants, strict=True)
        ]

    return coefficients


def limit_of_dual(
    dual: Dual, part: ReachableDual, coefficients: Callable[[Sequence[Ball]], list[Ball]], digits: int
) -> Prediction:
    """Solve the reachable part of a dual problem until beta = coefficients(rho) carries the digits asked for.

    `coefficients` maps the m balls rho to the balls beta at flint's current precision.
    """
    from flint import arb

    wanted = digits_to_bits(digits + GUARD_DIGITS) + 2
    bits = wanted
    for _ in range(6):
        solution = solve_reachable(part, bits)
        with ball_precision(solution.bits if solution else bits):
            rho = [arb(0)] * len(dual.coordinates)
            for j, value in zip(part.kept, solution.rho if solution else (), strict=True):
                rho[j] = arb(0) if part.dual.ends_at_zero else value
            beta = coefficients(rho)
        missing = missing_bits(beta, wanted)
        if missing <= 0:
            return Prediction(
                tuple(dyadic(entry) for entry in beta),
                digits,
                _method(dual),
                _details(part, solution, rho, digits),
            )
        bits += missing + 8
    raise Inconclusive("beta cancels to far fewer digits than rho carries; the limit may be exactly zero")


def solve_reachable(part: ReachableDual, bits: int) -> DualSolution | None:
    """The solution on the coordinates that are kept; None when there are none."""
    return solve(part.dual, bits) if part.kept and part.dual.y else None


def _method(dual: Dual) -> str:
    kinds = {c.kind for c in dual.coordinates}
    depth = dual.coordinates[0].depth
    special = Kind.EQUAL in kinds and len(kinds) == 1
    return f"dual Newton with interval proof ({'R2 and R5, elementary' if special else 'R5'}, depth {depth})"


def _details(
    part: ReachableDual, solution: DualSolution | None, rho: Sequence[Ball], digits: int
) -> dict[str, Any]:
    details: dict[str, Any] = {"rho": tuple(dyadic(entry) for entry in rho), "proved": True}
    if solution is not None:
        details["nu"] = tuple(dyadic(entry) for entry in solution.nu)
        details["newton_steps"] = solution.damped_steps + solution.newton_steps
        details["bits"] = solution.bits
    if part.vanishing:
        details["vanishing"] = part.vanishing
    return details
