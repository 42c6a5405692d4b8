"""The regression flow together with nu = -int r dt and the work int f . r dt done along it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.flow.program import Node, Program, Tracer, split
from litproof.networks.base import Network


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

    def row_sum(coefficients: Sequence[Fraction], nodes: Sequence[Node]) -> Node:
        total = tracer.lift(0)
        for coefficient, node in zip(coefficients, nodes, strict=True):
            total = total + node * coefficient
        return total

    outputs = [tracer.named_exactly(row_sum(row, beta)) for row in X]
    residual = [tracer.named_exactly(f - target) for f, target in zip(outputs, y, strict=True)]
    if weights:
        residual = [tracer.named_exactly(r * w) for r, w in zip(residual, weights, strict=True)]
    pull = [tracer.named_exactly(-row_sum(column, residual)) for column in zip(*X, strict=True)]
    velocity = tracer.gradient(beta, pull)[:parameters]
    work = tracer.lift(0)
    for f, r in zip(outputs, residual, strict=True):
        work = work + f * r
    return tracer.program({"velocity": [*velocity, *(-r for r in residual), work]})
