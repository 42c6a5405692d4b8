"""Events of a classification far out, where time is beyond all numbers: along the clock s = log kappa.

The path is that of the integrator in the original parameters; signs are looked at after each of its steps, and an event
between two of them is found by shorter steps from the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball
from litproof.claims.formulas.path_points import Moment, exact_moment
from litproof.problem import Problem

if TYPE_CHECKING:
    from litproof.integrate.classification.early import EarlyPoint
    from litproof.integrate.classification.path import LatePoint

_FIRST = 4
"""kappa from which on this clock is followed."""
_FARTHEST = 60
"""log kappa at which an event is given up."""


class Clock:
    """One run of the integrator, with errors of about 10^-digits at the ends of its steps."""

    def __init__(self, problem: Problem, digits: int) -> None:
        import gmpy2

        from litproof.integrate.classification.early import climb, hand_over, start_bits
        from litproof.integrate.classification.follow import sharp_settings
        from litproof.integrate.classification.margins import Margins
        from litproof.integrate.classification.path import march
        from litproof.integrate.classification.reals import working_precision
        from litproof.integrate.classification.steps import Settings

        self.problem, self.settings = problem, sharp_settings(Settings(digits))
        self.bits = self.settings.bits(0.0) + start_bits(problem)
        with working_precision(self.bits):
            margins = Margins(problem)
            theta = margins.coordinates.start()
            first = max(margins.kappa(theta)[0], gmpy2.mpfr(_FIRST))
            self.early: list[EarlyPoint] = []
            early = climb(margins, theta, (first,), self.settings, record=self.early)[0]
            self.known = [hand_over(early, margins)]
            self.source = march(problem, self.known[0], self.settings)

    def early_moments(self) -> Iterator[Moment]:
        """Where the flow is at the first steps, before the clock takes over."""
        from litproof.integrate.classification.follow import exact_fraction
        from litproof.integrate.classification.reals import working_precision

        for point in self.early:
            with working_precision(self.bits):
                layers = point.margins.coordinates.layers(point.theta)
                exact = tuple(tuple(map(exact_fraction, layer)) for layer in layers)
                time = exact_fraction(point.t)
            yield exact_moment(self.problem, time, exact)

    def points(self) -> Iterator[LatePoint]:
        """Those of the path, one after the other."""
        import gmpy2

        from litproof.integrate.classification.reals import working_precision

        position = 0
        while True:
            if position == len(self.known):
                if self.known[-1].s > _FARTHEST:
                    return
                with working_precision(self.bits):
                    self.known.append(next(self.source)[0])
                    self.bits = gmpy2.get_context().precision
            yield self.known[position]
            position += 1

    def between(self, point: LatePoint, s: Fraction) -> LatePoint:
        """The path at a later clock."""
        import gmpy2

        from litproof.integrate.classification.follow import last_point
        from litproof.integrate.classification.path import march
        from litproof.integrate.classification.reals import working_precision

        with working_precision(self.bits):
            end = gmpy2.mpfr(gmpy2.mpq(s.numerator, s.denominator))
            return last_point(point, march(self.problem, point, self.settings, end))

    def moment(self, point: LatePoint) -> Moment:
        """Where the flow is, in its own parameters."""
        import gmpy2

        from litproof.integrate.classification.follow import exact_fraction, log_time
        from litproof.integrate.classification.reals import working_precision

        with working_precision(self.bits):
            kappa = gmpy2.exp(point.s)
            root = gmpy2.exp(point.s / point.margins.depth)
            layers = tuple(tuple(exact_fraction(x * root) for x in layer) for layer in point.layers)
            beta = tuple(exact_fraction(b * kappa) for b in point.coefficients)
            clock = (("kappa", exact_fraction(kappa)), ("logt", exact_fraction(log_time(point))))
        zeros = (Fraction(0),) * len(beta)
        return Moment(Fraction(0), layers, Fraction(0), beta, zeros, clock=clock)

    def event(
        self,
        value: Callable[[Moment], Ball],
        crossing: Callable[..., Fraction],
        unit: Fraction,
    ) -> Moment | None:
        """The first point at which a function of the moment changes its sign; None where that is not seen."""
        from litproof.integrate.classification.follow import exact_fraction

        start, last = self.known[0], value(self.moment(self.known[0]))
        for point in self.points():
            now = value(self.moment(point))
            if now * last > 0:
                start, last = point, now
                continue

            def f(s: Fraction, here: LatePoint = start) -> Ball:
                return value(self.moment(self.between(here, s)))

            ends = ((exact_fraction(start.s), last), (exact_fraction(point.s), now))
            return self.moment(self.between(start, crossing(f, *ends, unit)))
        return None
