"""Gunasekar et al.: the logarithm of U U^T lies in the span of commuting sensors."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import Rate
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import alpha, t
from litproof.theorems.ykm.matrix_sensing.derivation import (
    ALGEBRA,
    G,
    Q,
    before,
    k,
    weights,
)

U, V = sp.MatrixSymbol("U", k, k), sp.MatrixSymbol("V", k, k)
u, rho = sp.symbols("u rho", positive=True)
g, s = sp.symbols("g s", real=True)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    slope = body.recall(
        "slope",
        derivation("ykm/matrix-sensing"),
        "slope",
        "The gradient {G} by the product is a combination of sensors. In a common orthonormal basis {Q} of "
        "eigenvectors, with a diagonal matrix {weights},",
    )
    first = body.restate(
        "first",
        MatrixRate(U, t),
        -(G * V.T),
        "The factor {U} moves by",
        of=(slope,),
        how="the gradient by the first factor",
    )
    second = body.restate(
        "second",
        MatrixRate(V, t),
        -(U.T * G),
        "and {V} by",
        of=(slope,),
        how="the gradient by the second factor",
    )
    body.prove_matrix(
        "difference",
        MatrixRate(U - V.T, t),
        G * (U - V.T),
        "A multiple of the identity is symmetric, both factors start there, and the difference of one and the "
        "transpose of the other obeys a linear equation, so that it stays zero:",
        using=(first, second),
        algebra=Algebra(symmetric=frozenset({G})),
    )
    body.prove_matrix(
        "closed",
        Q * weights * Q.T * (Q * before * Q.T),
        Q * (weights * before) * Q.T,
        "Matrices that are diagonal in the basis stay so: such a factor moves, up to the sign, by",
        algebra=ALGEBRA,
    )
    flow = body.restate(
        "entry",
        Rate(u, t),
        -g * u,
        "With {g} for an entry of {weights}, the eigenvalue {u} of either factor that belongs to it moves by",
        of=(first, second),
        how="the diagonal entries of the flow",
    )
    body.define("output", rho, u**2, "The eigenvalue of the product is")
    moved = body.prove(
        "logarithm",
        Rate(sp.log(u**2) - sp.log(alpha**2), t),
        -2 * g,
        "Its logarithm, less that of the start, moves by",
        using=(flow,),
        constants=(alpha,),
    )
    collected = body.define(
        "multiplier", Rate(s, t), -2 * g, "Let {s} start at zero and collect twice the weights,"
    )
    body.integrate(
        "whole",
        sp.log(u**2) - sp.log(alpha**2),
        s,
        "Both start at zero, so that at every time",
        rates=(moved, collected),
        start={u: alpha, s: sp.S.Zero},
    )
    body.prove(
        "entropy",
        Rate(rho * (sp.log(rho) - sp.log(alpha**2)) - rho, rho),
        sp.log(rho) - sp.log(alpha**2),
        "The left side is a derivative, that of the entropy relative to the start,",
        constants=(alpha,),
    )
    return Derivation(
        claim="gunasekar/commuting",
        title="Commuting sensors: the logarithm of the matrix",
        sources=("gunasekar2017",),
        symbols={
            "G": G,
            "Q": Q,
            "weights": weights,
            "U": U,
            "V": V,
            "g": g,
            "u": u,
            "s": s,
            "rho": rho,
            "alpha": alpha,
        },
        statement=(
            "Let both factors start at {alpha} times the identity and the sensors commute. At every time the "
            "eigenvalues of the product are the squares of those, {u}, of either factor, and, with {s} an eigenvalue "
            "of a combination of sensors,",
            Shown("whole"),
        ),
        hypotheses=(
            "Symmetric sensors that commute; the squared loss, or any other of what the sensors measure.",
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "By {eq:multiplier} the matrix with the eigenvalues {s} in the basis {Q} is a combination of the "
                "sensors, whatever the data; {eq:whole} is the logarithm of the product over the square of {alpha}. "
                "By {eq:entropy} this is the condition for the interpolator of least relative entropy among those "
                "with the same eigenvectors. Without the common basis nothing keeps the factor diagonal, see "
                "{see:gunasekar/conjecture}."
            ),
        ),
    )
