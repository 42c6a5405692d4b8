"""The [network] table: from keys to a network, given the number of inputs that the data says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from litproof.errors import InputError
from litproof.networks.base import DataTensor, Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.odeco import Odeco
from litproof.networks.polynomial import PolynomialNetwork, network_of_formulas
from litproof.networks.specs import FullyConnectedSpec, ReluSpec
from litproof.networks.tensor import TensorNetwork
from litproof.problem_file.values import (
    Node,
    array,
    boolean,
    choice,
    gaussian,
    listed,
    missing,
    nodes,
    rational,
    shown,
    size,
    sizes,
    table,
    texts,
)

Architecture = Network | FullyConnectedSpec | ReluSpec

_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "diagonal": (("depth",), ()),
    "convolutional": (("filter-sizes",), ("depth",)),
    "fully-connected": ((), ("widths", "depth")),
    "odeco": (("S", "U"), ("depth",)),
    "tensor": (("tensor",), ("depth",)),
    "matrix-sensing": (("depth",), ()),
    "polynomial": (("parameters", "beta"), ("outputs",)),
    "formula": (("parameters", "beta"), ("outputs",)),
    "relu": ((), ("widths", "depth", "outputs", "bias")),
}
"""Required and optional keys of each kind, besides `kind` and `input-dim`."""

KINDS = tuple(kind for kind in _KEYS if kind != "relu")
"""Kinds of networks that every command knows."""


def read_kind(node: Node, *, conserved: bool) -> str:
    """The kind; `relu` is known only where conserved quantities are asked for."""
    table(node, ("kind",), tuple(node.value) if isinstance(node.value, Mapping) else ())
    kind = node.child("kind")
    if kind.value == "relu" and not conserved:
        raise kind.error(f"expected {listed(KINDS)}; 'relu' is known to `litproof conserved` only")
    return choice(kind, (*KINDS, "relu") if conserved else KINDS)


def read_architecture(node: Node, kind: str, inputs: int | None, *, conserved: bool) -> Architecture:
    """The network of a checked kind.

    `inputs` is the number d of inputs in the data (matrix sensing: k for k x k sensors), None without data;
    then `input-dim` gives it where the other keys do not.
    """
    required, optional = _KEYS[kind]
    if kind == "fully-connected" and conserved:
        optional = (*optional, "outputs")
    table(node, ("kind", *required), ("input-dim", *optional))
    try:
        return _BUILDERS[kind](node, inputs)
    except InputError as error:
        raise InputError(error.message, key=error.key, source=node.source) from None


def _diagonal(node: Node, inputs: int | None) -> Diagonal:
    return Diagonal(size(node.child("depth")), _input_dim(node, inputs, None))


def _convolutional(node: Node, inputs: int | None) -> Convolutional:
    network = Convolutional(sizes(node.child("filter-sizes")))
    _agree_on_depth(node, network.depth, "the number of filter sizes")
    _input_dim(node, inputs, network.input_dim, "the last filter size")
    return network


def _fully_connected(node: Node, inputs: int | None) -> FullyConnected | FullyConnectedSpec:
    widths = _widths(node)
    dim = _input_dim(node, inputs, None)
    outputs = size(node.child("outputs")) if "outputs" in node.value else 1
    return FullyConnected(dim, widths) if outputs == 1 else FullyConnectedSpec(dim, widths, outputs)


def _relu(node: Node, inputs: int | None) -> ReluSpec:
    outputs = size(node.child("outputs")) if "outputs" in node.value else 1
    bias = boolean(node.child("bias")) if "bias" in node.value else False
    return ReluSpec(_input_dim(node, inputs, None), _widths(node), outputs, bias)


def _odeco(node: Node, inputs: int | None) -> Odeco:
    _, S = array(node.child("S"), 2, gaussian)
    U = []
    for layer, item in enumerate(nodes(node.child("U"), "a list of matrices U_1, ..., U_L"), 1):

        def entry(cell: Node, place: str, layer: int = layer) -> Any:
            return gaussian(cell, f"U_{layer}, {place}")

        U.append(array(item, 2, entry)[1])
    _agree_on_depth(node, len(U), "the number of matrices in U")
    network = Odeco(S, tuple(U))
    _input_dim(node, inputs, network.input_dim, "the number of columns of S")
    return network


def _tensor(node: Node, inputs: int | None) -> TensorNetwork:
    tensor = node.child("tensor")
    dimensions, probe = 0, tensor.value
    while isinstance(probe, list | tuple) and dimensions < 64:
        dimensions, probe = dimensions + 1, probe[0] if probe else None
    shape, entries = array(tensor, max(dimensions, 2), rational)
    _agree_on_depth(node, len(shape) - 1, "the nesting of the tensor less one")
    network = TensorNetwork(DataTensor(shape[0], shape[1:], dict(_sparse(entries, ()))))
    _input_dim(node, inputs, shape[0], "the length of the tensor")
    return network


def _matrix_sensing(node: Node, inputs: int | None) -> MatrixSensing:
    return MatrixSensing(size(node.child("depth")), _input_dim(node, inputs, None))


def _polynomial(node: Node, inputs: int | None) -> PolynomialNetwork:
    parts = _formulas(node, inputs)
    try:
        return PolynomialNetwork.of(*parts, source=node.source)
    except InputError as error:
        try:
            network_of_formulas(*parts)
        except InputError:
            raise error from None
        hint = '; kind = "formula" allows divisions, roots and functions'
        raise InputError(f"{error.message}{hint}", key=error.key) from None


def _formula(node: Node, inputs: int | None) -> PolynomialNetwork:
    return network_of_formulas(*_formulas(node, inputs), source=node.source)


def _formulas(node: Node, inputs: int | None) -> tuple[tuple[str, ...], tuple[str, ...], int, int]:
    dim = _input_dim(node, inputs, None)
    outputs = size(node.child("outputs")) if "outputs" in node.value else 1
    parameters = texts(node.child("parameters"), 'parameters such as "u[3]" or "W[3,2]"')
    return parameters, texts(node.child("beta"), "formulas"), dim, outputs


_BUILDERS: dict[str, Callable[[Node, int | None], Architecture]] = {
    "diagonal": _diagonal,
    "convolutional": _convolutional,
    "fully-connected": _fully_connected,
    "odeco": _odeco,
    "tensor": _tensor,
    "matrix-sensing": _matrix_sensing,
    "polynomial": _polynomial,
    "formula": _formula,
    "relu": _relu,
}


def _sparse(entries: Any, index: tuple[int, ...]) -> list[tuple[tuple[int, ...], Fraction]]:
    if isinstance(entries, Fraction):
        return [(index, entries)] if entries else []
    return [pair for i, inner in enumerate(entries) for pair in _sparse(inner, (*index, i))]


def _widths(node: Node) -> tuple[int, ...]:
    """(d_1, ..., d_{L-1}); may be left out for depth 1."""
    if "widths" not in node.value:
        if "depth" not in node.value or size(node.child("depth")) > 1:
            raise missing(node, "widths", "expected a list of layer widths")
        return ()
    widths = sizes(node.child("widths"))
    _agree_on_depth(node, len(widths) + 1, "one more than the number of widths")
    return widths


def _agree_on_depth(node: Node, depth: int, reason: str) -> None:
    if "depth" in node.value:
        declared = node.child("depth")
        if size(declared) != depth:
            raise declared.error(f"expected {depth} ({reason}), got {shown(declared.value)}")


def _input_dim(node: Node, inputs: int | None, own: int | None, reason: str = "") -> int:
    """The number of inputs on which the network's own keys, `input-dim` and the data must agree."""
    if "input-dim" in node.value:
        declared = node.child("input-dim")
        stated = size(declared)
        if own is not None and stated != own:
            raise declared.error(f"expected {own} ({reason}), got {stated}")
        if inputs is not None and stated != inputs:
            raise declared.error(f"expected {inputs} (as in the data), got {stated}")
        own = stated
    if own is not None and inputs is not None and own != inputs:
        raise Node(None, "data.X", node.source).error(
            f"expected rows of {own} entries ({reason}), got {inputs}"
        )
    if own is None and inputs is None:
        raise missing(node, "input-dim", "expected the number of inputs, as there is no [data]")
    return own if own is not None else inputs  # type: ignore[return-value]
