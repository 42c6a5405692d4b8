"""Radau IIA collocation of any number of stages at any precision, for y' = F(s, y, z), 0 = G(s, y, z).

The method is stiffly accurate and L-stable, so the algebraic equations hold exactly at the end of every
step and the index of the system may change (singularly perturbed multipliers). Source: Hairer and Wanner,
Solving Ordinary Differential Equations II (1996), sections IV.5 and VII.4, doi:10.1007/978-3-642-05221-7.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf, isfinite, log, log10
from typing import Any, Protocol

import gmpy2
import numpy as np
from gmpy2 import mpfr
from numpy.typing import NDArray

from litproof.integrate.classification.reals import Floats, Numbers, Reals, exp, reals, working_precision
from litproof.integrate.classification.stage_matrix import (
    Derivatives,
    Factors,
    NewtonFailure,
    factorise,
)


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
    """Radau IIA on [0, 1]: nodes, matrix A (last row = weights), rises at the stages -> slopes in Legendre's."""

    stages: int
    nodes: tuple[Any, ...]
    matrix: Reals
    matrix_float: Floats
    slopes: Reals


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
        slopes = analysis @ _inverse(matrix)
    return Tableau(stages, tuple(nodes), matrix, matrix.astype(float), slopes)


def _inverse(matrix: Reals) -> Reals:
    """By elimination with pivots."""
    size = len(matrix)
    rows = [[*row, *(mpfr(int(i == j)) for j in range(size))] for i, row in enumerate(matrix)]
    for k in range(size):
        top = max(range(k, size), key=lambda i: abs(rows[i][k]))
        rows[k], rows[top] = rows[top], rows[k]
        pivot = rows[k][k]
        rows[k] = [x / pivot for x in rows[k]]
        for i in range(size):
            if i != k:
                factor = rows[i][k]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[k], strict=True)]
    return np.array([row[size:] for row in rows], dtype=object)


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
    """A semi-explicit differential-algebraic system: D entries of y, m of z (m = 0: an ordinary system).

    All functions take k points at once, in reals or in doubles.
    """

    def evaluate(self, s: Numbers, y: Numbers, z: Numbers) -> tuple[Numbers, Numbers]:
        """(F, G)."""

    def jacobian(self, s: Numbers, y: Numbers, z: Numbers) -> Derivatives:
        """First derivatives."""

    def move(self, s: Numbers, z: Numbers, change: Numbers, stiffness: Floats) -> tuple[Numbers, float]:
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
    rates : r of every component, see `collocation_step`. rises : q at the nodes less q at the start, shape (s, D).
    units : what errors of q are measured in, (D,).
    tableau : the method. sweeps : Newton corrections used in reals. rough : False where Newton in doubles failed.
    """

    start: Any
    length: Any
    y0: Reals
    stages_y: Reals
    stages_z: Reals
    rates: Reals
    rises: Reals
    units: Reals
    tableau: Tableau
    sweeps: int
    rough: bool

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
        ahead = s - self.start
        basis = np.array(legendre_integrals(self.tableau.stages, ahead / self.length), dtype=object)
        q = self.y0 + (basis @ self.tableau.slopes) @ self.rises
        return np.asarray(q * exp(-ahead * self.rates))

    def tail(self) -> float:
        """Size of the last terms of the expansion of q, in units: what is left unresolved."""
        nearly, last = np.abs(self.tableau.slopes[-2:] @ self.rises)
        return float(np.max(np.maximum(last, nearly / 4) / self.units)) / (2 * self.tableau.stages)


Scale = Callable[[Any, Numbers, Numbers], Numbers]
"""(h, q, speed) at the stages -> positive size of each component of q, the unit of corrections and errors."""


LARGE, SWEEPS_IN_DOUBLES, SWEEPS_IN_REALS = 3.0, 4.5, 1.0
"""New derivatives are worth their price after a correction larger than the first, or where they save more sweeps.

They cost as much as five sweeps in doubles, or half of one in reals.
"""

BEST = 1e-12
"""Corrections, one over the one before, with factors in doubles at the solution."""

_LEAST_GAIN, _USUAL = 1.5, 16
"""Digits that a sweep has to gain where many are asked for, and sweeps for which there is room anyway."""

ROUGH, FINE = 1e-6, 1e-9
"""Size of the last correction in doubles, before the equations are solved in reals: at most, and where it gets there.

