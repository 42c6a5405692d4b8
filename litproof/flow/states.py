"""Sympy expressions on the nodes of a tracer, and their values as fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from litproof.errors import InputError
from litproof.flow.program import Tracer
from litproof.language.functions import SMOOTH, OutsideDomain, power


class Expressions:
    """Values of sympy expressions in symbols that stand for nodes of one tracer."""

    def __init__(self, tracer: Tracer) -> None:
        self.tracer = tracer
        self._values: dict[sp.Expr, Any] = {}

    def bind(self, symbol: sp.Symbol, value: Any) -> None:
        """Let a symbol stand for a node."""
        self._values[symbol] = value

    def value(self, expression: sp.Expr) -> Any:
        """The node of an expression; InputError for a function without a polynomial differential equation."""
        if expression not in self._values:
            self._values[expression] = self._value(expression)
        return self._values[expression]

    def _value(self, e: sp.Expr) -> Any:
        if e.is_Rational:
            return self.tracer.lift(Fraction(int(e.p), int(e.q)))
        if e.is_Add:
            return sum((self.value(part) for part in e.args[1:]), self.value(e.args[0]))
        if e.is_Mul:
            product = self.value(e.args[0])
            for part in e.args[1:]:
                product = product * self.value(part)
            return product
        if e.is_Pow and e.exp.is_Rational:
            try:
                return power(self.value(e.base), Fraction(int(e.exp.p), int(e.exp.q)))
            except OutsideDomain as fault:
                raise InputError(f"{fault}, in {e}") from None
        if e is sp.E:
            return self.tracer.lift(1).smooth("exp")
        if e is sp.pi:
            return self.tracer.lift(1).smooth("atan") * 4
        if isinstance(e, sp.Function) and len(e.args) == 1 and e.func.__name__ in SMOOTH:
            return self.tracer.lift(self.value(e.args[0])).smooth(e.func.__name__)
        raise InputError(f"no polynomial differential equation is known for {e}")


def number_of(expression: sp.Expr, digits: int) -> Fraction:
    """A rational number within about 10^-digits, relative, of a constant expression; InputError where it is none."""
    value = sp.N(expression, digits + 10)
    if not value.is_Float and not value.is_Rational:
        raise InputError(f"expected a finite real number at the start, got {value}")
    ratio = sp.Rational(value)
    return Fraction(int(ratio.p), int(ratio.q))
