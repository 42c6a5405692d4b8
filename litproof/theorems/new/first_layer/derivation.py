"""What the data do not see of the first layer, for every loss and depth."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.steps import assume
from litproof.theorems.shared.symbols import X, d, m, n, r, t

W, N = sp.MatrixSymbol("W", d, m), sp.MatrixSymbol("N", n, d)
a = sp.MatrixSymbol("a", m, 1)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    unseen = assume(
        "unseen", X * N.T, sp.ZeroMatrix(n, n), "Let the rows of {N} be orthogonal to all points,"
    )
    flow = body.define(
        "flow",
        MatrixRate(W, t),
        -(X.T * r * a.T),
        "With {r} for the derivatives of the loss of each point and {a} for the product of the layers behind the "
        "first one, {W}, its flow is",
    )
    body.prove_matrix(
        "rest",
        MatrixRate(N * W, t),
        sp.ZeroMatrix(n, m),
        "so that what {N} sees of the first layer rests,",
        using=(flow,),
        algebra=Algebra(identities=((N * X.T, sp.ZeroMatrix(n, n)),), constants=frozenset({N, X})),
    )
    return Derivation(
        claim="new/first-layer",
        title="What the data do not see of the first layer",
        sources=("ykm",),
        symbols={"X": X, "W": W, "N": N, "a": a, "r": r},
        statement=("In fully connected networks of every depth, for every loss,", Shown("rest")),
        hypotheses=(unseen,),
        body=tuple(body),
        conclusion=(
            Argument(
                "The rows of {N} may be any that are orthogonal to the points, so that the part of {W} outside "
                "the row space of {X} keeps its start."
            ),
        ),
    )
