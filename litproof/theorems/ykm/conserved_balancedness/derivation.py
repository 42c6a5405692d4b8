"""C3 and C4: balancedness of neighbouring matrices, for all shapes and depths."""

import sympy as sp

from litproof.derive.derivation import Body, Derivation, Part, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.stated import define, restate
from litproof.derive.steps import prove_matrix
from litproof.flow.polynomials import Polynomial, parameter_ring
from litproof.networks.base import Network
from litproof.networks.fully_connected import FullyConnected
from litproof.theorems.shared.symbols import L, l, t

first, before, middle, after, last = sp.symbols("d_0 a b c d_L", integer=True, positive=True)
A, B = sp.MatrixSymbol("A", first, before), sp.MatrixSymbol("B", after, last)
W, V = sp.MatrixSymbol("W_l", before, middle), sp.MatrixSymbol("W_l+1", middle, after)
E, D = sp.MatrixSymbol("E", before, middle), sp.MatrixSymbol("D", middle, after)
G = sp.MatrixSymbol("G", first, last)
P, R = sp.MatrixSymbol("P_l", before, middle), sp.MatrixSymbol("P_l+1", middle, after)
SYMBOLS = {
    "A": A,
    "B": B,
    "W": W,
    "V": V,
    "E": E,
    "D": D,
    "G": G,
    "P": P,
    "R": R,
    "L": L,
    "l": l,
    "product": A * W * V * B,
}


def steps() -> tuple[Part, ...]:
    """Gradients by variation, the flow, and the law."""
    slopes = (
        define("slope", P, A.T * G * B.T * V.T, "Put"),
        define("slope-next", R, W.T * A.T * G * B.T, "and"),
    )
    left = prove_matrix(
        "left-variation",
        sp.Trace(G.T * (A * E * V * B)),
        sp.Trace(P.T * E),
        "A variation {E} of {W} changes the loss, to first order, by the inner product of {G} with the "
        "change of the product, and this is the inner product of {P} with {E},",
        using=slopes[:1],
    )
    right = prove_matrix(
        "right-variation",
        sp.Trace(G.T * (A * W * D * B)),
        sp.Trace(R.T * D),
        "while a variation {D} of {V} changes it by the inner product of {R} with {D}:",
        using=slopes[1:],
    )
    flow = restate(
        "flow",
        MatrixRate(W, t),
        -(A.T * G * B.T * V.T),
        "So {P} and {R} are the gradients, and the flow is",
        of=(slopes[0], left),
        how="minus the gradient",
    )
    flow_next = restate(
        "flow-next",
        MatrixRate(V, t),
        -(W.T * A.T * G * B.T),
        "and",
        of=(slopes[1], right),
        how="minus the gradient",
    )
    sides = tuple(
        prove_matrix(
            name,
            MatrixRate(matrix, t),
            -(V * B * G.T * A * W) - (W.T * A.T * G * B.T * V.T),
            reason,
            using=(flow, flow_next),
            algebra=Algebra(constants=frozenset({A, B, G})),
        )
        for name, matrix, reason in (
            ("left-gram", W.T * W, "Both products have the same rate: on the left,"),
            ("right-gram", V * V.T, "and on the right,"),
        )
    )
    law = prove_matrix(
        "law",
        MatrixRate(W.T * W - V * V.T, t),
        sp.ZeroMatrix(middle, middle),
        "Hence",
        using=(flow, flow_next),
        algebra=Algebra(constants=frozenset({A, B, G})),
    )
    return (*slopes, left, right, flow, flow_next, *sides, law)


def gram_entry(network: Network, shapes: tuple[tuple[int, int], tuple[int, int]]) -> tuple[str, Polynomial]:
    """Entry (1, 2) of W_1^T W_1 - W_2 W_2^T on a network whose first two layers have these shapes."""
    (rows, inner), (_, columns) = shapes
    ring = parameter_ring(network)
    one, two = ring.layers[:2]
    left = sum((one[a * inner] * one[a * inner + 1] for a in range(rows)), ring.zero)
    right = sum((two[a] * two[columns + a] for a in range(columns)), ring.zero)
    return "W1^T W1 - W2 W2^T [1,2]", left - right


COMMON = (
    "Let {A} be the product of the matrices before {W}, and {B} that of the matrices after {V}, the identity "
    "when there are none. The loss depends on the product {product}; {G} is its gradient with respect to "
    "this product.",
)


def derive() -> Derivation:
    """Fully connected networks."""
    body = Body()
    network = FullyConnected(3, (2,))
    body.extend(steps())
    body.prove_law(
        "instance",
        network,
        gram_entry(network, ((3, 2), (2, 1))),
        t,
        "As an instance, the off-diagonal entry for three inputs and two hidden units,",
    )
    return Derivation(
        claim="ykm/conserved-balancedness",
        title="Balancedness of fully connected networks",
        sources=("arora-cohen-hazan", "du-hu-lee", "ykm"),
        symbols=SYMBOLS,
        statement=(
            "Along the gradient flow of a fully connected linear network of any depth and any widths, for "
            "every data set and differentiable loss, and for every two neighbouring layers {W} and {V},",
            Shown("law"),
        ),
        hypotheses=COMMON,
        body=tuple(body),
        conclusion=(
            "All sizes are symbols, and only the place of the two neighbours in the product enters: the law "
            "holds for every depth, with a last layer of one column included.",
        ),
    )
