"""Li, Wang, Lee, Arora: with commuting gradients the multiplier is a function of the coefficients alone."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import Rate
from litproof.derive.stated import assume
from litproof.theorems.shared.symbols import X, beta, d, nu, r, t

number = sp.Symbol("P", integer=True, positive=True)
theta, J, K = sp.MatrixSymbol("theta", number, 1), sp.MatrixSymbol("J", d, number), sp.MatrixSymbol("K", d, d)
u = sp.symbols("u_1 u_2 u_3", positive=True)
a, b, c = sp.symbols("a b c", real=True)
MIXED = (u[0] ** 2 + u[1] ** 2, u[1] ** 2 - u[2] ** 2)
PRODUCT = (u[0] ** 2 + u[1] * u[2], u[1] ** 2 - u[2] ** 2)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    inverse = assume(
        "inverse",
        K * J * J.T,
        sp.Identity(d),
        "The gradients of the coefficients, the rows of {J}, are independent: their Gram matrix has an inverse {K},",
    )
    flow = body.restate(
        "flow",
        MatrixRate(theta, t),
        -(J.T * X.T * r),
        "Let {nu} be minus the integral of the derivatives of the loss by the outputs. The flow is",
        of=(),
        how="gradient flow and chain rule",
    )
    body.restate(
        "coefficients",
        MatrixRate(beta, t),
        -(J * J.T * X.T * r),
        "and the coefficients move by {J} times it,",
        of=(flow,),
        how="chain rule",
    )
    body.prove_matrix(
        "multiplier",
        K * (-(J * J.T * X.T * r)),
        -(X.T * r),
        "so that {K} times their motion is always in the row space of {X}:",
        using=(inverse,),
        algebra=Algebra(identities=((K * J * J.T, sp.Identity(d)),)),
    )
    paths = [
        body.restate(
            "along-first",
            Rate(u[0], t),
            2 * a * u[0],
            "Take two sums of squares, {first} and {second}. Along "
            "{a} times the gradient of the one and {b} times that of the other",
            of=(),
            how="gradients",
        ),
        body.restate(
            "along-second",
            Rate(u[1], t),
            2 * (a + b) * u[1],
            "the entries move by these rates,",
            of=(),
            how="gradients",
        ),
        body.restate("along-third", Rate(u[2], t), -2 * b * u[2], "and", of=(), how="gradients"),
    ]
    body.prove(
        "path-free",
        Rate(sp.log(u[0]) - sp.log(u[1]) - sp.log(u[2]), t),
        sp.S.Zero,
        "whatever {a} and {b} do in time: where they lead depends on their integrals alone,",
        using=paths,
        constants=(a, b),
    )
    entry = body.define(
        "entry",
        c,
        sum(
            sp.diff(PRODUCT[0], x) * sp.diff(PRODUCT[1], x, u[1])
            - sp.diff(PRODUCT[1], x) * sp.diff(PRODUCT[0], x, u[1])
            for x in u
        ),
        "as their bracket vanishes. With a product in the place of one square, {mixed}, an entry of the bracket is",
    )
    body.bound(
        "bracket", c * u[2], sp.S.Zero, 4 * u[2] ** 2, "which is not zero,", strict=True, using=(entry,)
    )
    return Derivation(
        claim="li/commuting",
        title="Commuting parametrisations",
        sources=("li",),
        symbols={
            "J": J,
            "K": K,
            "nu": nu,
            "X": X,
            "r": r,
            "first": MIXED[0],
            "second": MIXED[1],
            "a": a,
            "b": b,
            "mixed": PRODUCT[0],
            "multipliers": X.T * nu,
        },
        statement=(
            "Let {K} be the inverse of the Gram matrix of the gradients of the coefficients, the rows of {J}, "
            "and {nu} minus the integral of the derivatives of the loss by the outputs. At every time",
            Shown("multiplier"),
            "which is the motion of the coefficients times {K}. Where all brackets of the gradients vanish the "
            "integral of the left side is the gradient of a function of the coefficients, and the limit is where "
            "it lies in the row space of {X}.",
        ),
        hypotheses=(inverse,),
        body=tuple(body),
        conclusion=(
            Argument(
                "Flows along fields that commute may be run in any order: the parameters are a function of the "
                "integrals {multipliers} alone, and so are the coefficients, whose derivatives by them are the "
                "Gram matrix. It is symmetric and positive, so that these integrals are in turn the gradient of "
                "a convex function of the coefficients, the same for all data. By {eq:multiplier} it lies in the "
                "row space at all times, hence in the limit: the condition for its minimiser over the "
                "interpolators. With {eq:bracket} different paths to the same coefficients have different "
                "integrals."
            ),
        ),
    )
