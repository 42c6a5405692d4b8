"""Certificates of stationary points of the l_{2/L} margin problem, L >= 3, by Krawczyk's test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, ball, ball_matrix, column
from litproof.algebra.linear import solve_exact
from litproof.certify.certificates.format import (
    MANTISSA_BITS,
    Certificate,
    accepted,
    decimal_bounds,
    text_rows,
    texts,
)
from litproof.certify.certificates.identities import fractions_of
from litproof.certify.certificates.krawczyk_box import ATTEMPTS, GUARD_BITS, doubled, first_bits, krawczyk_box
from litproof.networks.base import Layers
from litproof.precision import ball_precision
from litproof.predict.classification.stationary import Candidate, polish
from litproof.predict.classification.vertices import Margins, candidate_near
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

_CLOSE = 1e-9


@dataclass(frozen=True)
class _Type:
    """What is known of a stationary point beforehand: rho_j != 0 on `support`, margin 1 and multipliers on `active`.

    exact : rho (m numbers), where the margins that are 1 determine it.
    """

    support: tuple[int, ...]
    active: tuple[int, ...]
    exact: tuple[Fraction, ...] | None


def stationary_certificate(
    problem: Problem, margins: Margins, near: Layers, digits: int
) -> Certificate | None:
    """Krawczyk's test for the stationary point of the type seen at `near`; None when it does not close.

    Raises HypothesisError or Inconclusive when the type belongs to no stationary point.
    """
    with ball_precision(64):
        start = candidate_near(margins, near)
    kind = _vertex(margins, start) or _Type(start.support, start.active, None)
    on, active = kind.support, kind.active
    L, m, n = margins.depth, len(margins.modes), len(margins.rows)
    guard, bits = GUARD_BITS, first_bits(digits)
    for _ in range(ATTEMPTS):
        with ball_precision(bits + 64):
            if kind.exact is None:
                point = polish(margins.balls(), margins.weights, L, start, bits + 32)
                rho, alpha = [point.rho[j].real for j in on], [point.alpha[i] for i in active]
            else:
                rho = [ball(kind.exact[j]) for j in on]
                alpha = _multipliers(margins, kind, rho)
            z = [_root(value, L) for value in rho]
        with ball_precision(3 * MANTISSA_BITS):
            jacobian = _jacobian(margins, kind, z)
        try:
            box = krawczyk_box([*z, *alpha], jacobian, bits, guard)
        except ZeroDivisionError:
            return None
        with ball_precision(bits + 32):
            bounds = [(Fraction(0), Fraction(0))] * m
            for j, entry in zip(on, box.balls, strict=False):
                bounds[j] = doubled(entry * abs(entry) ** (L - 1))
        fields = {
            "depth": L,
            "S": text_rows(fractions_of(margins.form)[0]),
            "X": text_rows(problem.X),
            "y": texts(problem.y),
            **box.fields((on, m), (active, n)),
            "rho": [texts([x, x]) for x in kind.exact] if kind.exact else decimal_bounds(bounds, digits),
        }
        if certificate := accepted("stationary-margin", fields):
            return certificate
        guard, bits = guard + 16, bits + 48
    return None


def _vertex(margins: Margins, start: Candidate) -> _Type | None:
    """As many of the active points as rho_j != 0, all multipliers positive: these determine rho exactly."""
    import numpy as np

    on = start.support
    for active in combinations(start.active, len(on)):
        square = [[margins.rows[i][j] for j in on] for i in active]
        values = solve_exact(square, [Fraction(1)] * len(on))
        if values is None or not all(values):
            continue
        u = [float(np.sign(float(x)) * abs(float(x)) ** (2 / margins.depth - 1)) for x in values]
        try:
            alpha = np.linalg.solve(np.array(square, dtype=float).T, u)
        except np.linalg.LinAlgError:
            continue
        if alpha.min() > _CLOSE * alpha.max():
            exact = [Fraction(0)] * len(margins.modes)
            for j, value in zip(on, values, strict=True):
                exact[j] = value
            return _Type(on, active, tuple(exact))
    return None


def _multipliers(margins: Margins, kind: _Type, rho: Sequence[Ball]) -> list[Ball]:
    """sum_i alpha_i a_ij = sgn |rho_j|^(2/L - 1) on the support."""
    from flint import arb

    square = [[margins.rows[i][j] for i in kind.active] for j in kind.support]
    u = [x / abs(x) * abs(x) ** (arb(2) / margins.depth - 1) for x in rho]
    return list(ball_matrix(square).solve(column(u)).entries())


def _root(value: Ball, L: int) -> Ball:
    """sgn(value) |value|^(1/L)."""
    size = abs(value).root(L)
    return size if value > 0 else -size


def _jacobian(margins: Margins, kind: _Type, z: Sequence[Ball]) -> arb_mat:
    """Of tau(z) - P' nu and P'^T rho(z), P' = -P/(L-2), tau' = |z|^(1-L), rho' = L |z|^(L-1); z on the support."""
    from flint import arb_mat

    on, active, L = kind.support, kind.active, margins.depth
    dense = arb_mat(len(on) + len(active), len(on) + len(active))
    for row, (j, value) in enumerate(zip(on, z, strict=True)):
        root = abs(value) ** (L - 1)
        dense[row, row] = 1 / root
        for place, i in enumerate(active, len(on)):
            weight = ball(-margins.rows[i][j] / (L - 2))
            dense[row, place], dense[place, row] = -weight, weight * root * L
    return dense
