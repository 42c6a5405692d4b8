"""Chebyshev collocation of a gradient flow over long intervals, at any precision.

On each interval the integral equation v(t) = v(t_0) + int velocity is solved at Chebyshev-Lobatto nodes by
Newton's method, first in doubles on a few nodes, for the change of the state relative to its own size, then
with defect correction (Stetter, Numerische Mathematik 29, 1978): the defect is evaluated in fixed-point
integers whose precision grows sweep by sweep, the correction comes from the linearised flow in doubles and
gains twelve to fifteen digits. The intervals follow the decay of the Chebyshev coefficients of the solution in
doubles, the number of nodes follows the digits, and the tail of the computed coefficients decides whether
both were right. Stiff components that have died cost nothing: an interval about as long as
the time before it resolves all that live.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, floor, frexp, inf, ldexp, log, log2, log10
from typing import Any

import numpy as np

from litproof.errors import Inconclusive
from litproof.flow.program import Linear, Program
from litproof.integrate import permission
from litproof.integrate.arithmetic import LOG_2, FixedPoint, Scalars
from litproof.integrate.budget import collocation_cost, spend_allowance
from litproof.integrate.regression.batched_doubles import Levels
from litproof.integrate.regression.chebyshev import (
    coefficient_matrix,
    coefficients_at,
    integrals,
    integration_matrix,
    interpolate,
    interpolation_matrix,
    node_count,
)
from litproof.integrate.regression.doubles import Array
from litproof.integrate.regression.linearised import LinearisedFlow
from litproof.integrate.regression.taylor import Piece, StationaryPoint, dyadic

_LN10 = log(10.0)
_COARSE = 39
_SLOPE = 0.62
_LEAST_SLOPE = 0.48
_MAX_WIDENING = 3.0
_MAX_WIDTHS = 200
_MAX_STRETCH = 2.0
"""Beyond, what one interval needed says nothing about the next."""
_LOST = "collocation found no interval that resolves the flow, down to a width of {:.1e}"
_MAX_GROWTH = 8.0
"""Perturbations grow at most by exp of this over one interval: the corrections in doubles lose that much."""


class FixedColumns:
    """Program ring on lists of mpz, node by node, in units of 2^-bits."""

    def __init__(self, bits: int, nodes: int) -> None:
        self.bits, self.nodes = bits, nodes

    def linear(self, step: Linear, values: Sequence[list[Any]]) -> list[Any]:
        """See litproof.flow.program.Ring."""
        numerators, constant, denominator = step.integers
        constant <<= self.bits
        if not values:
            totals = [constant] * self.nodes
        elif len(values) == 1:
            totals = [numerators[0] * x + constant for x in values[0]]
        else:
            a, b = numerators[:2]
            totals = [a * x + b * y + constant for x, y in zip(values[0], values[1], strict=True)]
            for c, column in zip(numerators[2:], values[2:], strict=True):
                totals = [t + c * x for t, x in zip(totals, column, strict=True)]
        return totals if denominator == 1 else [t // denominator for t in totals]

    def product(self, a: list[Any], b: list[Any]) -> list[Any]:
        """See litproof.flow.program.Ring."""
        bits = self.bits
        return [x * y >> bits for x, y in zip(a, b, strict=True)]

    def square(self, a: list[Any]) -> list[Any]:
        """See litproof.flow.program.Ring."""
        bits = self.bits
        return [x * x >> bits for x in a]


@dataclass(frozen=True)
class _Base:
    """Where an interval starts.

    Attributes
    ----------
    state : parameters, mpz in units of 2^-bits.
    bits : that unit.
    atoms : all atoms of the program in doubles.
    speed : velocities in doubles, in units of 2^exponent, the largest about 1; exponent -inf where all vanish.
    """

    state: Sequence[Any]
    bits: int
    atoms: Array
    speed: Array
    exponent: float

    @property
    def start(self) -> Array:
        """Parameters in doubles, shape (P,)."""
        return self.atoms[: len(self.state)]

    def parameters(self, change: Array, exponent: float) -> Array:
        """Parameters in doubles after a change in units of 2^exponent, shape (m, P)."""
        return np.asarray(self.start + change * 2.0**exponent)


def _base(program: Program, arithmetic: FixedPoint, state: Sequence[Any]) -> _Base:
    bits = arithmetic.bits
    atoms = program.run(Scalars(arithmetic), list(state))
    velocity = [atoms[a] for a in program.outputs["velocity"]]
    top = max(x.bit_length() for x in velocity)
    return _Base(
        state,
        bits,
        np.array([_double(x, bits) for x in atoms]),
        np.array([_double(x, top) for x in velocity]),
        top - bits if top else -inf,
    )


def _double(x: Any, bits: int) -> float:
    """x / 2^bits."""
    drop = max(0, x.bit_length() - 64)
    return ldexp(float(x >> drop), drop - bits)


@dataclass(frozen=True)
class _Profile:
    """The double-precision solution on coarse nodes, and how its coefficients decay.

    The change of the state since the start is change * 2^exponent, its largest entry exp(log_size), its relative
    error about floor; count is 0 where these nodes are enough.
    """

    change: Array
    exponent: float
    log_size: float
    slope: float
    count: int
    growth: float
    floor: float

    def changes(self, n: int) -> Array:
        """The change on N + 1 nodes."""
        change = interpolation_matrix(_COARSE, n) @ self.change
        change[0] = 0.0
        return change


def integrate(
    program: Program,
    arithmetic: FixedPoint,
    start: list[Fraction],
    digits: float,
    *,
    end: Fraction | None = None,
) -> Iterator[Piece]:
    """Intervals of the flow from time 0 to `end` (None: for ever); the parameters of `taylor.integrate`.

    Raises StationaryPoint where the velocity is zero to the working precision.
    """
    permission.ask("collocation")
    if end is not None and end.denominator & (end.denominator - 1):
        raise ValueError(f"end time must be a dyadic rational, got {end}")
    state, program = [arithmetic.number(q) for q in start], program.only("residual", "velocity")
    time, width, stretch, failures, levels = Fraction(0), 0.0, 1.0, 0, Levels(program)
    while end is None or time < end:
        base = _base(program, arithmetic, state)
        if base.exponent == -inf:
            raise StationaryPoint(time)
        if not width:
            width = _first_width(arithmetic, levels, base)
        left = None if end is None else end - time
        exact, profile = _interval(levels, base, width, left, digits, first=not time)
        solved = _solution(program, levels, base, exact, profile, digits, stretch)
        if solved is None:
            width, failures = float(exact) * 0.5, failures + 1
            if failures == _MAX_WIDTHS:
                raise Inconclusive(_LOST.format(width))
            continue
        failures = 0
        columns, log_error, stretch = solved
        spend_allowance(collocation_cost(program, len(columns[0])))
        state = [column[-1] for column in columns]
        start_time, time = time, time + exact
        yield Piece(
            start_time,
            time,
            tuple(state),
            log_error,
            _Dense(arithmetic, columns, start_time, exact),
            len(columns[0]),
            profile.growth,
        )
        width = float(exact) * min(_MAX_WIDENING, max(0.7, profile.slope / _SLOPE))


@dataclass(frozen=True)
class _Dense:
    """Barycentric interpolation of one interval."""

    arithmetic: FixedPoint
    columns: list[list[Any]]
    start: Fraction
    width: Fraction

    def __call__(self, time: Fraction) -> tuple[Any, ...]:
        bits = self.arithmetic.bits
        x = int(((time - self.start) / self.width * 2 - 1) * (1 << bits))
        return tuple(interpolate(self.columns, x, bits))


def _first_width(arithmetic: FixedPoint, levels: Levels, base: _Base) -> float:
    """Half the time in which the state would change by as much as its size, or a few of the flow's fastest times."""
    size = max(map(arithmetic.log_size, base.state))
    width = exp(max(min(size - base.exponent * LOG_2, 600.0), -600.0)) / 2 if size > -inf else 1.0
    fastest = levels.linearised(base.start[None, :])[1].norm()
    return min(width, 8.0 / fastest) if fastest > 0 else width


