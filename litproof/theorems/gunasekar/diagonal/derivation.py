"""Gunasekar et al.: stationary directions of diagonal networks, without a fractional power."""

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, j, rho
from litproof.theorems.ykm.classification_odeco import derivation as odeco

c, size, u = odeco.c, odeco.size, odeco.u


def derive() -> Derivation:
    """The derivation."""
    body, origin = Body(), derivation("ykm/classification-odeco")
    modulus = body.recall(
        "modulus",
        origin,
        "modulus",
        "Diagonal networks are orthogonal components with the coefficients themselves for {rho}. As there, a "
        "coefficient that is not zero has one modulus in all layers,",
    )
    body.recall("balanced", origin, "balanced", "and the pull of the data on it is, with a positive {c},")
    pull = body.restate(
        "pull",
        u[j],
        size ** (2 - L) / c,
        "Let {u} be that pull, minus the gradient by the coefficient:",
        of=(),
        how="the pull is the right side of that equation",
        for_all=(j,),
    )
    body.prove(
        "work",
        u[j] * rho[j],
        size**2 / c,
        "Its product with the coefficient is the square of the modulus,",
        using=(modulus, pull),
    )
    body.prove(
        "ratio",
        (u[j] * rho[j]) ** L / rho[j] ** 2,
        c ** (-L),
        "so that one number is the same for all coefficients that are not zero:",
        using=(modulus, pull),
    )
    return Derivation(
        claim="gunasekar/diagonal",
        title="Directions of diagonal networks",
        sources=("gunasekar2018", "ykm"),
        symbols={"c": c, "rho": rho[j], "u": u[j], "L": L},
        statement=(
            "In the limit of the directions, where it exists, every coefficient {rho} of a diagonal network "
            "of depth {L} that is not zero, and the pull {u} of the data on it obey, with a positive {c},",
            Shown("ratio"),
        ),
        hypotheses=("The data are separable and the loss falls below one.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "The signs of the pull and of the coefficient agree, by {eq:work}. This is the condition for a "
                "stationary point of the quasi-norm, {see:ykm/classification-odeco}, without its fractional power."
            ),
        ),
        kernel=("Gunasekar_diagonal", "K3_two_layers", "K3_any_depth"),
    )
