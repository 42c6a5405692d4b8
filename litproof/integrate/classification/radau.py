"""Radau IIA collocation of any number of stages at any precision, for y' = F(s, y, z), 0 = G(s, y, z).

The method is stiffly accurate and L-stable, so the algebraic equations hold exactly at the end of every
step and the index of the system may change (singularly perturbed multipliers). Source: Hairer and Wanner,
Solving Ordinary Differential Equations II (1996), sections IV.5 and VII.4, doi:10.1007/978-3-642-05221-7.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isfinite
from typing import Any, Protocol

import gmpy2
import numpy as np
from gmpy2 import mpfr

from litproof.integrate.classification.reals import Floats, Reals, working_precision
from litproof.integrate.classification.stage_matrix import Derivatives, NewtonFailure, factorise


def legendre(count: int, x: Any) -> list[Any]:
    """Shifted Legendre polynomials P_0(2x-1), ..., P_{count-1}(2x-1)."""
    u = 2 * x - 1
    values = [x * 0 + 1, u]
    for k in range(1, count - 1):
        values.append(((2 * k + 1) * u * values[k] - k * values[k - 1]) / (k + 1))
    return values[:count]


def legendre_integrals(count: int, x: Any) -> list[Any]:
    """Integrals from 0 to x of the first `count` shifted Legendre polynomials."""
    values = legendre(count + 1, x)
    return [x] + [(values[k + 1] - values[k - 1]) / (2 * (2 * k + 1)) for k in range(1, count)]


@dataclass(frozen=True)
class Tableau:
    """Radau IIA on [0, 1]: nodes, matrix A (last row = weights), stage values -> Legendre coefficients."""

    stages: int
    nodes: tuple[Any, ...]
    matrix: Reals
    matrix_float: Floats
    analysis: Reals


@lru_cache(maxsize=32)
def radau_tableau(stages: int, bits: int) -> Tableau:
    """Tableau of the `stages`-stage Radau IIA method (order 2 stages - 1), correct to about `bits` bits.

    The nodes are the zeros of P_s - P_{s-1} (shifted Legendre); the s-point rule is exact to degree 2s - 2,
    so the discrete Legendre transform of the stage values is exact.
    """
    if stages < 2:
        raise ValueError("a Radau IIA method here has at least two stages")
    with working_precision(bits + 30):
        series = np.zeros(stages + 1)
        series[stages], series[stages - 1] = 1.0, -1.0
        starts = sorted((root.real + 1) / 2 for root in np.polynomial.legendre.legroots(series))
        nodes = [_node(stages, mpfr(float(x))) for x in starts[:-1]] + [mpfr(1)]
        synthesis = [legendre(stages, c) for c in nodes]
        weights = [1 / sum((2 * m + 1) * row[m] ** 2 for m in range(stages)) for row in synthesis]
        analysis = np.array(
            [[(2 * m + 1) * weights[k] * synthesis[k][m] for k in range(stages)] for m in range(stages)],
            dtype=object,
        )
        matrix = np.array([legendre_integrals(stages, c) for c in nodes], dtype=object) @ analysis
    return Tableau(stages, tuple(nodes), matrix, matrix.astype(float), analysis)


def _node(stages: int, x: Any) -> Any:
    """Polish one zero of P_s - P_{s-1} by Newton; derivatives from (1-u^2) P_k' = k (P_{k-1} - u P_k)."""
    for _ in range(60):
        p = legendre(stages + 1, x)
        u = 2 * x - 1
        value = p[stages] - p[stages - 1]
        slope = stages * (p[stages - 1] - u * p[stages])
        if stages > 1:
            slope -= (stages - 1) * (p[stages - 2] - u * p[stages - 1])
        change = value * (1 - u * u) / (2 * slope)
        x -= change
        if abs(change) < mpfr(2) ** (8 - gmpy2.get_context().precision):
            break
    return x


class System(Protocol):
    """A semi-explicit differential-algebraic system: D entries of y, m of z (m = 0: an ordinary system)."""

    def evaluate(self, s: Any, y: Reals, z: Reals) -> tuple[Reals, Reals]:
        """(F, G) at one point."""

    def jacobian(self, s: Sequence[Any], y: Reals, z: Reals) -> Derivatives:
        """First derivatives at k points."""

    def move(self, s: Sequence[Any], z: Reals, change: Reals, stiffness: Floats) -> tuple[Reals, float]:
        """z (k, m) after the correction `change` of x, kept inside its domain, and how far it moved.

        stiffness (k, m) tells how strongly z_i acts through y over how strongly it acts directly.
        """


