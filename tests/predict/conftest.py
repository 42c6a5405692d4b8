"""Instances that several test modules share (fixture `kit`)."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from litproof.networks.diagonal import Diagonal
from litproof.problem import Problem


def rows(*lines):
    return tuple(tuple(Fraction(entry) for entry in line.split()) for line in lines)


def diagonal(X, y, layers, scale="1"):
    X, layers = rows(*X), rows(*layers)
    network = Diagonal(len(layers), len(X[0]))
    return Problem(network, "regression", X, rows(y)[0], Fraction(scale), layers)


def reference(depth=3, scale="3/10"):
    layers = ["1 3/4 5/4 1/2"] * (depth - 1) + ["0 0 0 0"]
    return diagonal(["1/2 -5/4 2 3/4", "3/2 1/4 -1/2 1"], "1 -1/2", layers, scale)


def largest(values):
    return max(abs(value) for value in values)


def residual(problem, beta):
    return largest(
        sum((a * b for a, b in zip(row, beta, strict=True)), -y)
        for row, y in zip(problem.X, problem.y, strict=True)
    )


@pytest.fixture(scope="session")
def kit():
    """Builders and measures of small problems."""
    return SimpleNamespace(
        rows=rows, diagonal=diagonal, reference=reference, largest=largest, residual=residual
    )
