"""What f(x; theta) is: one module a network kind, each with forward pass, data tensor and odeco form."""

from importlib import import_module
from typing import Any

_PUBLIC = {
    "Network": "base",
    "MultilinearNetwork": "base",
    "DataTensor": "base",
    "OdecoForm": "base",
    "Diagonal": "diagonal",
    "Convolutional": "convolutional",
    "FullyConnected": "fully_connected",
    "Odeco": "odeco",
    "TensorNetwork": "tensor",
    "MatrixSensing": "matrix_sensing",
    "PolynomialNetwork": "polynomial",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
