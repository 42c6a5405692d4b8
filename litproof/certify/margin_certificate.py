"""Certificates of margin problems and minimum-norm problems: exact optima, and stationary points for L >= 3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from litproof.certify.checker import Refused
from litproof.certify.pair_certificate import pair_certificate
from litproof.certify.sealing import (
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
from litproof.certify.tensor_certificate import fractions_of, rational_odeco
from litproof.errors import HypothesisError, Inconclusive
from litproof.networks.base import Layers, Network
from litproof.networks.fully_connected import FullyConnected
from litproof.precision import ball_precision, digits_to_bits
from litproof.predict.balls import Ball, ball, ball_matrix, column
from litproof.predict.classification_deep import Margins, candidate_near, margin_problem
from litproof.predict.l1_margin import l1_margin
from litproof.predict.linear import dot, solve_exact
from litproof.predict.maxmargin import max_margin
from litproof.predict.stationary import Candidate, polish
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_mat

Rows = Sequence[Sequence[Fraction]]

_GUARD_BITS = 20
_ATTEMPTS = 6
_CLOSE = 1e-9


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
    network, d = problem.network, problem.network.input_dim
    if isinstance(network, FullyConnected) or network.depth == 1:
        S = identity(d) if network.depth > 1 else one_layer_map(network)
        found = max_margin([[dot(row, s) for s in S] for row in problem.signed_rows])
        square = dot(found.z, found.z)
        return minimum_norm_certificate(
            problem.X, problem.y, S, found.z, [p * square for p in found.p], norm="l2", constraint="margin"
        )
    form = rational_odeco(network)
    if form is None:
        return pair_certificate(problem, digits) if network.depth == 2 and len(problem.X) == 1 else None
    if network.depth == 2:
        S = fractions_of(form)[0]
        least = l1_margin([[dot(row, s) for s in S] for row in problem.signed_rows])
        rho, alpha = (tuple(map(Fraction, values)) for values in (least.rho, least.alpha))
        return minimum_norm_certificate(problem.X, problem.y, S, rho, alpha, norm="l1", constraint="margin")
    if near is None:
        return None
    try:
        return _stationary_certificate(problem, margin_problem(problem, form), near, digits)
    except (HypothesisError, Inconclusive):
        return None


def minimum_norm_certificate(
    X: Rows,
    y: Sequence[Fraction],
    S: Rows,
    rho: Sequence[Fraction],
    multipliers: Sequence[Fraction],
    *,
    norm: str,
    constraint: str,
    start: Sequence[Fraction] | None = None,
    weights: Sequence[Fraction] | None = None,
) -> Certificate:
    """A certificate that rho has the least weighted distance from the start among all that satisfy the samples.

    It also says whether rho is the only one, where the checker can prove that.

    Parameters
    ----------
    X, y : n x d inputs and n targets (labels +-1 for "margin").
    S : m x d; beta = S^T rho.
    rho : m exact numbers.
    multipliers : n exact numbers p. S X^T p ("margin": S X^T (y p), p >= 0) is weight_j (rho_j - start_j)
        ("l2") or a subgradient of sum_j weight_j |rho_j - start_j| ("l1").
    norm : "l1" or "l2". constraint : "fit" or "margin".
    start : m numbers, 0 without. weights : m numbers, 1 without.

    Raises
    ------
    checker.Refused : the conditions do not hold.
    """
    fields = {
        "norm": norm,
        "constraint": constraint,
        "weights": texts(weights or [Fraction(1)] * len(S)),
        "start": texts(start or [Fraction(0)] * len(S)),
        "S": text_rows(S),
        "X": text_rows(X),
        "y": texts(y),
        "rho": texts(rho),
        "multipliers": texts(multipliers),
    }
    try:
        return seal("minimum-norm", {**fields, "unique": True})
    except Refused:
        return seal("minimum-norm", {**fields, "unique": False})


def nearest_certificate(
    problem: Problem, S: Rows, start: Sequence[Fraction], weights: Sequence[Fraction] | None = None
) -> Certificate:
    """The rho with X S^T rho = y nearest to the start in the weighted l2 norm (R9, R7, R4 for large alpha).

    Raises HypothesisError when no rho fits the samples.
    """
    P = [[dot(s, row) for s in S] for row in problem.X]
    below = weights or [Fraction(1)] * len(S)
    gram = [
        [sum((a * b / w for a, b, w in zip(p, q, below, strict=True)), Fraction(0)) for q in P] for p in P
    ]
    p = solve_exact(gram, [target - dot(row, start) for row, target in zip(P, problem.y, strict=True)])
    if p is None:
        raise HypothesisError("X S^T rho = y has no solution")
    moves = [dot(p, column) / w for column, w in zip(zip(*P, strict=True), below, strict=True)]
    rho = [a + b for a, b in zip(start, moves, strict=True)]
    return minimum_norm_certificate(
        problem.X, problem.y, S, rho, p, norm="l2", constraint="fit", start=start, weights=weights
    )


def identity(d: int) -> list[list[Fraction]]:
    """The d x d identity matrix."""
    return [[Fraction(i == j) for j in range(d)] for i in range(d)]


def one_layer_map(network: Network) -> list[list[Fraction]]:
    """S (k_1 x d) with beta = S^T v_1, for depth one."""
    tensor = network.data_tensor()
    S = [[Fraction(0)] * tensor.input_dim for _ in range(tensor.shapes[0])]
    for (z, j), value in tensor.entries.items():
        S[j][z] = value
    return S


@dataclass(frozen=True)
class _Type:
    """What is known of a stationary point beforehand: rho_j != 0 on `support`, margin 1 and multipliers on `active`.

    exact : rho (m numbers), where the margins that are 1 determine it.
    """

    support: tuple[int, ...]
    active: tuple[int, ...]
    exact: tuple[Fraction, ...] | None


def _stationary_certificate(
    problem: Problem, margins: Margins, near: Layers, digits: int
) -> Certificate | None:
    """Krawczyk's test for the stationary point of the type seen at `near`."""
    with ball_precision(64):
        start = candidate_near(margins, near)
    kind = _vertex(margins, start) or _Type(start.support, start.active, None)
    on, active = kind.support, kind.active
    L, m, n = margins.depth, len(margins.modes), len(margins.rows)
    guard, bits = _GUARD_BITS, digits_to_bits(digits + 2) + 2 * _GUARD_BITS
    for _ in range(_ATTEMPTS):
        with ball_precision(bits + 64):
            if kind.exact is None:
                point = polish(margins.balls(), margins.weights, L, start, bits + 32)
                rho, alpha = [point.rho[j].real for j in on], [point.alpha[i] for i in active]
            else:
                rho = [ball(kind.exact[j]) for j in on]
                alpha = _multipliers(margins, kind, rho)
            z = [_root(value, L) for value in rho]
            centre = [rounded(x, bits + 8) for x in (*z, *alpha)]
        with ball_precision(3 * MANTISSA_BITS):
            try:
                inverse = _jacobian(margins, kind, z).inv().mid()
            except ZeroDivisionError:
                return None
            C = [[leading_bits(inverse[a, b]) for b in range(len(centre))] for a in range(len(centre))]
        radii = [radius_of(row, guard - bits) for row in C]
        with ball_precision(bits + 32):
            boxes = [ball(c) + within(r) for c, r in zip(centre, radii, strict=True)]
            bounds = [(Fraction(0), Fraction(0))] * m
            for j, box in zip(on, boxes, strict=False):
                bounds[j] = doubled(box * abs(box) ** (L - 1))
        fields = {
            "depth": L,
            "S": text_rows(fractions_of(margins.form)[0]),
            "X": text_rows(problem.X),
            "y": texts(problem.y),
            "bits": bits,
            "z": spread(on, centre, m),
            "nu": spread(active, centre[len(on) :], n),
            "radius_z": spread(on, radii, m),
            "radius_nu": spread(active, radii[len(on) :], n),
            "preconditioner": text_rows(C),
            "rho": [texts([x, x]) for x in kind.exact] if kind.exact else decimal_bounds(bounds, digits),
        }
        try:
            return seal("stationary-margin", fields)
        except Refused:
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
