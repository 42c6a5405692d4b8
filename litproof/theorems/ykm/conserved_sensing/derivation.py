"""C4: balancedness in deep matrix sensing, for all shapes and depths."""

import sympy as sp

from litproof.derive.derivation import Body, Derivation, Shown
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.theorems.derivations import derivation
from litproof.theorems.shared.symbols import i, t
from litproof.theorems.ykm.conserved_balancedness.derivation import (
    COMMON,
    SYMBOLS,
    A,
    B,
    E,
    V,
    before,
    first,
    gram_entry,
    last,
    middle,
)


def derive() -> Derivation:
    """Deep matrix sensing."""
    body = Body()
    sensor, slope = sp.MatrixSymbol("A_i", first, last), sp.MatrixSymbol("P_i", before, middle)
    measured = body.define(
        "slope",
        slope,
        A.T * sensor * B.T * V.T,
        "One sensor {sensor} measures its inner product with the product of the factors. With",
    )
    body.prove_matrix(
        "output",
        sp.Trace(sensor.T * (A * E * V * B)),
        sp.Trace(slope.T * E),
        "a variation {E} of {W} changes the measurement by",
        using=(measured,),
    )
    network = MatrixSensing(2, 2)
    body.append(
        "The loss is a function of these measurements: its gradient {G} with respect to the product is the "
        "linear combination of the sensors {sensor} with the derivatives of the loss by the measurements as "
        "weights."
    )
    body.recall(
        "law",
        derivation("ykm/conserved-balancedness"),
        "law",
        "Nothing was asked of {G} in {see:ykm/conserved-balancedness}, where the flow of {W} and {V} was "
        "derived for any loss that depends on {product}. So",
    )
    body.prove_law(
        "instance",
        network,
        gram_entry(network, ((2, 2), (2, 2))),
        t,
        "As an instance, two factors of size two,",
    )
    return Derivation(
        claim="ykm/conserved-sensing",
        title="Balancedness in deep matrix sensing",
        sources=("gunasekar2017", "ykm"),
        symbols={**SYMBOLS, "sensor": sensor, "i": i},
        statement=(
            "Along the gradient flow of deep matrix sensing with any number of factors, any sensors and "
            "every differentiable loss, for every two neighbouring factors {W} and {V},",
            Shown("law"),
        ),
        hypotheses=COMMON,
        body=tuple(body),
    )
