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

import sympy as sp

from litproof.algebra.balls import Ball, ball
from litproof.dynamics import WeightDecay
from litproof.errors import HypothesisError, InputError
from litproof.flow.motion import Velocity, loss_expression, trace_velocity
from litproof.flow.program import Node as Traced, Operators, Program
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Setting
from litproof.integrate.ball_rings import Model, Models
from litproof.language.functions import SMOOTH, OutsideDomain, power
from litproof.language.tree import Call, Negation, Node, Number, Operation, Symbol, to_text
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


class NotTraced(Exception):
    """A formula that is no output of a program; the message says what in it."""


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
                traced[decaying] = _Formula(self.setting, decaying, start).program(tree)
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


class _Formula:
    """A formula as a program of the states and of t; `start` is where the flow starts, in balls."""

    def __init__(self, setting: Setting, decaying: bool, start: Sequence[Ball]) -> None:
        problem = setting.problem
        if isinstance(problem.dynamics, WeightDecay) and not decaying:
            problem = replace(problem, dynamics=None)
        self.setting, self.problem, self.start = setting, problem, start
        self.flow: Velocity = trace_velocity(problem, clock=True)
        self.tracer = self.flow.tracer
        self.positive: list[Traced] = []

    def program(self, tree: Node) -> Program:
        """Outputs "formula", and "positive": what has to be positive for the formula to be that."""
        node = self.node(tree)
        return self.tracer.program({"formula": [node], "positive": self.positive})

    def node(self, tree: Node) -> Traced:
        """A formula, written out."""
        match tree:
            case Number():
                return self.tracer.lift(tree.value)
            case Symbol():
                return self.symbol(tree.name, tuple(map(int, tree.indices)))
            case Negation():
                return -self.node(tree.inner)
            case Operation(sign="^"):
                return self.power(self.node(tree.left), tree.right)
            case Operation(sign="+" | "-" | "*" | "/"):
                a, b = self.node(tree.left), self.node(tree.right)
                match tree.sign:
                    case "+":
                        return a + b  # type: ignore[no-any-return]
                    case "-":
                        return a - b  # type: ignore[no-any-return]
                    case "*":
                        return a * b
                return self.divided(a, b)
            case Call():
                return self.call(tree)
        raise NotTraced(to_text(tree))

    def divided(self, a: Traced, b: Traced) -> Traced:
        if not b.terms:
            if not b.constant:
                raise NotTraced("a division by 0")
            return a / b.constant
        return a / b

    def power(self, base: Traced, exponent: Node) -> Traced:
        number = self.node(exponent)
        if number.terms:
            raise NotTraced("an exponent that moves")
        return self.tracer.lift(power(base, number.constant))

    def call(self, tree: Call) -> Traced:
        """A function with a differential equation, a size with a sign, or a rate."""
        x, *others = [self.node(part) for part in tree.arguments]
        match tree.name:
            case "abs":
                return self.size(x)
            case "sqrt":
                return self.tracer.lift(power(x, Fraction(1, 2)))
            case "entropy":
                return x * x.smooth("log")
            case "hypentropy" if not others[0].terms and others[0].constant > 0:
                c = others[0].constant
                return x * (x / c).smooth("asinh") - power(x * x + c * c, Fraction(1, 2)) + c  # type: ignore[no-any-return]
            case "rate":
                (rate,) = self.tracer.tangent([x], [self.tracer.lift(v) for v in self.flow.velocity])
                return rate
        if tree.name not in SMOOTH or others:
            raise NotTraced(f"no differential equation is known for {tree.name}")
        return x.smooth(tree.name)

    def size(self, x: Traced) -> Traced:
        """x or -x, whichever is positive at the start; that it stays so is for the models to show."""
        (value,) = self.tracer.program({"x": [x]}).evaluate(Operators(ball), list(self.start), "x")
        if not (value > 0 or value < 0):
            raise NotTraced("the size of a number that starts at 0")
        positive = x if value > 0 else -x
        self.positive.append(positive)
        return positive

    def symbol(self, name: str, indices: tuple[int, ...]) -> Traced:
        """The node of a name or entry."""
        problem, flow = self.problem, self.flow
        shapes = problem.network.shapes
        match name:
            case "t":
                return self.tracer.atom(self.tracer.inputs - 1)
            case "v":
                return self.tracer.atom(sum(shapes[: indices[0] - 1]) + indices[1] - 1)
            case "beta":
                return flow.beta[indices[0] - 1]
            case "residual" if problem.task == "regression":
                return flow.residual[indices[0] - 1]
            case "margin" if problem.task == "classification":
                return flow.residual[indices[0] - 1]
            case "gradient":
                column = [row[indices[0] - 1] for row in problem.X]
                pulls = [slope * weight for slope, weight in zip(flow.slopes, self.weights, strict=True)]
                return self.tracer.combined(column, pulls)
            case "loss":
                return self.loss()
            case "rho" | "kappa" | "logt" | "residual" | "margin":
                raise NotTraced(name)
            case "pi":
                return self.tracer.lift(1).smooth("atan") * 4
        value = self.setting.constant(name, indices)
        if not isinstance(value, Fraction):
            raise NotTraced(f"{name}, which is not rational")
        return self.tracer.lift(value)

    @property
    def weights(self) -> Sequence[Fraction]:
        """Of the slopes in the gradient."""
        problem = self.problem
        return problem.row_weights if problem.task == "regression" else problem.y

    def loss(self) -> Traced:
        """The loss of all points."""
        letter, loss = loss_expression(self.problem)
        total = self.tracer.lift(0)
        weights = self.weights if self.problem.task == "regression" else [1] * len(self.problem.X)
        for i, (r, weight) in enumerate(zip(self.flow.residual, weights, strict=True)):
            number = sp.Symbol(f"{letter.name}_{i + 1}", real=True)
            self.flow.expressions.bind(number, r)
            total = (
                total
                + self.tracer.lift(self.flow.expressions.value(loss.xreplace({letter: number}))) * weight
            )
        return total
