"""Large and small initialisations (R4): limits, and the next term with its exponent and constant.

A = S X^T (m x n, rank n), e_j = |etabar_j|, a_j = alpha e_j, tau = A nu, rho_j = a_j^L h_L(a_j^{L-2} tau_j) and
A^T rho = y. The limit of large alpha is the weighted least-squares fit, that of small alpha the weighted l1 fit, which
must be unique and not degenerate (HypothesisError otherwise: the exponents are others). Expansions, first corrections
on and off the support, and their exponents: `derivations/bodies/lemma-first-corrections.tex` (`litproof derive A3`).
Numbers are exact (see `balls`); rational data give Fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.balls import Ball, Exact, ball, sign
from litproof.algebra.linear import dot, solve_exact
from litproof.algebra.linear_programme import minimise
from litproof.errors import HypothesisError
from litproof.predict.regression.potentials import h, s_max

Vector = tuple[Exact, ...]
Matrix = Sequence[Sequence[Exact]]


@dataclass(frozen=True)
class LargeScale:
    """rho = limit + alpha^(-exponent) correction + O(alpha^(-2 exponent)), all exact.

    Attributes
    ----------
    limit : m, minimiser of sum_j rho_j^2 / e_j^{2L-2} on {A^T rho = y}.
    correction : m.
    exponent : 2L.
    """

    limit: Vector
    correction: Vector
    exponent: int


@dataclass(frozen=True)
class SmallScale:
    """rho_j = limit_j + alpha^(exponents_j) constants_j (1 + o(1)) as alpha -> 0.

    Attributes
    ----------
    limit : m, the weighted basis-pursuit solution, exact.
    support : indices of its non-zero entries.
    ratios : m, r_j (+-1 on the support), exact.
    exponents : m, exact; None where the correction vanishes to the order computed here.
    constants : m balls.
    """

    limit: Vector
    support: tuple[int, ...]
    ratios: Vector
    exponents: tuple[Exact | None, ...]
    constants: tuple[Ball, ...]


@dataclass(frozen=True)
class BasisPursuit:
    """Solution of min sum_j w_j |rho_j| subject to A^T rho = y.

    Attributes
    ----------
    rho : one optimal vertex, exact.
    dual : p in R^n with |(A p)_j| <= w_j and y . p = value.
    value : the minimum.
    unique : whether rho is the only solution (decided exactly).
    """

    rho: Vector
    dual: Vector
    value: Exact
    unique: bool


def weighted_l2(A: Matrix, y: Sequence[Fraction], weights: Sequence[Exact]) -> Vector:
    """The minimiser of sum_j rho_j^2 / weights_j subject to A^T rho = y, exact.

    Raises
    ------
    HypothesisError : A has rank below n.
    """
    p = _solved(_gram(A, weights), y)
    return tuple(w * dot(row, p) for w, row in zip(weights, A, strict=True))


def weighted_l1(A: Matrix, y: Sequence[Fraction], weights: Sequence[Exact]) -> BasisPursuit:
    """Basis pursuit by an exact linear programme; weights positive.

    Raises
    ------
    HypothesisError : A^T rho = y has no solution.
    """
    n, m = len(y), len(A)
    matrix = [[side * A[j][i] for side in (1, -1) for j in range(m)] for i in range(n)]
    optimum = minimise(matrix, y, [*weights, *weights])
    if optimum.status != "optimal":
        raise HypothesisError("X S^T rho = y has no solution")
    rho = tuple(optimum.x[j] - optimum.x[m + j] for j in range(m))
    return BasisPursuit(rho, optimum.dual, optimum.value, optimum.unique)


def large_alpha(A: Matrix, y: Sequence[Fraction], e: Sequence[Exact], L: int) -> LargeScale:
    """Limit and first correction for alpha -> inf, exact. A: m x n of rank n; e_j > 0; L >= 2."""
    n = len(y)
    weights = [value ** (2 * L - 2) for value in e]
    gram = _gram(A, weights)
    first = _solved(gram, y)
    u = [dot(row, first) for row in A]
    cubic = [Fraction(2 * (L - 1), 3) * value ** (4 * L - 6) * s**3 for value, s in zip(e, u, strict=True)]
    second = _solved(gram, [-dot(cubic, [row[i] for row in A]) for i in range(n)])
    correction = tuple(w * dot(row, second) + c for w, row, c in zip(weights, A, cubic, strict=True))
    return LargeScale(tuple(w * s for w, s in zip(weights, u, strict=True)), correction, 2 * L)


def _gram(A: Matrix, weights: Sequence[Exact]) -> list[list[Exact]]:
    """A^T diag(weights) A."""
    columns = list(zip(*A, strict=True))
    weighted = [[w * entry for w, entry in zip(weights, column, strict=True)] for column in columns]
    return [[dot(left, right) for right in columns] for left in weighted]


def _solved(matrix: Matrix, right: Sequence[Exact]) -> Vector:
    solution = solve_exact(matrix, right)
    if solution is None:
        raise HypothesisError("S X^T must have full column rank")
    return solution


def small_alpha(A: Matrix, y: Sequence[Fraction], e: Sequence[Exact], L: int) -> SmallScale:
    """Limit, exponents and constants for alpha -> 0; constants at flint's current precision. L >= 2, e_j > 0.

    Raises
    ------
    HypothesisError : the weighted basis-pursuit solution is not unique or degenerate (fewer than n non-zero
        entries, or some |r_j| = 1 off the support).
    """
    n, m = len(y), len(A)
    weights = [value ** (2 - L) for value in e]
    pursuit = weighted_l1(A, y, weights)
    support = tuple(j for j in range(m) if sign(pursuit.rho[j]))
    if not pursuit.unique:
        raise HypothesisError(
            "the basis-pursuit solution is not unique: the limit for alpha -> 0 depends on more"
        )
    if len(support) < n:
        raise HypothesisError(
            f"the basis-pursuit solution is degenerate: {len(support)} non-zero entries, n = {n}"
        )
    block = [A[j] for j in support]
    p = _solved(block, [sign(pursuit.rho[j]) * weights[j] for j in support])
    ratios = tuple(dot(row, p) / w for row, w in zip(A, weights, strict=True))
    off = [j for j in range(m) if j not in support]
    if any(sign(1 - ratios[j] * ratios[j]) <= 0 for j in off):
        raise HypothesisError(
            "the dual of basis pursuit touches an entry off the support: the exponents are different"
        )
    kappa = _kappa(A, block, _support_offsets(pursuit.rho, support, e, L))
    exponents: list[Exact | None] = [None] * m
    constants = [ball(0)] * m
    for j in off:
        exponents[j], constants[j] = _off_support(ratios[j], e[j], kappa[j], L)
    inverse = [_solved(list(zip(*block, strict=True)), list(A[j])) for j in off]
    for position, j in enumerate(support):
        reached = [
            (exponents[k], row[position], constants[k])
            for k, row in zip(off, inverse, strict=True)
            if sign(row[position])
        ]
        smallest = least(exponent for exponent, _, _ in reached if exponent is not None)
        exponents[j] = smallest
        for exponent, factor, constant in reached:
            if exponent == smallest:
                constants[j] -= ball(factor) * constant
    return SmallScale(pursuit.rho, support, ratios, tuple(exponents), tuple(constants))


def least(values: Iterable[Exact]) -> Exact | None:
    """The smallest of exact real numbers, None for none."""
    smallest: Exact | None = None
    for value in values:
        if smallest is None or sign(value - smallest) < 0:
            smallest = value
    return smallest


def _support_offsets(rho: Vector, support: Sequence[int], e: Sequence[Exact], L: int) -> list[Ball]:
    """What tau_B keeps beside its diverging part."""
    offsets = []
    for j in support:
        size = abs(ball(rho[j]))
        value = (4 * size / ball(e[j] ** 2)).log() / 2 if L == 2 else -(size.root(L) ** (2 - L)) / (L - 2)
        offsets.append(sign(rho[j]) * value)
    return offsets


def _kappa(A: Matrix, block: Matrix, offsets: Sequence[Ball]) -> list[Ball]:
    """A A_B^{-1} offsets, the inverse exact."""
    n = len(block)
    columns = [_solved(block, [Fraction(int(i == k)) for i in range(n)]) for k in range(n)]
    return [
        sum(
            (ball(dot(row, column)) * offset for column, offset in zip(columns, offsets, strict=True)),
            ball(0),
        )
        for row in A
    ]


def _off_support(ratio: Exact, e: Exact, kappa: Ball, L: int) -> tuple[Exact, Ball]:
    side = sign(ratio)
    if L == 2:
        if not side:
            return Fraction(2), ball(e**2) * (2 * kappa).sinh() / 2
        return 2 - 2 * side * ratio, side * ball(e**2) * (2 * side * kappa).exp() / 4
    if not side:
        return Fraction(2 * L - 2), ball(e ** (2 * L - 2)) * kappa
    limit = s_max(L)
    if limit is None:
        raise ValueError(f"no pole for L = {L}")
    return Fraction(L), ball(e**L) * h(limit * ball(ratio), L)
