"""A limit and what backs it: what regression, classification and trainings hand to `find_limit`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from litproof.algebra.linear import product
from litproof.decimals import scientific
from litproof.errors import LitproofError
from litproof.limits.beside import INTERRUPTED, NOT_FOLLOWED
from litproof.problem import Problem
from litproof.results import Evidence, Measurement

if TYPE_CHECKING:
    from litproof.certify.regression.enclosure import Enclosure


class Disagreement(LitproofError):
    """Two computations that should give the same limit do not: a refuted theorem or a defect; says by how much."""

    exit_code = 1


@dataclass(frozen=True)
class Estimate:
    """A limit, how far it may be off, and what backs it.

    Attributes
    ----------
    value : beta, or its unit direction. error : bound or estimate of max |value - limit|.
    evidence : certified when `bounds` are proved, agreed when two independent computations differ by less than
        10^-digits, else numeric.
    methods : descriptions of the two sides.
    measurement : the flow; None where the limit is proved and it was not followed.
    residual : max |X beta - y|, for a direction the smallest margin y_i x_i . value.
    bounds : proved (low, high) of every entry, or none.
    gap : largest difference between the two sides. allowed : how large it may be by their own errors.
    parts : seconds that "proof" and "flow" took, where the start alone proves the limit.
    interrupted : whether a person ended what would have been done beside it.
    """

    value: tuple[Fraction, ...]
    error: Fraction
    evidence: Evidence
    methods: tuple[str, ...]
    measurement: Measurement | None
    residual: Fraction
    bounds: tuple[tuple[Fraction, Fraction], ...] = ()
    gap: Fraction = Fraction(0)
    allowed: Fraction = Fraction(0)
    parts: Mapping[str, float] = field(default_factory=dict)
    interrupted: bool = False

    def checked(self, problem: Problem, slack: Fraction = Fraction(0)) -> Estimate:
        """Itself; Disagreement where the two sides are further apart than their errors and `slack` allow."""
        if self.gap > self.allowed + slack:
            raise Disagreement(
                f"{problem.name or 'problem'}: {' and '.join(self.methods)} differ by {scientific(self.gap)}, "
                f"more than {scientific(self.allowed)}"
            )
        return self


def residual_of(problem: Problem, value: Sequence[Fraction]) -> Fraction:
    """max |X beta - y|, or the smallest margin of a direction."""
    if problem.task == "regression":
        return max(map(abs, problem.residual(value)), default=Fraction(0))
    return min(product(problem.signed_rows, value))


def distance(proof: Enclosure, flow: Measurement, unit: Fraction) -> tuple[Fraction, Fraction]:
    """How far a flow is from the middle of an enclosure, and how far it may be; `unit` as for `proved`."""
    gap = max(abs((low + high) / 2 - x) for (low, high), x in zip(proof.bounds, flow.value, strict=True))
    error = max(high - low for low, high in proof.bounds) / 2
    return gap, error + 2 * flow.error + unit / 10 ** (flow.digits - 2)


def proved(problem: Problem, proof: Enclosure, flow: Measurement | None, unit: Fraction) -> Estimate:
    """The enclosure, with how far a flow that was followed is from it; one whose budget ended contradicts nothing.

    unit : what the digits of the flow are counted from.
    """
    value = tuple((low + high) / 2 for low, high in proof.bounds)
    error = max(high - low for low, high in proof.bounds) / 2
    method, gap, allowed = NOT_FOLLOWED if flow is None else flow.method, Fraction(0), error
    if flow is not None and flow.converged:
        gap, allowed = distance(proof, flow, unit)
    elif flow is not None:
        method += f" did not come to its end: {flow.reason}"
    return Estimate(
        value,
        error,
        Evidence.CERTIFIED,
        (proof.method, method),
        flow,
        residual_of(problem, value),
        proof.bounds,
        gap,
        allowed,
        interrupted=flow is not None and INTERRUPTED in flow.details,
    )
