"""R9: the plain linear model."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.stated import assume
from litproof.theorems.shared.symbols import X, beta, d, n, t, y

K, E = sp.MatrixSymbol("K", n, n), sp.MatrixSymbol("E", n, n)
start, limit, other, step, slope = (
    sp.MatrixSymbol(name, d, 1) for name in ("beta(0)", "beta_star", "b", "h", "p")
)
projection = sp.Identity(d) - X.T * K * X
INVERSE = ((X * X.T * K, sp.Identity(n)), (K * X * X.T, sp.Identity(n)))


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    algebra = Algebra(
        symmetric=frozenset({K}),
        identities=INVERSE,
        constants=frozenset({X, y, K, start}),
        rates={E: -(X * X.T * E)},
    )
    inverse = assume(
        "inverse",
        X * X.T * K,
        sp.Identity(n),
        "The inputs {X} have full row rank; let {K} be the inverse of their Gram matrix,",
    )
    gradient = body.define("gradient", slope, X.T * (X * beta - y), "Put")
    variation = body.prove_matrix(
        "variation",
        sp.Trace((X * beta - y).T * (X * step)),
        sp.Trace(slope.T * step),
        "A variation {step} of {beta} changes the squared loss, to first order, by",
        using=(gradient,),
    )
    flow = body.restate(
        "flow",
        MatrixRate(beta, t),
        -(X.T * (X * beta - y)),
        "So {slope} is the gradient, and the flow is",
        of=(gradient, variation),
        how="minus the gradient",
    )
    body.prove_matrix(
        "residual",
        MatrixRate(X * beta - y, t),
        -(X * X.T * (X * beta - y)),
        "The residual obeys a linear equation with a positive definite matrix,",
        using=(flow,),
        algebra=algebra,
    )
    value = X.T * K * (y - X * start)
    explicit = start + X.T * K * (sp.Identity(n) - E) * (y - X * start)
    body.prove_matrix(
        "solution",
        MatrixRate(explicit, t),
        -(X.T * (X * explicit - y)),
        "With {E} the matrix exponential that starts from the identity and has the rate {exponential}, the "
        "flow is solved by {explicit}:",
        algebra=algebra,
    )
    candidate = body.define("limit", limit, start + value, "Put")
    body.prove_matrix(
        "remainder",
        explicit - limit,
        -(X.T * K * E * (y - X * start)),
        "From this the solution differs by a multiple of {E},",
        using=(candidate,),
    )
    body.prove_matrix(
        "interpolates",
        X * limit,
        y,
        "so that it tends to {limit_letter} as {E} goes to zero. This vector interpolates,",
        using=(candidate,),
        algebra=algebra,
    )
    body.prove_matrix(
        "rest",
        MatrixRate(projection * beta, t),
        sp.ZeroMatrix(d, 1),
        "The part outside the row space of {X} does not move,",
        using=(flow,),
        algebra=algebra,
    )
    body.prove_matrix(
        "same",
        projection * limit,
        projection * start,
        "and agrees between start and limit:",
        using=(candidate,),
        algebra=algebra,
    )
    body.prove_matrix(
        "nearest",
        sp.Trace(value.T * (other - start - value)),
        sp.S.Zero,
        "For every other interpolator {b} the way from the limit to {b} is orthogonal to the way that the "
        "flow has gone,",
        algebra=Algebra(frozenset({K}), (*INVERSE, (X * other, y)), {}, frozenset()),
    )
    return Derivation(
        claim="ykm/linear-model",
        title="The plain linear model",
        sources=("ykm", "soudry"),
        symbols={
            "X": X,
            "K": K,
            "y": y,
            "E": E,
            "limit_letter": limit,
            "step": step,
            "slope": slope,
            "exponential": -(X * X.T * E),
            "explicit": explicit,
            "b": other,
            "beta": beta,
            "start": start,
        },
        statement=(
            "Gradient flow of underdetermined linear regression from {start} converges to",
            Shown("limit"),
            "where {K} is the inverse of the Gram matrix of the inputs: this is the interpolator nearest to "
            "{start}.",
        ),
        hypotheses=(inverse,),
        body=tuple(body),
        conclusion=(
            Argument(
                "The Gram matrix is positive definite, so {E} goes to zero exponentially. By the theorem of "
                "Pythagoras and {eq:nearest} every other interpolator is farther from {start}."
            ),
        ),
    )
