"""The table [field]: vector fields given by formulas, for `litproof conserved`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litproof.errors import InputError
from litproof.networks.base import Layers
from litproof.networks.polynomial import FormulaNetwork, Parameter, read_parameter
from litproof.problem_file.values import Node, nodes, table, texts


@dataclass(frozen=True)
class FieldFile:
    """theta' = f_0 + sum_c g_c(t) f_c with any functions g_c.

    Attributes
    ----------
    parameters : names and shapes.
    drift : f_0, one network a parameter whose beta is its rate; () for none. controls : f_1, f_2, .., likewise.
    """

    parameters: tuple[Parameter, ...]
    drift: tuple[FormulaNetwork, ...]
    controls: tuple[tuple[FormulaNetwork, ...], ...]
    source: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """u[1], W[1,2], .."""
        some = (*self.drift, *(part for field in self.controls for part in field))
        return tuple(name for layer in some[0].parameter_names for name in layer)


def values_of(field: Sequence[FormulaNetwork], v: Layers) -> list[Any]:
    """The entries of a field at v, over any ring."""
    return [entry for part in field for entry in part.coefficients(v)]


def read_field(root: Node) -> FieldFile:
    """The fields of a file whose only tables are `schema` and [field].

    `parameters` as for networks; `rates`: one formula a parameter, with its shape or in the free letters j (and c);
    `controls`: lists of such formulas. Raises InputError with key and position.
    """
    node = table(root.child("field"), ("parameters",), ("rates", "controls"))
    declared = texts(node.child("parameters"), 'parameters such as "u[3]" or "W[3,2]"')
    parameters = tuple(read_parameter(text, "field.parameters", root.source) for text in declared)
    names = [parameter.name for parameter in parameters]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise node.child("parameters").error(f"the name {twice!r} is given twice")
    drift = _field(node.child("rates"), parameters) if "rates" in node.value else ()
    controls = []
    if "controls" in node.value:
        controls = [
            _field(item, parameters) for item in nodes(node.child("controls"), "a list of lists of formulas")
        ]
    if not drift and not controls:
        raise node.error("expected the key 'rates', 'controls', or both")
    return FieldFile(parameters, drift, tuple(controls), root.source)


def _field(node: Node, parameters: tuple[Parameter, ...]) -> tuple[FormulaNetwork, ...]:
    formulas = texts(node, "formulas, one for each parameter")
    if len(formulas) != len(parameters):
        names = ", ".join(parameter.name for parameter in parameters)
        raise node.error(f"expected {len(parameters)} formulas, the rates of {names}, got {len(formulas)}")
    return tuple(
        _rate(node, text, parameter, parameters) for text, parameter in zip(formulas, parameters, strict=True)
    )


def _rate(node: Node, text: str, parameter: Parameter, parameters: tuple[Parameter, ...]) -> FormulaNetwork:
    rows, columns = (*parameter.shape, 1, 1)[:2]
    try:
        return FormulaNetwork.parsed(parameters, (text,), rows, columns, source=node.source)
    except InputError as error:
        key = error.key.replace("network.beta", f"{node.key}, rate of {parameter.name}")
        raise InputError(error.message, key=key, source=node.source) from None
