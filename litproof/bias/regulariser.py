"""What a limit minimises on the interpolators, and from which theorem that is known."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Polynomial = dict[tuple[int, ...], Fraction]
"""{exponents of the parameters: coefficient}."""


@dataclass(frozen=True)
class Regulariser:
    """A function whose minimiser on the interpolators is the limit.

    Attributes
    ----------
    name : the standard one, or what it is.
    formula : as text that sympy reads, "" where there is no closed form.
    starts : for which starts and data this is shown.
    rests_on : the theorem and what was decided.
    sign : coefficients of g by exponents of the parameters, of which the flow has to keep the sign; None where no
        sign matters.
    """

    name: str
    formula: str
    starts: str
    rests_on: str
    sign: Polynomial | None = None
