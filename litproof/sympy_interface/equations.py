"""The equations of one problem, and its closed form to compare them with."""

from __future__ import annotations

import sympy as sp

from litproof.flow.equations import (
    Flow,
    Layers,
    SampleLoss,
    diagonal_form,
    differentiate,
    matrix_form,
    tensor_form,
)
from litproof.flow.motion import loss_expression
from litproof.networks.base import MultilinearNetwork
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem


def gradient_flow(problem: Problem) -> Flow:
    """The gradient flow of the problem's loss in its parameters, by differentiation.

    Returns
    -------
    Flow
        Iterates over `equations`, sympy equations Derivative(v[l,j], t) = right-hand side in the symbols v[l,j];
        `equations_in_time` are the same between functions of t. `derivative(h)` is dh/dt along the flow in normal form.

    Examples
    --------
    >>> from litproof import example_problem
    >>> flow = gradient_flow(example_problem("classification"))
    >>> flow.equations[0].lhs, flow.derivative("v[1,1]^2 - v[2,1]^2")
    (Derivative(v[1,1], t), 0)
    """
    problem.require_gradient_flow("this system of equations")
    own = "squared" if problem.task == "regression" else "exponential"
    loss = own if problem.loss is None else _sample_loss(problem)
    return differentiate(problem.network, problem.X, problem.y, loss, problem.weights)  # type: ignore[arg-type]


def _sample_loss(problem: Problem) -> SampleLoss:
    symbol, loss = loss_expression(problem)
    if problem.task == "regression":
        return lambda f, target: loss.xreplace({symbol: f - target})
    return lambda f, target: loss.xreplace({symbol: target * f})


def closed_form(problem: Problem, flow: Flow) -> tuple[str, Layers] | None:
    """The right-hand sides written down from the structure of the network, without differentiating; and in words.

    None for a network that is not linear in each of its layers.
    """
    network = problem.network
    if isinstance(network, Diagonal):
        return "the closed form of a diagonal network", diagonal_form(network, flow, problem.X)
    if isinstance(network, FullyConnected):
        return "the matrix form of a fully connected network", matrix_form(network, flow, problem.X)
    if not isinstance(network, MultilinearNetwork):
        return None
    return "the contraction of the data tensor with all other layers", tensor_form(network, flow, problem.X)


def start(problem: Problem) -> dict[sp.Symbol, sp.Rational]:
    """The initial value of every parameter, {v[l,j]: alpha v}."""
    from litproof.flow.parameters import parameter_symbols

    return {
        symbol: sp.Rational(value.numerator, value.denominator)
        for symbols, layer in zip(parameter_symbols(problem.network), problem.v0, strict=True)
        for symbol, value in zip(symbols, layer, strict=True)
    }
