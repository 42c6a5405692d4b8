r"""Two layers with a real odeco form: the exact l1 max-margin direction, and why the flow tends to it.

Reduced flow: eta_1' = g eta_2, eta_2' = g eta_1 in every component, g = F u, u = sum_i p_i a_i, a_i = y_i S x_i.
With w_j = int g_j dt, T = int F dt: (eta_1 +- eta_2)(t) = (eta_1 +- eta_2)(0) exp(+-w), hence with a_j =
(eta_1j + eta_2j)^2 and b_j = (eta_1j - eta_2j)^2 at the start

    psi_j(w) = (a_j exp(2w) + b_j exp(-2w))/8,   rho_j = psi_j'(w_j),   rho' = 4 psi g,   |rho_j| <= 2 psi_j.

Let K be the cone of rho with rho_j <= 0 where a_j = 0 and rho_j >= 0 where b_j = 0: rho(t) is in K. Hypothesis: some
h in K has all margins a_i . h >= 1. Then with G = max of min_i a_i . rho over rho in K, |rho|_1 <= 1 (G > 0):
min_i a_i . rho(t) / |rho(t)|_1 -> G, so rho/|rho|_1 tends to the solution of min |rho|_1 subject to rho in K,
a_i . rho >= 1, if that is unique. No strict gap between the layers is needed, and no convergence is assumed. Proof:

1. F -> 0. V = sum_j (psi_j(w_j) - k h_j w_j) is bounded below for every k > 0, since h is in K, and V' = sum_i
   exp(-m_i)(m_i - k a_i . h) <= n exp(-k) - F, exp being convex. F does not increase, so lim F <= n exp(-k).
2. Psi = sum_j psi_j obeys dPsi/dT = u . rho = sum_i p_i m_i >= kappa, and dkappa/dT = 4 sum_j psi_j u_j^2 >=
   (dPsi/dT)^2/Psi by Cauchy and Schwarz. So kappa/Psi does not decrease once kappa > 0; it has a limit c, and
   d(log Psi)/dT <= (kappa + log n)/Psi <= c + o(1).
3. F -> 0 needs w, and with it T, unbounded. By duality max over j and allowed signs (+ if a_j > 0, - if b_j > 0) of
   +-w_j is at least G T, as w/T is a convex combination of the a_i. So log Psi >= 2 G T - const and c >= 2 G.
4. min_i m_i >= kappa and |rho|_1 <= 2 Psi: the margin of rho/|rho|_1 is at least kappa/(2 Psi) -> c/2 >= G.

The optimum comes from exact linear programming; primal feasibility, dual feasibility and equal values are checked
here once more (`max_margin_l1` in derivations/coq/Kkt.v), uniqueness is decided by a second exact programme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.balls import Exact, sign, simplest
from litproof.algebra.linear import dot
from litproof.algebra.linear_programme import minimise
from litproof.errors import HypothesisError, Unreachable
from litproof.networks.base import Layers, OdecoForm
from litproof.predict.regression.reduction import design, reduced_start
from litproof.problem import Problem


def l1_limit(problem: Problem, form: OdecoForm) -> tuple[list[Exact], str]:
    """(beta, words): the direction of beta is the limit, beta exact.

    Raises Unreachable when no coefficients with the signs that the start allows separate the data: the loss then stays
    at 1 or above. HypothesisError when the problem has more than one solution.
    """
    allowed = allowed_signs(form, problem.v0)
    A = design(form.S, problem.signed_rows)
    optimum = signed_l1([list(row) for row in zip(*A, strict=True)], allowed)
    if not optimum.unique:
        raise HypothesisError("the l1 max-margin problem has more than one solution, the start picks one")
    used = [(row, r) for row, r in zip(form.S, optimum.rho, strict=True) if sign(r)]
    beta = [simplest(sum((row[z] * r for row, r in used), Fraction(0))) for z in range(len(form.S[0]))]
    method = "exact l1 max margin in the coordinates rho, limit of every flow of two layers (K3)"
    if any(len(sides) < 2 for sides in allowed):
        method += " with the signs of rho that the start allows"
    return beta, method


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
    shown = ", ".join(str(weight) for weight in w)
    return (
        "the loss never falls below 1: no coefficients with the signs that the start allows separate the data, since "
        f"with the weights ({shown}) their margins add up to at most 0"
    )


def _check(
    rows: Sequence[Sequence[Exact]],
    allowed: Sequence[Sequence[int]],
    rho: Sequence[Exact],
    alpha: Sequence[Exact],
) -> None:
    signs = [sign(r) for r in rho]
    total = sum((s * r for s, r in zip(signs, rho, strict=True)), Fraction(0))
    pulls = [dot(alpha, [row[j] for row in rows]) for j in range(len(rho))]
    optimal = (
        all(s == 0 or s in sides for s, sides in zip(signs, allowed, strict=True))
        and all(sign(dot(row, rho) - 1) >= 0 for row in rows)
        and all(sign(weight) >= 0 for weight in alpha)
        and all(sign(1 - side * u) >= 0 for u, sides in zip(pulls, allowed, strict=True) for side in sides)
        and sign(sum(alpha, Fraction(0)) - total) == 0
    )
    if not optimal:
        raise ArithmeticError("the solution of the linear programme fails its optimality conditions")
