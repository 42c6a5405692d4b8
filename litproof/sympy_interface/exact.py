"""Exact numbers of litproof as sympy numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.predict.regression.commuting import AlgebraicNumber


def to_sympy(value: Any) -> sp.Expr:
    """The same number, exact: rational, a combination of roots of unity in radicals or cosines, or algebraic."""
    if isinstance(value, int | Fraction):
        return rational(value)
    if isinstance(value, Cyclotomic):
        return _cyclotomic(value)
    if isinstance(value, AlgebraicNumber):
        x = sp.Symbol("x")
        modulus = sp.Add(*(rational(c) * x**k for k, c in enumerate(value.element.modulus)))
        root = sp.rootof(sp.Poly(modulus, x), value.index)
        return sp.expand(sp.Add(*(rational(c) * root**k for k, c in enumerate(value.element.coefficients))))
    raise TypeError(f"no exact number: {value!r}")


def rational(value: int | Fraction) -> sp.Rational:
    """A rational number."""
    return sp.Rational(value.numerator, value.denominator)


def _cyclotomic(value: Cyclotomic) -> sp.Expr:
    """sum_k c_k (cos + i sin)(2 pi k/N); the imaginary part is left out where it is zero, decided exactly."""
    angles = [
        (rational(c), 2 * sp.pi * sp.Rational(k, value.order)) for k, c in enumerate(value.coefficients) if c
    ]
    real = sp.Add(*(c * sp.cos(angle) for c, angle in angles))
    if value.is_real:
        return sp.expand(real)
    return sp.expand(real + sp.I * sp.Add(*(c * sp.sin(angle) for c, angle in angles)))
