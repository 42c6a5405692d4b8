"""How large the terms of a formula are at a moment: what its digits are counted from."""

from __future__ import annotations

from fractions import Fraction

from litproof.algebra.balls import Ball, ball
from litproof.claims.formulas.moments import AtMoment
from litproof.formula.evaluate import evaluate
from litproof.language.tree import Call, Negation, Node, Number, Operation, Symbol


def size_of(node: Node, meaning: AtMoment) -> Ball:
    """How large the terms are that a formula adds up, so that what cancels does not hide."""
    match node:
        case Operation(sign="+" | "-"):
            return largest(size_of(node.left, meaning), size_of(node.right, meaning))
        case Operation(sign="*") if isinstance(node.left, Number):
            return abs(ball(node.left.value)) * size_of(node.right, meaning)
        case Operation(sign="*" | "/") if isinstance(node.right, Number) and node.right.value:
            factor = node.right.value if node.sign == "*" else 1 / node.right.value
            return abs(ball(factor)) * size_of(node.left, meaning)
        case Negation():
            return size_of(node.inner, meaning)
        case Call(name="rate"):
            return rate_size(node.arguments[0], meaning)
        case Call(name="change"):
            return size_of(node.arguments[0], meaning)
        case Call(name="at"):
            return size_of(node.arguments[0], meaning.event(node.arguments[1]))
        case Symbol(name="residual"):
            return residual_size(node, meaning)
        case Symbol(name="loss"):
            return loss_size(node, meaning)
    return abs(evaluate(node, meaning).ball).upper()


def residual_size(node: Symbol, meaning: AtMoment) -> Ball:
    """|y_i| or more: a residual is a difference."""
    target = meaning.problem.y[int(node.indices[0]) - 1]
    return largest(abs(ball(target)), abs(evaluate(node, meaning).ball).upper())


def loss_size(node: Symbol, meaning: AtMoment) -> Ball:
    """|loss|, and for a regression what the targets alone would make of it."""
    problem, value = meaning.problem, abs(evaluate(node, meaning).ball).upper()
    if problem.task != "regression":
        return value
    squares = (w * y * y for w, y in zip(problem.row_weights, problem.y, strict=True))
    return largest(value, ball(sum(squares, Fraction(0)) / 2))


def rate_size(tree: Node, meaning: AtMoment) -> Ball:
    """The sum of what the parameters contribute to a rate, without their signs."""
    return sum(map(abs, meaning.rate_terms(tree)), ball(Fraction(0))).upper()


def largest(a: Ball, b: Ball) -> Ball:
    """The larger of two upper bounds."""
    return a.max(b).upper()
