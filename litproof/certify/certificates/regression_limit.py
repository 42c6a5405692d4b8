"""Certificates of regression limits by the dual of the reduced flow (kind regression-limit)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball, missing_bits
from litproof.certify.certificates.format import (
    MANTISSA_BITS,
    Certificate,
    decimal_bounds,
    doubled,
    leading_bits,
    radius_of,
    rounded,
    seal,
    spread,
    text_rows,
    texts,
    within,
)
from litproof.certify.certificates.identities import fractions_of, rational_odeco
from litproof.certify.checker import Refused, TooMuchWork
from litproof.certify.regression.enclosure import Reduction, prove_reduced, reduce, reduce_odeco
from litproof.certify.regression.reduced import ReducedSystem, rho_of
from litproof.errors import HypothesisError
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.sensing import commuting_form
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

_GUARD_BITS = 20
_ATTEMPTS = 6


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
    return network_fields, reduce_odeco(form, problem)


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
    guard, bits = _GUARD_BITS, digits_to_bits(digits + 2) + 2 * _GUARD_BITS
    for _ in range(_ATTEMPTS):
        zero = prove_reduced(part, bits)
        if zero is None:
            bits += 64
            continue
        centre = [rounded(x, bits + 8) for x in zero.centre]
        with ball_precision(3 * MANTISSA_BITS):
            inverse = _jacobian(ReducedSystem(part.dual), zero.centre).inv().mid()
        C = [[leading_bits(inverse[a, b]) for b in range(len(centre))] for a in range(len(centre))]
        radii = [radius_of(row, guard - bits) for row in C]
        with ball_precision(bits + 32):
            boxes = [ball(x) + within(r) for x, r in zip(centre, radii, strict=True)]
            rho = [ball(0)] * m
            for j, z in zip(part.kept, boxes, strict=False):
                rho[j] = rho_of(reduction.dual.coordinates[j], z)
            beta = reduction.coefficients(rho)
            missing = missing_bits(beta, digits_to_bits(digits + 1) + 2)
        if missing > 0:
            bits += missing + 4
            continue
        moving = len(part.kept)
        fields = {
            "network": dict(network_fields),
            "X": text_rows(problem.X),
            "y": texts(problem.y),
            "v0": text_rows(problem.v0),
            "bits": bits,
            "z": spread(part.kept, centre, m),
            "nu": texts(centre[moving:]),
            "radius_z": spread(part.kept, radii, m),
            "radius_nu": texts(radii[moving:]),
            "preconditioner": text_rows(C),
            "enclosure": decimal_bounds([doubled(entry) for entry in beta], digits),
        }
        try:
            return seal("regression-limit", fields)
        except TooMuchWork:
            raise
        except Refused:
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
