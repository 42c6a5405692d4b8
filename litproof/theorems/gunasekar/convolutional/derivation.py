"""Gunasekar et al.: stationary directions of full-width convolutions, in Fourier coordinates."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.notation import LayerProduct
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, i, j, l
from litproof.theorems.ykm.conserved_odeco import derivation as odeco

eta, g = odeco.eta, odeco.g
c, size = sp.symbols("c a", positive=True)
rho, turn = sp.IndexedBase("rho"), sp.Symbol("omega")


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    others = LayerProduct(eta[i, j], i, L, l)
    flow = body.recall(
        "flow",
        derivation("ykm/conserved-odeco"),
        "flow",
        "Filters as wide as the input are, in Fourier coordinates, complex orthogonal components. With {g} for "
        "the Fourier transform of the gradient, up to one factor, they move by",
    )
    limit = body.argue(
        "limit",
        eta[l, j],
        -c * sp.conjugate(g[j] * others),
        "By {see:lemma/limit-directions} every limit point of the direction of the parameters is a positive "
        "multiple of this velocity, with shares of samples of the smallest margin: with a positive {c}",
        of=(flow,),
        how="limit points are stationary",
    )
    body.prove(
        "square",
        eta[l, j] * sp.conjugate(eta[l, j]),
        -c * sp.conjugate(g[j] * others) * sp.conjugate(eta[l, j]),
        "Multiplied by the conjugate, its right side holds the product of all layers and is the same for each,",
        using=(limit,),
    )
    modulus = body.define(
        "modulus",
        rho[j],
        size**L * turn,
        "so that a component has one modulus {size} in all layers. For a coefficient that is not zero, with its "
        "phase {turn} of modulus one,",
    )
    gradient = body.restate(
        "gradient",
        g[j],
        -(size ** (2 - L)) / (c * turn),
        "and {eq:square} reads",
        of=(),
        how="the square of the modulus is the right side of that equation",
        for_all=(j,),
    )
    body.prove(
        "work",
        g[j] * rho[j],
        -(size**2) / c,
        "The product of gradient and coefficient is real and negative,",
        using=(modulus, gradient),
    )
    body.prove(
        "ratio",
        (-g[j] * rho[j]) ** L / (rho[j] / turn) ** 2,
        c ** (-L),
        "and one number is the same for all frequencies in the support:",
        using=(modulus, gradient),
    )
    return Derivation(
        claim="gunasekar/convolutional",
        title="Directions of full-width convolutions",
        sources=("gunasekar2018", "ykm"),
        symbols={"c": c, "rho": rho[j], "g": g[j], "L": L, "size": size, "turn": turn},
        statement=(
            "In the limit of the directions, where it exists, every Fourier coefficient {rho} of depth {L} that "
            "is not zero, its phase {turn} and the gradient {g} in Fourier coordinates obey, with a positive {c},",
            Shown("ratio"),
        ),
        hypotheses=("The data are separable and the loss falls below one.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "With {eq:work} this is the condition for a stationary point of the quasi-norm of the Fourier "
                "transform, without its fractional power; the parameters are real, so that coefficients of "
                "opposite frequencies are conjugate."
            ),
        ),
        kernel=("Gunasekar_convolution", "K3_complex", "convolution_is_complex_network"),
    )
