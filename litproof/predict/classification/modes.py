"""The components of an odeco form as modes: a real one, or a pair of complex conjugates that moves as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from litproof.algebra.cyclotomic import Cyclotomic
from litproof.errors import HypothesisError
from litproof.networks.base import OdecoForm, support


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
    layers = []
    for U, layer in zip(form.U, v0, strict=True):
        eta = [Cyclotomic.rational(0)] * form.rank
        for row, entry in zip(U, layer, strict=True):
            for j, u in support(row) if entry else ():
                eta[j] = eta[j] + u * entry
        layers.append(eta)
    chosen = []
    for j, etas in enumerate(zip(*layers, strict=True)):
        squares = [eta * eta.conjugate() for eta in etas]
        order = sorted(range(len(squares)), key=lambda l: float(squares[l].ball().real))
        best = _least(squares, order)
        if best is None:
            raise HypothesisError(
                f"component {j + 1}: two layers start with the same smallest |eta|, so its sign may be stuck "
                "(expected |eta_l|^2 - |eta_L|^2 >= lambda > 0 for l < L)"
            )
        chosen.append(best)
    return tuple(chosen)


def _least(squares: Sequence[Cyclotomic], order: Sequence[int]) -> int | None:
    best = order[0]
    for l in order[1:]:
        if (squares[l] - squares[best]).sign() < 0:
            best = l
    ties = [l for l in order if l != best and (squares[l] - squares[best]).is_zero]
    return None if ties else best
