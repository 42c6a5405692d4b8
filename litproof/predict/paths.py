"""z as a function of x = sgn tau, on balls: one small class for each kind of coordinate.

A path is built at flint's current precision and must be used at that precision or below. `low` and `high` bound the
open interval of x on which the path exists (None: unbounded).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from litproof.predict.balls import Ball, ball, sign
from litproof.predict.coordinates import Coordinate, Kind
from litproof.predict.inverse import invert_increasing
from litproof.predict.potentials import half_power, q_of_s, s_max, s_of_q
from litproof.predict.radical_integral import integrand, radical_integral

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
        """A ball around z(x); `guess` may speed it up. ValueError or ArithmeticError outside the domain."""


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
            raise ValueError("outside the domain of the path")
        return self.sign / power.root(self.L - 2)


@dataclass(frozen=True)
class OpenGaps:
    """Gaps positive, not all equal: x = I(z) - I(z0), I(z) = int_0^z du / prod_l sqrt(u^2 + c_l) (odd).

    Depth 3: I(z) = z (c_1 c_2)^{-1/2} R_F(1, 1 + z^2/c_1, 1 + z^2/c_2), Carlson's form (DLMF 19.25.14 and 19.2.4).
    """

    gaps: tuple[Ball, ...]
    scale: Ball
    whole: Ball
    i0: Ball
    low: Ball | None
    high: Ball | None

    def at(self, x: Ball, guess: Ball | None = None) -> Ball:
        """A ball around z(x)."""
        from flint import arb

        target = self.i0 + x
        if not abs(target) < self.whole:
            raise ValueError("outside the domain of the path")
        start = (guess / self.scale).asinh() if guess is not None else arb(0)
        theta = invert_increasing(
            lambda w: open_integral(self.scale * w.sinh(), self.gaps, self.whole, self.scale),
            lambda w: self.scale * w.cosh() * integrand(self.scale * w.sinh(), 0, self.gaps),
            target,
            start,
        )
        return self.scale * theta.sinh()


@dataclass(frozen=True)
class HalfTied:
    """Some gaps zero: with t = 1/|z|, T(t) = T(t0) - sign(z0) x, T(t) = int_0^t u^{L-3} / prod_{c_l > 0} sqrt(1 + c_l u^2) du.

    Depth 3 (one gap c): T(t) = asinh(sqrt(c) t) / sqrt(c).
    """

    L: int
    gaps: tuple[Ball, ...]
    sign: int
    total0: Ball
    t0: Ball
    low: Ball | None
    high: Ball | None

    def at(self, x: Ball, guess: Ball | None = None) -> Ball:
        """A ball around z(x)."""
        target = self.total0 - self.sign * x
        if not target > 0:
            raise ValueError("outside the domain of the path")
        if self.L == 3:
            root = self.gaps[0].sqrt()
            return self.sign * root / (root * target).sinh()
        start = (1 / abs(guess) if guess is not None else self.t0).log()
        logarithm = invert_increasing(
            lambda w: tied_integral(w.exp(), self.gaps, self.L),
            lambda w: w.exp() ** (self.L - 2) / _root_product(w.exp(), self.gaps),
            target,
            start,
        )
        return self.sign * (-logarithm).exp()


def open_integral(z: Ball, gaps: tuple[Ball, ...], whole: Ball | None, scale: Ball) -> Ball:
    """I(z) = int_0^z du / prod_l sqrt(u^2 + c_l); beyond `scale` through its complement `whole` = I(inf) when given."""
    from flint import acb

    if len(gaps) == 2:
        square = z * z
        form = acb.elliptic_rf(acb(1), acb(1 + square / gaps[0]), acb(1 + square / gaps[1])).real
        return z * (gaps[0] * gaps[1]).rsqrt() * form
    size = abs(z)
    if whole is not None and size.mid() > scale.mid():
        value = whole - _open_tail(1 / size, gaps)
    elif z.contains(0) and not z.is_exact():
        centre = z.mid()
        value = radical_integral(abs(centre), 0, gaps)
        slope = integrand(z, 0, gaps)
        return (value if centre >= 0 else -value) + slope * (z - centre)
    else:
        value = radical_integral(size, 0, gaps)
    return value if z.mid() >= 0 else -value


def _open_tail(t: Ball, gaps: tuple[Ball, ...]) -> Ball:
    """int_{1/t}^inf du / prod_l sqrt(u^2 + c_l), by u -> 1/u."""
    inverse = tuple(1 / gap for gap in gaps)
    return radical_integral(t, len(gaps) - 2, inverse) * _product(inverse).sqrt()


def tied_integral(t: Ball, gaps: tuple[Ball, ...], L: int) -> Ball:
    """T(t) = int_0^t u^{L-3} / prod_l sqrt(1 + c_l u^2) du over the positive gaps."""
    inverse = tuple(1 / gap for gap in gaps)
    return radical_integral(t, L - 3, inverse) * _product(inverse).sqrt()


def _product(factors: tuple[Ball, ...]) -> Ball:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


def _root_product(t: Ball, gaps: tuple[Ball, ...]) -> Ball:
    """prod_l sqrt(1 + c_l t^2)."""
    square = t * t
    return _product(tuple(1 + gap * square for gap in gaps)).sqrt()


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
    from flint import acb, arb

    gaps = tuple(ball(gap) for gap in coordinate.gaps)
    scale = _product(gaps).root(2 * len(gaps)).mid()
    if len(gaps) == 2:
        whole = acb.elliptic_rf(acb(0), acb(gaps[0]), acb(gaps[1])).real
    else:
        whole = radical_integral(scale, 0, gaps) + _open_tail(1 / scale, gaps)
    i0 = arb(0) if sign(coordinate.start) == 0 else open_integral(ball(coordinate.start), gaps, whole, scale)
    return OpenGaps(gaps, scale, whole, i0, -whole - i0, whole - i0)


def _half(coordinate: Coordinate) -> Path:
    L, side = coordinate.depth, sign(coordinate.start)
    gaps = tuple(ball(gap) for gap in coordinate.gaps if sign(gap) > 0)
    t0 = 1 / abs(ball(coordinate.start))
    if L == 3:
        root = gaps[0].sqrt()
        total = (root * t0).asinh() / root
    else:
        total = tied_integral(t0, gaps, L)
    end = side * total
    return HalfTied(L, gaps, side, total, t0, None if side > 0 else end, end if side > 0 else None)


_BUILDERS: dict[Kind, Callable[[Coordinate], Path]] = {
    Kind.LINEAR: _straight,
    Kind.FROZEN: _frozen,
    Kind.EQUAL: _equal,
    Kind.TIED: _tied,
    Kind.OPEN: _open,
    Kind.HALF: _half,
}
