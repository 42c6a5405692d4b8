"""Certificates: everything that the checker needs to prove a result again, as plain JSON.

Numbers are exact text: "p/q", decimals, or "m*2^e". Nothing here is trusted: a certificate is handed out only
after the checker has accepted it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from litproof.certify.certificates.decay import decay_certificate
from litproof.certify.certificates.descent import descent_certificate
from litproof.certify.certificates.format import Certificate
from litproof.certify.certificates.identities import rational_odeco
from litproof.certify.certificates.margin import margin_certificate
from litproof.certify.certificates.minimum_norm import nearest_certificate, one_layer_map
from litproof.certify.certificates.point import is_about
from litproof.certify.certificates.regression_limit import reduced_certificate
from litproof.certify.certificates.regression_path import path_certificate
from litproof.certify.checker import Refused
from litproof.dynamics import GradientDescent, WeightDecay
from litproof.errors import HypothesisError, Inconclusive, LitproofError
from litproof.flow.orthogonal_form import layered_equivalent, layers_of
from litproof.integrate.budget import SECOND
from litproof.networks.base import Layers, MultilinearNetwork
from litproof.problem import Problem

_ROUGH_DIGITS = 8


class NoCertificate(LitproofError):
    """There is no certificate for an answer; the message says why."""

    exit_code = 3


def certificate_for(problem: Problem, value: Sequence[Fraction], digits: int) -> Certificate:
    """A certificate about an answer: beta, or for classification its direction in l2.

    Parameters
    ----------
    value : the answer, within 10^-digits of its largest entry.

    Raises
    ------
    NoCertificate : the checker knows no theorem here or would have to work too long, or what can be certified is about
        another point than the answer.
    """
    writers = {GradientDescent: descent_certificate, WeightDecay: decay_certificate}
    writer = writers.get(type(problem.dynamics)) if problem.loss is None else None
    if problem.training and writer is None:
        raise NoCertificate(f"no certificate: the checker knows no theorem about {problem.training}")
    try:
        certificate = writer(problem, digits) if writer else limit_certificate(problem, digits)
    except Refused as refusal:
        raise NoCertificate(f"no certificate to {digits} digits: {refusal}") from None
    if certificate is None:
        raise NoCertificate("no certificate: the checker knows no theorem for this problem")
    error = (max(map(abs, value)) or Fraction(1)) / 10**digits
    if not is_about(problem, certificate, value, error, digits):
        raise NoCertificate(
            "no certificate: what the checker can prove here is about another point than the answer"
        )
    return certificate


def limit_certificate(
    problem: Problem, digits: int, *, near: Layers | None = None, operations: float = 60 * SECOND
) -> Certificate | None:
    """A certificate about where the flow of `problem` goes; None where the checker knows no theorem.

    Regression: of the limit itself (`regression_certificate`). Classification: that the predicted direction
    solves its margin problem; that the flow tends there is a theorem which the certificate does not touch.

    Parameters
    ----------
    problem : a problem with rational data.
    digits : significant digits of the largest entry, where the result is not rational.
    near : classification from depth 3 on: layers close to the limit; without them the flow is followed.
    operations : budget of validated integration, see `integrate.budget`.

    Raises
    ------
    HypothesisError : the data are not separable. checker.TooMuchWork : the checker would not try.
    """
    if problem.task == "regression":
        return regression_certificate(problem, digits, operations=operations)
    equivalent = layered_equivalent(problem)
    if equivalent is not None:
        problem, near = equivalent, None if near is None else layers_of(problem, near)
    elif not isinstance(problem.network, MultilinearNetwork):
        return None
    if near is None and problem.layered.depth >= 3:
        near = _followed(problem)
    return margin_certificate(problem, digits, near)


def regression_certificate(
    problem: Problem, digits: int, *, operations: float = 60 * SECOND
) -> Certificate | None:
    """A certificate of the limit of beta(t), enclosed to `digits` significant digits of the largest entry.

    Depth one: the exact limit. A rational real odeco form: Krawczyk's test. Other networks: validated
    integration. None where none of these succeeds, as for flows that do not fit the data or that fit them
    only with coordinates that tend to zero.

    Parameters
    ----------
    problem : a regression problem.
    digits : the sides of the stated box are below 10^-digits * max |beta|.
    operations : budget of validated integration, see `integrate.budget`.
    """
    if problem.task != "regression":
        return None
    try:
        if isinstance(problem.network, MultilinearNetwork) and problem.layered.depth == 1:
            return nearest_certificate(problem, one_layer_map(problem.layered), problem.v0[0])
        certificate = reduced_certificate(problem, digits)
        if certificate is None and rational_odeco(problem.network) is None:
            certificate = path_certificate(problem, digits, operations=operations)
        return certificate
    except (HypothesisError, Inconclusive):
        return None


def _followed(problem: Problem) -> Layers | None:
    """Layers close to the limit of a classification flow that has an odeco form; None when it does not settle."""
    from litproof.integrate.classification.follow import follow_direction

    if problem.odeco is None:
        return None
    try:
        # Rounding must not leave a subspace that the exact flow never leaves.
        direction = follow_direction(problem, _ROUGH_DIGITS, newton=10.0 ** -(_ROUGH_DIGITS + 30))
    except Inconclusive:
        return None
    return direction.parameters if direction.converged else None
