"""R9: the limit of one layer, which is rational."""

from __future__ import annotations

from fractions import Fraction

from litproof.algebra.linear import Vector, dot, projected_start
from litproof.errors import Unreachable
from litproof.problem import Problem


def one_layer_limit(problem: Problem) -> Vector:
    """The limit of beta for depth 1, exact, any network (R9).

    beta = T v_1 with a fixed matrix T, so v_1 ends at the point of {X T v = y} nearest to its start.
    """
    problem = problem.independent
    network = problem.network
    size = network.shapes[0]
    T = list(
        zip(
            *(network.coefficients([[Fraction(int(i == k)) for i in range(size)]]) for k in range(size)),
            strict=True,
        )
    )
    reached = [[dot(row, column) for column in zip(*T, strict=True)] for row in problem.X]
    end = projected_start(reached, problem.y, problem.v0[0])
    if end is None:
        raise Unreachable(
            "the flow cannot reach zero loss: no parameters of this one-layer network fit the data"
        )
    return tuple(Fraction(dot(row, end)) for row in T)
