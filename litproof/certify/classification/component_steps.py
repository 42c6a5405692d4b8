"""Real odeco networks: a classification flow followed with proved errors, in steps that grow with kappa.

The candidates of `collocation` are polynomials in u, -1 <= u <= 1. Lemma A5 is applied to them in the coordinates
eta = U^T v, with dT = g du, g = H sum_i w_i along the candidate, w_i = exp(m_r - m_i): then g grad kappa is H times the
sum of the w_i grad m_i, which needs no quotient. Every w_i is a polynomial and a bounded rest; the defect is a
polynomial with balls as coefficients, and bounded by the sum of their moduli. The Hessian of c . beta has one block of
L rows for each component. `derivations/bodies/lemma-validated-steps.tex` (`litproof derive A5`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, exp, isfinite
from typing import TYPE_CHECKING

import numpy as np

from litproof.algebra.balls import Ball, ball
from litproof.certify.classification.collocation import (
    STAGES,
    Components,
    NoCandidate,
    Stages,
    solve_stages,
    tables,
)
from litproof.integrate import permission
from litproof.integrate.ball_rings import absolute_sum, largest, norm, product, products_of_others
from litproof.integrate.budget import Budget
from litproof.networks.base import Layers
from litproof.precision import ball_precision, series_length
from litproof.predict.classification.vertices import Margins
from litproof.predict.regression.reduction import reduced_start

if TYPE_CHECKING:
    from flint import arb_mat, arb_poly

BITS = 192
_SERIES = 64
"""Terms of the power series of a weight."""
_ACCURACY = 1e-22
"""Defect times length of a step, relative to |eta|, that steps are chosen for."""
_ACCEPTED = 100
"""How far above that a step may be."""
_NARROW = 40.0
"""Range of log w_i on a step up to which w_i is expanded; beyond it is bounded only."""
_TUBE = 10
"""Radius of the tube, in the error on entry and the defect."""
_LOW = 48
"""Powers of u that are expanded in Chebyshev polynomials: those of the collocation's error among them."""
_PIECES = 32
_SHRINK, _GROW, _CAUTION = 0.3, 2.0, 0.95
_FAILURES = 25
"""Steps in a row that fail before the climb ends: the next one would be shorter than the first by 10^7 or more."""
_SWITCH = 3.0
"""log of a weight, at the end of a step, that makes its point the next reference."""


@dataclass(frozen=True)
class Place:
    """A point of the orbit.

    Attributes
    ----------
    eta : for each of the m components balls around its L layers. margins : balls around the m_i.
    """

    eta: tuple[tuple[Ball, ...], ...]
    margins: tuple[Ball, ...]

    @property
    def rho(self) -> list[Ball]:
        """The coefficients of the components."""
        return [product(entries) for entries in self.eta]

    @property
    def kappa(self) -> Ball:
        """-log F, at flint's current precision."""
        return -sum(((-m).exp() for m in self.margins), ball(0)).log()


