"""Moroshko et al.: the path identity of u^2 - v^2 in classification."""

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.entrywise import g, s
from litproof.theorems.shared.symbols import X, r
from litproof.theorems.woodworth.squares import derivation as squares


def derive() -> Derivation:
    """The derivation."""
    body, origin = Body(), derivation("woodworth/squares")
    body.recall(
        "rate",
        origin,
        "multiplier-1",
        "Let {r} be the derivatives of the losses of the points, {g} an entry of {gradient}. As there, the "
        "multiplier "
        "{s} starts at zero and moves by",
    )
    body.recall("value", origin, "coefficient", "and the coefficient, from equal parameters {a}, is")
    return Derivation(
        claim="moroshko/path",
        title="The path of classification",
        sources=("moroshko", "woodworth"),
        symbols={
            "g": g,
            "s": s,
            "a": squares.a,
            "gradient": X.T * r,
            "X": X,
            "r": r,
            "u": squares.u,
            "v": squares.v,
        },
        statement=(
            "At every time the coefficient of {u} and {v}, from {a}, is, with {s} in the row space of {X},",
            Shown("value"),
        ),
        hypotheses=("The loss is any function of the margins that falls.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "Nothing in {eq:rate} and {eq:value} asks how {r} comes about. For a falling loss its "
                "integral has the signs "
                "of the labels, so that the multipliers are those of the margins that the coefficients have "
                "at this time: "
                "they minimise the hyperbolic entropy among all with these margins."
            ),
        ),
    )