A sweep in doubles costs a tenth of one in reals.
"""

NOISE = 2.0**-38
"""Rounding of a correction in doubles, over the size of a component: some digits are lost in the equations."""


@dataclass(frozen=True)
class _Stages:
    """The stage equations of a step, in reals or in doubles; see `collocation_step`.

    Attributes
    ----------
    matrix : h A. falling : places of components with a rate; rates : theirs. stretch : exp(r (s - start)) of these.
    """

    system: System
    matrix: Numbers
    weights: Floats
    points: Numbers
    length: Any
    y0: Numbers
    falling: NDArray[np.int64]
    rates: Numbers
    stretch: Numbers
    scale: Scale
    spread: float

    def in_doubles(self) -> "_Stages":
        """The same, rounded."""
        arrays = ("matrix", "points", "y0", "rates", "stretch")
        rounded = {name: getattr(self, name).astype(float) for name in arrays}
        return replace(self, length=float(self.length), **rounded)

    def residual(self, Q: Numbers, Z: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """What is left of the equations for q and of G, and the sizes of q."""
        F, G = self.system.evaluate(self.points, self.state(Q), Z)
        speed = F.copy()
        speed[:, self.falling] *= self.stretch
        sizes = self.scale(self.length, Q, speed)
        speed[:, self.falling] += self.rates * Q[:, self.falling]
        return Q - self.y0 - self.matrix @ speed, G, sizes

    def state(self, Q: Numbers) -> Numbers:
        """y, from q."""
        Y = Q.copy()
        Y[:, self.falling] /= self.stretch
        return Y

    def factors(self, Q: Numbers, Z: Numbers, units: Numbers) -> Factors:
        """Of the Newton matrix: from derivatives in doubles if these suffice."""
        rounded = self if Q.dtype == float else self.in_doubles()
        derivatives = rounded.derivatives(Q.astype(float), Z.astype(float))
        found = factorise(derivatives, self.weights, rounded.length, units)
        if found is None and rounded is not self:
            found = factorise(self.derivatives(Q, Z), self.weights, self.length, units)
        if found is None:
            raise NewtonFailure("equations that nearly agree in doubles")
        return found

    def derivatives(self, Q: Numbers, Z: Numbers) -> Derivatives:
        """Of the slopes of q, and of G, by q."""
        d, falling = self.system.jacobian(self.points, self.state(Q), Z), self.falling
        if not falling.size:
            return d
        up = np.ones(Q.shape, dtype=d.F_x.dtype)
        up[:, falling] = self.stretch
        floats = up.astype(float)
        F_y = d.F_y * floats[:, :, None] / floats[:, None, :]
        F_y[:, falling, falling] += self.rates.astype(float)
        push, pull = (
            None if x is None else x * y[:, :, None] for x, y in ((d.push, floats), (d.pull, 1 / floats))
        )
        return Derivatives(F_y, d.F_x * up[:, :, None], d.G_y / up[:, None, :], d.G_x, d.groups, push, pull)

    def solve(
        self, Q: Numbers, Z: Numbers, tolerance: float, sweeps: int, known: "_Contraction | None" = None
    ) -> tuple[Numbers, Numbers, Numbers, "_Contraction", int]:
        """Newton, until a correction, made or foreseen, is below the tolerance: q, z, sizes, contraction, sweeps."""
        rough = Q.dtype == float
        most = SWEEPS_IN_DOUBLES if rough else SWEEPS_IN_REALS
        for sweep in range(1, sweeps + 1):
            R, G, sizes = self.residual(Q, Z)
            if known is None or known.last > LARGE or known.superfluous(tolerance) > most:
                units = np.maximum(sizes, self.spread * max(sizes)) if self.spread else sizes
                known = _Contraction(self.factors(Q, Z, units), inf if known is None else known.last)
            dQ, dX, effect = known.factors.correct(R, G)
            Q = Q - dQ
            change, moved = float(np.max(np.abs(dQ / sizes), initial=0.0)), 0.0
            if Z.shape[1]:
                Z, moved = self.system.move(self.points, Z, -dX, known.factors.stiffness)
                change = max(change, effect)
            if not isfinite(change):
                raise NewtonFailure("stage values left the range of numbers")
            before, known = known.last, known.after(change + moved)
            if min(change, 10 * change * known.ratio) < tolerance and moved < max(1e-7, tolerance):
                return Q, Z, sizes, known, sweep
            if rough and change + moved < ROUGH and change + moved > before / 10:
                return Q, Z, sizes, known, sweep  # what is left is rounding
            if sweep > 8 and change + moved > 0.9 * before:
                raise NewtonFailure("corrections do not shrink")
        raise NewtonFailure("too many corrections")


@dataclass(frozen=True)
class _Contraction:
    """How Newton with the same factors converges: the last correction, and over the one before, once there are two."""

    factors: Factors
    last: float
    ratio: float = inf
    used: int = 0

    def after(self, change: float) -> "_Contraction":
        """The same after a further correction; what is left in doubles may be rounding, which tells nothing."""
        ratio = change / self.last if self.used and self.last else inf
        if change < FINE:
            ratio = min(ratio, self.ratio)
        return _Contraction(self.factors, change, ratio, self.used + 1)

    def superfluous(self, tolerance: float) -> float:
        """Corrections until one is below the tolerance, less those that new factors take; 0 where nothing tells."""
        if self.used < 2 or self.last <= tolerance:
            return 0.0
        left = log(tolerance / self.last)
        return left / log(self.ratio) - left / log(BEST) if 0 < self.ratio < 1 else inf


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
    rates: Reals | None = None,
    max_sweeps: int = 25,
    spread: float = 0.0,
    bold: bool = False,
) -> Step:
    """Solve the stage equations by Newton: in doubles as far as these go, then with residuals in reals.

    What is a polynomial along the step is q = y exp(r (s - start)): a component that falls like exp(-r s) is a
    constant then. The matrix is factorised in double precision.

    Guesses have shapes (s, D) and (s, m); `scale` gives the unit of each component of q, from q and the speed of y
    times exp(r (s - start)); a correction below `tolerance` in these units ends the iteration. In the matrix no unit
    is below `spread` of the largest. A `bold` step, one whose length may well be too much, is given up where Newton
    in doubles fails.

    Raises
    ------
    NewtonFailure : no convergence (the caller shortens the step).
    """
    ahead = reals([c * length for c in tableau.nodes])
    rates = y0 * 0 if rates is None else rates
    falling = np.flatnonzero(rates)
    stretch, matrix = exp(ahead[:, None] * rates[falling]), length * tableau.matrix
    stages = _Stages(
        system,
        matrix,
        tableau.matrix_float,
        start + ahead,
        length,
        y0,
        falling,
        rates[falling],
        stretch,
        scale,
        spread,
    )
    Q: Numbers = guess_y.copy()
    Q[:, falling] *= stretch
    Z: Numbers = guess_z
    known, begun = None, True
    with np.errstate(all="ignore"):
        # what overflows, in doubles or on the way into them, is refused
        try:
            rough, first, second = stages.in_doubles(), Q.astype(float), Z.astype(float)
            sizes = rough.residual(first, second)[2]
            lost = NOISE * np.max(np.max(np.abs(first), axis=0) / sizes)
            if not isfinite(lost):
                raise NewtonFailure("stage values left the range of doubles")
            if lost < ROUGH:
                first, second, _, known, _ = rough.solve(first, second, FINE, 25)
                Q, Z = first + y0 * 0, second + guess_z * 0
        except NewtonFailure:
            if bold:
                raise
            begun = False
        more = max(0, round(-log10(tolerance) / _LEAST_GAIN) - _USUAL)
        Q, Z, sizes, _, sweeps = stages.solve(Q, Z, tolerance, max_sweeps + more, known)
    return Step(
        start,
        length,
        y0,
        reals(stages.state(Q)),
        reals(Z),
        rates,
        reals(Q - y0),
        sizes,
        tableau,
        sweeps,
        begun,
    )
