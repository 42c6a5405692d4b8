"""T(t) = int_0^t u^{L-3} / prod_{l=1..k} sqrt(1 + c_l u^2) du: the path of a coordinate with L - 1 - k zero gaps.

With m = L - 1 - k and b_l = 1/c_l it is w int_0^t u^{L-3} prod (u^2 + b_l)^{-1/2} du, w = prod sqrt(b_l). Up
to t_1 = 16 max sqrt(b_l) by quadrature. Beyond, T grows like a logarithm (m = 1) or a power, and the
expansion prod (1 + b_l/u^2)^{-1/2} = sum_i a_i u^{-2i} is integrated term by term:

    T(t) = T(t_1) + w sum_i a_i [ u^{m-1-2i} / (m-1-2i) ]_{t_1}^t      (a logarithm where m-1-2i = 0).

|a_i| <= (i+1)^k max(b)^i, so the terms from i = N >= max(k, m) on are below 2 w t_1^{m-1} (N+1)^k 256^{-N} together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from litproof.algebra.balls import Ball, magnitude
from litproof.precision import ball_precision
from litproof.predict.regression.radical_integral import RadicalIntegral, integrand, size_order

_FACTOR = 16
_BITS_PER_TERM = 8


@dataclass(frozen=True)
class TiedIntegral:
    """The function T of t > 0.

    Attributes
    ----------
    L : depth, at least 4.
    gaps : the k positive gaps c_l, 1 <= k <= L - 2.
    bits : precision of what is kept; use the function at that precision or below.
    """

    L: int
    gaps: tuple[Ball, ...]
    bits: int

    @cached_property
    def near(self) -> RadicalIntegral:
        """The integral without its weight, for t up to `turn`."""
        with ball_precision(self.bits):
            return RadicalIntegral(self.L - 3, tuple(1 / gap for gap in self.gaps), self.bits)

    @cached_property
    def weight(self) -> Ball:
        """w = prod_l c_l^{-1/2}."""
        with ball_precision(self.bits):
            product = self.gaps[0]
            for gap in self.gaps[1:]:
                product = product * gap
            return product.rsqrt()

    @cached_property
    def turn(self) -> Ball:
        """t_1, exact, at least 16 max sqrt(b_l)."""
        with ball_precision(64):
            largest = max((entry for entry in self.near.b), key=size_order)
            return (_FACTOR * largest.sqrt()).upper().mid()

    @cached_property
    def _at_turn(self) -> Ball:
        with ball_precision(self.bits):
            return self.near(self.turn)

    @cached_property
    def _coefficients(self) -> list[Ball]:
        """a_0 ... a_{N-1}, from i a_i = -1/2 sum_{r=1..i} (-1)^{r-1} (sum_l b_l^r) a_{i-r}, in the unit t_1^2 = 1."""
        from flint import arb

        k = len(self.gaps)
        count = max(self.L, (self.bits + k * self.bits.bit_length()) // _BITS_PER_TERM + 2)
        with ball_precision(self.bits + 16):
            ratios = [entry / (self.turn * self.turn) for entry in self.near.b]
            powers, sums = [arb(1)] * k, []
            for _ in range(count):
                powers = [-p * r for p, r in zip(powers, ratios, strict=True)]
                sums.append(sum(powers[1:], powers[0]))
            a = [arb(1)]
            for i in range(1, count):
                total = sum((sums[r - 1] * a[i - r] for r in range(1, i + 1)), arb(0))
                a.append(total / (2 * i))
        return a

    def __call__(self, t: Ball) -> Ball:
        """A ball around T(t)."""
        if not t > self.turn:
            return self.weight * self.near(t)
        return self.weight * (self._at_turn + self._beyond(t))

    def _beyond(self, t: Ball) -> Ball:
        """int_{t_1}^t u^{m-2} prod (1 + b_l/u^2)^{-1/2} du, as t_1^{m-1} times the same for x = t/t_1."""
        from flint import arb, ctx

        k = len(self.gaps)
        m = self.L - 1 - k
        x = t / self.turn
        inverse_square = 1 / (x * x)
        power = x ** (m - 1)
        total = arb(0)
        count = min(len(self._coefficients), max(self.L, int(ctx.prec) // _BITS_PER_TERM + 2 * k + 4))
        for i, a in enumerate(self._coefficients[:count]):
            exponent = m - 1 - 2 * i
            total += a * (x.log() if exponent == 0 else (power - 1) / exponent)
            power *= inverse_square
        tail = arb(2) * arb(count + 1) ** k * arb(2) ** (-_BITS_PER_TERM * count)
        return self.turn ** (m - 1) * (total + arb(0, tail))

    def slope(self, t: Ball) -> Ball:
        """T'(t)."""
        return self.weight * integrand(t, self.L - 3, self.near.b)

    def log_guess(self, target: Ball, t0: Ball) -> Ball:
        """Roughly log t for T(t) = target, from the leading growth beyond `turn`; log t_0 where that says nothing."""
        with ball_precision(64):
            m = self.L - 1 - len(self.gaps)
            ahead = (target / self.weight).mid() - self._at_turn.mid()
            if not ahead > 0 or magnitude(ahead) > 1 << 40:
                return t0.log().mid()
            x = ahead / self.turn ** (m - 1)
            grown = x if m == 1 else (1 + (m - 1) * x).log() / (m - 1)
            return (grown + self.turn.log()).mid()
