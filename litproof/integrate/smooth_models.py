"""Smooth functions of Taylor models: a candidate series, and a bound of its error that is proved afterwards.

With w = p + delta, |delta| <= rho, on [0, 1] and a candidate polynomial s:

* s = w^(-1/k): e = s^k w - 1 as a model, |e| <= eps < 1; the true value is s (1 + e)^(-1/k).
* s = exp(p): with d = s' - p' s the quotient s exp(-p) has the derivative d exp(-p), so it stays near its value at 0.
* log, atan, asinh: the integral of p' f'(p), f' being a power.
* tanh, sinh, cosh through exp; sin and cos together: (s, c)' = p' (c, -s) turns, so that defects add up unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball
from litproof.language.functions import POWER, OutsideDomain, apply
from litproof.precision import series_length

if TYPE_CHECKING:
    from flint import arb_poly, arb_series

    from litproof.integrate.ball_rings import Model, Models


class SmoothModels:
    """Functions in a ring of Taylor models."""

    def __init__(self, ring: Models) -> None:
        self.ring = ring

    def function(self, name: str, a: Model, k: int = 1) -> Model:
        """`name` of the model; OutsideDomain where its bounds do not keep away from the edge."""
        with series_length(self.ring.order + 1):
            return self._function(name, a, k)

    def _function(self, name: str, a: Model, k: int) -> Model:
        match name:
            case "power":
                return self._power(a, k)
            case "exp":
                return self._exp(a)
            case "log":
                return self._primitive("log", a, self._power(a, 1))
            case "atan" | "asinh":
                square = self._shifted(self.ring.product(a, a), 1)
                return self._primitive(name, a, self._power(square, 1 if name == "atan" else 2))
            case "tanh":
                e = self._exp(self._scaled(a, 2))
                return self._shifted(self._scaled(self._power(self._shifted(e, 1), 1), -2), 1)
            case "sinh" | "cosh":
                e = self._exp(a)
                inverse = self._power(e, 1)
                return self._scaled(self._sum(e, inverse, -1 if name == "sinh" else 1), 0.5)
            case "sin" | "cos":
                return self._turning(name, a)
        raise ValueError(f"no bounds are known for {name}")

    def _series(self, a: Model) -> arb_series:
        from flint import arb, arb_series

        middles = [c.mid() for c in a.polynomial.coeffs()] or [arb(0)]
        return arb_series(middles, prec=self.ring.order + 1)

    def _cut(self, series: arb_series) -> arb_poly:
        from flint import arb_poly

        return arb_poly([c.mid() for c in series.coeffs()])

    def _model(self, polynomial: arb_poly, remainder: Ball) -> Model:
        from litproof.integrate.ball_rings import Model

        if not remainder.is_finite():
            raise OutsideDomain("a function near the edge of its domain")
        return Model(polynomial, remainder.upper())

    def _scaled(self, a: Model, factor: float) -> Model:
        from flint import arb

        number = arb(factor)
        return self._model(a.polynomial * number, abs(number) * a.remainder)

    def _shifted(self, a: Model, constant: int) -> Model:
        return self._model(a.polynomial + constant, a.remainder)

    def _sum(self, a: Model, b: Model, sign: int) -> Model:
        return self._model(a.polynomial + sign * b.polynomial, a.remainder + b.remainder)

    def _power(self, a: Model, k: int) -> Model:
        from flint import arb, arb_poly

        first = a.polynomial(arb(0))
        apply(POWER, first, k)  # whether it is defined at all
        series = self._series(a)
        if k == 1:
            candidate = self._cut(1 / series)
        elif k == 2:
            candidate = self._cut(series.rsqrt())
        else:
            candidate = self._cut((series.log() * (arb(-1) / k)).exp())
        s = self._model(candidate, arb(0))
        product = a
        for _ in range(k):
            product = self.ring.product(product, s)
        e = self._model(product.polynomial - arb_poly([1]), product.remainder).bound
        if not e < 1:
            raise OutsideDomain("a power near the edge of its domain")
        excess = (1 - e).root(k) if k > 1 else 1 - e
        return self._model(candidate, s.norm * (1 / excess - 1))

    def _exp(self, a: Model) -> Model:
        from flint import arb

        candidate = self._cut(self._series(a).exp())
        p = a.polynomial
        defect = self._absolute(candidate.derivative() - p.derivative() * candidate)
        first = p(arb(0))
        swing = self._absolute(p - first)
        top, bottom = (first + swing).exp().upper(), (first - swing).exp().lower()
        start = abs(candidate(arb(0)) * (-first).exp() - 1)
        off = top * (start + defect / bottom)
        return self._model(candidate, off + top * (a.remainder.exp() - 1))

    def _primitive(self, name: str, a: Model, slope: Model) -> Model:
        from flint import arb

        p = a.polynomial
        derivative = self._model(p.derivative(), arb(0))
        inner = self.ring.product(derivative, slope)
        first = apply(name, p(arb(0)))
        polynomial = inner.polynomial.integral() + first
        return self._model(polynomial, inner.remainder + slope.bound * a.remainder)

    def _turning(self, name: str, a: Model) -> Model:
        from flint import arb

        p, series = a.polynomial, self._series(a)
        sine, cosine = self._cut(series.sin()), self._cut(series.cos())
        first = p(arb(0))
        start = abs(sine(arb(0)) - first.sin()) + abs(cosine(arb(0)) - first.cos())
        defect = self._absolute(sine.derivative() - p.derivative() * cosine) + self._absolute(
            cosine.derivative() + p.derivative() * sine
        )
        return self._model(sine if name == "sin" else cosine, start + defect + a.remainder)

    def _absolute(self, polynomial: Any) -> Ball:
        from litproof.integrate.ball_rings import absolute_sum

        return absolute_sum(polynomial.coeffs())