def _interval(
    levels: Levels, base: _Base, width: float, left: Fraction | None, digits: float, first: bool
) -> tuple[Fraction, _Profile]:
    """A width near the one proposed, at most `left`, at which the coarse nodes carry the solution; and that solution.

    first : nothing is known about the flow yet; the width may have to grow as well.

    Raises Inconclusive where no width will do.
    """
    for _ in range(_MAX_WIDTHS):
        numerator, shift = dyadic(width)
        exact = Fraction(numerator) / Fraction(2) ** shift
        last = left is not None and exact >= left
        if left is not None and last:
            exact = left
        profile = _profile(levels, base, exact, digits)
        if profile is None or profile.slope < _LEAST_SLOPE:
            width, first = float(exact) * 0.5, False
        elif profile.growth > _MAX_GROWTH:
            width, first = float(exact) * 0.9 * _MAX_GROWTH / profile.growth, False
        elif first and not last and profile.count and profile.slope > 2.0 * _SLOPE:
            width = float(exact) * min(_MAX_WIDENING, profile.slope / _SLOPE)
        else:
            return exact, profile
    raise Inconclusive(_LOST.format(width))


def _profile(levels: Levels, base: _Base, width: Fraction, digits: float) -> _Profile | None:
    """Newton's method on the coarse nodes, relative to the change, however small; None where it fails."""
    n = _COARSE
    S = integration_matrix(n) * (float(width) / 2)
    unit = 2.0**base.exponent
    reach = 4.0 * (float(np.abs(base.start).max()) + 1.0)
    J, A = levels.linearised(base.start[None, :])
    flow = LinearisedFlow(S, np.repeat(J, n + 1, 0), A)
    change = flow.solve(S @ np.tile(base.speed, (n + 1, 1)), 1e-3)
    last = inf
    for _ in range(12):
        size = float(np.abs(change).max())
        log_size = log(size + 1e-300) + base.exponent * LOG_2
        if not log_size < log(reach):
            return None
        J, A = levels.linearised(base.parameters(change, base.exponent))
        velocity = base.speed + levels.changes(base.atoms, change, unit, "velocity")
        defect = S @ velocity - change
        # An error of the linear solution far below the square of the correction is lost in Newton's own.
        now = float(np.abs(defect).max()) / size
        correction = LinearisedFlow(S, J, A, flow).solve(
            defect, min(max(0.01 * now, 1e-15 / max(now, 1e-15)), 1e-2)
        )
        change = change + correction
        now = float(np.abs(correction).max()) / size
        if now < 1e-6 or (now < 1e-4 and now > last / 4):
            floor = max(1e-12, 10 * now * now)
            span = log_size + digits * _LN10
            # What is far below the tolerance may be rounding of the state, which fast components turn into noise.
            slope, count = _decay(change, max(floor, exp(-max(span, 0.0) - 5.0)), span)
            growth = float(S[-1] @ np.maximum(A.largest(), 0.0))
            if log_size + growth < -digits * _LN10 - 2.0:
                slope, count = _MAX_WIDENING * _SLOPE, 0
            return _Profile(change, base.exponent, log_size, slope, count, growth, floor)
        if not now < 2 * last:
            return None
        last = now
    return None


