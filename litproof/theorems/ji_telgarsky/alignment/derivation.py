"""Ji, Telgarsky: layers whose norms diverge are balanced in the limit, hence of rank one and aligned."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra
from litproof.theorems.derivations import derivation
from litproof.theorems.ykm.conserved_balancedness.derivation import V, W, middle

u = sp.MatrixSymbol("u", middle, 1)


def derive() -> Derivation:
    """The derivation: from the last layer, a column, to the ones before."""
    body = Body()
    law = body.recall(
        "law",
        derivation("ykm/conserved-balancedness"),
        "law",
        "Of two neighbouring layers {W} and {V} the flow keeps a difference,",
    )
    body.argue(
        "balanced",
        W.T * W,
        V * V.T,
        "By {see:ykm/classification-convergence} the parameters diverge. By the traces of {eq:law} all layers do so "
        "alike, and over the squares of their norms the difference tends to zero: in a limit of the directions",
        how="a constant over norms that diverge",
        of=(law,),
    )
    body.argue(
        "last",
        W.T * W,
        u * u.T,
        "In particular, where the layer {V} behind has rank one and points along {u}, of its norm, as the last layer "
        "does, which is a column,",
        how="the product of a layer of rank one with its transpose",
    )
    algebra = Algebra(identities=((W.T * W, u * u.T),))
    body.prove_matrix(
        "stretched",
        u.T * W.T * W * u,
        u.T * u * u.T * u,
        "so that {W} stretches {u} by the norm of {u}, which is its own,",
        algebra=algebra,
    )
    body.prove_matrix(
        "norm",
        sp.Trace(W.T * W),
        sp.Trace(u.T * u),
        "which is that of {W} as well,",
        algebra=algebra,
    )
    body.prove_matrix(
        "rank",
        W.T * W * W.T * W,
        u * u.T * u * u.T,
        "and of its singular values one alone is not zero, as the square of the product with its transpose is a "
        "multiple of that product:",
        algebra=algebra,
    )
    return Derivation(
        claim="ji-telgarsky/alignment",
        title="Layers of rank one, aligned",
        sources=("ji-telgarsky", "ykm"),
        symbols={"W": W, "V": V, "u": u},
        statement=(
            "In a limit of the directions a layer {W} before one that has rank one and points along {u} has rank one, "
            "and",
            Shown("stretched"),
            "where the norm of {u} is that of both layers: they are aligned.",
        ),
        hypotheses=("The data are separable and the loss falls below one.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "From the last layer on, which is a column, {eq:stretched}, {eq:norm} and {eq:rank} pass from each "
                "layer to the one before. That the product of all of them points to the maximum margin is shown in "
                "{see:ykm/fully-connected-max-margin}."
            ),
        ),
        kernel=("Ji_Telgarsky_deep_linear", "fully_connected_balance_constant"),
    )
