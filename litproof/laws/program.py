"""Straight-line programs of polynomial maps: traced once, then run over integers mod p or power series.

A program has two instructions, linear combination and product. Reverse-mode differentiation gives the
gradient of sum_c u_c f_c, forward-over-reverse gives Hessian-vector products; both cost a small multiple of
the map itself, so no derivative is ever expanded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from litproof.algebra.sparse_polynomials import Coefficient, Sparse, add_scaled, multiply

Terms: TypeAlias = tuple[tuple[int, Coefficient], ...]


@dataclass(frozen=True)
class Product:
    """value[left] * value[right]."""

    left: int
    right: int


@dataclass(frozen=True)
class Combination:
    """sum of coefficient * value[node]."""

    terms: Terms


@dataclass(frozen=True)
class Program:
    """f : Q^D -> Q^N as instructions.

    Attributes
    ----------
    inputs : D; values 0..D-1 are the parameters.
    instructions : value D + i is the result of instruction i.
    outputs : each coordinate f_c as linear combination of values (additive constants are dropped).
    """

    inputs: int
    instructions: tuple[Product | Combination, ...]
    outputs: tuple[Terms, ...]

    def supports(self) -> list[int]:
        """For every output the inputs that it is computed from, as a bit mask."""
        masks = [1 << i for i in range(self.inputs)]
        for instruction in self.instructions:
            mask = 0
            for node in _operands(instruction):
                mask |= masks[node]
            masks.append(mask)
        supports = []
        for terms in self.outputs:
            mask = 0
            for node, _ in terms:
                mask |= masks[node]
            supports.append(mask)
        return supports

    def restricted(self, inputs: Sequence[int], outputs: Sequence[int]) -> "Program":
        """The outputs with the given numbers as functions of the given inputs, all they depend on."""
        needed = {node for c in outputs for node, _ in self.outputs[c]}
        for position in range(len(self.instructions) - 1, -1, -1):
            if self.inputs + position in needed:
                needed.update(_operands(self.instructions[position]))
        number = {old: new for new, old in enumerate(inputs)}
        steps: list[Product | Combination] = []
        for position, step in enumerate(self.instructions):
            if (node := self.inputs + position) in needed:
                number[node] = len(inputs) + len(steps)
                if isinstance(step, Product):
                    steps.append(Product(number[step.left], number[step.right]))
                else:
                    steps.append(Combination(tuple((number[i], c) for i, c in step.terms)))
        kept = tuple(tuple((number[node], c) for node, c in self.outputs[out]) for out in outputs)
        return Program(len(inputs), tuple(steps), kept)

    def expand(self) -> tuple[Sparse, ...]:
        """The coordinates as sparse polynomials over Q."""
        values: list[Sparse] = [{(i,): 1} for i in range(self.inputs)]
        for instruction in self.instructions:
            if isinstance(instruction, Product):
                values.append(multiply(values[instruction.left], values[instruction.right]))
            else:
                values.append(_combine(instruction.terms, values))
        return tuple(_combine(terms, values) for terms in self.outputs)


def _operands(step: Product | Combination) -> tuple[int, ...]:
    return (step.left, step.right) if isinstance(step, Product) else tuple(node for node, _ in step.terms)


def _combine(terms: Terms, values: Sequence[Sparse]) -> Sparse:
    total: Sparse = {}
    for node, coefficient in terms:
        add_scaled(total, values[node], coefficient)
    return total


class Tracer:
    """Records the arithmetic of a map that is run on `Traced` numbers, equal sub-expressions once."""

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.instructions: list[Product | Combination] = []
        self._known: dict[Product | Combination, int] = {}

    def variables(self) -> list["Traced"]:
        """The parameters theta_0 .. theta_{D-1}."""
        return [Traced(self, {i: 1}, 0) for i in range(self.inputs)]

    def record(self, instruction: Product | Combination) -> int:
        """Number of the value that `instruction` computes."""
        if instruction not in self._known:
            self._known[instruction] = self.inputs + len(self.instructions)
            self.instructions.append(instruction)
        return self._known[instruction]

    def program(self, outputs: Sequence[Any]) -> Program:
        """The program whose coordinates are `outputs` (Traced, or plain numbers for constant coordinates)."""
        lists = (out.terms if isinstance(out, Traced) else {} for out in outputs)
        return Program(self.inputs, tuple(self.instructions), tuple(tuple(sorted(t.items())) for t in lists))


class Traced:
    """A number of the traced map: a linear combination of recorded values plus a constant."""

    __slots__ = ("constant", "terms", "tracer")

    def __init__(self, tracer: Tracer, terms: dict[int, Coefficient], constant: Coefficient) -> None:
        self.tracer, self.terms, self.constant = tracer, terms, constant

    def _node(self) -> int:
        """The value of the non-constant part."""
        if len(self.terms) == 1:
            ((node, coefficient),) = self.terms.items()
            if coefficient == 1:
                return node
        return self.tracer.record(Combination(tuple(sorted(self.terms.items()))))

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Traced):
            terms = dict(self.terms)
            for node, coefficient in other.terms.items():
                value = terms.get(node, 0) + coefficient
                if value:
                    terms[node] = value
                else:
                    del terms[node]
            return Traced(self.tracer, terms, self.constant + other.constant)
        number = _number(other)
        return NotImplemented if number is None else Traced(self.tracer, self.terms, self.constant + number)

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, Traced):
            number = _number(other)
            if number is None:
                return NotImplemented
            terms = {node: c * number for node, c in self.terms.items()} if number else {}
            return Traced(self.tracer, terms, self.constant * number)
        if not self.terms:
            return other * self.constant
        if not other.terms:
            return self * other.constant
        # scalar factors are pulled out, so that equal products are recognised
        left, right = self, other
        scale: Coefficient = 1
        if len(left.terms) == 1:
            ((node, coefficient),) = left.terms.items()
            left, scale = Traced(self.tracer, {node: 1}, 0), scale * coefficient
        if len(right.terms) == 1:
            ((node, coefficient),) = right.terms.items()
            right, scale = Traced(self.tracer, {node: 1}, 0), scale * coefficient
        pair = sorted((left._node(), right._node()))
        product = Traced(
            self.tracer, {self.tracer.record(Product(*pair)): scale}, self.constant * other.constant
        )
        for factor, number in ((self, other.constant), (other, self.constant)):
            if number:
                product = product + Traced(self.tracer, factor.terms, 0) * number
        return product

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> "Traced":
        return Traced(self.tracer, {node: -c for node, c in self.terms.items()}, -self.constant)

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __truediv__(self, other: Any) -> Any:
        number = _number(other)
        return NotImplemented if number is None else self * (1 / Fraction(number))

    def __pow__(self, exponent: int) -> Any:
        if not isinstance(exponent, int) or exponent < 0:
            return NotImplemented
        power: Any = 1
        for _ in range(exponent):
            power = self * power
        return power


def _number(value: Any) -> Coefficient | None:
    """`value` as an exact number; None when it is none (a float, a symbol ...)."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else value
    return None


def trace(inputs: int, function: Callable[[list[Traced]], Sequence[Any]]) -> Program:
    """The program of `function`, which maps D numbers to the coordinates with +, -, * and exact constants."""
    tracer = Tracer(inputs)
    return tracer.program(function(tracer.variables()))
