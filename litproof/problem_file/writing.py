"""A problem as TOML with exact strings; reading it back gives the same problem."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product as indices
from typing import Any

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.dynamics import Dynamics, GradientDescent, Mirror, Momentum, WeightDecay
from litproof.errors import InputError
from litproof.networks.base import DataTensor, MultilinearNetwork, Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.odeco import Odeco
from litproof.networks.polynomial import PolynomialNetwork
from litproof.networks.ring import rows
from litproof.networks.tensor import TensorNetwork
from litproof.problem import Problem


def write_problem(problem: Problem) -> str:
    """The problem as the text of a TOML problem file, every number exact.

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> from litproof import Problem
    >>> from litproof.networks import Diagonal
    >>> problem = Problem(Diagonal(1, 1), "regression", ((F(2),),), (F(1, 3),), F(1), ((F(0),),))
    >>> print(write_problem(problem).splitlines()[2])
    [network]
    """
    X, y = problem.X, _listed(problem.y)
    network = problem.network
    if isinstance(network, PolynomialNetwork) and network.outputs > 1:
        X = tuple(row[:: network.outputs] for row in X[:: network.outputs])
        labels = rows(problem.y, network.outputs)
        y = _listed(labels)
        if problem.loss is not None and problem.loss.text == "cross-entropy":
            y = _listed([row.index(1) + 1 for row in labels])
    if isinstance(network, MatrixSensing):
        data = f"A = {_listed([rows(x, network.size) for x in problem.X])}"
    else:
        data = f"X = {_listed(X)}"
    outputs = network.outputs if isinstance(network, PolynomialNetwork) else 1
    lines = [
        "schema = 1",
        "",
        "[network]",
        *_network_lines(network),
        "",
        "[task]",
        f'kind = "{problem.task}"',
        *([f"loss = {json.dumps(problem.loss.text)}"] if problem.loss else []),
        "",
        *_dynamics_lines(problem.dynamics),
        "[data]",
        data,
        f"y = {y}",
        *([f"weights = {_listed(problem.weights[::outputs])}"] if problem.weights else []),
        "",
        "[init]",
        f"scale = {_listed(problem.scale)}",
        f"v = {_listed(problem.v)}",
    ]
    return "\n".join(lines) + "\n"


def _dynamics_lines(dynamics: Dynamics | None) -> list[str]:
    if dynamics is None:
        return []
    lines = ["[dynamics]", f'kind = "{dynamics.kind}"']
    match dynamics:
        case GradientDescent():
            lines.append(f"step = {_listed(dynamics.step)}")
            if dynamics.order:
                lines.append(f"order = {[list(batch) for batch in dynamics.order]}")
        case Momentum():
            lines.append(f"lambda = {_listed(dynamics.mass)}")
        case WeightDecay():
            lines.append(f"rate = {_listed(dynamics.rate)}")
            if dynamics.until is not None:
                lines.append(f"until = {_listed(dynamics.until)}")
        case Mirror():
            lines.append(f"potential = {json.dumps(dynamics.potential)}")
    return [*lines, ""]


def _network_lines(network: Network) -> list[str]:
    lines = [f'kind = "{network.kind}"']
    if isinstance(network, PolynomialNetwork):
        lines += [
            f"parameters = {json.dumps([str(parameter) for parameter in network.parameters])}",
            f"beta = {json.dumps(network.texts)}",
            f"input-dim = {network.inputs}",
        ]
        return lines if network.outputs == 1 else [*lines, f"outputs = {network.outputs}"]
    if not isinstance(network, MultilinearNetwork):
        raise InputError("a network of a Python class of its own has no problem file", key="network")
    lines.append(f"depth = {network.depth}")
    if isinstance(network, Convolutional):
        lines.append(f"filter-sizes = {list(network.filter_sizes)}")
    elif isinstance(network, FullyConnected):
        lines.append(f"widths = {list(network.widths)}")
    elif isinstance(network, Odeco):
        lines += [f"S = {_listed(network.S)}", f"U = {_listed(network.U)}"]
    elif isinstance(network, TensorNetwork):
        lines.append(f"tensor = {_listed(_dense(network.tensor))}")
    return lines


def _listed(value: Any) -> str:
    """Nested lists of quoted numbers."""
    if isinstance(value, Cyclotomic):
        return f'"{_complex(value)}"'
    if isinstance(value, int | Fraction):
        return f'"{value}"'
    return f"[{', '.join(_listed(item) for item in value)}]"


def _complex(value: Cyclotomic) -> str:
    re, im = value.real.to_fraction(), value.imag.to_fraction()
    if not im:
        return str(re)
    return f"{im}i" if not re else f"{re}{'+' if im > 0 else ''}{im}i"


def _dense(tensor: DataTensor) -> Any:
    """The tensor as nested lists."""
    sizes = (tensor.input_dim, *tensor.shapes)
    level: list[Any] = [tensor.entries.get(index, 0) for index in indices(*map(range, sizes))]
    for size in reversed(sizes[1:]):
        level = [level[i : i + size] for i in range(0, len(level), size)]
    return level
