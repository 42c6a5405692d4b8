"""Woodworth et al., Theorem 1: the multiplier of u^2 - v^2."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.theorems.shared.entrywise import entrywise_derivation, s

u, v, a = sp.symbols("u v a", positive=True)


def derive() -> Derivation:
    """The derivation, for an entry that starts at u = v = a."""
    return entrywise_derivation(
        "woodworth/squares",
        "Differences of squares",
        ("woodworth",),
        beta=u**2 - v**2,
        moving={s: (4, 0)},
        curves={u: a * sp.exp(s / 2), v: a * sp.exp(-s / 2)},
        coefficient=2 * a**2 * sp.sinh(s),
        slope=8 * a**2 * sp.cosh(s),
        start="Both parameters of an entry start at the same positive number {a}.",
        symbols={"a": a},
    )