@dataclass(frozen=True)
class Step:
    """One accepted collocation step with its dense output.

    Attributes
    ----------
    start, length : s in [start, start + length].
    y0 : state at the start, shape (D,). stages_y, stages_z : values at the nodes, shapes (s, D) and (s, m).
    slopes : Legendre coefficients of F along the step, shape (s, D).
    tableau : the method. sweeps : Newton corrections used.
    """

    start: Any
    length: Any
    y0: Reals
    stages_y: Reals
    stages_z: Reals
    slopes: Reals
    tableau: Tableau
    sweeps: int

    @property
    def end(self) -> Any:
        """s at the end."""
        return self.start + self.length

    @property
    def y(self) -> Reals:
        """State at the end (the last stage)."""
        last: Reals = self.stages_y[-1]
        return last

    @property
    def z(self) -> Reals:
        """Algebraic variables at the end."""
        last: Reals = self.stages_z[-1]
        return last

    def state(self, s: Any) -> Reals:
        """y(s) from the collocation polynomial (uniform order = number of stages)."""
        basis = np.array(
            legendre_integrals(self.tableau.stages, (s - self.start) / self.length), dtype=object
        )
        return np.asarray(self.y0 + self.length * (basis @ self.slopes))

    def algebraic(self, s: Any) -> Reals:
        """z(s) from the polynomial through the stages."""
        basis = np.array(legendre(self.tableau.stages, (s - self.start) / self.length), dtype=object)
        return np.asarray(basis @ (self.tableau.analysis @ self.stages_z))

    def stage_slopes(self) -> Reals:
        """F at the nodes, shape (s, D)."""
        basis = np.array([legendre(self.tableau.stages, c) for c in self.tableau.nodes], dtype=object)
        return np.asarray(basis @ self.slopes)

    def tail(self) -> Floats:
        """Size, per component, of the last terms of the expansion of y: what is left unresolved."""
        last = np.maximum(np.abs(self.slopes[-1]), np.abs(self.slopes[-2]) / 4)
        return np.array([float(x) for x in last * abs(self.length) / (2 * self.tableau.stages)])


Scale = Callable[[Any, Reals, Reals], Reals]
"""(h, Y, F) at the stages -> positive size of each component of y, the unit of corrections and errors."""


SLOW, LARGE = 0.05, 3.0
"""Where a correction is larger than this times the one before, or than this, new derivatives are worth their price."""


def collocation_step(
    system: System,
    tableau: Tableau,
    start: Any,
    length: Any,
    y0: Reals,
    guess_y: Reals,
    guess_z: Reals,
    scale: Scale,
    tolerance: float,
    *,
    max_sweeps: int = 25,
    spread: float = 0.0,
) -> Step:
    """Solve the stage equations by Newton: matrix in double precision, residuals at the working precision.

    Guesses have shapes (s, D) and (s, m); `scale` gives the unit of each component of y; a correction below
    `tolerance` in these units ends the iteration. In the matrix no unit is below `spread` of the largest.

    Raises
    ------
    NewtonFailure : no convergence (the caller shortens the step).
    """
    points = [start + c * length for c in tableau.nodes]
    Y, Z = guess_y, guess_z
    s, D, m = tableau.stages, len(y0), guess_z.shape[1]
    factors = None
    before = previous = inf
    for sweep in range(1, max_sweeps + 1):
        values = [system.evaluate(point, Y[k], Z[k]) for k, point in enumerate(points)]
        F = np.array([value[0] for value in values], dtype=object).reshape(s, D)
        G = np.array([value[1] for value in values], dtype=object).reshape(s, m)
        R = Y - y0 - length * (tableau.matrix @ F)
        sizes = scale(length, Y, F)
        units = np.maximum(sizes, spread * max(sizes)) if spread else sizes
        if factors is None or previous > min(SLOW * before, LARGE):
            with np.errstate(all="ignore"):
                # what overflows is refused below
                derivatives = system.jacobian(points, Y, Z)
                factors = factorise(derivatives, tableau.matrix_float, length, units)
        dY, dX, effect = factors.correct(R, G, units)
        Y = Y - dY
        change = _largest(dY / sizes)
        moved = 0.0
        if m:
            Z, moved = system.move(points, Z, -dX, factors.stiffness)
            change = max(change, effect)
        if not isfinite(change):
            raise NewtonFailure("stage values left the range of numbers")
        if change < tolerance and moved < 1e-7:
            F = np.array(
                [system.evaluate(point, Y[k], Z[k])[0] for k, point in enumerate(points)], dtype=object
            )
            return Step(start, length, y0, Y, Z, tableau.analysis @ F.reshape(s, D), tableau, sweep)
        if sweep > 8 and change + moved > 0.9 * previous:
            raise NewtonFailure("corrections do not shrink")
        before, previous = previous, change + moved
    raise NewtonFailure("too many corrections")


def _largest(array: Reals) -> float:
    return float(np.max(np.abs(array))) if array.size else 0.0
