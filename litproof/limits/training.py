"""Limits with another loss or other dynamics than gradient flow of the squared loss.

*Any loss with ell'(r) r > 0 for r != 0* (so every strictly convex one that is least at r = 0) has the limit of the
squared loss where the flow has a mirror map: with one data point, for one layer, and for the real odeco and commuting
reductions of `certify.regression.enclosure`: `derivations/bodies/lemma-dual-flow.tex` (`litproof derive A1`). Dependent
rows are allowed where some beta solves X beta = y; a coordinate that vanishes in the limit is not.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy as sp

from litproof.algebra.linear import rank
from litproof.dynamics import GradientDescent
from litproof.errors import HypothesisError, Inconclusive
from litproof.flow.lift import is_polynomial
from litproof.flow.motion import slope_expression
from litproof.integrate.budget import SECOND
from litproof.integrate.training.clock import late_problem
from litproof.integrate.training.follow import follow_training
from litproof.limits.beside import training_beside
from litproof.limits.classification import find_direction
from litproof.limits.estimate import Estimate, proved, residual_of
from litproof.networks.base import MultilinearNetwork
from litproof.problem import Problem
from litproof.results import Evidence

if TYPE_CHECKING:
    from litproof.certify.regression.enclosure import Enclosure

_TAILS = ("logistic", "cross-entropy")

PROOF_OPERATIONS = 8 * SECOND
"""Budget of a proof by steps; beyond, the evidence falls back to *agreed*."""

FOLLOWED_DIGITS = 15
"""Digits to which a motion is followed whose limit is proved without it."""


def find_trained(problem: Problem, digits: int, guard: int, *, follow: bool = False) -> Estimate:
    """The limit of beta of a regression problem with a loss or dynamics of its own.

    Raises
    ------
    Inconclusive : the motion does not settle, or rests above zero loss. Diverged : steps that are too long.
    """
    proof = proved_for_any_loss(problem, digits + guard) or _proved_by_steps(problem, digits + guard)
    if proof is not None:
        flow = training_beside(problem, min(digits + guard, FOLLOWED_DIGITS), follow=follow)
        size = max(abs(low + high) / 2 for low, high in proof.bounds) or Fraction(1)
        return proved(problem, proof, flow, size)
    combined = _combined(problem)
    flow = follow_training(combined, digits + guard)
    if not flow.converged:
        raise Inconclusive(f"no limit was reached: {flow.reason}")
    size = max(map(abs, flow.value)) or Fraction(1)
    agreed = flow.error * 10**digits <= size
    return Estimate(
        value=flow.value,
        error=flow.error,
        evidence=Evidence.AGREED if agreed else Evidence.NUMERIC,
        methods=(flow.method,),
        measurement=flow,
        residual=residual_of(problem, flow.value),
    )


def _proved_by_steps(problem: Problem, digits: int) -> Enclosure | None:
    """The limit by validated integration, or by steps of descent in balls."""
    from litproof.certify.regression.descent import enclose_descent
    from litproof.certify.regression.motion import enclose_motion

    if isinstance(problem.dynamics, GradientDescent):
        return enclose_descent(problem, digits, operations=PROOF_OPERATIONS)
    return enclose_motion(problem, digits, operations=PROOF_OPERATIONS)


def _combined(problem: Problem) -> Problem:
    """The same motion with independent rows, where there is one."""
    batches = isinstance(problem.dynamics, GradientDescent) and problem.dynamics.order
    return problem.independent if problem.loss is None and not batches else problem


def proved_for_any_loss(problem: Problem, digits: int) -> Enclosure | None:
    """The enclosure of the squared loss's limit, where the theorem above makes it that of the problem's loss."""
    from litproof.certify.regression.enclosure import enclose_regression, reduce

    if problem.dynamics is not None or not is_polynomial(problem.network) or not pulls_to_zero(problem):
        return None
    squared = replace(problem, loss=None)
    if rank(squared.X) < rank([(*row, t) for row, t in zip(squared.X, squared.y, strict=True)]):
        return None  # no interpolator: minimisers depend on the loss
    network = squared.network
    linear = isinstance(network, MultilinearNetwork) and network.depth == 1
    if not linear and len(squared.X) > 1:
        try:
            reduction = reduce(squared.independent)
        except (HypothesisError, Inconclusive):
            return None
        if reduction is None or len(reduction.part.kept) < len(reduction.dual.coordinates):
            return None
    found = enclose_regression(squared, digits)
    if found is None:
        return None
    words = "the limit of the squared loss is that of every loss with ell'(r) r > 0"
    return replace(found, method=f"{found.method}; {words}")


def pulls_to_zero(problem: Problem) -> bool:
    """Whether ell'(r) r > 0 for all r != 0, decided exactly; False where it is not seen.

    Examples
    --------
    >>> from litproof import example_problem
    >>> problem = example_problem("regression")
    >>> [pulls_to_zero(replace(problem, loss=text)) for text in ("r^4 - r^3 + r^2", "r^4 - 2*r^2", "cosh(r) - 1")]
    [True, False, True]
    """
    r, slope = slope_expression(problem)
    if problem.loss is None or problem.loss.text in ("power-4", "log-cosh"):
        return True
    if slope.is_polynomial(r):
        quotient, rest = sp.div(sp.Poly(slope, r), sp.Poly(r, r))
        if not rest.is_zero:
            return False
        while quotient.eval(0) == 0 and quotient.degree() >= 2:
            quotient, rest = sp.div(quotient, sp.Poly(r**2, r))
            if not rest.is_zero:
                return False
        return bool(quotient.eval(0) > 0) and quotient.count_roots() == 0
    if slope.subs(r, 0) != 0:
        return False
    numerator, denominator = sp.fraction(sp.together(sp.diff(slope, r)))
    return _nonnegative(sp.expand(numerator)) and _nonnegative(denominator)


def _nonnegative(e: sp.Expr) -> bool:
    """Whether an expression with real symbols is seen to be at least 0, and not always 0."""
    if e.is_Rational:
        return bool(e > 0)
    if e.is_Add or e.is_Mul:
        return all(map(_nonnegative, e.args))
    if e.is_Pow:
        return bool(e.exp.is_Integer and e.exp % 2 == 0) or _nonnegative(e.base)
    return isinstance(e, sp.exp | sp.cosh)


def find_trained_direction(problem: Problem, digits: int, *, follow: bool = False) -> Estimate:
    """The limit direction for the logistic loss or cross-entropy under gradient flow.

    One layer: the l2 max margin, from every start (Soudry, Hoffer, Nacson, Gunasekar, Srebro, JMLR 19, 2018), so that
    the proof for the exponential loss serves. More layers: the flow is followed until its loss is exponential to all
    digits, and handed over; nothing is certified then.

    Raises
    ------
    HypothesisError : another loss or dynamics. Inconclusive : as `find_direction`.
    """
    if problem.dynamics is not None or problem.loss is None or problem.loss.text not in _TAILS:
        raise HypothesisError(
            f"{problem.name and problem.name + ': '}limit directions are found for gradient flow of the losses "
            f"exponential, logistic and cross-entropy; this problem has {problem.training}"
        )
    rows, groups = problem.margin_rows
    network = problem.network
    early = replace(problem, X=rows, y=(Fraction(1),) * len(rows), loss=None)
    if isinstance(network, MultilinearNetwork) and network.depth == 1:
        direction = find_direction(early, digits, follow=follow)
        method = f"{direction.methods[0]}; the same for the {problem.loss.text} loss"
        return replace(direction, methods=(method, *direction.methods[1:]))
    late, steps = late_problem(problem, rows, groups, digits)
    direction = find_direction(late, digits, follow=follow)
    method = f"{problem.loss.text} loss for {steps} Taylor steps, until it is exponential to all digits"
    return replace(
        direction,
        evidence=min(direction.evidence, Evidence.AGREED),
        bounds=(),
        error=direction.error + Fraction(2, 10 ** (digits + 2)),
        methods=(f"from there: {direction.methods[0]}", *direction.methods[1:], method),
    )
