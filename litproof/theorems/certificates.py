"""Certificates of what a run verified, small JSON files for each instance that the checker knows a theorem for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain
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
from litproof.claims.catalogue import catalogue, claim_of
from litproof.claims.measurement import measure_limit
from litproof.claims.runner import Task
from litproof.claims.types import Claim, Status
from litproof.claims.verification import Report
from litproof.errors import HypothesisError, LitproofError
from litproof.files import write_atomically
from litproof.parallel import WorkerDied, completed
from litproof.predict.regression.asymptotics import weighted_l1
from litproof.problem import Problem
from litproof.theorems.shared.conserved import Laws
from litproof.theorems.shared.reduced import Reduced, reduce
from litproof.theorems.ykm.matrix_sensing_nuclear_norm.claim import eigenvalue_problem

Files = dict[tuple[str, int], tuple[tuple[str, str], ...]]
"""(file name, text) by claim and position of the instance."""


def write_certificates(report: Report, directory: Path) -> tuple[int, int]:
    """Write certificates for the verified instances of `report` into `directory`, which exists.

    Returns
    -------
    (files written, verified instances without one).
    """
    files = certificate_files(report)
    for certificates in files.values():
        for name, text in certificates:
            write_atomically(directory / name, text)
    return sum(map(len, files.values())), sum(not certificates for certificates in files.values())


def certificate_files(
    report: Report, jobs: int = 1, progress: Callable[[int, int], None] | None = None
) -> Files:
    """The certificates of all verified instances, as files.

    Parameters
    ----------
    jobs : worker processes.
    progress : called with (finished, total) instances.
    """
    wanted = list(_verified(report))
    files: Files = {(verdict, number): () for verdict, number, _ in wanted}
    # claims and networks of one's own may not survive on their way to another process
    wanted.sort(key=lambda entry: bool(entry[2].origin) or entry[0] not in catalogue())
    arguments = [(task.claim, task.origin, task.instance.problem, report.digits) for _, _, task in wanted]
    away = sum(not task.origin and claim in catalogue() for claim, _, task in wanted)
    own = ((k, certificate_texts(*arguments[k])) for k in range(away, len(wanted)))
    made = chain(completed(certificate_texts, arguments[:away], jobs), own)
    for finished, (index, texts) in enumerate(made, start=1):
        claim, position, _ = wanted[index]
        if not isinstance(texts, WorkerDied):
            stem = f"{claim.replace('/', '-')}-{position + 1}"
            names = [stem] if len(texts) == 1 else [f"{stem}-{k}" for k in range(1, len(texts) + 1)]
            files[claim, position] = tuple(
                (f"{name}.json", text) for name, text in zip(names, texts, strict=True)
            )
        if progress:
            progress(finished, len(wanted))
    return files


def certificate_texts(id: str, origin: str, problem: Problem, digits: int) -> tuple[str, ...]:
    """The certificates of one instance as text (the function that worker processes run)."""
    return tuple(map(to_json, certificates_of(claim_of(id, origin), problem, digits)))


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


def _verified(report: Report) -> Iterator[tuple[str, int, Task]]:
    """The claim, the position and the task of every verified instance."""
    tasks = {(task.claim, task.instance.label): task for task in report.tasks}
    for verdict in report.verdicts:
        for position, result in enumerate(verdict.instances):
            if result.status is Status.VERIFIED:
                yield verdict.claim, position, tasks[verdict.claim, result.label]
