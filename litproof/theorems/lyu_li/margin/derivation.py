"""Lyu, Li: the normalised margin, measured by the loss, does not fall."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, t
from litproof.theorems.ykm.classification_clock.derivation import kappa, loss
from litproof.theorems.ykm.classification_convergence.derivation import a, b, norm, radial, radius

ratio = kappa * radius ** (-L)


def derive() -> Derivation:
    """The derivation."""
    body, origin = Body(), derivation("ykm/classification-convergence")
    clock = body.recall(
        "clock",
        origin,
        "clock",
        "Let {kappa} be the logarithm of the inverse of the loss, {radius_letter} the norm of the parameters and "
        "{norm_letter} the norm of the gradient over the loss. By {see:ykm/classification-convergence}",
    )
    growth = body.recall(
        "growth", origin, "growth", "and, with the inner product {radial} of parameters and that gradient,"
    )
    euler = body.recall(
        "euler", origin, "inner-product", "By homogeneity of degree {L}, with {b} not negative,"
    )
    cauchy = body.recall(
        "cauchy", origin, "cauchy", "and by the inequality of Cauchy and Schwarz, with {a} not negative,"
    )
    body.prove(
        "quotient",
        Rate(ratio, t),
        sp.exp(-kappa) * radius ** (-L) * (norm**2 - L * kappa * radial / radius**2),
        "The normalised margin moves by",
        using=(clock, growth),
        constants=(L,),
    )
    body.bound(
        "rises",
        norm**2,
        L * kappa * radial / radius**2,
        (b * (L * kappa + b) + 2 * a * (L * kappa + b) + a**2) / radius**2,
        "The term in brackets is not negative while {kappa} is positive:",
        using=(cauchy, euler),
    )
    body.prove(
        "faster",
        Rate(kappa * radius ** (-L - 1), t),
        sp.exp(-kappa) * radius ** (-L - 1) * (norm**2 - (L + 1) * kappa * radial / radius**2),
        "With another degree the same rate has another constant, for instance",
        using=(clock, growth),
        constants=(L,),
    )
    return Derivation(
        claim="lyu-li/margin",
        title="The normalised margin of homogeneous networks",
        sources=("lyu-li",),
        symbols={
            "kappa": kappa,
            "loss": loss,
            "L": L,
            "radius_letter": radius,
            "norm_letter": norm,
            "radial": radial,
            "a": a,
            "b": b,
            "ratio": ratio,
        },
        statement=(
            "For a network homogeneous of degree {L} with the exponential loss, let {kappa} be the logarithm of the "
            "inverse of the loss, {radius_letter} the norm of the parameters, {norm_letter} that of the gradient of "
            "{kappa} and {radial} the inner product of both. Then",
            Shown("quotient"),
            "which is not negative once the loss is below one.",
        ),
        hypotheses=("The loss is below one, that is, {kappa} is positive; it stays so, as the loss falls.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "Nothing but homogeneity is used: {eq:euler} is the theorem of Euler, and equality in {eq:rises} "
                "needs parameters parallel to the gradient and equal margins. In {eq:faster} a positive multiple of "
                "{kappa} is taken away once more, and where parameters and gradient are nearly parallel that rate is "
                "negative."
            ),
        ),
    )
