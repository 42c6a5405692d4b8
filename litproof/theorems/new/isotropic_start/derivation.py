"""A start that rotations leave as it is, for two layers: the flow stays in the row space."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra
from litproof.derive.stated import assume
from litproof.theorems.shared.symbols import X, d, y

W, Q, R, B = (sp.MatrixSymbol(name, d, d) for name in "WQRB")
w = sp.MatrixSymbol("w", d, 1)
INVERSE = ((R * R.T, sp.Identity(d)), (R.T * R, sp.Identity(d)))


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    one = sp.Identity(d)
    turn = assume("turn", R.T * R, one, "Let {R} be orthogonal,")
    fixed = assume("fixed", X * R, X, "let it leave the points where they are,")
    start = assume(
        "start", Q.T * Q, one, "and let the first layer start at a multiple of the orthogonal {Q},"
    )
    known = Algebra(
        identities=(*INVERSE, (X * R, X), (X * R.T, X), (Q.T * Q, one), (Q * Q.T, one), (B.T * B, one))
    )
    turned = Q.T * R * Q
    body.define("other", B, turned, "Turn the layer behind along by {B}:")
    body.prove_matrix("orthogonal", turned.T * turned, one, "which is orthogonal,", algebra=known)
    body.prove_matrix(
        "kept", R * Q * turned.T, Q, "Both turns leave the start of the first layer as it is,", algebra=known
    )
    body.prove_matrix(
        "residual",
        X * (R * W * B.T) * (B * w) - y,
        X * W * w - y,
        "and the residual of any layers as it is:",
        algebra=known,
    )
    return Derivation(
        claim="new/isotropic-start",
        title="A start that rotations leave as it is",
        sources=("ykm",),
        symbols={"X": X, "R": R, "Q": Q, "B": B, "W": W, "w": w, "y": y, "turned": R * W * B.T},
        statement=(
            "Let the first layer of a fully connected network of two layers start at a multiple of an "
            "orthogonal matrix {Q}, and the last one at zero. Then the coefficients are fixed by every "
            "rotation {R} that fixes the points, since it leaves the start as it is when the layer behind is "
            "turned along,",
            Shown("kept"),
            "At all times they lie in the row space of the points, and the limit is the interpolator of "
            "least norm.",
        ),
        hypotheses=(turn, fixed, start),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:residual} the flow from turned layers is the turned flow, and by {eq:kept}, with the "
                "last layer at zero, the turned start is the start. So {R} fixes the coefficients at all "
                "times. Choose {R} as the reflection that is minus one outside the row space of {X}: the "
                "coefficients lie in the row space, and where they interpolate they are the interpolator of "
                "least norm. Deeper networks: the same, with the layer behind each one turned along. That "
                "the loss tends to zero is part of {see:ykm/fully-connected-small-init}: the first layers "
                "dominate the last."
            ),
        ),
        kernel=("R7_orthogonal_start", "orthogonal_start_row_space", "orthogonal_start_minimum_norm"),
    )
