"""Kunin et al.: the cosine between a balanced neuron and its target."""

import sympy as sp

from litproof.derive.derivation import Derivation
from litproof.derive.notation import Rate
from litproof.theorems.shared.along_flow import along_flow
from litproof.theorems.shared.symbols import t

a, w, z, y = sp.symbols("a w z y", positive=True)


def derive() -> Derivation:
    """The derivation, in the plane of the target: w along it, z across."""
    square = w**2 + z**2
    cosine = w / sp.sqrt(square)
    return along_flow(
        "kunin/alignment",
        "The angle of a balanced neuron",
        ("kunin",),
        loss=((a * w - y) ** 2 + (a * z) ** 2) / 2,
        parameters=(w, z, a),
        setting="In the plane of the neuron and of the target, of length {y}, with {w} along the target and {z} "
        "across, the loss on whitened data is",
        facts=(
            ("law", Rate(a**2 - square, t), sp.S.Zero, "Balance is kept,"),
            (
                "turn",
                Rate(cosine, t),
                a * y / sp.sqrt(square) * (1 - cosine**2),
                "and the cosine {cosine} moves by",
            ),
        ),
        shown="turn",
        statement="The cosine between a neuron, {w} along a target of length {y} and {z} across, with the outer weight "
        "{a}, and the target moves by",
        hypotheses=(
            "The neuron is balanced: the square of {a} is that of the length of the rest, and {a} is positive.",
        ),
        conclusion="By {eq:law} the factor {ratio} is one for balanced starts, and {eq:turn} is the equation of the "
        "hyperbolic tangent, run through at the speed {y}. The flow never leaves the plane.",
        symbols={"y": y, "cosine": cosine, "ratio": a / sp.sqrt(square)},
        constants=(y,),
    )
