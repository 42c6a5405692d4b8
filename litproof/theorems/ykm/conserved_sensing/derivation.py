"""C4: balancedness in deep matrix sensing, for all shapes and depths."""

import sympy as sp

from litproof.derive.derivation import Body, Derivation, Shown
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.theorems.shared.symbols import i, t
from litproof.theorems.ykm.conserved_balancedness.derivation import (
    COMMON,
    SYMBOLS,
    A,
    B,
    E,
    V,
    first,
    gram_entry,
    last,
    steps,
)


def derive() -> Derivation:
    """Deep matrix sensing."""
    body = Body()
    sensor = sp.MatrixSymbol("A_i", first, last)
    body.prove_matrix(
        "output",
        sp.Trace(sensor.T * (A * E * V * B)),
        sp.Trace((A.T * sensor * B.T * V.T).T * E),
        "One sensor {sensor} measures its inner product with the product of the factors. Under a variation "
        "{E} of {W} the measurement changes by",
    )
    network = MatrixSensing(2, 2)
    body.append(
        "so the gradient {G} with respect to the product is the linear combination of the sensors "
        "{sensor} with the derivatives of the loss as weights. Nothing else about {G} is used."
    )
    body.extend(steps())
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
