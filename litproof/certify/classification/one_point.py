r"""Two layers and one data point (theory K4): where both layers go, in balls.

With w = (v_1, y v_2) and K = [[0, M], [M^T, 0]], M = M(x): w' = F K w, F = exp(-y f) > 0, and y f = w^T K w / 2. So
w = exp(nu K) w(0), nu = int F dt, and nu' > 0 depends on nu alone: nu -> inf. If w(0) has a part along eigenvalues of K
above 0, let s be the largest of these and e the part along s: exp(-s nu) w -> e. beta is bilinear in the layers, and
its limit is not 0, as y x . beta of it is s |e|^2 / 2. Without such a part y f <= 0 for ever. Copies of the point
change F by a factor and nothing else.

K falls into the parts of M. A small one, or a start with few directions, is decided exactly (`algebra.cyclic`); in a
large one the largest singular value is proved to be alone, or double by symmetry, and the start to see it
(`algebra.dominant`). Where M is symmetric and y v_2 = +-v_1, K acts on v_1 as +-M alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.balls import Ball, ball
from litproof.algebra.cyclic import Cyclic, cyclic_subspace
from litproof.algebra.dominant import Dominant
from litproof.algebra.number_field import real_roots
from litproof.errors import HypothesisError, Unreachable
from litproof.networks.point_matrix import Part, point_parts
from litproof.precision import ball_precision
from litproof.predict.regression.two_layer import coefficients_in_balls
from litproof.problem import Problem

EXACT = 24
"""Dimension of a cyclic subspace up to which it is found exactly: a second."""

_SAME_BITS = 2000
"""Bits to which the eigenvalues of two large parts are compared."""

Layers = tuple[list[Ball], list[Ball]]


def aligned_balls(problem: Problem, exact: int = EXACT) -> Callable[[int], list[Ball]]:
    """beta in the limit up to a positive factor: d balls at about so many bits.

    Parameters
    ----------
    exact : dimension of a cyclic subspace up to which it is found exactly.

    Raises
    ------
    Unreachable : M(x) = 0, or eta_1 + y eta_2 = 0 in every component: then y f <= 0 for ever.
    HypothesisError : the largest singular value, or the start's part along it, is not decided at this size.
    """
    growths = _fastest(problem, exact)
    if not growths:
        raise Unreachable(
            "the loss never falls below 1: eta_1 + y eta_2 = 0 in every singular component of M(x)"
        )
    y, network = problem.y[0], problem.layered

    def beta(bits: int) -> list[Ball]:
        with ball_precision(bits):
            first, second = ([ball(0)] * size for size in network.shapes)
            for growth in growths:
                up, across = growth.part_of_start(bits)
                for i, entry in zip(growth.part.rows, up, strict=True):
                    first[i] = entry
                for j, entry in zip(growth.part.columns, across, strict=True):
                    second[j] = ball(y) * entry
            return coefficients_in_balls(network, (first, second))

    return beta


def _fastest(problem: Problem, exact: int) -> list[Growth]:
    """The parts of M in which the start grows with the largest rate of all."""
    v1, v2, y = *problem.v0, problem.y[0]
    parts = point_parts(problem.layered, problem.X[0])
    best: list[Growth] = []
    for part in sorted(parts, key=_square, reverse=True) if len(parts) > 1 else parts:
        if best and best[0].exceeds(_square(part)):
            break  # no singular value of this part, or of those below, is as large
        start = [*(v1[i] for i in part.rows), *(y * v2[j] for j in part.columns)]
        growth = _growth(part, start, exact) if any(start) else None
        if growth is None:
            continue
        order = growth.compared(best[0]) if best else 1
        if order > 0:
            best = [growth]
        elif order == 0:
            best.append(growth)
    return best


def _square(part: Part) -> Fraction:
    """The sum of the squares of all entries, at least that of the largest singular value."""
    return sum((x * x for row in part.entries for x in row), Fraction(0))


@dataclass(frozen=True)
class Growth:
    """The start in one part of M, with the largest positive eigenvalue of K there that it has a part along.

    Attributes
    ----------
    start : w(0) on the rows and columns of the part.
    source : how the eigenvalue is known: (cyclic subspace, factor, number of the root), or the singular vectors of the
        part; for a start (a, +-a) and a symmetric part A those of +-A + `shift`.
    sign : 1 or -1 for such a start, else 0.
    """

    part: Part
    start: tuple[Fraction, ...]
    source: tuple[Cyclic, tuple[Fraction, ...], int] | Dominant
    sign: int = 0
    shift: Fraction = Fraction(0)

    def value(self, bits: int) -> Ball:
        """The eigenvalue."""
        with ball_precision(bits):
            if isinstance(self.source, Dominant):
                return self.source.vectors(bits).value - ball(self.shift)
            _, factor, index = self.source
            return real_roots(factor)[index]

    def part_of_start(self, bits: int) -> Layers:
        """The part of the start along it, on the rows and on the columns."""
        height = len(self.part.rows)
        if not isinstance(self.source, Dominant):
            entries = self.source[0].part(self.value(bits))
            return entries[:height], entries[height:]
        first, second = ([ball(x) for x in half] for half in (self.start[:height], self.start[height:]))
        vectors = self.source.vectors(bits)
        if not self.sign:
            return vectors.projected(first, second)
        along, _ = vectors.projected(first, first)
        return along, [self.sign * x for x in along]

    def exceeds(self, square: Fraction) -> bool:
        """Whether the eigenvalue is larger than the root of `square`, as far as 64 bits tell."""
        with ball_precision(64):
            value = self.value(64)
            return bool(value * value > ball(square))

    def compared(self, other: Growth) -> int:
        """1, 0, -1: this eigenvalue is larger, equal, smaller."""
        if self._label() == other._label():
            return 0
        decided = not isinstance(self.source, Dominant) and not isinstance(other.source, Dominant)
        bits = 64
        while decided or bits <= _SAME_BITS:  # two exact ones that are not the same differ
            with ball_precision(bits):
                a, b = self.value(bits), other.value(bits)
                if not a.overlaps(b):
                    return 1 if a > b else -1
            bits *= 2
        raise HypothesisError(
            f"the largest singular values of two large parts of M(x) agree to {_SAME_BITS} bits: they are not decided"
        )

    def _label(self) -> object:
        """Equal for equal eigenvalues of cyclic subspaces, and for equal parts."""
        if isinstance(self.source, Dominant):
            return self.part.entries, self.sign
        return self.source[1:]


def _growth(part: Part, start: Sequence[Fraction], exact: int) -> Growth | None:
    """None where the start has no part along positive eigenvalues."""
    found = cyclic_subspace(part.entries, start, exact)
    if found is not None:
        top = found.largest()
        return None if top is None else Growth(part, tuple(start), (found, *top))
    growth = _folded(part, start) or Growth(part, tuple(start), Dominant(part.entries))
    for bits in (64, 256, 1024):
        with ball_precision(bits):
            value = growth.value(bits)
            if value < 0:
                return None
            if value > 0 and any(not x.contains(0) for layer in growth.part_of_start(bits) for x in layer):
                return growth
    raise HypothesisError(
        "eta_1 + y eta_2 is 0 to 300 digits along the largest singular value of a part of M(x) with "
        f"{len(part.rows)} rows and {len(part.columns)} columns; a part of this size is too large to decide whether "
        "it is 0"
    )


def _folded(part: Part, start: Sequence[Fraction]) -> Growth | None:
    """For a symmetric part and a start (a, +-a)."""
    A, height = part.entries, len(part.rows)
    if len(part.columns) != height or any(
        tuple(row) != column for row, column in zip(A, zip(*A, strict=True), strict=True)
    ):
        return None
    for sign in (1, -1):
        if all(y == sign * x for x, y in zip(start[:height], start[height:], strict=True)):
            # all eigenvalues of +-A + shift are positive
            shift = 2 * max(sum((abs(x) for x in row), Fraction(0)) for row in A)
            moved = [
                [sign * x + (shift if i == j else 0) for j, x in enumerate(row)] for i, row in enumerate(A)
            ]
            return Growth(part, tuple(start), Dominant(moved), sign, shift)
    return None
