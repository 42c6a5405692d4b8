"""Braun et al.: the flow of two balanced layers on whitened data is a matrix Riccati equation."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.stated import assume
from litproof.theorems.shared.symbols import d, m, n, t

W, V = sp.MatrixSymbol("W", d, m), sp.MatrixSymbol("V", m, n)
S = sp.MatrixSymbol("S", d, n)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    balance = assume("balance", W.T * W, V * V.T, "Both layers are balanced, and stay so,")
    first = body.restate(
        "flow-w",
        MatrixRate(W, t),
        (S - W * V) * V.T,
        "On whitened data with the targets {S} the layer {W} moves by",
        of=(balance,),
        how="the gradient by the first layer",
    )
    second = body.restate(
        "flow-v",
        MatrixRate(V, t),
        W.T * (S - W * V),
        "and {V} by",
        of=(balance,),
        how="the gradient by the second layer",
    )
    body.prove_matrix(
        "outer",
        MatrixRate(W * V, t),
        S * V.T * V + W * W.T * S - W * V * (V.T * V) - W * W.T * (W * V),
        "The block of both layers moves by",
        using=(first, second),
    )
    body.prove_matrix(
        "inner",
        MatrixRate(W * W.T, t),
        S * (W * V).T + W * V * S.T - W * W.T * (W * W.T) - W * V * (W * V).T,
        "and that of the first layer, by balance,",
        using=(first, second),
        algebra=Algebra(identities=((V * V.T, W.T * W),), constants=frozenset({S})),
    )
    return Derivation(
        claim="braun/riccati",
        title="Two layers as a Riccati equation",
        sources=("saxe",),
        symbols={"W": W, "V": V, "S": S},
        statement=("The Gram matrix of {W} moves with {V} and the targets {S} by", Shown("inner")),
        hypotheses=(balance,),
        body=tuple(body),
        conclusion=(
            Argument(
                "With {eq:outer}, and the block of the second layer by symmetry, these are the blocks of the matrix "
                "equation: linear terms with the targets off the diagonal, less the square."
            ),
        ),
    )
