"""Integrals along an enclosed path: formulas as Taylor models on each piece, integrated term by term.

A formula becomes one more output of the program of the flow, rates by the chain rule. On a piece the states are
polynomials within proved errors, so that the program encloses the formula by a polynomial and a remainder, and its
integral by that of the polynomial and the remainder times the length. abs(x) is x or -x where x provably keeps its
sign; what has no differential equation (max, roots that reach 0) is not enclosed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from litproof.algebra.balls import Ball, ball
from litproof.claims.formulas.traced import NotTraced, TracedFormula
from litproof.dynamics import WeightDecay
from litproof.errors import HypothesisError, InputError
from litproof.flow.program import Program
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Setting
from litproof.integrate.ball_rings import Model, Models
from litproof.language.functions import OutsideDomain
from litproof.language.tree import Node, to_text
from litproof.precision import ball_precision
from litproof.problem import Problem

if TYPE_CHECKING:
    from flint import arb_poly

    from litproof.certify.regression.validated_steps import Piece

_SIGN_PARTS = 8
"""Parts of a piece on which a sign is looked at."""
_MOST_HALVINGS = 7
"""A formula may converge more slowly than the flow whose step the piece is."""
_LOST_BITS = 80
"""The rest may be so many bits larger than the unit of the precision: digits that the pieces have to spare."""


@dataclass(frozen=True)
class PathIntegrals:
    """Integrals of formulas from 0 over consecutive pieces of a path, in balls.

    Attributes
    ----------
    bits : precision of the pieces.
    """

    setting: Setting
    pieces: Sequence[Piece]
    bits: int
    known: dict[str, list[tuple[Piece, arb_poly, Ball]] | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    def up_to(self, time: Fraction, tree: Node) -> Ball | None:
        """The integral of a formula, written out, from 0 to `time`; None where it is not enclosed."""
        from flint import arb

        text = to_text(tree)
        with ball_precision(self.bits):
            if text not in self.known:
                try:
                    self.known[text] = self._primitives(tree)
                except (NotTraced, NotDefined, OutsideDomain, InputError, HypothesisError):
                    self.known[text] = None
            primitives, total = self.known[text], arb(0)
            if primitives is None:
                return None
            for piece, primitive, remainder in primitives:
                if piece.start >= time:
                    break
                u = min(Fraction(1), (time - piece.start) / piece.length)
                part = primitive(ball(u)) - primitive(arb(0)) + arb(0, (ball(u) * remainder).upper())
                total += ball(piece.length) * part
            return total

    def _primitives(self, tree: Node) -> list[tuple[Piece, arb_poly, Ball]]:
        """Primitives of the formula's polynomials, and bounds of the rest, on pieces halved where that is large."""
        from flint import arb

        parts, traced = [], dict[bool, Program]()
        start = [*(polynomial(arb(0)) for polynomial in self.pieces[0].polynomials), arb(0)]
        enough = arb(2) ** (_LOST_BITS - self.bits)
        for piece in self.pieces:
            decaying = _decays(self.setting.problem, piece)
            if decaying not in traced:
                traced[decaying] = TracedFormula(self.setting, decaying, start).program(tree)
            todo = [(piece, 0)]
            while todo:
                part, depth = todo.pop()
                model = _enclosed(traced[decaying], part)
                small = model is not None and model.remainder <= enough * (model.norm + 1)
                if not small and depth < _MOST_HALVINGS:
                    todo += [(half, depth + 1) for half in reversed(_halves(part))]
                elif model is None:
                    raise NotTraced("no bounds on a piece of the path")
                else:
                    parts.append((part, model.polynomial.integral(), model.remainder))
        return parts


def _enclosed(program: Program, piece: Piece) -> Model | None:
    """The formula on a piece; None where its bounds, or a sign, do not hold there."""
    from flint import arb, arb_poly

    order = max(len(p.coeffs()) for p in piece.polynomials)
    time = Model(arb_poly([ball(piece.start), ball(piece.length)]), arb(0))
    states = [Model(p, piece.error) for p in piece.polynomials]
    try:
        values = program.run(Models(order), [*states, time])
    except OutsideDomain:
        return None
    if not all(_is_positive(values[a]) for a in program.outputs["positive"]):
        return None
    (model,) = (values[a] for a in program.outputs["formula"])
    return model if model.remainder.is_finite() else None


def _halves(piece: Piece) -> list[Piece]:
    """Both halves of a piece."""
    from flint import arb, arb_poly

    length = piece.length / 2
    return [
        replace(
            piece,
            start=piece.start + k * length,
            length=length,
            polynomials=[p(arb_poly([arb(k) / 2, arb(1) / 2])) for p in piece.polynomials],
        )
        for k in (0, 1)
    ]


def _decays(problem: Problem, piece: Piece) -> bool:
    """Whether weights decay during a piece (no piece goes beyond the end of decay)."""
    dynamics = problem.dynamics
    return isinstance(dynamics, WeightDecay) and (dynamics.until is None or piece.start < dynamics.until)


def _is_positive(model: Model) -> bool:
    """Whether the function is positive on all of [0, 1], as its polynomial shows on parts."""
    from flint import arb

    half = arb(1) / (2 * _SIGN_PARTS)
    for k in range(_SIGN_PARTS):
        u = arb(2 * k + 1) * half + arb(0, half)
        if not model.polynomial(u) - model.remainder > 0:
            return False
    return True
