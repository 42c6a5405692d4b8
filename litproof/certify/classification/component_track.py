"""A candidate for a step of `component_steps`, what it makes of the weights, how far its reference may be from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from operator import mul
from typing import TYPE_CHECKING, TypeAlias

from litproof.algebra.balls import Ball, ball
from litproof.certify.classification.collocation import STAGES, Components, Stages, tables
from litproof.certify.classification.component_bounds import Weight, suprema, weight
from litproof.integrate.ball_rings import absolute_sum, largest, norm, products_of_others

if TYPE_CHECKING:
    from flint import arb_mat, arb_poly

Rows: TypeAlias = Sequence[Sequence[Ball]]

ACCURACY, _SHARE = 1e-20, 3e-4
"""Defect times length of a step that steps are chosen for: relative to |eta|, or to E, whichever is more."""
_LEAP, _PART = 1e-19, 0.05
"""What weights that are off the shares may add to E in quadrature, likewise."""
_FINE, _FINER = 1e-28, 0.1
"""Coefficients of a weight that are left out, relative to its size: at most, and in what they may add to E."""
TUBE = 10
"""Radius of the tube, in the error on entry and the defect."""


@dataclass(frozen=True)
class Track:
    """A candidate, and what it makes of the weights; polynomials are enclosures on -1 <= u <= 1, value by value.

    Attributes
    ----------
    q : exact polynomials for the L layers of each component. others : for each layer the product of the others.
    gaps : rows of m_i - m_r. weights : of all points, w_r = 1. misses : upper bounds of |log w_i - m_r + m_i| at the
        candidate. pull : coefficients of sum_i w_i A_i, for each component. length : H.
    """

    rows: arb_mat
    gaps: arb_mat
    q: list[list[arb_poly]]
    others: list[list[arb_poly]]
    weights: list[Weight]
    misses: list[Ball]
    pull: list[list[Ball]]
    length: Ball

    @classmethod
    def of(cls, components: Components, stages: Stages, leap: Ball) -> Track:
        """The polynomials through the stages. leap : what the weights may add to E."""
        from flint import arb_mat, arb_poly, ctx

        lines: list[list[Ball]] = []
        for j, values in enumerate(stages.y.tolist()):
            lines += components.layers(j, values)
        table = tables(STAGES, ctx.prec)
        coefficients = (arb_mat(lines) * table.whole.transpose()).mid().tolist()
        L = len(lines) // len(components.least)
        q = [[arb_poly(line) for line in coefficients[k : k + L]] for k in range(0, len(lines), L)]
        others = [products_of_others(entries) for entries in q]
        rho = [entries[0] * rest[0] for entries, rest in zip(q, others, strict=True)]
        gaps = components.gaps(stages.reference)
        levels = (gaps * _matrix([p.coeffs() for p in rho])).tolist()
        # not the exponentials of the candidate's own margins: these would magnify its defect by kappa
        logs = (stages.log_weights * table.inner.transpose()).mid().tolist()
        logs[stages.reference] = [ball(0)]
        fine = min(_FINE, _FINER * float(leap / stages.length.sqrt()))
        weights = [weight([-x for x in line], fine) for line in logs]
        misses = suprema([arb_poly(a) + arb_poly(b) for a, b in zip(levels, logs, strict=True)])
        pull = (components.rows.transpose() * _matrix([w.terms for w in weights])).tolist()
        return cls(components.rows, gaps, q, others, weights, misses, pull, stages.length)

    @property
    def time(self) -> Ball:
        """Upper bound of the T that the step takes."""
        return 2 * self.length * sum((absolute_sum(w.terms) for w in self.weights), ball(0))

    def drifts(self) -> list[Ball]:
        """For each component an upper bound of the defect on the step, times 2, its length in u."""
        from flint import arb_poly

        defects = []
        for pull, entries, others in zip(self.pull, self.q, self.others, strict=True):
            a = self.length * arb_poly(pull)
            defects += [p.derivative() - a * rest for p, rest in zip(entries, others, strict=True)]
        return [2 * norm(entries) for entries in self._by_component(suprema(defects))]

    def bars(self, offs: Sequence[Ball]) -> list[list[Ball]]:
        """Upper bounds of the layers' moduli where components are within `offs` of the candidate."""
        tops = self._by_component(suprema([p for entries in self.q for p in entries]))
        return [[x + off for x in entries] for entries, off in zip(tops, offs, strict=True)]

    def _by_component(self, values: Sequence[Ball]) -> list[Sequence[Ball]]:
        L = len(self.q[0])
        return [values[k : k + L] for k in range(0, len(values), L)]

    def divergence(self, offs: Sequence[Ball], bars: Rows) -> Ball:
        """Upper bound of the integral of sum_i (w_i log(w_i / x_i) - w_i + x_i), x_i = exp(m_r - m_i) at the reference.

        offs : how far its components are from the candidate's, within `bars`. With v_i for what w_i is near and
        |log(x_i / v_i)| <= omega the term of a point changes by |w_i - v_i| omega + v_i omega^2 / 2 e^omega at most.
        """
        moves = [norm(products_of_others(entries)) * off for entries, off in zip(bars, offs, strict=True)]
        total = ball(0)
        for line, miss, w in zip(self.gaps.tolist(), self.misses, self.weights, strict=True):
            omega = absolute_sum(list(map(mul, line, moves))) + miss
            top = absolute_sum(w.terms) + w.off
            total += w.divergence + omega * (w.off + top * omega * omega.exp() / 2)
        return 2 * self.length * total


