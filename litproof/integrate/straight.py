"""The Taylor recurrence of one program on fixed-point integers, as generated straight-line Python.

The numbers are bit for bit those of `taylor.taylor_coefficients`; what is saved is the interpretation of the
program, about half the time of a step at few digits.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import mul
from typing import Any

from litproof.flow.program import Linear, Program
from litproof.integrate.arithmetic import FixedPoint

_ROOM = 16
"""Operands below 2^_ROOM in absolute value may share a multiplication."""

Recurrence = Callable[[list[Any], tuple[int, int], int], list[list[Any]]]


def fixed_recurrence(program: Program, arithmetic: FixedPoint, plain: Recurrence) -> Recurrence:
    """(state, (m, e), order) -> coefficients 0..order of v(t + m / 2^e x) in x, one list a parameter.

    x<i> is the newest coefficient of atom i, s<i> the list of them where a product needs it, c<i> the
    constant term of an affine form (zero after the first coefficient). Two products with a factor in common
    are one product with q<i>, the other two factors packed in one integer; where operands are too large for
    that, `plain` does the work.
    """
    inputs, bits = range(program.inputs), arithmetic.bits
    names: dict[str, Any] = {"mul": mul}
    factors = {i for s in program.steps if not isinstance(s, Linear) for i in (s.left, s.right)}
    needed = sorted(factors | set(inputs))
    constants = []
    head = [f"s{i} = [state[{i}]]; x{i} = state[{i}]" for i in inputs]
    head += [f"s{i} = []" for i in needed if i >= program.inputs]
    head += [f"p{i} = s{i}.append" for i in needed]
    body = []
    pairs = _pairs(program)
    room = bits + _ROOM
    slot = 2 * room + 20
    second = {b for b, _, _, _ in pairs.values()}
    for atom, step in enumerate(program.steps, start=program.inputs):
        if atom in pairs:
            partner, shared, low, high = pairs[atom]
            head.append(f"q{atom} = []; r{atom} = q{atom}.append")
            body.append(f"r{atom}(x{low} + (x{high} << {slot}))")
            body.append(f"z = sum(map(mul, s{shared}, reversed(q{atom}))) + half")
            body.append(
                f"x{partner} = z >> {slot + bits}; p{partner}(x{partner})"
                if partner in factors
                else f"x{partner} = z >> {slot + bits}"
            )
            value = f"((z & mask) - half) >> {bits}"
        elif atom in second:
            continue
        elif isinstance(step, Linear):
            value = _affine(step)
            if step.constant:
                names[f"k{atom}"] = arithmetic.number(step.constant)
                constants.append(f"c{atom}")
                head.append(f"c{atom} = k{atom}")
                value += f" + c{atom}"
        elif step.left == step.right:
            value = f"square(s{step.left})"
        else:
            value = f"sum(map(mul, s{step.left}, reversed(s{step.right}))) >> {bits}"
        body.append(f"x{atom} = {value}")
        if atom in factors:
            body.append(f"p{atom}(x{atom})")
    body += [f"{c} = 0" for c in constants]
    # All velocities are read before any input moves on: an input may be a velocity.
    body += [f"y{i} = (x{v} * m >> e) // k" for i, v in zip(inputs, program.outputs["velocity"], strict=True)]
    body += [f"x{i} = y{i}; p{i}(y{i})" for i in inputs]
    lines = ["def recurrence(state, m, e, order):"]
    lines += [f"    {line}" for line in head]
    lines += ["    for k in range(1, order + 1):", *(f"        {line}" for line in body)]
    lines.append(f"    return [{', '.join(f's{i}' for i in inputs)}], [{', '.join(f's{i}' for i in needed)}]")
    names |= {"half": arithmetic.mpz(1) << (slot - 1), "mask": (arithmetic.mpz(1) << slot) - 1}
    names["square"] = arithmetic.square
    exec(compile("\n".join(lines), "<recurrence>", "exec"), names)
    run = names["recurrence"]

    def recurrence(state: list[Any], step: tuple[int, int], order: int) -> list[list[Any]]:
        numerator, shift = step
        if shift < 0:
            numerator, shift = numerator << -shift, 0
        coefficients: list[list[Any]]
        coefficients, operands = run(state, numerator, shift, order)
        # The first number that overflows a slot comes from operands that are still right, and too large.
        if pairs and max(x.bit_length() for column in operands for x in column) > room:
            return plain(state, step, order)
        return coefficients

    return recurrence


def _pairs(program: Program) -> dict[int, tuple[int, int, int, int]]:
    """Products to be had from one multiplication: atom -> (partner, shared factor, own factor, partner's).

    The partner comes later in the program, its other factor before the atom.
    """
    open_: dict[int, tuple[int, int]] = {}
    pairs: dict[int, tuple[int, int, int, int]] = {}
    for atom, step in enumerate(program.steps, start=program.inputs):
        if isinstance(step, Linear) or step.left == step.right:
            continue
        for shared, own in ((step.left, step.right), (step.right, step.left)):
            if shared in open_ and own < open_[shared][0]:
                first, other = open_[shared]
                pairs[first] = (atom, shared, other, own)
                open_ = {k: v for k, v in open_.items() if v[0] != first}
                break
        else:
            open_[step.left], open_[step.right] = (atom, step.right), (atom, step.left)
    return pairs


def _affine(step: Linear) -> str:
    """The affine form without its constant term, as an expression."""
    numerators, _, denominator = step.integers
    terms = [
        f"x{i}" if a == 1 else f"-x{i}" if a == -1 else f"{a} * x{i}"
        for a, i in zip(numerators, step.args, strict=True)
    ]
    # A sum of thousands of terms, written with +, is too deep a tree for Python's compiler.
    total = " + ".join(terms) if 0 < len(terms) <= 60 else f"sum([{', '.join(terms)}])"
    return total if denominator == 1 else f"({total}) // {denominator}"
