"""C5: squares entry by entry, or autocorrelations of full-length filters."""

from litproof.claims.hypotheses import holds
from litproof.claims.types import Check, Hypothesis
from litproof.flow.conserved import (
    autocorrelation_laws,
    diagonal_laws,
)
from litproof.flow.polynomials import parameter_ring
from litproof.networks.base import Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.problem import Problem
from litproof.theorems.shared.conserved import (
    Laws,
)
from litproof.theorems.shared.conserved_claims import law_claim, law_instances, neighbours


def entry_quantities(network: Network) -> Laws:
    """C5."""
    parameters = parameter_ring(network)
    if isinstance(network, Diagonal):
        return Laws(parameters, tuple(diagonal_laws(network, parameters)))
    assert isinstance(network, Convolutional)
    return Laws(parameters, tuple(autocorrelation_laws(network, parameters)))


def _is_entrywise(problem: Problem) -> Check:
    network = problem.network
    if isinstance(network, Diagonal):
        return holds(True)
    full = isinstance(network, Convolutional) and set(network.shapes) == {network.input_dim}
    return holds(full, f"a {network.kind} network with layers of sizes {network.shapes}")


ENTRYWISE = Hypothesis("diagonal, or convolutional with filters of full length", _is_entrywise)


entrywise = law_claim(
    "ykm/conserved-diagonal-convolution",
    "conserved: squares entry by entry (diagonal), autocorrelations (full-length convolution)",
    r"""Diagonal: $v_{l,j}^2 - v_{k,j}^2$ is constant. Full-length convolution: the difference of the circular
    autocorrelations of $v_l$ and $v_k$ is constant, that is $|(F v_l)_j|^2 - |(F v_k)_j|^2$.""",
    ENTRYWISE,
    entry_quantities,
    law_instances(
        (
            (Diagonal(2, 4), "diagonal, L = 2, d = 4"),
            (Convolutional((4, 4)), "convolutional, k = (4, 4)"),
            (Convolutional((3, 3, 3)), "convolutional, k = (3, 3, 3)"),
        ),
        lambda rng: (Convolutional((5, 5)), "random, convolutional, k = (5, 5)"),
    ),
    neighbours(entry_quantities),
)
