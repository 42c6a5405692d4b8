"""Azulay et al., Theorem 4.1: the multiplier of u v - p q."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.theorems.shared.entrywise import entrywise_derivation, s

a = sp.Symbol("a", positive=True)
b, u, v, p, q = sp.symbols("b u v p q", real=True)


def derive() -> Derivation:
    """The derivation, for an entry that starts at u = p = a and v = q = b."""
    rise, fall = (a + b) / 2, (a - b) / 2
    return entrywise_derivation(
        "azulay/diagonal",
        "Two layers with a shape",
        ("azulay",),
        beta=u * v - p * q,
        moving={s: (1, 0)},
        curves={
            u: rise * sp.exp(s) + fall * sp.exp(-s),
            v: rise * sp.exp(s) - fall * sp.exp(-s),
            p: rise * sp.exp(-s) + fall * sp.exp(s),
            q: rise * sp.exp(-s) - fall * sp.exp(s),
        },
        coefficient=(a**2 + b**2) * sp.sinh(2 * s),
        slope=2 * (a**2 + b**2) * sp.cosh(2 * s),
        start="Both pairs of an entry start at the same numbers, the first of each at {a}, the second at {second}.",
        symbols={"a": a, "second": b},
    )
