r"""Proven enclosures of regression limits.

What is proved, for a network with real odeco form (S, U) (theory R2, R5; R8 and the real part of R9 are the same
with other A). All data of the reduction are exact.

*Reduction.* With eta_l = U_l^T v_l and A = S X^T the flow reads d eta_{l,j}/dt = -(A r)_j prod_{k != l}
eta_{k,j}. Squares of the eta_{l,j} differ by constants: with a pivot z_j = eta_{p,j} of smallest modulus, c_l =
eta_{l,j}^2 - z_j^2 >= 0, rho_j = +-z_j prod_{l != p} sqrt(z_j^2 + c_l), and with nu(t) = -int_0^t r the flow is

    tau_j := +-int_{z_j(0)}^{z_j} du/prod_{l != p} sqrt(u^2 + c_l) = (A nu)_j,      nu' = y - A^T rho = -grad Phi(nu).

rho_j increases with tau_j, so Phi is convex on Omega, the open convex set of the nu at which every (A nu)_j is a
value of tau_j. Coordinates with two zero layers rest and stay out. As rho_j dtau_j = z_j dz_j,

    Phi(nu) = sum_j G_j - y . nu,      G_j = (z_j^2 - z_j(0)^2)/2.                                              (G)

*Convergence where Phi has a minimiser nu*.*

1. Phi is unbounded towards every point of the boundary of Omega: there some (A nu)_j tends to a finite end of the
   values of tau_j, where |z_j| -> inf (z_j -> 0, possible where some c_l = 0, is no finite end: int du/|u|
   diverges), so G_j -> inf; the other G_k are at least -z_k(0)^2/2, and y . nu is bounded.
2. |nu - nu*|^2 has the derivative -2 grad Phi(nu) . (nu - nu*) <= 0, and Phi(nu(t)) falls: by 1 nu(t) stays in a
   compact subset of Omega, and the flow exists for all times.
3. int |grad Phi|^2 dt is finite, so grad Phi tends to 0 along some times and nu has a limit point that is a
   minimiser. With it for nu* in 2, nu(t) tends to it.
4. Minimisers are the zeros of grad Phi and form a convex set. Krawczyk's test shows one of them to be isolated,
   so it is the only one, and beta(t) = S^T rho(A nu(t)) converges to the value enclosed here.

*Vanishing coordinates.* Coordinates with some c_l = 0 keep the sign of rho_j and are never 0. Let C be the
closure of the rho on the orbit's side of these signs, F the rho' in C with A^T rho' = y, and suppose F is not
empty but no point of F has all those signs strictly (both decided by exact linear programming,
`predict.regression.feasibility`); V are the coordinates that are 0 in all of F. Let Q_j(rho_j) = tau_j rho_j -
G_j, so that Q_j' = tau_j, strictly convex, Q_j(0) = z_j(0)^2/2 (for z_j -> 0, tau_j rho_j is of the order
z_j^2 log z_j at most), and D(rho', rho) = sum_j Q_j(rho'_j) - Q_j(rho_j) - tau_j (rho'_j - rho_j) >= 0 for rho'
in C, rho = rho(t).

5. D(rho', rho(t))' = -sum_j (A nu')_j (rho'_j - rho_j) = -nu' . (y - A^T rho) = -|r|^2 for every rho' in F: it
   falls, by the same amount for all of them.
6. rho(t) is bounded: D_j = Q_j(rho'_j) + G_j - tau_j rho'_j, and as |z_j| -> inf, G_j grows like z_j^2/2 and
   tau_j like log |z_j| at most: level sets of D(rho', .) are bounded. nu' is bounded with it, so the flow exists
   for all times.
7. r -> 0: int |r|^2 dt <= D(rho', rho(0)) by 5, and r has a bounded derivative, drho_j/dtau_j being bounded on
   bounded sets of rho and nu' = -r bounded.
8. rho(t) converges: let rho_inf be a limit point; by 7 it is in F. Along its times D(rho_inf, rho) -> 0, where
   rho_inf,j = 0 because D_j = z_j^2/2 there, else by continuity. As it falls, D(rho_inf, rho(t)) -> 0 for all t
   -> inf; every other limit point rho'' then has D(rho_inf, rho'') = 0, and by strict convexity rho'' = rho_inf.
9. rho_inf minimises D(., rho(0)) = sum_j Q_j + const over F: D(rho', rho(0)) >= int |r|^2 dt = D(rho_inf, rho(0))
   by 5 and 8. It is not 0 outside V: where rho'_j != 0 = rho_inf,j, D_j(rho', rho(t)) -> inf (tau_j -> +-inf, of
   the sign opposite to rho'_j), against 5.
10. So rho_inf minimises sum Q_j over the rho on the coordinates outside V with A^T rho = y and the strict signs.
    A zero of the system of these coordinates, tau_j = (A nu*)_j and A^T rho = y on the independent columns of A,
    satisfies the conditions for that minimum of a strictly convex function, so its rho is rho_inf. That smaller
    system is what Krawczyk's test is applied to.

Two layers and one data point (R6): f is an increasing function g of nu = -int r, nu' = y - g(nu), so nu tends to
the only zero of y - g, enclosed by the same test in one unknown. One layer (R9): the limit is rational.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.balls import Ball, endpoints, missing_bits
from litproof.algebra.krawczyk import ProvedZero, prove_zero
from litproof.certify.regression.reduced import ReducedSystem, rho_of
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks.base import MultilinearNetwork
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.sensing import commuting_form
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.commuting import commuting_reduction
from litproof.predict.regression.dual_limit import Reduction, reduction_of, solve_reachable
from litproof.predict.regression.feasibility import ReachableDual
from litproof.predict.regression.linear_model import one_layer_limit
from litproof.predict.regression.min_norm import isotropic_limit
from litproof.predict.regression.reduction import real_dual
from litproof.problem import Problem

_ATTEMPTS = 6
_SPARE_BITS = 24


@dataclass(frozen=True)
class Enclosure:
    """A box that holds the limit of beta, proved.

    Attributes
    ----------
    bounds : d pairs (lo, hi) of exact fractions, lo <= beta_z <= hi.
    digits : half-widths are below 10^-digits times max |beta_z|.
    method : words for the report.
    """

    bounds: tuple[tuple[Fraction, Fraction], ...]
    digits: int
    method: str


def enclose_regression(problem: Problem, digits: int) -> Enclosure | None:
    """Proven bounds of the limit of beta(t), t -> infinity, half-widths below 10^-digits * max |beta|.

    None where no reduction is known (`validated.enclose_by_integration` may still succeed), where the flow
    does not reach zero loss, or where the proof of the module docstring does not close.

    Parameters
    ----------
    problem : a regression problem.
    digits : significant decimal digits of the largest entry.

    Examples
    --------
    >>> from litproof import example_problem
    >>> problem = example_problem("regression")
    >>> low, high = enclose_regression(problem, 15).bounds[0]
    >>> round(float(low), 12), 0 < high - low < Fraction(1, 10**15)
    (0.141843875899, True)
    """
    if problem.task != "regression":
        return None
    problem.require_plain("the enclosure of a limit")
    problem = problem.independent
    try:
        if isinstance(problem.network, MultilinearNetwork) and problem.layered.depth == 1:
            beta = one_layer_limit(problem)
            return Enclosure(tuple((b, b) for b in beta), digits, "exact (R9)")
        symmetric = isotropic_limit(problem)
        if symmetric is not None:
            return Enclosure(tuple((b, b) for b in symmetric), digits, "exact, minimum norm by symmetry (R7)")
        reduction = reduce(problem)
        if reduction is not None:
            return enclose_entries(
                lambda bits: _odeco_balls(reduction, bits),
                digits,
                f"Krawczyk's test for the dual flow, {reduction.description}",
            )
        if problem.layered.depth == 2 and len(problem.X) == 1:
            from litproof.certify.regression.one_point import one_point_balls

            return enclose_entries(
                lambda bits: one_point_balls(problem, bits),
                digits,
                "interval Newton in the singular basis (R6)",
            )
    except (HypothesisError, Inconclusive):
        return None
    return None


def reduce(problem: Problem) -> Reduction | None:
    """The dual problem of a regression problem; None where no real reduction is known.

    Raises HypothesisError when the flow provably cannot reach zero loss.
    """
    if isinstance(problem.network, MatrixSensing):
        try:
            form = commuting_form(problem.X, problem.v0, problem.network.size)
        except HypothesisError:
            return None
        return commuting_reduction(form, problem.y)
    real = real_dual(problem)
    return None if real is None else reduction_of(real)


def prove_reduced(part: ReachableDual, bits: int) -> ProvedZero | None:
    """The zero (z, nu) of a reduced problem with at least one coordinate, proved at about `bits` bits."""
    from flint import arb

    solution = solve_reachable(part, bits)
    if solution is None:
        return ProvedZero((), (), ())
    start: tuple[arb, ...] = (*solution.z, *solution.nu)
    return prove_zero(ReducedSystem(part.dual), start, solution.bits)


def _odeco_balls(reduction: Reduction, bits: int) -> list[Ball] | None:
    """beta in balls, or None when the proof does not close."""
    from flint import arb

    zero = prove_reduced(reduction.part, bits)
    if zero is None:
        return None
    with ball_precision(bits + _SPARE_BITS):
        rho = [arb(0)] * len(reduction.dual.coordinates)
        if reduction.part.dual.ends_at_zero:
            return reduction.coefficients(rho)
        for j, z in zip(reduction.part.kept, zero.box, strict=False):
            rho[j] = rho_of(reduction.dual.coordinates[j], z)
        return reduction.coefficients(rho)


def enclose_entries(balls: Callable[[int], list[Ball] | None], digits: int, method: str) -> Enclosure | None:
    """Raise the precision until the radii are below 10^-digits of the largest entry."""
    wanted = digits_to_bits(digits) + 4
    bits = wanted + _SPARE_BITS
    for _ in range(_ATTEMPTS):
        beta = balls(bits)
        if beta is None or not all(entry.is_finite() for entry in beta):
            bits += 64 + bits // 2
            continue
        missing = missing_bits(beta, wanted)
        if missing <= 0:
            return Enclosure(tuple(endpoints(entry) for entry in beta), digits, method)
        bits += missing + _SPARE_BITS
    return None
