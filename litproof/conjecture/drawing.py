"""Further data sets for a network, drawn from a seed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.algebra.linear import rank
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.problem import Problem


def draw_problems(problem: Problem, number: int, seed: int) -> tuple[Problem, ...]:
    """The same network and start with other inputs and targets; sensors stay, as they may have to commute."""
    rng = Random(f"data sets {seed}")
    found = []
    for k in range(1, number + 1):
        X = problem.X if isinstance(problem.network, MatrixSensing) else _inputs(rng, problem)
        y = tuple(Fraction(rng.choice((-1, 1)) * rng.randint(4, 12), 8) for _ in problem.y)
        name = f"{problem.name or 'problem'}, data set {k} of seed {seed}"
        found.append(replace(problem, X=X, y=y, name=name))
    return tuple(found)


def _inputs(rng: Random, problem: Problem) -> tuple[tuple[Fraction, ...], ...]:
    while True:
        X = tuple(tuple(Fraction(rng.randint(-6, 6), rng.randint(1, 4)) for _ in row) for row in problem.X)
        if rank(X) == len(X):
            return X
