r"""Logistic loss and softmax cross-entropy up to where they cannot be told from the exponential loss.

A point with margins m_a (one for each wrong class; logistic: one) has the loss log(1 + sum_a exp(-m_a)), whose
derivative by m_a is -s_a, s_a = exp(-m_a) / (1 + sum_b exp(-m_b)). With S = sum_a s_a over all points, p_a = s_a / S
and the clock tau, dt = dtau / S,

    theta' = sum_a p_a grad m_a,   s_a' = s_a L_a,   p_a' = p_a (L_a - sum_b p_b L_b),   L_a = -m_a' + sum_b s_b m_b'

(the last sum over the margins of the same point): a polynomial system of moderate numbers. kappa = -log S rises without
bound, and s_a differs from exp(-m_a) by the factor 1 - O(exp(-kappa)): from kappa = (digits + 8) log 10 on the flow is
that of the exponential loss in the same margins to all digits asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import log

from litproof.algebra.balls import ball, dyadic
from litproof.errors import Inconclusive, InputError
from litproof.flow.invariant_subspace import invariant_subspace
from litproof.flow.program import Program, Tracer, split
from litproof.integrate.arithmetic import FixedPoint
from litproof.integrate.regression import taylor
from litproof.precision import ball_precision, digits_to_bits
from litproof.problem import Problem

_LN10 = log(10.0)
_GUARD = 15
_AHEAD = 8
MOST_STEPS = 4000

Rows = Sequence[Sequence[Fraction]]


def trace_clock(problem: Problem, rows: Rows, groups: Sequence[int]) -> Program:
    """Program of theta, p_a, s_a, kappa, with the rates of all as "velocity"; groups[a] is the point of margin a."""
    network, count = problem.network, len(rows)
    size = sum(network.shapes)
    tracer = Tracer(size + 2 * count + 1)
    inputs = tracer.variables()
    theta, p, s = inputs[:size], inputs[size : size + count], inputs[size + count : size + 2 * count]
    entries = list(theta)
    subspace = None if problem.loss is None or problem.loss.text != "logistic" else _subspace(problem)
    if subspace is not None:
        entries = [sum((theta[j] * c for j, c in sorted(row.items())), tracer.lift(0)) for row in subspace]
    beta = [tracer.lift(b) for b in network.coefficients(split(entries, network.shapes))]
    zero = tracer.lift(0)
    pull = [
        tracer.named_exactly(sum((x * c for x, c in zip(p, column, strict=True)), zero))
        for column in zip(*rows, strict=True)
    ]
    speed = tracer.gradient(beta, pull)[:size]
    rates = tracer.tangent(beta, speed)
    rise = [tracer.named_exactly(sum((b * x for b, x in zip(rates, row, strict=True)), zero)) for row in rows]
    shared = {
        i: sum((s[b] * rise[b] for b in range(count) if groups[b] == i), zero) for i in sorted(set(groups))
    }
    L = [shared[groups[a]] - rise[a] for a in range(count)]
    mean = tracer.named_exactly(sum((x * y for x, y in zip(p, L, strict=True)), zero))
    velocity = [
        *speed,
        *(x * (y - mean) for x, y in zip(p, L, strict=True)),
        *(x * y for x, y in zip(s, L, strict=True)),
        -mean,
    ]
    return tracer.program({"beta": beta, "velocity": velocity})


def _subspace(problem: Problem) -> list[dict[int, Fraction]] | None:
    subspace = invariant_subspace(replace(problem, loss=None, dynamics=None))
    return None if subspace is None else subspace.projection()


def _weights(margins: Sequence[Fraction], groups: Sequence[int], bits: int) -> tuple[list[Fraction], ...]:
    """(p_a, s_a, [kappa]) at the start, rounded to `bits` bits."""
    from flint import arb

    with ball_precision(bits + 64):
        e = [(-ball(m)).exp() for m in margins]
        sums = {
            i: 1 + sum((x for x, g in zip(e, groups, strict=True) if g == i), arb(0)) for i in set(groups)
        }
        s = [x / sums[g] for x, g in zip(e, groups, strict=True)]
        S = sum(s, arb(0))
        return [dyadic(x / S) for x in s], [dyadic(x) for x in s], [dyadic(-S.log())]


def late_problem(
    problem: Problem, rows: Rows, groups: Sequence[int], digits: int, *, max_steps: int = MOST_STEPS
) -> tuple[Problem, int]:
    """The exponential problem in the same margins that starts where the given one has become it, and the steps taken.

    Raises
    ------
    Inconclusive : kappa does not rise far enough within the budget. InputError : other dynamics than gradient flow.
    """
    if problem.dynamics is not None:
        raise InputError("limit directions are found for gradient flow", key="dynamics", source=problem.name)
    program = trace_clock(problem, rows, groups)
    work = digits + _GUARD
    arithmetic = FixedPoint(digits_to_bits(work) + 40)
    theta = [q for layer in problem.v0 for q in layer]
    size, goal = len(theta), (digits + _AHEAD) * _LN10
    beta = problem.network.coefficients(problem.v0)
    margins = [sum((x * b for x, b in zip(row, beta, strict=True)), Fraction(0)) for row in rows]
    p, s, kappa = _weights(margins, groups, arithmetic.bits)
    state, steps, reached = [*theta, *p, *s, *kappa], 0, float(kappa[0])
    try:
        for piece in taylor.integrate(program, arithmetic, state, float(work)):
            steps += 1
            state = [arithmetic.fraction(x) for x in piece.state]
            reached = float(state[-1])
            if reached >= goal or steps >= max_steps:
                break
    except taylor.StationaryPoint:
        pass
    if reached < goal:
        raise Inconclusive(
            f"no limit direction was reached: after {steps} steps the loss is still about exp({-reached:.4g})"
        )
    theta = state[:size]
    subspace = _subspace(problem) if problem.loss is not None and problem.loss.text == "logistic" else None
    if subspace is not None:
        theta = [sum((theta[j] * c for j, c in row.items()), Fraction(0)) for row in subspace]
    late = replace(
        problem,
        X=tuple(map(tuple, rows)),
        y=(Fraction(1),) * len(rows),
        scale=Fraction(1),
        v=split(tuple(theta), problem.network.shapes),
        loss=None,
    )
    return late, steps
