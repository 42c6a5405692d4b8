"""Moments of a path as plain data, with integrals up to them and events on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, Protocol

from litproof.algebra.balls import Ball, dyadic, endpoints
from litproof.claims.formulas.coefficients import coefficients_at
from litproof.flow.lift import beta_at, is_polynomial
from litproof.flow.program import split
from litproof.language.tree import Node, Operation
from litproof.precision import LOG2_10
from litproof.problem import Problem

if TYPE_CHECKING:
    from litproof.claims.formulas.moments import AtMoment

Layers = Sequence[Sequence[Fraction]]

_BETA_DIGITS, _BETA_SPARE = 150, 20
"""Least digits to which beta is computed where the network has functions, and those beyond the parameters' own."""

Rule = tuple[tuple[Fraction, "Moment"], ...]
"""(weight, moment): sums of a function over them are its integral from 0."""


@dataclass(frozen=True)
class Samples:
    """Integrals from 0 along a path: enclosed where there is a proof, else by two rules; their difference is the error.

    Attributes
    ----------
    rules : a fine rule and a coarse one, found when first asked for; sums over steps have a fine one.
    proof : bounds of the integral of a formula, or None.
    """

    rules: Callable[[], tuple[Rule, Rule]]
    proof: Callable[[Node], Ball | None] = lambda tree: None
    sums: dict[object, Ball] = field(default_factory=dict, compare=False, repr=False)
    """Integrals that were computed, by formula and precision."""
    estimated: set[str] = field(default_factory=set, compare=False, repr=False)
    """Formulas whose integrals are not enclosed."""
    moments: dict[object, list[tuple[Fraction, AtMoment]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def sampled(self) -> tuple[Rule, Rule]:
        """The rules."""
        return self.rules()


class Events(Protocol):
    """Moments of a path at times that are not known beforehand."""

    def moment(self, when: Operation) -> Moment:
        """The first moment at which an equation holds; NotDefined where none is found."""


@dataclass(frozen=True)
class Moment:
    """Where a flow is at one time; numbers are exact, with one radius for all of them.

    Attributes
    ----------
    time : None in the limit t -> infinity; time_radius : how far it may be off, where it was measured itself.
    layers : parameters, midpoints. beta : linear coefficients.
    radius, beta_radius : how far they may be off.
    certified : whether that is proved.
    samples : of the path up to here, None where no integral is asked for.
    previous : the moment before this one, where changes are asked for.
    speeds : rates of the parameters, where they are no function of the parameters (momentum).
    gradient : of the loss by beta over its norm, in the limit of a classification; () elsewhere.
    clock : further numbers by name, of a classification far out: kappa = -log(loss), logt = log t.
    events : of the path, where they are asked for.
    """

    time: Fraction | None
    layers: Layers
    radius: Fraction
    beta: tuple[Fraction, ...]
    beta_radius: tuple[Fraction, ...]
    certified: bool = False
    samples: Samples | None = None
    previous: Moment | None = field(default=None, repr=False)
    clock: tuple[tuple[str, Fraction], ...] = ()
    speeds: Layers = ()
    gradient: tuple[Fraction, ...] = ()
    time_radius: Fraction = Fraction(0)
    events: Events | None = field(default=None, repr=False, compare=False)

    @property
    def label(self) -> str:
        """t = 1/2, or the limit."""
        if self.time == 0 and self.events is not None:
            return "when it happens"
        return "in the limit" if self.time is None else f"t = {self.time}"


def exact_moment(problem: Problem, time: Fraction | None, layers: Layers, speeds: Layers = ()) -> Moment:
    """A moment whose parameters are exact, and beta too for a polynomial network."""
    network = problem.network
    longest = max((x.denominator.bit_length() for layer in layers for x in layer), default=0)
    digits = max(_BETA_DIGITS, ceil(longest / LOG2_10) + _BETA_SPARE)
    beta = tuple(map(Fraction, beta_at(network, layers, digits, problem.name)))
    unit = Fraction(0) if is_polynomial(network) else Fraction(1, 10**digits)
    return Moment(time, layers, Fraction(0), beta, (unit,) * len(beta), speeds=speeds)


def enclosed_moment(problem: Problem, time: Fraction | None, theta: Sequence[Ball]) -> Moment:
    """A moment whose parameters are known to be in balls; with momentum their rates follow them."""
    size, shapes = sum(problem.network.shapes), problem.network.shapes
    layers = split([dyadic(x) for x in theta[:size]], shapes)
    speeds = split([dyadic(x) for x in theta[size:]], shapes) if len(theta) > size else ()
    radius = max(dyadic(x.rad()) for x in theta)
    ends = [endpoints(b) for b in coefficients_at(problem.network, theta[:size])]
    middle = tuple((low + high) / 2 for low, high in ends)
    widths = tuple((high - low) / 2 for low, high in ends)
    return Moment(time, layers, radius, middle, widths, True, speeds=speeds)
