"""Classification: whether a function selects the limit direction from the polyhedron {z : y_i x_i . z >= 1} alone.

Pairs keep the polyhedron, network and start: a point stands twice, or a sum of two points is added, which is redundant.
Their flows differ, as the loss is another one. Where both directions are proved and lie in disjoint boxes, no function
of the direction (and of the start) has them as its unique minimisers on the polyhedron.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from litproof.algebra.linear import distance, dot, identity
from litproof.bias.pairs import Pair, Tried, gap_of, read_box
from litproof.bias.regulariser import Regulariser
from litproof.certify.certificates.limit_pair import Transform
from litproof.errors import Inconclusive
from litproof.integrate.classification.follow import follow_direction
from litproof.limits.classification import require_separable
from litproof.limits.find import find_limit
from litproof.networks.base import MultilinearNetwork
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem
from litproof.results import Evidence

DIGITS = 6
_MOST_REPEATED = 4


def known_margin(problem: Problem) -> Regulariser | None:
    """The norm whose maximum-margin direction theory proves to be the limit, from every start with loss below 1."""
    network = problem.network
    if not isinstance(network, MultilinearNetwork):
        return None
    starts = "starts from which the loss tends to zero, all separable data"
    if isinstance(network, FullyConnected) or network.depth == 1:
        return Regulariser(
            "l2 norm", "sum(beta[j]^2)", starts, "maximum margin of fully connected layers (K2)"
        )
    if problem.odeco is not None and network.depth == 2:
        return Regulariser(
            "l1 norm of the components", "sum(abs(rho[j]))", starts, "maximum margin of two layers (K3)"
        )
    return None


def additions(problem: Problem) -> Iterator[Transform]:
    """T with (T X, T y) of the same polyhedron: a point repeated, then a sum of two points.

    The rows are those of y_i x_i with the label 1.
    """
    n = len(problem.y)
    rows = identity(n)
    for row in rows[:_MOST_REPEATED]:
        yield [*rows, row]
    if n > 1:
        yield [*rows, [a + b for a, b in zip(rows[0], rows[-1], strict=True)]]


def absorbed(problem: Problem) -> Problem:
    """The same flow with all labels 1."""
    return replace(problem, X=problem.signed_rows, y=(Fraction(1),) * len(problem.y))


def find_margin_pair(problem: Problem, tried: Tried) -> Pair | None:
    """The first pair whose directions are proved to differ; they are followed, and proved where they do.

    Raises
    ------
    InputError : the data are not separable. Inconclusive : the direction of the problem itself does not settle.
    """
    require_separable(problem)
    plain = absorbed(problem)
    first = follow_direction(plain, DIGITS)
    if not first.converged:
        raise Inconclusive(f"no limit direction was reached: {first.reason}", outcome=first.outcome)
    for T in additions(plain):
        columns = list(zip(*plain.X, strict=True))
        X = tuple(tuple(dot(row, column) for column in columns) for row in T)
        other = replace(plain, X=X, y=(Fraction(1),) * len(X))
        second = follow_direction(other, DIGITS)
        if not second.converged:
            tried.stuck = tried.stuck or second.reason
            continue
        tried.pairs += 1
        gap = distance(first.value, second.value)
        if gap <= Fraction(1, 10 ** (DIGITS - 1)):
            continue
        tried.largest = max(tried.largest, float(gap))
        pair = _proved(plain, other, T)
        if pair is not None:
            return pair
        tried.unproved = "the directions of a pair differ, but not both of them are proved"
    return None


def _proved(plain: Problem, other: Problem, T: Transform) -> Pair | None:
    """Both directions proved, in disjoint boxes."""
    limits = [find_limit(member, DIGITS) for member in (plain, other)]
    if any(limit.evidence < Evidence.CERTIFIED for limit in limits):
        return None
    boxes = [read_box(limit.enclosure) for limit in limits]
    if not all(boxes) or gap_of(*boxes) <= 0:
        return None
    return Pair(plain, other, T, gap_of(*boxes), tuple(boxes), None)
