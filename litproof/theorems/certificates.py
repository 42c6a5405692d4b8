"""Certificates of what a run verified, small JSON files for each instance that the checker knows a theorem for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from litproof.algebra.balls import Exact, simplest
from litproof.certify.certificates.format import Certificate, to_json
from litproof.certify.certificates.identities import (
    conserved_certificate,
    forward_certificate,
    odeco_certificate,
    potential_certificate,
)
from litproof.certify.certificates.limit import limit_certificate
from litproof.certify.certificates.minimum_norm import identity, minimum_norm_certificate, nearest_certificate
from litproof.certify.checker import TooMuchWork
from litproof.claims.catalogue import claim_of
from litproof.claims.measurement import measure_limit
from litproof.claims.types import Claim, Status
from litproof.claims.verification import Report
from litproof.errors import HypothesisError, LitproofError
from litproof.files import write_atomically
from litproof.predict.regression.asymptotics import weighted_l1
from litproof.problem import Problem
from litproof.theorems.shared.conserved import Laws
from litproof.theorems.shared.reduced import Reduced, reduce
from litproof.theorems.ykm.matrix_sensing_nuclear_norm.claim import eigenvalue_problem


def write_certificates(report: Report, directory: Path) -> tuple[int, int]:
    """Write certificates for the verified instances of `report` into `directory`.

    Returns
    -------
    (files written, verified instances without one).
    """
    directory.mkdir(exist_ok=True)
    written = missing = 0
    for stem, claim, problem in _verified(report):
        certificates = certificates_of(claim, problem, report.digits)
        missing += not certificates
        for number, certificate in enumerate(certificates, 1):
            name = stem if len(certificates) == 1 else f"{stem}-{number}"
            write_atomically(directory / f"{name}.json", to_json(certificate))
            written += 1
    return written, missing


def certificates_of(claim: Claim, problem: Problem, digits: int) -> tuple[Certificate, ...]:
    """The certificates that go with a claim on a problem; none where the checker has nothing to check.

    Claims about limits: the limit itself, or the margin problem that the predicted direction solves. Claims about
    small and large starts: the problems that the limits in alpha solve. Conserved quantities with rational
    coefficients, forward passes, odeco forms and potentials: the identities.
    """
    build = _OTHERS.get(claim.id)
    try:
        if build is not None:
            return build(problem)
        if problem.task == "classification" or claim.measure is measure_limit or claim.id in _LIMITS:
            return _some(limit_certificate(problem, digits))
        laws = claim.predict(problem, digits).details.get("laws")
        return _some(_conserved(problem, laws)) if isinstance(laws, Laws) else ()
    except (LitproofError, TooMuchWork):
        return ()


def _some(certificate: Certificate | None) -> tuple[Certificate, ...]:
    return () if certificate is None else (certificate,)


def _conserved(problem: Problem, laws: Laws) -> Certificate | None:
    """The identities, where all coefficients are rational."""
    if laws.form is not None and not laws.form.is_real:
        return None
    polynomials = []
    for _, law in laws.laws:
        if any(power for (power, *_), _ in law.terms()):
            return None
        polynomials.append(
            {
                tuple(p for p, exponent in enumerate(exponents) for _ in range(exponent)): Fraction(
                    int(coefficient.numerator), int(coefficient.denominator)
                )
                for (_, *exponents), coefficient in law.terms()
            }
        )
    return conserved_certificate(problem.layered, polynomials) if polynomials else None


def _forward(problem: Problem) -> tuple[Certificate, ...]:
    return _some(forward_certificate(problem.layered))


def _odeco(problem: Problem) -> tuple[Certificate, ...]:
    return _some(odeco_certificate(problem.layered))


def _potential(problem: Problem) -> tuple[Certificate, ...]:
    return (potential_certificate(problem.layered.depth),)


def _scales(problem: Problem) -> tuple[Certificate, ...]:
    """R4: the weighted l1 problem of alpha -> 0, the weighted l2 problem of alpha -> infinity."""
    reduced = reduce(problem)
    S, e = _fractions(reduced.columns), _fractions([reduced.weights])[0]
    weights = [1 / value ** (2 * reduced.depth - 2) for value in e]
    return (
        _least_l1(problem, reduced, [1 / value ** (reduced.depth - 2) for value in e]),
        nearest_certificate(problem, S, [Fraction(0)] * len(S), weights),
    )


def _nuclear_norm(problem: Problem) -> tuple[Certificate, ...]:
    """R8, alpha -> 0: the least sum of moduli of eigenvalues."""
    reduced = eigenvalue_problem(problem)
    return (_least_l1(problem, reduced, [Fraction(1)] * len(reduced.columns)),)


def _least_l1(problem: Problem, reduced: Reduced, weights: list[Fraction]) -> Certificate:
    S, optimum = _fractions(reduced.columns), weighted_l1(reduced.A, reduced.y, weights)
    rho, p = _fractions([optimum.rho, optimum.dual])
    return minimum_norm_certificate(
        problem.X, problem.y, S, rho, p, norm="l1", constraint="fit", weights=weights
    )


def _fractions(rows: Iterable[Iterable[Exact]]) -> list[list[Fraction]]:
    """The rows, where all entries are rational."""
    simple = [[simplest(entry) for entry in row] for row in rows]
    rational_rows = [[entry for entry in row if isinstance(entry, Fraction)] for row in simple]
    if list(map(len, rational_rows)) != list(map(len, simple)):
        raise HypothesisError("certificates need a rational form")
    return rational_rows


def _minimum_l2(problem: Problem) -> tuple[Certificate, ...]:
    """R7: the interpolator of least norm."""
    d = problem.network.input_dim
    return (nearest_certificate(problem, identity(d), [Fraction(0)] * d),)


_LIMITS = ("ykm/regression-convergence",)
"""Besides what is measured by its limit."""

_OTHERS: Mapping[str, Callable[[Problem], tuple[Certificate, ...]]] = {
    "network/forward-is-tensor": _forward,
    "network/odeco-form": _odeco,
    "ykm/potential-closed-form": _potential,
    "ykm/regression-scales": _scales,
    "ykm/matrix-sensing-nuclear-norm": _nuclear_norm,
    "ykm/fully-connected-small-init": _minimum_l2,
}


def _verified(report: Report) -> Iterator[tuple[str, Claim, Problem]]:
    """A file name, the claim and the problem of every verified instance."""
    tasks = {(task.claim, task.instance.label): task for task in report.tasks}
    for verdict in report.verdicts:
        for number, result in enumerate(verdict.instances, start=1):
            task = tasks[verdict.claim, result.label]
            if result.status is Status.VERIFIED:
                stem = f"{verdict.claim.replace('/', '-')}-{number}"
                yield stem, claim_of(task.claim, task.origin), task.instance.problem
