"""R8: deep matrix sensing with commuting sensors is a diagonal network on eigenvalues."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra
from litproof.derive.steps import assume, define
from litproof.theorems.shared.symbols import L, alpha, i, j, l

k = sp.Symbol("k", integer=True, positive=True)
Q = sp.MatrixSymbol("Q", k, k)
before, after, own, weights = (sp.MatrixSymbol(name, k, k) for name in ("D_A", "D_B", "D_l", "Lambda"))
sensor, product = sp.MatrixSymbol("Lambda_i", k, k), sp.MatrixSymbol("D_rho", k, k)
A, B, G, W = (sp.MatrixSymbol(name, k, k) for name in ("A", "B", "G", "W_l"))
ALGEBRA = Algebra(
    symmetric=frozenset({before, after, own, weights, sensor, product}),
    identities=((Q.T * Q, sp.Identity(k)), (Q * Q.T, sp.Identity(k))),
)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    orthogonal = assume(
        "orthogonal",
        Q.T * Q,
        sp.Identity(k),
        "Commuting symmetric sensors have a common orthonormal basis of eigenvectors {Q},",
    )
    shapes = (
        define(
            "before",
            A,
            Q * before * Q.T,
            "Suppose that the product {A} of the factors before {W} is diagonal in this basis,",
        ),
        define("after", B, Q * after * Q.T, "that the product {B} of those after it is,"),
        define(
            "slope",
            G,
            Q * weights * Q.T,
            "and note that the gradient {G} with respect to the whole product, a combination of sensors, is:",
        ),
    )
    body.extend(shapes)
    body.prove_matrix(
        "flow",
        -(A.T * G * B.T),
        -(Q * (before * weights * after) * Q.T),
        "The flow of {W} then is diagonal in this basis as well,",
        using=shapes,
        algebra=ALGEBRA,
    )
    body.prove_matrix(
        "measured",
        sp.Trace((Q * sensor * Q.T).T * (Q * product * Q.T)),
        sp.Trace(sensor * product),
        "With the product of all factors diagonal, with eigenvalues {rho}, a sensor measures",
        algebra=ALGEBRA,
    )
    body.prove_matrix(
        "square",
        (Q * product * Q.T).T * (Q * product * Q.T),
        Q * (product * product) * Q.T,
        "The singular values of the product are the absolute values of its eigenvalues, since",
        algebra=ALGEBRA,
    )
    return Derivation(
        claim="ykm/matrix-sensing",
        title="Deep matrix sensing with commuting sensors",
        sources=("ykm", "gunasekar2017"),
        symbols={
            "Q": Q,
            "A": A,
            "B": B,
            "W": W,
            "G": G,
            "rho": sp.IndexedBase("rho", real=True)[j],
            "alpha": alpha,
            "i": i,
            "l": l,
            "L": L,
            "sensor": sensor,
            "j": j,
        },
        statement=(
            "When the sensors commute and all factors start diagonal in their common basis of eigenvectors, "
            "deep matrix sensing is a diagonal network on the eigenvalues: the sensors act through their "
            "eigenvalues,",
            Shown("measured"),
            "and the limit theorem of deep regression holds for the eigenvalues {rho} of the product. For "
            "factors that start from {alpha} times the identity, but for the last, which starts from zero, "
            "the limit of small {alpha} has the least nuclear norm among the interpolators that share the "
            "eigenvectors.",
        ),
        hypotheses=(
            "Symmetric sensors that commute; diagonal matrices commute with each other {cite:ykm}.",
            orthogonal,
        ),
        body=tuple(body),
        conclusion=(
            Argument(
                "Matrices diagonal in the basis {Q} form a linear space that the flow does not leave, by "
                "{eq:flow}, and on it the eigenvalues move as the entries of a diagonal network. With equal "
                "initial shapes the weights in the limit of small {alpha} are all equal, so the sum of "
                "absolute eigenvalues is minimised, which by {eq:square} is the nuclear norm."
            ),
        ),
    )
