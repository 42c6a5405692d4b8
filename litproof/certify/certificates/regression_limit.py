"""Certificates of regression limits by the dual of the reduced flow (kind regression-limit)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball, missing_bits
from litproof.certify.certificates.format import (
    MANTISSA_BITS,
    Certificate,
    accepted,
    decimal_bounds,
    require_few_entries,
    text_rows,
    texts,
)
from litproof.certify.certificates.identities import fractions_of, rational_odeco
from litproof.certify.certificates.krawczyk_box import ATTEMPTS, GUARD_BITS, doubled, first_bits, krawczyk_box
from litproof.certify.checker.krawczyk import preconditioned
from litproof.certify.checker.work import Work
from litproof.certify.regression.enclosure import prove_reduced, reduce
from litproof.certify.regression.reduced import ReducedSystem, rho_of
from litproof.errors import HypothesisError
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.sensing import commuting_form
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.regression.dual_limit import Reduction, reduction_of
from litproof.predict.regression.reduction import odeco_dual
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat


def reduced_certificate(problem: Problem, digits: int) -> Certificate | None:
    """The limit by Krawczyk's test; None without a rational real odeco form or where coordinates vanish.

    See `limit.regression_certificate`.
    """
    reduced = _network(problem)
    return None if reduced is None else _certificate(problem, *reduced, digits)


def _network(problem: Problem) -> tuple[dict[str, Any], Reduction] | None:
    """The network in the checker's words and its reduction in the same coordinates, or None."""
    network = problem.network
    if isinstance(network, MatrixSensing):
        return _matrix_sensing(problem, network)
    form = rational_odeco(network)
    if form is None:
        return None
    network_fields: dict[str, Any] = {"kind": network.kind, "depth": problem.layered.depth}
    if not isinstance(network, Diagonal | Convolutional):
        S, *U = map(text_rows, fractions_of(form))
        network_fields.update(kind="odeco", S=S, U=U)
    return network_fields, reduction_of(odeco_dual(form, problem))


def _matrix_sensing(problem: Problem, network: MatrixSensing) -> tuple[dict[str, Any], Reduction] | None:
    try:
        form = commuting_form(problem.X, problem.v0, network.size)
    except HypothesisError:
        return None
    reduction = reduce(problem)
    if reduction is None or not form.is_rational:
        return None
    basis = [[entry.coefficients[0] for entry in vector] for block in form.blocks for vector in block.vectors]
    return {"kind": "matrix-sensing", "depth": network.depth, "basis": text_rows(basis)}, reduction


def _certificate(
    problem: Problem, network_fields: dict[str, Any], reduction: Reduction, digits: int
) -> Certificate | None:
    part, m = reduction.part, len(reduction.dual.coordinates)
    if part.vanishing or len(part.dual.y) != len(problem.y) or not part.kept:
        return None
    n = len(problem.y)
    everything = range(n)
    guard, bits = GUARD_BITS, first_bits(digits)
    require_few_entries((len(part.kept) + n) ** 2)
    Work().intervals(preconditioned(len(part.kept), n), bits)
    for _ in range(ATTEMPTS):
        zero = prove_reduced(part, bits)
        if zero is None:
            bits += 64
            continue
        with ball_precision(3 * MANTISSA_BITS):
            jacobian = _jacobian(ReducedSystem(part.dual), zero.centre)
        box = krawczyk_box(zero.centre, jacobian, bits, guard)
        with ball_precision(bits + 32):
            rho = [ball(0)] * m
            for j, z in zip(part.kept, box.balls, strict=False):
                rho[j] = rho_of(reduction.dual.coordinates[j], z)
            beta = reduction.coefficients(rho)
            missing = missing_bits(beta, digits_to_bits(digits + 1) + 2)
        if missing > 0:
            bits += missing + 4
            continue
        fields = {
            "network": dict(network_fields),
            "X": text_rows(problem.X),
            "y": texts(problem.y),
            "v0": text_rows(problem.v0),
            **box.fields((part.kept, m), (everything, len(everything))),
            "enclosure": decimal_bounds([doubled(entry) for entry in beta], digits),
        }
        if certificate := accepted("regression-limit", fields):
            return certificate
        guard, bits = guard + 16, bits + 32
    return None


def _jacobian(system: ReducedSystem, point: Sequence[Ball]) -> arb_mat:
    """[[D, -A], [A^T R, 0]] as one matrix."""
    from flint import arb_mat

    parts = system.linearise(point)
    m, n = parts.A.nrows(), parts.A.ncols()
    dense = arb_mat(m + n, m + n)
    for j in range(m):
        dense[j, j] = parts.D[j]
        for i in range(n):
            dense[j, m + i] = -parts.A[j, i]
            dense[m + i, j] = parts.A[j, i] * parts.R[j]
    return dense
