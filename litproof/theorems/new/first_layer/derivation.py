"""What the data do not see of the first layer, for every loss and depth."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.stated import assume
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import X, d, m, n, r, t
from litproof.theorems.ykm.fully_connected_small_init import derivation as small

W, N = sp.MatrixSymbol("W", d, m), sp.MatrixSymbol("N", n, d)
a = sp.MatrixSymbol("a", m, 1)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    unseen = assume(
        "unseen", X * N.T, sp.ZeroMatrix(n, n), "Let the rows of {N} be orthogonal to all points,"
    )
    flow = body.recall(
        "flow",
        derivation("ykm/fully-connected-small-init"),
        "flow",
        "With {r} for the derivatives of the loss of each point and {a} for the product of the layers behind "
        "the first one, {W}, its flow is, for every loss,",
        renamed={small.W: W, small.u: a},
    )
    body.prove_matrix(
        "rest",
        MatrixRate(N * W, t),
        sp.ZeroMatrix(n, m),
        "so that the image of the first layer under {N} rests,",
        using=(flow,),
        algebra=Algebra(identities=((N * X.T, sp.ZeroMatrix(n, n)),), constants=frozenset({N, X})),
    )
    return Derivation(
        claim="new/first-layer",
        title="What the data do not see of the first layer",
        sources=("ykm",),
        symbols={"X": X, "W": W, "N": N, "a": a, "r": r},
        statement=(
            "In fully connected networks of every depth, for every loss and every matrix {N} whose rows are "
            "orthogonal to all points, the first layer {W} obeys",
            Shown("rest"),
        ),
        hypotheses=(unseen,),
        body=tuple(body),
        conclusion=(
            Argument(
                "The rows of {N} may be any that are orthogonal to the points, so that the part of {W} outside "
                "the row space of {X} keeps its start."
            ),
        ),
    )
