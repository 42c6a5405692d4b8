"""The dual of the regression limit (theory R2, R5): find nu in R^n with A^T rho(A nu) = y.

A = S X^T (m x n) and rho_j is the increasing function of tau_j = (A nu)_j that `coordinates` describes. The
limit of the flow is the minimiser of a strictly convex function of nu,

    Phi(nu) = 1/2 sum_j (z_j(tau_j)^2 - z_j(0)^2) - y . nu,      grad Phi = A^T rho(A nu) - y =: F(nu),

because int_0^tau rho_j = (z_j(tau)^2 - z_j(0)^2)/2. `Dual` is the exact problem; `BallDual` is the same at the current
precision of flint, and the functions of this module evaluate Phi, F, its Jacobian and rho there, on points or on boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, Exact, ball, balls_of, column
from litproof.predict.regression.coordinates import Coordinate, Kind
from litproof.predict.regression.pivot import Path, path_on_balls

if TYPE_CHECKING:
    from flint import arb_mat


@dataclass(frozen=True)
class Dual:
    """The exact data of one dual problem.

    Attributes
    ----------
    A : S X^T, m rows of n exact real numbers, column rank n.
    y : n targets.
    coordinates : m coordinates.
    """

    A: tuple[tuple[Exact, ...], ...]
    y: tuple[Fraction, ...]
    coordinates: tuple[Coordinate, ...]

    @cached_property
    def matrix(self) -> Callable[[], arb_mat]:
        """A at flint's current precision."""
        return balls_of(self.A)

    @property
    def ends_at_zero(self) -> bool:
        """Whether rho = 0 is the only solution of A^T rho = y."""
        return len(self.A) == len(self.y) and not any(self.y)


@dataclass(frozen=True)
class BallCoordinate:
    """A coordinate at one precision: its path, gaps c_l, orientation sgn and z(0)."""

    path: Path
    gaps: tuple[Ball, ...]
    orientation: int
    start: Ball
    free: bool


@dataclass(frozen=True)
class State:
    """One coordinate at one tau: pivot z, rho and d rho / d tau, as balls."""

    z: Ball
    rho: Ball
    slope: Ball


@dataclass(frozen=True)
class BallDual:
    """A dual problem at one precision."""

    A: arb_mat
    A_transposed: arb_mat
    y: arb_mat
    coordinates: tuple[BallCoordinate, ...]


def on_balls(dual: Dual) -> BallDual:
    """The dual problem at flint's current precision."""
    A = dual.matrix()
    return BallDual(
        A,
        A.transpose(),
        column(ball(entry) for entry in dual.y),
        tuple(map(coordinate_on_balls, dual.coordinates)),
    )


def coordinate_on_balls(coordinate: Coordinate) -> BallCoordinate:
    """One coordinate at flint's current precision."""
    return BallCoordinate(
        path_on_balls(coordinate),
        tuple(ball(gap) for gap in coordinate.gaps),
        coordinate.orientation,
        ball(coordinate.start),
        coordinate.kind is not Kind.FROZEN,
    )


def state(coordinate: BallCoordinate, tau: Ball, guess: Ball | None = None) -> State:
    """Pivot, rho and its derivative at tau (a point or a box inside the domain).

    Raises OutsideDomain outside the domain of the coordinate.
    """
    from flint import arb

    if not coordinate.free:
        return State(coordinate.start, arb(0), arb(0))
    gaps = coordinate.gaps
    z = coordinate.path.at(coordinate.orientation * tau, guess)
    square = z * z
    if not gaps:
        return State(z, z, arb(1))
    # P^2 and the elementary symmetric polynomial of one degree less in the z^2 + c_l, in one pass.
    product, lower = square + gaps[0], arb(1)
    for gap in gaps[1:]:
        factor = square + gap
        lower = lower * factor + product
        product = product * factor
    root = abs(z) if len(gaps) == 1 and gaps[0] == 0 else product.sqrt()
    return State(z, coordinate.orientation * z * root, product + square * lower)


def states(dual: BallDual, nu: arb_mat, guesses: Sequence[State] | None = None) -> list[State]:
    """The state of every coordinate at nu (n x 1 balls)."""
    taus = (dual.A * nu).entries()
    if guesses is None:
        return [state(c, tau) for c, tau in zip(dual.coordinates, taus, strict=True)]
    return [state(c, tau, g.z) for c, tau, g in zip(dual.coordinates, taus, guesses, strict=True)]


def residual(dual: BallDual, at: Sequence[State]) -> arb_mat:
    """F(nu) = A^T rho - y, n x 1."""
    return dual.A_transposed * column(s.rho for s in at) - dual.y


def jacobian(dual: BallDual, at: Sequence[State]) -> arb_mat:
    """dF/dnu = A^T diag(rho') A, n x n, positive definite where enough coordinates move."""
    from flint import arb_mat

    m, n = dual.A.nrows(), dual.A.ncols()
    entries = dual.A.entries()
    scaled = [at[j].slope * entries[j * n + i] for j in range(m) for i in range(n)]
    return dual.A_transposed * arb_mat(m, n, scaled)


def potential(dual: BallDual, nu: arb_mat, at: Sequence[State]) -> Ball:
    """Phi(nu)."""
    from flint import arb

    total = arb(0)
    for c, s in zip(dual.coordinates, at, strict=True):
        total += (s.z - c.start) * (s.z + c.start)
    return total / 2 - (dual.y.transpose() * nu)[0, 0]


def rho(at: Sequence[State]) -> list[Ball]:
    """The reduced coefficients rho_j."""
    return [s.rho for s in at]
