"""Formulas about a moment as programs of the flow: outputs beside its velocity, with rates by the chain rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from litproof.algebra.balls import Ball, ball
from litproof.dynamics import WeightDecay
from litproof.flow.motion import Velocity, loss_expression, trace_velocity
from litproof.flow.program import Node as Traced, Operators, Program
from litproof.formula.setting import Setting
from litproof.language.functions import SMOOTH, power
from litproof.language.tree import Call, Negation, Node, Number, Operation, Symbol, to_text


class NotTraced(Exception):
    """A formula that is no output of a program; the message says what in it."""


class TracedFormula:
    """A formula as a program of the states, of t and of integrals.

    Parameters
    ----------
    decaying : whether weights decay now.
    start : the inputs where the flow starts, in balls; () where abs(..) is no part of formulas.
    integrals : formulas whose integrals from 0 are inputs after t.
    """

    def __init__(
        self, setting: Setting, decaying: bool, start: Sequence[Ball] = (), integrals: Sequence[Node] = ()
    ) -> None:
        problem = setting.problem
        if isinstance(problem.dynamics, WeightDecay) and not decaying:
            problem = replace(problem, dynamics=None)
        self.setting, self.problem, self.start = setting, problem, start
        self.flow: Velocity = trace_velocity(problem, 1 + len(integrals))
        self.tracer = self.flow.tracer
        self.positive: list[Traced] = []
        self.clock = len(self.flow.velocity)
        self.integrals = {to_text(tree): self.clock + 1 + k for k, tree in enumerate(integrals)}
        self.rates = [*map(self.tracer.lift, self.flow.velocity), self.tracer.lift(1)]
        self.rates += [self.node(tree) for tree in integrals]

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
        """a / b."""
        if not b.terms:
            if not b.constant:
                raise NotTraced("a division by 0")
            return a / b.constant
        return a / b

    def power(self, base: Traced, exponent: Node) -> Traced:
        """A rational power."""
        number = self.node(exponent)
        if number.terms:
            raise NotTraced("an exponent that moves")
        return self.tracer.lift(power(base, number.constant))

    def call(self, tree: Call) -> Traced:
        """A function with a differential equation, a size with a sign, a rate, or an integral that is an input."""
        if tree.name == "integral" and (known := to_text(tree.arguments[0])) in self.integrals:
            return self.tracer.atom(self.integrals[known])
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
                return self.rate(x)
        if tree.name not in SMOOTH or others:
            raise NotTraced(f"no differential equation is known for {tree.name}")
        return x.smooth(tree.name)

    def rate(self, x: Traced) -> Traced:
        """Derivative by time along the flow."""
        (rate,) = self.tracer.tangent([x], self.rates)
        return rate

    def size(self, x: Traced) -> Traced:
        """x or -x, whichever is positive at the start; that it stays so is for the models to show."""
        if not self.start:
            raise NotTraced("a size, whose sign is not looked at")
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
                return self.tracer.atom(self.clock)
            case "v":
                return self.tracer.lift(flow.theta[sum(shapes[: indices[0] - 1]) + indices[1] - 1])
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
