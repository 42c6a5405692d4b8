"""Flows whose velocity is an affine form of the parameters: one matrix exponential gives the state at any time.

The velocity is V z with some forms z of the parameters (of a single layer: the residuals) and 1. They move by
z' = M z, so that c = (integral of z, 1) has c' = K c with K = (M, z(0); 0, 0), and the state is (V, v(0)) c.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from litproof.algebra.balls import dyadic, to_fmpq
from litproof.errors import Inconclusive
from litproof.flow.program import Linear, Program
from litproof.integrate.arithmetic import LOG_2, FixedPoint
from litproof.precision import ball_precision

_GUARD, _MOST_GUARD = 32, 1 << 14
"""Bits beyond those of the state: at first, and where a state that grows ends."""
_PER_TERM, _FREE = 10, 30
"""The cube of the size of K is at most the first for every term of the program, and for this many more that stand for
what a step costs in any case: then a dozen exponentials cost less than the steps of a series."""

Solution = Callable[[Fraction], tuple[tuple[Any, ...], tuple[Any, ...], float]]
"""time -> (state, velocity) in working numbers, and the logarithm of their error."""


def affine_solution(
    program: Program, arithmetic: FixedPoint, start: Sequence[Fraction]
) -> tuple[Solution, float, int] | None:
    """The solution, the rate at which its fastest part moves at most, and the size of K.

    None where a velocity has products, and where K is so large that the steps of a series cost less.

    Parameters
    ----------
    program : output "velocity", one atom an input.
    start : exact initial parameters.

    The solution raises Inconclusive where the state has grown beyond all bounds.
    """
    if program.degree("velocity") > 1:
        return None
    program = program.only("velocity")
    inputs, steps = program.inputs, [step for step in program.steps if isinstance(step, Linear)]
    moves = [
        steps[a - inputs] if a >= inputs else Linear((a,), (Fraction(1),), Fraction(0))
        for a in program.outputs["velocity"]
    ]
    place = {a: j for j, a in enumerate(sorted({a for move in moves for a in move.args}))}
    n = len(place)
    if (n + 2) ** 3 > _PER_TERM * (_FREE + sum(len(step.args) for step in steps)):
        return None
    from flint import arb_mat, fmpq_mat

    # The forms of the inputs and 1, as far as z needs them.
    forms: list[dict[int, Fraction]] = [{i: Fraction(1)} for i in range(inputs)]
    for step in steps[: max(place, default=0) + 1 - inputs]:
        form = {inputs: step.constant}
        for a, c in zip(step.args, step.coefficients, strict=True):
            for i, x in forms[a].items():
                form[i] = form.get(i, 0) + c * x
        forms.append(form)
    F, V, state = fmpq_mat(n, inputs + 1), fmpq_mat(inputs + 1, n + 2), fmpq_mat(inputs, n + 2)
    for a, j in place.items():
        for i, x in forms[a].items():
            F[j, i] = to_fmpq(x)
    for i, move in enumerate(moves):
        state[i, n + 1] = to_fmpq(start[i])
        for j, c in [
            (n, move.constant),
            *zip(map(place.__getitem__, move.args), move.coefficients, strict=True),
        ]:
            V[i, j] = state[i, j] = to_fmpq(c)
    K = fmpq_mat([*(F * V).tolist(), *([0] * (n + 2) for _ in range(2))])
    z = F * fmpq_mat([*([state[i, n + 1]] for i in range(inputs)), [1]])
    for j in range(n):
        K[j, n + 1] = z[j, 0]
    K[n, n + 1] = 1
    bits, guard, outputs = arithmetic.bits, _GUARD, fmpq_mat([*state.tolist(), *(V * K).tolist()[:inputs]])

    def solution(time: Fraction) -> tuple[tuple[Any, ...], tuple[Any, ...], float]:
        nonlocal guard
        while True:
            with ball_precision(bits + guard):
                c = (arb_mat(K) * to_fmpq(time)).exp()
                entries = (arb_mat(outputs) * arb_mat([[c[j, n + 1]] for j in range(n + 2)])).entries()
            if all(x.rad() * 2**bits < 1 for x in entries):
                break
            guard *= 2
            if guard > _MOST_GUARD:
                raise Inconclusive(
                    f"the flow grows beyond 10^{_MOST_GUARD // 4} before t = {float(time):.3g}"
                )
        numbers = [arithmetic.number(dyadic(x)) for x in entries]
        return tuple(numbers[:inputs]), tuple(numbers[inputs:]), (1 - bits) * LOG_2

    rows = (sum(abs(float(K[i, j].p) / float(K[i, j].q)) for j in range(n + 1)) for i in range(n))
    return solution, max(rows, default=0.0), n + 2
