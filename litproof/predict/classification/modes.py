"""The components of an odeco form as modes: a real one, or a pair of complex conjugates that moves as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from litproof.algebra.balls import Ball, ball
from litproof.algebra.cyclotomic import Cyclotomic
from litproof.errors import HypothesisError
from litproof.networks.base import OdecoForm, support
from litproof.precision import ball_precision

_BITS = 128


@dataclass(frozen=True)
class Mode:
    """Component `index` of the form; `weight` 2 when it stands for a conjugate pair, else 1."""

    index: int
    weight: int


def paired_modes(form: OdecoForm) -> tuple[Mode, ...]:
    """One mode for each real row of S and each pair of conjugate rows.

    Raises HypothesisError when a complex row has no conjugate partner (f would not be real).
    """
    if form.is_real:
        return tuple(Mode(j, 1) for j in range(form.rank))
    rows = [tuple(row) for row in form.S]
    conjugates = [tuple(entry.conjugate() for entry in row) for row in rows]
    modes, visited = [], set()
    for j, row in enumerate(rows):
        if j in visited:
            continue
        if row == conjugates[j]:
            modes.append(Mode(j, 1))
            continue
        partner = next(
            (k for k in range(j + 1, len(rows)) if k not in visited and rows[k] == conjugates[j]), None
        )
        if partner is None:
            raise HypothesisError(f"row {j + 1} of S is complex and has no conjugate row")
        visited.add(partner)
        modes.append(Mode(j, 2))
    return tuple(modes)


def smallest_layers(form: OdecoForm, v0: Sequence[Sequence[Fraction]]) -> tuple[int, ...]:
    """For each component the layer whose |eta_{l,j}(0)| is strictly smallest.

    Raises HypothesisError where two layers tie (K3 asks for a gap lambda > 0; which layer is smallest does
    not matter).
    """
    with ball_precision(_BITS):
        squares = list(
            zip(*(_squares(U, layer, form.rank) for U, layer in zip(form.U, v0, strict=True)), strict=True)
        )
    chosen = []
    for j, balls in enumerate(squares):
        order = sorted(range(len(balls)), key=lambda l: float(balls[l]))
        best: int | None = order[0]
        if not all(balls[order[0]] < balls[l] for l in order[1:]):  # exactly only where balls overlap
            etas = [_component(U, layer, j) for U, layer in zip(form.U, v0, strict=True)]
            best = _least([eta * eta.conjugate() for eta in etas], order)
        if best is None:
            raise HypothesisError(
                f"component {j + 1}: two layers start with the same smallest |eta|, so its sign may be stuck "
                "(expected |eta_l|^2 - |eta_L|^2 >= lambda > 0 for l < L)"
            )
        chosen.append(best)
    return tuple(chosen)


def _squares(U: Sequence[Sequence[Cyclotomic]], layer: Sequence[Fraction], m: int) -> list[Ball]:
    """|eta_j|^2 for the components of U^T v, in balls."""
    from flint import acb

    known: dict[int, Any] = {}  # the entries of a Fourier matrix are few
    eta = [acb(0)] * m
    for row, entry in zip(U, layer, strict=True):
        weight = ball(entry)
        for j, u in support(row) if entry else ():
            if id(u) not in known:
                known[id(u)] = u.ball()
            eta[j] += known[id(u)] * weight
    return [x.real * x.real + x.imag * x.imag for x in eta]


def _component(U: Sequence[Sequence[Cyclotomic]], layer: Sequence[Fraction], j: int) -> Cyclotomic:
    """eta_j."""
    return sum((row[j] * entry for row, entry in zip(U, layer, strict=True) if entry), Cyclotomic.rational(0))


def _least(squares: Sequence[Cyclotomic], order: Sequence[int]) -> int | None:
    best = order[0]
    for l in order[1:]:
        if (squares[l] - squares[best]).sign() < 0:
            best = l
    ties = [l for l in order if l != best and (squares[l] - squares[best]).is_zero]
    return None if ties else best
