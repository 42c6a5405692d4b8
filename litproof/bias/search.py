"""The most readable problem of a network whose limits no regulariser selects: small integers for data and start."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

from litproof.bias.pairs import Tried, compare, draw_data, measured_limit, on_points, points, transforms
from litproof.errors import Inconclusive, InputError
from litproof.problem import Problem

_DRAWN = 60
"""Problems that are drawn; they are tried from the smallest numbers on."""
_SPAN = 2
"""Entries of data and start are at most this in modulus."""


def weight(problem: Problem) -> int:
    """How much there is to read: the sum of all moduli, and of the entries that are not 0."""
    rows = (*problem.X, problem.y, *problem.v)
    return int(sum(abs(entry) + bool(entry) for row in rows for entry in row))


def simplest_excluded(problem: Problem, seed: int = 0) -> Problem:
    """A problem for the same network, data and start small integers, whose first row doubled moves the limit, proved.

    Raises
    ------
    InputError : a classification problem, or one where two points leave no choice of an interpolator.
    Inconclusive : none of the problems drawn is excluded.
    """
    if problem.task != "regression":
        raise InputError("expected a regression problem for --search", key="task.kind", source=problem.name)
    rng = Random(f"search {seed}")
    drawn = []
    for _ in range(_DRAWN):
        member = draw_data(problem, rng, _SPAN)
        if member is None:
            raise InputError(
                "expected inputs among which two points leave a choice", key="data.X", source=problem.name
            )
        start = tuple(
            tuple(Fraction(rng.randint(-_SPAN, _SPAN)) for _ in range(k)) for k in problem.network.shapes
        )
        drawn.append(replace(member, scale=Fraction(1), v=start))
    tried = Tried()
    for member in sorted(drawn, key=weight):
        first = measured_limit(member)
        if not first.converged:
            continue
        T = on_points(member, next(transforms(points(member), 1, rng)))
        if compare(member, T, first, tried) is not None:
            return member
    raise Inconclusive(
        f"none of {_DRAWN} problems drawn is excluded by doubling its first row ({tried.pairs} compared)"
    )
