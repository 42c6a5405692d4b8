"""Certificates of what a run verified, one small JSON file for each instance that the checker knows a theorem for."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from litproof.certify.certificate import limit_certificate
from litproof.certify.sealing import Certificate
from litproof.certify.tensor_certificate import conserved_certificate, odeco_certificate
from litproof.claims.catalogue import claim_of
from litproof.claims.claim import Claim, Status
from litproof.claims.laws import Laws
from litproof.claims.measurement import measure_limit
from litproof.claims.verification import Report
from litproof.errors import LitproofError
from litproof.files import write_atomically
from litproof.problem import Problem


def write_certificates(report: Report, directory: Path) -> tuple[int, int]:
    """Write certificates for the verified instances of `report` into `directory`.

    Returns
    -------
    (files written, verified instances without one).
    """
    directory.mkdir(exist_ok=True)
    written = missing = 0
    for stem, claim, problem in _verified(report):
        certificate = certificate_of(claim, problem, report.digits)
        if certificate is None:
            missing += 1
            continue
        write_atomically(directory / f"{stem}.json", json.dumps(certificate, indent=1) + "\n")
        written += 1
    return written, missing


def certificate_of(claim: Claim, problem: Problem, digits: int) -> Certificate | None:
    """The certificate that goes with a claim on a problem; None where the checker has nothing to check.

    Claims about limits: the limit itself, or the max-margin problem that the predicted direction solves. Claims about
    conserved quantities with rational coefficients: the identities. The odeco form: its identity.
    """
    if claim.id == "network/odeco-form":
        return odeco_certificate(problem.network)
    if problem.task == "classification" or claim.measure is measure_limit:
        return limit_certificate(problem, digits)
    try:
        laws = claim.predict(problem, digits).details.get("laws")
    except LitproofError:
        return None
    if not isinstance(laws, Laws) or (laws.form is not None and not laws.form.is_real):
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
    return conserved_certificate(problem.network, polynomials) if polynomials else None


def _verified(report: Report) -> Iterator[tuple[str, Claim, Problem]]:
    """A file name, the claim and the problem of every verified instance."""
    tasks = {(task.claim, task.instance.label): task for task in report.tasks}
    for verdict in report.verdicts:
        for number, result in enumerate(verdict.instances, start=1):
            task = tasks[verdict.claim, result.label]
            if result.status is Status.VERIFIED:
                stem = f"{verdict.claim.replace('/', '-')}-{number}"
                yield stem, claim_of(task.claim, task.origin), task.instance.problem
