"""Limits from a dual problem: rho and beta in balls, to the digits asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from litproof.algebra.balls import Ball, Exact, ball, dyadic, missing_bits, simplest
from litproof.errors import Inconclusive
from litproof.networks.base import support
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.coordinates import Kind
from litproof.predict.regression.dual import Dual
from litproof.predict.regression.dual_newton import DualSolution, solve
from litproof.predict.regression.feasibility import ReachableDual, reachable
from litproof.predict.regression.reduction import RealDual
from litproof.results import Prediction

GUARD_DIGITS = 5
"""Digits that beta may lose against rho by cancellation before the precision is raised."""


@dataclass(frozen=True)
class Reduction:
    """A problem whose limit solves a dual problem, and how beta follows from rho.

    Attributes
    ----------
    dual : the exact dual problem, all m coordinates.
    part : the coordinates and equations that fix the limit; the other rho_j are 0 in the limit.
    coefficients : m balls rho -> d balls beta, at flint's current precision.
    description : which reduction.
    """

    dual: Dual
    part: ReachableDual
    coefficients: Callable[[Sequence[Ball]], list[Ball]]
    description: str


def reduction_of(real: RealDual) -> Reduction:
    """The reduction with beta = offset + S^T rho; HypothesisError when the flow cannot reach zero loss."""
    coefficients = combined(real.S, real.offset)
    return Reduction(real.dual, reachable(real.dual), coefficients, f"{real.description} (R2, R5)")


def combined(
    S: Sequence[Sequence[Exact]], offset: Sequence[Fraction] = ()
) -> Callable[[Sequence[Ball]], list[Ball]]:
    """m balls rho -> d balls offset + S^T rho, at flint's current precision."""
    d = len(S[0])
    columns: list[list[tuple[int, Exact]]] = [[] for _ in range(d)]
    for j, row in enumerate(S):
        for z, entry in support(row):
            columns[z].append((j, simplest(entry)))
    constants = offset or [Fraction(0)] * d

    def coefficients(rho: Sequence[Ball]) -> list[Ball]:
        return [
            sum((ball(s) * rho[j] for j, s in entries), ball(constant))
            for entries, constant in zip(columns, constants, strict=True)
        ]

    return coefficients


def limit_of(reduction: Reduction, digits: int) -> Prediction:
    """Solve the reachable part of a dual problem until beta carries the digits asked for."""
    from flint import arb

    dual, part = reduction.dual, reduction.part
    wanted = digits_to_bits(digits + GUARD_DIGITS) + 2
    bits = wanted
    for _ in range(6):
        solution = solve_reachable(part, bits)
        with ball_precision(solution.bits if solution else bits):
            rho = [arb(0)] * len(dual.coordinates)
            for j, value in zip(part.kept, solution.rho if solution else (), strict=True):
                rho[j] = arb(0) if part.dual.ends_at_zero else value
            beta = reduction.coefficients(rho)
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
    return solve(part.dual, bits) if part.kept else None


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
