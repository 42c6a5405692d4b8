"""Candidates for a step of a classification flow in odeco coordinates, by collocation: nothing here is proved.

In the clock dT = exp(-m_r) dt, m_r one of the margins, each component follows d eta_l/dT = a prod_{h != l} eta_h with
a = sum_i w_i A_i, w_i = exp(m_r - m_i). Differences of the squares of its layers are conserved, so that the layer of
least modulus, y, carries it. The weights adjust themselves within 1/kappa of the way, hence stages of Radau IIA with
log w_i as unknowns of their own (Hairer and Wanner, Solving Ordinary Differential Equations II (1996), section VII.4,
doi:10.1007/978-3-642-05221-7). Newton's corrections are solved for in doubles, residuals are formed at flint's current
precision. Given the corrections of log w_i the components are independent, and given those of y the weights: the large
system is one of those that are fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from math import prod
from operator import mul
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from litproof.algebra.balls import Ball, Exact, ball, sign
from litproof.integrate.classification.radau import radau_tableau
from litproof.precision import ball_precision

if TYPE_CHECKING:
    from flint import arb_mat

STAGES = 18
_SWEEPS = 20
_SOLVED, _GAINED = 1e-13, 1e-8
"""Relative size of the last correction, or what Newton's matrix in doubles gains in a sweep: the defect is proved."""
_LIGHT, _HEAVY = -60.0, 50.0
"""log w_i below which a point is left out of Newton's equations, and above which they have gone astray."""
_FACTOR, _PART = 2.0, 0.5
"""Largest corrections of log w_i, and of y relative to its size, that are made in one sweep."""

Floats = NDArray[np.float64]


class NoCandidate(Exception):
    """Newton's iteration did not settle."""


@dataclass(frozen=True)
class Components:
    """What is conserved along a flow.

    Attributes
    ----------
    rows : A, n rows of m balls. least : for each component the layer of least modulus.
    squares : for each component eta_l^2 - y^2 >= 0 of each other layer, None where that is 0. signs : of these layers,
        or of eta_l / y where the square is None.
    """

    rows: arb_mat
    least: tuple[int, ...]
    squares: tuple[tuple[Ball | None, ...], ...]
    signs: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Ball]], eta: Sequence[Sequence[Exact]]) -> Components:
        """From the layers of each component at the start, of which no two are 0."""
        from flint import arb_mat

        least, squares, signs = [], [], []
        for entries in eta:
            low = 0
            for l, x in enumerate(entries):
                low = l if sign((x - entries[low]) * (x + entries[low])) < 0 else low
            y, others = entries[low], [*entries[:low], *entries[low + 1 :]]
            gaps = [(x - y) * (x + y) for x in others]
            squares.append(tuple(ball(gap) if sign(gap) else None for gap in gaps))
            signs.append(tuple(sign(x if sign(gap) else x * y) for x, gap in zip(others, gaps, strict=True)))
            least.append(low)
        return cls(arb_mat([list(row) for row in rows]), tuple(least), tuple(squares), tuple(signs))

    def layers(self, j: int, values: Sequence[Ball]) -> list[list[Ball]]:
        """All layers of component j, layer by layer, for these values of y."""
        squares, layers = [y * y for y in values], []
        for gap, way in zip(self.squares[j], self.signs[j], strict=True):
            moduli = values if gap is None else [(x + gap).nonnegative_part().sqrt() for x in squares]
            layers.append(list(moduli) if way > 0 else [-x for x in moduli])
        layers.insert(self.least[j], list(values))
        return layers

    def products(self, j: int, values: Sequence[Ball]) -> list[Ball]:
        """The product of the layers other than y, for exact values of y."""
        gaps = [gap for gap in self.squares[j] if gap is not None]
        ties, positive = len(self.squares[j]) - len(gaps), prod(self.signs[j]) > 0
        found = [y**ties for y in values] if ties else [ball(1)] * len(values)
        if gaps:
            squares = [y * y for y in values]
            roots = [reduce(mul, [x + gap for gap in gaps]).sqrt() for x in squares]
            found = list(map(mul, found, roots)) if ties else roots
        return found if positive else [-x for x in found]

    @cached_property
    def doubles(self) -> tuple[Floats, NDArray[np.bool_], Floats]:
        """Signs, where squares are None, and roots of the others, m x 1 x (L - 1)."""
        roots = [[0.0 if gap is None else float(gap.sqrt()) for gap in line] for line in self.squares]
        ties = [[gap is None for gap in line] for line in self.squares]
        signs = np.array(self.signs, dtype=float)
        return signs[:, None, :], np.array(ties)[:, None, :], np.array(roots)[:, None, :]

    def gaps(self, reference: int) -> arb_mat:
        """Rows of m_i - m_r."""
        from flint import arb_mat

        rows = self.rows.tolist()
        return arb_mat([[a - b for a, b in zip(row, rows[reference], strict=True)] for row in rows])


