"""The Taylor recurrence of one program as generated straight-line Python, which saves interpreting the program.

In all of the code, x<i> is the newest coefficient of atom i, s<i> the list of them, z<i> the first one, and k the
order to which the inputs move on. Columns are such lists, one for each atom of `needed`, which holds the
inputs and the factors of products. Numbers are in units of 2^-bits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from operator import mul
from typing import Any

from litproof.flow.program import Linear, Product, Program, Step, needed as needed_atoms
from litproof.integrate.arithmetic import FixedPoint

ROOM = 16
"""Operands below 2^ROOM in absolute value may share a multiplication."""
MOST = 8
"""More operands than this do not."""

Columns = Sequence[list[Any]]


def integer_recurrence(
    program: Program, arithmetic: FixedPoint, needed: Sequence[int]
) -> Callable[[Sequence[Any], int, int, int, int], Generator[Columns, int, None]]:
    """(state, m, e, order, limit) -> generator of columns up to `order`, h = m / 2^e.

    The numbers are those of `taylor.taylor_coefficients` bit for bit, as long as all stay below 2^(bits + ROOM).
    It pauses before `order` when the newest of all columns are below `limit` in absolute value; send it a new limit
    to have it go on with the same columns.

    Products with a factor in common are one product with q<i>, the other factors packed in one integer.
    """
    inputs, bits, slot = range(program.inputs), arithmetic.bits, 2 * (arithmetic.bits + ROOM) + 20
    groups, kept, one = _groups(program), set(needed), arithmetic.mpz(1)
    grouped = {atom for _, others in groups.values() for atom in others}
    # A slot is cut out of the sum of products shifted right by `bits`, and `half` of it keeps it positive.
    half = one << (slot - 1 - bits)
    names = {"square": arithmetic.square, "deque": deque, "zero": one - 1, "half": half, "mask": 2 * half - 1}
    constants, body = [], []
    for atom, step in steps_of(program):
        if atom in groups:
            shared, others = groups[atom]
            top = len(others) - 1
            names[f"b{top}"] = sum(half << (bits + j * slot) for j in range(top))
            packed = " + ".join(
                f"(x{x} << {j * slot})" if j else f"x{x}" for j, x in enumerate(others.values())
            )
            body.append(f"r{atom}({packed})")
            body.append(f"z = sum(map(mul, s{shared}, q{atom}), b{top})")
            for j, product in enumerate(others):
                value = f"z >> {j * slot + bits}"
                body += _new(product, value if j == top else f"({value} & mask) - half", kept)
            continue
        if atom in grouped:
            continue
        if isinstance(step, Linear):
            value = _integer_form(step)
            if step.constant:
                names[f"k{atom}"] = arithmetic.number(step.constant)
                constants.append(atom)
                value += f" + c{atom}"
        elif step.left == step.right:
            value = f"square(s{step.left})"
        else:
            value = f"sum(map(mul, s{step.left}, reversed(s{step.right})), zero) >> {bits}"
        body += _new(atom, value, kept)
    body += [f"c{atom} = 0" for atom in constants] + _advance(program)
    small = " and ".join(f"low < x{i} < limit" for i in needed)
    sums = f"[{listed('s', needed)}]"
    body.append(f"if {small}: limit = yield {sums}; low = -limit")
    head = [
        "low = -limit",
        *(f"m{j} = {c} * m" for j, c in enumerate(multiples_of(program))),
        f"{listed('x', inputs)} = state",
        f"{listed('s', needed)} = [[] for _ in range({len(needed)})]",
        f"{listed('p', needed)} = [s.append for s in ({listed('s', needed)})]",
        *(f"q{atom} = deque(); r{atom} = q{atom}.appendleft" for atom in groups),
        *(f"p{i}(x{i})" for i in inputs),
        *(f"c{atom} = k{atom}" for atom in constants),
    ]
    loop = "for k in range(1, order + 1):"
    return compiled("state, m, e, order, limit", head, loop, body, names, f"yield {sums}")


def velocities(program: Program) -> list[tuple[int, int]]:
    """(c, atom) for every input: its velocity is c times the atom, c a whole number."""
    moves = []
    for atom in program.outputs["velocity"]:
        step = program.steps[atom - program.inputs] if atom >= program.inputs else None
        if isinstance(step, Linear) and len(step.args) == 1 and step.integers[1:] == (0, 1):
            moves.append((step.integers[0][0], step.args[0]))
        else:
            moves.append((1, atom))
    return moves


def steps_of(program: Program) -> list[tuple[int, Step]]:
    """Atoms that the velocity needs, and how to have them."""
    atoms = needed_atoms(program.inputs, program.steps, (atom for _, atom in velocities(program)))
    return [(atom, program.steps[atom - program.inputs]) for atom in atoms]


def listed(letter: str, atoms: Iterable[int]) -> str:
    """One name an atom, with a comma after each."""
    return "".join(f"{letter}{atom}, " for atom in atoms)


def _new(atom: int, value: str, kept: set[int]) -> list[str]:
    return [f"x{atom} = {value}", *([f"p{atom}(x{atom})"] if atom in kept else [])]


def listed_moves(program: Program, move: str) -> str:
    """The next coefficients of all inputs, `move` with the atom and the number of its multiple.

    An input may be a velocity: all are read before any input moves on.
    """
    multiples = multiples_of(program)
    return "".join(f"{move.format(v, multiples.index(c))}, " for c, v in velocities(program))


def multiples_of(program: Program) -> list[int]:
    """The whole numbers of `velocities`, each once."""
    return sorted({c for c, _ in velocities(program)})


def _advance(program: Program) -> list[str]:
    inputs = range(program.inputs)
    moves = listed_moves(program, "x{} * m{} // d")
    return ["d = k << e", f"{listed('x', inputs)} = {moves}", *(f"p{i}(x{i})" for i in inputs)]


def compiled(
    signature: str, head: Sequence[str], loop: str, body: Sequence[str], names: dict[str, Any], result: str
) -> Callable[..., Any]:
    """The function of these lines of source; it knows `names` and nothing else."""
    lines = [f"def recurrence({signature}):", *(f"    {line}" for line in head), f"    {loop}"]
    lines += [*(f"        {line}" for line in body), f"    {result}"]
    names = {"mul": mul, **names}
    exec(compile("\n".join(lines), "<recurrence>", "exec"), names)
    recurrence: Callable[..., Any] = names["recurrence"]
    return recurrence


def _groups(program: Program) -> dict[int, tuple[int, dict[int, int]]]:
    """Products to be had from one multiplication: first atom -> (shared factor, {atom: its other factor}).

    All other factors come before the first atom in the program.
    """
    products = {a: s for a, s in steps_of(program) if isinstance(s, Product) and s.left != s.right}
    uses: dict[int, dict[int, int]] = {}
    for atom, step in products.items():
        uses.setdefault(step.left, {})[atom] = step.right
        uses.setdefault(step.right, {})[atom] = step.left
    groups: dict[int, tuple[int, dict[int, int]]] = {}
    open_ = set(products)
    for atom, step in products.items():
        choices = [
            (shared, {a: x for a, x in uses[shared].items() if a >= atom > x and a in open_})
            for shared in (step.left, step.right)
        ]
        shared, others = max(choices, key=lambda choice: len(choice[1]))
        if atom in open_ and len(others) > 1:
            groups[atom] = shared, dict(list(others.items())[:MOST])
            open_ -= set(groups[atom][1])
    return groups


def _integer_form(step: Linear) -> str:
    numerators, _, denominator = step.integers
    total = sum_of(numerators, step.args)
    if denominator & (denominator - 1):
        return f"({total}) // {denominator}"
    return total if denominator == 1 else f"({total} >> {denominator.bit_length() - 1})"


def sum_of(coefficients: Sequence[float], args: Sequence[int]) -> str:
    """An affine form without its constant term."""
    terms = [
        f"{'-' if c < 0 else '+'} x{i}" if abs(c) == 1 else f"{'-' if c < 0 else '+'} {abs(c)!r} * x{i}"
        for c, i in zip(coefficients, args, strict=True)
    ]
    # A sum of thousands of terms, written with +, is too deep a tree for Python's compiler.
    return " ".join(terms).removeprefix("+ ") if 0 < len(terms) <= 60 else f"sum([{', '.join(terms)}])"
