r"""Two layers and one data point (theory K4): where both layers go, in balls, ties decided exactly.

With M(x) = U_1 diag(s) U_2^T, e_j^+- = eta_1j +- y eta_2j and nu = int F dt: e_j^+-(t) = e_j^+-(0) exp(+-s_j nu),
y f = sum_j s_j ((e_j^+)^2 - (e_j^-)^2)/4, and nu' = F = exp(-y f) > 0 depends on nu alone, so nu -> inf. If some
e_j^+(0) is not 0 (s_j > 0), let s be the largest such s_j and e the vector of the e_j^+(0) with s_j = s, 0
elsewhere. Then exp(-s nu) 2 v_1 -> U_1 e and exp(-s nu) 2 v_2 -> y U_2 e (what U_l does not see does not move),
beta is bilinear in the layers, and its limit is not 0, as y x . beta of it is s |e|^2. If all e_j^+(0) vanish, y f
<= 0 for ever. Copies of the point change F by a factor and nothing else.
"""

from __future__ import annotations

from litproof.algebra.balls import Ball, ball
from litproof.errors import Unreachable
from litproof.networks.svd import SingularForm, point_matrix, singular_form
from litproof.precision import ball_precision
from litproof.predict.regression.two_layer import coefficients_in_balls, reduced
from litproof.problem import Problem


def aligned_balls(problem: Problem, bits: int) -> list[Ball]:
    """beta up to a positive factor, d balls at about `bits` bits.

    Raises Unreachable when M(x) = 0 or eta_1 + y eta_2 = 0 in every component: then y f <= 0 for ever.
    """
    form = singular_form(point_matrix(problem.layered, problem.X[0]))
    y = problem.y[0]
    side = 0 if y > 0 else 1
    growing = [j for j, flags in enumerate(form.cancellations(*problem.v0)) if not flags[side]]
    if not growing:
        raise Unreachable(
            "the loss never falls below 1: eta_1 + y eta_2 = 0 in every singular component of M(x)"
        )
    svd = form.balls(bits)
    places = _largest(form, growing, bits)
    with ball_precision(bits):
        eta_1, eta_2 = reduced(svd, problem.v0)
        e = {j: eta_1[j] + ball(y) * eta_2[j] for j in places}
        first = [sum((row[j] * e[j] for j in places), ball(0)) for row in svd.U1]
        second = [ball(y) * sum((row[j] * e[j] for j in places), ball(0)) for row in svd.U2]
        return coefficients_in_balls(problem.layered, (first, second))


def singular_labels(form: SingularForm) -> list[tuple[int, int]]:
    """For each component (block, root): components share a singular value exactly when their labels agree.

    Blocks belong to different irreducible polynomials, which have no root in common and no double root.
    """
    moduli = [block.modulus for block in form.blocks]
    if len(set(moduli)) != len(moduli):
        raise ArithmeticError("two blocks of a singular value decomposition share a polynomial")
    return [
        (b, root)
        for b, block in enumerate(form.blocks)
        for root in range(len(block.modulus) - 1)
        for _ in block.right
    ]


def _largest(form: SingularForm, growing: list[int], bits: int) -> list[int]:
    """The components among `growing` with the largest singular value; ends, since different values differ."""
    labels = singular_labels(form)
    while True:
        s = form.balls(bits).s
        top = max(growing, key=lambda j: float(s[j]))
        rest = [j for j in growing if labels[j] != labels[top]]
        if all(s[j] < s[top] for j in rest):
            return [j for j in growing if labels[j] == labels[top]]
        bits *= 2
