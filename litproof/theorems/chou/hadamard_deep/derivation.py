"""Chou, Maly, Rauhut: more than two equal factors move like powers of the multiplier."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.theorems.shared.entrywise import entrywise_derivation
from litproof.theorems.shared.symbols import k

u, a, p = sp.symbols("u a p", positive=True)


def derive() -> Derivation:
    """The derivation, for one of k + 2 equal factors of an entry, from a."""
    return entrywise_derivation(
        "chou/hadamard-deep",
        "More equal factors",
        ("chou",),
        beta=u ** (k + 2),
        moving={p: (-k, a**-k)},
        curves={u: p ** (-1 / k)},
        flows={u: u ** (k + 1)},
        coefficient=p ** (-1 - 2 / k),
        slope=(k + 2) * p ** (-2 - 2 / k),
        start="The factors of an entry, one in each of the {layers} layers, start at the same positive number {a}.",
        symbols={"a": a, "layers": k + 2},
    )
