"""Polynomial formulas in named vectors and matrices: their shapes are checked once, then they run over any ring.

`W1*W2*w` is a matrix product, `transpose`, `vec` (row by row) and `dot` are what they say; u[j], W[i,j] are entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import Any

from litproof.errors import InputError
from litproof.language.functions import MOST_ROOT, POWER, SMOOTH, Irrational, apply, power
from litproof.language.grammar import formula_error
from litproof.language.matrix_arithmetic import Shape, called, power_of, product, scaled, total
from litproof.language.tree import Call, Negation, Node, Number, Operation, Sum, Symbol, nodes, to_text

MAX_DEGREE = 200
"""Highest degree of a formula; a flow of higher degree leaves every number format within a moment."""

FUNCTIONS: Mapping[str, int] = {"transpose": 1, "vec": 1, "dot": 2}

SMOOTH_FUNCTIONS: Mapping[str, int] = {**FUNCTIONS, **SMOOTH, "softmax": 1}
"""Functions of formulas that need not be polynomials. softmax(w) of a vector is exp(w[k]) / sum(k, exp(w[k]))."""


@dataclass
class Checker:
    """Shapes and degrees of the parts of one formula; every refusal says where and what was expected.

    Attributes
    ----------
    shapes : of the parameters, () for a number.
    ranges : largest value of each letter that is bound.
    key, source : named in messages.
    sums : range of the letter of each sum, by the place of the sum; filled while checking.
    """

    shapes: Mapping[str, Shape]
    ranges: dict[str, int]
    key: str = ""
    source: str = ""
    sums: dict[int, int] = field(default_factory=dict)

    def fail(self, node: Node, message: str) -> InputError:
        """The error about a part of the formula."""
        return formula_error(node.place, message, self.key, self.source)

    def check(self, node: Node) -> tuple[Shape, int]:
        """(shape, bound of the degree)."""
        shape, degree = self._check(node)
        if degree > MAX_DEGREE:
            raise self.fail(node, f"expected a degree of at most {MAX_DEGREE}, got {degree}")
        return shape, degree

    def _check(self, node: Node) -> tuple[Shape, int]:
        match node:
            case Number():
                return (), 0
            case Symbol():
                return self._symbol(node), 1
            case Negation():
                return self.check(node.inner)
            case Sum():
                return self._sum(node)
            case Call():
                return self._call(node)
            case Operation():
                return self._operation(node)

    def _symbol(self, node: Symbol) -> Shape:
        shape = self.shapes[node.name]
        if not node.indices:
            return shape
        for index, size in zip(node.indices, shape, strict=True):
            top = index if isinstance(index, int) else self.ranges[index]
            if top > size:
                what = (
                    f"the index {index} runs to {top}" if isinstance(index, str) else f"the index is {index}"
                )
                raise self.fail(node, f"{what}, but {_declared(node.name, shape)} ends at {size}")
        return ()

    def _sum(self, node: Sum) -> tuple[Shape, int]:
        sizes = {
            size
            for part in nodes(node.inner)
            if isinstance(part, Symbol)
            for index, size in zip(part.indices, self.shapes[part.name], strict=False)
            if index == node.letter
        }
        if not sizes:
            raise self.fail(node, f"the index {node.letter!r} of this sum does not occur in it")
        if len(sizes) > 1:
            shown = " and ".join(map(str, sorted(sizes)))
            raise self.fail(
                node, f"the index {node.letter!r} runs over entries of different numbers: {shown}"
            )
        self.sums[node.place] = self.ranges[node.letter] = sizes.pop()
        shape = self.check(node.inner)
        del self.ranges[node.letter]
        return shape

    def _call(self, node: Call) -> tuple[Shape, int]:
        checked = [self.check(argument) for argument in node.arguments]
        shapes, degree = [shape for shape, _ in checked], sum(degree for _, degree in checked)
        if node.name == "dot":
            if not shapes[0] or shapes[0] != shapes[1]:
                raise self.fail(
                    node,
                    f"dot takes two vectors of equal length, got {_shape_text(shapes[0])} and {_shape_text(shapes[1])}",
                )
            return (), degree
        if not shapes[0]:
            raise self.fail(node, f"{node.name} takes a vector or a matrix, got a number")
        if node.name == "vec":
            return (prod(shapes[0]),), degree
        return ((1, shapes[0][0]) if len(shapes[0]) == 1 else shapes[0][::-1]), degree

    def _operation(self, node: Operation) -> tuple[Shape, int]:
        left, first = self.check(node.left)
        if node.sign == "^":
            exponent = constant(node.right)
            if exponent is None or exponent.denominator != 1 or exponent < 0:
                raise self.fail(
                    node, f"expected an exponent 0, 1, 2, .. (a polynomial), got {to_text(node.right)}"
                )
            if left and (len(left) != 2 or left[0] != left[1]):
                raise self.fail(
                    node,
                    f"expected a number or a square matrix to the power {exponent}, got {_shape_text(left)}",
                )
            return left, first * min(int(exponent), MAX_DEGREE + 1)
        if node.sign == "/":
            divisor = constant(node.right)
            if divisor is None or divisor == 0:
                raise self.fail(
                    node,
                    f"expected a polynomial: only numbers other than 0 may divide, got {to_text(node.right)}",
                )
            return left, first
        right, second = self.check(node.right)
        if node.sign == "*":
            return self._product(node, left, right), first + second
        if left != right:
            raise self.fail(
                node,
                f"expected terms of equal shape, got {_shape_text(left)} {node.sign} {_shape_text(right)}",
            )
        return left, max(first, second)

    def _product(self, node: Node, left: Shape, right: Shape) -> Shape:
        if not left or not right:
            return left or right
        if len(left) == 1:
            advice = "; write dot(a, b), or the entries with an index" if left == right else ""
            raise self.fail(
                node,
                f"expected a matrix to the left of {_shape_text(right)}, got {_shape_text(left)}{advice}",
            )
        if left[1] != right[0]:
            raise self.fail(node, f"sizes do not fit: {_shape_text(left)} times {_shape_text(right)}")
        return (left[0], *right[1:])


class SmoothChecker(Checker):
    """Formulas that may divide, take roots, and call the functions of `SMOOTH_FUNCTIONS`."""

    def _call(self, node: Call) -> tuple[Shape, int]:
        if node.name in FUNCTIONS:
            return super()._call(node)
        shape, _ = self.check(node.arguments[0])
        if node.name == "softmax" and len(shape) != 1:
            raise self.fail(node, f"softmax takes a vector, got {_shape_text(shape)}")
        if node.name != "softmax" and shape:
            advice = "; write a formula in j for its entries"
            raise self.fail(node, f"{node.name} takes a number, got {_shape_text(shape)}{advice}")
        return shape, 1

    def _operation(self, node: Operation) -> tuple[Shape, int]:
        if node.sign == "/" and constant(node.right) is None:
            shape, degree = self.check(node.left)
            divisor, _ = self.check(node.right)
            if divisor:
                raise self.fail(node, f"expected a number to divide by, got {_shape_text(divisor)}")
            return shape, degree
        if node.sign == "^":
            exponent = constant(node.right)
            if exponent is None or exponent.denominator > MOST_ROOT or abs(exponent) > MAX_DEGREE:
                wanted = f"a rational exponent, at most {MAX_DEGREE}, with a denominator up to {MOST_ROOT}"
                raise self.fail(node, f"expected {wanted}, got {to_text(node.right)}")
            if exponent < 0 or exponent.denominator > 1:
                shape, _ = self.check(node.left)
                if shape:
                    raise self.fail(
                        node, f"expected a number to the power {exponent}, got {_shape_text(shape)}"
                    )
                return (), 1
        return super()._operation(node)


def is_smooth_only(node: Node) -> bool:
    """Whether a checked formula divides by a formula, takes a root or calls a function: no polynomial as it stands."""
    for part in nodes(node):
        if isinstance(part, Call) and part.name not in FUNCTIONS:
            return True
        if isinstance(part, Operation) and part.sign in "/^":
            number = constant(part.right)
            if number is None or (part.sign == "^" and (number < 0 or number.denominator > 1)):
                return True
    return False


def _shape_text(shape: Shape) -> str:
    if not shape:
        return "a number"
    return f"a vector of {shape[0]}" if len(shape) == 1 else f"a {shape[0]} x {shape[1]} matrix"


def _declared(name: str, shape: Shape) -> str:
    return f"{name}[{','.join(map(str, shape))}]"


def constant(node: Node) -> Fraction | None:
    """The value of a formula without symbols; None for others."""
    match node:
        case Number():
            return node.value
        case Negation():
            inner = constant(node.inner)
            return None if inner is None else -inner
        case Operation():
            left, right = constant(node.left), constant(node.right)
            if left is None or right is None:
                return None
            match node.sign:
                case "+":
                    return left + right
                case "-":
                    return left - right
                case "*":
                    return left * right
                case "/":
                    return left / right if right else None
            whole = right.denominator == 1 and abs(right) <= MAX_DEGREE and (left or right >= 0)
            return left ** int(right) if whole else None
    return None


@dataclass(frozen=True)
class Evaluator:
    """Values of a checked formula: `values` of the parameters (numbers or Arrays), `sums` of the checker.

    `sample` is any element of the ring, which irrational constants are made from.
    """

    values: Mapping[str, Any]
    sums: Mapping[int, int]
    sample: Any = 0

    def value(self, node: Node, letters: Mapping[str, int]) -> Any:
        """A ring element or an Array."""
        match node:
            case Number():
                return node.value
            case Symbol():
                value = self.values[node.name]
                if not node.indices:
                    return value
                place = [index if isinstance(index, int) else letters[index] for index in node.indices]
                flat = place[0] - 1 if len(place) == 1 else (place[0] - 1) * value.shape[1] + place[1] - 1
                return value.entries[flat]
            case Negation():
                return scaled(self.value(node.inner, letters), -1)
            case Sum():
                terms = (
                    self.value(node.inner, {**letters, node.letter: index})
                    for index in range(1, self.sums[node.place] + 1)
                )
                return total(terms)
            case Call():
                arguments = [self.value(argument, letters) for argument in node.arguments]
                return (
                    self._function(node.name, arguments[0])
                    if node.name in SMOOTH
                    else called(node.name, arguments)
                )
            case Operation():
                return self._operation(node, letters)

    def _operation(self, node: Operation, letters: Mapping[str, int]) -> Any:
        if node.sign == "*":
            return product([self.value(factor, letters) for factor in _factors(node)])
        left = self.value(node.left, letters)
        if node.sign in "^/":
            number = constant(node.right)
            if number is None:
                return scaled(left, self._reciprocal(node.right, letters))
            if node.sign == "/":
                return scaled(left, 1 / number)
            if number.denominator == 1 and number >= 0:
                return power_of(left, int(number))
            return self._root(left, number)
        right = self.value(node.right, letters)
        return total([left, right if node.sign == "+" else scaled(right, -1)])

    def _reciprocal(self, node: Node, letters: Mapping[str, int]) -> Any:
        """1 / node, without a reciprocal of a root."""
        if isinstance(node, Call) and node.name == "sqrt":
            return self._root(self.value(node.arguments[0], letters), Fraction(-1, 2))
        if isinstance(node, Operation) and node.sign == "^":
            exponent = constant(node.right)
            assert exponent is not None
            return self._root(self.value(node.left, letters), -exponent)
        return apply(POWER, self.value(node, letters))

    def _root(self, base: Any, exponent: Fraction) -> Any:
        try:
            return power(base, exponent)
        except Irrational:
            return power(self.sample * 0 + base, exponent)

    def _function(self, name: str, value: Any) -> Any:
        if name == "sqrt":
            return self._root(value, Fraction(1, 2))
        try:
            return apply(name, value)
        except Irrational:
            return apply(name, self.sample * 0 + value)


def _factors(node: Node) -> list[Node]:
    if isinstance(node, Operation) and node.sign == "*":
        return [*_factors(node.left), *_factors(node.right)]
    return [node]
