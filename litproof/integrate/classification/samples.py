"""The path of a classification flow at given values of the clock kappa."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import log
from typing import Any

import gmpy2
from gmpy2 import mpfr

from litproof.errors import InputError
from litproof.integrate.classification.coordinates import to_real
from litproof.integrate.classification.early import climb, hand_over, start_bits
from litproof.integrate.classification.follow import (
    HAND_OVER,
    exact_fraction,
    kappa_in_words,
    last_point,
    multipliers_of,
    pace_of,
    require_classification,
)
from litproof.integrate.classification.margins import Margins
from litproof.integrate.classification.path import LatePoint, march
from litproof.integrate.classification.reals import working_precision
from litproof.integrate.classification.steps import Settings
from litproof.integrate.watch import keep, tell
from litproof.problem import Problem

LONGEST = log(10**3)
"""Differences of samples are wanted to some digits: over three decades of kappa not more than three are lost."""


@dataclass(frozen=True)
class Sample:
    """One point of the path.

    Attributes
    ----------
    s : log kappa. direction : beta/||beta||, shape (d,). scaled : beta/kappa, shape (d,).
    multipliers : p over all different rows. size : ||theta|| / kappa^(1/L).
    pace : d(1/loss)/dt / kappa^(2 - 2/L).
    """

    s: Fraction
    direction: tuple[Fraction, ...]
    scaled: tuple[Fraction, ...]
    multipliers: tuple[Fraction, ...]
    size: Fraction
    pace: Fraction


def sample_path(
    problem: Problem, digits: int, kappas: Sequence[float | Fraction], **options: Any
) -> tuple[Sample, ...]:
    """The path of gradient flow on the exponential loss at given decimal logarithms of kappa.

    Raises
    ------
    InputError : the task is not classification, or the kappas do not increase from above that of the start.
    Inconclusive : the flow does not get there.

    Examples
    --------
    >>> from litproof import example_problem
    >>> problem = example_problem("classification")
    >>> [round(float(sample.direction[0]), 6) for sample in sample_path(problem, 10, [1, 3])]
    [0.112699, 0.01121]
    """
    require_classification(problem)
    settings = Settings(digits, longest=LONGEST, **options)
    samples = []
    with working_precision(settings.bits(0.0) + start_bits(problem)):
        margins = Margins(problem)
        theta = margins.coordinates.start()
        lowest = margins.kappa(theta)[0]
        asked = gmpy2.exp(to_real(Fraction(kappas[0])) * gmpy2.log(mpfr(10)))
        if asked <= max(lowest, mpfr(0)) or any(a >= b for a, b in pairwise(kappas)):
            raise InputError(
                f"expected increasing decimal logarithms of kappa; that of the start is kappa = {lowest:.4g}",
                key="kappas",
            )
        early = (asked + 3 * max(lowest, mpfr(0))) / 4 if asked < 2 * HAND_OVER else mpfr(HAND_OVER)
        first = max(lowest, min(max(mpfr(HAND_OVER), lowest), early))
        point = hand_over(climb(margins, theta, (first,), settings, asked)[0], margins)
        for power in kappas:
            end = to_real(Fraction(power)) * gmpy2.log(mpfr(10))
            point = last_point(point, march(problem, point, settings, end))
            samples.append(_sample(point))
            tell("following the direction", partial(kappa_in_words, point))
        keep(
            problem,
            "log10 kappa",
            lambda: (
                (Fraction(power), sample.direction) for power, sample in zip(kappas, samples, strict=True)
            ),
        )
    return tuple(samples)


def _sample(point: LatePoint) -> Sample:
    return Sample(
        s=exact_fraction(point.s),
        direction=tuple(map(exact_fraction, point.direction)),
        scaled=tuple(map(exact_fraction, point.coefficients)),
        multipliers=tuple(map(exact_fraction, multipliers_of(point))),
        size=exact_fraction(gmpy2.sqrt(sum(point.w * point.w)) / point.stretch),
        pace=exact_fraction(pace_of(point)[0]),
    )
