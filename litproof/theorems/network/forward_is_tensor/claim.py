"""The forward pass of a linear tensor network is the contraction of its data tensor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from litproof.claims.claim import claim
from litproof.claims.hypotheses import LAYERED
from litproof.claims.types import Comparison, Instance, Mutant
from litproof.networks.base import DataTensor, Layers, MultilinearNetwork, OdecoForm
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import KINDS, draw_network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.identities import verify_forward
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.problem import Problem
from litproof.results import Measurement, Prediction
from litproof.theorems.network.shared import (
    identity_comparison,
    instance_of_network,
    same_details,
    the_network,
)
from litproof.theorems.ykm import YKM


@dataclass(frozen=True)
class WithTensor:
    """A network whose data tensor is replaced by another one; everything else is its own."""

    network: MultilinearNetwork
    tensor: DataTensor

    @property
    def kind(self) -> str:
        """Of the network."""
        return self.network.kind

    @property
    def depth(self) -> int:
        """Of the network."""
        return self.network.depth

    @property
    def shapes(self) -> tuple[int, ...]:
        """Of the network."""
        return self.network.shapes

    @property
    def input_dim(self) -> int:
        """Of the network."""
        return self.network.input_dim

    def forward(self, x: Any, v: Layers) -> Any:
        """Of the network."""
        return self.network.forward(x, v)

    def coefficients(self, v: Layers) -> tuple[Any, ...]:
        """Of the network."""
        return self.network.coefficients(v)

    def data_tensor(self) -> DataTensor:
        """The replacement."""
        return self.tensor

    def odeco(self) -> OdecoForm | None:
        """Of the network."""
        return self.network.odeco()


def _compare_tensor(prediction: Prediction, measurement: Measurement, digits: int) -> Comparison:
    network, tensor = measurement.details["network"], prediction.details["tensor"]
    return identity_comparison(verify_forward(WithTensor(network, tensor)), digits)


def _tensor(
    entries: Mapping[tuple[int, ...], Fraction], network: MultilinearNetwork, digits: int
) -> Prediction:
    tensor = DataTensor(network.input_dim, network.shapes, dict(entries))
    return Prediction((), digits, "data tensor", {"tensor": tensor})


Entries = Mapping[tuple[int, ...], Fraction]


def _changed(
    change: Callable[[Entries, MultilinearNetwork], Entries | None],
) -> Callable[[Problem, int], Prediction | None]:
    def predict(problem: Problem, digits: int) -> Prediction | None:
        entries = change(problem.layered.data_tensor().entries, problem.layered)
        return None if entries is None else _tensor(entries, problem.layered, digits)

    return predict


def _shifted(entries: Entries, network: MultilinearNetwork) -> Entries:
    d = network.input_dim
    return {((z + 1) % d, *j): value for (z, *j), value in entries.items()}


def _first_entry_dropped(entries: Entries, network: MultilinearNetwork) -> Entries | None:
    return dict(sorted(entries.items())[1:]) if entries else None


def _sign_flipped(entries: Entries, network: MultilinearNetwork) -> Entries | None:
    last = max(entries, default=None)
    return None if last is None else {key: -value if key == last else value for key, value in entries.items()}


def _slots_swapped(entries: Entries, network: MultilinearNetwork) -> Entries | None:
    """The first two layers exchanged (where their sizes allow it)."""
    if network.depth < 2 or network.shapes[0] != network.shapes[1]:
        return None
    return {(z, j[1], j[0], *j[2:]): value for (z, *j), value in entries.items()}


def _instances(seed: int) -> tuple[Instance, ...]:
    rng = Random(f"forward {seed}")
    fixed = (
        instance_of_network(Diagonal(3, 4), "diagonal, L = 3, d = 4"),
        instance_of_network(Convolutional((2, 3, 4)), "convolutional, k = (2, 3, 4)"),
        instance_of_network(Convolutional((5, 5)), "convolutional, k = (5, 5)"),
        instance_of_network(FullyConnected(3, (2, 4)), "fully connected, 3-2-4-1"),
        instance_of_network(MatrixSensing(3, 2), "matrix sensing, L = 3, 2 x 2"),
    )
    return (*fixed, *(instance_of_network(draw_network(rng, kind), f"random {kind}", seed) for kind in KINDS))


@claim(
    id="network/forward-is-tensor",
    title="the forward pass of a linear tensor network is the contraction of its data tensor",
    source=f"{YKM}: tensor formulation of linear networks",
    statement=r"$f(x; v) = M(x) \circ (v_1, \dots, v_L) = x^T \beta(v)$, identically in $x$ and $v$.",
    hypotheses=(LAYERED,),
    instances=_instances,
    measure=the_network,
    compare=_compare_tensor,
    same=same_details,
    mutants=(
        Mutant("index of x shifted by one", predict=_changed(_shifted)),
        Mutant("one entry of M dropped", predict=_changed(_first_entry_dropped)),
        Mutant("sign of one entry of M", predict=_changed(_sign_flipped)),
        Mutant("slots 1 and 2 swapped", predict=_changed(_slots_swapped)),
    ),
)
def forward_is_tensor(problem: Problem, digits: int) -> Prediction:
    """The data tensor M as exact sparse entries."""
    return _tensor(problem.layered.data_tensor().entries, problem.layered, digits)
