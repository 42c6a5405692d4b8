"""Vector fields: a drift and controls. theta' = f_0(theta) + sum_c g_c(t) f_c(theta), with any functions g_c.

A network under gradient flow has the controls grad beta_c and no drift: data and loss are in the g_c. Weight decay
and momentum add a drift. A law is a function of theta and t that is constant whatever the g_c are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from litproof.dynamics import GradientDescent, Momentum
from litproof.errors import InputError
from litproof.flow.lift import is_polynomial
from litproof.flow.motion import velocity_under
from litproof.flow.program import Node, Tracer, split
from litproof.flow.states import Expressions
from litproof.language.symbolic import entries_of
from litproof.laws.architectures import Architecture, map_of
from litproof.networks.base import parameter_names
from litproof.networks.specs import FullyConnectedSpec, ReluSpec
from litproof.problem import Problem
from litproof.problem_file.field import FieldFile, values_of


@dataclass(frozen=True)
class Fields:
    """Fields on the inputs of one tracer, the last of which is the time.

    Attributes
    ----------
    variables : names of the variables, as laws write them.
    drift : f_0, or () for none. controls : f_1, f_2, ..
    source : where they came from, for messages.
    """

    variables: tuple[str, ...]
    tracer: Tracer
    drift: tuple[Node, ...]
    controls: tuple[tuple[Node, ...], ...]
    source: str = ""

    @classmethod
    def from_sympy(
        cls, symbols: Sequence[Any], drift: Sequence[Any] = (), controls: Sequence[Sequence[Any]] = ()
    ) -> Fields:
        """Fields given by sympy expressions in the symbols, one for each symbol.

        Examples
        --------
        >>> from sympy.abc import x, y
        >>> Fields.from_sympy([x, y], [y, -x]).variables
        ('x', 'y')
        """
        import sympy as sp

        tracer = Tracer(len(symbols) + 1)
        expressions = Expressions(tracer)
        for symbol, node in zip(symbols, tracer.variables(), strict=False):
            expressions.bind(symbol, node)
        for field in (drift, *controls) if drift else controls:
            if len(field) != len(symbols):
                raise InputError(
                    f"expected {len(symbols)} expressions in each field, got {len(field)}", key="fields"
                )

        def traced(field: Sequence[Any]) -> tuple[Node, ...]:
            return tuple(tracer.lift(expressions.value(sp.sympify(e))) for e in field)

        return cls(tuple(map(str, symbols)), tracer, traced(drift), tuple(map(traced, controls)))

    def rates(self, field: Sequence[Node], nodes: Sequence[Node], *, moving: bool) -> list[Node]:
        """Rates of nodes along a field; `moving`: the time runs as well."""
        return self.tracer.tangent(nodes, [*field, self.tracer.lift(int(moving))])


def fields_of(problem: Problem) -> Fields:
    """The fields of a problem's network and dynamics, for every data set and loss.

    Raises InputError for gradient descent, which is no flow.
    """
    if isinstance(problem.dynamics, GradientDescent):
        raise InputError(
            "gradient descent is no flow: its laws hold up to order h", key="dynamics", source=problem.name
        )
    network, names = problem.network, [n for layer in parameter_names(problem.network) for n in layer]
    size, double = len(names), isinstance(problem.dynamics, Momentum)
    tracer = Tracer((2 if double else 1) * size + 1)
    *inputs, _ = tracer.variables()
    theta, w = inputs[:size], inputs[size:]
    symbols: Mapping[Any, Any] = entries_of(names)
    expressions = Expressions(tracer)
    for symbol, node in zip(symbols.values(), theta, strict=True):
        expressions.bind(symbol, node)

    def under(force: Sequence[Node]) -> list[Node]:
        return [tracer.lift(x) for x in velocity_under(problem, expressions, symbols, theta, w, force)]

    drift = under([tracer.lift(0)] * size)
    controls = []
    for force in gradients(network, tracer):
        field = [a - b for a, b in zip(under(force), drift, strict=True)]
        controls.append(tuple(field))
    still = all(not node.terms and not node.constant for node in drift)
    variables = (*names, *map(rate_name, names)) if double else tuple(names)
    return Fields(variables, tracer, () if still else tuple(drift), tuple(controls), problem.name)


def fields_of_file(file: FieldFile) -> Fields:
    """The fields of a file with the table [field]."""
    tracer = Tracer(len(file.names) + 1)
    shapes = [prod(parameter.shape) for parameter in file.parameters]
    v = split(tracer.variables()[: len(file.names)], shapes)

    def traced(field: Sequence[Any]) -> tuple[Node, ...]:
        return tuple(map(tracer.lift, values_of(field, v)))

    return Fields(file.names, tracer, traced(file.drift), tuple(map(traced, file.controls)), file.source)


def fields_of_map(architecture: Architecture, source: str = "") -> Fields:
    """The controls grad f_c of gradient flow."""
    names = _names(architecture)
    tracer = Tracer(len(names) + 1)
    return Fields(names, tracer, (), tuple(map(tuple, gradients(architecture, tracer))), source)


def _names(architecture: Architecture) -> tuple[str, ...]:
    if isinstance(architecture, FullyConnectedSpec | ReluSpec):
        return map_of(architecture).variables
    return tuple(name for layer in parameter_names(architecture) for name in layer)


def gradients(architecture: Architecture, tracer: Tracer) -> list[list[Node]]:
    """grad f_c for each coordinate of the map, on a tracer whose first inputs are the parameters."""
    theta = tracer.variables()[: len(_names(architecture))]
    one = tracer.lift(1)
    if isinstance(architecture, FullyConnectedSpec | ReluSpec) or is_polynomial(architecture):
        beta = [_polynomial(tracer, f, theta) for f in map_of(architecture).coordinates if f]
    else:
        beta = [tracer.lift(b) for b in architecture.coefficients(split(theta, architecture.shapes))]
    fields = [tracer.gradient([b], [one])[: len(theta)] for b in beta]
    return [field for field in fields if any(node.terms or node.constant for node in field)]


def _polynomial(tracer: Tracer, f: Mapping[tuple[int, ...], int], theta: Sequence[Node]) -> Node:
    total = tracer.lift(0)
    for monomial, c in f.items():
        term = tracer.lift(c)
        for i in monomial:
            term = theta[i] * term
        total = tracer.lift(total + term)
    return total


def rate_name(name: str) -> str:
    """The name of theta' for a parameter: u[1] -> u_dot[1].

    Examples
    --------
    >>> rate_name("u[1]"), rate_name("a")
    ('u_dot[1]', 'a_dot')
    """
    head, bracket, rest = name.partition("[")
    return f"{head}_dot{bracket}{rest}"
