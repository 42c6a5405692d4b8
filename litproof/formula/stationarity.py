"""Whether a point is stationary for a function on the affine set A z = y: its gradient lies in the row space of A.

With r = g - A^T nu, nu the least-squares multiplier, the set of gradients being g + sum_k s_k c_k (see `jets`), the
point is stationary when r vanishes for some |s_k| <= 1. Everything is in balls around the measured limit, so r is
known with the error of the limit propagated into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from litproof.algebra.balls import Ball, ball, dyadic
from litproof.formula.evaluate import evaluate
from litproof.formula.jets import Gradient, Jet, Kink, NotDefined
from litproof.formula.setting import Point, Setting, basis_of, uses_schatten
from litproof.language.tree import Node
from litproof.precision import ball_precision, digits_to_bits
from litproof.results import Measurement

_GUARD_DIGITS = 25


class Shape(Enum):
    """What the second derivatives on the interpolating directions say at a stationary point."""

    MINIMUM = "strict local minimum"
    SADDLE = "not a local minimum"
    FLAT = "second derivatives do not decide"


@dataclass(frozen=True)
class Stationarity:
    """How far from stationary a point is.

    Attributes
    ----------
    residual : r / ||g||, N balls, by their midpoints; empty when the gradient vanishes or is not defined.
    upper, lower : bounds of max |r| / max |g| (upper: no more than this; lower: at least this).
    conditions : number of equations tested, N - n less the number of kinks.
    inequalities : number of kinks, each of which asks for |s| <= 1.
    shape : of the function on the interpolating directions there.
    fault : why nothing can be said, or "".
    step : max norm of the Newton step to the stationary point over max |z|, a distance in beta or rho; None when
        the second derivatives do not define one.
    noise : log10 of the error of the residual, from the error of the measured limit.
    gradient : g / max |g| by midpoints.
    """

    residual: tuple[Fraction, ...] = ()
    upper: Ball | None = None
    lower: Ball | None = None
    conditions: int = 0
    inequalities: int = 0
    shape: Shape = Shape.FLAT
    fault: str = ""
    step: Ball | None = None
    noise: float = 0.0
    gradient: tuple[Fraction, ...] = ()

    @property
    def upper_log(self) -> float:
        """log10 of the upper bound."""
        return _log10(self.upper) if self.upper is not None else 0.0

    @property
    def lower_log(self) -> float:
        """log10 of the lower bound; -inf when r may be zero."""
        return _log10(self.lower) if self.lower is not None else float("-inf")


def stationarity(tree: Node, setting: Setting, limit: Measurement) -> Stationarity:
    """Test the limit of a flow against the stationarity condition of a formula.

    Parameters
    ----------
    tree : a function of beta or rho.
    setting : the problem.
    limit : the measured limit with its error.

    Raises
    ------
    InputError : a symbol that the problem does not have.
    """
    with working_precision(limit):
        return at_point(tree, limit_point(tree, setting, limit))


def working_precision(limit: Measurement) -> AbstractContextManager[None]:
    """The precision that a measured limit deserves."""
    return ball_precision(digits_to_bits(limit.digits + _GUARD_DIGITS))


def limit_point(tree: Node, setting: Setting, limit: Measurement) -> Point:
    """A measured limit, as balls, in the coordinates that the formula is about."""
    beta = [_measured(value, limit.error) for value in limit.value]
    layers = [[_measured(value, limit.error) for value in layer] for layer in limit.parameters]
    return setting.point(basis_of(tree), beta, layers)


def at_point(tree: Node, point: Point) -> Stationarity:
    """The same at any point, at flint's current precision."""
    try:
        jet = evaluate(tree, point)
    except NotDefined as error:
        return Stationarity(fault=str(error.args[0]))
    rows = point.setting.design(point.basis)
    size = len(point.coordinates)
    gradient = [jet.gradient.get(i, _zero()) for i in range(size)]
    scale = _largest(gradient + [entry for kink in jet.kinks for entry in kink.direction.values()])
    if not scale > 0:
        return Stationarity(fault="the gradient vanishes at the limit, or it is not known precisely enough")
    try:
        return _decide(jet, gradient, rows, scale, point.coordinates, second=not uses_schatten(tree))
    except ZeroDivisionError:
        return Stationarity(fault="the constraints are not independent to this precision")


def _decide(
    jet: Jet,
    gradient: Sequence[Ball],
    rows: Sequence[Sequence[Ball]],
    scale: Ball,
    coordinates: Sequence[Ball],
    *,
    second: bool,
) -> Stationarity:
    from flint import arb

    size = len(gradient)
    free = size - len(rows) - len(jet.kinks)
    residual = _off_row_space(rows, gradient)
    if jet.kinks:
        directions = [_off_row_space(rows, _dense(kink.direction, size)) for kink in jet.kinks]
        factors = multipliers(directions, residual)
        if factors is None:
            return Stationarity(fault="more kinks at the limit than interpolating directions")
        for factor, direction in zip(factors, directions, strict=True):
            residual = [r + factor * c for r, c in zip(residual, direction, strict=True)]
        excess = _largest([arb(0), *(_excess(f, k) for f, k in zip(factors, jet.kinks, strict=True))])
    else:
        excess = arb(0)
    relative = [entry / scale for entry in residual]
    largest = _largest(relative).max(excess)
    smallest = max((entry.abs_lower() for entry in relative), default=arb(0), key=float)
    smallest = smallest.max(excess.abs_lower())
    shape, step = Shape.FLAT, None
    if second and not jet.kinks:
        shape, step = _second_order(jet, gradient, rows, coordinates)
    return Stationarity(
        residual=tuple(dyadic(entry) for entry in relative),
        upper=largest.abs_upper(),
        lower=smallest,
        conditions=max(free, 0),
        inequalities=sum(kink.bounded for kink in jet.kinks),
        shape=shape,
        step=step,
        noise=max(_log10(entry.rad()) for entry in relative),
        gradient=tuple(dyadic(entry / scale) for entry in gradient),
    )


