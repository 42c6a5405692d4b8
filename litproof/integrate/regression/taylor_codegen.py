"""The Taylor recurrence of one program as generated straight-line Python, which saves interpreting the program.

In all of the code, x<i> is the newest coefficient of atom i, s<i> the list of them, z<i> the first one, and k the
order to which the inputs move on. Numbers are in units of 2^-bits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from types import CodeType
from typing import Any

from litproof.flow.program import Linear, Product, Program, Step, needed
from litproof.integrate.arithmetic import FixedPoint

ROOM = 16
"""Operands below 2^ROOM in absolute value may share a multiplication."""
MOST = 8
"""More operands than this do not."""

Begun = tuple[list[tuple[Any, ...]], tuple[Any, ...]]
"""Coefficients 0..k - 1 of the atoms of `Outline.kept`, one row an order, and coefficients k of the inputs."""


@dataclass(frozen=True)
class Outline:
    """What there is to compute of a program with output "velocity", one atom an input.

    Attributes
    ----------
    inputs : number of inputs.
    moves : (c, atom) for every input: its velocity is c times the atom, c a whole number.
    steps : the atoms that these need, and how to have them.
    kept : the inputs and the factors of products, in increasing order: atoms of which all coefficients count.
    """

    inputs: int
    moves: list[tuple[int, int]]
    steps: list[tuple[int, Step]]
    kept: list[int]

    @property
    def products(self) -> list[tuple[int, Product]]:
        """The steps that are products."""
        return [(atom, step) for atom, step in self.steps if isinstance(step, Product)]

    @property
    def multiples(self) -> list[int]:
        """The whole numbers of `moves`, each once."""
        return sorted({c for c, _ in self.moves})

    def moved(self, move: str) -> str:
        """The next coefficients of all inputs, `move` with the atom and the number of its multiple.

        An input may be a velocity: all are read before any input moves on.
        """
        number = {c: str(j) for j, c in enumerate(self.multiples)}
        return "".join(f"{move.format(atom, number[c])}, " for c, atom in self.moves)


def outline(program: Program) -> Outline:
    """The outline of a program."""
    inputs, moves = program.inputs, list[tuple[int, int]]()
    for atom in program.outputs["velocity"]:
        step = program.steps[atom - inputs] if atom >= inputs else None
        if isinstance(step, Linear) and len(step.args) == 1 and step.integers[1:] == (0, 1):
            moves.append((step.integers[0][0], step.args[0]))
        else:
            moves.append((1, atom))
    steps = [
        (atom, program.steps[atom - inputs])
        for atom in needed(inputs, program.steps, (atom for _, atom in moves))
    ]
    factors = {i for _, s in steps if isinstance(s, Product) for i in (s.left, s.right)}
    return Outline(inputs, moves, steps, sorted(factors | set(range(inputs))))


def integer_recurrence(
    plan: Outline, arithmetic: FixedPoint
) -> Callable[[Sequence[Any], int, int, int, int], Generator[Begun, int, None]]:
    """(state, m, e, order, limit) -> generator of coefficients, of the inputs up to `order`, h = m / 2^e.

    The numbers are those of `taylor.taylor_coefficients` bit for bit, as long as all stay below 2^(bits + ROOM).
    It pauses before `order` when the newest of all atoms are below `limit` in absolute value; send it a new limit
    to have it go on with the same rows.

    Products with a factor in common are one product with q<i>, the other factors packed in one integer.
    """
    inputs, bits, slot = range(plan.inputs), arithmetic.bits, 2 * (arithmetic.bits + ROOM) + 20
    groups, one = _groups(plan), arithmetic.mpz(1)
    grouped = {atom for _, others in groups.values() for atom in others}
    series = {shared for shared, _ in groups.values()}
    series |= {i for atom, step in plan.products if atom not in grouped for i in (step.left, step.right)}
    # A slot is cut out of the sum of products shifted right by `bits`, and `half` of it keeps it positive.
    half = one << (slot - 1 - bits)
    names = {"square": arithmetic.square, "deque": deque, "zero": one - 1, "half": half, "mask": 2 * half - 1}
    constants, body = [], [f"p{i}(x{i})" for i in inputs if i in series]

    def new(atom: int, value: str) -> list[str]:
        return [f"x{atom} = {value}", *([f"p{atom}(x{atom})"] if atom in series else [])]

    for atom, step in plan.steps:
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
                body += new(product, value if j == top else f"({value} & mask) - half")
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
        body += new(atom, value)
    newest, small = listed("x", inputs), " and ".join(f"low < x{i} < limit" for i in plan.kept)
    body += [f"c{atom} = 0" for atom in constants]
    body += [
        f"add(({listed('x', plan.kept)}))",
        f"d = k << e; {newest} = news = {plan.moved('x{} * m{} // d')}",
        f"if {small}: limit = yield rows, news; low = -limit",
    ]
    head = [
        "low, rows, news = -limit, [], state; add = rows.append",
        *(f"m{j} = {c} * m" for j, c in enumerate(plan.multiples)),
        f"{newest} = state",
        *(f"s{i} = []; p{i} = s{i}.append" for i in sorted(series)),
        *(f"q{atom} = deque(); r{atom} = q{atom}.appendleft" for atom in groups),
        *(f"c{atom} = k{atom}" for atom in constants),
    ]
    return compiled(
        "state, m, e, order, limit", head, "for k in range(1, order + 1):", body, names, "yield rows, news"
    )


def listed(letter: str, atoms: Iterable[int]) -> str:
    """One name an atom, with a comma after each."""
    return "".join(f"{letter}{atom}, " for atom in atoms)


def compiled(
    signature: str, head: Sequence[str], loop: str, body: Sequence[str], names: dict[str, Any], result: str
) -> Callable[..., Any]:
    """The function of these lines of source; it knows `names` and nothing else."""
    lines = [f"def recurrence({signature}):", *(f"    {line}" for line in head), f"    {loop}"]
    lines += [*(f"        {line}" for line in body), f"    {result}"]
    names = {"mul": mul, **names}
    exec(_code("\n".join(lines)), names)
    recurrence: Callable[..., Any] = names["recurrence"]
    return recurrence


@lru_cache(maxsize=32)
def _code(source: str) -> CodeType:
    """One flow is followed several times: with other digits the part in doubles is the same, else all of it."""
    return compile(source, "<recurrence>", "exec")


def _groups(plan: Outline) -> dict[int, tuple[int, dict[int, int]]]:
    """Products to be had from one multiplication: first atom -> (shared factor, {atom: its other factor}).

    All other factors come before the first atom in the program.
    """
    products = {a: s for a, s in plan.products if s.left != s.right}
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
