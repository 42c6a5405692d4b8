"""Events of a classification far out, where time is beyond all numbers: along the clock s = log kappa.

The path is that of the integrator in the original parameters; signs are looked at after each of its steps. An event
between two points is found on the polynomial of the step, and from there by a shorter step or two from the first point,
whose ends are twice as accurate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, ball
from litproof.claims.formulas.path_points import Moment, exact_moment
from litproof.problem import Problem

if TYPE_CHECKING:
    from litproof.integrate.classification.early import EarlyPoint
    from litproof.integrate.classification.path import LatePoint
    from litproof.integrate.classification.radau import Step

_FIRST = 4
"""kappa from which on this clock is followed."""
_FARTHEST = 60
"""log kappa at which an event is given up."""
_CORRECTIONS = 6
"""Roots that are tried on the polynomial of a step; each is right to half the digits more."""


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
            self.first = hand_over(early, margins)
            self.source = march(problem, self.first, self.settings)
            self.steps: list[tuple[LatePoint, Step]] = []

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

    def points(self) -> Iterator[tuple[LatePoint, Step]]:
        """Those of the path after the first one, each with the step to it."""
        import gmpy2

        from litproof.integrate.classification.reals import working_precision

        position = 0
        while True:
            if position == len(self.steps):
                if self.steps and self.steps[-1][0].s > _FARTHEST:
                    return
                with working_precision(self.bits):
                    self.steps.append(next(self.source))
                    self.bits = gmpy2.get_context().precision
            yield self.steps[position]
            position += 1

    def on_step(self, point: LatePoint, step: Step, s: Fraction) -> LatePoint:
        """The path at a clock within the step to a point, on its polynomial; multipliers are those of the point."""
        import gmpy2

        from litproof.integrate.classification.reals import working_precision

        with working_precision(self.bits):
            there = gmpy2.mpfr(gmpy2.mpq(s.numerator, s.denominator))
            return replace(point, s=there, w=step.state(there))

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
        start, last = self.first, value(self.moment(self.first))
        for point, step in self.points():
            now = value(self.moment(point))
            if now * last > 0:
                start, last = point, now
                continue
            found = self._located(value, crossing, unit, (start, last), (point, now), step)
            return self.moment(found)
        return None

    def _located(
        self,
        value: Callable[[Moment], Ball],
        crossing: Callable[..., Fraction],
        unit: Fraction,
        before: tuple[LatePoint, Ball],
        after: tuple[LatePoint, Ball],
        step: Step,
    ) -> LatePoint:
        """The point of the path between two others at which a function of the moment is 0.

        Defect correction: the root of the function on the polynomial of the step, less by what the two differed by at
        the last root. Where that does not settle, the root of the function along the path itself.
        """
        from litproof.integrate.classification.follow import exact_fraction

        start, point = before[0], after[0]
        low, high = exact_fraction(start.s), exact_fraction(point.s)
        gap, known = ball(Fraction(0)), None

        def g(s: Fraction) -> Ball:
            return value(self.moment(self.on_step(point, step, s))) - gap

        def f(s: Fraction) -> Ball:
            return value(self.moment(self.between(start, s)))

        for _ in range(_CORRECTIONS):
            ends = [(s, g(s)) for s in (low, high)]
            if not ends[0][1] * ends[1][1] < 0:
                break
            root = crossing(g, *ends, unit)
            if known is not None and abs(root - known[0]) <= unit / 4:
                return known[1]
            there = self.between(start, root)
            known = root, there
            gap += g(root) - value(self.moment(there))
        return self.between(start, crossing(f, (low, before[1]), (high, after[1]), unit))
