"""Sums, products and powers of formulas' trees; numbers are combined at once, arrays entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product as indices
from typing import TypeAlias

from litproof.language.matrix_arithmetic import Array, transposed
from litproof.language.tree import Call, Negation, Node, Number, Operation

Value: TypeAlias = "Node | Array"
"""A formula, or a vector or matrix of formulas."""

ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))
_LONGEST = 4096
_MAX_POWER = 200


class ShapeError(ValueError):
    """Arrays whose shapes do not fit; says which."""


def combine(sign: str, a: Value, b: Value, place: int = 0) -> Value:
    """a + b, a - b, a * b (a matrix product between arrays), a / b or a ^ b."""
    if not isinstance(a, Array) and not isinstance(b, Array):
        return operation(sign, a, b, place)
    if sign in "+-":
        if not isinstance(a, Array) or not isinstance(b, Array) or a.shape != b.shape:
            raise ShapeError(f"expected terms of equal shape, got {shape_text(a)} {sign} {shape_text(b)}")
        pairs = zip(a.entries, b.entries, strict=True)
        return Array(a.shape, tuple(operation(sign, x, y, place) for x, y in pairs))
    if sign == "*":
        return _product(a, b, place)
    if sign == "/" and isinstance(a, Array) and not isinstance(b, Array):
        return Array(a.shape, tuple(operation("/", x, b, place) for x in a.entries))
    if sign == "^" and isinstance(a, Array) and isinstance(b, Number):
        return _power(a, b.value, place)
    raise ShapeError(f"expected numbers, got {shape_text(a)} {sign} {shape_text(b)}")


def _product(a: Value, b: Value, place: int) -> Value:
    if not isinstance(a, Array):
        assert isinstance(b, Array)
        return Array(b.shape, tuple(operation("*", a, y, place) for y in b.entries))
    if not isinstance(b, Array):
        return Array(a.shape, tuple(operation("*", x, b, place) for x in a.entries))
    if len(a.shape) == 1:
        raise ShapeError(
            f"expected a matrix to the left of {shape_text(b)}, got {shape_text(a)}; write dot(a, b)"
        )
    if a.shape[1] != b.shape[0]:
        raise ShapeError(f"sizes do not fit: {shape_text(a)} times {shape_text(b)}")
    (rows, inner), (_, columns) = a.matrix, b.matrix
    entries = tuple(
        total(
            [
                operation("*", a.entries[i * inner + k], b.entries[k * columns + j], place)
                for k in range(inner)
            ]
        )
        for i in range(rows)
        for j in range(columns)
    )
    return Array((rows, *b.shape[1:]), entries)


def _power(a: Array, exponent: Fraction, place: int) -> Value:
    if len(a.shape) != 2 or a.shape[0] != a.shape[1] or exponent.denominator != 1 or not 0 <= exponent <= 20:
        raise ShapeError(f"expected a square matrix to a power 0, .., 20, got {shape_text(a)} ^ {exponent}")
    n = a.shape[0]
    result: Value = Array(a.shape, tuple(ONE if i == j else ZERO for i in range(n) for j in range(n)))
    for _ in range(int(exponent)):
        result = _product(result, a, place)
    return result


def operation(sign: str, a: Node, b: Node, place: int = 0) -> Node:
    """The formula a sign b, short where numbers make it so."""
    if (
        isinstance(a, Number)
        and isinstance(b, Number)
        and (value := _number(sign, a.value, b.value)) is not None
    ):
        return Number(value, place)
    if sign == "+" and _is(a, 0):
        return b
    if sign in "+-" and _is(b, 0):
        return a
    if sign == "-" and _is(a, 0):
        return negative(b, place)
    if sign == "*" and (_is(a, 0) or _is(b, 0)):
        return ZERO
    if sign == "*" and _is(a, 1):
        return b
    if sign in "*/^" and _is(b, 1):
        return a
    return Operation(sign, a, b, place)


def _is(node: Node, number: int) -> bool:
    return isinstance(node, Number) and node.value == number


def _number(sign: str, a: Fraction, b: Fraction) -> Fraction | None:
    """The exact value; None where there is none, or it is long."""
    if sign == "^":
        length = a.numerator.bit_length() + a.denominator.bit_length()
        if b.denominator != 1 or abs(b) > _MAX_POWER or length * abs(b) > _LONGEST or (not a and b < 0):
            return None
        return a ** int(b)
    if sign == "/":
        return a / b if b else None
    value = a + b if sign == "+" else a - b if sign == "-" else a * b
    return value if value.numerator.bit_length() + value.denominator.bit_length() <= _LONGEST else None


def negated(a: Value, place: int = 0) -> Value:
    """Minus a, a formula or an array."""
    if isinstance(a, Array):
        return Array(a.shape, tuple(negative(x, place) for x in a.entries))
    return negative(a, place)


def negative(a: Node, place: int = 0) -> Node:
    """Minus a."""
    if isinstance(a, Number):
        return Number(-a.value, place)
    return a.inner if isinstance(a, Negation) else Negation(a, place)


def total(terms: Sequence[Node]) -> Node:
    """The sum, as a tree of small depth."""
    return balanced("+", terms) if terms else ZERO


def balanced(sign: str, terms: Sequence[Node]) -> Node:
    """Terms joined by + or * as a tree of small depth."""
    if len(terms) == 1:
        return terms[0]
    half = len(terms) // 2
    return operation(sign, balanced(sign, terms[:half]), balanced(sign, terms[half:]))


def norm(a: Array, p: Node | None, place: int) -> Node:
    """(sum |a_k|^p)^(1/p) of the entries; 2 unless given (of a matrix: the Frobenius norm)."""
    if p is None or _is(p, 2):
        squares = [operation("^", x, Number(Fraction(2)), place) for x in a.entries]
        return Call("sqrt", (total(squares),), place)
    sizes: list[Node] = [Call("abs", (x,), place) for x in a.entries]
    if _is(p, 1):
        return total(sizes)
    return operation("^", total([operation("^", x, p, place) for x in sizes]), operation("/", ONE, p), place)


def shape_text(value: Value) -> str:
    """A number, a vector or a matrix, with its sizes."""
    if not isinstance(value, Array):
        return "a number"
    if len(value.shape) == 1:
        return f"a vector of {value.shape[0]}"
    return f"a {value.shape[0]} x {value.shape[1]} matrix"


def applied(name: str, values: Sequence[Value], place: int) -> Value:
    """A function of values; those of vectors become formulas in their entries."""
    first = values[0]
    if name == "dot":
        if not isinstance(first, Array) or not isinstance(values[1], Array) or first.shape != values[1].shape:
            raise ShapeError(
                f"dot takes two vectors of equal length, got {shape_text(first)} and {shape_text(values[1])}"
            )
        pairs = zip(first.entries, values[1].entries, strict=True)
        return total([operation("*", a, b, place) for a, b in pairs])
    if name == "norm":
        p = values[1] if len(values) > 1 else None
        if not isinstance(first, Array) or isinstance(p, Array):
            raise ShapeError(f"norm takes a vector or a matrix, got {shape_text(first)}")
        return norm(first, p, place)
    if name == "transpose":
        if not isinstance(first, Array):
            raise ShapeError("transpose takes a vector or a matrix, got a number")
        return transposed(first)
    if any(isinstance(value, Array) for value in values):
        raise ShapeError(f"{name} takes numbers, got {', '.join(map(shape_text, values))}")
    scalars = tuple(value for value in values if not isinstance(value, Array))
    if name == "tan":
        return operation("/", Call("sin", scalars, place), Call("cos", scalars, place), place)
    if name == "atanh":
        ratio = operation("/", operation("+", ONE, scalars[0]), operation("-", ONE, scalars[0]), place)
        return operation("/", Call("log", (ratio,), place), Number(Fraction(2)), place)
    return Call(name, scalars, place)


def flat_index(shape: Sequence[int], at: Sequence[int]) -> int:
    """The place, from 0, of the entry with these indices, from 1, where entries stand row by row."""
    place = 0
    for size, index in zip(shape, at, strict=True):
        place = place * size + index - 1
    return place


def positions(shape: Sequence[int]) -> list[tuple[int, ...]]:
    """All indices of a shape, from 1, row by row."""
    return list(indices(*(range(1, size + 1) for size in shape)))
