"""Arora, Cohen, Hazan: the product of two balanced matrices."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.stated import assume
from litproof.theorems.shared.symbols import d, m, n, t

W, V, G = sp.MatrixSymbol("W", d, m), sp.MatrixSymbol("V", m, n), sp.MatrixSymbol("G", d, n)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    balance = assume("balance", W.T * W, V * V.T, "The factors are balanced, and stay so,")
    first = body.restate(
        "flow-w",
        MatrixRate(W, t),
        -(G * V.T),
        "With {G} for the gradient by the product, {W} moves by",
        of=(balance,),
        how="the gradient by the first factor",
    )
    second = body.restate(
        "flow-v",
        MatrixRate(V, t),
        -(W.T * G),
        "and {V} by",
        of=(balance,),
        how="the gradient by the second factor",
    )
    body.prove_matrix(
        "product",
        MatrixRate(W * V, t),
        -(W * W.T * G) - G * V.T * V,
        "so that their product moves by",
        using=(first, second),
    )
    known = Algebra(identities=((V * V.T, W.T * W),))
    body.prove_matrix(
        "left", (W * V) * (W * V).T, W * W.T * (W * W.T), "The factor to the left is a root,", algebra=known
    )
    other = Algebra(identities=((W.T * W, V * V.T),))
    body.prove_matrix(
        "right", (W * V).T * (W * V), V.T * V * (V.T * V), "and so is the one to the right,", algebra=other
    )
    return Derivation(
        claim="arora/end-to-end",
        title="The product of balanced matrices",
        sources=("arora-cohen-hazan",),
        symbols={"W": W, "V": V, "G": G},
        statement=("The product of {W} and {V}, with the gradient {G}, moves by", Shown("product")),
        hypotheses=(balance,),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:left} and {eq:right} the two factors in {eq:product} are the roots of the squares "
                "of the product: "
                "both are positive semidefinite."
            ),
        ),
    )
