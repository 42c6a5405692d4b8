"""Any loss and any dynamics as one polynomial program: the parameters, and what else has to be carried along.

The gradient of the loss is G = sum_i ell'(r_i) grad r_i. Gradient flow: theta' = -G. Momentum: theta' = w, lambda w'
= -w - G. Weight decay: theta' = -G - h theta. Mirror: theta' = -(Hessian of the potential)^-1 G. Functions in ell'
in the inverse Hessian and in beta are further states (`flow.lift`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import sympy as sp

from litproof.dynamics import GradientDescent, Mirror, Momentum, WeightDecay
from litproof.errors import InputError
from litproof.flow.invariant_subspace import invariant_subspace
from litproof.flow.lift import Lifted, lift
from litproof.flow.program import Node, Operators, Program, Tracer, split
from litproof.flow.states import Expressions, number_of
from litproof.language.functions import SMOOTH
from litproof.language.symbolic import entries_of, expression, scalar_formula
from litproof.losses import DEFAULT, Loss
from litproof.networks.base import parameter_names
from litproof.problem import Problem

LARGEST_BLOCK = 4
"""Parameters that a mirror potential may couple: the inverse of their Hessian is written out."""


def loss_expression(problem: Problem) -> tuple[sp.Symbol, sp.Expr]:
    """(r or m, the loss of one point) in sympy."""
    loss = problem.loss or Loss(DEFAULT[problem.task], problem.task)
    symbol = sp.Symbol(loss.variable, real=True)
    if loss.text == "cross-entropy":
        raise InputError("cross-entropy is no function of one margin", key="task.loss", source=problem.name)
    return symbol, expression(loss.tree, {loss.variable: symbol})


def slope_expression(problem: Problem) -> tuple[sp.Symbol, sp.Expr]:
    """(r or m, the derivative of the loss); tanh in place of quotients that overflow."""
    symbol, loss = loss_expression(problem)
    known = {
        "log-cosh": sp.tanh(symbol),
        "logistic": (sp.tanh(symbol / 2) - 1) / 2,
    }
    text = problem.loss.text if problem.loss else ""
    return symbol, known.get(text, sp.diff(loss, symbol))


@dataclass(frozen=True)
class Motion:
    """A flow theta(t) as an autonomous polynomial program.

    Attributes
    ----------
    lifted : inputs theta (P), with momentum theta' (P), then functions; outputs "beta", "residual" (r_i, or the
        margins m_i) and "velocity", the rates of all inputs.
    parameters : P. resting : how many inputs after theta start at 0.
    name : of the problem, for messages.
    """

    lifted: Lifted
    parameters: int
    resting: int
    name: str = ""

    @property
    def program(self) -> Program:
        """The polynomial program."""
        return self.lifted.program

    def start(self, theta: Sequence[Fraction], digits: int) -> list[Fraction]:
        """All inputs for parameters theta: exact but for functions, which are good to `digits` digits."""
        return self.lifted.start([*theta, *(Fraction(0),) * self.resting], digits, self.name)


def trace_motion(problem: Problem, pace: Fraction = Fraction(1)) -> Motion:
    """The program of the problem's loss and dynamics (not of gradient descent); t runs `pace` times as fast.

    Raises InputError: a potential that couples too many parameters; functions without an equation.
    """
    if isinstance(problem.dynamics, GradientDescent):
        raise InputError("gradient descent is no flow", key="dynamics", source=problem.name)
    traced = trace_velocity(problem)
    size = sum(problem.network.shapes)
    velocity = [node * pace for node in traced.velocity]
    outputs = {"beta": traced.beta, "residual": traced.residual}
    lifted = lift(traced.tracer, outputs, velocity)
    return Motion(lifted, size, len(velocity) - size, problem.name)


def loss_at(problem: Problem, residuals: Sequence[Fraction], digits: int) -> Fraction:
    """The loss for residuals r_i (margins m_i), each point's part good to about `digits` digits of its own."""
    symbol, loss = loss_expression(problem)
    parts = (
        number_of(loss.xreplace({symbol: sp.Rational(q.numerator, q.denominator)}), digits) for q in residuals
    )
    return sum((w * part for w, part in zip(problem.row_weights, parts, strict=True)), Fraction(0))


def at_start(problem: Problem, digits: int = 30) -> tuple[Fraction, tuple[Fraction, ...]]:
    """(loss, velocity of the parameters) at the start, exact or to about `digits` digits."""
    motion = trace_motion(problem)
    theta = [q for layer in problem.v0 for q in layer]
    atoms = motion.program.run(Operators(), motion.start(theta, digits))
    total = loss_at(problem, [atoms[a] for a in motion.program.outputs["residual"]], digits)
    velocity = motion.program.outputs["velocity"][: motion.parameters]
    return total, tuple(atoms[a] for a in velocity)


def phases(problem: Problem) -> tuple[tuple[Motion, bool], ...]:
    """The motions one after the other; True: over the time 0 to 1, False: for ever.

    Weight decay until T is run over the time t/T, then gradient flow follows.
    """
    dynamics = problem.dynamics
    if isinstance(dynamics, WeightDecay) and dynamics.until is not None:
        after = replace(problem, dynamics=None)
        return (trace_motion(problem, dynamics.until), True), (trace_motion(after), False)
    return ((trace_motion(problem), False),)


