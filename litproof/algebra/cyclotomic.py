"""Exact cyclotomic numbers: elements of Q(zeta_N), zeta_N = exp(2 pi i / N).

They hold what the odeco forms need: rationals (N = 1), Gaussian rationals (N = 4), and for the discrete
Fourier transform of length d the roots zeta_d together with sqrt(d) (N = 4d, by the quadratic Gauss sum).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import gcd, lcm
from typing import TYPE_CHECKING, TypeAlias

from litproof.precision import ball_precision

if TYPE_CHECKING:
    from flint import acb

Rational: TypeAlias = int | Fraction
Scalar: TypeAlias = "int | Fraction | Cyclotomic"

_ZERO = Fraction(0)


@dataclass(frozen=True, eq=False, slots=True)
class Cyclotomic:
    """An element sum_k coefficients[k] zeta_N^k of Q(zeta_N), N = order.

    Equality and hash go by value, also between different orders and with int and Fraction.

    Attributes
    ----------
    order : N >= 1.
    coefficients : phi(N) fractions, the unique representation modulo the cyclotomic polynomial Phi_N.
    """

    order: int
    coefficients: tuple[Fraction, ...]

    @classmethod
    def rational(cls, value: Rational) -> Cyclotomic:
        """The rational number `value` (order 1)."""
        return cls(1, (Fraction(value),))

    @classmethod
    def gaussian(cls, re: Rational, im: Rational) -> Cyclotomic:
        """The Gaussian rational re + i im (order 4)."""
        return cls(4, (Fraction(re), Fraction(im)))

    @classmethod
    def root_of_unity(cls, n: int, k: int = 1) -> Cyclotomic:
        """exp(2 pi i k / n) (order n)."""
        if n < 1:
            raise ValueError(f"a root of unity needs an order n >= 1, not {n}")
        return _reduced(n, {k % n: 1}, 1)

    @classmethod
    def sqrt(cls, d: int) -> Cyclotomic:
        """The positive square root of an integer d >= 0; its order divides 4d (d >= 1).

        Gauss: sum_{k<d} zeta_d^(k^2) is sqrt(d) for d = 1 mod 4, i sqrt(d) for d = 3 mod 4.
        """
        if d < 0:
            raise ValueError(f"the real square root needs d >= 0, not {d}")
        square, free = _square_part(d)
        root = cls.rational(square)
        if free % 2 == 0:
            root = root * (cls.root_of_unity(8, 1) + cls.root_of_unity(8, 7))
        odd = free // 2 if free % 2 == 0 else free
        if odd > 1:
            counts: dict[int, int] = {}
            for k in range(odd):
                counts[k * k % odd] = counts.get(k * k % odd, 0) + 1
            gauss = _reduced(odd, counts, 1)
            root = root * (gauss if odd % 4 == 1 else -cls.gaussian(0, 1) * gauss)
        return root

    @property
    def is_zero(self) -> bool:
        """Whether the number is 0."""
        return not any(self.coefficients)

    @property
    def is_rational(self) -> bool:
        """Whether the number lies in Q."""
        return not any(self.coefficients[1:])

    @property
    def is_real(self) -> bool:
        """Whether the number is real."""
        return self.is_rational or self == self.conjugate()

    @property
    def real(self) -> Cyclotomic:
        """Real part."""
        return (self + self.conjugate()) * Fraction(1, 2)

    @property
    def imag(self) -> Cyclotomic:
        """Imaginary part (a real number)."""
        return (self - self.conjugate()) * Cyclotomic.gaussian(0, Fraction(-1, 2))

    def to_fraction(self) -> Fraction:
        """The number as a Fraction; ValueError when it is not rational."""
        if not self.is_rational:
            raise ValueError(f"{self} is not rational")
        return self.coefficients[0]

    def conjugate(self) -> Cyclotomic:
        """Complex conjugate."""
        if self.is_rational:
            return self
        numerators, denominator = _integers(self.coefficients)
        return _reduced(self.order, {-k % self.order: c for k, c in enumerate(numerators) if c}, denominator)

    def sign(self) -> int:
        """-1, 0 or 1, decided exactly; ValueError when the number is not real."""
        if not self.is_real:
            raise ValueError(f"{self} is not real, it has no sign")
        if self.is_rational:
            value = self.coefficients[0]
            return (value > 0) - (value < 0)
        bits = 64
        while True:  # ends: a non-zero number has a ball that excludes zero
            with ball_precision(bits):
                enclosure = self.ball().real
            if enclosure > 0:
                return 1
            if enclosure < 0:
                return -1
            bits *= 2

    def ball(self) -> acb:
        """A complex ball around the number, at flint's current precision; imaginary part 0 if it is real."""
        from flint import acb, arb, fmpq

        real, imag = arb(0), arb(0)
        for k, coefficient in enumerate(self.coefficients):
            if coefficient:
                angle = fmpq(2 * k, self.order)
                factor = arb(fmpq(coefficient.numerator, coefficient.denominator))
                real += factor * arb.cos_pi_fmpq(angle)
                imag += factor * arb.sin_pi_fmpq(angle)
        return acb(real) if self.is_real else acb(real, imag)

    def inverse(self) -> Cyclotomic:
        """Multiplicative inverse; ZeroDivisionError for 0."""
        if self.is_zero:
            raise ZeroDivisionError("division by the cyclotomic number 0")
        if self.is_rational:
            return Cyclotomic.rational(1 / self.coefficients[0])
        from flint import fmpq, fmpq_poly

        polynomial = fmpq_poly([fmpq(c.numerator, c.denominator) for c in self.coefficients])
        modulus = fmpq_poly(list(_cyclotomic_polynomial(self.order)))
        _, inverse, _ = polynomial.xgcd(modulus)
        coefficients = [Fraction(int(c.p), int(c.q)) for c in inverse.coeffs()]
        return Cyclotomic(self.order, _padded(coefficients, len(self.coefficients)))

    def __neg__(self) -> Cyclotomic:
        return Cyclotomic(self.order, tuple(-c for c in self.coefficients))

    def __pos__(self) -> Cyclotomic:
        return self

    def __add__(self, other: Scalar) -> Cyclotomic:
        if isinstance(other, int | Fraction):
            return Cyclotomic(self.order, (self.coefficients[0] + other, *self.coefficients[1:]))
        if not isinstance(other, Cyclotomic):
            return NotImplemented
        left, right = _unified(self, other)
        pairs = zip(left.coefficients, right.coefficients, strict=True)
        return Cyclotomic(left.order, tuple(a + b for a, b in pairs))

    __radd__ = __add__

    def __sub__(self, other: Scalar) -> Cyclotomic:
        return self + (-other)

    def __rsub__(self, other: Rational) -> Cyclotomic:
        return -self + other

    def __mul__(self, other: Scalar) -> Cyclotomic:
        if isinstance(other, int | Fraction):
            return Cyclotomic(self.order, tuple(c * other for c in self.coefficients))
        if not isinstance(other, Cyclotomic):
            return NotImplemented
        if other.is_rational:
            return self * other.coefficients[0]
        if self.is_rational:
            return other * self.coefficients[0]
        left, right = _unified(self, other)
        a, a_denominator = _integers(left.coefficients)
        b, b_denominator = _integers(right.coefficients)
        order = left.order
        product: dict[int, int] = {}
        for i, p in enumerate(a):
            if p:
                for j, q in enumerate(b):
                    if q:
                        k = (i + j) % order
                        product[k] = product.get(k, 0) + p * q
        return _reduced(order, product, a_denominator * b_denominator)

    __rmul__ = __mul__

    def __truediv__(self, other: Scalar) -> Cyclotomic:
        if isinstance(other, int | Fraction):
            return self * (1 / Fraction(other))
        if not isinstance(other, Cyclotomic):
            return NotImplemented
        return self * other.inverse()

    def __rtruediv__(self, other: Rational) -> Cyclotomic:
        return self.inverse() * other

    def __pow__(self, exponent: int) -> Cyclotomic:
        base = self if exponent >= 0 else self.inverse()
        result, rest = Cyclotomic.rational(1), abs(exponent)
        while rest:
            if rest & 1:
                result = result * base
            base, rest = base * base if rest > 1 else base, rest >> 1
        return result

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int | Fraction):
            return self.is_rational and self.coefficients[0] == other
        if not isinstance(other, Cyclotomic):
            return NotImplemented
        left, right = _unified(self, other)
        return left.coefficients == right.coefficients

    def __hash__(self) -> int:
        # The trace divided by the degree does not depend on the field that the number is written in, and is
        # the number itself for rationals.
        total = _ZERO
        for k, coefficient in enumerate(self.coefficients):
            if coefficient:
                total += coefficient * _mean_trace(self.order // gcd(k, self.order))
        return hash(total)

    def __bool__(self) -> bool:
        return not self.is_zero

    def __str__(self) -> str:
        terms = []
        for k, coefficient in enumerate(self.coefficients):
            if coefficient:
                unit = "i" if (self.order, k) == (4, 1) else f"zeta_{self.order}" + (f"^{k}" if k > 1 else "")
                terms.append(f"{coefficient}" if k == 0 else f"{coefficient}*{unit}")
        return " + ".join(terms).replace("+ -", "- ") or "0"


def _padded(values: Iterable[Fraction], length: int) -> tuple[Fraction, ...]:
    entries = tuple(values)
    return entries + (_ZERO,) * (length - len(entries))


def _integers(coefficients: tuple[Fraction, ...]) -> tuple[list[int], int]:
    """Numerators over the common denominator, and that denominator."""
    denominator = lcm(*(c.denominator for c in coefficients))
    return [c.numerator * (denominator // c.denominator) for c in coefficients], denominator


def _reduced(order: int, powers: dict[int, int], denominator: int) -> Cyclotomic:
    """sum_k powers[k] zeta^k / denominator, exponents 0 <= k < order, in the power basis."""
    table = _powers_of_zeta(order)
    totals = [0] * (len(_cyclotomic_polynomial(order)) - 1)
    for k, factor in powers.items():
        for index, coefficient in table[k]:
            totals[index] += factor * coefficient
    return Cyclotomic(order, tuple(Fraction(c, denominator) if c else _ZERO for c in totals))


def _unified(a: Cyclotomic, b: Cyclotomic) -> tuple[Cyclotomic, Cyclotomic]:
    """Both numbers written in the same field."""
    if a.order == b.order:
        return a, b
    order = lcm(a.order, b.order)
    return _lifted(a, order), _lifted(b, order)


def _lifted(a: Cyclotomic, order: int) -> Cyclotomic:
    if a.order == order:
        return a
    numerators, denominator = _integers(a.coefficients)
    step = order // a.order
    return _reduced(order, {k * step: c for k, c in enumerate(numerators) if c}, denominator)


@cache
def _cyclotomic_polynomial(n: int) -> tuple[int, ...]:
    """Integer coefficients of Phi_n, constant term first."""
    from flint import fmpz_poly

    return tuple(map(int, fmpz_poly.cyclotomic(n).coeffs()))


@cache
def _powers_of_zeta(n: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """For k = 0..n-1 the non-zero (index, coefficient) pairs of zeta^k modulo Phi_n."""
    phi = _cyclotomic_polynomial(n)
    degree = len(phi) - 1
    current, table = [1] + [0] * (degree - 1), []
    for _ in range(n):
        table.append(tuple((i, c) for i, c in enumerate(current) if c))
        top = current[-1]
        current = [(current[i - 1] if i else 0) - top * phi[i] for i in range(degree)]
    return tuple(table)


@cache
def _mean_trace(n: int) -> Fraction:
    """Trace of a primitive n-th root of unity divided by the degree of its field: mu(n) / phi(n)."""
    phi = _cyclotomic_polynomial(n)
    degree = len(phi) - 1
    return Fraction(-phi[degree - 1], degree)


def _square_part(d: int) -> tuple[int, int]:
    """(s, f) with d = s^2 f and f free of squares; (0, 1) for d = 0."""
    if d == 0:
        return 0, 1
    square, free, p = 1, d, 2
    while p * p <= free:
        while free % (p * p) == 0:
            square, free = square * p, free // (p * p)
        p += 1
    return square, free
