"""Certificates of what theory names as the limit of a classification flow: the margin problem that it solves."""

from __future__ import annotations

from litproof.algebra.linear import dot
from litproof.certify.certificates.format import Certificate, require_few_entries
from litproof.certify.certificates.identities import fractions_of, rational_odeco
from litproof.certify.certificates.minimum_norm import identity, minimum_norm_certificate, one_layer_map, seen
from litproof.certify.certificates.singular_pair import pair_certificate
from litproof.certify.certificates.stationary_margin import stationary_certificate
from litproof.certify.classification.l1_limit import allowed_signs, signed_l1
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks.base import Layers
from litproof.networks.fully_connected import FullyConnected
from litproof.predict.classification.max_margin import max_margin
from litproof.predict.classification.vertices import margin_problem
from litproof.problem import Problem

_SIDES = {(1, -1): "both", (1,): "+", (-1,): "-", (): "none"}
"""The checker's words for the signs that the start allows a component."""


def margin_certificate(problem: Problem, digits: int, near: Layers | None) -> Certificate | None:
    """That the point which theory names for a classification flow (K2, K3, K4) solves its problem.

    None where theory names none or the checker knows no proof: complex or irrational forms, degenerate points.

    Parameters
    ----------
    problem : a classification problem.
    digits : of the point, where it is not rational.
    near : layers close to the limit, any scale; needed from depth 3 on, where there are many stationary points.

    Raises
    ------
    HypothesisError : not separable.
    """
    network, d = problem.layered, problem.network.input_dim
    if isinstance(network, FullyConnected) or network.depth == 1:
        require_few_entries(d * (network.shapes[-1] + len(problem.X)))
        S = identity(d) if network.depth > 1 else one_layer_map(network)
        optimum = max_margin(seen(S, problem.signed_rows))
        square = dot(optimum.z, optimum.z)
        return minimum_norm_certificate(
            problem.X,
            problem.y,
            S,
            optimum.z,
            [p * square for p in optimum.p],
            norm="l2",
            constraint="margin",
        )
    form = rational_odeco(network)
    if form is None:
        return pair_certificate(problem, digits) if network.depth == 2 and len(problem.X) == 1 else None
    if network.depth == 2:
        require_few_entries(d * (form.rank + len(problem.X)))
        S = fractions_of(form)[0]
        allowed = allowed_signs(form, problem.v0)
        least = signed_l1(seen(S, problem.signed_rows), allowed)
        return minimum_norm_certificate(
            problem.X,
            problem.y,
            S,
            least.rho,
            least.alpha,
            norm="l1",
            constraint="margin",
            sides=[_SIDES[signs] for signs in allowed],
        )
    if near is None:
        return None
    try:
        return stationary_certificate(problem, margin_problem(problem, form), near, digits)
    except (HypothesisError, Inconclusive):
        return None
