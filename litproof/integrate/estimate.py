"""What following a flow typically takes, from sizes alone: the same answer on every machine, before anything is traced.

They are meant for two decisions: whether a flow whose limit is proved is followed beside the proof, and whether a large
one is followed, or proved, at all.
"""

from math import inf, prod

from litproof.flow.data_span import data_span, has_matrices, is_large_and_layered, spanned_network
from litproof.flow.span import layer_sizes
from litproof.flow.trace import trace_gradient
from litproof.integrate.budget import SECOND, operations_of, sweeps_cost
from litproof.networks.base import Network
from litproof.networks.convolutional import Convolutional
from litproof.networks.factors import ComplexProducts, OuterProducts
from litproof.networks.tensor import TensorNetwork
from litproof.problem import Problem

FEW_SECONDS = 3 * SECOND

MOST_OPERATIONS = 200 * SECOND
"""What a flow that nothing is proved about may take by its sizes, unasked; three times as long is usual."""

MOST_DIRECTION = 20 * SECOND
"""The same of a direction: estimates are low by up to 4."""

_DENSE = 1 / 20
"""Operations for the cube of the number of parameters: Jacobians in doubles and their eigenvalues."""

_INTERVALS = 6
_NODES_A_DIGIT, _NODES = 3, 20
"""Intervals and nodes of collocation on ordinary problems (2 to 40 inputs, depths 2 and 3, 20 to 100 digits)."""

_SHARE = 0.25
"""Share of the operations counted by `budget.collocation_cost`: not every interval has all nodes."""

_STEPS_A_DIGIT, _STEPS = 2, 25
_FEW_BITS = 64
"""To see how large a network is in the span of its data."""

_MOST_ENTRIES = 6e7
"""Doubles in the Jacobian of the residuals at all nodes: half a gigabyte."""

_UNKNOWN, _PAIR = 2e-4 * SECOND, 1e-6 * SECOND
_MONOMIAL = 72.0
"""Radau on the same problems: steps, and operations a step for each unknown, each pair of them, each monomial."""


def regression_run(problem: Problem, digits: int) -> float:
    """Operations that following a regression flow takes, within a factor of 3 on ordinary problems.

    Infinite where the number of parameters alone rules it out.
    """
    if spanned_network(problem) != problem.network and (span := data_span(problem, _FEW_BITS)):
        problem = span.problem
    dense = _DENSE * sum(problem.network.shapes) ** 3
    if dense > FEW_SECONDS:
        return inf  # nothing is traced
    one = operations_of(trace_gradient(problem.network)) + 2 * len(problem.X) * len(problem.X[0])
    return dense + _SHARE * _INTERVALS * sweeps_cost(one, _NODES_A_DIGIT * digits + _NODES)


def classification_run(problem: Problem, digits: int) -> float:
    """Operations that following a direction takes, within a factor of 3 on ordinary problems."""
    network = problem.network if has_matrices(problem.network) else spanned_network(problem)
    size = sum(network.shapes) + len(problem.X)
    step = size * (_UNKNOWN + size * _PAIR) + _MONOMIAL * _monomials(network)
    return (_STEPS_A_DIGIT * digits + _STEPS) * step


def run_in_words(problem: Problem, digits: int) -> str:
    """What its sizes are judged by."""
    return f"a flow of {sum(problem.network.shapes)} unknowns and {len(problem.X)} points to {digits} digits"


def path_takes_long(problem: Problem, digits: int) -> bool:
    """Whether sizes rule out a path that was asked for."""
    if problem.task == "classification" and not problem.training:
        return classification_run(problem, digits) > MOST_OPERATIONS
    return is_large_and_layered(problem) and layered_run(problem, digits) > MOST_OPERATIONS


def layered_run(problem: Problem, digits: int) -> float:
    """Operations that following a large product of matrices takes, `flow.data_span.is_large_and_layered`.

    Infinite where the tables of one interval would not fit into memory.
    """
    operations, parameters = layered_size(problem)
    nodes = _NODES_A_DIGIT * digits + _NODES
    if nodes * len(problem.X) * parameters > _MOST_ENTRIES:
        return inf
    return _SHARE * _INTERVALS * sweeps_cost(int(operations), nodes)


def layered_size(problem: Problem) -> tuple[float, int]:
    """(operations of one velocity, parameters that move) of a large network, before anything is traced."""
    network = spanned_network(problem)
    # Values and two products of their derivatives, each with its term of a sum; data once each way.
    return 6.0 * _products(network) + 2.0 * len(problem.X) * network.input_dim, sum(network.shapes)


def _monomials(network: Network) -> int:
    """Of beta, for networks that may have far more of them than parameters; 0 for others."""
    if isinstance(network, ComplexProducts):
        return network.input_dim << network.depth
    if isinstance(network, OuterProducts | Convolutional):
        return prod(network.shapes)
    if isinstance(network, TensorNetwork):
        return len(network.tensor.entries)
    if has_matrices(network):
        sizes = layer_sizes(network)
        return sizes[-1][1] * prod(a for a, _ in sizes)
    return 0


def _products(network: Network) -> int:
    """Products of beta."""
    if isinstance(network, OuterProducts):
        return network.input_dim
    if isinstance(network, ComplexProducts):
        return 2 * (network.depth - 1) * network.input_dim
    if isinstance(network, Convolutional):
        return network.input_dim * sum(network.filter_sizes[:-1])
    if isinstance(network, TensorNetwork):
        return network.depth * len(network.tensor.entries)
    sizes = layer_sizes(network)
    return sum(a * b for a, b in sizes) * sizes[-1][1]
