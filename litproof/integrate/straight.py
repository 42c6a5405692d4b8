"""The Taylor recurrence of one program as generated straight-line Python, which saves interpreting the program.

In all of the code, x<i> is the newest coefficient of atom i, s<i> the list of them, z<i> the first one, and k the
order to which the inputs move on. Columns are such lists, one for each atom of `needed`, which holds the
inputs and the factors of products. Integers and doubles are in units of 2^-bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import mul
from typing import Any

from litproof.flow.program import Linear, Program
from litproof.integrate.arithmetic import FixedPoint

ROOM = 16
"""Operands below 2^ROOM in absolute value may share a multiplication."""

Columns = Sequence[list[Any]]
Doubles = Callable[[Columns, float, int, int], None]
"""(columns, h, first, order): extends them by the coefficients first..order of v(t + h x) in x.

On entry, the columns of the inputs have first >= 2 coefficients, the others one less.
"""


def integer_recurrence(
    program: Program, arithmetic: FixedPoint, needed: Sequence[int]
) -> Callable[[Sequence[Any], int, int, int, int], Columns]:
    """(state, m, e, order, limit) -> columns up to `order`, h = m / 2^e.

    The numbers are those of `taylor.taylor_coefficients` bit for bit, as long as all stay below 2^(bits + ROOM).
    The loop ends before `order` when the newest of all columns are below `limit` in absolute value.

    Two products with a factor in common are one product with q<i>, the other two factors packed in one integer.
    """
    inputs, bits = range(program.inputs), arithmetic.bits
    names: dict[str, Any] = {"square": arithmetic.square}
    kept, constants, body = set(needed), [], []
    head = ["low = -limit"]
    head += [f"s{i} = [state[{i}]]; x{i} = state[{i}]" for i in inputs]
    head += [f"s{i} = []" for i in needed if i >= program.inputs]
    head += [f"p{i} = s{i}.append" for i in needed]
    pairs = _pairs(program)
    second = {b for b, _, _, _ in pairs.values()}
    slot = 2 * (bits + ROOM) + 20
    names |= {"half": arithmetic.mpz(1) << (slot - 1), "mask": (arithmetic.mpz(1) << slot) - 1}
    for atom, step in enumerate(program.steps, start=program.inputs):
        if atom in pairs:
            partner, shared, low, high = pairs[atom]
            head.append(f"q{atom} = []; r{atom} = q{atom}.append")
            body.append(f"r{atom}(x{low} + (x{high} << {slot}))")
            body.append(f"z = sum(map(mul, s{shared}, reversed(q{atom}))) + half")
            body += _new(partner, f"z >> {slot + bits}", kept)
            value = f"((z & mask) - half) >> {bits}"
        elif atom in second:
            continue
        elif isinstance(step, Linear):
            value = _integer_form(step)
            if step.constant:
                names[f"k{atom}"] = arithmetic.number(step.constant)
                constants.append(f"c{atom}")
                head.append(f"c{atom} = k{atom}")
                value += f" + c{atom}"
        elif step.left == step.right:
            value = f"square(s{step.left})"
        else:
            value = f"sum(map(mul, s{step.left}, reversed(s{step.right}))) >> {bits}"
        body += _new(atom, value, kept)
    body += [f"{c} = 0" for c in constants]
    body += _advance(program, "(x{} * m >> e) // k")
    body.append(f"if {' and '.join(f'low < x{i} < limit' for i in needed)}: break")
    result = f"return [{', '.join(f's{i}' for i in needed)}]"
    loop = "for k in range(1, order + 1):"
    return _compiled("state, m, e, order, limit", head, loop, body, names, result)


def double_recurrence(program: Program, arithmetic: FixedPoint, needed: Sequence[int]) -> Doubles:
    """All products, in doubles."""
    products = f"sum(map(mul, s{{0}}, reversed(s{{1}}))) * {2.0**-arithmetic.bits!r}"
    return _continued(
        program, needed, "columns, h, first, order", "w = h / k", _double_form, products, "x{} * w"
    )


def linear_double_recurrence(program: Program, arithmetic: FixedPoint, needed: Sequence[int]) -> Doubles:
    """Of a product, only the terms a_0 b_k and a_k b_0, in doubles."""
    products = f"(z{{0}} * x{{1}} + x{{0}} * z{{1}}) * {2.0**-arithmetic.bits!r}"
    return _continued(
        program, needed, "columns, h, first, order", "w = h / k", _double_form, products, "x{} * w"
    )


def linear_integer_recurrence(
    program: Program, arithmetic: FixedPoint, needed: Sequence[int]
) -> Callable[[Columns, int, int, int, int], None]:
    """(columns, m, e, order, limit): the same in integers from order 2 on, h = m / 2^e.

    The loop ends before `order` when the newest coefficients of the inputs are below `limit` in absolute value.
    """
    products = f"z{{0}} * x{{1}} + x{{0}} * z{{1}} >> {arithmetic.bits}"
    small = " and ".join(f"-limit < x{i} < limit" for i in range(program.inputs))
    signature = "columns, m, e, order, limit, first=2"
    begin = f"if {small}: return"
    return _continued(program, needed, signature, begin, _integer_form, products, "(x{} * m >> e) // k")


def _continued(
    program: Program,
    needed: Sequence[int],
    signature: str,
    begin: str,
    form: Callable[[Linear], str],
    product: str,
    move: str,
) -> Callable[..., Any]:
    """A loop that extends columns it is given."""
    kept = set(needed)
    head = [f"s{a} = columns[{k}]; z{a} = s{a}[0]; p{a} = s{a}.append" for k, a in enumerate(needed)]
    head += [f"x{i} = s{i}[-1]" for i in range(program.inputs)]
    body = [begin]
    for atom, step in enumerate(program.steps, start=program.inputs):
        value = form(step) if isinstance(step, Linear) else product.format(step.left, step.right)
        body += _new(atom, value, kept)
    body += _advance(program, move)
    return _compiled(signature, head, "for k in range(first, order + 1):", body, {}, "return")


def _new(atom: int, value: str, kept: set[int]) -> list[str]:
    return [f"x{atom} = {value}", *([f"p{atom}(x{atom})"] if atom in kept else [])]


def _advance(program: Program, move: str) -> list[str]:
    """All velocities are read before any input moves on: an input may be a velocity."""
    inputs = range(program.inputs)
    moves = [f"y{i} = {move.format(v)}" for i, v in zip(inputs, program.outputs["velocity"], strict=True)]
    return moves + [f"x{i} = y{i}; p{i}(y{i})" for i in inputs]


def _compiled(
    signature: str, head: Sequence[str], loop: str, body: Sequence[str], names: dict[str, Any], result: str
) -> Callable[..., Any]:
    lines = [f"def recurrence({signature}):", *(f"    {line}" for line in head), f"    {loop}"]
    lines += [*(f"        {line}" for line in body), f"    {result}"]
    names = {"mul": mul, **names}
    exec(compile("\n".join(lines), "<recurrence>", "exec"), names)
    recurrence: Callable[..., Any] = names["recurrence"]
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


def _integer_form(step: Linear) -> str:
    numerators, _, denominator = step.integers
    total = _sum(numerators, step.args)
    return total if denominator == 1 else f"({total}) // {denominator}"


def _double_form(step: Linear) -> str:
    return _sum(step.floats[0], step.args)


def _sum(coefficients: Sequence[float], args: Sequence[int]) -> str:
    """An affine form without its constant term."""
    terms = [
        f"x{i}" if c == 1 else f"-x{i}" if c == -1 else f"{c!r} * x{i}"
        for c, i in zip(coefficients, args, strict=True)
    ]
    # A sum of thousands of terms, written with +, is too deep a tree for Python's compiler.
    return " + ".join(terms) if 0 < len(terms) <= 60 else f"sum([{', '.join(terms)}])"
