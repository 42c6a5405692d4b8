r"""Two layers and one data point (theory R6) at any size: v(nu) = exp(nu K) v(0), and nu with g(nu) = y, in balls.

K = [[0, M], [M^T, 0]], g = v^T K v / 2 the output, g' = |K v|^2. No spectrum is needed: exp(nu K) is summed as a power
series in balls, from a nu that doubles find. With rho |K| < log 2 and |nu - c| <= rho, |K v(nu)| is at least
(2 - e^(rho |K|)) |K v(c)|: where |g(c) - y| is at most rho times the square of that, g takes the value y within rho
of c. That the flow goes there follows from nu' = y - g(nu), g increasing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log2
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball, magnitude
from litproof.algebra.dominant import length_bound, spectral_bound
from litproof.algebra.inverse import OutsideDomain
from litproof.algebra.linear import rational_matrix
from litproof.errors import HypothesisError
from litproof.networks.point_matrix import Matrix, Part
from litproof.precision import ball_precision
from litproof.predict.regression.two_layer import coefficients_in_balls, solve_output
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

_SEEN = 1e-8
"""Share of the start, in doubles, that has to grow towards the target."""

_SPARE_BITS = 32
_NEWTON = 12


State = list[tuple[Any, Any]]
"""The layers on each group: p x g and q x g balls, a column a part."""


@dataclass(frozen=True)
class Group:
    """Equal parts of M.

    Attributes
    ----------
    entries : the matrix, p x q. places : its rows and columns in M, g times. norm : bound of its norm.
    """

    entries: Matrix
    places: tuple[Part, ...]
    norm: Ball

    def start(self, v: Sequence[Sequence[Fraction]]) -> tuple[arb_mat, arb_mat]:
        """The layers on the parts, exactly, rounded to balls."""
        from flint import arb_mat

        first = [[ball(v[0][part.rows[i]]) for part in self.places] for i in range(len(self.entries))]
        second = [[ball(v[1][part.columns[j]]) for part in self.places] for j in range(len(self.entries[0]))]
        return arb_mat(first), arb_mat(second)

    def matrices(self) -> tuple[arb_mat, arb_mat]:
        """The matrix and its transpose in balls."""
        from flint import arb_mat

        A = arb_mat(rational_matrix(self.entries))
        return A, A.transpose()


class Exponential:
    """v(nu) of one problem.

    Raises HypothesisError where no nu is found, or doubles do not show that the start grows towards the target.
    """

    def __init__(self, problem: Problem, parts: Sequence[Part]) -> None:
        self.problem = problem
        equal: dict[Matrix, list[Part]] = {}
        for part in parts:
            equal.setdefault(part.entries, []).append(part)
        with ball_precision(64):
            self.groups = [
                Group(entries, tuple(places), spectral_bound(entries)) for entries, places in equal.items()
            ]
            self.norm: Ball = max((group.norm for group in self.groups), key=float)
            self.rough = self._rough()

    def _rough(self) -> Ball:
        """nu to about 15 digits."""
        import numpy as np

        s, first, second = [], [], []
        v = self.problem.v0
        for group in self.groups:
            U, sizes, W = np.linalg.svd(
                np.array([[float(x) for x in row] for row in group.entries]), full_matrices=False
            )
            for part in group.places:
                s += list(sizes)
                first += list(U.T @ np.array([float(v[0][i]) for i in part.rows]))
                second += list(W @ np.array([float(v[1][j]) for j in part.columns]))
        y = self.problem.y[0]
        a, b = np.array(first), np.array(second)
        sides = {1: np.abs(a + b), -1: np.abs(a - b)}
        least = _SEEN * float(np.sqrt((a * a + b * b).sum()))
        needed = [side for side in (1, -1) if y * side >= 0]
        if any(not sides[side].max() > least for side in needed):
            raise HypothesisError(
                "the start is 0 in doubles in every singular component of M(x) that can grow towards the target; M(x) "
                "is too large to decide whether it is"
            )
        balls = [[ball(Fraction(float(x))) for x in values] for values in (s, first, second)]
        try:
            return solve_output(balls[0], (balls[1], balls[2]), y).mid()
        except OutsideDomain:
            raise HypothesisError("doubles do not find the time at which the output is the target") from None

    def limit(self, bits: int) -> list[Ball] | None:
        """beta at about so many bits, None where the proof does not close."""
        with ball_precision(64):
            extra = ceil(3 * abs(float(self.rough * self.norm)) * log2(2.72)) + _SPARE_BITS
        with ball_precision(bits + extra):
            matrices = [group.matrices() for group in self.groups]
            y, c = ball(self.problem.y[0]), self.rough
            state = self._moved(matrices, [group.start(self.problem.v0) for group in self.groups], c)
            best = None
            for _ in range(_NEWTON):
                value, slope = _output(matrices, state)
                gap = value - y
                if not slope > 0:
                    return None
                step = -(gap / slope).mid()
                size = magnitude(step)
                if gap.contains(0) or (best is not None and size >= best):
                    break
                if abs(step) * self.norm > 1 + abs(self.rough) * self.norm:
                    return None  # the doubles were not near
                best = size
                state, c = self._moved(matrices, state, step), c + step
            rho = (2 * abs(gap).upper() / slope.lower()).upper()
            growth = (rho * self.norm).exp()
            # <= as both are 0 where the start meets the target exactly
            if not abs(gap).upper() <= rho * slope.lower() * (2 - growth) ** 2 or not growth < 2:
                return None
            return self._coefficients(state, growth - 1)

    def _moved(self, matrices: Sequence[tuple[arb_mat, arb_mat]], state: State, by: Ball) -> State:
        """exp(by K) v on each group: the series, until the rest is below the current precision."""
        from flint import ctx

        moved = []
        for group, (A, transposed), (up, across) in zip(self.groups, matrices, state, strict=True):
            total, term, x, k = (up, across), (up, across), abs(by) * group.norm, 0
            size = length_bound(up.entries()) + length_bound(across.entries())
            rest = size
            while not (rest == 0 or (2 * x < k and magnitude(rest) < magnitude(size) - ctx.prec)):
                k += 1
                term = (A * term[1] * (by / k), transposed * term[0] * (by / k))
                total = (total[0] + term[0], total[1] + term[1])
                rest = (rest * x / k).upper()
            # the terms left out fall by half each time
            moved.append((_widened(total[0], rest), _widened(total[1], rest)))
        return moved

    def _coefficients(self, state: State, relative: Ball) -> list[Ball]:
        """beta, each part of the layers known up to so much of its length."""
        layers = [[ball(x) for x in layer] for layer in self.problem.v0]
        for group, (up, across) in zip(self.groups, state, strict=True):
            slack = ((length_bound(up.entries()) + length_bound(across.entries())) * relative).upper()
            for g, part in enumerate(group.places):
                for indices, side, layer in ((part.rows, up, layers[0]), (part.columns, across, layers[1])):
                    wide = _widened(side, slack)
                    for place, index in enumerate(indices):
                        layer[index] = wide[place, g]
        return coefficients_in_balls(self.problem.layered, (layers[0], layers[1]))


def _output(matrices: Sequence[tuple[arb_mat, arb_mat]], state: State) -> tuple[Ball, Ball]:
    """g and g'."""
    from flint import arb

    value, slope = arb(0), arb(0)
    for (A, transposed), (up, across) in zip(matrices, state, strict=True):
        first, second = (A * across).entries(), (transposed * up).entries()
        value += sum((x * y for x, y in zip(first, up.entries(), strict=True)), arb(0))
        slope += sum((x * x for x in (*first, *second)), arb(0))
    return value, slope


def _widened(matrix: arb_mat, radius: Ball) -> arb_mat:
    """Every entry with a larger radius."""
    from flint import arb, arb_mat

    slack = arb(0, radius)
    return arb_mat(matrix.nrows(), matrix.ncols(), [x + slack for x in matrix.entries()])
