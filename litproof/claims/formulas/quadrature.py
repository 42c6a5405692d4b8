"""Gauss-Legendre rules on the steps that an integrator takes, for integrals that are not enclosed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from litproof.algebra.balls import dyadic
from litproof.certify.regression.along import has_plain_flow
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

_EQUAL_PANELS = 24
_MOST_PANELS = 400


def panels_of(problem: Problem, end: Fraction, places: int) -> list[tuple[Fraction, Fraction]]:
    """[0, end] in pieces as long as the steps of an integrator; equal ones where those are not known."""
    cuts = [Fraction(0)]
    if has_plain_flow(problem):
        from litproof.integrate.regression.follow import follow_to_limit
        from litproof.integrate.regression.spanned import State

        record: list[State] = []
        follow_to_limit(problem, places, record=record)
        cuts = sorted({Fraction(0), *(Fraction(time) for time, _ in record)})
        longest = max((b - a for a, b in pairwise(cuts)), default=end)
        while cuts[-1] < end and len(cuts) < _MOST_PANELS:
            cuts.append(cuts[-1] + longest)
    else:
        cuts = [end * Fraction(k, _EQUAL_PANELS) for k in range(_EQUAL_PANELS)]
    inside = [cut for cut in cuts if cut < end]
    return list(zip(inside, [*inside[1:], end], strict=True))


def rule_on(
    panels: Sequence[tuple[Fraction, Fraction]], count: int, places: int
) -> list[tuple[Fraction, Fraction]]:
    """(weight, time): `count` Gauss-Legendre nodes on each panel."""
    from flint import arb

    bits = digits_to_bits(places + 10)
    with ball_precision(bits + 32):
        nodes = [arb.legendre_p_root(count, k, weight=True) for k in range(count)]
        pairs = [(_short(dyadic(x), bits), _short(dyadic(w), bits)) for x, w in nodes]
    rule = []
    for low, high in panels:
        half = (high - low) / 2
        rule += [(w * half, low + half * (1 + x)) for x, w in pairs]
    return rule


def _short(value: Fraction, bits: int) -> Fraction:
    return Fraction(round(value * 2**bits), 2**bits)
