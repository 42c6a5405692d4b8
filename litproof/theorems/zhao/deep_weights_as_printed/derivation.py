"""Zhao, as printed: where the weights of a vanishing start have to change places."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

m, n, c, g = sp.symbols("m n c g", real=True)


def derive() -> Derivation:
    """The derivation: changing the signs of one layer and of the slope is a symmetry."""
    return along_flow(
        "zhao/deep-weights-as-printed",
        "Signs that the weights need",
        ("zhao2026",),
        loss=g * m * n * c,
        parameters=(m, n, c),
        setting="Let {g} be the derivative of the loss by the coefficient, the product of {m}, {n} and the smallest "
        "parameter {c}. They move as those of",
        facts=(
            ("together", Rate(c**2, t), -2 * g * m * n * c, "The square of the smallest parameter moves by"),
        ),
        shown="together",
        statement="The square of the smallest parameter {c} of {m}, {n} and {c} moves, with a slope {g}, by",
        hypotheses=("The start is the same but for the sign of {m}.",),
        conclusion="By {eq:together} a change of the sign of {m} is one of the sign of {g}. So the multiplier that "
        "makes {c} grow from its start is, for a negative product of the other signs, the one that makes it fall for "
        "a positive product. Weights that depend on the start of {c} and on squares of the others alone are therefore "
        "exchanged, and those as printed are refuted by an instance on which both choices have different minimisers.",
        symbols={"g": g},
    )
