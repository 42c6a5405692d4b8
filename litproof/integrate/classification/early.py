"""The first part of a classification flow: from t = 0 until the loss is well below 1, by a clock of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any

import gmpy2
import numpy as np
from gmpy2 import mpfr

from litproof.errors import Inconclusive
from litproof.flow.monomials import homogeneous_terms
from litproof.integrate import permission
from litproof.integrate.budget import radau_cost, spend_allowance
from litproof.integrate.classification.margins import Margins
from litproof.integrate.classification.path import LatePoint
from litproof.integrate.classification.radau import Step, collocation_step, radau_tableau
from litproof.integrate.classification.reals import Numbers, Reals, exp, like, reals
from litproof.integrate.classification.stage_matrix import NewtonFailure
from litproof.integrate.classification.steps import (
    PATIENCE,
    Settings,
    actions,
    before,
    resized,
    stiff_points,
)
from litproof.integrate.classification.systems import EarlyFlow
from litproof.problem import Problem

SPREAD = 1e-12
"""Least size, relative to the largest, of a component in the Newton matrix: its rounding must not drown it."""


@dataclass(frozen=True)
class EarlyPoint:
    """A point of the first part of the path: time t, kappa, theta, lambda_i, steps so far."""

    t: Any
    kappa: Any
    theta: Reals
    multipliers: Reals
    steps: int
    margins: Margins

    @property
    def coefficients(self) -> Reals:
        """beta."""
        return self.margins.coefficients(self.theta)


def climb(
    margins: Margins,
    theta: Reals,
    goals: Sequence[Any],
    settings: Settings,
    ceiling: Any = inf,
    record: list[Any] | None = None,
) -> list[EarlyPoint]:
    """Follow the flow from t = 0 by the clock of `EarlyFlow` until kappa passes each goal.

    Every step is taken in units of its own: theta = sigma u with ||u|| about 1. The multipliers are algebraic
    variables, as after the hand-over. No step ends above the ceiling, which must lie above the last goal.
    `record` takes all points.

    Raises
    ------
    Inconclusive : the flow comes to rest, or the budget is used up, before the last goal.
    """
    permission.ask("classification flow")
    tableau = radau_tableau(settings.stages, gmpy2.get_context().precision)
    t, reached = mpfr(0), list[EarlyPoint]()
    length, steps, given_up, rough, barrier = None, 0, 0, True, mpfr(0)
    refused: tuple[Any, float] | None = None
    for _ in range(settings.max_steps):
        spend_allowance(radau_cost(margins.size, settings.stages, margins.terms))
        kappa, multipliers = margins.kappa(theta)
        if record is not None and (not record or record[-1].steps < steps):
            record.append(EarlyPoint(t, kappa, theta, multipliers, steps, margins))
        while len(reached) < len(goals) and kappa >= goals[len(reached)]:
            reached.append(EarlyPoint(t, kappa, theta, multipliers, steps, margins))
        if len(reached) == len(goals):
            return reached
        sigma = _scale(theta, margins.depth)
        u = theta / sigma
        pull = margins.pull(exp(multipliers), range(margins.count))
        U = margins.gradient(u, pull)
        speed = gmpy2.sqrt(sum(U * U))
        if speed <= mpfr(10) ** -(settings.digits + 10) and _slows(margins, u, U, pull):
            raise Inconclusive(
                f"the flow comes to rest with loss {float(gmpy2.exp(-kappa)):.6g}, not below 1: "
                "start elsewhere or check that the data are separable"
            )
        if length is None:
            length = mpfr("0.1") / (speed + speed / max(gmpy2.sqrt(sum(u * u)), mpfr("1e-3")))
        unit = margins.unit * sigma**margins.depth
        size, bold = 1 + abs(kappa) + unit, rough and given_up < PATIENCE
        try:
            step, flow = _attempt(
                margins,
                tableau,
                np.append(u, kappa / size),
                multipliers,
                length,
                unit,
                size,
                settings,
                bold=bold,
            )
        except NewtonFailure:
            barrier, given_up = length, given_up + 1 if bold else 0
            length /= 4
            continue
        rough = step.rough
        error = step.tail() / settings.tolerance
        if step.y[-1] * size > ceiling:
            length /= 2
            continue
        if error > 1:
            length, refused = resized(length, error, settings, refused), (length, error)
            continue
        inverse = exp(step.stages_y[:, -1] * size) * flow.pace(step.stages_y[:, :-1])
        t += length * (tableau.matrix[-1] @ inverse) * sigma ** (2 - margins.depth) / margins.unit
        theta, steps, refused = step.y[:-1] * sigma, steps + 1, None
        length, barrier = before(barrier, step, resized(length, error, settings)), barrier - length
    kappa = margins.kappa(theta)[0]
    raise Inconclusive(
        f"loss {float(gmpy2.exp(-kappa)):.6g} after {settings.max_steps} steps, not yet below 1: "
        "allow more steps"
    )


def start_bits(problem: Problem) -> int:
    """Bits by which the margins at the start are smaller than 1: so many more tell the weights of points apart."""
    largest = max((abs(x) for row in problem.signed_rows for x in row), default=Fraction(0))
    start = max((abs(x) for layer in problem.v0 for x in layer), default=Fraction(0))
    if not largest or not start:
        return 0
    depth = homogeneous_terms(problem.network)[0]
    return max(0, -depth * _log2(start) - _log2(largest))


def _log2(x: Fraction) -> int:
    return x.numerator.bit_length() - x.denominator.bit_length()


def _scale(theta: Reals, depth: int) -> Any:
    """A power of two near ||theta||; 1 at 0, where only a linear model moves."""
    norm = gmpy2.sqrt(sum(theta * theta))
    return mpfr(2) ** int(gmpy2.floor(gmpy2.log2(norm))) if norm and depth > 1 else mpfr(1)


def _slows(margins: Margins, u: Reals, U: Reals, pull: Reals) -> bool:
    """Whether the speed falls: near a point of rest, not on the way out of a small start or a saddle."""
    norm = gmpy2.sqrt(sum(U * U))
    if not norm:
        return True
    ahead = (U / norm).astype(float)
    H = margins.hessian(u.astype(float), pull.astype(float))
    return float(ahead @ H @ ahead) <= 0


def _sizes(h: Any, Y: Numbers, F: Numbers, least: Any) -> Numbers:
    """Size of every component over a step; kappa has a least one, the others the rounding of the largest."""
    size = np.max(np.abs(Y), axis=0) + abs(h) * np.max(np.abs(F), axis=0)
    size[:-1] += np.max(size[:-1]) * like(Y, mpfr(2) ** (48 - gmpy2.get_context().precision))
    size[-1] += like(Y, least)
    return np.asarray(np.where(size == 0, size**0, size))


def _attempt(
    margins: Margins,
    tableau: Any,
    y: Reals,
    multipliers: Reals,
    length: Any,
    unit: Any,
    size: Any,
    settings: Settings,
    *,
    bold: bool,
) -> tuple[Step, EarlyFlow]:
    points = range(margins.count)
    action = actions(margins, y[:-1], length * unit)
    stiff = stiff_points(points, multipliers, action)
    flow = EarlyFlow(margins, tuple(stiff), tuple(i for i in points if i not in stiff), unit, size)
    guess_y, guess = flow.straight(y, multipliers[stiff], reals([c * length for c in tableau.nodes]))
    step = collocation_step(
        flow,
        tableau,
        mpfr(0),
        length,
        y,
        guess_y,
        guess,
        lambda h, Y, F: _sizes(h, Y, F, 1 / size),
        settings.newton,
        spread=SPREAD,
        bold=bold,
    )
    return step, flow


def hand_over(point: EarlyPoint, margins: Margins) -> LatePoint:
    """The same point in the late coordinates (kappa > 0)."""
    s = gmpy2.log(point.kappa)
    w = point.theta * gmpy2.exp((gmpy2.log(margins.unit) - s) / margins.depth)
    return LatePoint(s, w, point.multipliers, tuple(range(margins.count)), mpfr("0.05"), margins)
