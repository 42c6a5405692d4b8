"""False variants for a claim that came without any: its own prediction with something changed that should matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from litproof.claims.types import Mutant, Predict
from litproof.errors import LitproofError
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem
from litproof.results import Prediction

Change = Callable[[Problem], Problem | None]

_LAST_DIGITS = 4
"""A change this many digits above the last one asked for must still be seen (a factor 10 clear of CLEAR_MARGIN)."""


def generic_mutants(predict: Predict, *, plain: bool) -> tuple[Mutant, ...]:
    """Variants of a prediction of numbers.

    Parameters
    ----------
    predict : the claim's own prediction.
    plain : whether it is compared as linear coefficients; then the minimum norm solution is one of the variants.
    """
    changes: tuple[tuple[str, Change], ...] = (
        ("scale: 2 alpha in place of alpha", _doubled_scale),
        ("depth: one more layer like the first", _deeper),
        ("transform: coordinates of X in reverse order", _reversed_inputs),
        ("targets: 2 y in place of y", _doubled_targets),
    )
    variants = [Mutant(name, _from(predict, change)) for name, change in changes]
    variants.append(Mutant(f"value: changed {_LAST_DIGITS} digits above the last one", _nudged(predict)))
    if plain:
        variants.append(Mutant("minimum l2 norm in place of the prediction", _least_squares))
    return tuple(variants)


def _from(predict: Predict, change: Change) -> Callable[[Problem, int], Prediction | None]:
    """The prediction for a changed problem; None where the change, or the prediction there, has no meaning."""

    def variant(problem: Problem, digits: int) -> Prediction | None:
        changed = change(problem)
        if changed is None:
            return None
        try:
            return predict(changed, digits)
        except (LitproofError, ArithmeticError, LookupError, ValueError):
            return None

    return variant


def _nudged(predict: Predict) -> Callable[[Problem, int], Prediction | None]:
    def variant(problem: Problem, digits: int) -> Prediction | None:
        prediction = predict(problem, digits)
        size = max(map(abs, prediction.value), default=Fraction(0))
        if not size:
            return None
        position = [abs(entry) for entry in prediction.value].index(size)
        shift = size / Fraction(10) ** (digits - _LAST_DIGITS)
        value = tuple(entry + shift * (j == position) for j, entry in enumerate(prediction.value))
        return replace(prediction, value=value)

    return variant


def _doubled_scale(problem: Problem) -> Problem:
    return replace(problem, scale=2 * problem.scale)


def _doubled_targets(problem: Problem) -> Problem | None:
    if problem.task != "regression":
        return None
    return replace(problem, y=tuple(2 * entry for entry in problem.y))


def _reversed_inputs(problem: Problem) -> Problem:
    return replace(problem, X=tuple(row[::-1] for row in problem.X))


def _deeper(problem: Problem) -> Problem | None:
    network = problem.network
    if isinstance(network, Diagonal):
        return replace(
            problem, network=Diagonal(network.depth + 1, network.width), v=(problem.v[0], *problem.v)
        )
    if isinstance(network, FullyConnected) and network.widths and network.widths[0] == network.input_dim:
        deeper = FullyConnected(network.input_dim, (network.input_dim, *network.widths))
        return replace(problem, network=deeper, v=(problem.v[0], *problem.v))
    return None


def _least_squares(problem: Problem, digits: int) -> Prediction | None:
    from litproof.algebra.linear import minimum_norm

    if problem.task != "regression":
        return None
    problem = problem.independent
    return Prediction(minimum_norm(problem.X, problem.y), digits, "minimum l2 norm")
