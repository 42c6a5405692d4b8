"""Chou, Maly, Rauhut: two equal factors move like exponentials of the multiplier."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.theorems.shared.entrywise import entrywise_derivation, s

u, v, a = sp.symbols("v_1 v_2 a", positive=True)


def derive() -> Derivation:
    """The derivation, for an entry whose factors start at a."""
    return entrywise_derivation(
        "chou/hadamard",
        "Two equal factors",
        ("chou",),
        beta=u * v,
        moving={s: (1, 0)},
        curves={u: a * sp.exp(s), v: a * sp.exp(s)},
        coefficient=a**2 * sp.exp(2 * s),
        slope=2 * a**2 * sp.exp(2 * s),
        start="Both factors of an entry start at the same positive number {a}.",
        symbols={"a": a},
    )
