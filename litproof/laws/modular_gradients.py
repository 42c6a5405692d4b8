"""Gradients and Hessian-vector products of straight-line programs modulo a prime, on numbers or power series.

Everything is exact arithmetic in Z/p or in (Z/p)[t]/t^n. A rational program can be reduced mod p when p
divides no denominator; the default prime is the Mersenne prime 2^61 - 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from flint import nmod_poly

from litproof.flow.program import Linear, Program
from litproof.laws.program import COORDINATES

PRIME = 2**61 - 1
Element: TypeAlias = Any
"""An int in [0, p) or an nmod_poly, a power series in t."""
Multiply: TypeAlias = Callable[[Element, Element], Element]


def residue(number: int | Fraction, prime: int) -> int:
    """The number mod p; ZeroDivisionError when p divides the denominator."""
    if isinstance(number, int):
        return number % prime
    if number.denominator % prime == 0:
        raise ZeroDivisionError(f"the denominator of {number} vanishes modulo {prime}")
    return number.numerator * pow(number.denominator, -1, prime) % prime


@dataclass(frozen=True)
class Arithmetic:
    """One ring: the zero element and the product (sums are plain +).

    Numbers are reduced by the product only, so sums may grow by a few bits in between; series are truncated
    by it.
    """

    zero: Element
    product: Multiply


def numbers(prime: int) -> Arithmetic:
    """Z/p."""
    return Arithmetic(0, lambda a, b: a * b % prime)


def series(prime: int, order: int) -> Arithmetic:
    """(Z/p)[t] / t^order."""
    return Arithmetic(nmod_poly([], prime), lambda a, b: a.mul_low(b, order))


class ModularProgram:
    """A program with its coefficients reduced mod p. Stateless: values and adjoints are passed along."""

    def __init__(self, program: Program, prime: int) -> None:
        self.inputs, self.prime = program.inputs, prime
        self.outputs = program.outputs[COORDINATES]
        # (left, right, None) is a product, (constant, 0, terms) a sum
        self.steps = [
            (residue(step.constant, prime), 0, self._reduced(step))
            if isinstance(step, Linear)
            else (step.left, step.right, None)
            for step in program.steps
        ]

    def _reduced(self, step: Linear) -> list[tuple[int, int]]:
        return [(atom, residue(c, self.prime)) for atom, c in zip(step.args, step.coefficients, strict=True)]

    def values(self, point: Sequence[Element], ring: Arithmetic) -> list[Element]:
        """All intermediate values at `point` (length D)."""
        product, values = ring.product, list(point)
        for left, right, terms in self.steps:
            if terms is None:
                values.append(product(values[left], values[right]))
            else:
                total = ring.zero + left if left else ring.zero
                for node, c in terms:
                    total = total + (values[node] if c == 1 else values[node] * c)
                values.append(total)
        return values

    def adjoints(
        self, values: Sequence[Element], weights: dict[int, Element], ring: Arithmetic
    ) -> list[Element | None]:
        """Adjoints of all values for sum_c weights[c] f_c; the first D are the gradient (None means zero)."""
        product = ring.product
        adjoints: list[Element | None] = [None] * len(values)
        for c, weight in weights.items():
            _accumulate(adjoints, [(self.outputs[c], 1)], weight)
        for position in range(len(self.steps) - 1, -1, -1):
            bar = adjoints[self.inputs + position]
            if bar is None:
                continue
            left, right, terms = self.steps[position]
            if terms is None:
                a, b = product(bar, values[right]), product(bar, values[left])
                adjoints[left] = a if (old := adjoints[left]) is None else old + a
                adjoints[right] = b if (old := adjoints[right]) is None else old + b
            else:
                _accumulate(adjoints, terms, bar)
        return adjoints

    def gradient(
        self, values: Sequence[Element], weights: dict[int, Element], ring: Arithmetic
    ) -> list[Element]:
        """grad of sum_c weights[c] f_c, length D."""
        adjoints = self.adjoints(values, weights, ring)
        return [ring.zero if bar is None else bar for bar in adjoints[: self.inputs]]

    def hessian_product(
        self,
        values: Sequence[Element],
        adjoints: Sequence[Element | None],
        direction: Sequence[Element],
        ring: Arithmetic,
    ) -> list[Element]:
        """H direction, H the Hessian of the combination that `adjoints` belongs to; length D."""
        product, zero = ring.product, ring.zero
        tangents: list[Element] = list(direction)
        for left, right, terms in self.steps:
            if terms is None:
                tangents.append(
                    product(tangents[left], values[right]) + product(values[left], tangents[right])
                )
            else:
                total = zero
                for node, c in terms:
                    total = total + (tangents[node] if c == 1 else tangents[node] * c)
                tangents.append(total)
        second: list[Element | None] = [None] * len(values)
        for position in range(len(self.steps) - 1, -1, -1):
            bar, dot = adjoints[self.inputs + position], second[self.inputs + position]
            if bar is None:
                continue
            left, right, terms = self.steps[position]
            if terms is not None:
                if dot is not None:
                    _accumulate(second, terms, dot)
                continue
            a, b = product(bar, tangents[right]), product(bar, tangents[left])
            if dot is not None:
                a, b = a + product(dot, values[right]), b + product(dot, values[left])
            second[left] = a if (old := second[left]) is None else old + a
            second[right] = b if (old := second[right]) is None else old + b
        return [zero if entry is None else entry for entry in second[: self.inputs]]


def _accumulate(adjoints: list[Element | None], terms: Sequence[tuple[int, int]], bar: Element) -> None:
    for node, c in terms:
        part = bar if c == 1 else bar * c
        adjoints[node] = part if (old := adjoints[node]) is None else old + part
