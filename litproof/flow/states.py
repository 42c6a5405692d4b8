"""Functions along a flow as further states of a polynomial program.

exp(w), tanh(w), 1/w, a root of w, .. obey polynomial differential equations once w and its rate are polynomials in
the states: e' = e w', t' = (1 - t^2) w', s' = -s^2 w' for s = 1/w. Each such function is one more state, so that
every integrator of polynomial programs serves (Carothers, Parker, Sochacki and Warne, Electronic Journal of
Differential Equations 2005, no. 40).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from litproof.errors import InputError
from litproof.flow.program import Node, Tracer


@dataclass(frozen=True)
class Dual:
    """A value and its rate; a commutative ring, so that a network's `coefficients` runs on it."""

    value: Any
    rate: Any

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.rate + other.rate)
        return Dual(self.value + other, self.rate)

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.rate)

    def __pos__(self) -> Dual:
        return self

    def __sub__(self, other: Any) -> Dual:
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Dual:
        return (-self).__add__(other)

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.rate * other.value + self.value * other.rate)
        return Dual(self.value * other, self.rate * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        return Dual(self.value / other, self.rate / other)

    def __pow__(self, exponent: int) -> Dual:
        power = self
        for _ in range(exponent - 1):
            power = power * self
        return power if exponent else Dual(self.value * 0 + 1, self.rate * 0)


class States:
    """Values and rates of sympy expressions on one tracer; functions become states as they are met.

    Attributes
    ----------
    added : the expressions whose values are further states, in their order.
    """

    def __init__(self, tracer: Tracer, first: int) -> None:
        self.tracer, self.first = tracer, first
        self.added: list[sp.Expr] = []
        self._values: dict[sp.Expr, Any] = {}
        self._rates: dict[sp.Expr, Any] = {}

    def bind(self, symbol: sp.Symbol, value: Any) -> None:
        """Let a symbol stand for a node."""
        self._values[symbol] = value

    def bind_rate(self, symbol: sp.Symbol, rate: Any) -> None:
        """Its rate, once it is known."""
        self._rates[symbol] = rate

    def value(self, expression: sp.Expr) -> Any:
        """The node of an expression."""
        if expression not in self._values:
            self._values[expression] = self._value(expression)
        return self._values[expression]

    def rate(self, expression: sp.Expr) -> Any:
        """The node of its rate along the flow."""
        if expression not in self._rates:
            self._rates[expression] = self._rate(expression)
        return self._rates[expression]

    def rates(self) -> list[Any]:
        """Rates of all further states; these may need more states, which are then among them."""
        rates: list[Any] = []
        while len(rates) < len(self.added):
            rates.append(self.rate(self.added[len(rates)]))
        return rates

    def _state(self, expression: sp.Expr) -> Node:
        self.added.append(expression)
        return self.tracer.atom(self.first + len(self.added) - 1)

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
        if e.is_Pow and e.exp.is_Integer and e.exp != -1:
            return self.value(e.base if e.exp > 0 else 1 / e.base) ** abs(int(e.exp))
        return self._state(e)

    def _rate(self, e: sp.Expr) -> Any:
        zero = self.tracer.lift(0)
        if not e.free_symbols:
            return zero
        if e.is_Add:
            return sum((self.rate(part) for part in e.args[1:]), self.rate(e.args[0]))
        if e.is_Mul:
            total = zero
            for k, part in enumerate(e.args):
                others = self.rate(part)
                for other in (*e.args[:k], *e.args[k + 1 :]):
                    others = others * self.value(other)
                total = total + others
            return total
        if e.is_Pow:
            q = Fraction(int(e.exp.p), int(e.exp.q)) if e.exp.is_Rational else None
            if q is not None:
                if q.denominator == 1 and q > 0:
                    return self.value(e.base) ** (int(q) - 1) * self.rate(e.base) * q
                return self.value(e) * self.value(1 / e.base) * self.rate(e.base) * q
        if isinstance(e, sp.exp):
            return self.value(e) * self.rate(e.args[0])
        if isinstance(e, sp.Function) and len(e.args) == 1:
            slope = _SLOPES.get(type(e))
            if slope is not None:
                return self.value(slope(e.args[0])) * self.rate(e.args[0])
        raise InputError(f"no polynomial differential equation is known for {e}")


_SLOPES: Mapping[Any, Any] = {
    sp.log: lambda w: 1 / w,
    sp.sinh: sp.cosh,
    sp.cosh: sp.sinh,
    sp.tanh: lambda w: 1 - sp.tanh(w) ** 2,
    sp.sin: sp.cos,
    sp.cos: lambda w: -sp.sin(w),
    sp.asinh: lambda w: (1 + w**2) ** sp.Rational(-1, 2),
    sp.atan: lambda w: 1 / (1 + w**2),
}


def number_of(expression: sp.Expr, digits: int) -> Fraction:
    """A rational number within about 10^-digits, relative, of a constant expression; InputError where it is none."""
    value = sp.N(expression, digits + 10)
    if not value.is_Float and not value.is_Rational:
        raise InputError(f"expected a finite real number at the start, got {value}")
    ratio = sp.Rational(value)
    return Fraction(int(ratio.p), int(ratio.q))