@dataclass(frozen=True)
class Band:
    """Around a candidate: where its reference is, if the proof succeeds; for each component.

    Attributes
    ----------
    layers : of the reference, on entry. nears : upper bounds of what they are apart there and of the defect.
    offs : of what they are apart on the step. bars : of the moduli of the layers there.
    divergence : of what weights off the shares add to D.
    """

    layers: Rows
    nears: list[Ball]
    offs: list[Ball]
    bars: list[list[Ball]]
    divergence: Ball

    @classmethod
    def of(cls, track: Track, layers: Rows) -> Band:
        """layers : of the reference, on entry."""
        nears = []
        for entries, places, drift in zip(track.q, layers, track.drifts(), strict=True):
            nears.append(norm([p(ball(-1)) - x for p, x in zip(entries, places, strict=True)]) + drift)
        offs = [(TUBE * near).upper() for near in nears]
        bars = track.bars(offs)
        return cls(layers, nears, offs, bars, track.divergence(offs, bars))

    def excess(self, aim: Aim) -> float:
        """How far it is above what steps are chosen for; inf where nothing is known."""
        drift, leap = norm(self.nears) / aim.drift, (2 * self.divergence).sqrt() / aim.leap
        return max(float(drift), float(leap), 1e-300) if (drift + leap).is_finite() else inf


@dataclass(frozen=True)
class Aim:
    """What steps are chosen for.

    Attributes
    ----------
    size : |eta|. drift : what a candidate may be off. leap : what weights off the shares may add to E.
    """

    size: Ball
    drift: Ball
    leap: Ball

    @classmethod
    def of(cls, layers: Rows, error: Ball, unit: Ball) -> Aim:
        """error : E. unit : see `unit_of`."""
        entries = [x for line in layers for x in line]
        size = norm(entries)
        base = size * weakness(entries, unit, len(layers[0]))
        return cls(size, (ACCURACY * base).max(_SHARE * error), (_LEAP * base).max(_PART * error))


def unit_of(rows: Rows, depth: int) -> Ball:
    """Size of layers at which the margins are about 1."""
    top = largest([x for row in rows for x in row])
    return top ** (ball(-1) / depth) if top > 0 else ball(1)


def weakness(entries: Sequence[Ball], unit: Ball, depth: int) -> Ball:
    """What errors at such layers have to be below those at layers of size 1.

    On the way there layers grow like 1/(T* - T)^(1/(L - 2)), and errors like the (L - 1)-th power of layers.
    """
    return (largest(entries) / unit).min(ball(1)) ** (depth - 2)


def _matrix(rows: Sequence[Sequence[Ball]]) -> arb_mat:
    """Rows of different lengths, filled up with 0."""
    from flint import arb_mat

    width = max(map(len, rows))
    return arb_mat([[*row, *[ball(0)] * (width - len(row))] for row in rows])
