"""Saxe, McClelland, Ganguli: a balanced mode of k layers."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import k, t

u = sp.Symbol("u", positive=True)
y = sp.Symbol("y", real=True)


def derive() -> Derivation:
    """The derivation, for k equal layers u."""
    return along_flow(
        "saxe/deep-modes",
        "Modes of many layers",
        ("saxe",),
        loss=(u**k - y) ** 2 / (2 * k),
        parameters=(u,),
        setting="With whitened inputs a mode of strength {y} has a loss of its own. The {k} layers share its slope, so "
        "that {u}, the value of all of them, follows the flow of the part",
        facts=(
            (
                "mode",
                Rate(u**k, t),
                k * (u**k) ** (2 - 2 / k) * (y - u**k),
                "The coefficient moves by",
            ),
        ),
        shown="mode",
        statement="A balanced mode of strength {y}, with the value {u} in each of {k} layers, moves by",
        hypotheses=("All layers of the mode start at the same positive number.",),
        conclusion="The flow is the same for all layers, so that equal layers stay equal.",
        symbols={"y": y, "k": k},
        constants=(y, k),
    )
