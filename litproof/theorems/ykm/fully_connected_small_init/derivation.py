"""R7: fully connected regression from small initialisations."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.steps import assume
from litproof.theorems.shared.symbols import L, X, alpha, beta, d, l, n, r, t, y

width = sp.Symbol("d_1", integer=True, positive=True)
K = sp.MatrixSymbol("K", n, n)
W, W_bar = sp.MatrixSymbol("W_1", d, width), sp.MatrixSymbol("W_bar_1", d, width)
u, last = sp.MatrixSymbol("u", width, 1), sp.MatrixSymbol("w_2", width, 1)
inner, outer = sp.symbols("a b", integer=True, positive=True)
V, v = sp.MatrixSymbol("W_L-1", inner, outer), sp.MatrixSymbol("w_L", outer, 1)
D = sp.MatrixSymbol("D", outer, outer)
projection = sp.Identity(d) - X.T * K * X
INVERSE = ((X * X.T * K, sp.Identity(n)), (K * X * X.T, sp.Identity(n)))


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    algebra = Algebra(symmetric=frozenset({K}), identities=INVERSE, constants=frozenset({X, K, y, r, u}))
    inverse = assume(
        "inverse",
        X * X.T * K,
        sp.Identity(n),
        "The inputs {X} have full row rank; {K} is the inverse of their Gram matrix,",
    )
    flow = body.define(
        "flow",
        MatrixRate(W, t),
        -(X.T * r * u.T),
        "Let {u} be the product of all layers but the first, so that {beta} is the first layer times {u}. "
        "With the residual {r}, the first layer moves by",
    )
    rest = body.prove_matrix(
        "rest",
        MatrixRate(projection * W, t),
        sp.ZeroMatrix(d, width),
        "The part of its columns outside the row space of {X} does not move,",
        using=(flow,),
        algebra=algebra,
    )
    kept = body.restate(
        "kept",
        projection * W,
        alpha * projection * W_bar,
        "and stays what it was at the start,",
        of=(rest,),
        how="initial value",
    )
    split = body.prove_matrix(
        "split",
        beta,
        X.T * K * (X * beta) + projection * beta,
        "Every vector of coefficients splits into a part in the row space, which its outputs determine, and "
        "the rest:",
        algebra=algebra,
    )
    body.restate(
        "limit",
        beta,
        X.T * K * y + alpha * projection * W_bar * u,
        "Hence, where the data are met,",
        of=(kept, split),
        how="outputs equal to the targets, and the first layer times its successor product",
    )
    body.restate(
        "balance",
        V.T * V,
        v * v.T + D,
        "By balancedness, with a matrix {D} that does not move and is positive definite from the start,",
        of=(),
        how="the conserved quantity of neighbouring layers",
    )
    body.prove_matrix(
        "growth",
        sp.Trace(v.T * (v * v.T + D) * v),
        sp.Trace(v.T * v * v.T * v) + sp.Trace(v.T * D * v),
        "the squared norm of the last two layers multiplied is",
        using=(),
    )
    body.append(
        "which is not below the square of the squared norm of {w_L}. In the same way each further "
        "factor keeps the product at least as large as a power of the norm of {w_L}, so that {u} stays "
        "away from zero as long as {w_L} does."
    )
    body.assume(
        "blind",
        W.T * (X.T * y),
        sp.ZeroMatrix(width, 1),
        "A hypothesis on the data cannot be left out. Let there be two layers, and let the columns of the "
        "first be orthogonal to {moment},",
    )
    body.prove_matrix(
        "stuck",
        -(W.T * X.T * (X * W * last - y)),
        -(W.T * X.T * X * W * last),
        "Then the rate of the last layer is a multiple of the last layer itself,",
        algebra=Algebra(identities=((W.T * (X.T * y), sp.ZeroMatrix(width, 1)),)),
    )
    body.append(
        "and so is that of the first layer, by {eq:flow}: a network that starts with its last layer at "
        "zero rests there, although its loss is not zero."
    )
    return Derivation(
        claim="ykm/fully-connected-small-init",
        title="Fully connected networks from small initialisations",
        sources=("ykm",),
        symbols={
            "X": X,
            "K": K,
            "u": u,
            "beta": beta,
            "r": r,
            "alpha": alpha,
            "L": L,
            "l": l,
            "D": D,
            "moment": X.T * y,
            "minimum": X.T * K * y,
            "error": alpha * projection * W_bar * u,
            "w_L": v,
            "W": W_bar,
            "y": y,
        },
        statement=(
            "Let a fully connected linear network start with its last layer at zero and the others at "
            "{alpha} times given matrices, each dominating the next as in the theorem, and let the loss go "
            "to zero. Then the limit is",
            Shown("limit"),
            "with {u} at its limit. As {alpha} goes to zero it tends to the interpolator {minimum} of least "
            "norm, at least proportionally to {alpha}.",
        ),
        hypotheses=("Fully connected layers; the loss is the squared one {cite:ykm}.", inverse),
        body=tuple(body),
        conclusion=(
            Argument(
                "The loss decreases. Once it is below its value at the start, {w_L} stays away from zero, "
                "hence so does {u}; the first layer alone makes the loss decrease at a rate proportional to "
                "the loss itself, so the loss goes to zero, provided that the flow moves at all, see "
                "{eq:stuck}. The limits of small {alpha} have bounded norms, because the norms of all layers "
                "differ by conserved amounts proportional to the square of {alpha} and their product is "
                "bounded; so {u} is bounded and the last term of {eq:limit} is of the order of {alpha}."
            ),
        ),
    )
