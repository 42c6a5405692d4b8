"""C2: differences of squared norms of the layers."""

from random import Random

from litproof.flow.conserved import (
    norm_laws,
)
from litproof.flow.polynomials import parameter_ring
from litproof.networks.base import MultilinearNetwork
from litproof.networks.convolutional import Convolutional
from litproof.networks.draw import draw_tensor_network
from litproof.networks.fully_connected import FullyConnected
from litproof.theorems.shared.conserved import (
    Laws,
)
from litproof.theorems.shared.conserved_claims import law_claim, law_instances


def norm_quantities(network: MultilinearNetwork) -> Laws:
    """C2."""
    parameters = parameter_ring(network)
    return Laws(parameters, tuple(norm_laws(network, parameters)))


norms = law_claim(
    "ykm/conserved-norms",
    "conserved: ||v_l||^2 - ||v_k||^2 in any linear tensor network",
    r"$\|v_l\|^2 - \|v_k\|^2$ is constant for all $l$, $k$.",
    None,
    norm_quantities,
    law_instances(
        (
            (Convolutional((2, 3, 4)), "convolutional, k = (2, 3, 4)"),
            (FullyConnected(3, (2, 2)), "fully connected, 3-2-2-1"),
            (draw_tensor_network(Random(1), 2), "tensor, L = 2"),
        ),
        lambda rng: (draw_tensor_network(rng, 3), "random tensor, L = 3"),
    ),
)
