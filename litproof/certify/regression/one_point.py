"""Two layers and one data point (theory R6): nu as the zero of y - g, proved in one unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

from litproof.algebra.balls import Ball, ball
from litproof.algebra.inverse import OutsideDomain
from litproof.algebra.krawczyk import prove_zero
from litproof.certify.regression.one_point_exponential import Exponential
from litproof.networks.point_matrix import point_matrix, point_parts
from litproof.networks.svd import singular_form
from litproof.precision import ball_precision
from litproof.predict.regression.two_layer import (
    BallLayers,
    coefficients_in_balls,
    end_of_nu,
    layers_at,
    moved,
    output,
    output_slope,
    reduced,
    solve_output,
)
from litproof.problem import Problem

_SPARE_BITS = 64

EXACT_PART, EXACT = 300, 50_000
"""Entries of a part of M(x), and of M(x), up to which its singular value decomposition is found exactly."""


@dataclass(frozen=True)
class OutputEquation:
    """g(nu) = y, with balls for the singular values and the reduced start."""

    s: Sequence[Ball]
    eta: BallLayers
    y: Ball

    def value(self, point: Sequence[Ball]) -> list[Ball]:
        """See `krawczyk.System`."""
        return [output(self.s, self.eta, point[0]) - self.y]

    def linearise(self, point: Sequence[Ball]) -> OutputLinearisation:
        """See `krawczyk.System`."""
        return OutputLinearisation(self, output_slope(self.s, self.eta, point[0]).mid())


@dataclass(frozen=True)
class OutputLinearisation:
    """g' at one point."""

    equation: OutputEquation
    slope: Ball

    def solve(self, right: Sequence[Ball]) -> list[Ball]:
        """See `krawczyk.Linearisation`."""
        return [right[0] / self.slope]

    def spread(self, box: Sequence[Ball], radii: Sequence[Ball]) -> list[Ball]:
        """See `krawczyk.Linearisation`."""
        from flint import arb

        change = self.slope - output_slope(self.equation.s, self.equation.eta, box[0])
        return self.solve([change * arb(0, radii[0])])


def one_point_balls(problem: Problem, part: int = EXACT_PART) -> Callable[[int], list[Ball] | None]:
    """beta in the limit, as balls at about so many bits; None when the proof does not close.

    Where nu runs off to infinity (y = 0 at the end of the range of g) the moving parts tend to zero and
    beta is exact up to rounding.

    Parameters
    ----------
    part : entries of a part of M(x) up to which its singular value decomposition is found exactly.

    Raises
    ------
    HypothesisError : y lies outside the range of g, or M(x) is too large to decide whether it does.
    """
    parts = point_parts(problem.layered, problem.X[0])
    largest = max((len(one.rows) * len(one.columns) for one in parts), default=0)
    if largest > part or prod(problem.layered.shapes) > EXACT:
        return Exponential(problem, parts).limit
    return lambda bits: _exactly_decided(problem, bits)


def _exactly_decided(problem: Problem, bits: int) -> list[Ball] | None:
    form = singular_form(point_matrix(problem.layered, problem.X[0]))
    end = end_of_nu(form, problem.v0, problem.y[0])
    work = bits + _SPARE_BITS
    svd = form.balls(work)
    with ball_precision(work):
        eta = reduced(svd, problem.v0)
        if end is None:
            try:
                candidate = solve_output(svd.s, eta, problem.y[0])
            except OutsideDomain:
                return None  # at this precision
            zero = prove_zero(OutputEquation(svd.s, eta, ball(problem.y[0])), [candidate], work)
            if zero is None:
                return None
            after = moved(svd.s, eta, zero.box[0])
        elif end == 0:
            after = eta
        else:
            after = ([ball(0)] * form.rank, [ball(0)] * form.rank)
        return coefficients_in_balls(problem.layered, layers_at(svd, problem.v0, eta, after))
