"""Polynomials in variables and functions of them, in a normal form: zero there means zero.

A function of the variables is a generator of its own, with the relations that it obeys: s^k w = 1 for s = w^(-1/k),
cosh^2 = 1 + sinh^2, cos^2 = 1 - sin^2, exp(w) exp(-w) = 1. Powers s^j with j >= k go away when everything is
multiplied by a power of w. What the normal form makes 0 is 0; the converse is not decided where there are further
relations between the functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from litproof.algebra.balls import to_fmpq
from litproof.flow.program import Function, Node, Operators, Tracer
from litproof.language.functions import POWER

Exponents = tuple[int, ...]

_SQUARES = {"cosh": ("sinh", 1), "cos": ("sin", -1)}


@dataclass(frozen=True)
class Generator:
    """A function that occurs: its step, its argument, and the place of its generator."""

    name: str
    k: int
    argument: Any
    place: int


class Algebra:
    """The polynomials that nodes of one tracer are, in the tracer's inputs and in functions of them.

    Attributes
    ----------
    groups : the given nodes as flint polynomials, not yet in normal form.
    generators : the functions, in the order of the atoms that they come from.
    inputs : number of inputs of the tracer.
    """

    def __init__(self, tracer: Tracer, groups: Sequence[Sequence[Node]]) -> None:
        from flint import Ordering, fmpq_mpoly_ctx

        program = tracer.program({str(number): group for number, group in enumerate(groups)})
        count = sum(isinstance(step, Function) for step in program.code)
        names = [f"x{i}" for i in range(program.inputs + count)]
        self.inputs = program.inputs
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self.generators: list[Generator] = []
        values = program.run(_Ring(self), list(self.context.gens()[: program.inputs]))
        self.groups = [[values[a] for a in program.outputs[str(number)]] for number in range(len(groups))]

    def function(self, step: Function, a: Any) -> Any:
        """The generator of a function; that of exp(-w) is the inverse of that of exp(w)."""
        place = self.inputs + len(self.generators)
        name, k, argument = step.name, step.k, a
        for known in self.generators:
            if (known.name, known.k) == (name, k) and known.argument == a:
                name, k, argument = "same", 1, self.context.gen(known.place)
            elif name == known.name == "exp" and known.argument == -a:
                name, k, argument = POWER, 1, self.context.gen(known.place)
        self.generators.append(Generator(name, k, argument, place))
        return argument if name == "same" else self.context.gen(place)

    def constant(self, q: Fraction) -> Any:
        """A polynomial."""
        return self.context.constant(to_fmpq(q))

    def reduced(self, polynomials: Sequence[Any]) -> list[Any]:
        """Normal forms, all multiplied by one function that is not 0."""
        current = list(polynomials)
        for generator in reversed(self.generators):
            if generator.name == POWER:
                current = self._without_powers(current, generator)
            elif generator.name in _SQUARES:
                current = [self._without_squares(p, generator) for p in current]
        return current

    def _without_powers(self, polynomials: Sequence[Any], generator: Generator) -> list[Any]:
        k, w = generator.k, generator.argument
        parts = [self.by_degree(p, generator.place) for p in polynomials]
        most = max((j // k for part in parts for j in part), default=0)
        s, powers = self.context.gen(generator.place), [self.constant(Fraction(1))]
        for _ in range(most):
            powers.append(powers[-1] * w)
        return [
            sum(
                (p * powers[most - j // k] * s ** (j % k) for j, p in part.items()),
                self.constant(Fraction(0)),
            )
            for part in parts
        ]

    def _without_squares(self, polynomial: Any, generator: Generator) -> Any:
        other, sign = _SQUARES[generator.name]
        partner = next(
            (g for g in self.generators if g.name == other and g.argument == generator.argument), None
        )
        if partner is None:
            return polynomial
        square = self.context.gen(partner.place) ** 2 * sign + 1
        s, total = self.context.gen(generator.place), self.constant(Fraction(0))
        for j, p in self.by_degree(polynomial, generator.place).items():
            total += p * square ** (j // 2) * s ** (j % 2)
        return total

    def by_degree(self, polynomial: Any, place: int) -> dict[int, Any]:
        """The coefficients of the powers of one generator."""
        parts: dict[int, dict[Exponents, Any]] = {}
        for exponents, c in polynomial.to_dict().items():
            rest = (*exponents[:place], 0, *exponents[place + 1 :])
            parts.setdefault(int(exponents[place]), {})[rest] = c
        return {j: self.context.from_dict(terms) for j, terms in parts.items()}


class _Ring(Operators):
    """Program ring of the polynomials of an algebra."""

    def __init__(self, algebra: Algebra) -> None:
        super().__init__(algebra.constant)
        self.algebra = algebra

    def function(self, step: Function, a: Any) -> Any:
        """See `flow.program.SmoothRing`."""
        return self.algebra.function(step, a)
