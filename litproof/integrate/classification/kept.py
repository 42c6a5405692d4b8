"""The directions along a recorded path, for pictures."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import gmpy2
from gmpy2 import mpfr

from litproof.integrate.classification.early import EarlyPoint
from litproof.integrate.classification.path import LatePoint
from litproof.integrate.watch import Points, thinned


def directions(record: Sequence[EarlyPoint | LatePoint]) -> Points:
    """(log10 kappa, beta/||beta||) at the points where both are defined, at the working precision of the path."""
    for point in thinned(record):
        kappa = point.kappa if isinstance(point, EarlyPoint) else gmpy2.exp(point.s)
        beta = point.coefficients
        size = gmpy2.sqrt(sum((b * b for b in beta), mpfr(0)))
        if kappa > 0 and size:
            yield _exact(gmpy2.log10(kappa)), tuple(_exact(b / size) for b in beta)


def _exact(x: Any) -> Fraction:
    return Fraction(*map(int, x.as_integer_ratio()))
