"""The loss in [task] and the table [dynamics]."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from litproof.dynamics import KINDS, Dynamics, GradientDescent, Mirror, Momentum, WeightDecay
from litproof.language.functions import SMOOTH
from litproof.losses import Loss
from litproof.networks.base import Network, parameter_names
from litproof.problem_file.values import Node, choice, nodes, rational, shown, table

_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "gradient-flow": ((), ()),
    "gradient-descent": (("step",), ("order",)),
    "momentum": (("lambda",), ()),
    "weight-decay": (("rate",), ("until",)),
    "mirror": (("potential",), ()),
}
"""Required and optional keys of each kind, besides `kind`."""


def read_loss(node: Node, task: str) -> Loss | None:
    """The loss of the table [task], None where it is left out."""
    if "loss" not in node.value:
        return None
    entry = node.child("loss")
    return Loss.of(entry.value, task, key=entry.key, source=entry.source)


def read_dynamics(node: Node, network: Network, points: int) -> Dynamics | None:
    """The dynamics of a network with so many data points; None for gradient flow."""
    table(node, ("kind",), tuple(node.value) if isinstance(node.value, Mapping) else ())
    kind = choice(node.child("kind"), KINDS)
    required, optional = _KEYS[kind]
    table(node, ("kind", *required), optional)
    match kind:
        case "gradient-descent":
            order = _order(node.child("order"), points) if "order" in node.value else ()
            return GradientDescent(_positive(node.child("step")), order)
        case "momentum":
            return Momentum(_positive(node.child("lambda")))
        case "weight-decay":
            until = _positive(node.child("until")) if "until" in node.value else None
            return WeightDecay(_positive(node.child("rate")), until)
        case "mirror":
            potential = node.child("potential")
            if not isinstance(potential.value, str):
                raise potential.error(f"expected a formula as text, got {shown(potential.value)}")
            _check_potential(potential, network)
            return Mirror(potential.value)
    return None


def _positive(node: Node) -> Fraction:
    value = rational(node)
    if value <= 0:
        raise node.error(f"expected a number above 0, got {shown(value)}")
    return value


def _order(node: Node, points: int) -> tuple[tuple[int, ...], ...]:
    """Batches of data points, counted from 1."""
    wanted = f"lists of different data points from 1 to {points}, such as [[1], [2]]"
    batches = []
    for number, item in enumerate(nodes(node, wanted), 1):
        batch = [entry.value for entry in nodes(item, wanted)]
        for point in batch:
            if isinstance(point, bool) or not isinstance(point, int) or not 1 <= point <= points:
                raise node.error(f"batch {number}: expected {wanted}, got {shown(point)}")
        if len(set(batch)) != len(batch):
            raise node.error(f"batch {number}: expected {wanted}, got a point twice")
        batches.append(tuple(batch))
    return tuple(batches)


def _check_potential(node: Node, network: Network) -> None:
    from litproof.language.symbolic import entries_of, scalar_formula

    entries = entries_of([name for layer in parameter_names(network) for name in layer])
    formula = scalar_formula(node.value, entries, SMOOTH, key=node.key, source=node.source)
    flat = next((symbol for symbol in entries.values() if formula.diff(symbol, 2) == 0), None)
    if flat is not None:
        raise node.error(
            f"expected a strictly convex potential of all parameters, but its second derivative by {flat.name} is 0"
        )
