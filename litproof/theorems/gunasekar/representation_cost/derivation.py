"""Gunasekar et al.: what full-width filters with a given product cost, by Parseval and the inequality of the means."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.theorems.shared.symbols import L

w = sp.symbols("w_1 w_2 w_3", real=True)
x, y, size, product = sp.symbols("x y a c", positive=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    one, two, three = w
    body.prove(
        "parseval",
        (one + two + three) ** 2 + (one - two) ** 2 + (two - three) ** 2 + (three - one) ** 2,
        3 * (one**2 + two**2 + three**2),
        "The squared moduli of the Fourier transform add up to the squared norm of a filter times its length. For "
        "three entries {one}, {two} and {three} the two frequencies that are not zero have one modulus, and together "
        "the squares of the differences,",
    )
    body.bound(
        "means",
        x**2 + y**2,
        2 * x * y,
        (x - y) ** 2,
        "The transform turns convolution into products, so that at each frequency the moduli of the filters have the "
        "modulus of the coefficient for their product. Two filters of moduli {x} and {y} have",
    )
    full = body.define(
        "full", product, size**L, "and {L} filters of the same modulus {size} have the product"
    )
    body.prove(
        "equal",
        L * size**2,
        L * product ** (2 / L),
        "for the sum of squares",
        using=(full,),
    )
    return Derivation(
        claim="gunasekar/representation-cost",
        title="What filters with a given product cost",
        sources=("gunasekar2018",),
        symbols={
            "L": L,
            "x": x,
            "y": y,
            "size": size,
            "one": one,
            "two": two,
            "three": three,
            "product": product,
        },
        statement=(
            "At a frequency where the product of {L} full-width filters has the modulus {product}, the least sum of "
            "the squared moduli of the filters, {size} for each of them, is",
            Shown("equal"),
            "The least squared norm of the filters is the sum of these over all frequencies, over the length.",
        ),
        hypotheses=("Circular convolutions of real filters as long as the input.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "By the inequality of the means, {eq:means} for two of them, no other moduli cost less than "
                "{eq:equal}. The phases are free but for their sum: give them to one filter. As the coefficients are "
                "real, those of opposite frequencies are conjugate, and so are the filters that are built of them: "
                "they are real."
            ),
        ),
    )