@dataclass(frozen=True)
class Tables:
    """Radau IIA on [-1, 1].

    Attributes
    ----------
    nodes : K, the last one is 1. integrals : values at the nodes -> integrals from -1 to each node.
    inner, whole : values at the nodes, or at -1 and the nodes -> coefficients of powers.
    """

    nodes: tuple[Ball, ...]
    integrals: arb_mat
    inner: arb_mat
    whole: arb_mat


@lru_cache(maxsize=4)
def tables(stages: int, bits: int) -> Tables:
    """Tables that are correct to about `bits` bits."""
    from flint import arb, arb_mat, fmpq

    with ball_precision(2 * bits + 64):
        inside = radau_tableau(stages, bits + 64).nodes
        nodes = [2 * arb(fmpq(*map(int, c.as_integer_ratio()))) - 1 for c in inside]
        inner = arb_mat([[c**k for k in range(stages)] for c in nodes]).inv()
        moments = [[(c ** (k + 1) - (-1) ** (k + 1)) / (k + 1) for k in range(stages)] for c in nodes]
        whole = arb_mat([[c**k for k in range(stages + 1)] for c in (arb(-1), *nodes)]).inv()
        return Tables(tuple(nodes), (arb_mat(moments) * inner).mid(), inner.mid(), whole.mid())


@dataclass(frozen=True)
class Stages:
    """The stages of a step -1 <= u <= 1, T moving by twice `length`.

    Attributes
    ----------
    y : m x (K + 1), at u = -1 and at the nodes. log_weights : n x K, at the nodes. reference : r.
    """

    y: arb_mat
    log_weights: arb_mat
    length: Ball
    reference: int

    def beyond(self, ratio: float) -> tuple[arb_mat, arb_mat]:
        """y and log w_i at the nodes of the next step, `ratio` times as long: the polynomials continued."""
        from flint import arb_mat, ctx

        table = tables(STAGES, ctx.prec)
        places = [1 + (1 + c) * ratio for c in table.nodes]
        powers = [[u**k for u in places] for k in range(STAGES + 1)]
        y = self.y * (table.whole.transpose() * arb_mat(powers))
        return y, self.log_weights * (table.inner.transpose() * arb_mat(powers[:-1]))


@dataclass(frozen=True)
class _Values:
    """At all nodes: y (m x K) and the other layers (m x K x (L - 1)) in doubles, their product, and m_i - m_r."""

    y: Floats
    others: Floats
    products: list[list[Ball]]
    levels: list[list[Ball]]


def solve_stages(
    components: Components,
    reference: int,
    start: Sequence[Ball],
    guess: tuple[arb_mat, arb_mat],
    length: float,
    accuracy: float,
) -> Stages:
    """The stages of one step.

    Parameters
    ----------
    start : y at its beginning. guess : y (m x K) and log w_i (n x K) at the nodes. length : half of the step's T.
    accuracy : how well y is wanted, relative to its size.

    Raises NoCandidate.
    """
    from flint import arb_mat, ctx

    integrals = tables(STAGES, ctx.prec).integrals.transpose()
    rows, gaps, h = components.rows, components.gaps(reference), ball(1) * length
    B, A, G = length * _floats(integrals).T, _floats(rows), _floats(gaps)
    first = arb_mat([[y] * STAGES for y in start])
    y, guessed = guess[0].mid(), guess[1].mid().tolist()
    carried: dict[int, list[Ball]] = {reference: [ball(0)] * STAGES}
    for _ in range(_SWEEPS):
        values = _values(components, gaps, y)
        for i, level in enumerate(values.levels):
            if i not in carried and max(-float(x) for x in level) > _LIGHT:
                carried[i] = guessed[i]
        points = [i for i in carried if i != reference]
        if not all(float(x) < _HEAVY for i in points for x in carried[i]):
            raise NoCandidate
        weights = {i: [x.exp() for x in logs] for i, logs in carried.items()}
        mine = arb_mat([line for i, line in enumerate(rows.tolist()) if i in weights])
        pull = mine.transpose() * arb_mat([weights[i] for i in sorted(weights)])
        speeds = [list(map(mul, *lines)) for lines in zip(pull.tolist(), values.products, strict=True)]
        stage_residual = _floats(first + arb_mat(speeds) * integrals * h - y)
        weight_residual = _doubles(
            [-x - level for i in points for x, level in zip(carried[i], values.levels[i], strict=True)]
        )
        shares = _doubles([x for i in points for x in weights[i]]).reshape(-1, STAGES)
        moves, changes = _correction(
            components,
            values,
            (_floats(pull), shares),
            (G[points], A[points]),
            B,
            (stage_residual, weight_residual),
        )
        sizes = _sizes(values)
        felt = np.abs(changes) * np.minimum(shares, 1)
        step, turn = float(np.max(np.abs(moves) / sizes)), float(np.max(felt, initial=0.0))
        if not (np.isfinite(step) and np.isfinite(turn)):
            raise NoCandidate
        part = min(1.0, _PART / max(step, 1e-300), _FACTOR / max(turn, 1e-300))
        y = (y + arb_mat((part * moves).tolist())).mid()
        for i, change in zip(points, part * changes, strict=True):
            carried[i] = [(x + float(c)).mid() for x, c in zip(carried[i], change, strict=True)]
        if max(step, turn) < min(_SOLVED, accuracy / _GAINED):
            logs = [carried.get(i, [-x for x in level]) for i, level in enumerate(values.levels)]
            whole = arb_mat([[s, *line] for s, line in zip(start, y.tolist(), strict=True)])
            return Stages(whole, arb_mat(logs), h, reference)
    raise NoCandidate


