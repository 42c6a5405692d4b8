"""How much a regulariser fails to exist: the largest difference of limits of pairs, against the scale of the start.

No function of beta selects both limits of a pair (X, y), (T X, T y), so that whatever one writes down is off by at
least half their distance on one of the two. Several T are compared at each scale; the pair of the largest difference
is proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, log10
from random import Random

from litproof.algebra.linear import distance
from litproof.bias.pairs import gap_of, measured_limit, on_points, points, prove, transforms
from litproof.certify.certificates.limit_pair import Transform, transformed
from litproof.certify.regression.enclosure import enclose_regression
from litproof.errors import InputError
from litproof.flow.lift import is_polynomial
from litproof.problem import Problem

TRANSFORMS = 6
"""Different T that are compared at each scale."""
FACTORS = tuple(Fraction(2) ** k for k in range(-4, 5))
"""Scales that are looked at, as multiples of the problem's own."""


@dataclass(frozen=True)
class Gap:
    """The largest difference of limits at one scale.

    Attributes
    ----------
    scale : alpha.
    size : largest entry of the difference over the largest entry of the limits; 0 where all limits agree.
    transform : T of that pair; None where all limits agree.
    proved : a lower bound of `size` from disjoint enclosures; 0 where none was proved.
    compared : pairs whose two flows both came to their limit.
    """

    scale: Fraction
    size: float
    transform: Transform | None
    proved: float
    compared: int


def _check(problem: Problem) -> None:
    if problem.task != "regression" or problem.training or not is_polynomial(problem.network):
        message = "gaps of limits are found for gradient flow of regression with polynomial networks"
        raise InputError(message, source=problem.name)
    if points(problem) < 2:
        raise InputError(
            "with one data point T only changes the clock; give two points or more",
            key="data.X",
            source=problem.name,
        )


def gaps(problem: Problem, factors: Iterable[Fraction] = FACTORS, seed: int = 0) -> Iterator[Gap]:
    """The gaps of a regression problem with two points or more, at its scale times each factor, ascending.

    Raises
    ------
    InputError : one point, classification, or another loss or dynamics.

    Examples
    --------
    >>> from litproof.networks import FullyConnected
    >>> v = ((1, 0, 0, 1, 1, 1), (1, -1))
    >>> problem = Problem(FullyConnected(3, (2,)), "regression", ((1, 2, 0), (0, 1, 1)), (1, 2), "1/2", v)
    >>> [gap.size > gap.proved > 0 for gap in gaps(problem, [Fraction(1)])]
    [True]
    """
    _check(problem)
    for factor in sorted(factors):
        yield _gap(replace(problem, scale=problem.scale * factor, name=""), seed)


def _gap(problem: Problem, seed: int) -> Gap:
    first = measured_limit(problem)
    largest, transform, compared = Fraction(0), None, 0
    size = max(map(abs, first.value), default=Fraction(0)) or Fraction(1)
    if first.converged:
        for small in transforms(points(problem), TRANSFORMS, Random(seed + 1)):
            T = on_points(problem, small)
            second = measured_limit(transformed(problem, T))
            if not second.converged:
                continue
            compared += 1
            gap = distance(first.value, second.value)
            if gap > 1000 * (first.error + second.error) + size / 10**10 and gap > largest:
                largest, transform = gap, T
    relative = float(largest / size)
    return Gap(problem.scale, relative, transform, _proved(problem, transform, relative, size), compared)


def _proved(problem: Problem, transform: Transform | None, relative: float, size: Fraction) -> float:
    """A lower bound of the gap over `size`, from enclosures; 0 where there are none within the budget."""
    if transform is None:
        return 0.0
    digits = ceil(-log10(relative)) + 3
    boxes = [enclose_regression(p, digits) for p in (problem, transformed(problem, transform))]
    if all(boxes):
        return float(gap_of(*(box.bounds for box in boxes if box)) / size)
    pair = prove(problem, transform, digits)
    return float(pair.gap / size) if pair is not None else 0.0
