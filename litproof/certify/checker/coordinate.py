"""One coordinate of a reduced flow: rho and the dual variable tau as functions of the pivot z, with their integral."""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

from litproof.certify.checker.exact import require
from litproof.certify.checker.interval import Interval
from litproof.certify.checker.work import Work, magnitude_bits, size


def integrand_series(
    a: Fraction, h: Fraction, constants: Sequence[Fraction], order: int, bits: int
) -> list[Interval]:
    """Coefficients of f(x) = prod_l ((a + h x)^2 + c_l)^(-1/2) up to x^order.

    With Q = prod_l (1 + 2ah/(a^2+c_l) x + h^2/(a^2+c_l) x^2) = sum_i q_i x^i, f = f_0 Q^(-1/2) obeys
    Q f' = -Q' f / 2, that is f_k = -sum_{i >= 1} q_i (1 - i/(2k)) f_{k-i}.
    """
    first, q = Interval.around(1, bits), [Interval.around(1, bits)]
    for c in constants:
        base = a * a + c
        first = first * Interval.around(base, bits).sqrt().inverse()
        once, twice = Interval.around(2 * a * h / base, bits), Interval.around(h * h / base, bits)
        longer = [*q, Interval(0, 0, bits), Interval(0, 0, bits)]
        for i, value in enumerate(q):
            longer[i + 1] = longer[i + 1] + value * once
            longer[i + 2] = longer[i + 2] + value * twice
        q = longer
    series = [first]
    for k in range(1, order + 1):
        total = Interval(0, 0, bits)
        for i in range(1, min(k, len(q) - 1) + 1):
            term, weight = q[i] * series[k - i], i - 2 * k  # negative
            total = total + Interval(term.hi * weight, term.lo * weight, bits)
        series.append(total.scaled(Fraction(1), 2 * k))
    return series


Steps = list[tuple[Fraction, Fraction]]
"""Points a and lengths h of steps."""


def steps_between(
    start: Fraction, end: Fraction, constants: Sequence[Fraction], bits: int, work: Work
) -> Steps:
    """Steps from start to end with |h| <= D/8, D^2 = min_l (a^2 + c_l); announces the work of `separation_integral`.

    Where some c_l = 0 the path has to avoid zero.
    """
    require(0 not in constants or start * end > 0, "a component cannot reach or leave zero, nor change sign")
    steps, a, K, order = [], start, len(constants), series_order(constants, bits)
    while a != end and constants:
        work.fractions(6 * K + 6, 2 * max(size(a), size(end), *map(size, constants)))
        square = min(a * a + c for c in constants)
        exponent = square.denominator.bit_length() - square.numerator.bit_length()
        work.intervals(
            3 * K * order // 2 + 2 * order + 4 * K * K + 8 * K, bits + max(0, K * (exponent + 1) // 2)
        )
        scale = Fraction(2) ** (exponent // 2 + 6)
        h = isqrt(int(square * scale * scale)) / (8 * scale)
        h = max(-h, min(h, end - a))
        steps.append((a, h))
        a += h
    return steps


def separation_integral(
    start: Fraction, end: Fraction, constants: Sequence[Fraction], bits: int, steps: Steps
) -> Interval:
    """Enclosure of int_start^end du / prod_l sqrt(u^2 + c_l), by Taylor series on `steps_between` start and end.

    D is the distance of a to the nearest branch point +-i sqrt(c_l). On the disc of radius D/2 every |u^2 + c_l| is at
    least (a^2 + c_l)/4, so the K factors are at most 2^K f(a), and the k-th coefficient in x (u = a + h x, |h| <= D/8)
    at most 2^K f(a) 4^-k (Cauchy).
    """
    if not constants:
        return Interval.around(end - start, bits)
    total, order = Interval(0, 0, bits), series_order(constants, bits)
    for a, h in steps:
        series = integrand_series(a, h, constants, order, bits)
        piece = sum((f.scaled(Fraction(1), k + 1) for k, f in enumerate(series)), Interval(0, 0, bits))
        tail = (series[0].hi << len(constants) >> 2 * order) + 1
        total = total + Interval(piece.lo - tail, piece.hi + tail, bits) * Interval.around(h, bits)
    return total


def series_order(constants: Sequence[Fraction], bits: int) -> int:
    """The last power of x that is kept."""
    return bits // 2 + len(constants) + 4


class Coordinate:
    """rho(z) = sgn z prod_l sqrt(z^2 + c_l), tau(z) = sgn int du / prod_l sqrt(u^2 + c_l) from the start to z.

    Start None is infinity, for at least two c_l, all 0.
    """

    def __init__(self, start: Fraction | None, constants: Sequence[Fraction], sign: int) -> None:
        self.start, self.constants, self.sign = start, constants, sign

    def announce(self, z: Fraction, radius: Fraction, bits: int, work: Work) -> Steps:
        """Announce one `tau`, and `roots` and `slope` at the centre and on the box; returns the steps for `tau`."""
        K, around = len(self.constants), magnitude_bits([abs(z) + radius, *self.constants])
        work.intervals(20 * (1 + K), 2 * bits + (1 + K) * around)
        return [] if self.start is None else steps_between(self.start, z, self.constants, bits, work)

    def tau(self, z: Fraction, bits: int, steps: Steps) -> Interval:
        """The dual variable that belongs to z."""
        if self.start is None:
            point = Interval.around(z, bits)
            return (point * self.roots(point).inverse()).scaled(Fraction(-1, len(self.constants) - 1))
        return separation_integral(self.start, z, self.constants, bits, steps).scaled(Fraction(self.sign))

    def roots(self, z: Interval) -> Interval:
        """sgn prod_l sqrt(z^2 + c_l) = (d tau/dz)^-1."""
        square, out = z * z, Interval.around(self.sign, z.bits)
        for c in self.constants:
            out = out * (square + Interval.around(c, z.bits)).sqrt()
        return out

    def slope(self, z: Interval) -> Interval:
        """d rho/dz = sgn prod_l sqrt(z^2 + c_l) (1 + sum_l z^2 / (z^2 + c_l))."""
        square, factor = z * z, Interval.around(1, z.bits)
        for c in self.constants:
            factor = factor + square * (square + Interval.around(c, z.bits)).inverse()
        return self.roots(z) * factor
