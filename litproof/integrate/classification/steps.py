"""How the classification flow is integrated: tolerances, lengths of steps, and which points are stiff."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log
from typing import Any

import gmpy2
import numpy as np

from litproof.integrate.classification.margins import Margins
from litproof.integrate.classification.radau import Step
from litproof.integrate.classification.reals import Reals, reals
from litproof.integrate.classification.systems import EarlyFlow, LateFlow

GROWTH = 5.0
"""A step is at most this many times longer than the one before."""

PATIENCE = 3
"""Attempts that are given up where Newton in doubles fails, for a shorter step, before one is tried again in reals.

A trial in reals takes ten times as long and rarely finds what doubles do not; where it does, steps are long again.
"""

STIFF, RISEN = -14.0, -5.0
"""log of h times the eigenvalue that the weight of a point adds to the flow.

Below the first its multiplier is computed directly: Newton converges by this factor a sweep without its derivatives.
Where 1/kappa is below the working precision, a step within which it rises above the second is repeated with the
point among the algebraic variables, whose equations do not multiply by kappa.
"""


@dataclass(frozen=True)
class Settings:
    """How to integrate.

    Attributes
    ----------
    digits : decimal digits wanted of the direction. tolerance : local error of a step, relative to the
        speed of each weight.
    newton : size, in the same unit, of the last correction of the stages, or of the one that would come next.
    stages : of the Radau IIA method. max_steps : budget, attempts included.
    orders : powers of ten below the digits down to which weights that tend to 0 are resolved.
    longest : log of the factor by which kappa grows in a step at most. Errors of a step are relative to what moves at
        its beginning, and what moves falls like a power of kappa.
    """

    digits: int
    tolerance: float = 1e-8
    stages: int = 10
    max_steps: int = 4000
    newton: float = 1e-11
    orders: int = 5
    longest: float = inf

    @property
    def cut(self) -> float:
        """A point counts as inactive where lambda_i < -cut (its p_i is far below the digits asked for)."""
        return (self.digits + 10) * log(10)

    def bits(self, s: float) -> int:
        """Working precision at s = log kappa: the digits, what Newton is asked for, guard digits and kappa itself."""
        return (int(3.33 * (self.digits + 19) + (s - log(self.newton)) / log(2)) + 128) // 64 * 64

    @property
    def most_bits(self) -> int:
        """Precision beyond which 1/kappa is below all that is resolved of the weights."""
        return self.bits((self.digits + self.orders) * log(10))


def resized(length: Any, error: float, settings: Settings, before: tuple[Any, float] | None = None) -> Any:
    """The length of the next step; `before`: length and error of a longer attempt at this one, refused as well.

    Two of them tell the order: far less than that of the method where what fades within the step is not resolved.
    """
    order = float(settings.stages)
    if before is not None and before[1] > error:
        order = min(order, max(1.0, log(before[1] / error) / log(float(before[0] / length))))
    return length * min(GROWTH, max(1 / GROWTH, 0.9 * max(error, 1e-30) ** (-1 / order)))


def before(barrier: Any, step: Step, length: Any) -> Any:
    """The length of the next step; if where the last failed attempt ended lies ahead, at most half of the way there.

    What made it fail, a corner of the path, lies before.
    """
    return min(length, max(step.length, (barrier - step.end) / 2)) if step.end < barrier else length


def actions(margins: Margins, theta: Reals, factor: Any) -> list[float]:
    """log(factor ||grad m_i||^2) for all points: what a weight 1 adds to the eigenvalues of the flow."""
    slopes = margins.gradients(theta.astype(float), range(margins.count))
    base = float(gmpy2.log(factor))
    return [base + log(max(float(g @ g), 1e-300)) for g in slopes]


def stiff_points(points: Sequence[int], multipliers: Reals, action: Sequence[float]) -> list[int]:
    """The points whose multipliers must be algebraic variables."""
    return [i for i, x in zip(points, multipliers, strict=True) if float(x) + action[i] > STIFF]


def risen_points(flow: EarlyFlow | LateFlow, step: Step, action: Sequence[float]) -> list[int]:
    """Direct points whose weight becomes too large for that within the step."""
    if not flow.direct:
        return []
    s = step.start + reals(step.tableau.nodes) * step.length
    highest = np.max(flow.direct_multipliers(s, step.stages_y), axis=0)
    return [i for i, x in zip(flow.direct, highest, strict=True) if float(x) + action[i] > RISEN]