def _decay(values: Array, floor: float, span: float) -> tuple[float, int]:
    """Decay of the Chebyshev coefficients in nats a degree, and the node count for a span of `span` nats."""
    coefficients = np.abs(coefficient_matrix(len(values) - 1) @ values).max(axis=1)
    top = float(coefficients[1:].max())
    if not top > 0:
        return 9.0, node_count(15)
    envelope = np.maximum.accumulate(coefficients[::-1])[::-1] / top
    resolved = [k for k in range(1, len(envelope) - 2) if envelope[k] > floor]
    last = max(resolved[-1] if resolved else 1, 2)
    half = last // 2
    slope = min((log(envelope[half] + 1e-300) - log(envelope[last] + 1e-300)) / max(last - half, 1), 9.0)
    if slope <= 0.05:
        return slope, 0
    needed = last + max(span + log(envelope[last] + 1e-300), 0.0) / slope
    return slope, node_count(max(15.0, needed * 1.04 + 3))


def _solution(
    program: Program,
    levels: Levels,
    base: _Base,
    width: Fraction,
    profile: _Profile,
    digits: float,
    stretch: float,
) -> tuple[list[list[Any]], float, float] | None:
    """Values at the nodes (one list a parameter, mpz in units of 2^-bits), the logarithm of the error, and a stretch.

    stretch : by how much the node count of a profile has proved too small; the one returned is meant for the next
    interval. None where the interval should be shorter: twice the nodes of the least slope leave a tail.
    """
    tolerance, bits = -digits * _LN10, base.bits
    if not profile.count:
        # A change below the tolerance still moves the state: one that rests would never leave what decays by itself.
        n = node_count(15)
        return (
            _moved([[x] * (n + 1) for x in base.state], profile.changes(n), bits + profile.exponent),
            tolerance,
            stretch,
        )
    count = node_count(profile.count * stretch)
    most = max(2.0 * (profile.log_size - tolerance) / _LEAST_SLOPE, 80.0)
    while count <= most:
        columns = _collocate(program, levels, base, width, profile, count, digits)
        if columns is None:
            return None
        tail = _coefficients_near(columns, count - 2, bits)
        if tail <= tolerance + 1.0:
            error = max(tail, tolerance, log(4.0 * count) - bits * LOG_2) + log(2.0)
            needed = count + (tail - tolerance) / profile.slope
            if stretch > 1.0 and _coefficients_near(columns, count // 2, bits) <= tolerance + 1.0:
                needed = 0.0
            return columns, error, min(max(1.0, needed / profile.count), _MAX_STRETCH)
        middle = _coefficients_near(columns, count // 2, bits)
        slope = max(middle - tail, 1.0) / (count - 2 - count // 2)
        needed = count + (tail - tolerance) / slope
        count = node_count(min(max(needed + 4.0, count + 2.0), 1.5 * count))
    return None


def _collocate(
    program: Program, levels: Levels, base: _Base, width: Fraction, profile: _Profile, n: int, digits: float
) -> list[list[Any]] | None:
    """Solution of the collocation equations on N + 1 nodes by defect correction; None if that stagnates."""
    bits = base.bits
    change = profile.changes(n)
    J, A = levels.linearised(base.parameters(change, profile.exponent))
    flow = LinearisedFlow(integration_matrix(n) * (float(width) / 2), J, A)
    columns = _moved([[x] * (n + 1) for x in base.state], change, bits + profile.exponent)
    right, last = -log10(profile.floor) - 1.0 - profile.log_size / _LN10, inf
    tolerance = -digits * _LN10
    for _ in range(60):
        spare = max(0, bits - ceil((right + 15.0) * log2(10.0)) - 10)
        values, exponent = _defect(program, bits, columns, width, spare)
        if exponent == -inf:
            return columns
        # log |defect| - log tolerance nats are wanted at most.
        excess = (exponent - bits) * LOG_2 - tolerance + 5.0
        correction = flow.solve(values, max(1e-13, exp(-min(max(excess, 7.0), 700.0))))
        steepest = float(np.abs(correction).max())
        if not np.isfinite(steepest):
            return None
        columns = _moved(columns, correction, exponent)
        now = (exponent - bits) * LOG_2 + log(steepest + 1e-300)
        gain = last - now
        last = now
        # What is left after this correction: no less than the rounding of the defect it came from.
        left = max(now - gain, (spare - bits) * LOG_2 + _LN10) if 3.0 < gain < inf else now
        if min(now, left) < tolerance - 2.0:
            return columns
        if gain < 1.0:
            return None
        right = max(right, -now / _LN10 + min(gain / _LN10, 14.0))
    return None


def _defect(
    program: Program, bits: int, columns: Sequence[list[Any]], width: Fraction, spare: int
) -> tuple[Array, float]:
    """v(t_0) + int velocity - v at the nodes, computed with `spare` bits less.

    Returns (values, e): the defect is values * 2^e in units of 2^-bits, the largest value is 1; e = -inf: no defect.
    """
    numerator, shift = width.numerator, width.denominator.bit_length()
    spare -= _width_bits(width)
    shifted = columns
    if spare > 0:
        shifted = [[x >> spare for x in column] for column in columns]
    elif spare < 0:
        shifted = [[x << -spare for x in column] for column in columns]
    atoms = program.run(FixedColumns(bits - spare, len(columns[0])), shifted)
    velocity = [atoms[a] for a in program.outputs["velocity"]]
    moved = [[x - column[0] for x in column] for column in shifted]
    defect = integrals(velocity, bits - spare + 4, numerator, shift, moved)
    drop = max(0, max(max(map(max, defect)), -min(map(min, defect))).bit_length() - 900)
    if drop:
        defect = [[x >> drop for x in row] for row in defect]
    values = np.array([list(map(float, row)) for row in defect]).T
    size = float(np.abs(values).max())
    return (values / size, spare + drop + log2(size)) if size else (values, -inf)


def _width_bits(width: Fraction) -> int:
    """Bits by which a long interval magnifies the rounding of velocities."""
    return max(0, width.numerator.bit_length() - width.denominator.bit_length() + 1)


def _moved(columns: Sequence[Sequence[Any]], values: Array, exponent: float) -> list[list[Any]]:
    """columns + values * 2^exponent, with 60 significant bits of the largest of the values, shape (nodes, P)."""
    from gmpy2 import mpz

    top = float(np.abs(values).max())
    if not top > 0:
        return [list(column) for column in columns]
    whole = floor(exponent)
    lift = 60 - frexp(top)[1]
    scaled = np.rint(np.ldexp(values.T * 2.0 ** (exponent - whole), lift)).astype(np.int64).tolist()
    if whole >= lift:
        unit = mpz(1) << (whole - lift)
        return [
            [x + unit * y for x, y in zip(*pair, strict=True)] for pair in zip(columns, scaled, strict=True)
        ]
    drop = lift - whole
    return [
        [x + (y >> drop) for x, y in zip(*pair, strict=True)] for pair in zip(columns, scaled, strict=True)
    ]


def _coefficients_near(columns: Sequence[Sequence[Any]], order: int, bits: int) -> float:
    """Natural logarithm of the largest of the Chebyshev coefficients of orders order - 2 .. order + 1."""
    orders = range(order - 2, order + 2)
    largest = max(max(map(abs, coefficients_at(column, orders, bits))) for column in columns)
    return (largest.bit_length() - bits) * LOG_2 if largest else -bits * LOG_2
