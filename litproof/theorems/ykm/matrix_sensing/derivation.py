"""R8: deep matrix sensing with commuting sensors is a diagonal network on eigenvalues."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra
from litproof.derive.stated import ansatz, argue, assume
from litproof.theorems.shared.symbols import L, alpha, i, j, l

k = sp.Symbol("k", integer=True, positive=True)
Q = sp.MatrixSymbol("Q", k, k)
before, after, own, weights = (sp.MatrixSymbol(name, k, k) for name in ("D_A", "D_B", "D_l", "Lambda"))
sensor, product = sp.MatrixSymbol("Lambda_i", k, k), sp.MatrixSymbol("D_rho", k, k)
A, B, G, W, P, E = (sp.MatrixSymbol(name, k, k) for name in ("A", "B", "G", "W_l", "P", "E"))
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
        ansatz(
            "before",
            A,
            Q * before * Q.T,
            "Suppose that the product {A} of the factors before {W} is diagonal in this basis,",
        ),
        ansatz("after", B, Q * after * Q.T, "and that the product {B} of those after it is,"),
        argue(
            "slope",
            G,
            Q * weights * Q.T,
            "The gradient {G} with respect to the whole product is a combination of sensors. With a diagonal "
            "matrix {weights}",
            how="sensors are diagonal in this basis, and so are their combinations",
        ),
    )
    body.extend(shapes)
    gradient = body.define("gradient", P, A.T * G * B.T, "Put")
    body.prove_matrix(
        "variation",
        sp.Trace(G.T * (A * E * B)),
        sp.Trace(P.T * E),
        "A variation {E} of {W} changes the loss, to first order, by the inner product with this, which is "
        "the gradient,",
        using=(gradient,),
    )
    body.prove_matrix(
        "flow",
        P,
        Q * (before * weights * after) * Q.T,
        "and it is diagonal in this basis as well:",
        using=(gradient, *shapes),
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
            "weights": weights,
            "E": E,
            "product": product,
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
            "deep matrix sensing is a diagonal network on the eigenvalues: with {Q} that basis, {sensor} the "
            "eigenvalues of a sensor and {product} those of the product of all factors, as diagonal "
            "matrices, the sensor measures",
            Shown("measured"),
            "and the theorem of {see:ykm/regression-limit} holds for the eigenvalues {rho} of the product. For "
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
                "Products of matrices that are diagonal in the basis {Q} are so too. Matrices diagonal in it "
                "form a linear space that the flow does not leave, by {eq:flow}, and on it the eigenvalues "
                "move as the entries of a diagonal network. With equal initial shapes the weights in the "
                "limit of small {alpha}, see {see:ykm/regression-scales}, are all equal, so the sum of "
                "absolute eigenvalues is minimised, which by {eq:square} is the nuclear norm."
            ),
        ),
    )
