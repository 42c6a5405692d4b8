"""Programs of a network: its coefficients, their gradient, the regression flow, and the work along it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from litproof.flow.program import Program, Tracer, split
from litproof.networks.base import Network


def trace_coefficients(network: Network) -> Program:
    """Program v -> "beta", from the network's own `coefficients`. Inputs: the layers one after the other."""
    tracer = Tracer(sum(network.shapes))
    beta = network.coefficients(split(tracer.variables(), network.shapes))
    return tracer.program({"beta": beta})


def trace_gradient(network: Network) -> Program:
    """Program (v, c) -> "beta" (d) and "gradient" = grad_v sum_z c_z beta_z(v); inputs: layers, then c."""
    parameters = sum(network.shapes)
    tracer = Tracer(parameters + network.input_dim)
    inputs = tracer.variables()
    beta = [tracer.lift(b) for b in network.coefficients(split(inputs[:parameters], network.shapes))]
    gradient = tracer.gradient(beta, inputs[parameters:])[:parameters]
    return tracer.program({"beta": beta, "gradient": gradient})


def trace_flow(
    network: Network,
    X: Sequence[Sequence[Fraction]],
    y: Sequence[Fraction],
    projection: Sequence[Mapping[int, Fraction]] | None = None,
    weights: Sequence[Fraction] = (),
) -> Program:
    """Program of the regression flow in the original parameters.

    v -> "beta" (d), "residual" r = X beta - y (n), "velocity" v' = -grad_v (X^T W r)^T beta, r held fixed.

    weights : w_i of the loss 1/2 sum_i w_i r_i^2, all 1 unless given.
    projection : rows {column: entry} of an orthogonal projection P onto a subspace that the flow does not leave; the
        program is that of beta(P v), the same flow on the subspace, whose velocity lies in it.
    """
    tracer = Tracer(sum(network.shapes))
    variables = tracer.variables()
    if projection is not None:
        entries = [
            sum((variables[j] * c for j, c in sorted(row.items())), tracer.lift(0)) for row in projection
        ]
    else:
        entries = variables
    beta = [tracer.lift(b) for b in network.coefficients(split(entries, network.shapes))]

    residual = [
        tracer.named_exactly(tracer.combined(row, beta) - target) for row, target in zip(X, y, strict=True)
    ]
    pulling = [r * w for r, w in zip(residual, weights, strict=True)] if weights else residual
    pull = [tracer.named_exactly(-tracer.combined(column, pulling)) for column in zip(*X, strict=True)]
    velocity = tracer.gradient(beta, pull)
    return tracer.program({"beta": beta, "residual": residual, "velocity": velocity})


def trace_work(
    network: Network,
    X: Sequence[Sequence[Fraction]],
    y: Sequence[Fraction],
    weights: Sequence[Fraction] = (),
) -> Program:
    """Program (v, nu, w) -> "velocity": v' = -grad_v loss, nu' = -r, w' = f . r, with f = X beta and r = W (f - y).

    Inputs: the layers one after the other, n entries of nu, w. For a flow that starts at nu = w = 0 and
    moves along f(t), integration by parts gives int nu . df = nu . f + w (boundary term at 0 vanishes).
    """
    parameters, n = sum(network.shapes), len(X)
    tracer = Tracer(parameters + n + 1)
    inputs = tracer.variables()
    beta = [tracer.lift(b) for b in network.coefficients(split(inputs[:parameters], network.shapes))]

    outputs = [tracer.named_exactly(tracer.combined(row, beta)) for row in X]
    residual = [tracer.named_exactly(f - target) for f, target in zip(outputs, y, strict=True)]
    if weights:
        residual = [tracer.named_exactly(r * w) for r, w in zip(residual, weights, strict=True)]
    pull = [tracer.named_exactly(-tracer.combined(column, residual)) for column in zip(*X, strict=True)]
    velocity = tracer.gradient(beta, pull)[:parameters]
    work = tracer.combined(residual, outputs)
    return tracer.program({"velocity": [*velocity, *(-r for r in residual), work]})
