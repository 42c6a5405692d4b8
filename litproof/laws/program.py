"""What the search for conserved polynomials asks of a program of `flow.program`: supports, parts, expansion.

The coordinates f_c of a map theta -> f(theta) are the program's outputs "f", without additive constants.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from litproof.algebra.sparse_polynomials import Coefficient, Sparse, add_scaled, multiply
from litproof.flow.program import Linear, Node, Operators, Product, Program, Step, Tracer

COORDINATES = "f"
"""The group of outputs."""


def trace(inputs: int, function: Callable[[list[Node]], Sequence[Any]]) -> Program:
    """The program of `function`, which maps D numbers to the coordinates with +, -, * and exact constants."""
    tracer = Tracer(inputs)
    coordinates = [tracer.lift(out).terms for out in function(tracer.variables())]
    return tracer.program({COORDINATES: [Node(tracer, terms, Fraction(0)) for terms in coordinates]})


def run(program: Program, theta: Sequence[Any]) -> list[Any]:
    """The coordinates at theta, over any commutative ring that takes Fractions."""
    return program.evaluate(Operators(), theta, COORDINATES)


def supports(program: Program) -> list[int]:
    """For every coordinate the inputs that it is computed from, as a bit mask."""
    masks = [1 << i for i in range(program.inputs)]
    for step in program.steps:
        mask = 0
        for atom in _operands(step):
            mask |= masks[atom]
        masks.append(mask)
    return [masks[atom] for atom in program.outputs[COORDINATES]]


def restricted(program: Program, inputs: Sequence[int], outputs: Sequence[int]) -> Program:
    """The coordinates with the given numbers as functions of the given inputs, all they depend on."""
    atoms = [program.outputs[COORDINATES][c] for c in outputs]
    needed = set(atoms)
    for position in range(len(program.steps) - 1, -1, -1):
        if program.inputs + position in needed:
            needed.update(_operands(program.steps[position]))
    place = {old: new for new, old in enumerate(inputs)}
    steps: list[Step] = []
    for atom, step in enumerate(program.steps, program.inputs):
        if atom in needed:
            place[atom] = len(inputs) + len(steps)
            if isinstance(step, Product):
                steps.append(Product(place[step.left], place[step.right]))
            else:
                steps.append(replace(step, args=tuple(place[a] for a in step.args)))
    return Program(len(inputs), tuple(steps), {COORDINATES: tuple(place[a] for a in atoms)})


def expand(program: Program) -> tuple[Sparse, ...]:
    """The coordinates as sparse polynomials over Q."""
    values: list[Sparse] = [{(i,): 1} for i in range(program.inputs)]
    for step in program.steps:
        if isinstance(step, Product):
            values.append(multiply(values[step.left], values[step.right]))
        else:
            total: Sparse = {(): small(step.constant)} if step.constant else {}
            for atom, coefficient in zip(step.args, step.coefficients, strict=True):
                add_scaled(total, values[atom], small(coefficient))
            values.append(total)
    return tuple(values[atom] for atom in program.outputs[COORDINATES])


def small(number: Fraction) -> Coefficient:
    """An int where the number is one: sums and products of ints are several times as fast."""
    return number.numerator if number.denominator == 1 else number


def _operands(step: Step) -> tuple[int, ...]:
    return step.args if isinstance(step, Linear) else (step.left, step.right)
