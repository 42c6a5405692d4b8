"""What f(x; theta) is: one module a network kind, each with forward pass, data tensor and odeco form."""

from typing import TYPE_CHECKING

from litproof.lazy_names import lazy_names

if TYPE_CHECKING:
    from litproof.networks.base import (
        DataTensor as DataTensor,
        MultilinearNetwork as MultilinearNetwork,
        Network as Network,
        OdecoForm as OdecoForm,
    )
    from litproof.networks.convolutional import Convolutional as Convolutional
    from litproof.networks.diagonal import Diagonal as Diagonal
    from litproof.networks.fully_connected import FullyConnected as FullyConnected
    from litproof.networks.matrix_sensing import MatrixSensing as MatrixSensing
    from litproof.networks.odeco import Odeco as Odeco
    from litproof.networks.polynomial import (
        FormulaNetwork as FormulaNetwork,
        PolynomialNetwork as PolynomialNetwork,
    )
    from litproof.networks.tensor import TensorNetwork as TensorNetwork

_HOME = {
    "Convolutional": "convolutional",
    "DataTensor": "base",
    "Diagonal": "diagonal",
    "FormulaNetwork": "polynomial",
    "FullyConnected": "fully_connected",
    "MatrixSensing": "matrix_sensing",
    "MultilinearNetwork": "base",
    "Network": "base",
    "Odeco": "odeco",
    "OdecoForm": "base",
    "PolynomialNetwork": "polynomial",
    "TensorNetwork": "tensor",
}

__all__ = list(_HOME)

if not TYPE_CHECKING:  # a type checker must see unknown names as errors
    __getattr__, __dir__ = lazy_names(__name__, _HOME)
