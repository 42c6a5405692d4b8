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

from litproof.algebra.linear import dot
from litproof.dynamics import GradientDescent, Mirror, Momentum, WeightDecay
from litproof.errors import InputError
from litproof.flow.invariant_subspace import invariant_subspace
from litproof.flow.lift import Lifted, beta_at, lift
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
class Clock:
    """Another time s for what decays like a power of t: dt = p^power ds, p = first exp(s)."""

    first: Fraction
    power: int

    def time(self, p: Fraction) -> Fraction:
        """t where p has come to this value."""
        return (p**self.power - self.first**self.power) / self.power


@dataclass(frozen=True)
class Motion:
    """A flow theta(t) as an autonomous polynomial program.

    Attributes
    ----------
    lifted : inputs theta (P), with momentum theta' (P), then functions; outputs "beta", "residual" (r_i, or the
        margins m_i) and "velocity", the rates of all inputs.
    parameters : P. resting : how many inputs after theta start at 0.
    name : of the problem, for messages.
    clock : None where the program runs over t; else see `Clock`, and the input after theta is p.
    """

    lifted: Lifted
    parameters: int
    resting: int
    name: str = ""
    clock: Clock | None = None

    @property
    def program(self) -> Program:
        """The polynomial program."""
        return self.lifted.program

    def start(self, theta: Sequence[Fraction], digits: int) -> list[Fraction]:
        """All inputs for parameters theta: exact but for functions, which are good to `digits` digits."""
        first = self.clock.first if self.clock else Fraction(0)
        return self.lifted.start([*theta, *(first,) * self.resting], digits, self.name)


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


def trace_clocked_motion(problem: Problem) -> Motion | None:
    """Gradient flow of a loss that is flat at 0, ell'(r) = r^(m + 1) h(r), m >= 2 even, over the time of a `Clock`.

    Residuals fall like t^(-1/m), so that u = r p tends to numbers of moderate size; the slopes are r_i u_i^m h(r_i),
    over p^m. None for other dynamics, a slope that is no polynomial, or a start at zero loss.
    """
    letter, slope = slope_expression(problem)
    if problem.dynamics is not None or problem.task != "regression" or not slope.is_polynomial(letter):
        return None
    terms = sp.Poly(slope, letter).terms()
    m = min(exponent for (exponent,), _ in terms) - 1
    largest = max(map(abs, problem.residual(beta_at(problem.network, problem.v0, 30, problem.name))))
    if m < 2 or m % 2 or not largest:
        return None
    rest = sum(c * letter ** (exponent - m - 1) for (exponent,), c in terms)
    size = sum(problem.network.shapes)
    tracer = Tracer(size + 1)
    *theta, p = tracer.variables()
    beta, residual = _residuals(problem, tracer, _entries(problem, theta))
    expressions, slopes = Expressions(tracer), []
    for i, r in enumerate(residual):
        number = sp.Symbol(f"r_{i + 1}", real=True)
        expressions.bind(number, r)
        slopes.append(
            expressions.value(rest.xreplace({letter: number})) * r * tracer.named_exactly(r * p) ** m
        )
    force = _force(problem, tracer, beta, slopes)
    lifted = lift(tracer, {"beta": beta, "residual": residual}, [*force[:size], p])
    return Motion(lifted, size, 1, problem.name, Clock(_near(1 / largest), m))


def _near(q: Fraction) -> Fraction:
    """A power of two near q > 0."""
    return Fraction(2) ** (q.numerator.bit_length() - q.denominator.bit_length())


def loss_at(problem: Problem, residuals: Sequence[Fraction], digits: int) -> Fraction:
    """The loss for residuals r_i (margins m_i), each point's part good to about `digits` digits of its own."""
    symbol, loss = loss_expression(problem)
    parts = (
        number_of(loss.xreplace({symbol: sp.Rational(q.numerator, q.denominator)}), digits) for q in residuals
    )
    return dot(problem.row_weights, parts)


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
    """The nodes of beta, of residuals or margins, and of the rates of theta (with momentum: and of theta').

    Attributes
    ----------
    theta : the parameters, projected onto the subspace that the motion never leaves: equal to them along it.
    slopes : derivatives of the loss of each point by its residual or margin.
    expressions : sympy expressions on these nodes.
    """

    tracer: Tracer
    theta: Sequence[Node]
    beta: Sequence[Node]
    residual: Sequence[Node]
    velocity: Sequence[Node]
    slopes: Sequence[Node]
    expressions: Expressions


def trace_velocity(problem: Problem, further: int = 0) -> Velocity:
    """The velocity of a flow, with the functions of the network, the loss and the potential as they are.

    The tracer has `further` inputs after the states.
    """
    network, size = problem.network, sum(problem.network.shapes)
    resting = size if isinstance(problem.dynamics, Momentum) else 0
    tracer = Tracer(size + resting + further)
    atoms = tracer.variables()
    theta, w = atoms[:size], atoms[size : size + resting]
    projected = _entries(problem, theta)
    beta, residual = _residuals(problem, tracer, projected)
    names = entries_of([name for layer in parameter_names(network) for name in layer])
    expressions = Expressions(tracer)
    for symbol, node in zip(names.values(), theta, strict=True):
        expressions.bind(symbol, node)
    letter, slope = slope_expression(problem)
    slopes = []
    for i, r in enumerate(residual):
        number = sp.Symbol(f"{letter.name}_{i + 1}", real=True)
        expressions.bind(number, r)
        slopes.append(tracer.lift(expressions.value(slope.xreplace({letter: number}))))
    force = _force(problem, tracer, beta, slopes)[:size]
    velocity = velocity_under(problem, expressions, names, theta, w, force)
    return Velocity(tracer, projected, beta, residual, velocity, slopes, expressions)


def _residuals(problem: Problem, tracer: Tracer, theta: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """beta, and the residuals or margins, at parameters."""
    network = problem.network
    beta = [tracer.lift(b) for b in network.coefficients(split(theta, network.shapes))]
    residual = []
    for row, target in zip(problem.X, problem.y, strict=True):
        f = tracer.combined(row, beta)
        residual.append(tracer.named_exactly(f - target if problem.task == "regression" else f * target))
    return beta, residual


def _force(problem: Problem, tracer: Tracer, beta: Sequence[Node], slopes: Sequence[Any]) -> list[Node]:
    """-G for the derivatives of the loss by residuals or margins."""
    weights = problem.row_weights if problem.task == "regression" else problem.y
    pulls = [slope * weight for slope, weight in zip(slopes, weights, strict=True)]
    pull = [tracer.named_exactly(-tracer.combined(column, pulls)) for column in zip(*problem.X, strict=True)]
    return tracer.gradient(beta, pull)


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
