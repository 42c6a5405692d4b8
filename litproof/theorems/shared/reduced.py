"""A start with equal layers and v_L = 0, in reduced coordinates: what R4 needs of a problem."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.balls import Ball, Exact, ball, dyadic, sign
from litproof.claims.hypotheses import real_form, reduced_layers
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.reduction import design
from litproof.problem import Problem


@dataclass(frozen=True)
class Reduced:
    """A^T rho = y, beta = sum_j rho_j columns[j], |etabar_j| > 0 the start of every layer but the last.

    Attributes
    ----------
    depth : L.
    A : S X^T, m x n.
    columns : m vectors of length d.
    weights : |etabar_j|.
    y : n targets.
    """

    depth: int
    A: tuple[tuple[Exact, ...], ...]
    columns: tuple[Sequence[Exact], ...]
    weights: tuple[Exact, ...]
    y: tuple[Fraction, ...]

    def beta(self, rho: Sequence[Exact], digits: int) -> tuple[Fraction, ...]:
        """sum_j rho_j columns[j] for exact rho, `digits` digits of the intermediate sums."""
        with ball_precision(digits_to_bits(digits + 10)):
            return self.beta_of_balls([ball(value) for value in rho])

    def beta_of_balls(self, rho: Sequence[Ball]) -> tuple[Fraction, ...]:
        """The same for balls, at flint's current precision."""
        columns = [[ball(entry) for entry in column] for column in self.columns]
        return tuple(
            dyadic(sum((r * c[z] for r, c in zip(rho, columns, strict=True)), ball(0)))
            for z in range(len(columns[0]))
        )


def reduce(problem: Problem) -> Reduced:
    """The reduced form; the problem must meet the hypotheses of R2."""
    odeco = real_form(problem)
    etabar = reduced_layers(problem)[0]
    weights = tuple(value if sign(value) > 0 else -1 * value for value in etabar)
    return Reduced(problem.layered.depth, design(odeco.S, problem.X), odeco.S, weights, problem.y)