@dataclass(frozen=True)
class Track:
    """A candidate, and what it makes of the weights; polynomials are enclosures on -1 <= u <= 1, value by value.

    Attributes
    ----------
    q : exact polynomials for the L layers of each component. others : for each layer the product of the others.
    gaps : rows of m_i - m_r. weights : coefficients of w_i. pull : those of sum_i w_i A_i, for each component.
    length : H.
    """

    rows: arb_mat
    gaps: arb_mat
    q: list[list[arb_poly]]
    others: list[list[arb_poly]]
    weights: list[list[Ball]]
    pull: list[list[Ball]]
    length: Ball

    @classmethod
    def of(cls, components: Components, stages: Stages) -> Track:
        """The polynomials through the stages."""
        from flint import arb, arb_mat, arb_poly, ctx

        lines: list[list[Ball]] = []
        for j, values in enumerate(stages.y.tolist()):
            lines.extend(map(list, zip(*(components.layers(j, y) for y in values), strict=True)))
        whole = tables(STAGES, ctx.prec).whole
        coefficients = (arb_mat(lines) * whole.transpose()).mid().tolist()
        L = len(lines) // len(components.least)
        q = [[arb_poly(line) for line in coefficients[k : k + L]] for k in range(0, len(lines), L)]
        others = [products_of_others(entries) for entries in q]
        rho = [entries[0] * rest[0] for entries, rest in zip(q, others, strict=True)]
        gaps = components.gaps(stages.reference)
        levels = (gaps * _matrix([p.coeffs() for p in rho])).tolist()
        weights = [[arb(1)] if i == stages.reference else weight(level) for i, level in enumerate(levels)]
        pull = (components.rows.transpose() * _matrix(weights)).tolist()
        return cls(components.rows, gaps, q, others, weights, pull, stages.length)

    def drift(self) -> Ball:
        """Upper bound of the defect on the step, times 2, its length in u."""
        from flint import arb_poly

        defects = []
        for pull, entries, others in zip(self.pull, self.q, self.others, strict=True):
            a = self.length * arb_poly(pull)
            defects += [p.derivative() - a * rest for p, rest in zip(entries, others, strict=True)]
        return 2 * norm(suprema([p.coeffs() for p in defects]))

    def growth(self, tube: Ball) -> Ball:
        """Upper bound of g times the eigenvalues of Hess kappa around the candidate, times 2.

        On a tube of that radius all m_i - m_r change by at most some delta, and g p_i is H w_i times a factor from
        exp(-2 delta) to exp(2 delta).
        """
        bars = [[x + tube for x in suprema([p.coeffs() for p in entries])] for entries in self.q]
        slopes = [norm(products_of_others(entries)) for entries in bars]
        changes = [
            norm([gap * slope for gap, slope in zip(line, slopes, strict=True)])
            for line in self.gaps.tolist()
        ]
        extra = (2 * tube * largest(changes)).exp() - 1
        sizes = [absolute_sum(entries) for entries in self.weights]
        rates = []
        columns = self.rows.transpose().tolist()
        for pull, entries, column in zip(suprema(self.pull), bars, columns, strict=True):
            moved = sum((abs(x) * size for x, size in zip(column, sizes, strict=True)), ball(0))
            rates.append((pull + extra * moved) * block_radius(entries))
        return 2 * self.length * largest(rates)


def climb_components(problem: Margins, v0: Layers, budget: Budget) -> Iterator[Place]:
    """Enclosures of successive points of the orbit, the start first.

    Parameters
    ----------
    problem : margins of a real odeco form. v0 : the start.

    Ends when the budget is used up, when the flow rests, or when no step is proved any more.
    """
    permission.ask("validated classification flow")
    form = problem.form
    with ball_precision(BITS):
        rows = [[ball(x) for x in row] for row in problem.rows]
        starts = [reduced_start(U, layer, form.rank) for U, layer in zip(form.U, v0, strict=True)]
        exact = [[ball(x) for x in entries] for entries in zip(*starts, strict=True)]
        components = Components.of(rows, exact)
        here = [[x.mid() for x in entries] for entries in exact]
        error = norm([x.rad() for entries in exact for x in entries])
        length, before = _first_length(components, here), 0.0
    yield _place(components, here, error)
    cost, failures = step_cost(len(rows), form.rank, len(form.U)), 0
    stages: Stages | None = None
    while failures < _FAILURES and isfinite(length) and budget.spent + cost < budget.operations:
        budget.spend(cost)
        with ball_precision(BITS), series_length(_SERIES):
            try:
                found = _candidate(components, here, stages, length)
            except NoCandidate:
                length, failures = length * _SHRINK, failures + 1
                continue
            track = Track.of(components, found)
            drift, aim = track.drift(), ball(1) * _ACCURACY * norm([x for entries in here for x in entries])
            ratio = (float(aim) / (float(drift) + 1e-300)) ** (1 / STAGES) if drift.is_finite() else 0.0
            if not drift < _ACCEPTED * aim:
                length, failures = length * max(_SHRINK, _CAUTION * ratio), failures + 1
                continue
            proved = _proved(track, here, error, drift)
            if proved is None:
                length, failures = length / 2, failures + 1
                continue
            (here, error), stages, failures = proved, found, 0
            # towards the time at which layers are infinite steps shrink by a constant factor
            trend = min(length / before, 1.3) if before else 1.0
            length, before = length * min(_GROW, _CAUTION * ratio * trend), length
        yield _place(components, here, error)


