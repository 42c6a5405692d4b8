"""States drawn at random that have nothing to do with a flow: what holds there as well says nothing about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.linear import sup_norm
from litproof.claims.formulas.events import Imagined
from litproof.claims.formulas.path_points import Moment, Rule, Samples, exact_moment
from litproof.problem import Problem

_IMAGINED = 80
"""Digits of times at which an event happens to states drawn at random."""


def random_moments(problem: Problem, count: int, spread: int) -> list[Moment]:
    """States drawn at random: signs of the start (zeros become anything), sizes up to 10^-spread .. 10^spread of it."""
    rng = Random(0)
    size = sup_norm([entry for layer in problem.v0 for entry in layer]) or Fraction(1)
    moments = []
    for _ in range(count):
        unit = Fraction(10) ** rng.randint(-spread, spread)
        layers = tuple(
            tuple(
                unit
                * (entry or size * Fraction(rng.randint(-99, 99), 100))
                * Fraction(rng.randint(60, 140), 100)
                for entry in layer
            )
            for layer in problem.v0
        )
        time = Fraction(rng.randint(1, 300), 100)
        moment = exact_moment(problem, time, layers)
        moments.append(replace(moment, samples=Samples(_one_point(time, moment))))
    corners = tuple(moments)
    events = (Imagined(problem, (*corners[k:], *corners[:k]), _IMAGINED) for k in range(count))
    return [replace(moment, events=event) for moment, event in zip(moments, events, strict=True)]


def _one_point(time: Fraction, moment: Moment) -> Callable[[], tuple[Rule, Rule]]:
    """An integral that is the value times the time."""
    return lambda: (((time, moment),), ())


def random_speeds(moment: Moment, rng: Random) -> tuple[Fraction, ...]:
    """Velocities of the size of the parameters, and of no flow; others at every call."""
    return tuple(
        (entry or 1) * Fraction(rng.randint(-150, 150), 100) for layer in moment.layers for entry in layer
    )
