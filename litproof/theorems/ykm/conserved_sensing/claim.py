"""C4: balancedness in deep matrix sensing."""

from litproof.claims.hypotheses import MATRIX_SENSING
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.theorems.shared.conserved_claims import (
    balancedness_quantities,
    law_claim,
    law_instances,
    neighbours,
)

sensing = law_claim(
    "ykm/conserved-sensing",
    "conserved: W_l^T W_l - W_{l+1} W_{l+1}^T in deep matrix sensing",
    r"$W_l^T W_l - W_{l+1} W_{l+1}^T$ is constant for all $l < L$, for any sensors $A_i$.",
    MATRIX_SENSING,
    balancedness_quantities,
    law_instances(
        (
            (MatrixSensing(2, 2), "matrix sensing, L = 2, 2 x 2"),
            (MatrixSensing(3, 2), "matrix sensing, L = 3, 2 x 2"),
        ),
        lambda rng: (MatrixSensing(2, 3), "random sensors, L = 2, 3 x 3"),
    ),
    neighbours(balancedness_quantities),
)