def step_cost(n: int, m: int, depth: int) -> float:
    """Operations of one step, in the unit of `integrate.budget` (measured): balls, and systems in doubles."""
    fewer = min(n, m)
    doubles = STAGES**2 * (2 * n * m * fewer + m * STAGES + fewer**3 * STAGES)
    return STAGES * (800 + 25 * m * depth + m * n) + doubles / 500


def _proved(
    track: Track, here: Sequence[Sequence[Ball]], error: Ball, drift: Ball
) -> tuple[list[list[Ball]], Ball] | None:
    """Middle and error of the end of a step that begins within `error` of `here`; None when the proof fails."""
    starts = [[p(ball(-1)) for p in entries] for entries in track.q]
    jumps = [a - b for pair in zip(starts, here, strict=True) for a, b in zip(*pair, strict=True)]
    entered = error + norm(jumps) + drift
    tube = (_TUBE * entered).upper()
    exponent = track.growth(tube)
    if not exponent < _TUBE:
        return None
    after = (exponent.exp() * entered).upper()
    if not after < tube:
        return None
    ends = [[p(ball(1)) for p in entries] for entries in track.q]
    rounding = norm([x.rad() for entries in ends for x in entries])
    return [[x.mid() for x in entries] for entries in ends], (after + rounding).upper()


def _candidate(
    components: Components, here: Sequence[Sequence[Ball]], stages: Stages | None, length: float
) -> Stages:
    """The stages of a step from `here`, `length` in the clock of the last step."""
    from flint import arb_mat

    start = [entries[low] for entries, low in zip(here, components.least, strict=True)]
    if stages is None:
        margins = _margins(components, here)
        r = min(range(len(margins)), key=lambda i: float(margins[i]))
        logs = arb_mat([[(margins[r] - m).mid()] * STAGES for m in margins])
        return solve_stages(components, r, start, (arb_mat([[y] * STAGES for y in start]), logs), length)
    last = [float(line[-1]) for line in stages.log_weights.tolist()]
    r = stages.reference if max(last) < _SWITCH else max(range(len(last)), key=lambda i: last[i])
    y, logs = stages.beyond(length / float(stages.length))
    lines = logs.tolist()
    moved = arb_mat([[x - top for x, top in zip(line, lines[r], strict=True)] for line in lines])
    return solve_stages(components, r, start, (y, moved), length * exp(last[r]))


def _margins(components: Components, eta: Sequence[Sequence[Ball]]) -> list[Ball]:
    rho = [product(entries) for entries in eta]
    return [sum((a * r for a, r in zip(row, rho, strict=True)), ball(0)) for row in components.rows.tolist()]


def _place(components: Components, here: Sequence[Sequence[Ball]], error: Ball) -> Place:
    from flint import arb

    with ball_precision(BITS):
        eta = tuple(tuple(x + arb(0, error) for x in entries) for entries in here)
        return Place(eta, tuple(_margins(components, eta)))


def _first_length(components: Components, here: Sequence[Sequence[Ball]]) -> float:
    """A small part of the time in which layers move by their size, or margins by 1; inf at rest."""
    margins = _margins(components, here)
    least = min(margins, key=float)
    weights = [(least - m).exp() for m in margins]
    speeds = []
    for entries, column in zip(here, components.rows.transpose().tolist(), strict=True):
        a = sum((w * x for w, x in zip(weights, column, strict=True)), ball(0))
        speeds += [a * rest for rest in products_of_others(entries)]
    size, speed = float(norm([x for entries in here for x in entries])), float(norm(speeds))
    return 0.02 * size / speed / (1 + max(float(abs(m)) for m in margins)) if speed else float("inf")


