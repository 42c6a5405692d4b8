"""Zhao, as printed: where the weights of a vanishing start have to change places."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

u, v, w, g = sp.symbols("u v w g", real=True)
a = sp.Symbol("a", positive=True)


def derive() -> Derivation:
    """The derivation: changing the signs of one layer and of the coefficient is a symmetry."""
    return along_flow(
        "zhao/deep-weights-as-printed",
        "Signs that the weights need",
        ("zhao2026",),
        loss=g * u * v * w,
        parameters=(u, v, w),
        setting="Let {g} be the derivative of the loss by the coefficient. The parameters move as those of",
        facts=(
            ("smallest", Rate(w, t), -g * u * v, "The smallest parameter moves by"),
            (
                "image",
                (-g * u * v).subs(u, -u),
                (-g * u * v).subs(g, -g),
                "which changes its sign with {u} as it does with {g},",
            ),
        ),
        shown="image",
        statement="The speed of the smallest parameter {w} is the same when {u} or when {g} changes its sign,",
        hypotheses=("The start is the same otherwise.",),
        conclusion="By {eq:image} the multiplier that is needed to make the smallest parameter grow from its "
        "start is, for a negative product of the other signs, the one that makes it fall for a "
        "positive product. Weights that depend on the start of {w} and on squares of the others alone "
        "are therefore exchanged, and those as printed are refuted by an instance on which the two "
        "choices have different minimisers.",
        symbols={"g": g},
    )
