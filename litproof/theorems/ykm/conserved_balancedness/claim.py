"""C3: balancedness of a fully connected network."""

from litproof.claims.hypotheses import FULLY_CONNECTED
from litproof.networks.fully_connected import FullyConnected
from litproof.theorems.shared.conserved_claims import (
    balancedness_quantities,
    law_claim,
    law_instances,
    neighbours,
)
from litproof.theorems.ykm import YKM

balancedness = law_claim(
    "ykm/conserved-balancedness",
    "conserved: W_l^T W_l - W_{l+1} W_{l+1}^T in a fully connected network",
    r"$W_l^T W_l - W_{l+1} W_{l+1}^T$ is constant for all $l < L$.",
    FULLY_CONNECTED,
    balancedness_quantities,
    law_instances(
        (
            (FullyConnected(3, (3,)), "fully connected, 3-3-1"),
            (FullyConnected(4, (2, 3)), "fully connected, 4-2-3-1"),
        ),
        lambda rng: (FullyConnected(3, (rng.randint(1, 3), rng.randint(2, 3))), "random widths"),
    ),
    neighbours(balancedness_quantities),
    source=f"Du, Hu, Lee 2018 (arXiv 1806.00900); Arora, Cohen, Hazan 2018 (arXiv 1802.06509); {YKM}",
)