def _values(components: Components, gaps: arb_mat, y: arb_mat) -> _Values:
    from flint import arb_mat

    lines, doubles = y.tolist(), _floats(y)
    products = [components.products(j, line) for j, line in enumerate(lines)]
    rho = [list(map(mul, *pair)) for pair in zip(products, lines, strict=True)]
    signs, ties, roots = components.doubles
    others = signs * np.where(ties, doubles[:, :, None], np.hypot(doubles[:, :, None], roots))
    return _Values(doubles, others, products, (gaps * arb_mat(rho)).mid().tolist())


def _sizes(values: _Values) -> Floats:
    """What corrections of y are measured in, m x 1: its largest modulus, or a part of that of the other layers."""
    others = np.max(np.abs(values.others), axis=(1, 2))
    sizes: Floats = np.maximum(np.max(np.abs(values.y), axis=1), 1e-3 * others)[:, None] + 1e-300
    return sizes


def _correction(
    components: Components,
    values: _Values,
    current: tuple[Floats, Floats],
    matrices: tuple[Floats, Floats],
    B: Floats,
    residuals: tuple[Floats, Floats],
) -> tuple[Floats, Floats]:
    """Newton's corrections of y (m x K) and of log w_i (points x K).

    current : a (m x K) and w (points x K). matrices : gaps and rows of the points. B : integrals, times the length.
    residuals : of the stages (m x K) and of log w_i (all points one after the other).

    Raises NoCandidate.
    """
    (a, w), (gaps, rows), (stage, weight) = current, matrices, residuals
    y, E = values.y, values.others
    m, K = y.shape
    n = len(gaps)
    signs, ties, _ = components.doubles
    with np.errstate(all="ignore"):
        # eta_l = +-sqrt(y^2 + gap) has the slope y / eta_l
        slopes = np.where(ties, signs, y[:, :, None] / E)
        P = np.prod(E, axis=2)
        dP = sum(slopes[:, :, l] * np.prod(np.delete(E, l, axis=2), axis=2) for l in range(E.shape[2]))
        drho = P + y * dP
        stiff = np.eye(K) - B * (a * dP)[:, None, :]
        try:
            if n > m:
                return _eliminated(P, drho, stiff, w, matrices, B, residuals)
            solved = np.linalg.solve(stiff, np.concatenate([stage[:, :, None], B * P[:, None, :]], axis=2))
            own, G = solved[:, :, 0], solved[:, :, 1:]
            pairs = (gaps[:, None, :] * rows[None, :, :]).reshape(n * n, m)
            S = (pairs @ (drho[:, :, None] * G).reshape(m, K * K)).reshape(n, n, K, K).transpose(0, 2, 1, 3)
            matrix = np.eye(n * K) + (S * w[None, None, :, :]).reshape(n * K, n * K)
            changes = np.linalg.solve(matrix, weight - (gaps @ (drho * own)).ravel()).reshape(n, K)
        except np.linalg.LinAlgError:
            raise NoCandidate from None
        moves = own + np.einsum("jkl,jl->jk", G, rows.T @ (w * changes))
    return moves, changes


def _eliminated(
    P: Floats,
    drho: Floats,
    stiff: Floats,
    w: Floats,
    matrices: tuple[Floats, Floats],
    B: Floats,
    residuals: tuple[Floats, Floats],
) -> tuple[Floats, Floats]:
    """The same with log w_i eliminated, for more points than components: the system is one of y alone."""
    (gaps, rows), (stage, weight) = matrices, residuals
    m, K = P.shape
    own = weight.reshape(w.shape)
    coupled = np.matmul(rows.T[None] * w.T[:, None, :], gaps[None])  # K x m x m
    terms = P.T[:, :, None] * coupled * drho.T[:, None, :]
    system = (B[:, :, None, None] * terms[None]).transpose(2, 0, 3, 1).copy()
    system[np.arange(m), :, np.arange(m), :] += stiff
    right = stage + (P * (rows.T @ (w * own))) @ B.T
    moves = np.linalg.solve(system.reshape(m * K, m * K), right.ravel()).reshape(m, K)
    return moves, own - gaps @ (drho * moves)


def _floats(matrix: arb_mat) -> Floats:
    return _doubles(matrix.entries()).reshape(matrix.nrows(), matrix.ncols())


def _doubles(entries: Sequence[Ball]) -> Floats:
    return np.array([float(x) for x in entries])
