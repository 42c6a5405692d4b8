"""Networks beyond one linear output, described by their sizes alone (for finding conserved quantities)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FullyConnectedSpec:
    """W_1 ... W_L with d_L = outputs, W_l of shape d_{l-1} x d_l.

    Attributes
    ----------
    input_dim : d = d_0.
    widths : (d_1, ..., d_{L-1}).
    outputs : c = d_L.
    """

    input_dim: int
    widths: tuple[int, ...]
    outputs: int


@dataclass(frozen=True)
class ReluSpec:
    """A ReLU network with the same matrices; with `bias` also a bias vector of length d_l in each layer."""

    input_dim: int
    widths: tuple[int, ...]
    outputs: int
    bias: bool
