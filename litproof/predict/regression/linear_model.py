"""R9: the limit of one layer, which is rational."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.algebra.linear import Vector, projected_start
from litproof.errors import Unreachable
from litproof.networks.base import MultilinearNetwork
from litproof.problem import Problem


def one_layer_limit(problem: Problem) -> Vector:
    """The limit of beta for depth 1, exact, any network (R9).

    beta = T v_1 with a fixed matrix T, so v_1 ends at the point of {X T v = y} nearest to its start.
    """
    problem = problem.independent
    end = projected_start(layer_rows(problem.layered, problem.X), problem.y, problem.v0[0])
    if end is None:
        raise Unreachable(
            "the flow cannot reach zero loss: no parameters of this one-layer network fit the data"
        )
    return tuple(Fraction(entry) for entry in problem.network.coefficients((end,)))


def layer_rows(network: MultilinearNetwork, X: Sequence[Sequence[Fraction]]) -> list[Vector]:
    """The rows b(x_i) of a network of one layer, f(x_i) = b(x_i) . v_1: X T."""
    tensor = network.data_tensor()
    rows = [[Fraction(0)] * tensor.shapes[0] for _ in X]
    for (z, j), entry in tensor.entries.items():
        for row, x in zip(rows, X, strict=True):
            if x[z]:
                row[j] += x[z] * entry
    return [tuple(row) for row in rows]