def is_even(problem: Problem) -> bool:
    """Whether the loss does not change with the sign of the residual."""
    symbol, loss = loss_expression(problem)
    return bool(loss.subs(symbol, -symbol) == loss)


def _entries(problem: Problem, nodes: Sequence[Node]) -> Sequence[Any]:
    """theta, projected onto the subspace that the motion never leaves: what rounding brings outside does not grow."""
    if isinstance(problem.dynamics, Mirror) or (problem.task == "regression" and not is_even(problem)):
        return nodes
    subspace = invariant_subspace(replace(problem, loss=None, dynamics=None))
    if subspace is None:
        return nodes
    zero = nodes[0].tracer.lift(0)
    return [sum((nodes[j] * c for j, c in sorted(row.items())), zero) for row in subspace.projection()]


@dataclass(frozen=True)
class Velocity:
    """The nodes of beta, of residuals or margins, and of the rates of theta (with momentum: and of theta')."""

    tracer: Tracer
    beta: Sequence[Node]
    residual: Sequence[Node]
    velocity: Sequence[Node]


def trace_velocity(problem: Problem) -> Velocity:
    """The velocity of a flow, with the functions of the network, the loss and the potential as they are."""
    network, size = problem.network, sum(problem.network.shapes)
    resting = size if isinstance(problem.dynamics, Momentum) else 0
    tracer = Tracer(size + resting)
    atoms = tracer.variables()
    theta, w = atoms[:size], atoms[size:]
    beta = [tracer.lift(b) for b in network.coefficients(split(_entries(problem, theta), network.shapes))]
    names = entries_of([name for layer in parameter_names(network) for name in layer])
    expressions = Expressions(tracer)
    for symbol, node in zip(names.values(), theta, strict=True):
        expressions.bind(symbol, node)
    letter, slope = slope_expression(problem)
    residual, weights = [], []
    for i, (row, target) in enumerate(zip(problem.X, problem.y, strict=True)):
        f = tracer.combined(row, beta)
        residual.append(tracer.named_exactly(f - target if problem.task == "regression" else f * target))
        number = sp.Symbol(f"{letter.name}_{i + 1}", real=True)
        expressions.bind(number, residual[-1])
        slope_here = expressions.value(slope.xreplace({letter: number}))
        weights.append(slope_here * (problem.row_weights[i] if problem.task == "regression" else target))
    pull = [
        tracer.named_exactly(-tracer.combined(column, weights)) for column in zip(*problem.X, strict=True)
    ]
    force = tracer.gradient(beta, pull)[:size]
    return Velocity(tracer, beta, residual, velocity_under(problem, expressions, names, theta, w, force))


def velocity_under(
    problem: Problem,
    expressions: Expressions,
    names: Mapping[Any, sp.Symbol],
    theta: Sequence[Node],
    w: Sequence[Node],
    force: Sequence[Node],
) -> list[Any]:
    """theta' under a force, and the rates of theta' = w for momentum; `names` are the parameters' symbols."""
    match problem.dynamics:
        case Momentum(mass):
            return [*w, *((f - x) / mass for f, x in zip(force, w, strict=True))]
        case WeightDecay(rate):
            return [f - x * rate for f, x in zip(force, theta, strict=True)]
        case Mirror(potential):
            total = scalar_formula(potential, names, SMOOTH, key="dynamics.potential", source=problem.name)
            return _mirrored(problem, expressions, list(names.values()), total, force)
    return list(force)


def _mirrored(
    problem: Problem,
    expressions: Expressions,
    symbols: Sequence[sp.Symbol],
    potential: sp.Expr,
    force: Sequence[Node],
) -> list[Any]:
    """(Hessian)^-1 force, the inverse written out block by block."""
    image: list[Any] = [None] * len(symbols)
    for block in blocks(potential, symbols):
        if len(block) > LARGEST_BLOCK:
            raise InputError(
                f"expected a potential that couples at most {LARGEST_BLOCK} parameters, got {len(block)}",
                key="dynamics.potential",
                source=problem.name,
            )
        inverse = hessian(potential, [symbols[i] for i in block]).inv(method="ADJ")
        for a, i in enumerate(block):
            terms = [expressions.value(sp.cancel(inverse[a, b])) * force[j] for b, j in enumerate(block)]
            image[i] = sum(terms[1:], terms[0])
    return image


def hessian(potential: sp.Expr, symbols: Sequence[sp.Symbol]) -> sp.Matrix:
    """Second derivatives."""
    return sp.Matrix([[sp.diff(potential, a, b) for b in symbols] for a in symbols])


def blocks(potential: sp.Expr, symbols: Sequence[sp.Symbol]) -> list[list[int]]:
    """Groups of parameters that second derivatives of the potential couple."""
    left, components = set(range(len(symbols))), []
    gradient = [sp.diff(potential, s) for s in symbols]
    while left:
        group = {left.pop()}
        while True:
            more = {j for j in left if any(sp.diff(gradient[i], symbols[j]) != 0 for i in group)}
            if not more:
                break
            left -= more
            group |= more
        components.append(sorted(group))
    return sorted(components)
