"""Theorem R2 as it is stated: the functional Q on {X S^T rho = y}, its derivatives, KKT residuals and minimiser.

    Q(rho) = sum_j a_j^2 H_L(rho_j / a_j^L),   a_j = alpha |etabar_j|.

L, the weights a and the matrix A = S X^T are plain arguments, so a false variant is one changed argument away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.balls import Ball, Exact, ball, dyadic, sign
from litproof.errors import HypothesisError, Inconclusive
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.coordinates import coordinate
from litproof.predict.regression.dual import Dual
from litproof.predict.regression.dual_newton import solve
from litproof.predict.regression.potentials import H, H_second, h_inverse
from litproof.predict.regression.reduction import design


@dataclass(frozen=True)
class Minimiser:
    """The minimiser of Q on {X S^T rho = y}.

    Attributes
    ----------
    rho : m dyadic fractions.
    nu : n multipliers, grad Q(rho) = S X^T nu.
    digits : digits of the largest entry of rho that are right (proved).
    """

    rho: tuple[Fraction, ...]
    nu: tuple[Fraction, ...]
    digits: int


def Q(rho: Sequence[Ball], weights: Sequence[Ball], L: int) -> Ball:
    """Q(rho) for weights a_j > 0, L >= 2, at flint's current precision."""
    from flint import arb

    return sum((a * a * H(r / a**L, L) for r, a in zip(rho, weights, strict=True)), arb(0))


def gradient_Q(rho: Sequence[Ball], weights: Sequence[Ball], L: int) -> list[Ball]:
    """dQ/drho_j = a_j^{2-L} h_L^{-1}(rho_j / a_j^L)."""
    return [h_inverse(r / a**L, L) * a * a / a**L for r, a in zip(rho, weights, strict=True)]


def hessian_Q(rho: Sequence[Ball], weights: Sequence[Ball], L: int) -> list[Ball]:
    """The diagonal of the Hessian, d^2Q/drho_j^2 = a_j^{2-2L} H_L''(rho_j / a_j^L) > 0."""
    return [H_second(r / a**L, L) * a * a / a ** (2 * L) for r, a in zip(rho, weights, strict=True)]


def kkt_residuals(
    A: Sequence[Sequence[Exact]],
    y: Sequence[Fraction],
    rho: Sequence[Fraction],
    nu: Sequence[Fraction],
    weights: Sequence[Exact],
    L: int,
    digits: int,
) -> tuple[Ball, Ball]:
    """max_j |grad Q(rho) - A nu|_j and max_i |A^T rho - y|_i, as balls at `digits` + 20 digits."""
    with ball_precision(digits_to_bits(digits + 20)):
        A_balls = [[ball(entry) for entry in row] for row in A]
        slopes = gradient_Q([ball(r) for r in rho], [ball(a) for a in weights], L)
        stationary = [
            abs(g - sum((p * ball(v) for p, v in zip(row, nu, strict=True)), ball(0)))
            for g, row in zip(slopes, A_balls, strict=True)
        ]
        feasible = [
            abs(sum((A_balls[j][i] * ball(r) for j, r in enumerate(rho)), ball(0)) - ball(target))
            for i, target in enumerate(y)
        ]
        return _largest(stationary), _largest(feasible)


def _largest(values: Sequence[Ball]) -> Ball:
    result = values[0]
    for value in values[1:]:
        result = result.max(value)
    return result


def balanced_dual(
    A: Sequence[Sequence[Exact]], y: Sequence[Fraction], weights: Sequence[Exact], L: int
) -> Dual:
    """The dual problem of R2: eta_l(0) = a for l < L and eta_L(0) = 0.

    HypothesisError for L < 2 or a weight that is zero (the sign of a weight does not matter).
    """
    if L < 2:
        raise HypothesisError(f"the functional Q needs depth L >= 2, not {L}")
    if any(sign(a) == 0 for a in weights):
        raise HypothesisError("the functional Q needs etabar_j != 0 and alpha != 0 for every j")
    positive = [a if sign(a) > 0 else -a for a in weights]
    starts = [coordinate([a] * (L - 1) + [Fraction(0)]) for a in positive]
    return Dual(tuple(tuple(row) for row in A), tuple(y), tuple(starts))


def minimise_Q(
    S: Sequence[Sequence[Exact]],
    X: Sequence[Sequence[Fraction]],
    y: Sequence[Fraction],
    etabar: Sequence[Exact],
    alpha: Fraction,
    L: int,
    digits: int,
) -> Minimiser:
    """The minimiser of Q on {X S^T rho = y}; beta = S^T rho is the limit of the flow (R2).

    The entries of S and etabar are exact real numbers. Raises HypothesisError for L < 2, a zero etabar_j or alpha = 0.
    """
    dual = balanced_dual(design(S, X), y, [alpha * e for e in etabar], L)
    bits = digits_to_bits(digits + 5) + 2
    solution = solve(dual, bits)
    if not all(entry.is_finite() for entry in solution.rho):
        raise Inconclusive("the minimiser of Q was not enclosed")
    return Minimiser(tuple(map(dyadic, solution.rho)), tuple(map(dyadic, solution.nu)), digits)
