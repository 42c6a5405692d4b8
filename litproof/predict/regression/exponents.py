"""Which powers of alpha the limit of the flow is made of (R4, R7): the form of the expansions, not their coefficients.

R4: `derivations/bodies/lemma-first-corrections.tex` (`litproof derive A3`). R7, fully connected: exponents 1, 2, 3, ..
with up to floor((e-1)/L) logarithms beside alpha^e; this count is a heuristic, given with the derivation of R7
(`ykm-fully-connected-small-init.tex`), and that the flows follow it is checked by the claim itself.
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
