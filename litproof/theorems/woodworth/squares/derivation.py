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
        curves={u: a * sp.exp(s / 2), v: a * sp.exp(-s / 2)},
        speed=4,
        coefficient=2 * a**2 * sp.sinh(s),
        slope=2 * a**2 * sp.cosh(s),
        network="The flow of {b}, entry by entry, tends to",
        start="Both parameters of an entry start at the same positive number {a}.",
        symbols={"a": a},
    )
