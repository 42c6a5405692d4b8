"""Problems that the certificates are tried on."""

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from litproof import Problem, problem_from_mapping

Layers = list[list[Fraction]]


def _text(rows: Any) -> Any:
    return [_text(row) for row in rows] if isinstance(rows, list | tuple) else str(rows)


def build(network: dict[str, Any], X: Any, y: Any, v: Any, scale: Any = 1) -> Problem:
    """A regression problem from plain numbers."""
    mapping = {
        "schema": 1,
        "network": {
            key: _text(value) if key in ("S", "U", "tensor") else value for key, value in network.items()
        },
        "task": {"kind": "regression"},
        "data": {"A" if network["kind"] == "matrix-sensing" else "X": _text(X), "y": _text(y)},
        "init": {"scale": str(scale), "v": _text(v)},
    }
    return problem_from_mapping(mapping, "test")


def draw(random: Random) -> Fraction:
    """A non-zero fraction of moderate size."""
    return Fraction(random.choice([-1, 1]) * random.randint(1, 12), random.choice([1, 2, 3, 5]))


def draw_rows(random: Random, n: int, d: int) -> Layers:
    """An n x d matrix of full row rank (its left block is strictly diagonally dominant)."""
    rows = [[draw(random) for _ in range(d)] for _ in range(n)]
    for i, row in enumerate(rows):
        row[i] += 40 * (1 if row[i] > 0 else -1)
    return [[entry / 20 for entry in row] for row in rows]


@pytest.fixture(scope="session")
def make() -> Callable[..., Problem]:
    """The function `build`."""
    return build


@pytest.fixture(scope="session")
def diagonal() -> Callable[[int, int], Problem]:
    """(depth, seed) -> a diagonal problem with unequal layers of either sign."""

    def problem(depth: int, seed: int) -> Problem:
        random = Random(f"{depth}/{seed}")
        d = random.randint(2, 4)
        n = random.randint(1, d - 1)
        v = [[draw(random) / 4 for _ in range(d)] for _ in range(depth)]
        y = [draw(random) / 8 for _ in range(n)]
        return build({"kind": "diagonal", "depth": depth}, draw_rows(random, n, d), y, v)

    return problem


@pytest.fixture(scope="session")
def reference() -> Problem:
    """Depth 3, two samples, four inputs, pivot layer zero."""
    half = Fraction(1, 2)
    return build(
        {"kind": "diagonal", "depth": 3},
        [[half, Fraction(-5, 4), 2, Fraction(3, 4)], [Fraction(3, 2), Fraction(1, 4), -half, 1]],
        [1, -half],
        [[1, Fraction(3, 4), Fraction(5, 4), half]] * 2 + [[0] * 4],
        Fraction(3, 10),
    )
