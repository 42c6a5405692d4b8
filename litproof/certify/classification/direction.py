"""Proven enclosures of limit directions on the exponential loss F = sum_i exp(-m_i), m_i = y_i f(x_i).

Each case is a theorem whose hypotheses are decided on the exact start, and an optimum that is known exactly. One layer,
from every start, and that limit points are stationary: `derivations/bodies/lemma-limit-directions.tex` (`litproof
derive A6`). Fully connected, once F < 1, which `validated` proves in balls: K2. Two layers with a real odeco form:
`l1_limit` (A7). Two layers and one point: `one_point` (K4). All of them are proved in Coq too (`derivations/coq`:
`linear_classifier_direction`, `every_limit_direction`, `fully_connected_max_margin`, `two_layer_l1_max_margin`,
`two_layer_classification`); that a given start meets the hypotheses is decided by the code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from litproof.algebra.balls import Ball, ball
from litproof.certify.classification.validated import climb_in_span
from litproof.certify.regression.enclosure import Enclosure, enclose_entries
from litproof.errors import HypothesisError
from litproof.integrate.budget import SECOND, Budget
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision
from litproof.predict.classification.max_margin import max_margin
from litproof.predict.regression.linear_model import layer_rows
from litproof.problem import Problem

CLIMB_OPERATIONS = 10 * SECOND
"""Budget of the proof that the loss falls below 1."""

Vector = tuple[Fraction, ...]


def enclose_direction(problem: Problem, digits: int) -> Enclosure:
    """Proven bounds of the limit of beta/|beta|_2, half-widths below 10^-digits of the largest entry.

    Nothing is integrated but, where a theorem needs the loss below 1, the way there.

    Parameters
    ----------
    problem : a classification problem. digits : significant decimal digits of the largest entry.

    Raises
    ------
    HypothesisError : no theorem of this module applies; says which hypothesis fails.
    Unreachable : the loss provably never falls below 1.
    """
    if problem.task != "classification":
        raise HypothesisError("directions are limits of classification flows")
    problem.require_plain("the proof of a direction")
    network = problem.layered
    if network.depth == 1:
        z = _one_layer(problem)
        return exact_direction(z, digits, "exact l2 max margin, limit from every start of one layer")
    if isinstance(network, FullyConnected):
        reached = loss_below_one(problem)
        z = max_margin(problem.signed_rows).z
        return exact_direction(
            z, digits, f"exact l2 max margin, limit since the loss is below 1 (K2), {reached}"
        )
    if network.depth == 2 and len(set(problem.signed_rows)) == 1:
        from litproof.certify.classification.one_point import aligned_balls

        return enclose_vector(aligned_balls(problem), digits, "top singular pair of M(x) (K4)")
    form = problem.real_odeco if network.depth == 2 else None
    if form is not None:
        from litproof.certify.classification.l1_limit import l1_limit

        beta, method = l1_limit(problem, form)
        return enclose_vector(beta, digits, method)
    raise HypothesisError(
        f"no theorem gives the limit of every flow of this {network.kind} network of depth {network.depth}"
    )


def loss_below_one(problem: Problem) -> str:
    """Words that say when the loss is proved to be below 1; HypothesisError when that is not proved."""
    for point in climb_in_span(problem, Budget(CLIMB_OPERATIONS)):
        with ball_precision(128):
            if point.loss < 1:
                return "at the start" if not point.clock else f"after int loss dt = {float(point.clock):.3g}"
    raise HypothesisError("the loss was not proved to fall below 1")


def exact_direction(beta: Sequence[Any], digits: int, method: str) -> Enclosure:
    """The direction of an exact vector, not 0."""
    return enclose_vector(lambda bits: [ball(entry) for entry in beta], digits, method)


def enclose_vector(vector: Callable[[int], list[Ball]], digits: int, method: str) -> Enclosure:
    """The direction of a vector that is known in balls at any precision; HypothesisError where it may be 0."""
    enclosure = enclose_entries(lambda bits: unit_entries(vector, bits), digits, method)
    if enclosure is None:
        raise HypothesisError("the direction could not be enclosed to the digits asked for")
    return enclosure


def unit_entries(vector: Callable[[int], list[Ball]], bits: int) -> list[Ball] | None:
    """A vector of balls over its l2 norm, at `bits` bits; None when the balls do not exclude 0."""
    from flint import arb

    with ball_precision(bits):
        entries = vector(bits)
        square = sum((x * x for x in entries), arb(0))
        if not square > 0:
            return None
        norm = square.sqrt()
        return [x / norm for x in entries]


def _one_layer(problem: Problem) -> Vector:
    """The l2 max-margin vector in the layer's own space, as coefficients beta."""
    z = max_margin(layer_rows(problem.layered, problem.signed_rows)).z
    return tuple(Fraction(b) for b in problem.network.coefficients((z,)))
