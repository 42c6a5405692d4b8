"""What a limit minimises on the interpolators, and from which theorem that is known."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from litproof.flow.program import Operators
from litproof.flow.trace import trace_gradient
from litproof.problem import Problem

if TYPE_CHECKING:
    from litproof.bias.mirror_map import MirrorMap

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
    mirror : the function evaluated, where it is no closed form; Q and grad Q are 0 at the start, g is 1 there.
    """

    name: str
    formula: str
    starts: str
    rests_on: str
    sign: Polynomial | None = None
    mirror: MirrorMap | None = None


def gradients_at(problem: Problem) -> list[list[Fraction]]:
    """grad beta_z at the start, d rows, exact."""
    program, d = trace_gradient(problem.network), problem.network.input_dim
    start = [x for layer in problem.v0 for x in layer]
    units = [[Fraction(int(z == k)) for k in range(d)] for z in range(d)]
    return [program.evaluate(Operators(), [*start, *unit], "gradient") for unit in units]
