"""What f(x; theta) is: one module a network kind, each with forward pass, data tensor and odeco form."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litproof.networks.base import DataTensor, MultilinearNetwork, Network, OdecoForm
    from litproof.networks.convolutional import Convolutional
    from litproof.networks.diagonal import Diagonal
    from litproof.networks.fully_connected import FullyConnected
    from litproof.networks.matrix_sensing import MatrixSensing
    from litproof.networks.odeco import Odeco
    from litproof.networks.polynomial import PolynomialNetwork
    from litproof.networks.tensor import TensorNetwork

_HOME = {
    "Convolutional": "convolutional",
    "DataTensor": "base",
    "Diagonal": "diagonal",
    "FullyConnected": "fully_connected",
    "MatrixSensing": "matrix_sensing",
    "MultilinearNetwork": "base",
    "Network": "base",
    "Odeco": "odeco",
    "OdecoForm": "base",
    "PolynomialNetwork": "polynomial",
    "TensorNetwork": "tensor",
}

__all__ = [
    "Convolutional",
    "DataTensor",
    "Diagonal",
    "FullyConnected",
    "MatrixSensing",
    "MultilinearNetwork",
    "Network",
    "Odeco",
    "OdecoForm",
    "PolynomialNetwork",
    "TensorNetwork",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
