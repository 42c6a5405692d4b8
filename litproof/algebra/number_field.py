"""Exact numbers of a field Q[t]/(p), p irreducible with real roots only: eigenvalues of symmetric matrices.

An element stands for all its conjugates at once; a root of p picks one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import to_fmpq

if TYPE_CHECKING:
    from flint import arb, fmpq_poly

Coefficients = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class FieldElement:
    """The class of sum_k coefficients[k] t^k in Q[t]/(p).

    Attributes
    ----------
    modulus : coefficients of the monic irreducible p, constant term first.
    coefficients : deg p fractions.
    """

    modulus: Coefficients
    coefficients: Coefficients

    @classmethod
    def of(cls, modulus: Coefficients, coefficients: Iterable[Fraction | int]) -> FieldElement:
        """The class of any polynomial, reduced modulo p."""
        return _from_poly(modulus, to_poly(coefficients) % to_poly(modulus))

    @classmethod
    def generator(cls, modulus: Coefficients) -> FieldElement:
        """The class of t: the root itself."""
        return cls.of(modulus, (0, 1))

    def at(self, root: arb) -> arb:
        """The conjugate that belongs to `root`, by Horner's rule in balls."""
        from flint import arb

        value = arb(0)
        for coefficient in reversed(self.coefficients):
            value = value * root + arb(to_fmpq(coefficient))
        return value

    def trace(self) -> Fraction:
        """Sum of all conjugates, a rational number."""
        sums = _power_sums(self.modulus)
        return sum((c * s for c, s in zip(self.coefficients, sums, strict=True)), Fraction(0))

    def _with(self, coefficients: Iterable[Fraction]) -> FieldElement:
        return FieldElement(self.modulus, tuple(coefficients))

    def _same_field(self, other: FieldElement) -> None:
        if self.modulus != other.modulus:
            raise ValueError("elements of different number fields cannot be combined")

    def __neg__(self) -> FieldElement:
        return self._with(-c for c in self.coefficients)

    def __add__(self, other: FieldElement) -> FieldElement:
        self._same_field(other)
        return self._with(a + b for a, b in zip(self.coefficients, other.coefficients, strict=True))

    def __sub__(self, other: FieldElement) -> FieldElement:
        return self + (-other)

    def __mul__(self, other: FieldElement | Fraction | int) -> FieldElement:
        if isinstance(other, int | Fraction):
            return self._with(c * other for c in self.coefficients)
        self._same_field(other)
        product = to_poly(self.coefficients) * to_poly(other.coefficients)
        return _from_poly(self.modulus, product % to_poly(self.modulus))

    __rmul__ = __mul__

    def __truediv__(self, other: FieldElement) -> FieldElement:
        self._same_field(other)
        if not other:
            raise ZeroDivisionError("division by zero in a number field")
        _, inverse, _ = to_poly(other.coefficients).xgcd(to_poly(other.modulus))
        return self * _from_poly(self.modulus, inverse)

    def __bool__(self) -> bool:
        return any(self.coefficients)


def real_roots(modulus: Coefficients) -> list[arb]:
    """Enclosures of the roots of p, ascending and disjoint, at flint's current precision.

    ValueError when p has a root that is not real.
    """
    isolated: Any = to_poly(modulus).numer().complex_roots()
    roots = [root for root, _ in isolated]
    if any(root.imag != 0 for root in roots):
        raise ValueError("the polynomial has roots that are not real")
    return sorted((root.real for root in roots), key=lambda root: root.mid())


def to_poly(coefficients: Iterable[Fraction | int]) -> fmpq_poly:
    """The polynomial with these coefficients, constant term first."""
    from flint import fmpq_poly

    return fmpq_poly([to_fmpq(Fraction(c)) for c in coefficients])


def from_poly(polynomial: fmpq_poly) -> Coefficients:
    """Coefficients, constant term first, without trailing zeros."""
    return tuple(Fraction(int(c.p), int(c.q)) for c in polynomial.coeffs())


def _from_poly(modulus: Coefficients, polynomial: fmpq_poly) -> FieldElement:
    element = from_poly(polynomial)
    return FieldElement(modulus, element + (Fraction(0),) * (len(modulus) - 1 - len(element)))


@cache
def _power_sums(modulus: Coefficients) -> Coefficients:
    """s_0, ..., s_{n-1}, s_k the sum of the k-th powers of the roots (Newton's identities)."""
    n = len(modulus) - 1
    sums: list[Fraction] = [Fraction(n)]
    for k in range(1, n):
        known = sum((modulus[n - i] * sums[k - i] for i in range(1, k)), Fraction(0))
        sums.append(-known - k * modulus[n - k])
    return tuple(sums)


def inner(a: Sequence[FieldElement], b: Sequence[FieldElement]) -> FieldElement:
    """sum_i a_i b_i of vectors of length >= 1."""
    first, *rest = (p * q for p, q in zip(a, b, strict=True))
    for term in rest:
        first = first + term
    return first
