"""Woodworth et al., Theorem 3: the multiplier of u^D - v^D."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.theorems.shared.entrywise import entrywise_derivation
from litproof.theorems.shared.symbols import k

u, v, a = sp.symbols("u v a", positive=True)
p, q = sp.symbols("p_+ p_-", positive=True)


def derive() -> Derivation:
    """The derivation, for the power k + 2 and an entry that starts at u = v = a."""
    speed = k * (k + 2)
    return entrywise_derivation(
        "woodworth/powers",
        "Differences of powers",
        ("woodworth",),
        beta=u ** (k + 2) - v ** (k + 2),
        moving={p: (-speed, a**-k), q: (speed, a**-k)},
        curves={u: p ** (-1 / k), v: q ** (-1 / k)},
        coefficient=p ** (-1 - 2 / k) - q ** (-1 - 2 / k),
        slope=(k + 2) ** 2 * (p ** (-2 - 2 / k) + q ** (-2 - 2 / k)),
        start="Both parameters of an entry start at the same positive number {a}.",
        symbols={"a": a},
        remarks=(
            "Both quantities move at opposite rates, so that their sum is constant: one multiplier moves both.",
        ),
    )
