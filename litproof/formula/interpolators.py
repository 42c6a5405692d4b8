"""The interpolators as an affine space with coordinates of its own: z = origin + sum_k w_k directions[k], A z = b.

A formula is read as a function of w, so that whatever the constraints make constant has no derivative at all, however
large it is. Where the constraints are rational this happens exactly, in rational numbers (`jets.Affine`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import TypeAlias

from litproof.algebra.balls import Ball, ball, dyadic, simplest
from litproof.algebra.linear import row_echelon
from litproof.formula.jets import Affine, Jet, NotDefined, linear
from litproof.formula.setting import Basis, Place, Point, Setting
from litproof.formula.stationarity import null_basis
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.predict.regression.reduction import design

Number: TypeAlias = "Fraction | Ball"


@dataclass(frozen=True)
class Interpolators(Place):
    """A piece of the affine space, as the meaning of a formula's symbols (for `evaluate`).

    Attributes
    ----------
    origin : N numbers, an interpolator.
    directions : K rows of N numbers.
    reach : K balls, where w is.
    """

    origin: tuple[Number, ...]
    directions: tuple[tuple[Number, ...], ...]
    reach: tuple[Ball, ...]

    @property
    def dimension(self) -> int:
        """K."""
        return len(self.directions)

    def within(self, reach: Sequence[Ball]) -> Interpolators:
        """The same space, another piece."""
        return replace(self, reach=tuple(reach))

    def at_origin(self) -> Interpolators:
        """The point w = 0."""
        from flint import arb

        return self.within([arb(0)] * self.dimension)

    def along(self, rows: Sequence[Sequence[Fraction]]) -> Interpolators:
        """The subspace w = s rows, with coordinates s; its piece is the point s = 0."""
        from flint import arb

        columns = list(zip(*self.directions, strict=True))
        directions = tuple(
            tuple(
                _total([(weight, x) for weight, x in zip(row, column, strict=True) if weight])
                for column in columns
            )
            for row in rows
        )
        return replace(self, directions=directions, reach=(arb(0),) * len(rows))

    def moved(self, shift: Sequence[Fraction]) -> Interpolators:
        """The same space with w = shift as its origin; its piece is that point."""
        columns = zip(*self.directions, strict=True)
        origin = tuple(
            _total([(Fraction(1), start), *((w, x) for w, x in zip(shift, column, strict=True) if w)])
            for start, column in zip(self.origin, columns, strict=True)
        )
        return replace(self, origin=origin).at_origin()

    def elsewhere(self, count: int, reach: Fraction) -> Iterator[Interpolators]:
        """Points drawn at random, no coordinate w further than `reach` away, exact."""
        rng = Random(0)
        for _ in range(count):
            yield self.moved([reach * Fraction(rng.randint(-999, 999), 1000) for _ in self.directions])

    def coordinate(self, index: int) -> Jet:
        """z_index as a function of w."""
        start = self.origin[index]
        slopes = {k: row[index] for k, row in enumerate(self.directions)}
        if isinstance(start, Fraction) and all(isinstance(slope, Fraction) for slope in slopes.values()):
            return Affine(start, {k: s for k, s in slopes.items() if s}, self.reach).jet()  # type: ignore[misc]
        value = _as_ball(start)
        gradient = {k: _as_ball(slope) for k, slope in slopes.items() if slope != 0}
        for k, slope in gradient.items():
            value += slope * self.reach[k]
        return linear(value, gradient)

    @cached_property
    def spread(self) -> list[list[Number]]:
        """m rows of d numbers, beta = sum_j rho_j row_j."""
        if self.setting.form is not None:
            exact = [[simplest(entry) for entry in row] for row in self.setting.form.S]
            if all(isinstance(entry, Fraction) for row in exact for entry in row):
                return exact
        return [list(row) for row in self.setting.spread()]

    def combination(self, weights: Sequence[Number]) -> Jet:
        """sum_j weights_j z_j."""
        from litproof.formula.jets import add, multiply

        total = Jet(Fraction(0))
        for j, weight in enumerate(weights):
            if weight != 0:
                total = add(total, multiply(Jet(weight), self.coordinate(j)))
        return total

    def schatten(self, p: Jet) -> Jet:
        """Sum of the p-th powers of the singular values; no second derivatives."""
        from litproof.formula.singular_values import schatten

        network = self.setting.problem.network
        if self.basis == "rho":
            raise NotDefined("schatten(p) is about beta; with rho write sum(abs(rho[j])^p)")
        assert isinstance(network, MatrixSensing)
        coordinates = [self.coordinate(j) for j in range(len(self.origin))]
        norm = schatten([coordinate.ball for coordinate in coordinates], network.size, p)
        gradient: dict[int, Ball] = {}
        for j, slope in norm.gradient.items():
            for k, inner in coordinates[j].gradient.items():
                gradient[k] = gradient[k] + slope * inner if k in gradient else slope * inner
        return Jet(norm.value, gradient)


def _as_ball(value: Number) -> Ball:
    return ball(value) if isinstance(value, Fraction) else value


def _total(terms: Sequence[tuple[Fraction, Number]]) -> Number:
    exact = [weight * number for weight, number in terms if isinstance(number, Fraction)]
    if len(exact) == len(terms):
        return sum(exact, Fraction(0))
    return sum((ball(weight) * _as_ball(number) for weight, number in terms), ball(Fraction(0)))


def interpolators(point: Point, digits: int) -> Interpolators:
    """Coordinates around a measured limit, at flint's current precision; the piece is the point w = 0.

    Each w_k is the change of one entry, the small ones first; in rational coordinates the origin is an exact
    interpolator that agrees with the point in those entries to 10^-digits of the largest.

    Raises
    ------
    ZeroDivisionError : the constraints are not independent to this precision.
    """
    from flint import arb

    setting, basis = point.setting, point.basis
    size = len(point.coordinates)
    values = [dyadic(entry) for entry in point.coordinates]
    rows = exact_rows(setting, basis)
    if rows is None:
        basis_rows = null_basis(setting.design(basis), size)
        directions: tuple[tuple[Number, ...], ...] = tuple(tuple(row) for row in basis_rows)
        return Interpolators(setting, basis, point.coordinates, directions, (arb(0),) * len(directions))
    order = sorted(range(size), key=lambda j: -abs(values[j]))
    table = [[*(row[j] for j in order), target] for row, target in zip(rows, setting.problem.y, strict=True)]
    reduced, pivots = row_echelon(table)
    if size in pivots:
        raise ZeroDivisionError
    largest = max(map(abs, values), default=Fraction(0))
    step = largest / 10**digits if largest else Fraction(1)
    shift = max(0, (1 / step).numerator.bit_length() - (1 / step).denominator.bit_length() + 2)
    free = [p for p in range(size) if p not in pivots]
    origin = [Fraction(0)] * size
    for p in free:
        origin[order[p]] = Fraction(round(values[order[p]] * 2**shift), 2**shift)
    for pivot, row in zip(pivots, reduced, strict=True):
        origin[order[pivot]] = row[size] - sum((row[p] * origin[order[p]] for p in free), Fraction(0))
    null_space = []
    for p in reversed(free):
        direction = [Fraction(0)] * size
        direction[order[p]] = Fraction(1)
        for pivot, row in zip(pivots, reduced, strict=True):
            direction[order[pivot]] = -row[p]
        null_space.append(tuple(direction))
    return Interpolators(setting, basis, tuple(origin), tuple(null_space), (arb(0),) * len(null_space))


def exact_rows(setting: Setting, basis: Basis) -> list[list[Fraction]] | None:
    """The constraints A z = y where they are rational."""
    if basis == "beta" or setting.complex_rho:
        return [list(map(Fraction, row)) for row in setting.problem.X]
    if setting.form is None:
        return None
    columns = [[simplest(entry) for entry in row] for row in design(setting.form.S, setting.problem.X)]
    if not all(isinstance(entry, Fraction) for row in columns for entry in row):
        return None
    return [[row[i] for row in columns] for i in range(len(setting.problem.y))]
