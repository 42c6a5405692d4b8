"""Certificates of points of least norm among those that satisfy the samples, exact."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.algebra.linear import Vector, combination, matrix_product, product, solve_exact
from litproof.certify.certificates.format import (
    Certificate,
    accepted,
    require_few_entries,
    seal,
    text_rows,
    texts,
)
from litproof.errors import HypothesisError
from litproof.networks.base import MultilinearNetwork
from litproof.problem import Problem

Rows = Sequence[Sequence[Fraction]]


def minimum_norm_certificate(
    X: Rows,
    y: Sequence[Fraction],
    S: Rows,
    rho: Sequence[Fraction],
    multipliers: Sequence[Fraction],
    *,
    norm: str,
    constraint: str,
    start: Sequence[Fraction] | None = None,
    weights: Sequence[Fraction] | None = None,
    sides: Sequence[str] | None = None,
) -> Certificate:
    """A certificate that rho has the least weighted distance from the start among all that satisfy the samples.

    It also says whether rho is the only one, where the checker can prove that.

    Parameters
    ----------
    X, y : n x d inputs and n targets (labels +-1 for "margin").
    S : m x d; beta = S^T rho.
    rho : m exact numbers.
    multipliers : n exact numbers p. S X^T p ("margin": S X^T (y p), p >= 0) is weight_j (rho_j - start_j)
        ("l2") or a subgradient of sum_j weight_j |rho_j - start_j| ("l1").
    norm : "l1" or "l2". constraint : "fit" or "margin".
    start : m numbers, 0 without. weights : m numbers, 1 without.
    sides : signs that rho_j - start_j may have, "both" (also without), "+", "-" or "none"; "l1" only.

    Raises
    ------
    checker.Refused : the conditions do not hold.
    """
    fields = {
        "norm": norm,
        "constraint": constraint,
        "weights": texts(weights or [Fraction(1)] * len(S)),
        "start": texts(start or [Fraction(0)] * len(S)),
        "sides": list(sides or ["both"] * len(S)),
        "S": text_rows(S),
        "X": text_rows(X),
        "y": texts(y),
        "rho": texts(rho),
        "multipliers": texts(multipliers),
    }
    unique = accepted("minimum-norm", {**fields, "unique": True})
    return unique or seal("minimum-norm", {**fields, "unique": False})


def nearest_certificate(
    problem: Problem, S: Rows, start: Sequence[Fraction], weights: Sequence[Fraction] | None = None
) -> Certificate:
    """The rho with X S^T rho = y nearest to the start in the weighted l2 norm (R9, R7, R4 for large alpha).

    Raises HypothesisError when no rho fits the samples.
    """
    require_few_entries(len(S[0]) * (len(S) + len(problem.X)))
    P = seen(S, problem.X)
    below = weights or [Fraction(1)] * len(S)
    divided = [[a / w for a, w in zip(row, below, strict=True)] for row in P]
    gram = matrix_product(P, list(zip(*divided, strict=True)))
    p = solve_exact(
        gram, [target - value for target, value in zip(problem.y, product(P, start), strict=True)]
    )
    if p is None:
        raise HypothesisError("X S^T rho = y has no solution")
    moves = combination(p, divided)
    rho = [a + b for a, b in zip(start, moves, strict=True)]
    return minimum_norm_certificate(
        problem.X, problem.y, S, rho, p, norm="l2", constraint="fit", start=start, weights=weights
    )


def seen(S: Rows, X: Rows) -> list[Vector]:
    """X S^T: the points in the coordinates rho."""
    return matrix_product(X, list(zip(*S, strict=True)))


def identity(d: int) -> list[list[Fraction]]:
    """The d x d identity matrix."""
    return [[Fraction(i == j) for j in range(d)] for i in range(d)]


def one_layer_map(network: MultilinearNetwork) -> list[list[Fraction]]:
    """S (k_1 x d) with beta = S^T v_1, for depth one."""
    tensor = network.data_tensor()
    require_few_entries(tensor.input_dim * tensor.shapes[0])
    S = [[Fraction(0)] * tensor.input_dim for _ in range(tensor.shapes[0])]
    for (z, j), value in tensor.entries.items():
        S[j][z] = value
    return S
