"""Vertices of the l_{2/L} margin problem that a flow may tend to, from exact data (letters: `litproof derive A8`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb
from operator import mul
from typing import TYPE_CHECKING, Any, TypeAlias

from litproof.algebra.balls import Ball, Exact, ball, ball_matrix, column
from litproof.algebra.linear import solve_exact
from litproof.errors import HypothesisError
from litproof.networks.base import OdecoForm
from litproof.precision import ball_precision
from litproof.predict.classification.vertices import Margins

if TYPE_CHECKING:
    from flint import arb_mat


_WEIGHTY = 12.0
"""A point whose margin is less above the smallest one counts as active: its share is not below 6e-6."""
_CHOICES = 50
"""Choices of rows for one support that are looked at."""


Choice: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""A support, and as many points."""


@dataclass(frozen=True)
class Vertex:
    """A candidate limit: exact data only.

    Attributes
    ----------
    form : the real odeco form. depth : L. support : J.
    square : A, |J| different rows on J. active, others : the full rows a_i with i in I (margin 1 at s), and the others.
    """

    form: OdecoForm
    depth: int
    support: tuple[int, ...]
    square: tuple[tuple[Exact, ...], ...]
    active: tuple[tuple[Exact, ...], ...]
    others: tuple[tuple[Exact, ...], ...]

    @property
    def off(self) -> tuple[int, ...]:
        """Components off the support."""
        return tuple(j for j in range(self.form.rank) if j not in self.support)

    def on(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """The entries of a row on J."""
        return tuple(row[j] for j in self.support)

    def inverse(self) -> arb_mat | None:
        """A^{-1} in balls at flint's current precision; None when A may be singular."""
        try:
            return ball_matrix(self.square).inv()
        except ZeroDivisionError:
            return None

    def coefficients(self, bits: int) -> list[Ball]:
        """S^T s, d balls; all 0 when A may be singular at this precision."""
        with ball_precision(bits):
            inverse = self.inverse()
            s = [ball(0)] * len(self.support) if inverse is None else ones(inverse)
            rows = [self.form.S[j] for j in self.support]
            return [dot([row[z] for row in rows], s) for z in range(len(self.form.S[0]))]


def choices_at(problem: Margins, rho: Sequence[Ball], margins: Sequence[Ball]) -> list[Choice]:
    """Supports and rows on them that fix a vertex which a flow that is there may tend to, small supports first.

    Guesses, of which nothing is taken for granted: the largest components count as on, and as many points of some
    weight, with different rows on the support, fix the vertex; where there are more of them, each choice.
    """
    rows = problem.rows
    least = min(map(float, margins))
    weighty = [i for i, m in enumerate(margins) if float(m) - least < _WEIGHTY]
    reach = [float(abs(r)) * max(abs(float(ball(row[j]))) for row in rows) for j, r in enumerate(rho)]
    order = sorted(range(len(rho)), key=lambda j: -reach[j])
    choices: list[Choice] = []
    for size in range(1, min(len(weighty), len(rho)) + 1):
        support = tuple(sorted(order[:size]))
        different = {tuple(rows[i][j] for j in support): i for i in reversed(weighty)}
        if comb(len(different), size) <= _CHOICES:
            choices += [(support, points) for points in combinations(sorted(different.values()), size)]
    return choices


def strict_vertex(problem: Margins, choice: Choice) -> Vertex:
    """The vertex; active are the points with the chosen rows, and those whose margins at s are 1 too (decided over Q).

    Raises HypothesisError when it is not strict.
    """
    support, points = choice
    square = tuple(tuple(problem.rows[i][j] for j in support) for i in points)
    rational = all(isinstance(x, Fraction) for row in problem.rows for x in row)
    s = solve_exact(square, [Fraction(1)] * len(square)) if rational else None
    active: list[tuple[Exact, ...]] = []
    others: list[tuple[Exact, ...]] = []
    for row in problem.rows:
        mine = tuple(row[j] for j in support)
        tied = s is not None and sum(map(mul, mine, s)) == 1
        (active if tied or mine in square else others).append(row)
    corner = Vertex(problem.form, problem.depth, support, square, tuple(active), tuple(others))
    require_strict(corner)
    return corner


def require_strict(corner: Vertex) -> None:
    """HypothesisError where no box, however small, meets (a) to (c): checked at x = s."""
    inverse = corner.inverse()
    if inverse is None:
        raise HypothesisError("the limit is no vertex: the active points are dependent on the support")
    s = ones(inverse)
    if not all(slope > 0 for slope in slopes_at(inverse, s, s, corner.depth)):
        raise HypothesisError("the limit is no strict vertex: a multiplier is not positive")
    if not all(dot(corner.on(row), s) > 1 for row in corner.others):
        raise HypothesisError("the limit is no strict vertex: a further point lies on the margin")


def ones(inverse: arb_mat) -> list[Ball]:
    """A^{-1} 1."""
    solution: list[Ball] = (inverse * column([ball(1)] * inverse.ncols())).entries()
    return solution


def slopes_at(inverse: arb_mat, s: Sequence[Ball], x: Sequence[Ball], L: int) -> list[Ball]:
    """alpha = A^{-T} v, v_j = (2/L) sgn(s_j) |x_j|^(2/L - 1); not finite where an x_j may be 0."""
    from flint import arb

    v = [a.sgn() * abs(value) ** (arb(2) / L - 1) * 2 / L for a, value in zip(s, x, strict=True)]
    solution: list[Ball] = (inverse.transpose() * column(v)).entries()
    return solution


def dot(exact: Sequence[Exact], balls: Sequence[Ball]) -> Ball:
    """Exact entries times balls, added up."""
    from flint import arb

    return sum((ball(a) * b for a, b in zip(exact, balls, strict=True) if a), arb(0))
