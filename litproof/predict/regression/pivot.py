"""z as a function of x = sgn tau, on balls: one small class for each kind of coordinate.

A path is built at flint's current precision and must be used at that precision or below. `low` and `high` bound the
open interval of x on which the path exists (None: unbounded).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from litproof.algebra.balls import Ball, ball, sign
from litproof.algebra.inverse import OutsideDomain, invert_increasing
from litproof.predict.regression.coordinates import Coordinate, Kind
from litproof.predict.regression.potentials import q_of_s, s_max, s_of_q
from litproof.predict.regression.radical_integral import RadicalIntegral, integrand
from litproof.predict.regression.tied_integral import TiedIntegral

if TYPE_CHECKING:
    from collections.abc import Callable


class Path(Protocol):
    """z(x) with z(0) = z0."""

    @property
    def low(self) -> Ball | None:
        """Lower end of the domain."""

    @property
    def high(self) -> Ball | None:
        """Upper end of the domain."""

    def at(self, x: Ball, guess: Ball | None = None) -> Ball:
        """A ball around z(x); `guess` may speed it up. OutsideDomain where there is none."""


@dataclass(frozen=True)
class Straight:
    """Depth 1: z = z0 + x."""

    z0: Ball
    low: Ball | None = None
    high: Ball | None = None

    def at(self, x: Ball, guess: Ball | None = None) -> Ball:
        """z0 + x."""
        return self.z0 + x


@dataclass(frozen=True)
class Frozen:
    """Nothing moves."""

    z0: Ball
    low: Ball | None = None
    high: Ball | None = None

    def at(self, x: Ball, guess: Ball | None = None) -> Ball:
        """z0."""
        return self.z0


@dataclass(frozen=True)
class EqualGaps:
    """All gaps a^2 > 0: z = a q_L(s0 + a^{L-2} x), q_L the function of `potentials`."""

    L: int
    a: Ball
    s0: Ball
    rate: Ball
    low: Ball | None
    high: Ball | None

    def at(self, x: Ball, guess: Ball | None = None) -> Ball:
        """A ball around z(x)."""
        scaled = None if guess is None else (guess / self.a).mid()
        return self.a * q_of_s(self.s0 + self.rate * x, self.L, scaled)


@dataclass(frozen=True)
class AllTied:
    """All gaps zero: z = z0 exp(x) for depth 2, else t = 1/|z| with t^{L-2} = t0^{L-2} - (L-2) sign(z0) x."""

    L: int
    z0: Ball
    sign: int
    low: Ball | None
    high: Ball | None

    def at(self, x: Ball, guess: Ball | None = None) -> Ball:
        """A ball around z(x)."""
        if self.L == 2:
            return self.z0 * (self.sign * x).exp()
        power = abs(self.z0) ** (2 - self.L) - (self.L - 2) * self.sign * x
        if not power > 0:
            raise OutsideDomain
        return self.sign / power.root(self.L - 2)


@dataclass(frozen=True)
class OpenIntegral:
    """I(z) = int_0^z du / prod_l sqrt(u^2 + c_l), odd.

    For depth 3, with Carlson's R_F (DLMF 19.2.4, 19.25.5),

    I(z) = z (c_1 c_2)^{-1/2} R_F(1, 1 + z^2/c_1, 1 + z^2/c_2).

    Deeper: quadrature, from 0 up to `scale` and from infinity (u -> 1/u) beyond it.

    Attributes
    ----------
    gaps : c_l > 0.
    scale : exact number of the size of the geometric mean of the sqrt(c_l).
    inner, outer : the integrals in u and in 1/u; None for depth 3.
    weight : prod_l c_l^{-1/2}.
    whole : I(inf).
    """

    gaps: tuple[Ball, ...]
    scale: Ball
    inner: RadicalIntegral | None
    outer: RadicalIntegral | None
    weight: Ball
    whole: Ball

    @classmethod
    def of(cls, gaps: tuple[Ball, ...]) -> OpenIntegral:
        """The integral for two or more positive gaps, at flint's current precision."""
        from flint import acb, ctx

        product = _product(gaps)
        scale, weight = product.root(2 * len(gaps)).mid(), product.rsqrt()
        if len(gaps) == 2:
            whole = acb.elliptic_rf(acb(0), acb(gaps[0]), acb(gaps[1])).real
            return cls(gaps, scale, None, None, weight, whole)
        bits = int(ctx.prec)
        inner = RadicalIntegral(0, gaps, bits)
        outer = RadicalIntegral(len(gaps) - 2, tuple(1 / gap for gap in gaps), bits)
        return cls(gaps, scale, inner, outer, weight, inner(scale) + weight * outer(1 / scale))

    def __call__(self, z: Ball) -> Ball:
        """A ball around I(z)."""
        from flint import acb

        if self.inner is None or self.outer is None:
            square = z * z
            form = acb.elliptic_rf(
                acb(1), acb(1 + square / self.gaps[0]), acb(1 + square / self.gaps[1])
            ).real
            return z * self.weight * form
        if not z.is_exact() and z.contains(0):
            return self(z.mid()) + self.slope(z) * (z - z.mid())
        size = abs(z)
        if size.mid() > self.scale:
            value = self.whole - self.weight * self.outer(1 / size)
        else:
            value = self.inner(size)
        return value if z.mid() >= 0 else -value

    def slope(self, z: Ball) -> Ball:
        """I'(z)."""
        return integrand(z, 0, self.gaps)


