"""Which powers of alpha the limit of the flow is made of (R4, R7): the form of the expansions, not their coefficients.

R4, alpha -> inf: h_L is odd and analytic, so rho is a power series in alpha^{-2L}.

R4, alpha -> 0, L >= 3: on the support s = s_max - sum_i c_i q^{2-L-2i} and 1/q is alpha times a power series
in alpha^2 whose coefficients depend on rho_B; so tau_B alpha^{L-2} is a power series in alpha^{L-2+2i}, s_j
off the support is one too, and rho_j = (alpha e_j)^L h_L(s_j). Exponents: L plus sums of L-2, L, L+2, ... and
of L (the support moves with rho_j).

R4, alpha -> 0, L = 2: rho_j = (a_j^2/4) (exp 2 tau_j - exp -2 tau_j) with tau = -(log alpha) r + kappa, kappa
analytic in rho_B and alpha^4. Exponents: sums of 2 - 2|r_j|, 2 + 2|r_j| off the support, and 4.

R7: near its start the flow is that of the leading monomial; past it, it leaves along a rank-one ray sigma ->
inf. Relative to the ray, perturbations decay like sigma^{-1} (entries that the leading monomial does not
move) and sigma^{-2} (unbalanced parts), and the quadratic part of the loss grows like sigma^L. All are
integers, so a resonance of the last with L of the first leaves alpha^L log alpha: exponents 1, 2, 3, ...,
with up to floor((e-1)/L) logarithms beside alpha^e. (This normal-form count is a heuristic; that the flows
follow it is checked by the claim itself.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.balls import Exact, ball, dyadic, sign, simplest
from litproof.precision import ball_precision

_APART = Fraction(1, 10**6)
"""Exponents closer than this are taken for one."""


@dataclass(frozen=True, order=True)
class Power:
    """u^exponent (log u)^logs, u -> 0."""

    exponent: Fraction
    logs: int = 0


def fully_connected_powers(L: int, count: int) -> tuple[Power, ...]:
    """R7: the first `count` terms in alpha, in order."""
    powers = [Power(Fraction(e), k) for e in range(1, count + 1) for k in range((e - 1) // L + 1)]
    return tuple(powers[:count])


def large_powers(L: int, count: int) -> tuple[Power, ...]:
    """R4, alpha -> inf: terms in 1/alpha."""
    return tuple(Power(Fraction(2 * L * k)) for k in range(1, count + 1))


def small_powers(L: int, ratios: Sequence[Exact], support: Sequence[int], count: int) -> tuple[Power, ...]:
    """R4, alpha -> 0: terms in alpha; `ratios` are the r_j of `SmallScale`."""
    if L >= 3:
        steps = sums([Fraction(g) for g in (*range(L - 2, L - 2 + 2 * count, 2), L)], count - 1)
        return tuple(Power(L + e) for e in (Fraction(0), *steps))
    off = [_rational(sign(r) * r) for j, r in enumerate(ratios) if j not in support]
    generators = [*(2 - 2 * r for r in off), *(2 + 2 * r for r in off), Fraction(4)]
    return tuple(Power(e) for e in sums(generators, count))


def sums(generators: Iterable[Fraction], count: int) -> tuple[Fraction, ...]:
    """The `count` smallest non-empty sums of the positive generators, without repetition."""
    steps = sorted(set(generators))
    exponents = [Fraction(0)]
    while len(exponents) <= count:
        candidates = sorted(a + g for a in exponents for g in steps)
        exponents.append(next(c for c in candidates if c > exponents[-1] + _APART))
    return tuple(exponents[1:])


def _rational(value: Exact) -> Fraction:
    """A rational number as it is, another real number to 60 digits."""
    simple = simplest(value)
    if isinstance(simple, Fraction):
        return simple
    with ball_precision(200):
        return dyadic(ball(simple))
