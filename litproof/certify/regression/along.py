"""The path of a regression flow in balls: validated integration up to a time, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from litproof.algebra.balls import Ball, ball, missing_bits
from litproof.certify.regression.validated import Run
from litproof.certify.regression.validated_steps import Piece
from litproof.integrate import permission
from litproof.integrate.budget import SECOND, Budget
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

_GUARD_DIGITS = (8, 20, 50)


def pieces_of_path(
    problem: Problem, digits: int, until: Fraction, *, operations: float = 60 * SECOND, max_steps: int = 4000
) -> Iterator[Piece]:
    """Enclosures of the flow on consecutive steps from 0 that cover [0, until]; they end early where no proof is found.

    Parameters
    ----------
    problem : a regression problem with the squared loss.
    digits : decimal digits with which the candidates are computed; errors grow along the path.
    operations : budget, see `integrate.budget`.
    """
    permission.ask("validated integration")
    problem.require_plain("validated integration")
    budget = Budget(operations)
    run = Run(problem.independent, digits, digits, budget, max_steps)
    for _ in range(max_steps):
        if run.time >= until or budget.used_up or not run.step():
            return
        assert run.piece is not None
        yield run.piece


def enclose_moments(
    problem: Problem, times: Sequence[Fraction], digits: int, *, operations: float = 60 * SECOND
) -> dict[Fraction, list[Ball]] | None:
    """The parameters of a regression flow at given times, in balls of radius below 10^-digits of the largest.

    None where the budget or the method ends before the last time. The balls are to be used at a precision of
    `digits` digits or more.

    Parameters
    ----------
    times : exact, at least 0.

    Examples
    --------
    >>> from litproof import example_problem
    >>> found = enclose_moments(example_problem("regression"), [Fraction(1)], 20)
    >>> found[Fraction(1)][0].str(12, radius=False)
    '0.554796899170'
    """
    wanted = digits_to_bits(digits)
    for guard in _GUARD_DIGITS:
        with ball_precision(digits_to_bits(digits + guard) + 64):
            start = [ball(q) for layer in problem.v0 for q in layer]
            moments = {time: start for time in times if time == 0}
            waiting = sorted(set(times) - set(moments))
            last = waiting[-1] if waiting else Fraction(0)
            for piece in pieces_of_path(problem, digits + guard, last, operations=operations):
                while waiting and waiting[0] <= piece.start + piece.length:
                    time = waiting.pop(0)
                    moments[time] = piece.at(ball((time - piece.start) / piece.length))
            if waiting:
                return None
            if all(missing_bits(entries, wanted) <= 0 for entries in moments.values()):
                return moments
    return None
