"""The limit of a reduced flow as a square system: unknowns z (m pivots, none frozen) and nu (n).

    tau_j(z_j) = (A nu)_j  (j = 1..m),      A^T rho(z) = y,      A = S X^T,  rho_j = sgn_j z_j prod_{l != p}
    sqrt(z_j^2 + c_{l,j}).

Its Jacobian is [[D, -A], [A^T R, 0]] with the diagonals D = d tau/dz and R = d rho/dz.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, ball, column
from litproof.certify.regression.pivot_integral import separation
from litproof.predict.regression.coordinates import Coordinate
from litproof.predict.regression.dual import Dual

if TYPE_CHECKING:
    from flint import arb_mat


def rho_of(coordinate: Coordinate, z: Ball) -> Ball:
    """sgn z prod sqrt(z^2 + c_l)."""
    return coordinate.orientation * z * _root_product(coordinate, z)


def slopes_of(coordinate: Coordinate, z: Ball) -> tuple[Ball, Ball]:
    """(d tau/dz, d rho/dz) = sgn (1/P, P (1 + z^2 sum_l 1/(z^2 + c_l)))."""
    from flint import arb

    product, square, total = _root_product(coordinate, z), z * z, arb(1)
    for gap in coordinate.gaps:
        total += square / (square + ball(gap)) if gap else 1
    return coordinate.orientation / product, coordinate.orientation * product * total


def _root_product(coordinate: Coordinate, z: Ball) -> Ball:
    from flint import arb

    square, product = z * z, arb(1)
    for gap in coordinate.gaps:
        product *= (square + ball(gap)).sqrt() if gap else abs(z)
    return product


@dataclass(frozen=True)
class ReducedSystem:
    """The system of the module docstring for an exact dual problem without frozen coordinates."""

    dual: Dual

    def split(self, point: Sequence[Ball]) -> tuple[Sequence[Ball], Sequence[Ball]]:
        """(z, nu)."""
        m = len(self.dual.coordinates)
        return point[:m], point[m:]

    def value(self, point: Sequence[Ball]) -> list[Ball]:
        """See `krawczyk.System`."""
        z, nu = self.split(point)
        A = self.dual.matrix()
        taus = (A * column(nu)).entries()
        fit = (A.transpose() * column(map(rho_of, self.dual.coordinates, z))).entries()
        above = [separation(c, x) - tau for c, x, tau in zip(self.dual.coordinates, z, taus, strict=True)]
        return above + [value - ball(target) for value, target in zip(fit, self.dual.y, strict=True)]

    def linearise(self, point: Sequence[Ball]) -> ReducedLinearisation:
        """See `krawczyk.System`: the Jacobian at the midpoints, D and R rounded to points."""
        slopes = [slopes_of(c, x) for c, x in zip(self.dual.coordinates, self.split(point)[0], strict=True)]
        return ReducedLinearisation(
            self,
            tuple(a.mid() for a, _ in slopes),
            tuple(b.mid() for _, b in slopes),
            self.dual.matrix(),
        )


@dataclass(frozen=True)
class ReducedLinearisation:
    """J0 = [[D, -A], [A^T R, 0]] with points D and R.

    J0 (a, b) = (f, g) means A^T R D^{-1} A b = g - A^T R D^{-1} f and a = D^{-1} (f + A b).
    """

    system: ReducedSystem
    D: tuple[Ball, ...]
    R: tuple[Ball, ...]
    A: arb_mat

    @cached_property
    def weighted(self) -> arb_mat:
        """A^T R D^{-1}, n x m."""
        from flint import arb_mat

        m, n = self.A.nrows(), self.A.ncols()
        ratios = [r / d for r, d in zip(self.R, self.D, strict=True)]
        return arb_mat(n, m, [self.A[j, i] * ratios[j] for i in range(n) for j in range(m)])

    @cached_property
    def inverse(self) -> arb_mat:
        """(A^T R D^{-1} A)^{-1}."""
        return (self.weighted * self.A).inv()

    def solve(self, right: Sequence[Ball]) -> list[Ball]:
        """See `krawczyk.Linearisation`."""
        f, g = self.system.split(right)
        lower = self.inverse * (column(g) - self.weighted * column(f))
        upper = column(f) + self.A * lower
        return [entry / d for entry, d in zip(upper.entries(), self.D, strict=True)] + lower.entries()

    def spread(self, box: Sequence[Ball], radii: Sequence[Ball]) -> list[Ball]:
        """See `krawczyk.Linearisation`."""
        from flint import arb

        top, inner = [], []
        for c, d, r, z, radius in zip(self.system.dual.coordinates, self.D, self.R, box, radii, strict=False):
            slope, growth = slopes_of(c, z)
            reach = arb(0, radius)
            top.append((d - slope) * reach)
            inner.append((r - growth) * reach)
        return self.solve(top + (self.A.transpose() * column(inner)).entries())
