"""Even et al., Theorem 1 with mini-batches: steps of different points compose, and none leaves the row space."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra
from litproof.theorems.derivations import derivation
from litproof.theorems.even.gradient_descent.derivation import p, q, x
from litproof.theorems.shared.symbols import X, beta, n, y

chosen = sp.MatrixSymbol("P", n, n)
direction = sp.MatrixSymbol("h", *beta.shape)
first, second = sp.symbols("x_1 x_2", real=True)
later_p, later_q = sp.symbols("p_2 q_2", real=True)


def derive() -> Derivation:
    """The derivation."""
    body, origin = Body(), derivation("even/gradient-descent")
    body.prove_matrix(
        "batch",
        sp.Trace((X * beta - y).T * chosen * X * direction),
        sp.Trace((X.T * (chosen * (X * beta - y))).T * direction),
        "Let the diagonal matrix {P} have ones at the points of a mini-batch and zeros elsewhere. In the direction "
        "{direction} the loss of these points changes, to first order, by the inner product with a combination of the "
        "rows of {X},",
        algebra=Algebra(symmetric=frozenset({chosen})),
    )
    body.recall(
        "product",
        origin,
        "product",
        "With {x} the step times an entry of that gradient, a step changes the product of both parameters as in "
        "{see:even/gradient-descent},",
    )
    body.recall("ratio", origin, "ratio", "and their ratio,")
    steps = [
        body.define(
            "later-p",
            later_p,
            p * (1 - first) * (1 - second),
            "whatever the points were. Two steps with different mini-batches, {x_1} and {x_2}, make of {p}",
        ),
        body.define("later-q", later_q, q * (1 + first) * (1 + second), "and of {q}"),
    ]
    body.prove(
        "both-products",
        later_p * later_q,
        p * q * ((1 - first**2) * (1 - second**2)),
        "so that the factors of the products are multiplied,",
        using=steps,
    )
    body.prove(
        "both-ratios",
        later_p / later_q,
        p / q * ((1 - first) / (1 + first)) * ((1 - second) / (1 + second)),
        "and those of the ratios,",
        using=steps,
    )
    return Derivation(
        claim="even/mini-batches",
        title="Steps with mini-batches",
        sources=("even",),
        symbols={
            "P": chosen,
            "direction": direction,
            "X": X,
            "x": x,
            "x_1": first,
            "x_2": second,
            "p": p,
            "q": q,
            "later_p": later_p,
            "later_q": later_q,
        },
        statement=(
            "After two steps of different mini-batches, {x_1} and {x_2} the step times an entry of their gradients, "
            "the parameters {p} and {q} are {later_p} and {later_q} with",
            Shown("both-products"),
            Shown("both-ratios"),
        ),
        hypotheses=(
            "Every step uses the gradient of the loss of some of the points; the iteration converges.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:both-products} and {eq:both-ratios} product and logarithm of the ratio collect one term for "
                "each step, whatever its points. By {eq:batch} the sum of all {x} lies in the row space, as every "
                "single one does. The rest is as in {see:even/gradient-descent}; no step asks for all points."
            ),
        ),
    )
