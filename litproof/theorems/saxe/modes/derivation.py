"""Saxe, McClelland, Ganguli: a balanced mode of two layers."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.derive.stated import FalseStep
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

u, v, y, b = sp.symbols("u v y beta_0", real=True)
SIGMOID = y * sp.exp(2 * y * t) / (sp.exp(2 * y * t) - 1 + y / b)


def derive() -> Derivation:
    """The derivation."""
    if SIGMOID.subs(t, 0) != b:
        raise FalseStep("saxe/modes: the sigmoid does not start at the given coefficient")
    return along_flow(
        "saxe/modes",
        "Modes of two layers",
        ("saxe",),
        loss=(u * v - y) ** 2 / 2,
        parameters=(u, v),
        setting="With whitened inputs a mode of strength {y} has a loss of its own,",
        facts=(
            ("balance", Rate(u**2 - v**2, t), sp.S.Zero, "Balance is kept,"),
            (
                "mode",
                Rate(u * v, t),
                (u**2 + v**2) * (y - u * v),
                "and the coefficient moves by",
            ),
            (
                "solution",
                Rate(SIGMOID, t),
                2 * SIGMOID * (y - SIGMOID),
                "Where both layers are equal this is solved by the sigmoid, which is {b} at time zero,",
            ),
        ),
        shown="solution",
        statement="A balanced mode of strength {y} that starts at {b} is the solution of",
        hypotheses=("Both layers of the mode start equal, at a coefficient {b}.",),
        conclusion="By {eq:balance} equal layers stay equal; then {eq:mode} is the equation {eq:solution}, whose "
        "solution from a start is unique.",
        symbols={"y": y, "b": b},
        constants=(y, b),
    )