def weight(level: Sequence[Ball]) -> list[Ball]:
    """exp(-p(u)) for -1 <= u <= 1, p with the given coefficients: a polynomial, its bounded rest in the constant term.

    The coefficients of the exponential are at most those of exp(sum_k |p_k| u^k), which add up to exp(sum_k |p_k|):
    what the first of them leave bounds the rest.
    """
    from flint import arb, arb_poly, arb_series

    moduli = [abs(x).upper() for x in level[1:]]
    spread = sum(moduli, arb(0))
    if not spread < _NARROW:
        polynomial, least = arb_poly(list(level)), arb("inf")
        for k in range(_PIECES):
            piece = arb((2 * k + 1 - _PIECES) / _PIECES, 1 / _PIECES)
            least = least.min(polynomial(piece).lower())
        half = ((-least).exp() / 2).upper()
        return [half + arb(0, half)]
    size, zero = (-level[0]).exp(), arb(0)
    series = arb_series([zero, *(-x for x in level[1:_SERIES])], prec=_SERIES).exp().coeffs()
    above = arb_series([zero, *moduli[: _SERIES - 1]], prec=_SERIES).exp().coeffs()
    rest = (spread.exp() - sum(above, zero)).nonnegative_part().upper()
    terms = [size * x for x in series]
    terms[0] += arb(0, (size * rest).upper())
    return terms


def suprema(rows: Sequence[Sequence[Ball]]) -> list[Ball]:
    """Upper bounds of polynomials with these coefficients on -1 <= u <= 1.

    The sum of the moduli of Chebyshev coefficients, where that of powers would be larger by up to 2.4 to the degree;
    high powers, which are small, are taken as they are.
    """
    from flint import arb_mat, ctx

    low = [[*row[:_LOW], *[ball(0)] * (_LOW - len(row))] for row in rows]
    chebyshev = (arb_mat(low) * _chebyshev(_LOW, ctx.prec)).tolist()
    return [absolute_sum([*line, *row[_LOW:]]) for line, row in zip(chebyshev, rows, strict=True)]


@lru_cache(maxsize=4)
def _chebyshev(size: int, bits: int) -> arb_mat:
    """u^k = 2^(1-k) sum_i binomial(k, (k - i) / 2) T_i over i = k, k - 2, .., with half of the term of i = 0."""
    from flint import arb_mat

    with ball_precision(bits):
        return arb_mat(
            [
                [
                    ball(Fraction(2 * comb(k, (k - i) // 2), 2**k * (1 + (i == 0))))
                    if (k - i) % 2 == 0 <= k - i
                    else 0
                    for i in range(size)
                ]
                for k in range(size)
            ]
        )


def block_radius(bars: Sequence[Ball]) -> Ball:
    """Upper bound of the eigenvalues of symmetric matrices with entries up to prod_{g != l, h} bars_g, 0 for l = h.

    The spectral radius of a matrix M >= 0 is at most the largest (M x)_l / x_l, for any x > 0 (Collatz and Wielandt).
    """
    L = len(bars)
    rows = [
        [ball(0) if l == h else product([x for g, x in enumerate(bars) if g not in (l, h)]) for h in range(L)]
        for l in range(L)
    ]
    top = np.abs(np.linalg.eigh(np.array([[float(x) for x in row] for row in rows]))[1][:, -1])
    x = [ball(1) * float(entry) for entry in top + 1e-12]
    ratios = [sum((a * b for a, b in zip(row, x, strict=True)), ball(0)) / x[l] for l, row in enumerate(rows)]
    return largest(ratios)


def _matrix(rows: Sequence[Sequence[Ball]]) -> arb_mat:
    """Rows of different lengths, filled up with 0."""
    from flint import arb_mat

    width = max(map(len, rows))
    return arb_mat([[*row, *[ball(0)] * (width - len(row))] for row in rows])
