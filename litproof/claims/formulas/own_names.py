"""Formulas in the parameters' own names, u[j] or W[i,k], as formulas in v[l,j], entry j of layer l."""

from __future__ import annotations

from collections.abc import Mapping

from litproof.language.grammar import FUNCTIONS, SYMBOLS, Vocabulary, formula_error
from litproof.language.tree import Node, Operation, Sum, Symbol, nodes, rewrite
from litproof.networks.polynomial import Parameter, PolynomialNetwork
from litproof.problem import Problem

OWN = Vocabulary({**{name: (count,) for name, count in SYMBOLS.items()}, "v": (2, 1)}, FUNCTIONS, others=True)
"""The words of claims, and names that only the network of a problem can explain."""

MAX_TERMS = 2000
"""Terms of a sum over a parameter's index that is written out."""


def in_layers(tree: Node, problem: Problem, key: str = "") -> Node:
    """The formula in v[l,j] for the network of `problem`; sums over indices of its own names are written out.

    Raises InputError for a name that the network does not have, or an index beyond its size.
    """
    network = problem.network
    if not isinstance(network, PolynomialNetwork):
        for node in nodes(tree):
            if isinstance(node, Symbol) and (
                node.name not in SYMBOLS or len(node.indices) != SYMBOLS[node.name]
            ):
                known = f"a {network.kind} network has the layers v[l,j]"
                raise formula_error(node.place, f"unknown name {node.name!r}: {known}", key)
        return tree
    parameters = {parameter.name: (l, parameter) for l, parameter in enumerate(network.parameters, 1)}
    for node in nodes(tree):
        if (
            isinstance(node, Symbol)
            and node.name not in parameters
            and (node.name not in SYMBOLS or node.name == "v")
        ):
            raise formula_error(node.place, f"unknown name {node.name!r}: {_known(network)}", key)
    return _written_out(tree, parameters, {}, key)


def _known(network: PolynomialNetwork) -> str:
    return f"the parameters are {', '.join(map(str, network.parameters))}"


def _written_out(
    tree: Node, parameters: Mapping[str, tuple[int, Parameter]], letters: Mapping[str, int], key: str
) -> Node:
    def change(node: Node) -> Node | None:
        if isinstance(node, Symbol) and node.name in parameters:
            return _entry(node, *parameters[node.name], letters, key)
        if isinstance(node, Symbol) and any(index in letters for index in node.indices):
            return Symbol(node.name, tuple(letters.get(str(i), i) for i in node.indices), node.place)
        if isinstance(node, Sum):
            return _sum(node, parameters, letters, key)
        return None

    return rewrite(tree, change)


def _sum(
    node: Sum, parameters: Mapping[str, tuple[int, Parameter]], letters: Mapping[str, int], key: str
) -> Node | None:
    sizes = {
        size
        for part in nodes(node.inner)
        if isinstance(part, Symbol) and part.name in parameters
        for index, size in zip(part.indices, parameters[part.name][1].shape, strict=False)
        if index == node.letter
    }
    if not sizes:
        return None
    if len(sizes) > 1:
        shown = " and ".join(map(str, sorted(sizes)))
        raise formula_error(
            node.place, f"the index {node.letter!r} runs over entries of different numbers: {shown}", key
        )
    (size,) = sizes
    if size > MAX_TERMS:
        raise formula_error(node.place, f"expected a sum of at most {MAX_TERMS} terms, got {size}", key)
    terms = [
        _written_out(node.inner, parameters, {**letters, node.letter: k}, key) for k in range(1, size + 1)
    ]
    return _balanced(terms)


def _balanced(terms: list[Node]) -> Node:
    """The sum as a tree of small depth."""
    if len(terms) == 1:
        return terms[0]
    half = len(terms) // 2
    return Operation("+", _balanced(terms[:half]), _balanced(terms[half:]), terms[0].place)


def _entry(node: Symbol, layer: int, parameter: Parameter, letters: Mapping[str, int], key: str) -> Symbol:
    if len(node.indices) != len(parameter.shape):
        raise formula_error(
            node.place, f"expected an entry of {parameter}, got {len(node.indices)} index(es)", key
        )
    place = 0
    for index, size in zip(node.indices, parameter.shape, strict=True):
        value = index if isinstance(index, int) else letters.get(index)
        if value is None:
            raise formula_error(node.place, f"the index {index!r} has no range here", key)
        if value > size:
            raise formula_error(node.place, f"the index is {value}, but {parameter} ends at {size}", key)
        place = place * size + value - 1
    return Symbol("v", (layer, place + 1), node.place)
