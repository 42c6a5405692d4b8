"""The rate of change of a formula along vector fields, by normal form in a differential field.

Entries of the layers, pi, and every f(u) that is no rational function are independent generators over Q; f(u) comes
with its derivative f'(u) u', where f'(u) is rational in the generators for exp, log, powers, abs, tanh and atan, and
one more generator for the other functions. A rate whose normal form is zero is zero wherever the formula is defined.
The converse holds for rational formulas; otherwise generators may be related (sqrt(u)^2 = u), so that a normal form
other than zero decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

from litproof.formula.evaluate import Sizes, range_of
from litproof.language.tree import Call, Negation, Node, Number, Operation, Sum, Symbol

Poly: TypeAlias = Any
_WORK = 3_000_000
"""Products of terms in polynomial arithmetic before it is given up."""
_EXPANDED = 4
"""Highest power of a sum that is multiplied out; a higher one is a generator."""


class TooLarge(ArithmeticError):
    """The normal form takes more work than is allowed."""


@dataclass(frozen=True)
class Ratio:
    """A quotient of polynomials, denominator not zero, without common factors."""

    over: Poly
    under: Poly


class Quantity(Protocol):
    """What a formula in the layers speaks of."""

    def number(self, name: str, indices: tuple[int, ...]) -> Fraction | None:
        """A name that does not depend on the layers; None for pi."""

    def place(self, layer: int, entry: int) -> int:
        """Number of v[layer, entry] among all parameters, from 0."""


@dataclass
class Derivation:
    """Formulas in the layers as elements of a differential field.

    Attributes
    ----------
    parameters : how many entries the layers have.
    sizes : ranges of indices.
    quantity : meanings of names.
    """

    parameters: int
    sizes: Sizes
    quantity: Quantity
    _known: dict[str, int] = field(default_factory=dict)
    _arguments: list[tuple[Ratio, Callable[[Ratio, Ratio], Ratio] | None]] = field(default_factory=list)
    _work: int = 0

    def prepare(self, tree: Node) -> None:
        """Make room for the generators that `tree` may need."""
        from flint import fmpq_mpoly_ctx

        room = 2 * self._applications(tree, {})
        names = ["pi", *(f"v{i}" for i in range(self.parameters)), *(f"t{i}" for i in range(room))]
        self.context = fmpq_mpoly_ctx.get(names, "degrevlex")
        self.generators = self.context.gens()
        self.one, self.zero = self.context.from_dict({(0,) * len(names): 1}), self.context.from_dict({})

    def polynomial(self, terms: Mapping[tuple[int, ...], Fraction]) -> Poly:
        """A polynomial in the parameters from its terms."""
        from flint import fmpq

        rest = (0,) * (len(self.generators) - 1 - self.parameters)
        return self.context.from_dict(
            {(0, *powers, *rest): fmpq(c.numerator, c.denominator) for powers, c in terms.items()}
        )

    def _applications(self, node: Node, bound: dict[str, int]) -> int:
        """A bound for the number of generators: functions and powers, with sums written out."""
        match node:
            case Sum():
                size = range_of(node, self.sizes)
                counts = [
                    self._applications(node.inner, {**bound, node.letter: i}) for i in range(1, size + 1)
                ]
                return self._allowed(sum(counts))
            case Operation():
                inner = self._applications(node.left, bound) + self._applications(node.right, bound)
                return self._allowed(inner + (node.sign == "^"))
            case Negation():
                return self._applications(node.inner, bound)
            case Call():
                return self._allowed(1 + sum(self._applications(part, bound) for part in node.arguments))
        return 0

    @staticmethod
    def _allowed(count: int) -> int:
        if count > 500:
            raise TooLarge
        return count

    # Arithmetic of quotients.

    @property
    def is_rational(self) -> bool:
        """Whether no generator but the parameters and pi was needed."""
        return not self._arguments

    def times(self, a: Poly, b: Poly) -> Poly:
        """a b for polynomials."""
        self._work += len(a) * len(b) + 1
        if self._work > _WORK:
            raise TooLarge
        return a * b

    def _ratio(self, over: Poly, under: Poly) -> Ratio:
        if under.is_constant() or over.is_zero():
            return Ratio(over * (1 / under.leading_coefficient()) if not over.is_zero() else over, self.one)
        self._work += 10 * (len(over) + len(under))
        common = over.gcd(under)
        return Ratio(divmod(over, common)[0], divmod(under, common)[0])

    def add(self, a: Ratio, b: Ratio, sign: int = 1) -> Ratio:
        """a + sign b."""
        if a.under == b.under:
            return self._ratio(a.over + sign * b.over, a.under)
        over = self.times(a.over, b.under) + sign * self.times(b.over, a.under)
        return self._ratio(over, self.times(a.under, b.under))

    def multiply(self, a: Ratio, b: Ratio) -> Ratio:
        """a b."""
        return self._ratio(self.times(a.over, b.over), self.times(a.under, b.under))

    def invert(self, a: Ratio) -> Ratio:
        """1 / a."""
        if a.over.is_zero():
            raise ZeroDivisionError("division by zero in a formula")
        return self._ratio(a.under, a.over)

    def constant(self, value: Fraction | int) -> Ratio:
        """A number."""
        from flint import fmpq

        value = Fraction(value)
        return Ratio(self.one * fmpq(value.numerator, value.denominator), self.one)

    # Elements.

    def element(self, node: Node, bound: Mapping[str, int] | None = None) -> Ratio:
        """The formula in normal form.

        Raises
        ------
        TooLarge : too much work.
        ZeroDivisionError : it divides by what is zero identically.
        """
        bound = dict(bound or {})
        match node:
            case Number():
                return self.constant(node.value)
            case Symbol():
                return self._symbol(node, bound)
            case Negation():
                return self.multiply(self.constant(-1), self.element(node.inner, bound))
            case Sum():
                total = self.constant(0)
                for index in range(1, range_of(node, self.sizes) + 1):
                    total = self.add(total, self.element(node.inner, {**bound, node.letter: index}))
                return total
            case Operation(sign="^"):
                return self._power(self.element(node.left, bound), self.element(node.right, bound))
            case Operation():
                left, right = self.element(node.left, bound), self.element(node.right, bound)
                match node.sign:
                    case "+" | "-":
                        return self.add(left, right, 1 if node.sign == "+" else -1)
                    case "*":
                        return self.multiply(left, right)
                return self.multiply(left, self.invert(right))
            case Call(name="entropy"):
                inner = self.element(node.arguments[0], bound)
                return self.multiply(inner, self._applied("log", (inner,)))
            case Call():
                return self._applied(node.name, tuple(self.element(part, bound) for part in node.arguments))
        raise TypeError(f"not a node: {node!r}")

    def _symbol(self, node: Symbol, bound: Mapping[str, int]) -> Ratio:
        indices = tuple(bound[index] if isinstance(index, str) else index for index in node.indices)
        if node.name == "v":
            return Ratio(self.generators[1 + self.quantity.place(*indices)], self.one)
        number = self.quantity.number(node.name, indices)
        return Ratio(self.generators[0], self.one) if number is None else self.constant(number)

    def _power(self, base: Ratio, exponent: Ratio) -> Ratio:
        p = self._number(exponent)
        plain = len(base.over) <= 1 and len(base.under) <= 1
        if p is None or p.denominator != 1 or not (plain or abs(p) <= _EXPANDED):
            return self._applied("^", (base, exponent))
        if p < 0:
            base = self.invert(base)
        result = self.constant(1)
        if plain:
            return Ratio(base.over ** abs(int(p)), base.under ** abs(int(p)))
        for _ in range(abs(int(p))):
            result = self.multiply(result, base)
        return result

    def _number(self, a: Ratio) -> Fraction | None:
        if not (a.over.is_constant() and a.under.is_constant()):
            return None
        if a.over.is_zero():
            return Fraction(0)
        value = a.over.leading_coefficient()
        return Fraction(int(value.p), int(value.q))

    def _applied(self, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
        """f(u) as a generator; the same one for the same u."""
        key = f"{name}({'; '.join(f'{a.over} / {a.under}' for a in arguments)})"
        if key not in self._known:
            main = arguments[-1] if name == "H" else arguments[0]
            self._known[key] = self._next(main, self._rule(name, arguments, key))
        return self._generator(self._known[key])

    def _next(self, argument: Ratio, rule: Callable[[Ratio, Ratio], Ratio] | None) -> int:
        self._arguments.append((argument, rule))
        return len(self._arguments) - 1

    def _generator(self, number: int) -> Ratio:
        return Ratio(self.generators[1 + self.parameters + number], self.one)

    def _rule(self, name: str, arguments: tuple[Ratio, ...], key: str) -> Callable[[Ratio, Ratio], Ratio]:
        """f'(u) from f(u) and u."""
        one = self.constant(1)
        match name:
            case "exp":
                return lambda t, u: t
            case "log":
                return lambda t, u: self.invert(u)
            case "sqrt":
                return lambda t, u: self.invert(self.multiply(self.constant(2), t))
            case "abs":
                return lambda t, u: self.multiply(u, self.invert(t))
            case "tanh":
                return lambda t, u: self.add(one, self.multiply(t, t), -1)
            case "atan":
                return lambda t, u: self.invert(self.add(one, self.multiply(u, u)))
            case "^" if self._is_constant(arguments[1]):
                return lambda t, u: self.multiply(arguments[1], self.multiply(t, self.invert(u)))
        slope = self._next(arguments[0], None)
        self._known[f"slope of {key}"] = slope
        return lambda t, u: self._generator(slope)

    def _is_constant(self, a: Ratio) -> bool:
        """Whether only pi occurs."""
        return all(not any(powers[1:]) for poly in (a.over, a.under) for powers in poly.monoms())

    def depends(self, element: Ratio) -> bool:
        """Whether an element depends on the parameters: a partial derivative of its normal form is not zero."""
        units = [
            [self.one if i == k else self.zero for i in range(self.parameters)]
            for k in range(self.parameters)
        ]
        return any(not self.along(element, unit).over.is_zero() for unit in units)

    def along(self, element: Ratio, speeds: Sequence[Poly]) -> Ratio:
        """The derivative of `element` where parameter i moves with velocity speeds[i].

        Raises
        ------
        TooLarge : too much work.
        """
        rates: dict[int, Ratio] = {}

        def rate(poly: Poly) -> Ratio:
            total = Ratio(self.zero, self.one)
            degrees = poly.degrees()
            for i, speed in enumerate(speeds, start=1):
                if degrees[i] and not speed.is_zero():
                    moved = Ratio(self.times(poly.derivative(i), speed), self.one)
                    total = self.add(total, moved)
            for k in range(len(self._arguments)):
                place = 1 + self.parameters + k
                if degrees[place] and not (inner := generator_rate(k)).over.is_zero():
                    total = self.add(total, self.multiply(Ratio(poly.derivative(place), self.one), inner))
            return total

        def generator_rate(k: int) -> Ratio:
            if k not in rates:
                argument, rule = self._arguments[k]
                inner = quotient_rate(argument)
                if inner.over.is_zero():
                    rates[k] = inner
                elif rule is None:
                    raise TooLarge  # the slope of a slope is not known
                else:
                    rates[k] = self.multiply(rule(self._generator(k), argument), inner)
            return rates[k]

        def quotient_rate(a: Ratio) -> Ratio:
            top = self.multiply(rate(a.over), Ratio(a.under, self.one))
            if a.under.is_constant():
                return self.multiply(top, self.invert(Ratio(self.times(a.under, a.under), self.one)))
            rest = self.multiply(rate(a.under), Ratio(a.over, self.one))
            return self.multiply(
                self.add(top, rest, -1), self.invert(Ratio(self.times(a.under, a.under), self.one))
            )

        return quotient_rate(element)

    def vanishes_on(self, element: Ratio, basis: Sequence[Sequence[Fraction]]) -> bool:
        """Whether a rational element is zero on the span of `basis` (rows), as a polynomial.

        Raises
        ------
        TooLarge : too much work.
        """
        degree = int(element.over.total_degree())
        if (
            len(element.over)
            * max(1, max(sum(map(bool, column)) for column in zip(*basis, strict=True))) ** degree
            > _WORK
        ):
            raise TooLarge
        moved = list(self.generators)
        for i in range(self.parameters):
            rows = [(k, row[i]) for k, row in enumerate(basis) if row[i]]
            terms = {tuple(int(j == k) for j in range(self.parameters)): entry for k, entry in rows}
            moved[1 + i] = self.polynomial(terms)
        return bool(element.over.compose(*moved, ctx=self.context).is_zero())

    def differs_from_zero(self, element: Ratio, point: Sequence[Fraction]) -> bool | None:
        """Whether a rational element without pi is different from zero at a point; None where it has no value."""
        from flint import fmpq

        values = [fmpq(0), *(fmpq(x.numerator, x.denominator) for x in point)]
        values += [fmpq(0)] * (len(self.generators) - len(values))
        if element.over.degrees()[0] or element.under.degrees()[0] or not element.under(*values):
            return None
        return bool(element.over(*values))
