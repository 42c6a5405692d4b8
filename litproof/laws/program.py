"""What the search for conserved polynomials asks of a program of `flow.program`: supports, parts, expansion.

The coordinates f_c of a map theta -> f(theta) are the program's outputs "f", without additive constants.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from litproof.algebra.sparse_polynomials import Coefficient, Sparse, add_scaled, multiply
from litproof.flow.program import Node, Operators, Product, Program, Tracer, arguments, pruned

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
        for atom in arguments(step):
            mask |= masks[atom]
        masks.append(mask)
    return [masks[atom] for atom in program.outputs[COORDINATES]]


def restricted(program: Program, inputs: Sequence[int], outputs: Sequence[int]) -> Program:
    """The coordinates with the given numbers as functions of the given inputs, all they depend on."""
    atoms = [program.outputs[COORDINATES][c] for c in outputs]
    return pruned(program.inputs, program.steps, inputs, {COORDINATES: atoms})


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
