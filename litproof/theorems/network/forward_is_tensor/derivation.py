"""N1: a function that is linear in the input and in every layer is the contraction of a tensor."""

import sympy as sp

from litproof.derive.derivation import Argument, Body, Derivation, Shown
from litproof.derive.matrix_words import Algebra
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.identities import verify_forward
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.theorems.shared.symbols import L, beta, d, m, n

x = sp.MatrixSymbol("x", d, 1)
W, E = sp.MatrixSymbol("W", d, m), sp.MatrixSymbol("E", d, m)
V, w = sp.MatrixSymbol("V", m, n), sp.MatrixSymbol("w", n, 1)
a, b = sp.symbols("a b", real=True)
output = sp.Symbol(r"f(x; v_1, \dots, v_L)")
contraction = sp.Symbol(r"M(x) \circ (v_1, \dots, v_L)")
KINDS = (
    lambda depth: Diagonal(depth, 3),
    lambda depth: Convolutional((2,) * (depth - 1) + (3,)),
    lambda depth: FullyConnected(2, (2,) * (depth - 1)),
    lambda depth: MatrixSensing(depth, 2),
)


def derive() -> Derivation:
    """The derivation."""
    body = Body()
    body.prove_matrix(
        "linear",
        x.T * (a * W + b * E) * V * w,
        a * (x.T * W * V * w) + b * (x.T * E * V * w),
        "Take layers that are fully connected. With all other layers fixed, the output is linear in each of them; "
        "in the first, for two matrices {W} and {E} and numbers {a} and {b},",
        algebra=Algebra(),
    )
    body.prove_matrix(
        "input",
        sp.Trace(x.T * W * V * w),
        sp.Trace((W * V * w).T * x),
        "and it is linear in the input {x}, the factor being the coefficients,",
    )
    body.prove_instances(
        "tensor",
        output,
        contraction,
        "For the four kinds of networks, entry by entry, convolutional, fully connected and of square matrices, both "
        "sides are compared as polynomials in all entries of the input and of the layers,",
        decide=lambda depth: all(report.holds for make in KINDS for report in verify_forward(make(depth))),
        values=(1, 2, 3, 4),
        check="equal as polynomials over the rationals, depths",
    )
    return Derivation(
        claim="network/forward-is-tensor",
        title="The forward pass is a contraction of the data tensor",
        sources=("ykm",),
        symbols={"x": x, "W": W, "E": E, "a": a, "V": V, "w": w, "b": b, "beta": beta, "L": L},
        statement=(
            "Let the output be linear in the input and in each of the {L} layers. It is the contraction of a tensor, "
            "linear in the input, with the layers. For fully connected layers {W}, {V} and {w} and the input {x} the "
            "coefficients are the factor before {x} on the right of",
            Shown("input"),
        ),
        hypotheses=("Layers are vectors of their entries; the tensor has one index for every layer.",),
        body=tuple(body),
        conclusion=(
            Argument(
                "A function that is linear in each argument, as {eq:linear} says, is determined by its values at unit "
                "vectors: written as a sum over the entries of all layers, its factors are the entries of the tensor, "
                "and each is linear in the input. Which entries differ from zero is what the kinds of networks "
                "differ in."
            ),
        ),
    )