def _excess(factor: Ball, kink: Kink) -> Ball:
    """How far |s| exceeds 1."""
    from flint import arb

    if not kink.bounded:
        return arb(0)
    return (abs(factor) - 1).max(arb(0))


def _measured(value: Fraction, error: Fraction) -> Ball:
    from flint import arb

    return ball(value) + arb(0, ball(error).abs_upper())


def _zero() -> Ball:
    from flint import arb

    return arb(0)


def _dense(direction: Gradient, size: int) -> list[Ball]:
    return [direction.get(i, _zero()) for i in range(size)]


def _largest(values: Sequence[Ball]) -> Ball:
    result = _zero()
    for value in values:
        result = result.max(abs(value))
    return result


def _off_row_space(rows: Sequence[Sequence[Ball]], vector: Sequence[Ball]) -> list[Ball]:
    """vector - A^T (A A^T)^{-1} A vector."""
    from flint import arb_mat

    if not rows:
        return list(vector)
    A = arb_mat([list(row) for row in rows])
    column = arb_mat(len(vector), 1, list(vector))
    nu = (A * A.transpose()).solve(A * column)
    rest = column - A.transpose() * nu
    return [rest[i, 0] for i in range(len(vector))]


def multipliers(directions: Sequence[Sequence[Ball]], residual: Sequence[Ball]) -> list[Ball] | None:
    """s with residual + sum_k s_k directions_k as small as can be; None when that is not unique."""
    from flint import arb_mat

    C = arb_mat([list(direction) for direction in directions])
    column = arb_mat(len(residual), 1, list(residual))
    try:
        s = (C * C.transpose()).solve(-1 * (C * column))
    except ZeroDivisionError:
        return None
    return [s[k, 0] for k in range(len(directions))]


def null_basis(rows: Sequence[Sequence[Ball]], size: int) -> list[list[Ball]]:
    """A basis of the kernel of A (rows independent), by elimination with pivots chosen by size."""
    table = [list(row) for row in rows]
    pivots: list[int] = []
    for position, row in enumerate(table):
        pivot = max((j for j in range(size) if j not in pivots), key=lambda j: float(abs(row[j]).lower()))
        if row[pivot].contains(0):
            raise ZeroDivisionError
        pivots.append(pivot)
        row[:] = [entry / row[pivot] for entry in row]
        for other, line in enumerate(table):
            if other != position:
                factor = line[pivot]
                line[:] = [a - factor * b for a, b in zip(line, row, strict=True)]
    basis = []
    for j in range(size):
        if j not in pivots:
            vector = [_zero() for _ in range(size)]
            vector[j] = _zero() + 1
            for pivot, row in zip(pivots, table, strict=True):
                vector[pivot] = -row[j]
            basis.append(vector)
    return basis


def _second_order(
    jet: Jet, gradient: Sequence[Ball], rows: Sequence[Sequence[Ball]], coordinates: Sequence[Ball]
) -> tuple[Shape, Ball | None]:
    """Sign of N^T H N (N a basis of the kernel) and the Newton step N (N^T H N)^{-1} N^T g over max |z|."""
    from flint import arb_mat

    size = len(gradient)
    basis = null_basis(rows, size)
    if not basis:
        return Shape.FLAT, None
    N = arb_mat(basis)
    H = arb_mat(size, size)
    for (i, j), entry in jet.hessian.items():
        H[i, j] = H[j, i] = entry
    reduced = N * H * N.transpose()
    shape = definiteness([[reduced[i, j] for j in range(len(basis))] for i in range(len(basis))])
    slope = N * arb_mat(size, 1, list(gradient))
    try:
        step = N.transpose() * reduced.solve(slope)
    except ZeroDivisionError:
        return shape, None
    return shape, _largest([step[i, 0] for i in range(size)]) / _largest(coordinates)


def definiteness(matrix: list[list[Ball]]) -> Shape:
    """By the pivots of L D L^T."""
    rest = [row[:] for row in matrix]
    while rest:
        pivot = rest[0][0]
        if pivot < 0:
            return Shape.SADDLE
        if not pivot > 0:
            return Shape.FLAT
        top = rest[0]
        rest = [
            [entry - row[0] * other / pivot for entry, other in zip(row[1:], top[1:], strict=True)]
            for row in rest[1:]
        ]
    return Shape.MINIMUM


def _log10(value: Ball) -> float:
    from math import inf, log10

    exact = dyadic(value.abs_upper())
    if not exact:
        return -inf
    shift = exact.numerator.bit_length() - exact.denominator.bit_length()
    scaled = exact / Fraction(2) ** shift
    return log10(scaled) + shift * log10(2)
