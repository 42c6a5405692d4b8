r"""Quadratic laws that theory suggests, and whether there are others: no system over all monomials is solved.

Let q_1..q_r, q_i = 1/2 <theta, B_i theta>, be independent laws and D - r the dimension of the generated Lie algebra.
Then grad h = sum_i g_i B_i theta for every conserved h, g_i rational in theta. Where Hess h = A is constant,
A - sum_i g_i B_i = sum_i (B_i theta) (grad g_i)^T is symmetric, of columns in P(theta), the span of the independent
B_i theta; so are the grad g_i. For theta' and w orthogonal to P(theta') hence A w = sum_i g_i(theta') B_i w, and

    sum_i (g_i(theta) - g_i(theta')) B_i w lies in P(theta).

Where that, for the pairs of a few points at one example modulo a prime, leaves only equal g_i, it does so at generic
points: the g_i are constants, and h is a combination of the q_i.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, combinations_with_replacement
from typing import NamedTuple

from flint import nmod_mat

from litproof.laws.discovery import Block, Component, Key, complement
from litproof.laws.grading import SignGrading
from litproof.laws.independence import gradient
from litproof.laws.kernel import Law, pivot_columns
from litproof.laws.modular_gradients import PRIME
from litproof.laws.naming import NamedLaw

_POINTS = (2, 4, 12)
_MOST_ENTRIES = 10_000_000
"""How many points are tried, and entries of the system of their pairs."""


def suggested_blocks(component: Component, suggested: Sequence[NamedLaw]) -> list[Block] | None:
    """The suggestions that hold, a basis, class by class; None where coordinates are not homogeneous.

    They come in the order in which `discovery.conserved_blocks` finds them.
    """
    grading = SignGrading(component.program)
    if grading.step:
        return None
    classes: dict[Key, list[NamedLaw]] = defaultdict(list)
    for named in suggested:
        keys = {grading.key(monomial) for monomial in named.law}
        if (
            len(keys) == 1
            and all(len(monomial) == 2 for monomial in named.law)
            and component.conserves(named.law)
        ):
            classes[keys.pop()].append(named)
    found: list[Block] = []
    for monomial in combinations_with_replacement(range(len(component.variables)), 2):
        if not classes:
            break
        if laws := classes.pop(grading.key(monomial), None):
            found.append(Block(tuple(complement((), laws)), ()))
    return found


def no_others(laws: Sequence[Law], size: int, *, seed: int = 0, prime: int = PRIME) -> bool:
    """Whether every linear or quadratic conserved polynomial is seen to be a combination of the laws.

    Parameters
    ----------
    laws : homogeneous conserved polynomials of degree 2, on which all conserved functions depend.
    size : D, the number of parameters.

    Examples
    --------
    >>> no_others([{(0, 0): 1, (1, 1): 1, (2, 2): -1}], 3), no_others([{(0, 0): 1, (1, 1): 1}, {(0, 1): 1}], 2)
    (True, False)
    """
    draw = random.Random(seed)
    for count in _POINTS if laws else ():
        pairs = count * (count - 1) // 2
        if count * len(laws) * pairs * size > _MOST_ENTRIES:
            return False
        points = [_drawn(laws, size, draw, prime) for _ in range(count)]
        if any(len(point.pivots) < len(laws) for point in points):
            return False  # dependent laws
        rows = [row for a in range(count - 1) for row in _equations(points, a, prime)]
        entries = [entry for row in rows for entry in row]
        if int(nmod_mat(len(rows), len(rows[0]), entries, prime).rank()) == len(rows):
            return True
    return not laws


class _Point(NamedTuple):
    """P(theta) as a reduced echelon form with its pivots, and the B_i w for a w orthogonal to it, as rows."""

    span: nmod_mat
    pivots: list[int]
    images: nmod_mat


def _drawn(laws: Sequence[Law], size: int, draw: random.Random, prime: int) -> _Point:
    def gradients(at: Sequence[int]) -> nmod_mat:
        return nmod_mat(len(laws), size, [x for law in laws for x in gradient(law, at, prime=prime)], prime)

    echelon, rank = gradients([draw.randrange(1, prime) for _ in range(size)]).rref()
    pivots = pivot_columns(echelon, rank)
    w = [draw.randrange(1, prime) for _ in range(size)]
    for pivot in pivots:
        w[pivot] = 0
    solved = echelon * nmod_mat(size, 1, w, prime)
    for row, pivot in enumerate(pivots):
        w[pivot] = -int(solved[row, 0])
    return _Point(echelon, pivots, gradients(w))


def _equations(points: Sequence[_Point], a: int, prime: int) -> list[list[int]]:
    """The coefficients of g_1..g_r at point a, one row each, in the equations of all pairs; those at the last are 0."""
    rows: list[list[int]] = [[] for _ in points[0].images.tolist()]
    for b, c in combinations(range(len(points)), 2):
        here, there = points[b], points[c]
        chosen = [[row[pivot] for pivot in here.pivots] for row in there.images.tolist()]
        rest = there.images - nmod_mat(chosen, prime) * here.span
        sign = (a == b) - (a == c)
        for row, entries in zip(rows, rest.tolist(), strict=True):
            row += [sign * int(x) % prime for x in entries]
    return rows
