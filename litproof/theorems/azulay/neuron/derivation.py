"""Azulay et al., Theorem 6.1: what the gradient of the potential of one neuron is."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

a, h = sp.symbols("a h", real=True)
w = sp.symbols("w_1 w_2", real=True)
g = sp.symbols("g_1 g_2", real=True)
square = w[0] ** 2 + w[1] ** 2


def derive() -> Derivation:
    """The derivation, for two inputs; more are alike."""
    return along_flow(
        "azulay/neuron",
        "One linear neuron",
        ("azulay",),
        loss=a * (w[0] * g[0] + w[1] * g[1]),
        parameters=(*w, a),
        setting="With {g_1} and {g_2} for the entries of the gradient by the coefficients, the loss to first order is",
        facts=(
            (
                "law",
                Rate(a**2 - square, t),
                sp.S.Zero,
                "The number {law_of} is kept; let {h} be its half. Then",
            ),
            (
                "square",
                (square + 2 * h) * square + h**2,
                (square + h) ** 2,
                "the square of the length of the coefficients and of {h} add up to a square,",
            ),
        ),
        shown="square",
        statement="For one linear neuron with the weights {w_1} and {w_2}, and with {h} for half of the number that "
        "the flow keeps, the squares of the coefficients and of {h} add up to a square, so that the length of the "
        "weights is a function of the coefficients alone:",
        hypotheses=("The number {a} keeps its sign, here positive.",),
        conclusion="By {eq:square} the root of the sum of both squares is the square of the length of the weights plus "
        "{h}, so that its excess over {h} is the square of that length: the gradient of the potential is the weights "
        "themselves, less those of the start, as long as coefficients and weights point the same way. Their motion "
        "{eq:flow-1} is {a} times a vector of the row space.",
        symbols={"h": h, "law_of": a**2 - square, "g_1": g[0], "g_2": g[1]},
        constants=(h, *g),
    )
