"""The limit as the KKT point of an evaluated potential, beside the limit of the flow."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.linear import distance
from litproof.bias.mirror_map import MirrorMap, MirrorPoint
from litproof.decimals import order_of_magnitude
from litproof.errors import Inconclusive
from litproof.integrate.budget import SECOND
from litproof.results import Measurement

_OPERATIONS = 8 * SECOND
"""Budget of each of the two evaluations."""
_NOISE = 1000
"""The two limits agree when they are at most this many errors of the followed one apart."""


@dataclass(frozen=True)
class MirrorLimit:
    """What the potential says about the limit.

    Attributes
    ----------
    point : the interpolator with grad Q = X^T nu, enclosed to `digits` digits.
    agrees : whether the followed limit is there.
    straight : to how many digits grad Q, evaluated along the straight line to the midpoint, is X^T nu again: two paths
        agree because the one-form g H d beta is closed. None where that takes more than its budget.
    """

    point: MirrorPoint
    agrees: bool
    digits: int
    straight: int | None


def mirror_limit(mirror: MirrorMap, limit: Measurement, digits: int) -> MirrorLimit:
    """The KKT point, compared with the limit of the flow and with Q evaluated there.

    Raises
    ------
    Inconclusive : as `MirrorMap.limit`.
    """
    point = mirror.limit(digits, operations=_OPERATIONS)
    middle = [(low + high) / 2 for low, high in point.beta]
    size = max(map(abs, (*middle, *limit.value)), default=Fraction(0)) or Fraction(1)
    gap = distance(middle, limit.value)
    agrees = gap <= _NOISE * limit.error + size / 10 ** (limit.digits - 2)
    try:
        again = mirror.at(middle, digits, operations=_OPERATIONS)
    except Inconclusive:
        return MirrorLimit(point, agrees, digits, None)
    pairs = zip(point.gradient, again.gradient, strict=True)
    apart = max(abs(a[0] + a[1] - b[0] - b[1]) / 2 for a, b in pairs)
    largest = max(Fraction(1), *(abs(x) for pair in point.gradient for x in pair))
    straight = min(digits, -order_of_magnitude(apart / largest) - 1) if apart else digits
    return MirrorLimit(point, agrees, digits, straight)
