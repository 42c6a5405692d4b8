"""Zhao: which weight the sign of a coefficient has after a vanishing start of three layers."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

u, v, w, g = sp.symbols("u v w g", real=True)
p, q, x = sp.symbols("p q x", positive=True)


def derive() -> Derivation:
    """The derivation, for one entry and the part of the loss that moves it."""
    pace = 1 / sp.sqrt((x**2 + p) * (x**2 + q))
    return along_flow(
        "zhao/deep-weights",
        "Weights of a vanishing start",
        ("zhao2026",),
        loss=g * u * v * w,
        parameters=(u, v, w),
        setting="Let {g} be the derivative of the loss by the coefficient, as it is at one time. The parameters "
        "move as those of",
        facts=(
            ("first", Rate(u**2 - w**2, t), sp.S.Zero, "Two differences of squares are kept,"),
            ("second", Rate(v**2 - w**2, t), sp.S.Zero, "and"),
            (
                "speed",
                Rate(w, t) ** 2,
                g**2 * u**2 * v**2,
                "The smallest parameter moves with the square of its speed",
            ),
            (
                "square",
                ((u**2 - w**2) + x) * ((v**2 - w**2) + x) - u**2 * v**2,
                (x - w**2) * (x + u**2 + v**2 - w**2),
                "With {p} and {q} these differences, the square of {pace} is one over the product of the "
                "other two squares where {x} is {w}, as",
            ),
        ),
        shown="speed",
        statement="The multiplier that moves the smallest parameter {w} of {u}, {v} from its start is the "
        "integral of {pace}, as",
        hypotheses=(
            "No parameter of an entry is smaller in modulus than the last one, {w}, and the others keep their signs.",
        ),
        conclusion="By {eq:first} and {eq:second} the others are roots of the square of {w} plus {p} and {q}, with "
        "the signs of their starts, so that by {eq:speed} the integral of {pace} from the start to {w} "
        "grows by minus the integral of {g} where the product of their signs is positive, and by plus "
        "the integral where it is negative. Under a start that is smaller by a factor the integral to a "
        "coefficient of order one tends to that over the whole half line, times the inverse of the "
        "factor: the coefficient is free where the multiplier is at one of two ends, whose distances "
        "from the start are the weights. These are the optimality conditions of the weighted norm. By "
        "{eq:square} the speed and {pace} agree, and as {pace} is even the other sign of the product "
        "exchanges the weights.",
        symbols={"g": g, "p": p, "q": q, "x": x, "pace": pace},
    )
