"""Gunasekar et al.: mirror flow ends where the Bregman divergence from the start is least."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.shared.symbols import t

b, start, other = sp.symbols("b a c", positive=True)
g, s = sp.symbols("g s", real=True)
psi = b * sp.log(b)
divergence = psi - start * sp.log(start) - (sp.log(start) + 1) * (b - start)


def derive() -> Derivation:
    """The derivation, for the entropy of one coefficient."""
    body = Body()
    body.prove(
        "slope",
        Rate(psi, b),
        sp.log(b) + 1,
        "A coefficient {b} starts at {start}, both positive. The entropy {psi} has the slope",
    )
    mirror = body.restate(
        "mirror",
        Rate(b, t),
        -g * b,
        "With {g} for the derivative of the loss by {b}, an entry of the rows times the residuals, mirror flow is",
        of=(),
        how="the slope of the entropy falls by the derivative of the loss",
    )
    multiplier = body.define(
        "multiplier", Rate(s, t), -g, "and an entry {s} of the row space, from zero, moves by"
    )
    body.prove(
        "law",
        Rate(sp.log(b) - s, t),
        sp.S.Zero,
        "so that the slope of the entropy, less {s}, rests:",
        using=(mirror, multiplier),
    )
    body.prove(
        "stationary",
        Rate(divergence, b),
        sp.log(b) - sp.log(start),
        "The Bregman divergence {divergence} from the start has, by {b}, the slope",
        constants=(start,),
    )
    body.prove(
        "convex",
        Rate(sp.log(b) - sp.log(start), b),
        1 / b,
        "and is strictly convex, as this grows by",
        constants=(start,),
    )
    return Derivation(
        claim="gunasekar/mirror",
        title="Mirror flow and Bregman divergence",
        sources=("gunasekar2018icml",),
        symbols={"b": b, "start": start, "psi": psi, "g": g, "s": s, "divergence": divergence},
        statement=(
            "Along the mirror flow of the entropy {psi} of a coefficient {b} that starts at {start}, the Bregman "
            "divergence {divergence} has the slope",
            Shown("stationary"),
            "and this is an entry of the row space of the data at all times.",
        ),
        hypotheses=("Coefficients are positive; the loss is any function of the outputs.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:law} the slopes of the divergence form a combination of the rows. At an interpolator this is "
                "the condition for the least sum of divergences among all interpolators, which by {eq:convex} is the "
                "only one. Nothing but the slope of the potential is used, so that the same holds for every strictly "
                "convex one."
            ),
        ),
    )
