"""K2: separable classification with fully connected layers: the l2 maximum-margin direction."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.stated import assume
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import L, X, beta, d, l, n, r, t
from litproof.theorems.ykm.fully_connected_small_init.derivation import INVERSE, K, W, projection, u, width

q = sp.MatrixSymbol("q", n, 1)
z, z_other = sp.MatrixSymbol("z", d, 1), sp.MatrixSymbol("h", d, 1)
c, kappa = sp.symbols("c kappa", positive=True)
weight, excess = sp.symbols("p delta", nonnegative=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    inverse = assume(
        "inverse",
        X * X.T * K,
        sp.Identity(n),
        "In {X} the rows are inputs times labels; for the first part let them be independent, with the "
        "inverse {K} of their Gram matrix,",
    )
    algebra = Algebra(
        symmetric=frozenset({K}),
        identities=INVERSE,
        constants=frozenset({X, K, q, u}),
    )
    flow = body.recall(
        "flow",
        derivation("ykm/fully-connected-small-init"),
        "flow",
        "Let {u} be the product of all layers but the first and {q} the losses of the samples, all positive: "
        "the derivatives of the loss by the outputs times labels are their negatives. The first layer moves "
        "by",
        renamed={r: -q},
    )
    rest = body.prove_matrix(
        "rest",
        MatrixRate(projection * W, t),
        sp.ZeroMatrix(d, width),
        "Its columns outside the row space of {X} stay where they were,",
        using=(flow,),
        algebra=algebra,
    )
    scaled = body.argue(
        "scaled",
        W,
        c * X.T * q * u.T,
        "No direction needs to converge. By {see:lemma/limit-directions} every limit point of the direction "
        "of the parameters is a positive multiple of the gradient of the margins, weighted with shares of "
        "samples of the smallest margin. For the first layer of a limit point, with a positive {c} and with "
        "these shares, which add up to one, now for {q},",
        of=(flow, rest),
        how="limit points are stationary",
    )
    body.prove_matrix(
        "combination",
        W * u,
        c * X.T * q * u.T * u,
        "The coefficients are the first layer times {u}, a positive multiple of a combination of the inputs:",
        using=(scaled,),
    )
    point = body.define(
        "point",
        z,
        X.T * q,
        "Let {z} be that combination, with {q} scaled so that the smallest margin is one. Entries of {q} are "
        "not negative, and positive only where the margin is one:",
    )
    body.prove_matrix(
        "split",
        sp.Trace(z_other.T * z_other) - sp.Trace(z.T * z),
        sp.Trace((z_other - z).T * (z_other - z)) + 2 * sp.Trace(z.T * (z_other - z)),
        "For any other vector {other}",
    )
    body.prove_matrix(
        "paired",
        sp.Trace(z.T * (z_other - z)),
        sp.Trace(q.T * (X * z_other - X * z)),
        "where the last term weighs differences of margins by shares,",
        using=(point,),
    )
    body.bound(
        "positive",
        weight * (1 + excess),
        weight * 1,
        weight * excess,
        "Where the share {weight} of a sample is not zero the margin of {z} is one, while a feasible "
        "{other} has a margin of one plus some non-negative {excess}:",
    )
    body.prove(
        "ratio",
        (kappa ** (1 / L)) ** (L - 1) / kappa,
        kappa ** (-1 / L),
        "How fast the direction is reached is decided outside the row space: there by {eq:rest} the first "
        "layer keeps its values, its successors, of the size of the root of order {L} of the clock {kappa}, "
        "multiply them, and relative to the clock this is",
    )
    return Derivation(
        claim="ykm/fully-connected-max-margin",
        title="Fully connected networks: the maximum-margin direction",
        sources=("ykm", "lyu-li", "ji-telgarsky", "gunasekar2018"),
        symbols={
            "L": L,
            "l": l,
            "X": X,
            "K": K,
            "u": u,
            "q": q,
            "c": c,
            "z": z,
            "other": z_other,
            "weight": weight,
            "excess": excess,
            "beta": beta,
            "kappa": kappa,
        },
        statement=(
            "Let a fully connected linear network of depth {L} be trained on separable data and let the loss "
            "fall below one at some time. Then the direction of {beta} converges to that of the vector {z} "
            "of least norm among those whose margins are at least one. It is a combination of the rows of "
            "{X}, which are the inputs times labels, with coefficients {q} that are not negative, and "
            "positive only where the margin is one:",
            Shown("point"),
        ),
        hypotheses=("The exponential loss {cite:ykm}.", inverse),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:paired} and {eq:positive} the last term of {eq:split} is not negative, so {other} is "
                "longer than {z} by at least the square of their distance: {z} is the unique solution, "
                "whatever the depth. All limit points of the direction of {beta} agree, so it converges. The "
                "layers themselves become matrices of rank one, aligned with each other {cite:ji-telgarsky}. "
                "Where the samples with the smallest margin span all directions, {eq:ratio} does not occur, "
                "and the direction is reached like the inverse of the clock."
            ),
        ),
    )
