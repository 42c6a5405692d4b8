"""Collocation: work in keeping with the digits."""

from fractions import Fraction
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from litproof.flow.trace import trace_flow
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression import collocation
from litproof.integrate.regression.taylor import Piece
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import digits_to_bits
from litproof.problem import Problem


def pieces(problem: Problem, digits: int, end: Fraction) -> list[Piece]:
    program = trace_flow(problem.network, problem.X, problem.y)
    arithmetic = FixedPoint(digits_to_bits(digits) + 40)
    start = [q for layer in problem.v0 for q in layer]
    return list(collocation.integrate(program, arithmetic, start, float(digits), end=end))


def slow(kit: SimpleNamespace) -> Problem:
    """Depth 4; the last target is 10^-5, which its coefficient approaches while it moves by less than 10^-5."""
    start = [Fraction(1, k) for k in (1, 2, 20, 40)]
    X = [[1, "-1/2", "3/4", 2], ["1/2", 1, -1, "1/4"], ["-3/4", "1/2", 1, -1]]
    aim = [2, Fraction(1, 4), Fraction(1, 10**5), 0]
    y = [sum(Fraction(x) * b for x, b in zip(row, aim, strict=True)) for row in X]
    return kit.regression(Diagonal(4, 4), X, y, [start, start, start, [0] * 4])


def test_fewer_digits_take_no_more_intervals(kit: SimpleNamespace) -> None:
    problem, end = slow(kit), Fraction(10**5)
    arithmetic = FixedPoint(digits_to_bits(15) + 40)
    true = [arithmetic.fraction(x) for x in (*pieces(problem, 15, end),)[-1].state]
    most = len(pieces(problem, 10, end))
    for digits in (4, 5, 6, 7):
        path = pieces(problem, digits, end)
        assert len(path) <= 1.3 * most
        unit = FixedPoint(digits_to_bits(digits) + 40)
        assert max(abs(unit.fraction(x) - z) for x, z in zip(path[-1].state, true, strict=True)) < 10.0 ** (
            1 - digits
        )


@pytest.mark.parametrize("seed", range(1, 5))
def test_nodes_are_not_added_for_a_tail_that_is_rounding(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Doubles gain 12 to 15 digits a sweep; what the defect was rounded to decides whether one more is needed."""
    rng = Random(seed)

    def entries(size: int, least: int, most: int) -> list[Fraction]:
        return [Fraction(rng.choice(range(least, most)), 8) * rng.choice((-1, 1)) for _ in range(size)]

    network = FullyConnected(4, (3, 2))
    X = [entries(4, 0, 17), entries(4, 0, 17)]
    problem = Problem(
        network, "regression", X, entries(2, 2, 17), 1, [entries(size, 2, 9) for size in network.shapes]
    )
    solve, attempts = collocation._collocate, []

    def counted(*given: Any) -> Any:
        attempts.append(given)
        return solve(*given)

    monkeypatch.setattr(collocation, "_collocate", counted)
    for digits in (46, 50):
        attempts.clear()
        path = pieces(problem, digits, Fraction(8))
        assert len(attempts) <= len(path) + 2
