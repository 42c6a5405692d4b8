r"""Proven enclosures of regression limits.

What is proved, for a network with real odeco form (S, U) (theory R2, R5; R8 and the real part of R9 are the
same with other A):

* *Reduction.* With eta_l = U_l^T v_l and A = S X^T the flow reads d eta_{l,j}/dt = -(A r)_j prod_{k != l}
  eta_{k,j}. Squares of the eta_{l,j} differ by constants, so with nu(t) = -int_0^t r every eta_{l,j} is an
  increasing function of tau_j = (A nu)_j up to sign, and nu' = y - A^T rho(A nu) = -grad Phi(nu), Phi
  convex on an open convex domain Omega and growing without bound towards the part of its boundary that lies
  at finite nu. All data of the reduction are exact.
* *Uniqueness and convergence.* If Phi has a minimiser nu*, then |nu(t) - nu*| falls and Phi(nu(t)) falls,
  so nu(t) stays in a compact subset of Omega, the flow exists for all time, and nu(t) converges to a
  minimiser (gradient flow of a convex function; Bruck, J. Funct. Anal. 18 (1975) 15-26). Minimisers are
  zeros of grad Phi and form a convex set; Krawczyk's test shows one of them to be isolated, so it is the
  only one, and beta(t) = S^T rho(A nu(t)) converges to the value enclosed here.
* *Vanishing coordinates.* Where zero loss needs rho_j = 0 for some coordinates that start elsewhere and
  keep their sign, nu is unbounded. For every solution rho' of A^T rho' = y in the closed orbit the Bregman
  distance D(rho', rho(t)) changes by -int |r|^2, the same for all of them, so rho(t) tends to the Bregman
  projection: the limit of the problem without those coordinates (`predict.feasibility`, decided by exact
  linear programming). That smaller problem is what is proved then.

Two layers and one data point (R6): f is an increasing function g of nu = -int r, nu' = y - g(nu), so nu
tends to the only zero of y - g, enclosed by the same test in one unknown. One layer (R9): the limit is
rational.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.balls import Ball, ball, endpoints, missing_bits
from litproof.algebra.krawczyk import ProvedZero, prove_zero
from litproof.certify.regression.reduced import ReducedSystem, rho_of
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks.base import MultilinearNetwork, OdecoForm
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.dual import Dual
from litproof.predict.regression.feasibility import ReachableDual, reachable, unexamined
from litproof.predict.regression.limit import combined, solve_reachable
from litproof.predict.regression.linear_model import one_layer_limit
from litproof.predict.regression.reduction import known_form, odeco_dual, orthogonal_dual
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


@dataclass(frozen=True)
class Reduction:
    """A problem whose limit solves a dual problem, and how beta follows from rho.

    Attributes
    ----------
    dual : the exact dual problem, all m coordinates.
    part : the coordinates and equations that fix the limit; the other rho_j are 0 in the limit.
    coefficients : m balls rho -> d balls beta, at flint's current precision.
    words : which reduction.
    """

    dual: Dual
    part: ReachableDual
    coefficients: Callable[[Sequence[Ball]], list[Ball]]
    words: str


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
    try:
        if isinstance(problem.network, MultilinearNetwork) and problem.layered.depth == 1:
            beta = one_layer_limit(problem)
            return Enclosure(tuple((b, b) for b in beta), digits, "exact (R9)")
        reduction = reduce(problem)
        if reduction is not None:
            return enclose_entries(
                lambda bits: _odeco_balls(reduction, bits),
                digits,
                f"Krawczyk's test for the dual flow, {reduction.words}",
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
    network = problem.network
    if isinstance(network, MatrixSensing):
        return _commuting(problem, network.size)
    found = known_form(problem)
    if found is not None:
        dual = orthogonal_dual(found, problem)
        words = f"found in other coordinates: {found.words} (R5)"
        return Reduction(dual, reachable(dual), combined(found.S, found.offset), words)
    form = problem.odeco
    if form is None or not form.is_real:
        return None
    return reduce_odeco(form, problem)


def reduce_odeco(form: OdecoForm, problem: Problem) -> Reduction:
    """The dual problem in the coordinates of one real odeco form of the network."""
    dual = odeco_dual(form, problem.X, problem.y, problem.v0)
    return Reduction(dual, reachable(dual), combined(form.S), "real odeco form (R2, R5)")


def _commuting(problem: Problem, size: int) -> Reduction | None:
    from litproof.networks.sensing import commuting_form
    from litproof.predict.regression.commuting import commuting_dual

    try:
        form = commuting_form(problem.X, problem.v0, size)
    except HypothesisError:
        return None
    dual = commuting_dual(form, problem.y)

    def coefficients(rho: Sequence[Ball]) -> list[Ball]:
        from flint import arb, ctx

        if form.is_rational:
            projectors = form.rational().projectors
            return [
                sum((ball(p[k]) * r for p, r in zip(projectors, rho, strict=True)), arb(0))
                for k in range(size * size)
            ]
        Q = form.balls(int(ctx.prec)).Q
        return [
            sum((r * a * b for r, a, b in zip(rho, Q[i], Q[j], strict=True)), arb(0))
            for i in range(size)
            for j in range(size)
        ]

    part = reachable(dual) if form.is_rational else unexamined(dual)
    return Reduction(dual, part, coefficients, "joint eigenvalues of sensors and layers (R8)")


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
