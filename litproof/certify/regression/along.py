"""The path of a flow in balls: validated integration up to a time, piece by piece.

Gradient flow of the squared loss as in `validated`; other losses, classification, weight decay, momentum, mirror flows
and networks with functions as in `motion`. With momentum the rates of the parameters are states as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from litproof.algebra.balls import Ball, ball, missing_bits
from litproof.certify.regression.motion import MotionRun
from litproof.certify.regression.validated import Run
from litproof.certify.regression.validated_steps import Piece
from litproof.dynamics import GradientDescent, Momentum
from litproof.errors import InputError
from litproof.flow.lift import is_polynomial
from litproof.integrate import permission
from litproof.integrate.budget import SECOND, Budget
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

_GUARD_DIGITS = (8, 20, 50)


def has_plain_flow(problem: Problem) -> bool:
    """Whether it is gradient flow of the squared loss of a polynomial network."""
    return problem.task == "regression" and not problem.training and is_polynomial(problem.network)


def pieces_of_path(
    problem: Problem, digits: int, until: Fraction, *, operations: float = 60 * SECOND, max_steps: int = 4000
) -> Iterator[Piece]:
    """Enclosures of the flow on consecutive steps from 0 that cover [0, until]; they end early where no proof is found.

    None at all for cross-entropy, and for potentials that couple too many parameters.

    Parameters
    ----------
    problem : of any task, loss and dynamics but gradient descent.
    digits : decimal digits with which the candidates are computed; errors grow along the path.
    operations : budget, see `integrate.budget`.

    Raises
    ------
    InputError : gradient descent.
    """
    permission.ask("validated integration")
    if isinstance(problem.dynamics, GradientDescent):
        raise InputError("gradient descent is no flow", key="dynamics", source=problem.name)
    budget = Budget(operations)
    try:
        run = _run(problem, digits, budget, max_steps)
    except InputError:
        return
    reached = Fraction(0)
    for _ in range(max_steps):
        if reached >= until or budget.used_up or not run.step():
            return
        assert run.piece is not None
        yield run.piece
        reached = run.piece.start + run.piece.length


def _run(problem: Problem, digits: int, budget: Budget, max_steps: int) -> Run:
    if has_plain_flow(problem):
        return Run(problem.independent, digits, digits, budget, max_steps)
    return MotionRun(problem, digits, digits, budget, max_steps)


def enclose_moments(
    problem: Problem, times: Sequence[Fraction], digits: int, *, operations: float = 60 * SECOND
) -> dict[Fraction, list[Ball]] | None:
    """The parameters of a flow at given times, in balls of radius below 10^-digits of the largest.

    With momentum their rates follow them. None where the budget or the method ends before the last time. The balls are
    to be used at a precision of `digits` digits or more.

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
    path = enclose_path(problem, times, digits, operations=operations)
    return None if path is None else path[0]


def enclose_path(
    problem: Problem, times: Sequence[Fraction], digits: int, *, operations: float = 60 * SECOND
) -> tuple[dict[Fraction, list[Ball]], tuple[Piece, ...]] | None:
    """The parameters at given times, see `enclose_moments`, and the pieces that lead to the last of them."""
    wanted = digits_to_bits(digits)
    for guard in _GUARD_DIGITS:
        with ball_precision(digits_to_bits(digits + guard) + 64):
            start = [ball(q) for layer in problem.v0 for q in layer]
            if isinstance(problem.dynamics, Momentum):
                start += [ball(0)] * len(start)
            moments = {time: start for time in times if time == 0}
            waiting = sorted(set(times) - set(moments))
            last, pieces = waiting[-1] if waiting else Fraction(0), list[Piece]()
            for piece in pieces_of_path(problem, digits + guard, last, operations=operations):
                pieces.append(piece)
                while waiting and waiting[0] <= piece.start + piece.length:
                    time = waiting.pop(0)
                    moments[time] = piece.at(ball((time - piece.start) / piece.length))
            if waiting:
                return None
            if all(missing_bits(entries, wanted) <= 0 for entries in moments.values()):
                return moments, tuple(pieces)
    return None
