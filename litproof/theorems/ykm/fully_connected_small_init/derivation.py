"""R7: fully connected regression from small initialisations."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.stated import assume
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, X, alpha, beta, d, l, n, r, t, y
from litproof.theorems.ykm.conserved_balancedness import derivation as balancedness

width = sp.Symbol("d_1", integer=True, positive=True)
K = sp.MatrixSymbol("K", n, n)
W, W_bar = sp.MatrixSymbol("W_1", d, width), sp.MatrixSymbol("W_bar_1", d, width)
u, last = sp.MatrixSymbol("u", width, 1), sp.MatrixSymbol("w_2", width, 1)
inner, outer = sp.symbols("a b", integer=True, positive=True)
V, v = sp.MatrixSymbol("W_L-1", inner, outer), sp.MatrixSymbol("w_L", outer, 1)
D = sp.MatrixSymbol("D", outer, outer)
P, E = sp.MatrixSymbol("P", d, width), sp.MatrixSymbol("E", d, width)
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
    gradient = body.define(
        "gradient",
        P,
        X.T * r * u.T,
        "Let {u} be the product of all layers but the first, so that {beta} is the first layer times {u}. "
        "With {r} for the derivatives of the loss by the outputs, for the squared loss the residual, put",
    )
    variation = body.prove_matrix(
        "variation",
        sp.Trace(r.T * (X * E * u)),
        sp.Trace(P.T * E),
        "A variation {E} of the first layer changes the outputs by {change} and the loss, to first order, by",
        using=(gradient,),
    )
    flow = body.restate(
        "flow",
        MatrixRate(W, t),
        -(X.T * r * u.T),
        "So {P} is the gradient, and the first layer moves by",
        of=(gradient, variation),
        how="minus the gradient",
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
    law = body.recall(
        "law",
        derivation("ykm/conserved-balancedness"),
        "law",
        "The last two layers, and any two neighbours, are balanced,",
        renamed={
            balancedness.before: inner,
            balancedness.middle: outer,
            balancedness.after: sp.S.One,
            balancedness.W: V,
            balancedness.V: v,
        },
    )
    body.define("balance", V.T * V, v * v.T + D, "With the matrix {D} given by", of=D)
    body.argue(
        "kept-gap",
        MatrixRate(D, t),
        sp.ZeroMatrix(outer, outer),
        "which does not move and so stays positive definite,",
        of=(law,),
        how="the difference of both sides of the definition is the conserved quantity",
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
        "That the flow moves at all is a hypothesis on the data that cannot be left out. Let there be two "
        "layers, and let the columns of the first be orthogonal to {moment},",
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
            "E": E,
            "P": P,
            "change": X * E * u,
            "order": (L - 1) / L,
            "depth": L,
            "moment_seen": W_bar.T * X.T * y,
            "y": y,
        },
        statement=(
            "Let a fully connected linear network start with its last layer at zero and the others at "
            "{alpha} times given matrices, {W} the first of them; let the Gram matrix of the columns of each "
            "be not smaller (in the order of Loewner) than that of the rows of the next, and the last Gram "
            "matrix positive definite. If the loss goes to zero, the limit is",
            Shown("limit"),
            "where {K} is the inverse of the Gram matrix of the inputs and {u} the limit of the product of "
            "all layers but the first. As {alpha} goes to zero it tends to the interpolator {minimum} of "
            "least norm, at least proportionally to {alpha}.",
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
            Argument(
                "More exactly: as {alpha} tends to zero the layers become balanced and of rank one, so the "
                "norm of {u} tends to that of the interpolator of least norm to the power {order}. The error "
                "is {alpha} times a vector with a limit, and of the order of {alpha} unless that limit "
                "vanishes. With two layers and one data point only the growing exponential of "
                "{see:ykm/two-layer-one-point} survives: {u} tends to the root of the norm of the "
                "interpolator, along the unit vector of {moment_seen}."
            ),
            Argument(
                "Which further terms occur is a count and no proof. Near the start the flow is that of the "
                "leading monomial, past it it leaves along a ray of rank one; relative to the ray "
                "perturbations decay like its inverse length or the square of that, and the quadratic part "
                "of the loss grows like the power {depth} of it. All of these are integers, and a resonance "
                "of the last with {depth} of the first leaves a logarithm beside the power {depth} of "
                "{alpha}: exponents are whole numbers, with one more logarithm at most for every {depth} of "
                "them. That flows follow this is checked by the claim."
            ),
        ),
    )