@dataclass(frozen=True)
class OpenGaps:
    """Gaps positive, not all equal: x = I(z) - I(z0)."""

    integral: OpenIntegral
    i0: Ball
    low: Ball | None
    high: Ball | None

    def at(self, x: Ball, guess: Ball | None = None) -> Ball:
        """A ball around z(x)."""
        from flint import arb

        target = self.i0 + x
        if not abs(target) < self.integral.whole:
            raise OutsideDomain
        scale = self.integral.scale
        start = (guess / scale).asinh() if guess is not None else arb(0)
        theta = invert_increasing(
            lambda w: self.integral(scale * w.sinh()),
            lambda w: scale * w.cosh() * self.integral.slope(scale * w.sinh()),
            target,
            start,
        )
        return scale * theta.sinh()


@dataclass(frozen=True)
class HalfTied:
    """Some gaps zero: with t = 1/|z|, T(t) = T(t0) - sign(z0) x, T the integral of `tied_integral`.

    Depth 3 (one gap c): T(t) = asinh(sqrt(c) t) / sqrt(c).
    """

    integral: TiedIntegral
    sign: int
    total0: Ball
    t0: Ball
    low: Ball | None
    high: Ball | None

    def at(self, x: Ball, guess: Ball | None = None) -> Ball:
        """A ball around z(x)."""
        target = self.total0 - self.sign * x
        if not target > 0:
            raise OutsideDomain
        if self.integral.L == 3:
            root = self.integral.gaps[0].sqrt()
            return self.sign * root / (root * target).sinh()
        # The paths of the damped phase move far in one step when z tends to 0: a formula beats the last point there.
        start = self.integral.log_guess(target, 1 / abs(guess) if guess is not None else self.t0)
        logarithm = invert_increasing(
            lambda w: self.integral(w.exp()), lambda w: w.exp() * self.integral.slope(w.exp()), target, start
        )
        return self.sign * (-logarithm).exp()


def _product(factors: tuple[Ball, ...]) -> Ball:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


def path_on_balls(coordinate: Coordinate) -> Path:
    """The path of a coordinate at flint's current precision."""
    return _BUILDERS[coordinate.kind](coordinate)


def _straight(coordinate: Coordinate) -> Path:
    return Straight(ball(coordinate.start))


def _frozen(coordinate: Coordinate) -> Path:
    return Frozen(ball(coordinate.start))


def _equal(coordinate: Coordinate) -> Path:
    from flint import arb

    L = coordinate.depth
    a = ball(coordinate.gaps[0]).sqrt()
    rate = a ** (L - 2)
    s0 = arb(0) if sign(coordinate.start) == 0 else s_of_q(ball(coordinate.start) / a, L)
    limit = s_max(L)
    if limit is None:
        return EqualGaps(L, a, s0, rate, None, None)
    return EqualGaps(L, a, s0, rate, (-limit - s0) / rate, (limit - s0) / rate)


def _tied(coordinate: Coordinate) -> Path:
    L, z0, side = coordinate.depth, ball(coordinate.start), sign(coordinate.start)
    if L == 2:
        return AllTied(L, z0, side, None, None)
    end = side * abs(z0) ** (2 - L) / (L - 2)
    return AllTied(L, z0, side, None if side > 0 else end, end if side > 0 else None)


def _open(coordinate: Coordinate) -> Path:
    from flint import arb

    integral = OpenIntegral.of(tuple(ball(gap) for gap in coordinate.gaps))
    i0 = arb(0) if sign(coordinate.start) == 0 else integral(ball(coordinate.start))
    return OpenGaps(integral, i0, -integral.whole - i0, integral.whole - i0)


def _half(coordinate: Coordinate) -> Path:
    from flint import ctx

    L, side = coordinate.depth, sign(coordinate.start)
    gaps = tuple(ball(gap) for gap in coordinate.gaps if sign(gap) > 0)
    t0 = 1 / abs(ball(coordinate.start))
    integral = TiedIntegral(L, gaps, int(ctx.prec))
    if L == 3:
        root = gaps[0].sqrt()
        total = (root * t0).asinh() / root
    else:
        total = integral(t0)
    end = side * total
    low, high = (None, end) if side > 0 else (end, None)
    return HalfTied(integral, side, total, t0, low, high)


_BUILDERS: dict[Kind, Callable[[Coordinate], Path]] = {
    Kind.LINEAR: _straight,
    Kind.FROZEN: _frozen,
    Kind.EQUAL: _equal,
    Kind.TIED: _tied,
    Kind.OPEN: _open,
    Kind.HALF: _half,
}
