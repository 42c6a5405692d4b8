"""Proven enclosures of regression limits.

Networks with a real odeco form (R2, R5; R8 is the same with other A = S X^T), two layers and one data point (R6), one
layer (R9, rational). The exact data of the reduction give equations tau(z) = A nu, A^T rho(z) = y of the limit;
Krawczyk's test encloses their zero. That the flow converges to it, for every loss whose derivative has the sign of the
residual, is the lemma on the dual flow (`derivations/bodies/lemma-dual-flow.tex`, `litproof derive A1`); coordinates
that keep their sign and vanish in the limit are left out by `lemma-vanishing-coordinates.tex` (A2), after
`predict.regression.feasibility` has found them.
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
    parameters : pairs for the limit of the parameters, layer after layer; empty where only beta is known.
    """

    bounds: tuple[tuple[Fraction, Fraction], ...]
    digits: int
    method: str
    parameters: tuple[tuple[Fraction, Fraction], ...] = ()


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

            return enclose_entries(one_point_balls(problem), digits, "interval Newton for nu (R6)")
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
