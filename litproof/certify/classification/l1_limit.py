"""Two layers with a real odeco form: the exact l1 max-margin direction, and that the flow tends to it.

If some rho with rho_j <= 0 where (eta_1j + eta_2j)(0) = 0, and rho_j >= 0 where (eta_1j - eta_2j)(0) = 0, has all
margins positive, then rho/|rho|_1 tends to the point of largest margin among such rho, if that is unique:
`derivations/bodies/lemma-two-layer-limit.tex` (`litproof derive A7`). No strict gap between the layers is needed, and
no convergence is assumed. The optimum comes from exact linear programming; primal feasibility, dual feasibility and
equal values are checked here once more (`max_margin_l1` in derivations/coq/Kkt.v), uniqueness is decided by a second
exact programme.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.balls import Ball, Exact, ball, sign, simplest
from litproof.algebra.linear import combination, dot
from litproof.algebra.linear_programme import minimise, rational
from litproof.certify.classification.l1_face import face_of
from litproof.errors import HypothesisError, Unreachable
from litproof.networks.base import Layers, OdecoForm, support
from litproof.precision import ball_precision
from litproof.predict.regression.reduction import design, reduced_start
from litproof.problem import Problem
from litproof.text import few


def l1_limit(problem: Problem, form: OdecoForm) -> tuple[Callable[[int], list[Ball]], str]:
    """(beta, words): beta up to a positive factor in the limit, balls at about so many bits.

    Raises Unreachable when no coefficients with the signs that the start allows separate the data: the loss then stays
    at 1 or above. HypothesisError when the problem has more than one solution and its start does not tell which.
    """
    allowed = allowed_signs(form, problem.v0)
    A = design(form.S, problem.signed_rows)
    rows = [list(row) for row in zip(*A, strict=True)]
    optimum = signed_l1(rows, allowed)
    signs = " with the signs of rho that the start allows" if any(len(sides) < 2 for sides in allowed) else ""
    method = "exact l1 max margin in the coordinates rho, limit of every flow of two layers (K3)"
    if optimum.unique:
        used = [(form.S[j], r) for j, r in enumerate(optimum.rho) if sign(r)]
        beta = [simplest(sum((row[z] * r for row, r in used), Fraction(0))) for z in range(len(form.S[0]))]
        return lambda bits: [ball(entry) for entry in beta], method + signs
    if not rational([optimum.alpha, *rows]):
        raise HypothesisError("the l1 max-margin problem has more than one solution, the start picks one")
    first, second = (reduced_start(U, v, form.rank) for U, v in zip(form.U, problem.v0, strict=True))
    face = face_of(rows, allowed, optimum.alpha, lambda j, side: (first[j] + side * second[j]) ** 2)

    def balls(bits: int) -> list[Ball]:
        r = face.point(bits)
        if r is None:
            raise HypothesisError("the l1 max margin that the start picks could not be enclosed")
        with ball_precision(bits):
            beta = [ball(0)] * len(form.S[0])
            for (j, side), share in zip(face.columns, r, strict=True):
                for z, s in support(form.S[j]):
                    beta[z] += side * ball(simplest(s)) * share
            return beta

    return balls, f"{method}{signs}; of many solutions that of least relative entropy to the start (A7)"


def allowed_signs(form: OdecoForm, v0: Layers) -> list[tuple[int, ...]]:
    """The signs that rho_j can have later: those of K in the module docstring."""
    first, second = (reduced_start(U, v, form.rank) for U, v in zip(form.U, v0, strict=True))
    return [tuple(side for side in (1, -1) if sign(p + side * q)) for p, q in zip(first, second, strict=True)]


@dataclass(frozen=True)
class SignedL1:
    """A solution, its multipliers (n numbers >= 0), and whether it is the only one."""

    rho: tuple[Exact, ...]
    alpha: tuple[Exact, ...]
    unique: bool


def signed_l1(rows: Sequence[Sequence[Exact]], allowed: Sequence[Sequence[int]]) -> SignedL1:
    """Minimise |rho|_1 subject to rows . rho >= 1, rho_j != 0 only with a sign in allowed[j]; and is it unique.

    Checked again on the result: margins, signs, and the multipliers alpha >= 0 with sum alpha = |rho|_1 and
    side * (rows^T alpha)_j <= 1 for allowed sides. Raises Unreachable when there is no feasible rho.
    """
    n, m = len(rows), len(allowed)
    columns = [(j, side) for j, sides in enumerate(allowed) for side in sides]
    table = [
        [*(side * row[j] for j, side in columns), *(Fraction(-int(i == k)) for k in range(n))]
        for i, row in enumerate(rows)
    ]
    optimum = minimise(table, [Fraction(1)] * n, [Fraction(1)] * len(columns) + [Fraction(0)] * n)
    if optimum.status != "optimal":
        raise Unreachable(_unreachable(rows, allowed, optimum.dual))
    rho: list[Exact] = [Fraction(0)] * m
    for (j, side), x in zip(columns, optimum.x, strict=False):
        rho[j] = rho[j] + side * x
    _check(rows, allowed, rho, optimum.dual)
    return SignedL1(tuple(rho), tuple(optimum.dual), optimum.unique)


def _unreachable(
    rows: Sequence[Sequence[Exact]], allowed: Sequence[Sequence[int]], w: Sequence[Exact]
) -> str:
    """Words with weights w >= 0, not 0, that prove sum_i w_i m_i <= 0 for all coefficients with the allowed signs."""
    pulls = [dot(w, [row[j] for row in rows]) for j in range(len(allowed))]
    proved = (
        all(sign(weight) >= 0 for weight in w)
        and sign(sum(w, Fraction(0))) > 0
        and all(sign(side * u) <= 0 for u, sides in zip(pulls, allowed, strict=True) for side in sides)
    )
    if not proved:
        raise ArithmeticError("the weights of an infeasible linear programme do not prove it")
    return (
        "the loss never falls below 1: no coefficients with the signs that the start allows separate the data, since "
        f"with the weights ({few(w)}) their margins add up to at most 0"
    )


def _check(
    rows: Sequence[Sequence[Exact]],
    allowed: Sequence[Sequence[int]],
    rho: Sequence[Exact],
    alpha: Sequence[Exact],
) -> None:
    signs = [sign(r) for r in rho]
    total = sum((s * r for s, r in zip(signs, rho, strict=True)), Fraction(0))
    support = [j for j, s in enumerate(signs) if s]
    margins = [dot([row[j] for j in support], [rho[j] for j in support]) for row in rows]
    if rational([alpha, *rows]):
        pulls = combination(alpha, rows)
    else:
        pulls = tuple(dot(alpha, column) for column in zip(*rows, strict=True))
    optimal = (
        all(s == 0 or s in sides for s, sides in zip(signs, allowed, strict=True))
        and all(sign(margin - 1) >= 0 for margin in margins)
        and all(sign(weight) >= 0 for weight in alpha)
        and all(sign(1 - side * u) >= 0 for u, sides in zip(pulls, allowed, strict=True) for side in sides)
        and sign(sum(alpha, Fraction(0)) - total) == 0
    )
    if not optimal:
        raise ArithmeticError("the solution of the linear programme fails its optimality conditions")
