"""Berthier: the path identity of u^2 - v^2."""

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
        "For an entry {g} of {gradient} the multiplier {s} starts at zero and moves by",
    )
    body.recall("value", origin, "coefficient", "and the coefficient, from equal parameters {a}, is")
    return Derivation(
        claim="berthier/lasso",
        title="The path and the lasso",
        sources=("berthier", "woodworth"),
        symbols={"g": g, "s": s, "a": squares.a, "gradient": X.T * r, "u": squares.u, "v": squares.v, "r": r},
        statement=(
            "With the multiplier {s} that the path itself has made, the coefficient of {u} and {v}, from {a}, is",
            Shown("value"),
        ),
        hypotheses=("The loss is squared, so that {r} is affine in the coefficients.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:rate} the multiplier is a constant times the integral of {gradient}. As {r} is affine, that "
                "integral is the time, times the gradient at the average of the coefficients over time. The inverse "
                "hyperbolic sine of {eq:value} is the identity."
            ),
        ),
    )
