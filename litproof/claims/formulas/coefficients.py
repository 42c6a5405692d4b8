"""beta of a network in balls, with its derivatives by the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

from litproof.algebra.balls import Ball, ball
from litproof.flow.program import Function, Operators, Program
from litproof.flow.trace import trace_coefficients
from litproof.formula.jets import Jet, call, power, variable
from litproof.integrate.ball_rings import Slope, Slopes
from litproof.language.functions import POWER
from litproof.networks.base import Network


@cache
def _program(network: Network) -> Program:
    return trace_coefficients(network)


class _SmoothSlopes(Slopes):
    """Derivatives through functions as well."""

    def function(self, step: Function, a: Slope) -> Slope:
        x = variable(a.value, 0)
        jet = power(x, Jet(Fraction(-1, step.k))) if step.name == POWER else call(step.name, (x,))
        return Slope(jet.ball, a.tangent * jet.gradient.get(0, ball(Fraction(0))))


def _with_slopes(network: Network, theta: Sequence[Ball]) -> list[Slope]:
    from flint import arb_mat

    count = len(theta)
    inputs = [Slope(x, arb_mat(1, count, [int(p == q) for q in range(count)])) for p, x in enumerate(theta)]
    return _program(network).evaluate(_SmoothSlopes(count), inputs, "beta")


def coefficients_at(network: Network, theta: Sequence[Ball]) -> list[Ball]:
    """beta in balls."""
    return _program(network).evaluate(Operators(ball), list(theta), "beta")


def coefficients_with_slopes(network: Network, theta: Sequence[Ball]) -> list[Jet]:
    """beta with its derivatives by the parameters."""
    jets = []
    for slope in _with_slopes(network, theta):
        entries = slope.tangent.entries()
        jets.append(Jet(slope.value, {i: x for i, x in enumerate(entries) if x != 0}))
    return jets


def pulled(network: Network, theta: Sequence[Ball], pull: Sequence[Ball]) -> list[Ball]:
    """sum_z pull_z grad beta_z."""
    total = [ball(Fraction(0)) for _ in theta]
    for weight, slope in zip(pull, _with_slopes(network, theta), strict=True):
        total = [x + weight * s for x, s in zip(total, slope.tangent.entries(), strict=True)]
    return total
