"""A start with equal layers and v_L = 0, in reduced coordinates: what R4 and R8 need of a problem."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.claims.hypotheses import real_form, reduced_layers
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.sensing import commuting_form
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.balls import Exact, ball, ball_matrix, column, dyadic, sign
from litproof.predict.reduction import design
from litproof.predict.simplex import Programme, minimise
from litproof.problem import Problem

BITS = digits_to_bits(80)


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
    columns: tuple[tuple[Exact, ...], ...]
    weights: tuple[Exact, ...]
    y: tuple[Fraction, ...]

    def beta(self, rho: Sequence[Exact]) -> tuple[Fraction, ...]:
        """sum_j rho_j columns[j], to 80 digits."""
        with ball_precision(BITS):
            values = [ball(entry) if not hasattr(entry, "mid") else entry for entry in rho]
            d = len(self.columns[0])
            return tuple(
                dyadic(sum((values[j] * ball(c[z]) for j, c in enumerate(self.columns)), ball(0)))
                for z in range(d)
            )


def reduce(problem: Problem) -> Reduced:
    """The reduced form; the problem must meet the hypotheses of R2 (or R8 with rational eigenvalues)."""
    if isinstance(problem.network, MatrixSensing):
        form = commuting_form(problem.X, problem.v, problem.network.size).rational()
        rows = tuple(zip(*form.X, strict=True))
        weights = tuple(abs(value) for value in form.v[0])
        return Reduced(problem.network.depth, rows, form.projectors, weights, problem.y)
    odeco = real_form(problem)
    etabar = reduced_layers(problem)[0]
    weights = tuple(value if sign(value) > 0 else -1 * value for value in etabar)
    return Reduced(problem.network.depth, design(odeco.S, problem.X), odeco.S, weights, problem.y)


def weighted_least_squares(reduced: Reduced, power: int) -> tuple[Fraction, ...]:
    """beta of argmin sum_j rho_j^2 / |etabar_j|^power: rho = D A (A^T D A)^{-1} y, D = diag(|etabar|^power)."""
    with ball_precision(BITS):
        A = ball_matrix(reduced.A)
        weights = [ball(value) ** power for value in reduced.weights]
        weighted = A.__class__(
            [[w * entry for entry in row] for w, row in zip(weights, A.tolist(), strict=True)]
        )
        nu = (A.transpose() * weighted).solve(column(ball(value) for value in reduced.y))
        rho = weighted * nu
        return reduced.beta([rho[j, 0] for j in range(len(weights))])


def basis_pursuit(reduced: Reduced, power: int) -> Programme:
    """argmin sum_j |rho_j| / |etabar_j|^power as a linear programme in (rho^+, rho^-), exact.

    In the scaled unknowns rho_j / |etabar_j|^power all costs are 1.
    """
    scaled = [
        [_power(w, power) * entry for entry in row] for w, row in zip(reduced.weights, reduced.A, strict=True)
    ]
    rows = [[*(row[i] for row in scaled), *(-1 * row[i] for row in scaled)] for i in range(len(reduced.y))]
    return minimise(rows, reduced.y, [Fraction(1)] * (2 * len(scaled)))


def sparse_beta(reduced: Reduced, power: int) -> tuple[Fraction, ...]:
    """beta of the basis-pursuit solution."""
    found = basis_pursuit(reduced, power)
    m = len(reduced.weights)
    rho = [_power(w, power) * (found.x[j] - found.x[j + m]) for j, w in enumerate(reduced.weights)]
    return reduced.beta(rho)


def dual_slopes(reduced: Reduced, power: int) -> list[Exact]:
    """w_j = |etabar_j|^power (A p)_j, p the dual optimum: 1 in modulus on the support."""
    found = basis_pursuit(reduced, power)
    return [
        _power(w, power) * sum((entry * p for entry, p in zip(row, found.dual, strict=True)), Fraction(0))
        for w, row in zip(reduced.weights, reduced.A, strict=True)
    ]


def _power(value: Exact, power: int) -> Exact:
    result: Exact = Fraction(1)
    for _ in range(power):
        result = result * value
    return result
