"""Flows in which two parameters a, b act through their product alone, in the squares of a + b and a - b.

There a' = q b and b' = q a for one q, so that E = (a + b)^2 and D = (a - b)^2 have E' = 2 q E and D' = -2 q D, and the
product is (E - D) / 4, a linear form. A parameter z that acts through z^2 alone has z' = q z and (z^2)' = 2 q z^2.
The signs of a + b, a - b and z never change. No conserved quantity is used: E and D move each on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from operator import mul
from typing import Any

from litproof.flow.program import Linear, Product, Program, Step, arguments, pruned
from litproof.integrate.arithmetic import LOG_2, FixedPoint
from litproof.integrate.regression.taylor_step import Expansion, Recurrence

_LEAST_BITS, _MOST_BITS = 12, 6
"""A sum or difference below 2^-first in its unit gets another one, and one above 2^second if its unit is small."""

Pair = tuple[int, int]
"""Inputs a and b; twice the same for a parameter that acts through its square."""


def squared(program: Program, units: Sequence[int] = ()) -> tuple[Program, list[Pair]]:
    """The velocity in squares, with E in the place of a and D in that of b, and the pairs; no pairs, same program.

    units : the square in the place of input i is that of the sum, difference or parameter times 2^units[i].
    """
    program = program.only("velocity")
    inputs, speeds = program.inputs, [_multiple(program, a) for a in program.outputs["velocity"]]
    steps, outputs, pairs = list[Step](program.steps), list(program.outputs["velocity"]), list[Pair]()
    uses: list[list[int]] = [[] for _ in range(inputs + len(steps))]
    scales = dict[int, Fraction]()
    for atom, step in enumerate(steps, inputs):
        for argument in set(arguments(step)):
            uses[argument].append(atom)
    for atom, step in enumerate(program.steps, inputs):
        if not isinstance(step, Product) or max(step.left, step.right) >= inputs:
            continue
        a, b = step.left, step.right
        (c, of_a), (e, of_b) = speeds[a], speeds[b]
        moves = program.steps[of_a - inputs], program.steps[of_b - inputs]
        shared = {_other(moves[0], b), _other(moves[1], a)}
        alone = sorted(uses[a]) == sorted({atom, of_b}) and sorted(uses[b]) == sorted({atom, of_a})
        if c != e or not c or len(shared) > 1 or shared & {-1, a, b} or not alone:
            continue
        (q,) = shared
        pairs.append((a, b))
        count, scale = 1 + (a != b), Fraction(1, 4) if a != b else Fraction(1)
        if all(isinstance(steps[user - inputs], Linear) for user in uses[atom]):
            scales[atom], scale = scale, Fraction(1)
        parts = [sign * scale / (4 ** units[i] if units else 1) for i, sign in ((a, 1), (b, -1))]
        steps[atom - inputs] = Linear((a, b)[:count], tuple(parts[:count]), Fraction(0))
        for i, move, sign in ((a, of_a, 2), (b, of_b, -2))[:count]:
            steps[move - inputs] = Product(min(q, i), max(q, i))
            outputs[i] = inputs + len(steps)
            steps.append(Linear((move,), (sign * c,), Fraction(0)))
    for user in sorted({user for atom in scales for user in uses[atom]}):
        step = program.steps[user - inputs]
        if isinstance(step, Linear):
            factors = (scales.get(a, 1) for a in step.args)
            coefficients = tuple(map(mul, step.coefficients, factors))
            steps[user - inputs] = replace(step, coefficients=coefficients)
    return pruned(inputs, steps, range(inputs), {"velocity": outputs}), pairs


def _multiple(program: Program, atom: int) -> tuple[Fraction, int]:
    """(c, p) where the atom is c times the product p; c = 0 where it is nothing of the kind."""
    step = program.steps[atom - program.inputs] if atom >= program.inputs else None
    if isinstance(step, Product):
        return Fraction(1), atom
    if isinstance(step, Linear) and len(step.args) == 1 and not step.constant:
        c, p = _multiple(program, step.args[0])
        return c * step.coefficients[0], p
    return Fraction(0), program.inputs


def _other(step: Step, factor: int) -> int:
    """The other factor of a product; -1 where there is none."""
    if isinstance(step, Product) and factor in (step.left, step.right):
        return step.left + step.right - factor
    return -1


def recurrence_in_squares(
    program: Program,
    short: tuple[Program, Sequence[Pair]],
    arithmetic: FixedPoint,
    recurrence_of: Callable[[Program, FixedPoint], Recurrence],
) -> Recurrence:
    """The recurrence of the parameters from that of the program in squares; None where that gives none.

    A square of few bits would lose those of its root: roots that are small for long get a unit in which they are
    about 1. A change of units is another program; `short` is that of unit 1.
    """
    from gmpy2 import isqrt

    bits, pairs = arithmetic.bits, short[1]
    places = [i for a, b in pairs for i in ((a, b) if a != b else (a,))]
    units, inner = [0] * program.inputs, recurrence_of(short[0], arithmetic)

    def recurrence(
        state: Sequence[Any], step: tuple[int, int], order: int, tolerance: float
    ) -> Expansion | None:
        nonlocal units, inner
        squares, roots = list(state), list(state)
        for a, b in pairs:
            if a != b:
                roots[a], roots[b] = state[a] + state[b], state[a] - state[b]
        sizes = {i: roots[i].bit_length() - bits for i in places if roots[i]}
        odd = {
            i: max(0, -size)
            for i, size in sizes.items()
            if size + units[i] < -_LEAST_BITS or (units[i] and size + units[i] > _MOST_BITS)
        }
        if odd:
            units = [odd.get(i, unit) for i, unit in enumerate(units)]
            inner = recurrence_of(squared(program, units)[0], arithmetic)
        shifts = units
        for i in places:
            squares[i] = (roots[i] << shifts[i]) ** 2 >> bits
        # An error of E is one of its root by 1 / (2 |a + b|), at the end of the step as well.
        least = min((size + shifts[i] for i, size in sizes.items()), default=0)
        loss = max(0, 1 - least) * LOG_2
        series = inner(squares, step, order, tolerance - loss)
        if series is None:
            return None

        def back(values: tuple[Any, ...]) -> tuple[Any, ...]:
            result = list(values)
            for i in places:
                value = isqrt(values[i] << bits) >> shifts[i] if values[i] > 0 else 0
                result[i] = value if roots[i] > 0 else -value
            for a, b in pairs:
                if a != b:
                    total, difference = result[a], result[b]
                    result[a] = (total + difference) >> 1
                    # What is exactly zero stays so.
                    result[b] = total - result[a] if difference else result[a]
            return tuple(result)

        sizes_with_loss = [size + loss for size in series.log_sizes]
        return Expansion(series.head, series.tail, sizes_with_loss, series.rounding + loss, back)

    return recurrence
